/** OUTPUT and OUTPUT ... INTO. https://learn.microsoft.com/sql/t-sql/queries/output-clause-transact-sql */
import { foreignKeysOf, referencing } from "../../ddl/table/foreign-keys";
import { tableConstraints } from "../../ddl/table/target";
import type { DmlTarget, OutputClause, SelectItem } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { ResultColumn } from "../../session/port";
import type { Row, Work } from "../../session/runtime";
import type { SqlValue } from "../../types/value";
import { type Compiled, type RelationColumn, type Run, childContext } from "../context";
import { convertForColumn } from "../expressions/coercion";
import { compileColumnSlot } from "../expressions/column";
import { compileExpression } from "../expressions/compile";
import { lockRows } from "../locks";
import { findObject } from "../objects";
import { requireTableVariable } from "../sources";
import { at, Scope, type Source } from "../scope";
import { relationColumn } from "../table-rows";
import {
  type Event,
  hasTriggers,
  requireWritableVariable,
  type Target,
  tableTarget,
  targetColumn,
  variableTarget,
} from "./target";
import { requireNoHistory } from "./versions";
import { TableWriter } from "./writer";

/** One changed row, as OUTPUT sees it. */
export interface OutputRow {
  readonly before: Row | undefined;
  readonly after: Row | undefined;
  /** The joined row of FROM or USING that it came from. */
  readonly source: Row | undefined;
  readonly action: Event;
}

export interface CompiledOutput {
  readonly columns: readonly ResultColumn[];
  evaluate(row: OutputRow, run: Run): SqlValue[];
  readonly into:
    { readonly target: Target; readonly places: readonly number[]; readonly readers: readonly Compiled[] } | undefined;
}

interface OutputSources {
  readonly target: Target;
  /** Columns that the statement sees, by their place in the base table. */
  readonly columns: readonly { readonly name: string; readonly index: number | undefined }[];
  readonly event: Event | "MERGE";
  /** Sources of FROM or USING besides the target. */
  readonly others: readonly Source[];
  /** Width of their joined row. */
  readonly width: number;
}

export function compileOutput(
  clause: OutputClause,
  sources: OutputSources,
  around: Scope,
  line: number,
): CompiledOutput {
  const { table } = sources.target;
  const scope = new Scope(around.compiler, around, around.database);
  scope.clause = "output";
  const visible = sources.columns.flatMap(({ name, index }) => (index === undefined ? [] : [{ name, index }]));
  // A view shows the columns that it names, hidden ones too.
  const isTable = visible.length === table.columns.length && visible.every(({ index }, i) => index === i);
  const columns = visible.map(({ name, index }): RelationColumn => ({
    ...relationColumn(table.columns[index]!),
    name,
    nullable: true,
    hidden: isTable && table.columns[index]!.hidden,
  }));
  if (sources.event !== "DELETE") scope.addSource("inserted", columns);
  const deletedAt = scope.width;
  if (sources.event !== "INSERT") scope.addSource("deleted", columns);
  const actionAt = scope.width;
  if (sources.event === "MERGE")
    scope.addSource("\0action", [{ name: "$action", type: { name: "nvarchar", length: 10 }, nullable: false }]);
  const othersAt = scope.width;
  for (const source of sources.others) scope.sources.push({ ...source, offset: othersAt + source.offset });
  scope.width += sources.width;
  const compiled = clause.items.flatMap((item) => compileItem(item, scope));
  const into = clause.into && compileInto(clause.into.target, clause.into.columns, compiled, around, line);
  return {
    columns: compiled.map(({ name, compiled: { type, nullable } }) => ({ name, type, nullable })),
    into,
    evaluate: (row, run) => {
      const values = new Array<SqlValue>(othersAt + sources.width).fill(null);
      visible.forEach(({ index }, i) => {
        if (sources.event !== "DELETE" && row.after) values[i] = row.after[index]!;
        if (sources.event !== "INSERT" && row.before) values[deletedAt + i] = row.before[index]!;
      });
      if (sources.event === "MERGE") values[actionAt] = row.action;
      row.source?.forEach((value, i) => (values[othersAt + i] = value));
      const context = childContext(run, childContext(run, undefined), values);
      return compiled.map((item) => item.compiled.evaluate(context));
    },
  };
}

function compileItem(item: SelectItem, scope: Scope): { name: string; compiled: Compiled }[] {
  if (item.kind === "assign") throw at(sqlError(141), item.line);
  if (item.kind === "expression") {
    const compiled = compileExpression(item.expression, scope);
    return [{ name: item.alias ?? compiled.column?.name ?? "", compiled }];
  }
  if (!item.qualifier) throw at(sqlError(102, ["*"]), item.line);
  const sources = scope.qualified(item.qualifier.parts);
  if (!sources.length) throw at(sqlError(4104, [[...item.qualifier.parts, "*"].join(".")]), item.line);
  return sources.flatMap((source) =>
    source.columns.flatMap((column, index) =>
      column.hidden
        ? []
        : [
            {
              name: column.name,
              compiled: compileColumnSlot({ scope, up: 0, source, column, baseSlot: source.offset + index }, scope),
            },
          ],
    ),
  );
}

function intoTarget(target: DmlTarget, scope: Scope, line: number): Target {
  if (target.kind === "table-variable") requireWritableVariable(target.variable, scope.execution, line);
  if (target.kind === "table-variable")
    return variableTarget(requireTableVariable(target.variable, line, scope), target.variable, scope.database);
  const shown = target.name.parts.join(".");
  const found = findObject(target.name, { execution: scope.execution, database: scope.database });
  if (!found || found.kind === "sequence") throw at(sqlError(208, [shown]), line);
  if (found.kind !== "table") throw at(sqlError(330, [shown]), line);
  const { table, database } = found;
  for (const event of ["INSERT", "UPDATE", "DELETE"] as const)
    if (hasTriggers(table.id, database, event, false) || hasTriggers(table.id, database, event, true))
      throw at(sqlError(331, [shown]), line);
  const key = [...foreignKeysOf(database, table.id), ...referencing(database, table.id)][0];
  if (key) throw at(sqlError(332, [shown, key.name]), line);
  const check = tableConstraints(database, table).find(
    (constraint) => constraint.type === "C " && !constraint.disabled,
  );
  if (check) throw at(sqlError(333, [shown, check.name]), line);
  const made = tableTarget(table, database);
  requireNoHistory(made, "INSERT");
  return made;
}

function compileInto(
  written: DmlTarget,
  names: readonly string[] | undefined,
  items: readonly { compiled: Compiled }[],
  scope: Scope,
  line: number,
) {
  const target = intoTarget(written, scope, line);
  const { table, database } = target;
  const places = names
    ? names.map((name) => targetColumn(table, database, name, line).index)
    : table.columns.flatMap((column, index) => (column.computed || column.identity || column.hidden ? [] : [index]));
  if (places.length !== items.length) throw at(sqlError(213), line);
  const readers = items.map(({ compiled }, i) => {
    const column = table.columns[places[i]!]!;
    if (column.computed) throw at(sqlError(271, [column.name]), line);
    if (column.generatedAlways !== 0) throw at(sqlError(13536, [target.fullName]), line);
    const read: Compiled = { ...compiled, literal: false, evaluate: (context) => context.row[i]! };
    return convertForColumn(read, relationColumn(column).type, { table: target.fullName, column: column.name });
  });
  return { target, places, readers };
}

/** Writes OUTPUT ... INTO rows, or sends them to the client. */
export function* deliverOutput(output: CompiledOutput, rows: readonly OutputRow[], scope: Scope, run: Run): Work<void> {
  const { execution } = run;
  const values = rows.map((row) => output.evaluate(row, run));
  if (!output.into) {
    execution.output.columns(output.columns);
    for (const row of values) {
      const pressure = execution.output.row(row);
      if (pressure) yield pressure;
    }
    return;
  }
  const { target, places, readers } = output.into;
  const writer = new TableWriter(target, scope, run, "INSERT");
  const context = childContext(run, childContext(run, undefined));
  for (const row of values) {
    context.row = row;
    const given = new Array<SqlValue | undefined>(target.table.columns.length).fill(undefined);
    readers.forEach((reader, i) => (given[places[i]!] = reader.evaluate(context)));
    writer.insert(writer.prepare(given));
  }
  yield* lockRows(
    target.table,
    target.database,
    writer.changes.map((change) => change.rowId),
    execution,
  );
}
