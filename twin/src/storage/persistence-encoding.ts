/**
 * The model as plain data for node:v8's structured serialisation, and back. Classes get a tag; derived data (unique index
 * entries, marks of open transactions) stays out; anything unforeseen is refused, so that nothing is lost in silence.
 */
import { collation, type Collation } from "../types/collation";
import { DateTime, Decimal, Variant } from "../types/value";
import type { SqlValue } from "../types/value";
import type { SqlType } from "../types/sql-type";

const DERIVED: ReadonlySet<string> = new Set(["rows", "entries", "dirty"]);

/** Maps that are rebuilt or kept apart, and the name comparison. Syntax trees have properties of these names too, but no maps or functions. */
export function isDerived(name: string, value: unknown): boolean {
  return value instanceof Map ? DERIVED.has(name) : name === "key" && typeof value === "function";
}

type Tagged =
  | { $: "decimal"; unscaled: bigint; scale: number }
  | { $: "time"; days: number; ticks: number; offset: number }
  | { $: "variant"; type: unknown; value: unknown }
  | { $: "collation"; name: string };

export function encodeValue(value: unknown): unknown {
  if (typeof value === "function" || typeof value === "symbol")
    throw new TypeError(`a ${typeof value} in the model cannot be stored`);
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(encodeValue);
  if (value instanceof Map)
    return new Map([...value].map(([key, item]): [unknown, unknown] => [key, encodeValue(item)]));
  if (value instanceof Set) return new Set([...value].map(encodeValue));
  if (ArrayBuffer.isView(value)) return value instanceof Float32Array ? value : Uint8Array.from(value as Uint8Array);
  if (value instanceof Decimal) return { $: "decimal", unscaled: value.unscaled, scale: value.scale } satisfies Tagged;
  if (value instanceof DateTime)
    return { $: "time", days: value.days, ticks: value.ticks, offset: value.offsetMinutes } satisfies Tagged;
  if (value instanceof Variant)
    return { $: "variant", type: encodeValue(value.type), value: encodeValue(value.value) } satisfies Tagged;
  if (isCollation(value)) return { $: "collation", name: value.name } satisfies Tagged;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError(`a ${value.constructor.name} in the model cannot be stored`);
  const plain: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) if (!isDerived(key, item)) plain[key] = encodeValue(item);
  return plain;
}

export function decodeValue(value: unknown): unknown {
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map(decodeValue);
  if (value instanceof Map)
    return new Map([...value].map(([key, item]): [unknown, unknown] => [key, decodeValue(item)]));
  if (value instanceof Set) return new Set([...value].map(decodeValue));
  if ("$" in value) return decodeTagged(value as Tagged);
  const plain: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) plain[key] = decodeValue(item);
  return plain;
}

function decodeTagged(value: Tagged): unknown {
  if (value.$ === "decimal") return new Decimal(value.unscaled, value.scale);
  if (value.$ === "time") return new DateTime(value.days, value.ticks, value.offset);
  if (value.$ === "variant")
    return new Variant(decodeValue(value.type) as SqlType, decodeValue(value.value) as SqlValue);
  return collation(value.name);
}

function isCollation(value: object): value is Collation {
  return "lcid" in value && "compare" in value;
}
