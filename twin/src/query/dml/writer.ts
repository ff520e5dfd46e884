/**
 * Writes rows of one table for one statement: identity, defaults, computed columns, NOT NULL, CHECK. What has to wait for
 * the end of the statement (keys of other tables, triggers) reads the list of changes.
 */
import { defaultOf, tableConstraints } from "../../ddl/table/target";
import { sqlError } from "../../session/messages";
import { SqlError } from "../../session/sql-error";
import type { Row } from "../../session/runtime";
import type { CheckConstraint, Column } from "../../storage/model";
import { deleteRow, findClash, insertRow, updateRow } from "../../storage/rows";
import { Decimal, type SqlValue } from "../../types/value";
import { type Compiled, type Condition, type Run, childContext } from "../context";
import { compileCondition } from "../expressions/condition";
import { compileExpression } from "../expressions/compile";
import { convertTo } from "../expressions/coercion";
import type { Scope } from "../scope";
import { compileComputed, tableScope } from "../table-rows";
import { schemaName } from "../objects";
import type { Target } from "./target";
import { requireUsableIndexes } from "./usable-indexes";
import { Versions } from "./versions";

export interface Change {
  readonly rowId: number;
  readonly before?: Row;
  readonly after?: Row;
}

export type StatementWord = "INSERT" | "UPDATE" | "DELETE" | "MERGE";

export class TableWriter {
  readonly changes: Change[] = [];
  private readonly checks: { constraint: CheckConstraint; condition: Condition }[] = [];
  private readonly computed: { index: number; compiled: Compiled }[] = [];
  private readonly defaults = new Map<number, Compiled | null>();
  private readonly ignoresDuplicates: boolean;
  /** Rows that IGNORE_DUP_KEY turned away. */
  duplicates = 0;
  /** What @@IDENTITY becomes. */
  lastIdentity: SqlValue = null;
  /** Of a table with a period. */
  readonly versions: Versions | undefined;

  constructor(
    readonly target: Target,
    private readonly scope: Scope,
    private readonly run: Run,
    readonly statement: StatementWord,
  ) {
    const { table, database } = target;
    if (!target.isVariable) requireUsableIndexes(target, statement, run.execution);
    this.versions = Versions.of(target, run.execution);
    this.ignoresDuplicates = table.indexes.some((index) => index.ignoreDupKey && !index.disabled);
    const own = tableScope(table, database, scope);
    for (const constraint of tableConstraints(database, table))
      if (constraint.type === "C " && !constraint.disabled)
        this.checks.push({
          constraint,
          condition: scope.compiler.isolate(() => compileCondition(constraint.expression, own)).value,
        });
    table.columns.forEach((column, index) => {
      if (column.computed) this.computed.push({ index, compiled: compileComputed(column, table, database, scope) });
    });
  }

  private get transaction() {
    return this.run.execution.session.transaction;
  }

  /** The DEFAULT of a column, or NULL when it has none. */
  defaultValue(index: number): SqlValue {
    let compiled = this.defaults.get(index);
    if (compiled === undefined) {
      const { table, database } = this.target;
      const column = table.columns[index]!;
      const constraint = defaultOf(database, table, column);
      const own = tableScope({ name: table.name, columns: [] }, database, this.scope);
      compiled = constraint ? convertTo(compileExpression(constraint.expression, own), column.type, own) : null;
      this.defaults.set(index, compiled);
    }
    return compiled ? compiled.evaluate(childContext(this.run, childContext(this.run, undefined), [])) : null;
  }

  /** A complete row; `given` has undefined where the statement gave nothing. Identity numbers are drawn. */
  prepare(given: readonly (SqlValue | undefined)[]): SqlValue[] {
    const { table } = this.target;
    const values = table.columns.map((column, index): SqlValue => {
      const value = given[index];
      if (column.computed || column.generatedAlways !== 0) return null;
      if (column.type.name === "timestamp") return this.nextRowVersion();
      if (column.identity) return this.identityValue(column, value);
      return value === undefined ? this.defaultValue(index) : value;
    });
    this.versions?.open(values);
    this.complete(values, "INSERT");
    return values;
  }

  /** Undefined when an index with IGNORE_DUP_KEY turned the row away. */
  insert(values: Row): Change | undefined {
    const { table } = this.target;
    const { execution } = this.run;
    if (this.ignoresDuplicates) {
      const clash = findClash(table, values, execution);
      if (clash?.index.ignoreDupKey) {
        this.duplicates++;
        return undefined;
      }
    }
    const rowId = insertRow(this.transaction, table, values, execution);
    const change: Change = { rowId, after: values };
    this.changes.push(change);
    return change;
  }

  /** A row as it would become, for INSTEAD OF triggers: nothing is checked. */
  draft(values: SqlValue[]): void {
    const context = childContext(this.run, childContext(this.run, undefined), values);
    for (const { index, compiled } of this.computed) values[index] = compiled.evaluate(context);
  }

  /** New values for rows; keys may be exchanged between them. */
  update(rows: readonly { rowId: number; values: SqlValue[] }[]): Change[] {
    const { table } = this.target;
    const timestamp = table.columns.findIndex((column) => column.type.name === "timestamp");
    const made = rows.map(({ rowId, values }): Change => {
      const before = table.rows.get(rowId)!;
      if (timestamp >= 0) values[timestamp] = this.nextRowVersion();
      this.versions?.reopen(before, values);
      this.complete(values, "UPDATE");
      return { rowId, before, after: values };
    });
    this.writeUpdates(made);
    this.keepVersions(made);
    this.changes.push(...made);
    return made;
  }

  /** A unique key may pass from one row of the statement to another, so a duplicate counts only when nothing else moves. */
  private writeUpdates(changes: readonly Change[]): void {
    const { table } = this.target;
    let pending = [...changes];
    while (pending.length) {
      const blocked: Change[] = [];
      let duplicate: unknown;
      for (const change of pending) {
        try {
          updateRow(this.transaction, table, change.rowId, change.after!, this.run.execution);
        } catch (error) {
          if (!(error instanceof SqlError) || (error.number !== 2627 && error.number !== 2601)) throw error;
          duplicate = error;
          blocked.push(change);
        }
      }
      if (blocked.length === pending.length) {
        if (blocked.length === 1) throw duplicate;
        this.exchange(blocked);
        return;
      }
      pending = blocked;
    }
  }

  /** Rows whose keys go round in a circle: out of the table, then in again under their new keys. */
  private exchange(changes: readonly Change[]): void {
    const { table } = this.target;
    for (const change of changes) deleteRow(this.transaction, table, change.rowId, this.run.execution);
    for (const change of changes) insertRow(this.transaction, table, change.after!, this.run.execution);
  }

  delete(rowIds: Iterable<number>): Change[] {
    const { table } = this.target;
    const made: Change[] = [];
    for (const rowId of rowIds) {
      const before = table.rows.get(rowId);
      if (!before) continue;
      this.versions?.requireOlder(before);
      deleteRow(this.transaction, table, rowId, this.run.execution);
      made.push({ rowId, before });
    }
    this.keepVersions(made);
    this.changes.push(...made);
    return made;
  }

  /** The rows as they were go to the history table, with their computed columns worked out. */
  private keepVersions(changes: readonly Change[]): void {
    if (!this.versions?.history) return;
    for (const { before } of changes) {
      const values = [...before!];
      this.draft(values);
      this.versions.keep(values);
    }
  }

  private complete(values: SqlValue[], word: "INSERT" | "UPDATE"): void {
    const { table, database, fullName, isVariable } = this.target;
    const context = childContext(this.run, childContext(this.run, undefined), values);
    for (const { index, compiled } of this.computed) values[index] = compiled.evaluate(context);
    table.columns.forEach((column, index) => {
      if (values[index] === null && !column.nullable) throw sqlError(515, [column.name, fullName, word]);
    });
    for (const { constraint, condition } of this.checks) {
      if (condition(context) !== false) continue;
      const column = table.columns.find((candidate) => candidate.id === constraint.columnId);
      const place = isVariable ? table.name : `${schemaName(database, table.schemaId)}.${table.name}`;
      throw sqlError(547, [
        this.statement,
        "CHECK",
        constraint.name,
        isVariable ? "tempdb" : database.name,
        place,
        column ? `, column '${column.name}'` : "",
        "",
        "",
      ]);
    }
  }

  private nextRowVersion(): Uint8Array {
    const { database } = this.target;
    database.rowVersion += 1n;
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(database.rowVersion);
    return new Uint8Array(bytes);
  }

  /** Numbers that were drawn are gone, also when the statement or its transaction fails. */
  private identityValue(column: Column, given: SqlValue | undefined): SqlValue {
    const identity = column.identity!;
    let value: SqlValue;
    if (given === undefined) {
      const next = identity.last === null ? identity.seed : identity.last + identity.increment;
      value = identityOf(next, column);
      identity.last = next;
    } else {
      if (given === null) throw sqlError(339);
      value = given;
      const number = given instanceof Decimal ? given.unscaled : BigInt(given as number | bigint);
      const beyond =
        identity.last === null || (identity.increment > 0n ? number > identity.last : number < identity.last);
      if (beyond) identity.last = number;
    }
    this.lastIdentity = value;
    return value;
  }
}

const limits: Record<string, [bigint, bigint]> = {
  tinyint: [0n, 255n],
  smallint: [-32768n, 32767n],
  int: [-2147483648n, 2147483647n],
  bigint: [-(2n ** 63n), 2n ** 63n - 1n],
};

function identityOf(next: bigint, column: Column): SqlValue {
  const { name, precision = 18 } = column.type;
  const [low, high] = limits[name] ?? [-(10n ** BigInt(precision)) + 1n, 10n ** BigInt(precision) - 1n];
  if (next < low || next > high) throw sqlError(8115, ["IDENTITY", name]);
  if (name === "bigint") return next;
  return name === "decimal" || name === "numeric" ? new Decimal(next, 0) : Number(next);
}
