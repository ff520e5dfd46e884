/** https://learn.microsoft.com/sql/t-sql/functions/date-and-time-data-types-and-functions-transact-sql */
import { sqlError } from "../session/messages";
import { convert, limitDateTime } from "../types/convert";
import * as dates from "../types/date-time";
import { INT, BIGINT, isCharacter, isNumeric, nvarchar } from "../types/format-type";
import type { SqlType } from "../types/sql-type";
import { DateTime, type SqlValue } from "../types/value";
import { always, asInt, asText, defineFamily } from "./arguments";
import type { Argument, FunctionContext } from "./registry";

const SOURCE = "https://learn.microsoft.com/sql/t-sql/functions/date-and-time-data-types-and-functions-transact-sql";

const PARTS: Record<string, string> = {};
for (const [part, names] of Object.entries({
  year: "yy yyyy",
  quarter: "qq q",
  month: "mm m",
  dayofyear: "dy y",
  day: "dd d",
  week: "wk ww",
  weekday: "dw w",
  hour: "hh",
  minute: "mi n",
  second: "ss s",
  millisecond: "ms",
  microsecond: "mcs",
  nanosecond: "ns",
  iso_week: "isowk isoww",
  tzoffset: "tz",
}))
  for (const name of [part, ...names.split(" ")]) PARTS[name] = part;

/** The date part arrives as a constant text argument. */
function partOf(value: SqlValue, name: string): string {
  const part = PARTS[String(value).toLowerCase()];
  if (!part) throw sqlError(155, [String(value), name.toLowerCase()]);
  return part;
}

const DATETIME2: SqlType = { name: "datetime2", scale: 7 };
const DATETIMEOFFSET: SqlType = { name: "datetimeoffset", scale: 7 };

/** The type in which a function works: text counts as datetime2, numbers as datetime. */
function dateType(type: SqlType): SqlType {
  return isCharacter(type) ? DATETIME2 : isNumeric(type) ? { name: "datetime" } : type;
}

function asDate(value: SqlValue, type: SqlType): DateTime {
  return convert(value, type, dateType(type), { explicit: true }) as DateTime;
}

/** Local reading of a value: offsets applied, time-only on 1900-01-01. */
function local(value: DateTime, type: SqlType): DateTime {
  if (type.name === "datetimeoffset") return dates.localOf(value);
  return type.name === "time" ? new DateTime(dates.DAYS_1900, value.ticks) : value;
}

const UNIT_TICKS: Record<string, number> = {
  hour: dates.TICKS_PER_HOUR,
  minute: dates.TICKS_PER_MINUTE,
  second: dates.TICKS_PER_SECOND,
  millisecond: 10_000,
  microsecond: 10,
  nanosecond: 0.01,
};

function dateAdd(part: string, count: number, value: DateTime, type: SqlType): DateTime {
  const at = local(value, type);
  let moved: DateTime;
  if (part === "year" || part === "quarter" || part === "month") {
    const months = part === "year" ? 12 : part === "quarter" ? 3 : 1;
    const { year, month, day } = dates.civilFromDays(at.days);
    const total = year * 12 + (month - 1) + count * months;
    const toYear = Math.floor(total / 12);
    const toMonth = (total % 12) + 1;
    if (toYear < 1 || toYear > 9999) throw sqlError(517, [type.name], 1);
    moved = new DateTime(
      dates.daysFromCivil(toYear, toMonth, Math.min(day, dates.daysInMonth(toYear, toMonth))),
      at.ticks,
    );
  } else if (part === "day" || part === "dayofyear" || part === "weekday")
    moved = new DateTime(at.days + count, at.ticks);
  else if (part === "week") moved = new DateTime(at.days + 7 * count, at.ticks);
  else {
    const unit = UNIT_TICKS[part];
    if (unit === undefined) throw sqlError(9810, [part, "dateadd", type.name]);
    const wholeDays = Math.trunc((count * unit) / dates.TICKS_PER_DAY);
    const rest = Math.round(count * unit - wholeDays * dates.TICKS_PER_DAY);
    moved = dates.addTicks(new DateTime(at.days + wholeDays, at.ticks), rest);
  }
  if (moved.days < 0 || moved.days > dates.MAX_DAYS) throw sqlError(517, [type.name], 1);
  if (type.name === "time") return new DateTime(0, moved.ticks);
  if (type.name === "datetimeoffset") return dates.fromLocal(moved, value.offsetMinutes);
  try {
    return limitDateTime(moved, type, type);
  } catch {
    throw sqlError(517, [type.name], 1);
  }
}

/** Boundaries crossed between two moments. */
function dateDiff(part: string, a: DateTime, aType: SqlType, b: DateTime, bType: SqlType): bigint {
  const x = aType.name === "datetimeoffset" || bType.name === "datetimeoffset" ? utc(a, aType) : local(a, aType);
  const y = aType.name === "datetimeoffset" || bType.name === "datetimeoffset" ? utc(b, bType) : local(b, bType);
  const from = dates.civilFromDays(x.days);
  const to = dates.civilFromDays(y.days);
  switch (part) {
    case "year":
      return BigInt(to.year - from.year);
    case "quarter":
      return BigInt((to.year - from.year) * 4 + Math.floor((to.month - 1) / 3) - Math.floor((from.month - 1) / 3));
    case "month":
      return BigInt((to.year - from.year) * 12 + to.month - from.month);
    case "day":
    case "dayofyear":
    case "weekday":
      return BigInt(y.days - x.days);
    case "week":
      // Weeks change on Sunday whatever DATEFIRST says; day 0 was a Monday.
      return BigInt(Math.floor((y.days + 1) / 7) - Math.floor((x.days + 1) / 7));
    default: {
      const unit = UNIT_TICKS[part];
      if (unit === undefined) throw sqlError(9810, [part, "datediff", aType.name]);
      const days = BigInt(y.days - x.days);
      if (part === "nanosecond") return (days * BigInt(dates.TICKS_PER_DAY) + BigInt(y.ticks - x.ticks)) * 100n;
      return (
        days * BigInt(dates.TICKS_PER_DAY / unit) + BigInt(Math.floor(y.ticks / unit) - Math.floor(x.ticks / unit))
      );
    }
  }
}

const utc = (value: DateTime, type: SqlType): DateTime =>
  type.name === "time" ? new DateTime(dates.DAYS_1900, value.ticks) : new DateTime(value.days, value.ticks);

function isoWeek(days: number): number {
  const weekday = ((days % 7) + 7) % 7;
  const thursday = days - weekday + 3;
  const { year } = dates.civilFromDays(thursday);
  return Math.floor((thursday - dates.daysFromCivil(year, 1, 1)) / 7) + 1;
}

function datePart(part: string, value: DateTime, type: SqlType, context: FunctionContext): number {
  const at = local(value, type);
  const { year, month, day } = dates.civilFromDays(at.days);
  const clock = dates.clockOf(at.ticks);
  const dateFirst = Number(context.option("dateFirst") ?? 7);
  // 1 = the day that DATEFIRST names (1 = Monday); day 0 was a Monday.
  const weekday = ((at.days - (dateFirst - 1)) % 7 + 7) % 7 + 1; // prettier-ignore
  switch (part) {
    case "year":
      return year;
    case "quarter":
      return Math.floor((month - 1) / 3) + 1;
    case "month":
      return month;
    case "dayofyear":
      return at.days - dates.daysFromCivil(year, 1, 1) + 1;
    case "day":
      return day;
    case "week": {
      const first = dates.daysFromCivil(year, 1, 1);
      const firstWeekday = ((first - (dateFirst - 1)) % 7 + 7) % 7; // prettier-ignore
      return Math.floor((at.days - first + firstWeekday) / 7) + 1;
    }
    case "weekday":
      return weekday;
    case "hour":
      return clock.hour;
    case "minute":
      return clock.minute;
    case "second":
      return clock.second;
    case "millisecond":
      return Math.floor(clock.fraction / 10_000);
    case "microsecond":
      return Math.floor(clock.fraction / 10);
    case "nanosecond":
      return clock.fraction * 100;
    case "iso_week":
      return isoWeek(at.days);
    default:
      return value.offsetMinutes;
  }
}

const MONTH_NAMES = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const DAY_NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

function dateName(part: string, value: DateTime, type: SqlType, context: FunctionContext): string {
  if (part === "month") return MONTH_NAMES[datePart(part, value, type, context) - 1]!;
  if (part === "weekday") return DAY_NAMES[((local(value, type).days % 7) + 7) % 7]!;
  if (part === "tzoffset") return dates.formatOffset(value.offsetMinutes);
  return String(datePart(part, value, type, context));
}

function truncateTo(part: string, value: DateTime, type: SqlType): DateTime {
  const at = local(value, type);
  const { year, month } = dates.civilFromDays(at.days);
  let result: DateTime;
  if (part === "year") result = new DateTime(dates.daysFromCivil(year, 1, 1), 0);
  else if (part === "quarter")
    result = new DateTime(dates.daysFromCivil(year, Math.floor((month - 1) / 3) * 3 + 1, 1), 0);
  else if (part === "month") result = new DateTime(dates.daysFromCivil(year, month, 1), 0);
  else if (part === "week") result = new DateTime(at.days - ((at.days + 1) % 7), 0);
  else if (part === "iso_week") result = new DateTime(at.days - (at.days % 7), 0);
  else if (part === "day" || part === "dayofyear") result = new DateTime(at.days, 0);
  else {
    const unit = UNIT_TICKS[part];
    if (unit === undefined || unit < 1) throw sqlError(9810, [part, "datetrunc", type.name]);
    result = new DateTime(at.days, Math.floor(at.ticks / unit) * unit);
  }
  if (type.name === "time") return new DateTime(0, result.ticks);
  return type.name === "datetimeoffset" ? dates.fromLocal(result, value.offsetMinutes) : result;
}

function fromParts(type: SqlType, parts: readonly (number | null)[], precision: number): DateTime {
  const [year = 1900, month = 1, day = 1, hour = 0, minute = 0, second = 0, fraction = 0] = parts as number[];
  const valid =
    year >= 1 &&
    year <= 9999 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= dates.daysInMonth(year, month) &&
    hour >= 0 &&
    hour < 24 &&
    minute >= 0 &&
    minute < 60 &&
    second >= 0 &&
    second < 60 &&
    fraction >= 0 &&
    fraction < 10 ** precision;
  if (!valid) throw sqlError(289, [type.name]);
  return limitDateTime(
    new DateTime(
      dates.daysFromCivil(year, month, day),
      dates.ticksOf(hour, minute, second, fraction * 10 ** (7 - precision)),
    ),
    type,
    type,
  );
}

const numbers = (values: readonly SqlValue[], types: readonly SqlType[]): number[] =>
  values.map((v, i) => asInt(v, types[i]!));

const now = (
  type: SqlType,
  offset: boolean,
  utcTime: boolean,
): {
  resultType: () => SqlType;
  deterministic: false;
  evaluate: (v: readonly SqlValue[], t: readonly SqlType[], r: SqlType, context: FunctionContext) => SqlValue;
} => ({
  resultType: always(type),
  deterministic: false,
  evaluate: (_v, _t, _r, context) => {
    const moment = utcTime ? context.utcNow() : context.now();
    if (offset) return moment;
    const at = utcTime ? new DateTime(moment.days, moment.ticks) : dates.localOf(moment);
    return limitDateTime(at, type, type);
  },
});

const scaleArgument = (args: readonly Argument[], index: number): number => Number(args[index]?.constant ?? 7);

defineFamily(SOURCE, {
  "GETDATE/0": now({ name: "datetime" }, false, false),
  "CURRENT_TIMESTAMP/0": now({ name: "datetime" }, false, false),
  "CURRENT_DATE/0": now({ name: "date" }, false, false),
  "GETUTCDATE/0": now({ name: "datetime" }, false, true),
  "SYSDATETIME/0": now(DATETIME2, false, false),
  "SYSUTCDATETIME/0": now(DATETIME2, false, true),
  "SYSDATETIMEOFFSET/0": now(DATETIMEOFFSET, true, false),
  "DATEADD/3": {
    resultType: (args) => (isCharacter(args[2]!.type) ? { name: "datetime" } : dateType(args[2]!.type)),
    evaluate: ([p, n, v], [, nt, t], result) =>
      dateAdd(partOf(p!, "dateadd"), asInt(n!, nt!), convert(v!, t!, result, { explicit: true }) as DateTime, result),
  },
  "DATEDIFF/3": {
    resultType: always(INT),
    evaluate: ([p, a, b], [, at, bt]) => {
      const count = dateDiff(partOf(p!, "datediff"), asDate(a!, at!), dateType(at!), asDate(b!, bt!), dateType(bt!));
      if (count > 2147483647n || count < -2147483648n) throw sqlError(535);
      return Number(count);
    },
  },
  "DATEDIFF_BIG/3": {
    resultType: always(BIGINT),
    evaluate: ([p, a, b], [, at, bt]) =>
      dateDiff(partOf(p!, "datediff_big"), asDate(a!, at!), dateType(at!), asDate(b!, bt!), dateType(bt!)),
  },
  "DATEPART/2": {
    resultType: always(INT),
    evaluate: ([p, v], [, t], _, context) => datePart(partOf(p!, "datepart"), asDate(v!, t!), dateType(t!), context),
  },
  "DATENAME/2": {
    resultType: always(nvarchar(30)),
    evaluate: ([p, v], [, t], _, context) => dateName(partOf(p!, "datename"), asDate(v!, t!), dateType(t!), context),
  },
  "DATETRUNC/2": {
    resultType: (args) => dateType(args[1]!.type),
    evaluate: ([p, v], [, t]) => truncateTo(partOf(p!, "datetrunc"), asDate(v!, t!), dateType(t!)),
  },
  "YEAR/1": {
    resultType: always(INT),
    evaluate: ([v], [t], _, context) => datePart("year", asDate(v!, t!), dateType(t!), context),
  },
  "MONTH/1": {
    resultType: always(INT),
    evaluate: ([v], [t], _, context) => datePart("month", asDate(v!, t!), dateType(t!), context),
  },
  "DAY/1": {
    resultType: always(INT),
    evaluate: ([v], [t], _, context) => datePart("day", asDate(v!, t!), dateType(t!), context),
  },
  "EOMONTH/1-2": {
    resultType: always({ name: "date" }),
    evaluate: ([v, n], [t, nt]) => {
      const moved = dateAdd(
        "month",
        n === undefined || n === null ? 0 : asInt(n, nt!),
        local(asDate(v!, t!), dateType(t!)),
        DATETIME2,
      );
      const { year, month } = dates.civilFromDays(moved.days);
      return new DateTime(dates.daysFromCivil(year, month, dates.daysInMonth(year, month)), 0);
    },
  },
  "DATEFROMPARTS/3": {
    resultType: always({ name: "date" }),
    evaluate: (v, t, result) => fromParts(result, numbers(v, t), 0),
  },
  "DATETIMEFROMPARTS/7": {
    resultType: always({ name: "datetime" }),
    evaluate: (v, t, result) => fromParts(result, numbers(v, t), 3),
  },
  "SMALLDATETIMEFROMPARTS/5": {
    resultType: always({ name: "smalldatetime" }),
    evaluate: (v, t, result) => fromParts(result, numbers(v, t), 0),
  },
  "DATETIME2FROMPARTS/8": {
    resultType: (args) => ({ name: "datetime2", scale: scaleArgument(args, 7) }),
    evaluate: (v, t, result) => fromParts(result, numbers(v, t).slice(0, 7), result.scale ?? 7),
  },
  "TIMEFROMPARTS/5": {
    resultType: (args) => ({ name: "time", scale: scaleArgument(args, 4) }),
    evaluate: (v, t, result) => fromParts(result, [1900, 1, 1, ...numbers(v, t).slice(0, 4)], result.scale ?? 7),
  },
  "SWITCHOFFSET/2": {
    resultType: (args) => (args[0]!.type.name === "datetimeoffset" ? args[0]!.type : DATETIMEOFFSET),
    evaluate: ([v, o], [t, ot]) => {
      const value = convert(v!, t!, DATETIMEOFFSET, { explicit: true }) as DateTime;
      return new DateTime(value.days, value.ticks, offsetOf(o!, ot!));
    },
  },
  "TODATETIMEOFFSET/2": {
    resultType: (args) => ({ name: "datetimeoffset", scale: args[0]!.type.scale ?? 7 }),
    evaluate: ([v, o], [t, ot]) => dates.fromLocal(local(asDate(v!, t!), dateType(t!)), offsetOf(o!, ot!)),
  },
  "ISDATE/1": {
    resultType: always(INT),
    acceptsNull: true,
    evaluate: ([v], [t]) => {
      if (v === null) return 0;
      try {
        return isCharacter(t!) && convert(v!, t!, { name: "datetime" }) !== null
          ? 1
          : t!.name.includes("datetime")
            ? 1
            : 0;
      } catch {
        return 0;
      }
    },
  },
});

/** "+02:00", "-00:30" or minutes. */
function offsetOf(value: SqlValue, type: SqlType): number {
  if (!isCharacter(type)) return asInt(value, type);
  const match = /^([+-])(\d{2}):(\d{2})$/.exec(asText(value, type).trim());
  if (!match) throw sqlError(9812);
  return (match[1] === "-" ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
}
