/**
 * How the server keeps a module's text, and the hash that the catalog query returns for it. The server keeps the batch as
 * sent, writes CREATE for ALTER, and cuts OR ALTER out of CREATE OR ALTER, whose blanks stay.
 * https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-sql-modules-transact-sql
 */
import { createHash } from "node:crypto";

/** SHA-256 of the text as nvarchar (UTF-16, little endian): 64 lower-case hex digits. */
export function storedHash(text: string): string {
  return createHash("sha256").update(text, "utf16le").digest("hex");
}

/**
 * Hashes of stored texts that mean the same definition as `text`, which begins its header with CREATE at `verb`: other
 * newlines (the file was checked out on another system) and a definition that somebody deployed with CREATE OR ALTER.
 */
export function* equalStoredHashes(text: string, verb: number): Generator<string> {
  const unix = text.replaceAll("\r\n", "\n");
  for (const form of new Set([text, unix, unix.replaceAll("\n", "\r\n")])) {
    yield storedHash(form);
    const afterVerb = verbIn(form, text, verb) + "CREATE".length;
    yield storedHash(`${form.slice(0, afterVerb)}  ${form.slice(afterVerb)}`);
  }
}

/** Where the verb stands in a form of the text with other newlines. */
function verbIn(form: string, text: string, verb: number): number {
  if (form === text) return verb;
  const unix = text.slice(0, verb).replaceAll("\r\n", "\n");
  return form.includes("\r\n") ? unix.replaceAll("\n", "\r\n").length : unix.length;
}

/** A copy that does not keep the string alive from which it was cut. */
export function detach(text: string): string {
  return Buffer.from(text, "utf8").toString("utf8");
}

const known = new Map<string, string>();

/** One string for all equal names: a name cut out of a file would keep the whole file in memory. */
export function intern(name: string): string {
  const found = known.get(name);
  if (found !== undefined) return found;
  const own = detach(name);
  known.set(own, own);
  return own;
}
