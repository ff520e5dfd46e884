/** The rows that UPDATE and DELETE find: the joined rows of FROM and WHERE, each with the base row that it stands for. */
import type { CommonTableExpression, DmlTarget, Expression, TableSource } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Row, Work } from "../../session/runtime";
import type { Module } from "../../storage/model";
import type { RowQuery } from "../compiler";
import { childContext, Run } from "../context";
import { type FromPlan, planFrom } from "../from";
import { lockRows, outermost, waited } from "../locks";
import { findObject, nameContext } from "../objects";
import { at, Scope, type Source } from "../scope";
import { declareTableExpressions } from "../table-expressions";
import { rowIdColumn } from "../table-rows";
import { demandOn, requireWritable, type RowLimit, targetSource } from "./statement";
import { type Event, insteadOfView, type Target, viewTarget } from "./target";
import { resolveUpdatable, type Wanted } from "./updatable";
import { requireNoHistory } from "./versions";

export interface Located {
  readonly target: Target;
  readonly view: Module | undefined;
  readonly checks: readonly RowQuery[];
  readonly columns: readonly { readonly name: string; readonly index: number | undefined }[];
  readonly scope: Scope;
  /** The target among the scope's sources. */
  readonly source: Source;
  readonly others: readonly Source[];
  readonly from: FromPlan;
}

export interface FoundRow {
  /** 0 for the rows of a view with INSTEAD OF triggers. */
  readonly rowId: number;
  readonly row: Row;
}

interface Statement {
  readonly with: CommonTableExpression[];
  readonly target: DmlTarget;
  readonly from: TableSource[];
  readonly where?: Expression;
  readonly line: number;
}

function leaves(source: TableSource): TableSource[] {
  return source.kind === "join" || source.kind === "apply"
    ? [...leaves(source.left), ...leaves(source.right)]
    : [source];
}

/** The entry of FROM that the target names: by alias first, then by object; undefined when FROM does not hold it. */
function entryOf(target: DmlTarget, from: readonly TableSource[], scope: Scope, line: number): TableSource | undefined {
  const entries = from.flatMap(leaves);
  if (target.kind === "table-variable") {
    const same = entries.filter(
      (entry) => entry.kind === "table-variable" && entry.variable.toLowerCase() === target.variable.toLowerCase(),
    );
    if (same.length > 1) throw at(sqlError(8154, [target.variable]), line);
    return same[0];
  }
  const { parts } = target.name;
  const name = parts.at(-1)!;
  if (parts.length === 1) {
    const aliased = entries.filter(
      (entry) => "alias" in entry && entry.alias !== undefined && scope.same(entry.alias, name),
    );
    if (aliased.length) return aliased[0];
  }
  if (parts.length === 1 && scope.findTableExpression(name))
    return entries.find(
      (entry) => entry.kind === "table" && entry.name.parts.length === 1 && scope.same(entry.name.parts[0]!, name),
    );
  const wanted = findObject(target.name, nameContext(scope));
  const object = wanted && "table" in wanted ? wanted.table : wanted && "module" in wanted ? wanted.module : undefined;
  if (!object) return undefined;
  const same = entries.filter((entry) => {
    // Versions of the past are read, never changed.
    if (entry.kind !== "table" || entry.temporal) return false;
    const found = findObject(entry.name, nameContext(scope));
    return (
      found !== undefined &&
      (("table" in found && found.table === object) || ("module" in found && found.module === object))
    );
  });
  if (same.length > 1) throw at(sqlError(8154, [parts.join(".")]), line);
  return same[0];
}

export function locate(statement: Statement, event: Event, wanted: Wanted, root: Scope): Located {
  const { execution } = root;
  declareTableExpressions(statement.with, root);
  const { line } = statement;
  const named = entryOf(statement.target, statement.from, root, line);
  const entry = named ?? targetSource(statement.target, line);
  const from = named ? statement.from : [entry, ...statement.from];
  const scope = new Scope(root.compiler, root, root.database);
  const instead = insteadOfView(
    entry.kind === "table" ? { kind: "name", name: entry.name, hints: [] } : statement.target,
    event,
    execution,
  );
  let target: Target;
  let checks: readonly RowQuery[] = [];
  let columns: Located["columns"];
  if (instead) {
    if (statement.from.length) throw at(sqlError(event === "UPDATE" ? 4422 : 4423, [instead.module.name]), line);
    target = viewTarget(instead.module, instead.database);
    columns = target.table.columns.map(({ name }, index) => ({ name, index }));
    demandOn(instead.module, event, execution);
  } else {
    const updatable = resolveUpdatable(entry, root, wanted);
    ({ target, checks, columns } = updatable);
    root.compiler.rowSources.set(entry, updatable.source);
    demandOn(updatable.securable, event, execution);
    if (statement.where || statement.from.length) demandOn(updatable.securable, "SELECT", execution);
  }
  requireWritable(target.database);
  requireNoHistory(target, event);
  const plan = planFrom(from, statement.where, scope);
  const position = from.flatMap(leaves).indexOf(entry);
  const source = scope.sources[position]!;
  return { target, view: instead?.module, checks, columns, scope, source, others: scope.sources, from: plan };
}

/** Reads, then locks what was found; reads again when somebody had to be waited for. */
export function* findRows(located: Located, limit: RowLimit, run: Run): Work<FoundRow[]> {
  const { target } = located;
  for (;;) {
    const rows = readRows(located, limit, new Run(run.execution));
    if (located.view || target.isVariable) return rows;
    const ids = rows.map(({ rowId }) => rowId);
    if (!(yield* waited(lockRows(target.table, target.database, ids, run.execution)))) return rows;
  }
}

function readRows(located: Located, limit: RowLimit, run: Run): FoundRow[] {
  const { source, from, view } = located;
  const slot = source.offset + source.columns.findIndex((column) => column.name === rowIdColumn);
  const around = outermost(run);
  const found: FoundRow[] = [];
  const seen = new Set<number>();
  for (const row of from.rows(childContext(run, around))) {
    if (view) {
      found.push({ rowId: 0, row });
      continue;
    }
    const id = row[slot]!;
    // NULL: the outer side of a join found no row.
    if (id === null) continue;
    const rowId = Number(id);
    if (seen.has(rowId)) continue;
    seen.add(rowId);
    found.push({ rowId, row });
  }
  const most = limit(around, found.length);
  return found.length > most ? found.slice(0, most) : found;
}
