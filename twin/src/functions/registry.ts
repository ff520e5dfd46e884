/** The built-in scalar functions by name. Families define theirs at load; functions/index.ts loads them all. */
import type { SqlType } from "../types/sql-type";
import type { DateTime, SqlValue } from "../types/value";

export interface Argument {
  readonly type: SqlType;
  /** Value of a constant, known while compiling. */
  readonly constant?: SqlValue;
}

/** What functions ask of the session that runs them. */
export interface FunctionContext {
  /** Local time of the statement, as datetimeoffset. */
  now(): DateTime;
  utcNow(): DateTime;
  random(seed?: number): number;
  newId(): string;
  /** The session, for functions that are about it (session/runtime.ts). */
  readonly session: unknown;
  /** Collation of text that has none of its own. */
  readonly defaultCollation: string;
  /** A SET option by its field name in SessionOptions. */
  option(name: string): unknown;
}

export interface ScalarFunction {
  /** Upper case. */
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
  resultType(args: readonly Argument[], context: FunctionContext): SqlType;
  evaluate(values: readonly SqlValue[], types: readonly SqlType[], result: SqlType, context: FunctionContext): SqlValue;
  /** False: the value differs from call to call (GETDATE, NEWID). */
  readonly deterministic: boolean;
  /** Most functions answer NULL when an argument is NULL; these look themselves. */
  readonly acceptsNull?: boolean;
  /** Learn page or reference sheet. */
  readonly source: string;
}

const functions = new Map<string, ScalarFunction>();

export function defineFunction(definition: ScalarFunction): void {
  if (functions.has(definition.name)) throw new Error(`function ${definition.name} defined twice`);
  functions.set(definition.name, definition);
}

export function findFunction(name: string): ScalarFunction | undefined {
  return functions.get(name.toUpperCase());
}
