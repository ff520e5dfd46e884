/** INSERT. https://learn.microsoft.com/sql/t-sql/statements/insert-transact-sql */
import type { Execute, Expression, Insert } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { ResultColumn } from "../../session/port";
import type { Execution, Output, Row, StatementResult, Work } from "../../session/runtime";
import type { Column, Module } from "../../storage/model";
import { undecidedKeys } from "../../storage/rows";
import type { SqlValue } from "../../types/value";
import type { RowQuery } from "../compiler";
import { type Compiled, type Context, childContext, Run } from "../context";
import { convertForColumn, unionType } from "../expressions/coercion";
import { compileExpression } from "../expressions/compile";
import { lockForInsert, outermost, waitForRow } from "../locks";
import { compileQuery } from "../query";
import { at, Scope } from "../scope";
import { declareTableExpressions } from "../table-expressions";
import { relationColumn } from "../table-rows";
import { type CompiledOutput, compileOutput, deliverOutput } from "./output";
import {
  atomic,
  compileTop,
  conclude,
  demandOn,
  fireInstead,
  recordIdentity,
  requireNoTriggers,
  requireWritable,
  type RowLimit,
  settled,
  targetSource,
} from "./statement";
import { insteadOfView, type Target, viewTarget } from "./target";
import { resolveUpdatable } from "./updatable";
import { requireNoHistory } from "./versions";
import { TableWriter } from "./writer";

type Given = readonly (SqlValue | undefined)[];

interface InsertPlan {
  readonly target: Target;
  /** The view whose INSTEAD OF trigger does the work. */
  readonly view: Module | undefined;
  readonly checks: readonly RowQuery[];
  readonly writer: TableWriter;
  readonly output: CompiledOutput | undefined;
  readonly run: Run;
  readonly scope: Scope;
  readonly limit: RowLimit;
  /** Rows of the table, undefined where the statement gives nothing. */
  rows(): Work<Given[]>;
}

/** Columns that the rows give, by place in the table; undefined = take the column's default. */
interface Shape {
  readonly target: Target;
  readonly places: readonly number[];
  readonly listed: boolean;
}

export function* insert(statement: Insert, execution: Execution): Work<StatementResult> {
  return yield* atomic(execution, function* () {
    const { compiled: plan, locks } = yield* settled(execution, (root) => compileInsert(statement, root));
    const hints = new Set(
      statement.target.kind === "name" ? statement.target.hints.map((hint) => hint.name.toUpperCase()) : [],
    );
    if (!plan.view && !plan.target.isVariable)
      yield* lockForInsert(plan.target.table, plan.target.database, hints, execution);
    const all = yield* plan.rows();
    const rows = all.slice(0, plan.limit(outermost(plan.run), all.length));
    locks.release();
    const result = yield* write(plan, rows, execution);
    return result;
  });
}

function* write(plan: InsertPlan, given: readonly Given[], execution: Execution): Work<StatementResult> {
  const { writer, target, run, scope, output } = plan;
  const { table, database } = target;
  if (!target.isVariable) {
    const drafts = () => ({ inserted: given.map((row) => draft(row, writer, plan.view !== undefined)), deleted: [] });
    if (yield* fireInstead(plan.view ?? table, table, database, "INSERT", drafts, new Set(), execution))
      return { rowCount: given.length, hasResult: false };
  }
  const prepared = given.map((row) => writer.prepare(row));
  for (const row of prepared) {
    for (
      let blockers = undecidedKeys(table, row, execution);
      blockers.length;
      blockers = undecidedKeys(table, row, execution)
    ) {
      const known = table.dirty.get(blockers[0]!);
      yield* waitForRow(table, database, blockers[0]!, execution);
      if (table.dirty.get(blockers[0]!) === known) break;
    }
  }
  for (const row of prepared) writer.insert(row);
  recordIdentity(writer, execution);
  const changes = [...writer.changes];
  yield* conclude(
    {
      writer,
      checks: plan.checks,
      events: [{ event: "INSERT", changes }],
      updatedColumns: new Set(table.columns.map((column) => column.id)),
    },
    scope,
    run,
  );
  if (output)
    yield* deliverOutput(
      output,
      changes.map(({ after }) => ({ before: undefined, after, source: undefined, action: "INSERT" as const })),
      scope,
      run,
    );
  return { rowCount: changes.length, hasResult: output !== undefined && !output.into };
}

/** What an INSTEAD OF trigger finds in inserted: defaults are there, identity is 0. */
function draft(given: Given, writer: TableWriter, isView: boolean): SqlValue[] {
  const values = writer.target.table.columns.map((column, index): SqlValue => {
    const value = given[index];
    if (value !== undefined) return value;
    if (isView || column.computed) return null;
    if (column.identity)
      return column.type.name === "bigint"
        ? 0n
        : column.type.name === "int" || column.type.name === "smallint" || column.type.name === "tinyint"
          ? 0
          : null;
    return column.type.name === "timestamp" || column.generatedAlways !== 0 ? null : writer.defaultValue(index);
  });
  if (!isView) writer.draft(values);
  return values;
}

function compileInsert(statement: Insert, root: Scope): InsertPlan {
  const { execution } = root;
  declareTableExpressions(statement.with, root);
  const { target: written, line } = statement;
  const instead = insteadOfView(written, "INSERT", execution);
  let target: Target;
  let checks: readonly RowQuery[] = [];
  let visible: readonly { name: string; index: number | undefined }[];
  if (instead) {
    target = viewTarget(instead.module, instead.database);
    visible = target.table.columns.map(({ name }, index) => ({ name, index }));
    demandOn(instead.module, "INSERT", execution);
  } else {
    const source = targetSource(written, line);
    const first = resolveUpdatable(source, root, "nothing");
    const names = statement.columns ?? (first.through === undefined ? [] : first.columns.map((column) => column.name));
    const updatable = first.through === undefined ? first : resolveUpdatable(source, root, { columns: names });
    ({ target, checks, columns: visible } = updatable);
    demandOn(updatable.securable, "INSERT", execution);
    // Rows are only read for CHECK OPTION, once they are written.
    root.compiler.reads.clear();
  }
  requireWritable(target.database);
  requireNoHistory(target, "INSERT");
  const run = new Run(execution);
  const shape = shapeOf(statement, target, visible, instead !== undefined, root);
  const rows = compileRows(statement, shape, root, run);
  const scope = new Scope(root.compiler, root, root.database);
  if (statement.output && !statement.output.into) requireNoTriggers(target, "INSERT", line);
  const output =
    statement.output &&
    compileOutput(statement.output, { target, columns: visible, event: "INSERT", others: [], width: 0 }, root, line);
  return {
    target,
    view: instead?.module,
    checks,
    writer: new TableWriter(target, scope, run, "INSERT"),
    output,
    run,
    scope,
    limit: compileTop(statement.top, root),
    rows,
  };
}

function isExplicitIdentity(target: Target, execution: Execution): boolean {
  return execution.session.identityInsert === target.table;
}

function shapeOf(
  statement: Insert,
  target: Target,
  visible: readonly { name: string; index: number | undefined }[],
  isView: boolean,
  root: Scope,
): Shape {
  const { table, database } = target;
  const { execution } = root;
  const { line } = statement;
  const explicit = isExplicitIdentity(target, execution);
  const identityAt = table.columns.findIndex((column) => column.identity);
  if (!statement.columns) {
    const named = visible.flatMap(({ index }) => (index === undefined ? [] : [index]));
    const places = named.filter((index) => {
      const column = table.columns[index]!;
      return isView || (!column.computed && !column.identity && !column.hidden && !column.columnSet);
    });
    if (!isView && identityAt >= 0 && statement.source.kind !== "default-values") {
      const width = sourceWidth(statement);
      if (width === places.length + 1) throw at(sqlError(8101, [table.name]), line);
      if (explicit) throw at(sqlError(545, [table.name]), line);
    }
    return { target, places, listed: false };
  }
  const seen = new Set<number>();
  const places = statement.columns.map((name) => {
    const key = database.key(name);
    const found = visible.find((column) => column.name === name || database.key(column.name) === key);
    const rowGuid = name.toLowerCase() === "$rowguid" ? table.columns.findIndex((column) => column.rowGuidCol) : -1;
    const place = found?.index ?? (name.toLowerCase() === "$identity" && identityAt >= 0 ? identityAt : rowGuid);
    if (place < 0 || place === undefined) throw at(sqlError(207, [name]), line);
    if (seen.has(place)) throw at(sqlError(264, [name]), line);
    seen.add(place);
    const column = table.columns[place]!;
    if (column.computed) throw at(sqlError(271, [column.name]), line);
    return place;
  });
  if (identityAt >= 0 && !isView) {
    if (seen.has(identityAt) && !explicit) throw at(sqlError(544, [table.name]), line);
    if (!seen.has(identityAt) && explicit) throw at(sqlError(545, [table.name]), line);
  }
  return { target, places, listed: true };
}

function sourceWidth(statement: Insert): number | undefined {
  if (statement.source.kind !== "query") return undefined;
  const { body } = statement.source.query;
  if (body.kind === "values") return body.rows[0]!.length;
  return body.kind === "select" && body.items.every((item) => item.kind === "expression")
    ? body.items.length
    : undefined;
}

function compileRows(statement: Insert, shape: Shape, root: Scope, run: Run): () => Work<Given[]> {
  const { source } = statement;
  const width = shape.target.table.columns.length;
  if (source.kind === "default-values") return ready(() => [new Array<undefined>(width).fill(undefined)]);
  if (source.kind === "execute") return () => rowsOfExecute(source.statement, shape, root, run);
  const { query } = source;
  if (query.body.kind === "values" && !query.with.length && !query.orderBy.length) {
    const rows = compileValueRows(query.body.rows, shape, root, statement.line);
    return ready(() => {
      const context = childContext(run, outermost(run));
      return rows.map((row) => {
        context.row = [];
        return row(context);
      });
    });
  }
  const plan = compileQuery(query, root, "insert-source");
  if (plan.assigns) throw at(sqlError(141), statement.line);
  requireWidth(plan.columns.length, shape, statement.line, [121, 120]);
  const readers = plan.columns.map((column, index) =>
    columnReader(
      {
        type: column.type,
        nullable: column.nullable,
        collation: column.collation ?? "implicit",
        untypedNull: column.untypedNull === true,
        evaluate: (context) => context.row[index]!,
      },
      shape,
      index,
      statement.line,
    ),
  );
  return ready(() => {
    const context = childContext(run, outermost(run));
    const found: Given[] = [];
    for (const row of plan.rows(run, outermost(run))) {
      context.row = row;
      found.push(place(readers, shape, context, width));
    }
    return found;
  });
}

function ready(rows: () => Given[]): () => Work<Given[]> {
  // eslint-disable-next-line require-yield -- EXEC is the only source that waits
  return function* () {
    return rows();
  };
}

function place(readers: readonly (Compiled | undefined)[], shape: Shape, context: Context, width: number): Given {
  const given = new Array<SqlValue | undefined>(width).fill(undefined);
  for (let i = 0; i < readers.length; i++) given[shape.places[i]!] = readers[i]?.evaluate(context);
  return given;
}

function requireWidth(
  width: number,
  shape: Shape,
  line: number,
  listed: readonly [tooMany: number, tooFew: number],
): void {
  if (width === shape.places.length) return;
  throw at(sqlError(shape.listed ? (width > shape.places.length ? listed[0] : listed[1]) : 213), line);
}

/** Converts to the column's type; refuses what a statement may not give. */
function columnReader(value: Compiled, shape: Shape, index: number, line: number): Compiled {
  const column: Column = shape.target.table.columns[shape.places[index]!]!;
  if (column.generatedAlways !== 0) throw at(sqlError(13536, [shape.target.fullName]), line);
  if (column.type.name === "timestamp") throw at(sqlError(273), line);
  return convertForColumn(value, relationColumn(column).type, { table: shape.target.fullName, column: column.name });
}

const maximumRows = 1000;

function compileValueRows(
  rows: readonly (readonly Expression[])[],
  shape: Shape,
  root: Scope,
  line: number,
): ((context: Context) => Given)[] {
  if (rows.length > maximumRows) throw at(sqlError(10738, [maximumRows]), line);
  const scope = new Scope(root.compiler, root, root.database);
  const width = rows[0]!.length;
  if (rows.some((row) => row.length !== width)) throw at(sqlError(10709), line);
  requireWidth(width, shape, line, [110, 109]);
  const compiled = rows.map((row) =>
    row.map((cell) => (cell.kind === "default" ? undefined : compileExpression(cell, scope))),
  );
  const readers: (Compiled | undefined)[][] = compiled.map(() =>
    new Array<Compiled | undefined>(width).fill(undefined),
  );
  for (let index = 0; index < width; index++) {
    const given = compiled.flatMap((row, r) => (row[index] ? [{ r, cell: row[index] as Compiled }] : []));
    if (!given.length) continue;
    // Several rows are one table value: their cells meet in one type first.
    const cells: readonly Compiled[] =
      given.length > 1
        ? unionType(
            given.map(({ cell }) => cell),
            scope,
            "VALUES",
          ).items
        : [given[0]!.cell];
    given.forEach(({ r }, i) => (readers[r]![index] = columnReader(cells[i]!, shape, index, line)));
  }
  const total = shape.target.table.columns.length;
  return readers.map((row) => (context: Context) => place(row, shape, context, total));
}

/** Collects the result sets of INSERT ... EXEC. */
class Collector implements Output {
  readonly sets: { columns: readonly ResultColumn[]; rows: Row[] }[] = [];

  constructor(private readonly around: Output) {}

  columns(columns: readonly ResultColumn[]): void {
    this.sets.push({ columns, rows: [] });
  }

  row(values: Row): void {
    this.sets.at(-1)!.rows.push(values);
  }

  message(error: Parameters<Output["message"]>[0]): void {
    this.around.message(error);
  }
}

function* rowsOfExecute(statement: Execute, shape: Shape, root: Scope, run: Run): Work<Given[]> {
  const { execution } = root;
  const collector = new Collector(execution.output);
  yield* execution.parts.interpreter.execute(statement, { ...execution, output: collector });
  const found: Given[] = [];
  const context = childContext(run, outermost(run));
  for (const { columns, rows } of collector.sets) {
    if (columns.length !== shape.places.length) throw at(sqlError(213), statement.line);
    const readers = columns.map((column, index) =>
      columnReader(
        { type: column.type, nullable: column.nullable, collation: "implicit", evaluate: ({ row }) => row[index]! },
        shape,
        index,
        statement.line,
      ),
    );
    for (const row of rows) {
      context.row = row;
      found.push(place(readers, shape, context, shape.target.table.columns.length));
    }
  }
  return found;
}
