/** Aggregates over the rows of a group or window frame: NULLs left out, DISTINCT, WITHIN GROUP. */
import { findAggregate } from "../functions";
import type { Name } from "../language/ast";
import { startClrAggregate } from "../session/clr-calls";
import { sqlError } from "../session/messages";
import { notImplemented } from "../session/sql-error";
import type { Database, Module } from "../storage/model";
import type { SqlType } from "../types/sql-type";
import type { SqlValue } from "../types/value";
import type { Context } from "./context";
import { moduleArguments } from "./expressions/call";
import { requireComparable, valueKey } from "./expressions/comparison";
import { compileExpression } from "./expressions/compile";
import { displayName, lookUp, nameContext } from "./objects";
import { type OrderKey, type Sortable, sortRows } from "./ordering";
import { at, type CallExpression, type Scope } from "./scope";

export interface Accumulator {
  /** The context holds a row of the group. */
  add(context: Context): void;
  result(): SqlValue;
}

export interface CompiledAggregate {
  readonly type: SqlType;
  readonly nullable: boolean;
  start(context: Context): Accumulator;
}

export function isAggregateName(name: string): boolean {
  return findAggregate(name) !== undefined;
}

/** CREATE AGGREGATE made it: its name has a schema. */
export function findUserAggregate(name: Name, scope: Scope): { module: Module; database: Database } | undefined {
  const found = name.parts.length > 1 ? lookUp(name, nameContext(scope)) : undefined;
  return found?.object.type === "AF" ? { module: found.object, database: found.database } : undefined;
}

/** Every row counts, NULLs too: the class says what they mean. */
function compileUserAggregate(
  module: Module,
  database: Database,
  call: CallExpression,
  scope: Scope,
): CompiledAggregate {
  if (call.distinct) throw at(notImplemented(`DISTINCT in ${module.name}`), call.line);
  scope.execution.session.demand("EXECUTE", {
    kind: "object",
    objectId: module.id,
    schemaId: module.schemaId,
    name: module.name,
    database,
  });
  const compiled = moduleArguments(module, database, call.arguments, displayName(call.name.parts), scope, call.line);
  return {
    type: module.returns!,
    nullable: true,
    start: (context) => {
      const made = startClrAggregate(module, database, context.execution);
      return { add: (row) => made.add(compiled.map((item) => item.evaluate(row))), result: () => made.result() };
    },
  };
}

export function compileAggregate(call: CallExpression, scope: Scope): CompiledAggregate {
  const own = findUserAggregate(call.name, scope);
  if (own) return compileUserAggregate(own.module, own.database, call, scope);
  const name = call.name.parts.at(-1)!.toUpperCase();
  const aggregate = findAggregate(name);
  if (!aggregate) throw at(sqlError(195, [name, "built-in function name"]), call.line);
  const counts = name === "COUNT" || name === "COUNT_BIG";
  const defaultCollation = scope.database.collation.name;
  if (call.star) {
    if (!counts) throw at(sqlError(102, ["*"]), call.line);
    const type = aggregate.resultType({ name: "int" });
    const start = (): Accumulator => {
      const accumulator = aggregate.create({ name: "int" }, type, defaultCollation);
      return { add: () => accumulator.add(1), result: () => accumulator.finish() };
    };
    return { type, nullable: false, start };
  }
  const expected = name === "STRING_AGG" ? 2 : 1;
  if (call.arguments.length !== expected) throw at(sqlError(174, [name.toLowerCase(), expected]), call.line);
  const argument = compileExpression(call.arguments[0]!, scope);
  const separator = call.arguments[1] && compileExpression(call.arguments[1], scope);
  if (argument.untypedNull && !counts) throw at(sqlError(8117, ["NULL", name.toLowerCase()]), call.line);
  const type = counts
    ? aggregate.resultType({ name: "int" })
    : withCollation(aggregate.resultType(argument.type), argument.type);
  const { evaluate } = argument;
  if (call.distinct) requireComparable(argument.type, "DISTINCT", call.line);
  const order = call.withinGroup?.map((item): OrderKey => {
    const compiled = compileExpression(item.expression, scope);
    return { type: compiled.type, descending: item.descending, evaluate: compiled.evaluate };
  });
  if (order && name !== "STRING_AGG") throw at(notImplemented(`${name} WITHIN GROUP`), call.line);
  const nullable = !counts && name !== "APPROX_COUNT_DISTINCT";
  const start = (): Accumulator => {
    const accumulator = aggregate.create(argument.type, type, defaultCollation);
    const seen = call.distinct ? new Set<string>() : undefined;
    const waiting: (Sortable & { separator: SqlValue })[] = [];
    return {
      add: (context) => {
        const value = evaluate(context);
        if (value === null) return;
        if (seen) {
          const key = valueKey(value, argument.type);
          if (seen.has(key)) return;
          seen.add(key);
        }
        const by = separator ? separator.evaluate(context) : null;
        if (order) waiting.push({ row: [value], keys: order.map((key) => key.evaluate!(context)), separator: by });
        else accumulator.add(value, by);
      },
      result: () => {
        if (order) {
          sortRows(waiting, order, scope);
          for (const item of waiting.splice(0)) accumulator.add(item.row[0]!, item.separator);
        }
        return accumulator.finish();
      },
    };
  };
  return { type, nullable, start };
}

function withCollation(type: SqlType, argument: SqlType): SqlType {
  return type.collation === undefined && argument.collation !== undefined && type.name.endsWith("char")
    ? { ...type, collation: argument.collation }
    : type;
}
