/** Dates and times: calendar arithmetic, parsing, printing. https://learn.microsoft.com/sql/t-sql/functions/date-and-time-data-types-and-functions-transact-sql */
import { DateTime } from "./value";

export const TICKS_PER_DAY = 864_000_000_000;
export const TICKS_PER_SECOND = 10_000_000;
export const TICKS_PER_MINUTE = 600_000_000;
export const TICKS_PER_HOUR = 36_000_000_000;
/** 9999-12-31. */
export const MAX_DAYS = 3_652_058;
/** 1900-01-01 in days since 0001-01-01. */
export const DAYS_1900 = 693_595;
/** 1753-01-01. */
export const DAYS_1753 = 639_905;

const UNIX_EPOCH_DAYS = 719_162;

export interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 306;
}

export function civilFromDays(days: number): CivilDate {
  const z = days + 306;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const mp = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * mp + 2) / 5) + 1;
  const month = mp < 10 ? mp + 3 : mp - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

export function daysInMonth(year: number, month: number): number {
  return month === 2 ? (isLeapYear(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** The millisecond that the clock shows, and how the finer counter stood when it was first seen. */
let seenMs = 0;
let seenCounter = 0n;

/** The present moment as datetime2, UTC: the wall clock, with a counter for the steps of 100 ns that it does not show. */
export function utcNow(): DateTime {
  const ms = Date.now();
  const counter = process.hrtime.bigint();
  if (ms !== seenMs) {
    seenMs = ms;
    seenCounter = counter;
  }
  const fraction = Math.min(9999, Number((counter - seenCounter) / 100n));
  const days = Math.floor(ms / 86_400_000);
  return new DateTime(days + UNIX_EPOCH_DAYS, (ms - days * 86_400_000) * 10_000 + fraction);
}

/** The present moment in the server's zone, as datetime2. The twin's clock runs on UTC, like most containers. */
export function now(): DateTime {
  return utcNow();
}

/** Moves by ticks across days. */
export function addTicks(value: DateTime, ticks: number): DateTime {
  const total = value.ticks + ticks;
  const days = Math.floor(total / TICKS_PER_DAY);
  return new DateTime(value.days + days, total - days * TICKS_PER_DAY, value.offsetMinutes);
}

/** Local view of a datetimeoffset (stored in UTC). */
export function localOf(value: DateTime): DateTime {
  const moved = addTicks(new DateTime(value.days, value.ticks), value.offsetMinutes * TICKS_PER_MINUTE);
  return new DateTime(moved.days, moved.ticks);
}

export function fromLocal(local: DateTime, offsetMinutes: number): DateTime {
  const utc = addTicks(new DateTime(local.days, local.ticks), -offsetMinutes * TICKS_PER_MINUTE);
  return new DateTime(utc.days, utc.ticks, offsetMinutes);
}

/** Rounds half up to a number of fractional digits; may roll over to the next day. */
export function roundTicks(value: DateTime, scale: number): DateTime {
  const unit = 10 ** (7 - scale);
  if (unit === 1) return value;
  return addTicks(new DateTime(value.days, 0, value.offsetMinutes), Math.floor((value.ticks + unit / 2) / unit) * unit);
}

/** datetime counts in 1/300 seconds. */
export function roundToThreeHundredths(value: DateTime): DateTime {
  const units = Math.round((value.ticks * 3) / 100_000);
  const days = value.days + Math.floor(units / 25_920_000);
  return new DateTime(days, ticksOfThreeHundredths(units % 25_920_000));
}

export function ticksOfThreeHundredths(units: number): number {
  return Math.round((units * 10) / 3) * 10_000;
}

/** smalldatetime: 29.998 seconds and less rounds down, more rounds up. */
export function roundToMinute(value: DateTime): DateTime {
  const minutes = Math.floor(value.ticks / TICKS_PER_MINUTE);
  const rest = value.ticks - minutes * TICKS_PER_MINUTE;
  return addTicks(new DateTime(value.days, 0), (minutes + (rest >= 299_990_000 ? 1 : 0)) * TICKS_PER_MINUTE);
}

export function compareDateTime(a: DateTime, b: DateTime): -1 | 0 | 1 {
  if (a.days !== b.days) return a.days < b.days ? -1 : 1;
  return a.ticks < b.ticks ? -1 : a.ticks > b.ticks ? 1 : 0;
}

const pad = (value: number, length: number): string => String(value).padStart(length, "0");

export function formatDate(days: number): string {
  const { year, month, day } = civilFromDays(days);
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

interface Clock {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 100 ns units below the second. */
  readonly fraction: number;
}

export function clockOf(ticks: number): Clock {
  const hour = Math.floor(ticks / TICKS_PER_HOUR);
  const minute = Math.floor((ticks % TICKS_PER_HOUR) / TICKS_PER_MINUTE);
  const second = Math.floor((ticks % TICKS_PER_MINUTE) / TICKS_PER_SECOND);
  return { hour, minute, second, fraction: ticks % TICKS_PER_SECOND };
}

export function ticksOf(hour: number, minute: number, second: number, fraction = 0): number {
  return hour * TICKS_PER_HOUR + minute * TICKS_PER_MINUTE + second * TICKS_PER_SECOND + fraction;
}

/** hh:mm:ss[.fraction] with as many digits as the scale says. */
export function formatTime(ticks: number, scale: number): string {
  const { hour, minute, second, fraction } = clockOf(ticks);
  return `${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}${scale > 0 ? `.${pad(fraction, 7).slice(0, scale)}` : ""}`;
}

export function formatOffset(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${pad(Math.floor(size / 60), 2)}:${pad(size % 60, 2)}`;
}

export const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MONTH_WORDS = new Map(
  [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
  ].flatMap((name, i) => [[name, i + 1] as const, [name.slice(0, 3), i + 1] as const]),
);

interface ParsedDateTime {
  readonly days: number | undefined;
  readonly ticks: number | undefined;
  readonly offsetMinutes: number | undefined;
}

/** Reads a date, a time or both. `order` is SET DATEFORMAT. Undefined when the text is none. */
export function parseDateTime(text: string, order: string = "mdy"): ParsedDateTime | undefined {
  let rest = text.trim();
  if (rest === "") return { days: undefined, ticks: undefined, offsetMinutes: undefined };
  let offsetMinutes: number | undefined;
  const zone = /\s*(Z|[+-]\d{2}:\d{2})$/i.exec(rest);
  if (zone && /\d:\d/.test(rest)) {
    const sign = zone[1]!.startsWith("-") ? -1 : 1;
    offsetMinutes = /z/i.test(zone[1]!) ? 0 : sign * (Number(zone[1]!.slice(1, 3)) * 60 + Number(zone[1]!.slice(4, 6)));
    if (Math.abs(offsetMinutes) > 840) return undefined;
    rest = rest.slice(0, zone.index);
  }
  let ticks: number | undefined;
  const time = /(?:^|[T\s])(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:[.:](\d{1,9}))?)?)?\s*([AP]M)?$/i.exec(rest);
  if (time && (time[2] !== undefined || time[5] !== undefined)) {
    ticks = readTime(time);
    if (ticks === undefined) return undefined;
    rest = rest.slice(0, time.index).trim();
  }
  if (rest === "") return { days: undefined, ticks, offsetMinutes };
  const days = readDate(rest, order);
  return days === undefined ? undefined : { days, ticks, offsetMinutes };
}

function readTime(match: RegExpExecArray): number | undefined {
  let hour = Number(match[1]);
  const minute = Number(match[2] ?? 0);
  const second = Number(match[3] ?? 0);
  const half = match[5]?.toUpperCase();
  if (half) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (half === "PM" ? 12 : 0);
  }
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const fraction = match[4] ? Math.round(Number(`0.${match[4]}`) * TICKS_PER_SECOND) : 0;
  return ticksOf(hour, minute, second, fraction);
}

function readDate(text: string, order: string): number | undefined {
  let match =
    /^(\d{4})(\d{2})(\d{2})$/.exec(text) ??
    /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text) ??
    /^(\d{4})[/.](\d{1,2})[/.](\d{1,2})$/.exec(text);
  if (match) return checked(Number(match[1]), Number(match[2]), Number(match[3]));
  match = /^(\d{2})(\d{2})(\d{2})$/.exec(text);
  if (match) return checked(century(Number(match[1])), Number(match[2]), Number(match[3]));
  match = /^(\d{4})$/.exec(text);
  if (match) return checked(Number(match[1]), 1, 1);
  match = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{2}|\d{4})$/.exec(text);
  if (match) {
    const parts: Record<string, number> = {};
    [...order.toLowerCase()].forEach((letter, i) => (parts[letter] = Number(match![i + 1])));
    const yearText = match[[...order.toLowerCase()].indexOf("y") + 1]!;
    return checked(yearText.length === 4 ? Number(yearText) : century(parts.y!), parts.m!, parts.d!);
  }
  match = /^([a-z]+)\.?\s+(\d{1,2})(?:,|\s)\s*(\d{4}|\d{2})$/i.exec(text);
  if (match) return named(match[1]!, match[2]!, match[3]!);
  match = /^(\d{1,2})[\s-]+([a-z]+)[\s,-]+(\d{4}|\d{2})$/i.exec(text);
  if (match) return named(match[2]!, match[1]!, match[3]!);
  match = /^([a-z]+)\s+(\d{4})$/i.exec(text);
  if (match) return named(match[1]!, "1", match[2]!);
  return undefined;
}

function named(month: string, day: string, year: string): number | undefined {
  const number = MONTH_WORDS.get(month.toLowerCase());
  return number === undefined
    ? undefined
    : checked(year.length === 4 ? Number(year) : century(Number(year)), number, Number(day));
}

/** Two-digit years: 2050 and later belong to the last century (two digit year cutoff 2049). */
function century(year: number): number {
  return year < 50 ? 2000 + year : 1900 + year;
}

function checked(year: number, month: number, day: number): number | undefined {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  return daysFromCivil(year, month, day);
}
