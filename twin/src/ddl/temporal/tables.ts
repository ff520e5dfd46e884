/** The two tables of a system-versioned pair, and the columns of a period. */
import type { Column, Database, Table } from "../../storage/model";
import { MAX_DAYS, TICKS_PER_DAY } from "../../types/date-time";
import { DateTime } from "../../types/value";
import { qualified } from "../naming";

/** database.schema.table, as the errors about temporal tables print it. */
export function fullNameOf(database: Database, object: { schemaId: number; name: string }): string {
  return `${database.name}.${qualified(database, object)}`;
}

/** The history table while SYSTEM_VERSIONING is ON. */
export function historyTable(database: Database, table: Table): Table | undefined {
  return table.versioning && tableById(database, table.versioning.historyTableId);
}

/** The table whose versions a history table keeps. */
export function currentTable(database: Database, history: Table): Table | undefined {
  return history.historyOf === undefined ? undefined : tableById(database, history.historyOf);
}

function tableById(database: Database, id: number): Table | undefined {
  const found = database.objects.get(id);
  return found?.type === "U" ? found : undefined;
}

export interface PeriodColumns {
  /** Places in `table.columns`. */
  readonly start: number;
  readonly end: number;
}

export function periodColumns(table: Table): PeriodColumns | undefined {
  const { period } = table;
  return (
    period && {
      start: table.columns.findIndex((column) => column.id === period.startColumnId),
      end: table.columns.findIndex((column) => column.id === period.endColumnId),
    }
  );
}

export function isPeriodColumn(table: Table, column: Pick<Column, "id">): boolean {
  return column.id === table.period?.startColumnId || column.id === table.period?.endColumnId;
}

/** 100 ns steps of one unit of datetime2(scale). */
function unitOf(column: Column): number {
  return 10 ** (7 - (column.type.scale ?? 7));
}

/** A moment in a period column's precision. We cut rather than round, so that no period begins in the future. */
export function periodTime(moment: DateTime, column: Column): DateTime {
  const unit = unitOf(column);
  return new DateTime(moment.days, Math.floor(moment.ticks / unit) * unit);
}

/** What an open row has as its end: the last moment of datetime2(scale). */
export function endOfTime(column: Column): DateTime {
  return new DateTime(MAX_DAYS, TICKS_PER_DAY - unitOf(column));
}
