/** How INFORMATION_SCHEMA splits a type into lengths, precisions and character sets. */
import {
  isApproximate,
  isBinary,
  isCharacter,
  isDateTime,
  isExact,
  isInteger,
  isMoney,
  isUnicode,
} from "../../types/format-type";
import type { SqlType } from "../../types/sql-type";
import type { SqlValue } from "../../types/value";
import { typeFacts } from "../system-types";
import type { Reader } from "../view";
import { schemaNameOf } from "./objects";

/** Longest definition that these views show. */
export const CUT = 4000;

/** CHARACTER_MAXIMUM_LENGTH, CHARACTER_OCTET_LENGTH, NUMERIC_PRECISION, _RADIX, NUMERIC_SCALE, DATETIME_PRECISION. */
type Measures = [
  length: SqlValue,
  octets: SqlValue,
  precision: SqlValue,
  radix: SqlValue,
  scale: SqlValue,
  fraction: SqlValue,
];

export const noMeasures: Measures = [null, null, null, null, null, null];

export function measures(type: SqlType): Measures {
  const facts = typeFacts(type);
  const text =
    isCharacter(type) || (isBinary(type) && type.name !== "timestamp") || type.name === "xml" || type.name === "json";
  const legacy: Readonly<Record<string, number>> = { text: 2147483647, ntext: 1073741823, image: 2147483647 };
  const octets = legacy[type.name] === undefined ? facts.maxLength : 2147483647 - (type.name === "ntext" ? 1 : 0);
  const characters = legacy[type.name] ?? (isUnicode(type) && octets > 0 ? octets / 2 : octets);
  const exact = isInteger(type) || isExact(type) || isMoney(type);
  const number = (exact && type.name !== "bit") || isApproximate(type);
  const dates: Readonly<Record<string, number>> = { date: 0, smalldatetime: 0, datetime: 3 };
  return [
    text ? characters : null,
    text ? octets : null,
    number ? facts.precision : null,
    number ? (isApproximate(type) ? 2 : 10) : null,
    exact && type.name !== "bit" ? facts.scale : null,
    isDateTime(type) ? (dates[type.name] ?? type.scale ?? 7) : null,
  ];
}

export function characterSet(type: SqlType): string | null {
  if (!isCharacter(type)) return null;
  return isUnicode(type) ? "UNICODE" : "iso_1";
}

export function collationOf(type: SqlType, collation: string | null, { database }: Reader): string | null {
  return isCharacter(type) ? (collation ?? type.collation ?? database.collation.name) : null;
}

export function aliasOf(
  type: SqlType,
  { database }: Reader,
): [catalog: string | null, schema: string | null, name: string | null] {
  const alias = type.userTypeId === undefined ? undefined : database.types.get(type.userTypeId);
  return alias ? [database.name, schemaNameOf(database, alias.schemaId), alias.name] : [null, null, null];
}
