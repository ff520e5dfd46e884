/** Functions that evaluate only the argument that they return: COALESCE, ISNULL, NULLIF, IIF, CHOOSE. */
import type { Expression } from "../../language/ast";
import type { Compiled } from "../context";
import { sqlError } from "../../session/messages";
import { at, type CallExpression, type Scope } from "../scope";
import { checkCount } from "./call";
import { compareCompiled } from "./comparison";
import { convertTo, toNumber, unionType } from "./coercion";
import { choose, compileExpression } from "./compile";
import { compileCondition } from "./condition";

type CompileCall = (call: CallExpression, scope: Scope) => Compiled;

const compileAll = (call: CallExpression, scope: Scope) =>
  call.arguments.map((argument) => compileExpression(argument, scope));

export const conditionalCalls: Record<string, CompileCall | undefined> = {
  COALESCE: (call, scope) => {
    checkCount(call, 2, 1024);
    if (call.arguments.every(({ kind }) => kind === "null")) throw at(sqlError(4127), call.line);
    const { items, ...merged } = unionType(compileAll(call, scope), scope, "COALESCE");
    return {
      ...merged,
      nullable: items.every((item) => item.nullable),
      evaluate: (context) => {
        for (const item of items) {
          const value = item.evaluate(context);
          if (value !== null) return value;
        }
        return null;
      },
    };
  },
  /** Has the type of its first argument, whatever the second is. */
  ISNULL: (call, scope) => {
    checkCount(call, 2, 2);
    const [check, replacement] = compileAll(call, scope) as [Compiled, Compiled];
    const type = check.untypedNull ? replacement.type : check.type;
    const first = convertTo(check, type, scope);
    const second = convertTo(replacement, type, scope);
    return {
      type,
      nullable: first.nullable && second.nullable,
      collation: check.collation,
      evaluate: (context) => first.evaluate(context) ?? second.evaluate(context),
    };
  },
  NULLIF: (call, scope) => {
    checkCount(call, 2, 2);
    if (call.arguments[0]!.kind === "null") throw at(sqlError(4151), call.line);
    const [first, second] = compileAll(call, scope) as [Compiled, Compiled];
    const equal = compareCompiled("=", first, second, scope, call.line);
    return {
      type: first.type,
      nullable: true,
      collation: first.collation,
      evaluate: (context) => (equal(context) === true ? null : first.evaluate(context)),
    };
  },
  IIF: (call, scope) => {
    checkCount(call, 3, 3);
    const [test, yes, no] = call.arguments as [Expression, Expression, Expression];
    if (yes.kind === "null" && no.kind === "null") throw at(sqlError(8133), call.line);
    return choose(
      [compileCondition(test, scope)],
      [compileExpression(yes, scope)],
      compileExpression(no, scope),
      scope,
    );
  },
  CHOOSE: (call, scope) => {
    checkCount(call, 2, 254);
    const [index, ...choices] = compileAll(call, scope) as [Compiled, ...Compiled[]];
    const { items, ...merged } = unionType(choices, scope, "CHOOSE");
    return {
      ...merged,
      nullable: true,
      evaluate: (context) => {
        const position = index.evaluate(context);
        if (position === null) return null;
        return items[toNumber(position) - 1]?.evaluate(context) ?? null;
      },
    };
  },
};
