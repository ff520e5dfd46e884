/** Styles of CONVERT between dates and text. https://learn.microsoft.com/sql/t-sql/functions/cast-and-convert-transact-sql#date-and-time-styles */
import { sqlError } from "../session/messages";
import { isCharacter } from "./format-type";
import * as dates from "./date-time";
import type { SqlType } from "./sql-type";
import { DateTime } from "./value";

const pad = (value: number, length = 2): string => String(value).padStart(length, "0");

/** Default style: 0 for the datetime family, 21 for the newer types. */
export function formatDateTimeStyle(value: DateTime, from: SqlType, style: number | undefined): string {
  const old = from.name === "datetime" || from.name === "smalldatetime";
  if (style === undefined) return old ? formatStyle(value, from, 0) : formatDefault(value, from);
  return formatStyle(value, from, style);
}

function scaleOf(type: SqlType): number {
  return type.name === "datetime" ? 3 : type.name === "smalldatetime" || type.name === "date" ? 0 : (type.scale ?? 7);
}

function formatDefault(value: DateTime, from: SqlType): string {
  const scale = scaleOf(from);
  switch (from.name) {
    case "date":
      return dates.formatDate(value.days);
    case "time":
      return dates.formatTime(value.ticks, scale);
    case "datetimeoffset": {
      const local = dates.localOf(value);
      return `${dates.formatDate(local.days)} ${dates.formatTime(local.ticks, scale)} ${dates.formatOffset(value.offsetMinutes)}`;
    }
    default:
      return `${dates.formatDate(value.days)} ${dates.formatTime(value.ticks, scale)}`;
  }
}

/** Milliseconds as datetime prints them: three digits. */
function formatStyle(stored: DateTime, from: SqlType, style: number): string {
  const value = from.name === "datetimeoffset" ? dates.localOf(stored) : stored;
  const { year, month, day } = dates.civilFromDays(value.days);
  const clock = dates.clockOf(value.ticks);
  const scale = scaleOf(from);
  const yy = pad(year % 100);
  const yyyy = pad(year, 4);
  const name = dates.MONTHS[month - 1]!;
  const hour12 = ((clock.hour + 11) % 12) + 1;
  const half = clock.hour < 12 ? "AM" : "PM";
  const hms = dates.formatTime(value.ticks, 0);
  const fractional = from.name === "datetime" ? dates.formatTime(value.ticks, 3) : dates.formatTime(value.ticks, scale);
  const zone = from.name === "datetimeoffset" ? ` ${dates.formatOffset(stored.offsetMinutes)}` : "";
  const date = (text: string, time: string): string =>
    from.name === "date" ? text : from.name === "time" ? time : `${text} ${time}`;
  const colonFraction = `${hms}:${dates.formatTime(value.ticks, 3).slice(9)}`;
  const full = style >= 100;
  switch (style) {
    case 0:
    case 100:
      return (
        date(
          `${name} ${String(day).padStart(2)} ${yyyy}`,
          `${String(hour12).padStart(2)}:${pad(clock.minute)}${half}`,
        ) + zone
      );
    case 9:
    case 109:
      return (
        date(
          `${name} ${String(day).padStart(2)} ${yyyy}`,
          `${String(hour12).padStart(2)}:${pad(clock.minute)}:${pad(clock.second)}:${from.name === "datetime" ? dates.formatTime(value.ticks, 3).slice(9) : dates.formatTime(value.ticks, scale).slice(9)}${half}`,
        ) + zone
      );
    case 1:
    case 101:
      return `${pad(month)}/${pad(day)}/${full ? yyyy : yy}`;
    case 2:
    case 102:
      return `${full ? yyyy : yy}.${pad(month)}.${pad(day)}`;
    case 3:
    case 103:
      return `${pad(day)}/${pad(month)}/${full ? yyyy : yy}`;
    case 4:
    case 104:
      return `${pad(day)}.${pad(month)}.${full ? yyyy : yy}`;
    case 5:
    case 105:
      return `${pad(day)}-${pad(month)}-${full ? yyyy : yy}`;
    case 6:
    case 106:
      return `${pad(day)} ${name} ${full ? yyyy : yy}`;
    case 7:
    case 107:
      return `${name} ${pad(day)}, ${full ? yyyy : yy}`;
    case 8:
    case 24:
    case 108:
      return style === 24 ? date(dates.formatDate(value.days), hms) : hms;
    case 10:
    case 110:
      return `${pad(month)}-${pad(day)}-${full ? yyyy : yy}`;
    case 11:
    case 111:
      return `${full ? yyyy : yy}/${pad(month)}/${pad(day)}`;
    case 12:
    case 112:
      return `${full ? yyyy : yy}${pad(month)}${pad(day)}`;
    case 13:
    case 113:
      return date(`${pad(day)} ${name} ${yyyy}`, from.name === "datetime" ? colonFraction : fractional) + zone;
    case 14:
    case 114:
      return (from.name === "datetime" ? colonFraction : fractional) + zone;
    case 20:
    case 120:
      return date(dates.formatDate(value.days), hms) + zone;
    case 21:
    case 25:
    case 121:
      return date(dates.formatDate(value.days), fractional) + zone;
    case 22:
      return date(
        `${pad(month)}/${pad(day)}/${yy}`,
        `${String(hour12).padStart(2)}:${pad(clock.minute)}:${pad(clock.second)} ${half}`,
      );
    case 23:
      return dates.formatDate(value.days);
    case 126: {
      if (from.name === "date") return dates.formatDate(value.days);
      const time = value.ticks % dates.TICKS_PER_SECOND === 0 && from.name !== "time" ? hms : fractional;
      return from.name === "time"
        ? time
        : `${dates.formatDate(value.days)}T${time}${from.name === "datetimeoffset" ? dates.formatOffset(stored.offsetMinutes) : ""}`;
    }
    case 127: {
      const utc = from.name === "datetimeoffset" ? new DateTime(stored.days, stored.ticks) : value;
      const time =
        utc.ticks % dates.TICKS_PER_SECOND === 0
          ? dates.formatTime(utc.ticks, 0)
          : dates.formatTime(utc.ticks, from.name === "datetime" ? 3 : scale);
      return `${dates.formatDate(utc.days)}T${time}${from.name === "datetimeoffset" ? "Z" : ""}`;
    }
    default:
      throw sqlError(281, [style, from.name]);
  }
}

const STYLE_ORDER: Record<number, string> = {
  1: "mdy",
  101: "mdy",
  10: "mdy",
  110: "mdy",
  3: "dmy",
  103: "dmy",
  4: "dmy",
  104: "dmy",
  5: "dmy",
  105: "dmy",
  2: "ymd",
  102: "ymd",
  11: "ymd",
  111: "ymd",
};

/** Text to a date or time; 241 when it is none. */
export function parseDateTimeStyle(
  text: string,
  from: SqlType,
  to: SqlType,
  style: number | undefined,
  dateFormat: string | undefined,
): DateTime {
  const parsed = dates.parseDateTime(text, STYLE_ORDER[style ?? 0] ?? dateFormat ?? "mdy");
  if (!parsed || !isCharacter(from)) {
    // A well-formed date of the old types that no calendar knows is out of range, not malformed.
    if (
      /^(\d{8}(?!\d)|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4})/.test(text.trim()) &&
      (to.name === "datetime" || to.name === "smalldatetime")
    )
      throw sqlError(242, [from.name, to.name], 3);
    throw sqlError(241);
  }
  const local = new DateTime(
    to.name === "time" ? 0 : (parsed.days ?? dates.DAYS_1900),
    to.name === "date" ? 0 : (parsed.ticks ?? 0),
  );
  if (to.name === "datetimeoffset") return dates.fromLocal(local, parsed.offsetMinutes ?? 0);
  if (parsed.offsetMinutes !== undefined && (to.name === "datetime" || to.name === "smalldatetime")) {
    if (style !== 127 && !/z$/i.test(text.trim())) throw sqlError(241);
  }
  return local;
}
