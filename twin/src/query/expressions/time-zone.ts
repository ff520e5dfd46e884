/** AT TIME ZONE. https://learn.microsoft.com/sql/t-sql/queries/at-time-zone-transact-sql */
import type { Expression } from "../../language/ast";
import { notImplemented } from "../../session/sql-error";
import { sqlError } from "../../session/messages";
import { convert } from "../../types/convert";
import * as dates from "../../types/date-time";
import type { SqlType } from "../../types/sql-type";
import { DateTime } from "../../types/value";
import type { Compiled } from "../context";
import { at, type Scope } from "../scope";
import { asText } from "./coercion";
import { compileExpression } from "./compile";

/** Windows zones that the twin knows, by the name that node's zone data has for them. */
const zones: Record<string, string | undefined> = {
  utc: "UTC",
  "gmt standard time": "Europe/London",
  "greenwich standard time": "Atlantic/Reykjavik",
  "w. europe standard time": "Europe/Berlin",
  "central europe standard time": "Europe/Budapest",
  "central european standard time": "Europe/Warsaw",
  "romance standard time": "Europe/Paris",
  "fle standard time": "Europe/Kiev",
  "eastern standard time": "America/New_York",
  "central standard time": "America/Chicago",
  "mountain standard time": "America/Denver",
  "pacific standard time": "America/Los_Angeles",
  "india standard time": "Asia/Kolkata",
  "china standard time": "Asia/Shanghai",
  "tokyo standard time": "Asia/Tokyo",
  "aus eastern standard time": "Australia/Sydney",
};

const UNIX_EPOCH_DAYS = 719_162;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Minutes from UTC of a zone at a moment of UTC. */
function offsetAt(zone: string, utc: DateTime): number {
  let format = formats.get(zone);
  if (!format)
    formats.set(zone, (format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" })));
  const moment = (utc.days - UNIX_EPOCH_DAYS) * 86_400_000 + Math.floor(utc.ticks / 10_000);
  const text = format.formatToParts(moment).find((part) => part.type === "timeZoneName")!.value;
  const match = /^GMT(?:([+-])(\d\d):(\d\d))?/.exec(text);
  if (!match?.[1]) return 0;
  return (match[1] === "-" ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
}

/** The offset of a local time; refused in the hours that a clock change skips or repeats. */
function localOffset(zone: string, local: DateTime): number {
  const around = [-1, 1].map((days) => offsetAt(zone, new DateTime(local.days + days, local.ticks)));
  const fitting = [...new Set(around)].filter((offset) => offsetAt(zone, dates.fromLocal(local, offset)) === offset);
  if (fitting.length !== 1) throw notImplemented("AT TIME ZONE of a local time that a clock change skips or repeats");
  return fitting[0]!;
}

export function compileAtTimeZone(expression: Extract<Expression, { kind: "at-time-zone" }>, scope: Scope): Compiled {
  const operand = compileExpression(expression.operand, scope);
  const zone = asText(compileExpression(expression.zone, scope), scope);
  const { type: from } = operand;
  if (!["datetime", "datetime2", "smalldatetime", "datetimeoffset"].includes(from.name))
    throw at(sqlError(8116, [from.name, 1, "AT TIME ZONE"]), expression.line);
  const type: SqlType = {
    name: "datetimeoffset",
    scale: from.name === "datetime" ? 3 : from.name === "smalldatetime" ? 0 : (from.scale ?? 7),
  };
  const plain: SqlType = { name: "datetime2", scale: 7 };
  return {
    type,
    nullable: true,
    collation: "default",
    evaluate: (context) => {
      const value = operand.evaluate(context) as DateTime | null;
      const name = zone.evaluate(context) as string | null;
      if (value === null || name === null) return null;
      const known = zones[name.trim().toLowerCase()];
      if (!known) throw at(notImplemented(`time zone '${name}'`), expression.line);
      if (from.name === "datetimeoffset") return new DateTime(value.days, value.ticks, offsetAt(known, value));
      const local = convert(value, from, plain) as DateTime;
      return dates.fromLocal(local, localOffset(known, local));
    },
  };
}
