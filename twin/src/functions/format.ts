/**
 * FORMAT in the invariant and en-US cultures, for the patterns that scripts use. Anything else is refused by name.
 * https://learn.microsoft.com/sql/t-sql/functions/format-transact-sql
 */
import { notImplemented } from "../session/sql-error";
import { sqlError } from "../session/messages";
import { convert } from "../types/convert";
import * as dates from "../types/date-time";
import { decimalToString, rescale } from "../types/decimal";
import { isApproximate, isNumeric, nvarchar } from "../types/format-type";
import type { SqlType } from "../types/sql-type";
import { type DateTime, Decimal, type SqlValue } from "../types/value";
import { always, asText, defineFamily } from "./arguments";

const SOURCE = "https://learn.microsoft.com/sql/t-sql/functions/format-transact-sql";

const MONTH_NAMES = "January February March April May June July August September October November December".split(" ");
const DAY_NAMES = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");
const dateTypes = new Set<SqlType["name"]>(["date", "datetime", "datetime2", "smalldatetime", "datetimeoffset"]);

const two = (value: number): string => String(value).padStart(2, "0");

/** Day 0 is Monday 0001-01-01. */
const weekday = (days: number): number => (days + 1) % 7;

interface Moment {
  readonly civil: dates.CivilDate;
  readonly days: number;
  readonly ticks: number;
  readonly offsetMinutes: number | undefined;
}

const dateTokens: Record<string, ((at: Moment) => string) | undefined> = {
  yyyy: ({ civil }) => String(civil.year).padStart(4, "0"),
  yy: ({ civil }) => two(civil.year % 100),
  MMMM: ({ civil }) => MONTH_NAMES[civil.month - 1]!,
  MMM: ({ civil }) => MONTH_NAMES[civil.month - 1]!.slice(0, 3),
  MM: ({ civil }) => two(civil.month),
  M: ({ civil }) => String(civil.month),
  dddd: ({ days }) => DAY_NAMES[weekday(days)]!,
  ddd: ({ days }) => DAY_NAMES[weekday(days)]!.slice(0, 3),
  dd: ({ civil }) => two(civil.day),
  d: ({ civil }) => String(civil.day),
  HH: ({ ticks }) => two(Math.floor(ticks / dates.TICKS_PER_HOUR)),
  H: ({ ticks }) => String(Math.floor(ticks / dates.TICKS_PER_HOUR)),
  hh: ({ ticks }) => two(twelve(ticks)),
  h: ({ ticks }) => String(twelve(ticks)),
  mm: ({ ticks }) => two(Math.floor(ticks / dates.TICKS_PER_MINUTE) % 60),
  m: ({ ticks }) => String(Math.floor(ticks / dates.TICKS_PER_MINUTE) % 60),
  ss: ({ ticks }) => two(Math.floor(ticks / dates.TICKS_PER_SECOND) % 60),
  s: ({ ticks }) => String(Math.floor(ticks / dates.TICKS_PER_SECOND) % 60),
  tt: ({ ticks }) => (ticks < dates.TICKS_PER_DAY / 2 ? "AM" : "PM"),
  zzz: ({ offsetMinutes }) => {
    if (offsetMinutes === undefined) throw notImplemented("FORMAT zzz of a value without an offset");
    return dates.formatOffset(offsetMinutes);
  },
};

function twelve(ticks: number): number {
  return Math.floor(ticks / dates.TICKS_PER_HOUR) % 12 || 12;
}

/** One-letter patterns stand for whole ones. */
const standardDates: Record<string, string | undefined> = {
  d: "M/d/yyyy",
  D: "dddd, MMMM d, yyyy",
  t: "h:mm tt",
  T: "h:mm:ss tt",
  s: "yyyy-MM-ddTHH:mm:ss",
};

function formatDate(value: DateTime, type: SqlType, pattern: string): string {
  const local = type.name === "datetimeoffset" ? dates.localOf(value) : value;
  const at: Moment = {
    civil: dates.civilFromDays(local.days),
    days: local.days,
    ticks: local.ticks,
    offsetMinutes: type.name === "datetimeoffset" ? value.offsetMinutes : undefined,
  };
  const whole = pattern.length === 1 ? standardDates[pattern] : pattern;
  if (whole === undefined) throw notImplemented(`FORMAT of a date with '${pattern}'`);
  return whole.replace(/'([^']*)'|f+|([A-Za-z])\2*/g, (token: string, quoted: string | undefined) => {
    if (quoted !== undefined) return quoted;
    if (/^f{1,7}$/.test(token))
      return String(local.ticks % dates.TICKS_PER_SECOND)
        .padStart(7, "0")
        .slice(0, token.length);
    // The letter of ISO patterns is no token of .NET's.
    if (token === "T") return "T";
    const print = dateTokens[token];
    if (!print) throw notImplemented(`FORMAT of a date with '${pattern}'`);
    return print(at);
  });
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** Digits without sign, rounded half away from zero. */
function fixed(
  value: SqlValue,
  type: SqlType,
  decimals: number,
): { negative: boolean; whole: string; fraction: string } {
  const exact = isApproximate(type)
    ? (convert(
        value,
        type,
        { name: "decimal", precision: 38, scale: Math.min(18, decimals + 1) },
        { explicit: true },
      ) as Decimal)
    : (convert(
        value,
        type,
        {
          name: "decimal",
          precision: 38,
          scale: type.name === "money" || type.name === "smallmoney" ? 4 : (type.scale ?? 0),
        },
        { explicit: true },
      ) as Decimal);
  const rounded = rescale(exact, decimals);
  const text = decimalToString(rounded);
  const negative = text.startsWith("-");
  const [whole = "0", fraction = ""] = text.replace("-", "").split(".");
  return { negative: negative && /[1-9]/.test(text), whole, fraction };
}

function formatNumber(value: SqlValue, type: SqlType, pattern: string): string {
  const standard = /^([NnFfDdPpXx])(\d{0,2})$/.exec(pattern);
  if (standard)
    return standardNumber(
      value,
      type,
      standard[1]!.toUpperCase(),
      standard[2] === "" ? undefined : Number(standard[2]),
      pattern,
    );
  const custom = /^(#,##0|#,0|#,###|0+|#+0*|#)(?:\.(0+|0*#+))?$/.exec(pattern);
  if (!custom) throw notImplemented(`FORMAT of a number with '${pattern}'`);
  const [, wholePattern = "", fractionPattern = ""] = custom;
  const { negative, whole, fraction } = fixed(value, type, fractionPattern.length);
  const least = (wholePattern.match(/0/g) ?? []).length;
  const padded = (whole === "0" && least === 0 ? "" : whole).padStart(
    wholePattern.includes(",") ? Math.min(least, 1) : least,
    "0",
  );
  const optional = (fractionPattern.match(/#/g) ?? []).length;
  const digits = fraction.replace(new RegExp(`0{0,${optional}}$`), "");
  return `${negative ? "-" : ""}${wholePattern.includes(",") ? grouped(padded) : padded}${digits ? `.${digits}` : ""}`;
}

function standardNumber(
  value: SqlValue,
  type: SqlType,
  kind: string,
  digits: number | undefined,
  pattern: string,
): string {
  const integral = ["tinyint", "smallint", "int", "bigint"].includes(type.name);
  if (kind === "D" || kind === "X") {
    // .NET refuses these for numbers that are no integers, and FORMAT answers NULL for a bad pattern; no script relies on it.
    if (!integral) throw notImplemented(`FORMAT of ${type.name} with '${pattern}'`);
    const number = BigInt(value as number | bigint);
    if (kind === "X") {
      if (number < 0n) throw notImplemented("FORMAT of a negative number with 'X'");
      const hex = number.toString(16).padStart(digits ?? 1, "0");
      return pattern.startsWith("x") ? hex : hex.toUpperCase();
    }
    const text = (number < 0n ? -number : number).toString().padStart(digits ?? 1, "0");
    return number < 0n ? `-${text}` : text;
  }
  const scaled =
    kind === "P" ? convert(value, type, { name: "decimal", precision: 38, scale: 10 }, { explicit: true }) : value;
  const source: SqlType = kind === "P" ? { name: "decimal", precision: 38, scale: 10 } : type;
  const operand = kind === "P" ? new Decimal((scaled as Decimal).unscaled * 100n, (scaled as Decimal).scale) : scaled;
  const { negative, whole, fraction } = fixed(operand, source, digits ?? 2);
  const text = `${negative ? "-" : ""}${kind === "F" ? whole : grouped(whole)}${fraction ? `.${fraction}` : ""}`;
  return kind === "P" ? `${text}%` : text;
}

defineFamily(SOURCE, {
  "FORMAT/2-3": {
    resultType: (args) => {
      const { type } = args[0]!;
      if (!isNumeric(type) && !dateTypes.has(type.name) && type.name !== "time")
        throw sqlError(8116, [type.name, 1, "format"]);
      return always(nvarchar(4000))();
    },
    evaluate: ([value, pattern, culture], [type, patternType, cultureType]) => {
      if (culture !== undefined && !["", "en-us"].includes(asText(culture, cultureType!).toLowerCase()))
        throw notImplemented(`FORMAT with culture ${asText(culture, cultureType!)}`);
      const text = asText(pattern!, patternType!);
      if (type!.name === "time") throw notImplemented("FORMAT of a time value");
      return dateTypes.has(type!.name) ? formatDate(value as DateTime, type!, text) : formatNumber(value!, type!, text);
    },
  },
});
