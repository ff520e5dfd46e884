/** Values that existing rows get when a statement adds or alters a column. */
import type { Row } from "../../session/runtime";
import { sqlError } from "../../session/messages";
import { SqlError } from "../../session/sql-error";
import type { Column } from "../../storage/model";
import { replaceRows } from "../../storage/rows";
import { convertForStorage, toText, sizeOf } from "../../types/convert";
import { isCharacter, isNumeric } from "../../types/format-type";
import type { SqlType } from "../../types/sql-type";
import type { SqlValue } from "../../types/value";
import { qualified } from "../naming";
import { fillEntries } from "./indexes";
import { transactionOf, type TableTarget } from "./target";

/** database.schema.table, as 515 and 2628 show it. */
export function fullName(target: TableTarget): string {
  const { database, table } = target;
  return `${database.name}.${qualified(database, { schemaId: table.schemaId, name: target.shownName })}`;
}

/** A value as the column stores it. Compatibility levels below 150 report truncation with 8152 in place of 2628. */
export function storedValue(
  value: SqlValue,
  from: SqlType,
  column: Pick<Column, "name" | "type" | "collation">,
  target: TableTarget,
): SqlValue {
  const { type } = column;
  if (
    value !== null &&
    isNumeric(from) &&
    isCharacter(type) &&
    type.length !== -1 &&
    type.name !== "text" &&
    type.name !== "ntext"
  )
    if (sizeOf(toText(value, from, { ...type, length: -1 }, {}), type) > (type.length ?? 1))
      throw sqlError(8115, ["expression", type.name], 2);
  try {
    return convertForStorage(value, from, column.collation === null ? type : { ...type, collation: column.collation }, {
      table: fullName(target),
      column: column.name,
    });
  } catch (error) {
    if (error instanceof SqlError && error.number === 2628 && target.database.options.compatibilityLevel < 150)
      throw sqlError(8152, [], 30);
    throw error;
  }
}

/** 515, with the word that the server uses when it rewrites rows itself. */
export function requireValue(value: SqlValue, column: Pick<Column, "name" | "nullable">, target: TableTarget): void {
  if (value === null && !column.nullable) throw sqlError(515, [column.name, fullName(target), "UPDATE"], 2);
}

/** Every row anew; unique indexes that hold one of `changed` are built again, which may end with 1505. */
export function rewriteRows(target: TableTarget, rewrite: (row: Row) => Row, changed: readonly Column[] = []): void {
  const { table } = target;
  const rows = new Map<number, Row>();
  for (const [id, row] of table.rows) rows.set(id, rewrite(row));
  replaceRows(transactionOf(target), table, rows);
  const ids = new Set(changed.map((column) => column.id));
  for (const index of table.indexes) {
    if (!index.unique || index.disabled || !index.columns.some((item) => !item.included && ids.has(item.columnId)))
      continue;
    const before = index.entries;
    transactionOf(target).onRollback(() => void (index.entries = before as Map<string, number>));
    fillEntries(target, index);
  }
}
