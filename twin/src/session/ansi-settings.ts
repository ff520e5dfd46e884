/**
 * Old settings whose meaning is not built: what depends on them is refused, the rest runs.
 * https://learn.microsoft.com/sql/t-sql/statements/set-ansi-nulls-transact-sql, set-ansi-warnings-transact-sql
 */
import type { SessionOptions } from "./runtime";
import { notImplemented, SqlError } from "./sql-error";

/** Truncation, overflow and division by zero, which are no errors with ANSI_WARNINGS (and ARITHABORT) OFF. */
const WARNINGS_ONLY = new Set([220, 232, 2628, 8115, 8134, 8152]);

const known = new WeakMap<object, boolean>();

type Node = Record<string, unknown>;

/** Counters: they always have a value. */
const NEVER_NULL = new Set(["@@ERROR", "@@TRANCOUNT", "@@ROWCOUNT", "@@FETCH_STATUS", "@@NESTLEVEL", "@@SPID"]);

function mayBeNull(operand: unknown): boolean {
  const { kind, name } = operand as Node;
  return kind === "null" || kind === "variable" || (kind === "global" && !NEVER_NULL.has(String(name).toUpperCase()));
}

function comparesWithNull(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(comparesWithNull);
  if (typeof node !== "object" || node === null) return false;
  const { kind, left, right } = node as Node;
  if (kind === "comparison" && (mayBeNull(left) || mayBeNull(right))) return true;
  return Object.values(node).some(comparesWithNull);
}

/** Throws when a statement or condition compares with NULL or a variable under SET ANSI_NULLS OFF. */
export function requireAnsiNulls(node: object, options: SessionOptions): void {
  if (options.ansiNulls) return;
  let compares = known.get(node);
  if (compares === undefined) known.set(node, (compares = comparesWithNull(node)));
  if (compares) throw notImplemented("a comparison with NULL or a variable under SET ANSI_NULLS OFF");
}

/** The error itself, or a refusal where the setting makes a warning of it. */
export function underAnsiWarnings(error: unknown, options: SessionOptions): unknown {
  if (options.ansiWarnings || !(error instanceof SqlError) || !WARNINGS_ONLY.has(error.number)) return error;
  return notImplemented(`error ${error.number} under SET ANSI_WARNINGS OFF`);
}
