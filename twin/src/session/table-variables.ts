/** Table variables take no part in transactions. https://learn.microsoft.com/sql/t-sql/data-types/table-transact-sql */
import type { Table } from "../storage/model";

/** Remembers the rows of now; the function that it returns puts them back after a rollback. */
export function keepRows(table: Table): () => void {
  const rows = new Map(table.rows);
  const entries = table.indexes.map((index) => index.entries && new Map(index.entries));
  const { nextRowId } = table;
  return () => {
    table.rows = rows;
    table.nextRowId = nextRowId;
    table.dirty.clear();
    table.indexes.forEach((index, i) => {
      const known = entries[i];
      if (known) index.entries = known;
    });
  };
}
