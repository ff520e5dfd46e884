/**
 * The twin runs no .NET code: a bound routine works through a TypeScript stand-in that was registered for its method. Values
 * are plain ones of JavaScript.
 */
import { convert } from "../types/convert";
import type { SqlType } from "../types/sql-type";
import { DateTime, Decimal, type SqlValue, Variant } from "../types/value";

/**
 * A method in TypeScript. It gets booleans for bit, numbers for tinyint to int and for real and float, bigints for bigint, text for
 * decimal, money, uniqueidentifier, xml and for date and time types (2026-01-31 12:00:00.0000000), bytes for binary types, null for NULL.
 * It returns the like; a Date stands for a time in UTC, undefined for NULL.
 * - scalar function: the value; table function: an iterable of rows, each an array or an object by column name;
 * - procedure: its status or nothing; an OUTPUT parameter arrives as `{ value }`, and what is left there goes back;
 * - trigger: gets a `StandInTrigger`; aggregate: makes a new `StandInAggregate` for every group.
 * What it throws reaches the client as error 6522.
 */
export type StandIn = (...args: never[]) => unknown;

export interface StandInAggregate {
  accumulate(...args: unknown[]): void;
  terminate(): unknown;
}

export interface StandInTrigger {
  readonly event: "INSERT" | "UPDATE" | "DELETE";
  /** Rows by column name. */
  readonly inserted: readonly Record<string, unknown>[];
  readonly deleted: readonly Record<string, unknown>[];
}

/** Keys: assembly.Namespace.Class.Method, and assembly.Namespace.Class for an aggregate. The assembly has its name in the database. */
export type StandIns = Readonly<Record<string, StandIn>>;

export class StandInRegistry {
  private readonly routines = new Map<string, StandIn>();

  constructor(routines: StandIns = {}) {
    this.register(routines);
  }

  /** A key that is there already gets the new routine. */
  register(routines: StandIns): void {
    for (const [key, routine] of Object.entries(routines)) this.routines.set(key, routine);
  }

  find(key: string): ((...args: unknown[]) => unknown) | undefined {
    return this.routines.get(key) as ((...args: unknown[]) => unknown) | undefined;
  }
}

const TEXT: SqlType = { name: "nvarchar", length: 4000 };
const MOMENT: SqlType = { name: "datetime2", scale: 7 };

export function toStandIn(value: SqlValue, type: SqlType): unknown {
  if (value instanceof Variant) return toStandIn(value.value, value.type);
  if (value === null) return null;
  if (type.name === "bit") return value === 1;
  if (value instanceof Decimal) return convert(value, { name: "decimal", precision: 38, scale: value.scale }, TEXT);
  if (!(value instanceof DateTime)) return value;
  const isPair = type.name === "datetime" || type.name === "smalldatetime";
  return isPair ? convert(convert(value, type, MOMENT), MOMENT, TEXT) : convert(value, type, TEXT);
}

/** Throws SqlError for what does not fit the type. */
export function fromStandIn(result: unknown, type: SqlType): SqlValue {
  if (result === null || result === undefined) return null;
  if (result instanceof Uint8Array) {
    if (type.isAssemblyType) return Uint8Array.from(result);
    return convert(
      Uint8Array.from(result),
      { name: "varbinary", length: Math.max(1, Math.min(8000, result.length)) },
      type,
    );
  }
  if (typeof result === "boolean") return convert(result ? 1 : 0, { name: "bit" }, type);
  if (typeof result === "bigint") return convert(result, { name: "bigint" }, type);
  if (typeof result === "number") {
    if (Number.isSafeInteger(result)) return convert(BigInt(result), { name: "bigint" }, type);
    if (!Number.isFinite(result)) throw new TypeError(`${result} is not a value of T-SQL`);
    return convert(result, { name: "float" }, type);
  }
  const text = result instanceof Date ? result.toISOString().slice(0, -1) : result;
  if (typeof text !== "string") throw new TypeError(`a ${typeof result} is not a value of T-SQL`);
  const from: SqlType = { name: "nvarchar", length: text.length > 4000 ? -1 : Math.max(1, text.length) };
  return convert(text, from, type, { explicit: type.name !== "varbinary" && type.name !== "binary" });
}
