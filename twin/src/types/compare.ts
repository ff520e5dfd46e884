/** Ordering and equality of values that were converted to one type. NULL is the caller's affair. */
import type { Collation } from "./collation";
import { compareDateTime } from "./date-time";
import { compareDecimal } from "./decimal";
import { commonType } from "./precedence";
import { convert, guidToBytes } from "./convert";
import type { SqlType } from "./sql-type";
import { DateTime, Decimal, Variant, type SqlValue } from "./value";

type Comparison = -1 | 0 | 1;

export function compareValues(a: SqlValue, b: SqlValue, type: SqlType, collation: Collation): Comparison {
  if (typeof a === "string" && typeof b === "string") {
    if (type.name === "uniqueidentifier") return compareGuid(a, b);
    return sign(collation.compare(a, b));
  }
  if (typeof a === "number" && typeof b === "number") return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === "bigint" && typeof b === "bigint") return a < b ? -1 : a > b ? 1 : 0;
  if (a instanceof Decimal && b instanceof Decimal) return compareDecimal(a, b);
  if (a instanceof DateTime && b instanceof DateTime) return compareDateTime(a, b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b);
  if (a instanceof Variant && b instanceof Variant) return compareVariant(a, b, collation);
  throw new Error(`values of type ${type.name} cannot be compared: ${typeof a} and ${typeof b}`);
}

const sign = (n: number): Comparison => (n < 0 ? -1 : n > 0 ? 1 : 0);

/** Shorter binary values are padded with zeros. */
function compareBytes(a: Uint8Array, b: Uint8Array): Comparison {
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return sign(difference);
  }
  return 0;
}

/** Byte groups from the last to the first: node, clock, then the rest. */
const GUID_SIGNIFICANCE = [10, 11, 12, 13, 14, 15, 8, 9, 6, 7, 4, 5, 0, 1, 2, 3];
function compareGuid(a: string, b: string): Comparison {
  if (a === b) return 0;
  const x = guidToBytes(a);
  const y = guidToBytes(b);
  for (const i of GUID_SIGNIFICANCE) if (x[i] !== y[i]) return x[i]! < y[i]! ? -1 : 1;
  return 0;
}

/** Families of sql_variant from the highest to the lowest; values of other families compare by family. */
const FAMILY = [
  "sql_variant",
  "datetime2",
  "datetimeoffset",
  "datetime",
  "smalldatetime",
  "date",
  "time",
  "float",
  "real",
  "decimal",
  "numeric",
  "money",
  "smallmoney",
  "bigint",
  "int",
  "smallint",
  "tinyint",
  "bit",
  "nvarchar",
  "nchar",
  "varchar",
  "char",
  "varbinary",
  "binary",
  "uniqueidentifier",
];
const familyOf = (type: SqlType): number => {
  const index = FAMILY.indexOf(type.name);
  return index <= 6 ? 0 : index <= 8 ? 1 : index <= 17 ? 2 : index <= 21 ? 3 : index <= 23 ? 4 : 5;
};

function compareVariant(a: Variant, b: Variant, collation: Collation): Comparison {
  const family = familyOf(a.type) - familyOf(b.type);
  if (family !== 0) return family < 0 ? 1 : -1;
  const common = commonType(a.type, b.type);
  return compareValues(convert(a.value, a.type, common), convert(b.value, b.type, common), common, collation);
}

/** Equal values have equal keys: GROUP BY, DISTINCT, hash joins, unique indexes. null is its own key. */
export function equalKey(value: SqlValue, type: SqlType, collation: Collation): string | number | bigint | null {
  if (value === null || typeof value === "number" || typeof value === "bigint") return value;
  if (typeof value === "string") return type.name === "uniqueidentifier" ? value : collation.key(value);
  if (value instanceof Decimal) return canonicalDecimal(value);
  if (value instanceof DateTime) return `${value.days}:${value.ticks}`;
  if (value instanceof Uint8Array) return Buffer.from(trimZeros(value)).toString("latin1");
  if (value instanceof Variant)
    return `${familyOf(value.type)}:${String(equalKey(value.value, value.type, collation))}`;
  throw new Error(`a value of type ${type.name} has no equality key`);
}

function canonicalDecimal(value: Decimal): string {
  let { unscaled, scale } = value;
  while (scale > 0 && unscaled % 10n === 0n) {
    unscaled /= 10n;
    scale--;
  }
  return `${unscaled}e${scale}`;
}

function trimZeros(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.subarray(0, end);
}
