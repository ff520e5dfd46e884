/** Conversion to and between dates and times. https://learn.microsoft.com/sql/t-sql/functions/cast-and-convert-transact-sql#date-and-time-styles */
import { sqlError } from "../../session/messages";
import type { SqlError } from "../../session/sql-error";
import * as dates from "../date-time";
import { decimalToNumber } from "../decimal";
import { parseDateTimeStyle } from "../date-style";
import type { SqlType } from "../sql-type";
import { DateTime, Decimal, type SqlValue } from "../value";
import { refuseConversion } from "./chart";
import { type ConvertOptions } from "./options";

export function toDateTime(value: SqlValue, from: SqlType, to: SqlType, options: ConvertOptions): DateTime {
  if (typeof value === "string")
    return limitDateTime(parseDateTimeStyle(value, from, to, options.style, options.dateFormat), to, from);
  if (value instanceof DateTime) return limitDateTime(reshape(value, from, to), to, from);
  if (value instanceof Uint8Array) throw refuseConversion(from, to, false);
  const days =
    typeof value === "bigint" ? Number(value) : value instanceof Decimal ? decimalToNumber(value) : (value as number);
  const whole = Math.floor(days);
  return limitDateTime(
    new DateTime(whole + dates.DAYS_1900, Math.round((days - whole) * dates.TICKS_PER_DAY)),
    to,
    from,
  );
}

/** Between the date types: what is missing is 1900-01-01 or midnight; offsets go to or come from UTC. */
function reshape(value: DateTime, from: SqlType, to: SqlType): DateTime {
  const local = from.name === "datetimeoffset" ? dates.localOf(value) : value;
  const days = from.name === "time" ? dates.DAYS_1900 : local.days;
  const ticks = from.name === "date" ? 0 : local.ticks;
  if (to.name === "datetimeoffset")
    return dates.fromLocal(new DateTime(days, ticks), from.name === "datetimeoffset" ? value.offsetMinutes : 0);
  if (to.name === "date") return new DateTime(days, 0);
  if (to.name === "time") return new DateTime(0, ticks);
  return new DateTime(days, ticks);
}

/** Rounds to the target's precision and refuses what is outside its range (242). */
export function limitDateTime(value: DateTime, to: SqlType, from: SqlType): DateTime {
  const outOfRange = (): SqlError => sqlError(242, [from.name, to.name], 3);
  switch (to.name) {
    case "datetime": {
      const rounded = dates.roundToThreeHundredths(value);
      if (rounded.days < dates.DAYS_1753 || rounded.days > dates.MAX_DAYS) throw outOfRange();
      return rounded;
    }
    case "smalldatetime": {
      const rounded = dates.roundToMinute(value);
      if (rounded.days < dates.DAYS_1900 || rounded.days - dates.DAYS_1900 > 65535) throw outOfRange();
      return rounded;
    }
    case "date":
      if (value.days < 0 || value.days > dates.MAX_DAYS) throw outOfRange();
      return new DateTime(value.days, 0);
    case "time": {
      const rounded = dates.roundTicks(value, to.scale ?? 7);
      return new DateTime(0, rounded.ticks);
    }
    default: {
      const rounded = dates.roundTicks(value, to.scale ?? 7);
      if (rounded.days < 0 || rounded.days > dates.MAX_DAYS) throw outOfRange();
      return rounded;
    }
  }
}
