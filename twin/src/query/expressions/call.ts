/** Calls: built-in functions, aggregates, window functions, scalar user-defined functions. */
import type { Expression } from "../../language/ast";
import type { Module, Database } from "../../storage/model";
import type { SqlValue } from "../../types/value";
import { type Argument, findFunction, type ScalarFunction } from "../../functions/registry";
import { sqlError } from "../../session/messages";
import { notImplemented } from "../../session/sql-error";
import { datePartFunctions } from "../../language/date-part-functions";
import { isAggregateName } from "../aggregates";
import type { Compiled, Context } from "../context";
import { displayName, lookUp, nameContext } from "../objects";
import { at, type CallExpression, type Scope } from "../scope";
import { conditionalCalls } from "./conditional-calls";
import { convertTo } from "./coercion";
import { compileExpression } from "./compile";
import { contextCalls } from "./context-calls";
import { compilePartition } from "./partition";
import { xmlMethods } from "./xml-methods";

const windowOnly = new Set([
  "ROW_NUMBER",
  "RANK",
  "DENSE_RANK",
  "NTILE",
  "LAG",
  "LEAD",
  "FIRST_VALUE",
  "LAST_VALUE",
  "PERCENT_RANK",
  "CUME_DIST",
]);

/** Functions that came with a version; older servers do not recognise them. */
const introduced: Record<string, string | undefined> = {
  GREATEST: "2022",
  LEAST: "2022",
  DATETRUNC: "2022",
  DATE_BUCKET: "2022",
  JSON_OBJECT: "2022",
  JSON_ARRAY: "2022",
  JSON_PATH_EXISTS: "2022",
};

export function compileCall(call: CallExpression, scope: Scope): Compiled {
  const { parts } = call.name;
  const system = parts.length === 2 && parts[0]!.toLowerCase() === "sys";
  if (parts.at(-2)?.toLowerCase() === "$partition") return compilePartition(call, scope);
  if (parts.length > 1 && !system) return compileUserFunction(call, scope);
  const name = parts.at(-1)!.toUpperCase();
  if (call.over) {
    if (!scope.windows)
      throw at(
        sqlError(scope.grouping || scope.clause === "select" || scope.clause === "order" ? 4109 : 4108),
        call.line,
      );
    return scope.windows.add(call, scope);
  }
  if (isAggregateName(name)) return compileAggregateCall(call, scope);
  if (name === "GROUPING" || name === "GROUPING_ID") {
    if (!scope.grouping) throw at(sqlError(8124), call.line);
    return scope.grouping.groupingFunction(call, scope);
  }
  if (windowOnly.has(name)) throw at(sqlError(10753, [name]), call.line);
  const special = conditionalCalls[name] ?? contextCalls[name] ?? xmlMethods[name];
  if (special) return special(call, scope);
  const builtIn = findFunction(name);
  const since = introduced[name];
  const tooNew = since !== undefined && scope.execution.session.server.version < since;
  if (!builtIn || tooNew) throw at(sqlError(195, [parts.at(-1)!, "built-in function name"]), call.line);
  return compileBuiltIn(builtIn, call, scope);
}

function compileAggregateCall(call: CallExpression, scope: Scope): Compiled {
  if (scope.grouping) return scope.grouping.aggregate(call, scope);
  if (scope.clause === "where" || scope.clause === "on") throw at(sqlError(147), call.line);
  if (scope.clause === "group") throw at(sqlError(144), call.line);
  for (let outer = scope.parent; outer; outer = outer.parent)
    if (outer.grouping) throw at(notImplemented("an aggregate of an outer query in a subquery"), call.line);
  throw at(sqlError(scope.clause === "set" ? 157 : scope.clause === "output" ? 158 : 147), call.line);
}

/** The others that are not deterministic have one value in a statement: GETDATE(), RAND(), OBJECT_ID('x'). */
const freshEachTime = new Set(["NEWID", "NEWSEQUENTIALID", "CRYPT_GEN_RANDOM"]);

export function checkCount(call: CallExpression, minimum: number, maximum: number): void {
  const count = call.arguments.length;
  if (count >= minimum && count <= maximum) return;
  const name = call.name.parts.at(-1)!.toLowerCase();
  throw at(minimum === maximum ? sqlError(174, [name, minimum]) : sqlError(189, [name, minimum, maximum]), call.line);
}

function compileBuiltIn(definition: ScalarFunction, call: CallExpression, scope: Scope): Compiled {
  checkCount(call, definition.minimum, definition.maximum);
  const context = scope.execution.session.functionContext;
  const compiled = call.arguments.map((argument, index) => compileArgument(argument, index, definition, scope));
  const words = call.words?.length ? call.words : undefined;
  if (words) compiled.push(...words.map(textConstant));
  const argumentsOf: Argument[] = compiled.map((item) =>
    item.literal ? { type: item.type, constant: item.evaluate(undefined as never) } : { type: item.type },
  );
  const type = definition.resultType(argumentsOf, context);
  const types = compiled.map((item) => item.type);
  const fixed =
    !definition.deterministic && !freshEachTime.has(definition.name) && compiled.every((item) => item.literal);
  if (!definition.deterministic && !fixed) scope.compiler.markVolatile();
  const explicit = compiled.find((item) => item.collation === "explicit");
  const evaluate = (row: Context): SqlValue => {
    const values = new Array<SqlValue>(compiled.length);
    for (let i = 0; i < compiled.length; i++) {
      const value = compiled[i]!.evaluate(row);
      if (value === null && !definition.acceptsNull) return null;
      values[i] = value;
    }
    return definition.evaluate(values, types, type, row.execution.session.functionContext);
  };
  const owner = {};
  return {
    type,
    nullable: true,
    json: definition.name === "JSON_QUERY",
    collation: explicit ? "explicit" : type.collation === undefined ? "default" : "implicit",
    evaluate: fixed ? (row) => row.run.once(owner, () => evaluate(row)) : evaluate,
  };
}

function textConstant(value: string): Compiled {
  return {
    type: { name: "varchar", length: Math.max(1, value.length) },
    nullable: false,
    collation: "default",
    literal: true,
    evaluate: () => value,
  };
}

function compileArgument(argument: Expression, index: number, definition: ScalarFunction, scope: Scope): Compiled {
  if (index === 0 && datePartFunctions.has(definition.name) && argument.kind === "column")
    return textConstant(argument.name.parts[0]!);
  return compileExpression(argument, scope);
}

function compileUserFunction(call: CallExpression, scope: Scope): Compiled {
  const { parts } = call.name;
  const shown = displayName(parts);
  const found = lookUp(call.name, nameContext(scope));
  if (found?.object.type === "AF") {
    if (call.over) {
      if (!scope.windows)
        throw at(
          sqlError(scope.grouping || scope.clause === "select" || scope.clause === "order" ? 4109 : 4108),
          call.line,
        );
      return scope.windows.add(call, scope);
    }
    return compileAggregateCall(call, scope);
  }
  if (!found || (found.object.type !== "FN" && found.object.type !== "FS")) {
    const column = scope.tryResolve(parts.slice(0, -1), call.line);
    if (column && ["xml", "hierarchyid", "geometry", "geography"].includes(column.column.type.name))
      throw at(notImplemented(`method ${parts.at(-1)!} of type ${column.column.type.name}`), call.line);
    throw at(sqlError(4121, [parts[0]!, shown]), call.line);
  }
  const module = found.object;
  const { database } = found;
  const { session, frame } = scope.execution;
  if (!scope.insideModule && !frame.module)
    session.demand("EXECUTE", { kind: "object", objectId: module.id, schemaId: module.schemaId, name: module.name });
  const compiled = moduleArguments(module, database, call.arguments, shown, scope, call.line);
  const type = module.returns!;
  return {
    type,
    nullable: true,
    collation: "default",
    evaluate: (context) => {
      const values = compiled.map((item) => item.evaluate(context));
      if (module.nullOnNullInput && values.includes(null)) return null;
      return context.execution.parts.interpreter.callScalarFunction(module, database, values, context.execution);
    },
  };
}

/** Arguments in the parameters' types; DEFAULT takes the declared one. */
export function moduleArguments(
  module: Module,
  database: Database,
  given: readonly Expression[],
  shown: string,
  scope: Scope,
  line: number,
): Compiled[] {
  if (given.length < module.parameters.length) throw at(sqlError(313, [shown]), line);
  if (given.length > module.parameters.length) throw at(sqlError(8144, [shown]), line);
  return module.parameters.map((parameter, index) => {
    const argument = given[index]!;
    if (argument.kind !== "default") return convertTo(compileExpression(argument, scope), parameter.type, scope);
    if (!parameter.default) throw at(sqlError(201, [shown, parameter.name]), line);
    return convertTo(compileExpression(parameter.default, scope), parameter.type, scope);
  });
}
