/**
 * Values at run time, by SqlType:
 * bit, tinyint, smallint, int, real, float -> number (bit is 0 or 1); bigint -> bigint;
 * decimal, numeric, money, smallmoney -> Decimal (money has scale 4);
 * character types, xml, json, uniqueidentifier (upper case, canonical) -> string;
 * binary types, timestamp (8 bytes), hierarchyid, geometry, geography -> Uint8Array;
 * date and time types -> DateTime; sql_variant -> Variant; vector -> Float32Array;
 * SQL NULL -> null.
 */
import type { SqlType } from "./sql-type";

/** unscaled * 10^-scale. Precision lives in the SqlType, not here. */
export class Decimal {
  constructor(
    readonly unscaled: bigint,
    readonly scale: number,
  ) {}
}

/** One class for all date and time types. */
export class DateTime {
  constructor(
    /** Days since 0001-01-01; 0 for time. For datetimeoffset this and ticks are UTC. */
    readonly days: number,
    /** 100 ns ticks since midnight, 0 to 863,999,999,999. */
    readonly ticks: number,
    /** datetimeoffset only: minutes from UTC, -840 to 840. */
    readonly offsetMinutes = 0,
  ) {}
}

/** A sql_variant holds its base type beside its value. */
export class Variant {
  constructor(
    readonly type: SqlType,
    readonly value: SqlValue,
  ) {}
}

export type SqlValue = null | number | bigint | string | Uint8Array | Decimal | DateTime | Variant | Float32Array;
