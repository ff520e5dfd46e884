/**
 * What a data modification does to the period of a row, and the versions that go to the history table.
 * https://learn.microsoft.com/sql/relational-databases/tables/temporal-tables, how does temporal work
 */
import {
  endOfTime,
  fullNameOf,
  historyTable,
  type PeriodColumns,
  periodColumns,
  periodTime,
} from "../../ddl/temporal/tables";
import { sqlError } from "../../session/messages";
import type { Execution, Row } from "../../session/runtime";
import type { Table } from "../../storage/model";
import { insertRow } from "../../storage/rows";
import { compareDateTime } from "../../types/date-time";
import type { DateTime, SqlValue } from "../../types/value";
import type { StatementWord } from "./writer";
import type { Target } from "./target";

/** Everything that one transaction does has its begin as time. */
export class Versions {
  /** Rows of the history table that the statement made. */
  readonly rowIds: number[] = [];
  private readonly start: DateTime;
  private readonly end: DateTime;

  private constructor(
    private readonly target: Target,
    private readonly places: PeriodColumns,
    /** Undefined while SYSTEM_VERSIONING is OFF. */
    readonly history: Table | undefined,
    private readonly execution: Execution,
  ) {
    const { columns } = target.table;
    this.start = periodTime(execution.session.transaction.began, columns[places.start]!);
    this.end = endOfTime(columns[places.end]!);
  }

  static of(target: Target, execution: Execution): Versions | undefined {
    const { table, database } = target;
    const places = periodColumns(table);
    return places && new Versions(target, places, historyTable(database, table), execution);
  }

  open(values: SqlValue[]): void {
    values[this.places.start] = this.start;
    values[this.places.end] = this.end;
  }

  reopen(before: Row, values: SqlValue[]): void {
    this.requireOlder(before);
    this.open(values);
  }

  /** A younger transaction may have changed the row and ended before this one came to it. */
  requireOlder(before: Row): void {
    if (!this.history || compareDateTime(before[this.places.start] as DateTime, this.start) <= 0) return;
    throw sqlError(13535, [fullNameOf(this.target.database, this.target.table)]);
  }

  /** Takes the row over: it ends now. */
  keep(values: SqlValue[]): void {
    values[this.places.end] = this.start;
    this.rowIds.push(insertRow(this.execution.session.transaction, this.history!, values, this.execution));
  }
}

const refusals: Record<StatementWord, number> = { INSERT: 13559, DELETE: 13560, UPDATE: 13561, MERGE: 13562 };

/** While SYSTEM_VERSIONING is ON nobody but the server writes to a history table. */
export function requireNoHistory({ table, database }: Target, statement: StatementWord): void {
  if (table.historyOf !== undefined) throw sqlError(refusals[statement], [fullNameOf(database, table)]);
}
