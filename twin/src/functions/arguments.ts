/** Reading arguments: conversions that functions do to what they are given. */
import { sqlError } from "../session/messages";
import { convert } from "../types/convert";
import { FLOAT, INT, isCharacter, isUnicode, nvarchar, varchar } from "../types/format-type";
import type { SqlType } from "../types/sql-type";
import type { SqlValue } from "../types/value";
import { defineFunction, type Argument, type ScalarFunction } from "./registry";

export function asText(value: SqlValue, type: SqlType): string {
  return convert(
    value,
    type,
    { name: "nvarchar", length: -1, ...(type.collation === undefined ? {} : { collation: type.collation }) },
    { explicit: true },
  ) as string;
}

export function asInt(value: SqlValue, type: SqlType): number {
  return convert(value, type, INT, { explicit: true }) as number;
}

export function asFloat(value: SqlValue, type: SqlType): number {
  return convert(value, type, FLOAT, { explicit: true }) as number;
}

/** Text of the first argument's own family, cut to a length (-1 = MAX). */
export function textType(argument: SqlType, length: number): SqlType {
  const type =
    isCharacter(argument) && !isUnicode(argument)
      ? varchar(length === -1 ? 8001 : length)
      : nvarchar(length === -1 ? 4001 : length);
  return argument.collation === undefined ? type : { ...type, collation: argument.collation };
}

/** Length of an argument when printed as text; -1 for MAX types. */
export function lengthOf(type: SqlType): number {
  if (isCharacter(type)) return type.length ?? -1;
  return 30;
}

/** 8116 when the argument is not of an allowed kind. */
export function demand(allowed: boolean, argument: Argument, position: number, name: string): void {
  if (!allowed) throw sqlError(8116, [argument.type.name, position, name.toLowerCase()]);
}

type Definition = Omit<ScalarFunction, "name" | "minimum" | "maximum" | "deterministic" | "source"> & {
  deterministic?: boolean;
};

/** Defines a family's functions with one source. The key says the name and the number of arguments: "LEFT/2", "CONCAT/2-254". */
export function defineFamily(source: string, definitions: Record<string, Definition>): void {
  for (const [key, definition] of Object.entries(definitions)) {
    const [name, count] = key.split("/") as [string, string];
    const [minimum, maximum] = count.split("-").map(Number) as [number, number | undefined];
    defineFunction({ deterministic: true, ...definition, name, minimum, maximum: maximum ?? minimum, source });
  }
}

export const always =
  (type: SqlType): (() => SqlType) =>
  () =>
    type;
