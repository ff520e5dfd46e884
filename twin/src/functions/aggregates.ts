/** https://learn.microsoft.com/sql/t-sql/functions/aggregate-functions-transact-sql. DISTINCT and GROUP BY are the executor's. */
import { sqlError } from "../session/messages";
import { collation } from "../types/collation";
import { compareValues, equalKey } from "../types/compare";
import { convert } from "../types/convert";
import { powerOfTen } from "../types/decimal";
import {
  BIGINT,
  FLOAT,
  INT,
  isApproximate,
  isCharacter,
  isExact,
  isInteger,
  isMoney,
  isUnicode,
  nvarchar,
  varchar,
} from "../types/format-type";
import type { SqlType } from "../types/sql-type";
import { Decimal, type SqlValue } from "../types/value";

/** The running state of one group. */
export interface Accumulator {
  /** Never called with NULL, except for COUNT(*). */
  add(value: SqlValue, separator?: SqlValue): void;
  finish(): SqlValue;
}

export interface Aggregate {
  readonly name: string;
  resultType(argument: SqlType): SqlType;
  create(argument: SqlType, result: SqlType, defaultCollation: string): Accumulator;
}

const aggregates = new Map<string, Aggregate>();
const define = (name: string, resultType: Aggregate["resultType"], create: Aggregate["create"]): void =>
  void aggregates.set(name, { name, resultType, create });

export function findAggregate(name: string): Aggregate | undefined {
  return aggregates.get(name.toUpperCase());
}

function sumType(type: SqlType): SqlType {
  if (type.name === "bit" || (!isInteger(type) && !isExact(type) && !isMoney(type) && !isApproximate(type)))
    throw sqlError(8117, [type.name, "sum"]);
  if (type.name === "bigint") return BIGINT;
  if (isInteger(type)) return INT;
  if (isExact(type)) return { name: type.name, precision: 38, scale: type.scale ?? 0 };
  return isMoney(type) ? { name: "money" } : FLOAT;
}

/** AVG of decimals has at least six digits of scale. */
function averageType(type: SqlType): SqlType {
  if (type.name === "bit" || (!isInteger(type) && !isExact(type) && !isMoney(type) && !isApproximate(type)))
    throw sqlError(8117, [type.name, "avg"]);
  return isExact(type) ? { name: type.name, precision: 38, scale: Math.max(type.scale ?? 0, 6) } : sumType(type);
}

class Total {
  count = 0;
  private whole = 0n;
  private float = 0;
  constructor(
    private readonly argument: SqlType,
    private readonly result: SqlType,
  ) {}

  add(value: SqlValue): void {
    this.count++;
    if (value instanceof Decimal) this.whole += value.unscaled;
    else if (isApproximate(this.argument)) this.float += value as number;
    else this.whole += BigInt(value as number | bigint);
    if (isInteger(this.result)) this.checked(this.whole);
  }

  private checked(value: bigint): bigint {
    if (BigInt.asIntN(this.result.name === "bigint" ? 64 : 32, value) !== value)
      throw sqlError(8115, ["expression", this.result.name], 2);
    return value;
  }

  sum(): SqlValue {
    if (this.count === 0) return null;
    if (isApproximate(this.argument)) return this.float;
    if (isInteger(this.result)) return this.result.name === "bigint" ? this.whole : Number(this.whole);
    return new Decimal(this.whole, isMoney(this.result) ? 4 : (this.argument.scale ?? 0));
  }

  average(): SqlValue {
    if (this.count === 0) return null;
    if (isApproximate(this.argument)) return this.float / this.count;
    const count = BigInt(this.count);
    if (isInteger(this.result)) return this.result.name === "bigint" ? this.whole / count : Number(this.whole / count);
    const from = isMoney(this.result) ? 4 : (this.argument.scale ?? 0);
    const to = isMoney(this.result) ? 4 : this.result.scale!;
    return new Decimal((this.whole * powerOfTen(to - from)) / count, to);
  }
}

/** The small integers count as int. */
const sum: Aggregate["create"] = (argument, result) => {
  const total = new Total(argument, result);
  return { add: (v) => total.add(v), finish: () => total.sum() };
};
const average: Aggregate["create"] = (argument, result) => {
  const total = new Total(argument, result);
  return { add: (v) => total.add(v), finish: () => total.average() };
};

const counting: Aggregate["create"] = (_a, result) => {
  let count = 0;
  return { add: () => void count++, finish: () => (result.name === "bigint" ? BigInt(count) : count) };
};

const extreme =
  (direction: 1 | -1): Aggregate["create"] =>
  (argument, _r, defaultCollation) => {
    const order = collation(argument.collation ?? defaultCollation);
    let best: SqlValue = null;
    return {
      add: (v) => {
        if (best === null || compareValues(v, best, argument, order) === direction) best = v;
      },
      finish: () => best,
    };
  };

function orderedType(type: SqlType): SqlType {
  if (
    type.name === "bit" ||
    type.name === "xml" ||
    type.name === "image" ||
    type.name === "text" ||
    type.name === "ntext"
  )
    throw sqlError(8117, [type.name, "max"]);
  return type;
}

/** Variance by Welford's method; population when `sample` is false. */
const spread =
  (root: boolean, sample: boolean): Aggregate["create"] =>
  (argument) => {
    let count = 0;
    let mean = 0;
    let squares = 0;
    return {
      add: (v) => {
        const x = convert(v, argument, FLOAT) as number;
        count++;
        const delta = x - mean;
        mean += delta / count;
        squares += delta * (x - mean);
      },
      finish: () => {
        if (count === 0 || (sample && count === 1)) return null;
        const variance = squares / (sample ? count - 1 : count);
        return root ? Math.sqrt(variance) : variance;
      },
    };
  };

function joinedType(type: SqlType): SqlType {
  if (!isCharacter(type)) return nvarchar(4000);
  if (type.length === -1) return isUnicode(type) ? nvarchar(4001) : varchar(8001);
  return isUnicode(type) ? nvarchar(4000) : varchar(8000);
}

define("COUNT", () => INT, counting);
define("COUNT_BIG", () => BIGINT, counting);
define("SUM", sumType, sum);
define("AVG", averageType, average);
define("MIN", orderedType, extreme(-1));
define("MAX", orderedType, extreme(1));
define("STDEV", () => FLOAT, spread(true, true));
define("STDEVP", () => FLOAT, spread(true, false));
define("VAR", () => FLOAT, spread(false, true));
define("VARP", () => FLOAT, spread(false, false));
define("STRING_AGG", joinedType, (argument, result) => {
  const parts: string[] = [];
  let separator = "";
  return {
    add: (v, s) => {
      parts.push(convert(v, argument, { name: "nvarchar", length: -1 }, { explicit: true }) as string);
      separator = s === null || s === undefined ? "" : String(s);
    },
    finish: () => {
      if (parts.length === 0) return null;
      const text = parts.join(separator);
      if (result.length !== -1 && text.length > (result.name === "nvarchar" ? 4000 : 8000)) throw sqlError(9829);
      return text;
    },
  };
});
define(
  "CHECKSUM_AGG",
  () => INT,
  () => {
    let value = 0;
    return { add: (v) => void (value ^= v as number), finish: () => value };
  },
);
define(
  "APPROX_COUNT_DISTINCT",
  () => BIGINT,
  (argument, _r, defaultCollation) => {
    const seen = new Set<unknown>();
    const order = collation(argument.collation ?? defaultCollation);
    return { add: (v) => void seen.add(equalKey(v, argument, order)), finish: () => BigInt(seen.size) };
  },
);
