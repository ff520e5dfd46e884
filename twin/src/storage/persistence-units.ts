/** What is written to a data directory: the new state of one part of the model. */
import type { Database, SqlServer, Table } from "./model";
import { encodeValue } from "./persistence-encoding";
import { storedFields } from "./persistence-ownership";

/** Database 0 is the server. */
export type Unit =
  | { kind: "fields"; database: number; fields: Record<string, unknown> }
  | { kind: "entry"; database: number; field: string; key: unknown; value?: unknown }
  | {
      kind: "rows";
      database: number;
      table: number;
      rows: [number, unknown][];
      replace: boolean;
      nextRowId: number;
      identities: [columnId: number, last: bigint | null][];
    };

const ROWS_PER_UNIT = 2000;

/** Tables whose rows are on disk, as far as this process knows. */
export const storedTables = new WeakSet<Table>();

/** All of the server or of one database, its fields first: they say its name and collation. */
export function* holderUnits(holder: SqlServer | Database, id: number): Generator<Unit> {
  const fields = storedFields(holder);
  yield {
    kind: "fields",
    database: id,
    fields: {
      ...Object.fromEntries(
        fields.filter(([, value]) => !(value instanceof Map)).map(([field, value]) => [field, encodeValue(value)]),
      ),
      ...(id === 0 ? { collation: holder.collation } : {}),
    },
  };
  for (const [field, map] of fields)
    if (map instanceof Map)
      for (const [key, value] of map) yield { kind: "entry", database: id, field, key, value: encodeValue(value) };
  if ("objects" in holder)
    for (const object of holder.objects.values())
      if (object.type === "U") yield* tableRows(object, id, object.rows.keys(), true);
}

export function* tableRows(
  table: Table,
  database: number,
  rowIds: Iterable<number>,
  replace: boolean,
): Generator<Unit> {
  const identities = table.columns
    .filter((c) => c.identity)
    .map((c): [number, bigint | null] => [c.id, c.identity!.last]);
  const unit = (rows: [number, unknown][], first: boolean): Unit => ({
    kind: "rows",
    database,
    table: table.id,
    rows,
    replace: replace && first,
    nextRowId: table.nextRowId,
    identities,
  });
  let rows: [number, unknown][] = [];
  let first = true;
  for (const rowId of rowIds) {
    rows.push([rowId, encodeValue(table.rows.get(rowId))]);
    if (rows.length < ROWS_PER_UNIT) continue;
    yield unit(rows, first);
    rows = [];
    first = false;
  }
  if (rows.length > 0 || first) yield unit(rows, first);
}

/** Counters and other plain values, which change outside of transactions too. */
export function scalars(holder: SqlServer | Database): Record<string, unknown> {
  return Object.fromEntries(storedFields(holder).filter(([, value]) => typeof value !== "object"));
}
