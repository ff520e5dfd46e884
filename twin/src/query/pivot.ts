/** PIVOT and UNPIVOT. https://learn.microsoft.com/sql/t-sql/queries/from-using-pivot-and-unpivot */
import type { Expression, TableSource } from "../language/ast";
import type { Row } from "../session/runtime";
import type { SqlValue } from "../types/value";
import { sqlError } from "../session/messages";
import { notImplemented } from "../session/sql-error";
import { type Accumulator, compileAggregate } from "./aggregates";
import { type Compiled, type Relation, type RelationColumn, childContext } from "./context";
import { equalityOf } from "./expressions/comparison";
import { compileColumnSlot } from "./expressions/column";
import { rowKey } from "./ordering";
import { at, Scope } from "./scope";
import { compileSource, type NamedRelation } from "./sources";
import { varchar } from "../types/format-type";

type Pivot = Extract<TableSource, { kind: "pivot" }>;
type Unpivot = Extract<TableSource, { kind: "unpivot" }>;

/** A level over the input alone. */
function inputScope(source: TableSource, scope: Scope, around: Scope): { input: Relation; own: Scope } {
  if (source.kind === "join" || source.kind === "apply")
    throw at(notImplemented("PIVOT of a join; use a derived table"), source.line);
  const { name, relation } = compileSource(source, scope, around);
  const own = new Scope(around.compiler, around, around.database);
  own.addSource(name, relation.columns);
  return { input: relation, own };
}

export function compilePivot(source: Pivot, scope: Scope, around: Scope): NamedRelation {
  const { input, own } = inputScope(source.source, scope, around);
  if (source.aggregate.kind !== "call") throw at(sqlError(102, ["PIVOT"]), source.line);
  const pivoted = own.resolve(source.column.parts, source.line);
  const aggregate = compileAggregate(source.aggregate, own);
  const aggregated = source.aggregate.arguments.map((argument: Expression) => {
    if (argument.kind !== "column") throw at(sqlError(102, ["("]), source.line);
    return own.resolve(argument.name.parts, source.line).baseSlot;
  });
  const used = new Set([pivoted.baseSlot, ...aggregated]);
  const kept = input.columns.flatMap((_, index) => (used.has(index) ? [] : [index]));
  const names = source.values.map((value) => value.replace(/^\[(.*)\]$/s, "$1").replaceAll("]]", "]"));
  const text = (value: string): Compiled => ({
    type: varchar(value.length),
    nullable: false,
    collation: "default",
    literal: true,
    evaluate: () => value,
  });
  const keys = names.map((value) => {
    const equality = equalityOf(compileColumnSlot(pivoted, own), text(value), own, source.line);
    return { leftKey: equality.leftKey, key: equality.rightKey(value) };
  });
  const keptColumns = kept.map((index) => input.columns[index]!);
  const columns: RelationColumn[] = [
    ...keptColumns,
    ...names.map((name): RelationColumn => ({ name, type: aggregate.type, nullable: true })),
  ];
  return {
    name: source.alias,
    relation: {
      columns,
      cacheable: input.cacheable,
      *rows(run, context): Iterable<Row> {
        const row = childContext(run, context);
        const groups = new Map<string, { values: SqlValue[]; accumulators: (Accumulator | undefined)[] }>();
        for (const read of input.rows(run, context)) {
          row.row = read;
          const values = kept.map((index) => read[index]!);
          const key = rowKey(values, keptColumns);
          let group = groups.get(key);
          if (!group) groups.set(key, (group = { values, accumulators: names.map(() => undefined) }));
          const value = read[pivoted.baseSlot]!;
          if (value === null) continue;
          keys.forEach((wanted, index) => {
            if (wanted.leftKey(value) !== wanted.key) return;
            (group.accumulators[index] ??= aggregate.start(row)).add(row);
          });
        }
        const empty = aggregate.start(row).result();
        for (const { values, accumulators } of groups.values())
          yield [...values, ...accumulators.map((accumulator) => (accumulator ? accumulator.result() : empty))];
      },
    },
  };
}

export function compileUnpivot(source: Unpivot, scope: Scope, around: Scope): NamedRelation {
  const { input, own } = inputScope(source.source, scope, around);
  const turned = source.columns.map((column) =>
    own.resolve([column.replace(/^\[(.*)\]$/s, "$1").replaceAll("]]", "]")], source.line),
  );
  const slots = turned.map((reference) => reference.baseSlot);
  const [first] = turned;
  const { type } = first!.column;
  const differs = turned.find(
    ({ column }) =>
      column.type.name !== type.name ||
      column.type.length !== type.length ||
      column.type.precision !== type.precision ||
      column.type.scale !== type.scale,
  );
  if (differs) throw at(sqlError(8167, [differs.column.name]), source.line);
  const kept = input.columns.flatMap((_, index) => (slots.includes(index) ? [] : [index]));
  const columns: RelationColumn[] = [
    ...kept.map((index) => input.columns[index]!),
    { name: source.valueColumn, type, nullable: false, collation: "implicit" },
    { name: source.nameColumn, type: { name: "nvarchar", length: 128 }, nullable: true },
  ];
  return {
    name: source.alias,
    relation: {
      columns,
      cacheable: input.cacheable,
      *rows(run, context): Iterable<Row> {
        for (const read of input.rows(run, context)) {
          const values = kept.map((index) => read[index]!);
          for (const { baseSlot, column } of turned)
            if (read[baseSlot] !== null) yield [...values, read[baseSlot]!, column.name];
        }
      },
    },
  };
}
