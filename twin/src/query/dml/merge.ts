/** MERGE. https://learn.microsoft.com/sql/t-sql/statements/merge-transact-sql */
import type { Merge, SetItem, TableSource } from "../../language/ast";
import { notImplemented } from "../../session/sql-error";
import { sqlError } from "../../session/messages";
import type { Execution, Row, StatementResult, Work } from "../../session/runtime";
import type { SqlValue } from "../../types/value";
import { type Compiled, type Condition, type Context, childContext, Run } from "../context";
import { convertForColumn } from "../expressions/coercion";
import { compileCondition } from "../expressions/condition";
import { compileExpression } from "../expressions/compile";
import { planMerge } from "../from";
import { lockRows, outermost, waited } from "../locks";
import { at, Scope } from "../scope";
import { declareTableExpressions } from "../table-expressions";
import { relationColumn, rowIdColumn } from "../table-rows";
import { type Assignments, columnNames, compileAssignments } from "./assignments";
import { compileOutput, deliverOutput, type OutputRow } from "./output";
import {
  atomic,
  conclude,
  demandOn,
  recordIdentity,
  requireNoTriggers,
  requireWritable,
  settled,
  targetSource,
} from "./statement";
import { type Event, hasTriggers } from "./target";
import { resolveUpdatable, type Updatable } from "./updatable";
import { requireNoHistory } from "./versions";
import { type Change, TableWriter } from "./writer";

type MergeClause = Merge["clauses"][number];

interface Branch {
  readonly when: MergeClause["when"];
  readonly condition: Condition | undefined;
  readonly event: Event;
  readonly assignments?: Assignments;
  /** Readers of the columns that INSERT gives, by place; undefined = the column's default. */
  readonly values?: readonly { readonly place: number; readonly reader: Compiled | undefined }[];
}

/** One row's part of the statement. */
interface Step {
  readonly branch: Branch;
  readonly rowId: number | undefined;
  readonly row: Row;
}

export function* merge(statement: Merge, execution: Execution): Work<StatementResult> {
  return yield* atomic(execution, function* () {
    const { compiled, locks } = yield* settled(execution, (root) => compileMerge(statement, root));
    const result = yield* runMerge(compiled, execution);
    locks.release();
    return result;
  });
}

type MergePlan = ReturnType<typeof compileMerge>;

function compileMerge(statement: Merge, root: Scope) {
  const { execution } = root;
  declareTableExpressions(statement.with, root);
  requireClauseOrder(statement.clauses, statement.line);
  const plain = targetSource(statement.target, statement.line);
  const source: TableSource =
    statement.alias && (plain.kind === "table" || plain.kind === "table-variable")
      ? { ...plain, alias: statement.alias }
      : plain;
  const updatable = resolveUpdatable(source, root, { columns: writtenColumns(statement) });
  const { target } = updatable;
  root.compiler.rowSources.set(source, updatable.source);
  requireWritable(target.database);
  requireNoHistory(target, "MERGE");
  const scope = new Scope(root.compiler, root, root.database);
  const from = planMerge(source, statement.using, statement.on, scope);
  const branches = statement.clauses.map((clause) => compileClause(clause, updatable, scope));
  const events = (["INSERT", "UPDATE", "DELETE"] as const).filter((event) =>
    branches.some((branch) => branch.event === event),
  );
  demandOn(updatable.securable, "SELECT", execution);
  for (const event of events) {
    demandOn(updatable.securable, event, execution);
    if (!target.isVariable && hasTriggers(target.table.id, target.database, event, true))
      throw at(notImplemented("MERGE on a table with INSTEAD OF triggers"), statement.line);
    if (statement.output && !statement.output.into) requireNoTriggers(target, event, statement.line);
  }
  const output =
    statement.output &&
    compileOutput(
      statement.output,
      { target, columns: updatable.columns, event: "MERGE", others: scope.sources.slice(1, -1), width: scope.width },
      root,
      statement.line,
    );
  return { updatable, scope, from, branches, events, output, root };
}

const clauseWords: Record<MergeClause["when"], string> = {
  matched: "WHEN MATCHED",
  "not-matched": "WHEN NOT MATCHED",
  "not-matched-by-source": "WHEN NOT MATCHED BY SOURCE",
};

/** A clause stands at most twice, with different actions, and the first of the two has a condition. */
function requireClauseOrder(clauses: readonly MergeClause[], line: number): void {
  for (const [index, clause] of clauses.entries()) {
    const words = clauseWords[clause.when];
    const inserts = clause.action.kind === "insert";
    if (clause.when === "not-matched" && !inserts) throw at(sqlError(10710, [clause.action.kind.toUpperCase()]), line);
    if (clause.when !== "not-matched" && inserts) throw at(sqlError(10711, [words]), line);
    for (const earlier of clauses.slice(0, index)) {
      if (earlier.when !== clause.when) continue;
      if (!earlier.condition && clause.condition) throw at(sqlError(5324, [words]), line);
      if (earlier.action.kind === clause.action.kind || !earlier.condition)
        throw at(sqlError(10714, [words, clause.action.kind.toUpperCase()]), line);
    }
  }
}

function writtenColumns(statement: Merge): string[] {
  return statement.clauses.flatMap(({ action }) =>
    action.kind === "update" ? columnNames(action.set) : action.kind === "insert" ? (action.columns ?? []) : [],
  );
}

function compileClause(clause: MergeClause, updatable: Updatable, scope: Scope): Branch {
  const sourceCount = scope.sources.length;
  const seeing = <T>(compile: () => T): T => {
    if (clause.when === "not-matched") return scope.seeing(1, sourceCount, compile);
    return clause.when === "not-matched-by-source" ? scope.seeing(0, 1, compile) : compile();
  };
  const condition = clause.condition && seeing(() => compileCondition(clause.condition!, scope));
  const common = { when: clause.when, condition };
  const { action } = clause;
  if (action.kind === "delete") return { ...common, event: "DELETE" };
  if (action.kind === "update")
    return { ...common, event: "UPDATE", assignments: seeing(() => compileSet(action.set, updatable, scope)) };
  return { ...common, event: "INSERT", values: seeing(() => compileInsert(action, updatable, scope)) };
}

function compileSet(set: readonly SetItem[], { target, columns }: Updatable, scope: Scope): Assignments {
  return compileAssignments(set, { target, columns, source: scope.sources[0]! }, scope);
}

function compileInsert(
  action: Extract<MergeClause["action"], { kind: "insert" }>,
  { target, columns }: Updatable,
  scope: Scope,
): NonNullable<Branch["values"]> {
  const { table } = target;
  const explicit = scope.execution.session.identityInsert === table;
  const places = action.columns
    ? action.columns.map((name) => {
        const place = columns.find((column) => scope.same(column.name, name))?.index;
        if (place === undefined) throw sqlError(207, [name]);
        const column = table.columns[place]!;
        if (column.computed) throw sqlError(271, [column.name]);
        if (column.identity && !explicit) throw sqlError(544, [table.name]);
        return place;
      })
    : columns.flatMap(({ index }) => {
        const column = index === undefined ? undefined : table.columns[index];
        return column && !column.computed && !column.identity && !column.hidden ? [index!] : [];
      });
  if (!action.values) return [];
  if (action.values.length !== places.length)
    throw sqlError(action.columns ? (action.values.length > places.length ? 110 : 109) : 213);
  return action.values.map((value, i) => {
    const place = places[i]!;
    if (value.kind === "default") return { place, reader: undefined };
    const column = table.columns[place]!;
    if (column.generatedAlways !== 0) throw at(sqlError(13536, [target.fullName]), value.line);
    if (column.type.name === "timestamp") throw at(sqlError(273), value.line);
    return {
      place,
      reader: convertForColumn(compileExpression(value, scope), relationColumn(column).type, {
        table: target.fullName,
        column: column.name,
      }),
    };
  });
}

function* runMerge(plan: MergePlan, execution: Execution): Work<StatementResult> {
  const { updatable, scope, root, output, events } = plan;
  const { target } = updatable;
  const { table, database } = target;
  let steps: Step[];
  do steps = findSteps(plan, new Run(execution));
  while (
    !target.isVariable &&
    (yield* waited(
      lockRows(
        table,
        database,
        steps.flatMap(({ rowId }) => (rowId === undefined ? [] : [rowId])),
        execution,
      ),
    ))
  );
  const run = new Run(execution);
  const writer = new TableWriter(target, root, run, "MERGE");
  const changes = apply(steps, writer, childContext(run, outermost(run)), table.columns.length);
  if (events.includes("INSERT")) recordIdentity(writer, execution);
  const made = [...changes.values()];
  const updatedColumns = new Set(
    plan.branches.flatMap((branch) => branch.assignments?.places ?? []).map((place) => table.columns[place]!.id),
  );
  const of = (event: Event) =>
    steps.flatMap((step) => (step.branch.event === event && changes.has(step) ? [changes.get(step)!] : []));
  yield* conclude(
    {
      writer,
      checks: updatable.checks,
      events: events.map((event) => ({ event, changes: of(event) })),
      updatedColumns,
    },
    scope,
    run,
  );
  if (output) {
    const rows = steps.flatMap((step): OutputRow[] => {
      const change = changes.get(step);
      return change
        ? [{ before: change.before, after: change.after, source: step.row, action: step.branch.event }]
        : [];
    });
    yield* deliverOutput(output, rows, root, run);
  }
  return { rowCount: made.length, hasResult: output !== undefined && !output.into };
}

/** Which clause each row of target and source falls under. */
function findSteps({ scope, from, branches }: MergePlan, run: Run): Step[] {
  const target = scope.sources[0]!;
  const rowIdSlot = target.offset + target.columns.findIndex((column) => column.name === rowIdColumn);
  const steps: Step[] = [];
  const touched = new Set<number>();
  const around = outermost(run);
  const context = childContext(run, around);
  for (const row of from.rows(childContext(run, around))) {
    context.row = row;
    const id = row[rowIdSlot]!;
    const when: MergeClause["when"] =
      id === null ? "not-matched" : row[from.presentSlot] === null ? "not-matched-by-source" : "matched";
    const branch = branches.find(
      (candidate) => candidate.when === when && (!candidate.condition || candidate.condition(context) === true),
    );
    if (!branch) continue;
    const rowId = id === null ? undefined : Number(id);
    if (rowId !== undefined) {
      if (touched.has(rowId)) throw sqlError(8672);
      touched.add(rowId);
    }
    steps.push({ branch, rowId, row });
  }
  return steps;
}

/** All expressions see the rows as they were: what is written is worked out first. */
function apply(steps: readonly Step[], writer: TableWriter, context: Context, width: number): Map<Step, Change> {
  const changes = new Map<Step, Change>();
  const { table } = writer.target;
  const updates: { step: Step; rowId: number; values: SqlValue[] }[] = [];
  const inserts: { step: Step; given: (SqlValue | undefined)[] }[] = [];
  for (const step of steps) {
    context.row = step.row;
    if (step.branch.assignments) {
      const values = [...table.rows.get(step.rowId!)!];
      step.branch.assignments.apply(context, values, writer);
      updates.push({ step, rowId: step.rowId!, values });
    } else if (step.branch.values) {
      const given = new Array<SqlValue | undefined>(width).fill(undefined);
      for (const { place, reader } of step.branch.values) given[place] = reader?.evaluate(context);
      inserts.push({ step, given });
    }
  }
  const deletes = steps.filter((step) => step.branch.event === "DELETE");
  writer.delete(deletes.map((step) => step.rowId!)).forEach((change, i) => changes.set(deletes[i]!, change));
  writer.update(updates).forEach((change, i) => changes.set(updates[i]!.step, change));
  for (const { step, given } of inserts) {
    const change = writer.insert(writer.prepare(given));
    if (change) changes.set(step, change);
  }
  return changes;
}
