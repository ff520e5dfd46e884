/** The few shapes that catalog values come in; the driver gives bigint as text and bit as boolean. */
import { z } from "zod";

export const text = z.string();
export const nullableText = z.string().nullable();
/** `CONVERT(bit, ...)` and bit columns; a LEFT JOIN without a match is "no". */
export const bit = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);
/** bigint counts: exact up to 2^53, which no row count passes. */
export const count = z
  .union([z.number(), z.string()])
  .nullish()
  .transform((value) => Number(value ?? 0));

const known = new Map<string, string>();

/** Text that most rows share, such as a schema or a type code: kept once. */
export const repeated = z.string().transform((value) => {
  const first = known.get(value);
  if (first !== undefined) return first;
  known.set(value, value);
  return value;
});
