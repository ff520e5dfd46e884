/**
 * PERIOD FOR SYSTEM_TIME. Rules: reference sheet "tables and indexes" 2.1 to 2.3; sql-docs, CREATE TABLE and ALTER TABLE,
 * generated_always and period_start_column_name.
 */
import type { ColumnDefinition, TableDefinition } from "../../language/ast";
import { sqlError } from "../../session/messages";
import { notImplemented } from "../../session/sql-error";
import type { Column } from "../../storage/model";
import type { SqlType } from "../../types/sql-type";
import { compareDateTime, utcNow } from "../../types/date-time";
import { DateTime } from "../../types/value";
import { at } from "../naming";
import { findColumn } from "../registry";
import { transactionOf, type TableTarget } from "../table/target";
import { endOfTime, fullNameOf, isPeriodColumn, periodColumns } from "./tables";

const ROW_START = 1;
const ROW_END = 2;

/** sys.columns.generated_always_type of a column definition, with the rules for its type. */
export function generatedAlways(definition: ColumnDefinition, type: SqlType): number {
  const { generated, name, line, nullable } = definition;
  if (!generated) return 0;
  if (generated.what !== "row-start" && generated.what !== "row-end")
    throw at(notImplemented("the generated columns of ledger tables"), line);
  if (type.name !== "datetime2") throw at(sqlError(13501, [name]), line);
  if (nullable === true) throw at(sqlError(13587, [name]), line);
  return generated.what === "row-start" ? ROW_START : ROW_END;
}

/** What a statement defines must be whole: both columns and the period, or none. */
export function requireWholePeriod(definition: TableDefinition, target: TableTarget): void {
  const { period } = definition;
  const { database, table, kind } = target;
  const starts = definition.columns.filter((column) => column.generated?.what === "row-start");
  const ends = definition.columns.filter((column) => column.generated?.what === "row-end");
  if (kind === "variable" || kind === "type") {
    if (period || starts.length + ends.length > 0) throw sqlError(13572);
    return;
  }
  if (starts.length > 1 || (table.period && starts.length > 0)) throw at(sqlError(13502), starts.at(-1)!.line);
  if (ends.length > 1 || (table.period && ends.length > 0)) throw at(sqlError(13503), ends.at(-1)!.line);
  const generated = [...starts, ...ends];
  if (!period) {
    if (generated.length > 0) throw at(sqlError(13509), generated[0]!.line);
    return;
  }
  // ADD PERIOD may stand alone, over columns that are there.
  if (generated.length === 0 && definition.columns.length === 0 && table.columns.length > 0) return;
  const [start] = starts;
  const [end] = ends;
  if (!start) throw sqlError(13504);
  if (!end) throw sqlError(13505);
  if (database.key(start.name) !== database.key(period.start)) throw sqlError(13506);
  if (database.key(end.name) !== database.key(period.end)) throw sqlError(13507);
}

/** Makes the period once its columns are in the table. */
export function definePeriod(period: NonNullable<TableDefinition["period"]>, target: TableTarget): void {
  const { table, database } = target;
  if (table.historyOf !== undefined) throw sqlError(13598, [fullNameOf(database, table)]);
  if (table.period) throw sqlError(13597, [fullNameOf(database, table)]);
  const start = periodColumn(period.start, target);
  const end = periodColumn(period.end, target);
  if (start.type.scale !== end.type.scale) throw sqlError(13513);
  const transaction = transactionOf(target);
  transaction.set(start, "generatedAlways", ROW_START);
  transaction.set(end, "generatedAlways", ROW_END);
  transaction.set(table, "period", { startColumnId: start.id, endColumnId: end.id });
  requireOpenRows(target);
}

function periodColumn(name: string, { table, database }: TableTarget): Column {
  const column = findColumn(table, database, name);
  if (!column) throw sqlError(13750, [name]);
  if (column.type.name !== "datetime2" || column.computed) throw sqlError(13501, [column.name]);
  if (column.nullable) throw sqlError(13587, [column.name]);
  return column;
}

/** Rows that are there have begun already and have not ended. */
function requireOpenRows({ table, database }: TableTarget): void {
  const { start, end } = periodColumns(table)!;
  const now = utcNow();
  const open = endOfTime(table.columns[end]!);
  for (const row of table.rows.values()) {
    if (compareDateTime(row[start] as DateTime, now) > 0) throw sqlError(13542, [fullNameOf(database, table)], 0);
    if (compareDateTime(row[end] as DateTime, open) !== 0) throw sqlError(13575, [fullNameOf(database, table)], 0);
  }
}

/** The columns stay, as ordinary ones that everybody sees. */
export function dropPeriod(target: TableTarget): void {
  const { table, database } = target;
  if (table.versioning) throw sqlError(13592, [fullNameOf(database, table)]);
  if (!table.period) throw sqlError(13593, [fullNameOf(database, table)]);
  const transaction = transactionOf(target);
  transaction.set(
    table,
    "columns",
    table.columns.map((column) =>
      isPeriodColumn(table, column) ? { ...column, generatedAlways: 0, hidden: false } : column,
    ),
  );
  transaction.set(table, "period", undefined);
}
