/** https://learn.microsoft.com/sql/t-sql/functions/json-functions-transact-sql */
import { sqlError } from "../session/messages";
import { BIT, INT, nvarchar } from "../types/format-type";
import { refuseJson } from "../types/conversion/json-text";
import type { SqlType } from "../types/sql-type";
import { Decimal, type SqlValue } from "../types/value";
import { decimalToString } from "../types/decimal";
import { always, asText, defineFamily } from "./arguments";

const SOURCE = "https://learn.microsoft.com/sql/t-sql/functions/json-functions-transact-sql";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** 13609 for text that is not JSON. */
export function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw refuseJson(text);
  }
}

export interface JsonPath {
  readonly strict: boolean;
  readonly append: boolean;
  readonly steps: readonly (string | number)[];
}

export function parsePath(text: string): JsonPath {
  let rest = text.trim();
  const word = /^(append\s+)?(lax|strict)?\s*/i.exec(rest)!;
  const append = word[1] !== undefined;
  const strict = word[2]?.toLowerCase() === "strict";
  rest = rest.slice(word[0].length);
  const bad = (at: number): Error => sqlError(13607, [text[at] ?? " ", at + 1], 4);
  if (rest[0] !== "$") throw bad(text.length - rest.length);
  const steps: (string | number)[] = [];
  let i = 1;
  while (i < rest.length) {
    const step = /^(?:\.([A-Za-z_$][\w$]*)|\."((?:[^"\\]|\\.)*)"|\[(\d+)\])/.exec(rest.slice(i));
    if (!step) throw bad(text.length - rest.length + i);
    steps.push(step[3] !== undefined ? Number(step[3]) : (step[1] ?? step[2]!.replace(/\\(.)/g, "$1")));
    i += step[0].length;
  }
  return { strict, append, steps };
}

/** undefined when the path leads nowhere. */
export function follow(json: Json, steps: readonly (string | number)[]): Json | undefined {
  let at: Json | undefined = json;
  for (const step of steps) {
    if (typeof step === "number") at = Array.isArray(at) ? at[step] : undefined;
    else
      at =
        at !== null && typeof at === "object" && !Array.isArray(at) && Object.hasOwn(at, step)
          ? (at[step] as Json)
          : undefined;
    if (at === undefined) return undefined;
  }
  return at;
}

function scalarText(json: Json): string | null {
  if (json === null) return null;
  return typeof json === "boolean" ? (json ? "true" : "false") : String(json);
}

function modify(json: Json, path: JsonPath, value: Json | undefined): Json {
  const target = follow(json, path.steps.slice(0, -1));
  const last = path.steps.at(-1);
  if (last === undefined) throw sqlError(13607, ["$", 1], 4);
  if (path.append) {
    const list = follow(json, path.steps);
    if (Array.isArray(list)) list.push(value ?? null);
    else if (path.strict) throw sqlError(13608, [], 2);
    else if (list === undefined && target !== null && typeof target === "object" && !Array.isArray(target))
      target[String(last)] = [value ?? null];
    return json;
  }
  if (target === undefined || target === null || typeof target !== "object") {
    if (path.strict) throw sqlError(13608, [], 2);
    return json;
  }
  if (Array.isArray(target)) {
    if (typeof last === "number" && last < target.length) target[last] = value ?? null;
    else if (path.strict) throw sqlError(13608, [], 2);
  } else if (value === undefined && !path.strict) delete target[String(last)];
  else {
    if (path.strict && !Object.hasOwn(target, last)) throw sqlError(13608, [], 2);
    target[String(last)] = value ?? null;
  }
  return json;
}

/** A SQL value as JSON: numbers stay numbers, JSON_QUERY's results cannot be told from text here and stay text. */
function toJson(value: SqlValue, type: SqlType): Json | undefined {
  if (value === null) return undefined;
  if (type.name === "bit") return value === 1;
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Decimal) return Number(decimalToString(value));
  return asText(value, type);
}

defineFamily(SOURCE, {
  "ISJSON/1-2": {
    resultType: always(INT),
    evaluate: ([v], [t]) => {
      try {
        const json = JSON.parse(asText(v!, t!)) as Json;
        return json !== null && typeof json === "object" ? 1 : 0;
      } catch {
        return 0;
      }
    },
  },
  "JSON_VALUE/2": {
    resultType: always(nvarchar(4000)),
    evaluate: ([v, p], [t, pt]) => {
      const path = parsePath(asText(p!, pt!));
      const found = follow(parseJson(asText(v!, t!)), path.steps);
      if (found === undefined || (found !== null && typeof found === "object")) {
        if (path.strict) throw found === undefined ? sqlError(13608, [], 2) : sqlError(13623, [], 2);
        return null;
      }
      const text = scalarText(found);
      return text !== null && text.length > 4000 ? null : text;
    },
  },
  "JSON_QUERY/1-2": {
    resultType: always(nvarchar(4001)),
    evaluate: ([v, p], [t, pt]) => {
      const path = p === undefined ? parsePath("$") : parsePath(asText(p, pt!));
      const found = follow(parseJson(asText(v!, t!)), path.steps);
      if (found === undefined || found === null || typeof found !== "object") {
        if (path.strict) throw sqlError(found === undefined ? 13608 : 13624, [], 2);
        return null;
      }
      return JSON.stringify(found);
    },
  },
  "JSON_MODIFY/3": {
    resultType: always(nvarchar(4001)),
    acceptsNull: true,
    evaluate: ([v, p, n], [t, pt, nt]) =>
      v === null || p === null
        ? null
        : JSON.stringify(modify(parseJson(asText(v!, t!)), parsePath(asText(p!, pt!)), toJson(n!, nt!))),
  },
  "JSON_PATH_EXISTS/2": {
    resultType: always(BIT),
    evaluate: ([v, p], [t, pt]) =>
      follow(parseJson(asText(v!, t!)), parsePath(asText(p!, pt!)).steps) === undefined ? 0 : 1,
  },
});
