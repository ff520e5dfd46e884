/**
 * Cursors: the rows are those of OPEN (static), read forward or, with SCROLL, anywhere.
 * https://learn.microsoft.com/sql/t-sql/language-elements/declare-cursor-transact-sql, fetch-transact-sql
 */
import type { Statement } from "../../language/ast";
import { convert } from "../../types/convert";
import type { SqlValue } from "../../types/value";
import type { Cursor } from "../frames";
import { sqlError } from "../messages";
import { frameOf, own } from "../own";
import type { ResultColumn } from "../port";
import type { Execution, Output, StatementResult, Work } from "../runtime";
import { notImplemented } from "../sql-error";

type Of<K extends Statement["kind"]> = Extract<Statement, { kind: K }>;

const KNOWN = new Set([
  "LOCAL",
  "GLOBAL",
  "FORWARD_ONLY",
  "SCROLL",
  "STATIC",
  "FAST_FORWARD",
  "READ_ONLY",
  "INSENSITIVE",
]);

/* eslint-disable require-yield -- every statement is driven as a generator */
export function* declareCursor(statement: Of<"declare-cursor">, execution: Execution): Work<void> {
  const unknown = statement.words.find((word) => !KNOWN.has(word));
  if (unknown) throw notImplemented(`DECLARE CURSOR ... ${unknown}`);
  const session = own(execution);
  const local =
    statement.words.includes("LOCAL") ||
    (!statement.words.includes("GLOBAL") && session.database.options.localCursorDefault);
  const cursors = local ? frameOf(execution).cursors : session.cursors;
  const key = statement.name.toLowerCase();
  if (cursors.has(key)) throw sqlError(16915, [statement.name]);
  cursors.set(key, {
    name: statement.name,
    words: statement.words,
    query: statement.query,
    rows: undefined,
    columns: [],
    position: -1,
  });
}

/** A local cursor before a global one of the same name. */
function find(name: string, execution: Execution): { cursor: Cursor; home: Map<string, Cursor>; key: string } {
  const key = name.toLowerCase();
  for (const home of [frameOf(execution).cursors, own(execution).cursors]) {
    const cursor = home.get(key);
    if (cursor) return { cursor, home, key };
  }
  throw sqlError(16916, [name]);
}

export function* cursorAction(statement: Of<"cursor">, execution: Execution): Work<void> {
  const { cursor, home, key } = find(statement.cursor, execution);
  if (statement.action === "deallocate") {
    home.delete(key);
    return;
  }
  if (statement.action === "close") {
    if (!cursor.rows) throw sqlError(16917);
    cursor.rows = undefined;
    return;
  }
  if (cursor.rows) throw sqlError(16905);
  const rows: (readonly SqlValue[])[] = [];
  let columns: readonly ResultColumn[] = [];
  const collector: Output = {
    columns: (given) => void (columns = given),
    row: (row) => void rows.push(row),
    message: (error) => execution.output.message(error),
  };
  yield* execution.parts.query.select(cursor.query, { ...execution, output: collector });
  cursor.columns = columns;
  cursor.rows = rows;
  cursor.position = -1;
  own(execution).cursorRows = rows.length;
}

const MOVES: Record<string, (position: number, count: number, offset: number) => number> = {
  NEXT: (position) => position + 1,
  PRIOR: (position) => position - 1,
  FIRST: () => 0,
  LAST: (_position, count) => count - 1,
  ABSOLUTE: (_position, count, offset) => (offset > 0 ? offset - 1 : offset < 0 ? count + offset : -1),
  RELATIVE: (position, _count, offset) => position + offset,
};

export function* fetchCursor(statement: Of<"fetch">, execution: Execution): Work<StatementResult> {
  const { cursor } = find(statement.cursor, execution);
  const { rows, words, columns } = cursor;
  if (!rows) throw sqlError(16917);
  const { direction } = statement;
  const scrolls =
    words.includes("SCROLL") ||
    (words.includes("STATIC") && !words.includes("FORWARD_ONLY")) ||
    words.includes("INSENSITIVE");
  if (direction !== "NEXT" && !scrolls) throw sqlError(16911, ["fetch", direction.toLowerCase()]);
  if (statement.into.length > 0 && statement.into.length !== columns.length) throw sqlError(16924);
  const offset = statement.offset ? Number(execution.parts.query.scalar(statement.offset, execution)) : 0;
  const position = Math.max(-1, Math.min(rows.length, MOVES[direction]!(cursor.position, rows.length, offset)));
  cursor.position = position;
  const row = rows[position];
  own(execution).fetchStatus = row ? 0 : -1;
  if (statement.into.length === 0) {
    execution.output.columns(columns);
    if (row) yield Promise.resolve(execution.output.row(row));
    return { rowCount: row ? 1 : 0, hasResult: true };
  }
  if (row)
    statement.into.forEach((name, i) => {
      const variable = execution.frame.variables.get(name.toLowerCase());
      if (!variable) throw sqlError(137, [name]);
      const value = row[i]!;
      variable.value = value === null ? null : convert(value, columns[i]!.type, variable.type);
    });
  return { rowCount: row ? 1 : 0, hasResult: false };
}
