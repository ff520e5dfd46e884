/** Conversion tests, comparison, checksums, identifiers. https://learn.microsoft.com/sql/t-sql/functions/functions */
import { gunzipSync, gzipSync } from "node:zlib";
import { collation } from "../types/collation";
import { notImplemented } from "../session/sql-error";
import { compareValues } from "../types/compare";
import { convert } from "../types/convert";
import {
  INT,
  SQL_VARIANT,
  UNIQUEIDENTIFIER,
  isApproximate,
  isExact,
  isInteger,
  isMoney,
  isNumeric,
  nvarchar,
  varbinary,
} from "../types/format-type";
import { commonType } from "../types/precedence";
import type { SqlType } from "../types/sql-type";
import { Variant, type SqlValue } from "../types/value";
import { maxLengthBytes } from "../types/format-type";
import { always, asInt, asText, defineFamily } from "./arguments";
import type { Argument, FunctionContext } from "./registry";

const SOURCE = "https://learn.microsoft.com/sql/t-sql/functions/functions";

function common(args: readonly Argument[]): SqlType {
  return args.map((a) => a.type).reduce((x, y) => commonType(x, y));
}

function extreme(
  values: readonly SqlValue[],
  types: readonly SqlType[],
  result: SqlType,
  context: FunctionContext,
  direction: 1 | -1,
): SqlValue {
  let best: SqlValue = null;
  const order = collation(result.collation ?? context.defaultCollation);
  values.forEach((v, i) => {
    if (v === null) return;
    const value = convert(v, types[i]!, result);
    if (best === null || compareValues(value, best, result, order) === direction) best = value;
  });
  return best;
}

/** ISNUMERIC says 1 for anything that some number type takes: money signs, exponents, a lone sign. */
function isNumericText(text: string): boolean {
  const t = text.trim();
  return t !== "" && (/^[+-]?(\d+\.?\d*|\.\d+)([ed][+-]?\d*)?$/i.test(t) || /^[+-]?[$€£¥]?[+-]?[\d,]*\.?\d*$/.test(t));
}

/** The server's hash is not documented, and scripts compare its values with stored ones: a made-up value would lie. */
function noChecksum(name: string): never {
  throw notImplemented(name);
}

function variantProperty(value: SqlValue, type: SqlType, property: string): SqlValue {
  if (value === null) return null;
  const base = value instanceof Variant ? value.type : type;
  const sysname: SqlType = nvarchar(128);
  switch (property.toLowerCase()) {
    case "basetype":
      return new Variant(sysname, base.name);
    case "precision":
      return new Variant(
        INT,
        isExact(base)
          ? (base.precision ?? 18)
          : isNumeric(base)
            ? { tinyint: 3, smallint: 5, int: 10, bigint: 19, money: 19, smallmoney: 10, float: 53, real: 24, bit: 1 }[
                base.name as "int"
              ]!
            : 0,
      );
    case "scale":
      return new Variant(INT, isExact(base) ? (base.scale ?? 0) : isMoney(base) ? 4 : 0);
    case "maxlength":
      return new Variant(
        INT,
        isNumeric(base)
          ? isInteger(base)
            ? { bit: 1, tinyint: 1, smallint: 2, int: 4, bigint: 8 }[base.name as "int"]!
            : isApproximate(base)
              ? base.name === "real"
                ? 4
                : 8
              : 17
          : maxLengthBytes(base),
      );
    case "collation":
      return base.collation === undefined ? null : new Variant(sysname, base.collation);
    default:
      return null;
  }
}

defineFamily(SOURCE, {
  "ISNULL/2": {
    resultType: ([a, b]) => (a!.constant === null ? b!.type : a!.type),
    acceptsNull: true,
    evaluate: ([a, b], [at, bt], result) => (a === null ? convert(b!, bt!, result) : convert(a!, at!, result)),
  },
  "GREATEST/1-254": {
    resultType: common,
    acceptsNull: true,
    evaluate: (v, t, result, context) => extreme(v, t, result, context, 1),
  },
  "LEAST/1-254": {
    resultType: common,
    acceptsNull: true,
    evaluate: (v, t, result, context) => extreme(v, t, result, context, -1),
  },
  "CHOOSE/2-254": {
    resultType: (args) => common(args.slice(1)),
    acceptsNull: true,
    evaluate: (values, types, result) => {
      if (values[0] === null) return null;
      const index = asInt(values[0]!, types[0]!);
      return index < 1 || index >= values.length ? null : convert(values[index]!, types[index]!, result);
    },
  },
  "ISNUMERIC/1": {
    resultType: always(INT),
    acceptsNull: true,
    evaluate: ([v], [t]) =>
      v === null
        ? 0
        : isNumeric(t!)
          ? 1
          : typeof v === "string" && t!.name !== "uniqueidentifier" && isNumericText(v)
            ? 1
            : 0,
  },
  "NEWID/0": {
    resultType: always(UNIQUEIDENTIFIER),
    deterministic: false,
    evaluate: (_v, _t, _r, context) => context.newId(),
  },
  "NEWSEQUENTIALID/0": {
    resultType: always(UNIQUEIDENTIFIER),
    deterministic: false,
    evaluate: (_v, _t, _r, context) => context.newId(),
  },
  "CHECKSUM/1-254": { resultType: always(INT), acceptsNull: true, evaluate: () => noChecksum("CHECKSUM") },
  "BINARY_CHECKSUM/1-254": {
    resultType: always(INT),
    acceptsNull: true,
    evaluate: () => noChecksum("BINARY_CHECKSUM"),
  },
  "COMPRESS/1": {
    resultType: always(varbinary(8001)),
    evaluate: ([v], [t]) =>
      Uint8Array.from(gzipSync(convert(v!, t!, { name: "varbinary", length: -1 }, { explicit: true }) as Uint8Array)),
  },
  "DECOMPRESS/1": {
    resultType: always(varbinary(8001)),
    evaluate: ([v]) => Uint8Array.from(gunzipSync(v as Uint8Array)),
  },
  "SQL_VARIANT_PROPERTY/2": {
    resultType: always(SQL_VARIANT),
    evaluate: ([v, p], [t, pt]) => variantProperty(v!, t!, asText(p!, pt!)),
  },
});
