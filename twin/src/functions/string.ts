/** https://learn.microsoft.com/sql/t-sql/functions/string-functions-transact-sql */
import { createHash } from "node:crypto";
import { sqlError } from "../session/messages";
import { collation } from "../types/collation";
import { decimalToString, rescale } from "../types/decimal";
import { convert } from "../types/convert";
import { BIGINT, INT, isBinary, isCharacter, isUnicode, nvarchar, varbinary, varchar } from "../types/format-type";
import { patternIndex } from "../types/like";
import type { SqlType } from "../types/sql-type";
import { Decimal } from "../types/value";
import { always, asFloat, asInt, asText, defineFamily, lengthOf, textType } from "./arguments";
import type { Argument, FunctionContext } from "./registry";

const SOURCE = "https://learn.microsoft.com/sql/t-sql/functions/string-functions-transact-sql";

const sameText = (args: readonly Argument[]): SqlType => textType(args[0]!.type, lengthOf(args[0]!.type));
const max = (type: SqlType): boolean => type.length === -1 || type.name === "text" || type.name === "ntext";
const collationFor = (type: SqlType, context: FunctionContext): ReturnType<typeof collation> =>
  collation(type.collation ?? context.defaultCollation);

/** LEN and CHARINDEX answer bigint for MAX types. */
const position = (args: readonly Argument[], of: number): SqlType => (max(args[of]!.type) ? BIGINT : INT);
const number = (value: number, result: SqlType): number | bigint => (result.name === "bigint" ? BigInt(value) : value);

function substringResult(args: readonly Argument[]): SqlType {
  if (isBinary(args[0]!.type)) return varbinary(args[0]!.type.length === -1 ? 8001 : (args[0]!.type.length ?? 1));
  return sameText(args);
}

function concatType(args: readonly Argument[]): SqlType {
  const unicode = args.some((a) => isUnicode(a.type));
  const length = args.some((a) => max(a.type))
    ? -1
    : args.reduce((sum, a) => sum + (isCharacter(a.type) ? (a.type.length ?? 1) : 30), 0);
  return unicode
    ? nvarchar(length === -1 ? 4001 : Math.min(4000, length))
    : varchar(length === -1 ? 8001 : Math.min(8000, length));
}

function replaceAll(text: string, from: string, to: string, context: FunctionContext, type: SqlType): string {
  if (from === "") return text;
  const c = collationFor(type, context);
  if (c.binary) return text.split(from).join(to);
  const foldedFrom = c.key(from + ".").slice(0, -1);
  let result = "";
  for (let i = 0; i < text.length;) {
    const part = text.slice(i, i + from.length);
    if (part.length === from.length && c.key(part + ".").slice(0, -1) === foldedFrom) {
      result += to;
      i += from.length;
    } else result += text[i++]!;
  }
  return result;
}

function indexOf(needle: string, text: string, from: number, context: FunctionContext, type: SqlType): number {
  if (needle === "") return 0;
  const c = collationFor(type, context);
  const folded = c.key(needle + ".").slice(0, -1);
  for (let i = Math.max(0, from - 1); i + needle.length <= text.length; i++)
    if (c.key(text.slice(i, i + needle.length) + ".").slice(0, -1) === folded) return i + 1;
  return 0;
}

function soundex(text: string): string {
  const codes: Record<string, string> = {
    B: "1",
    F: "1",
    P: "1",
    V: "1",
    C: "2",
    G: "2",
    J: "2",
    K: "2",
    Q: "2",
    S: "2",
    X: "2",
    Z: "2",
    D: "3",
    T: "3",
    L: "4",
    M: "5",
    N: "5",
    R: "6",
  };
  const letters = /^[A-Za-z]*/.exec(text)![0].toUpperCase();
  if (letters === "") return "0000";
  let result = letters[0]!;
  let last = codes[letters[0]!] ?? "";
  for (const letter of letters.slice(1)) {
    const code = codes[letter] ?? "";
    if (code !== "" && code !== last) result += code;
    if (letter !== "H" && letter !== "W") last = code;
  }
  return result.padEnd(4, "0").slice(0, 4);
}

function quoteName(text: string, quote: string): string | null {
  if (text.length > 128) return null;
  const pairs: Record<string, [string, string]> = {
    "[": ["[", "]"],
    "]": ["[", "]"],
    "'": ["'", "'"],
    '"': ['"', '"'],
    "(": ["(", ")"],
    ")": ["(", ")"],
    "<": ["<", ">"],
    ">": ["<", ">"],
    "{": ["{", "}"],
    "}": ["{", "}"],
    "`": ["`", "`"],
  };
  const pair = pairs[quote[0] ?? "["];
  return pair ? pair[0] + text.replaceAll(pair[1], pair[1] + pair[1]) + pair[1] : null;
}

const ALGORITHMS: Record<string, [name: string, length: number]> = {
  MD5: ["md5", 16],
  SHA: ["sha1", 20],
  SHA1: ["sha1", 20],
  SHA2_256: ["sha256", 32],
  SHA2_512: ["sha512", 64],
};

/** The bytes that are hashed: text in its own encoding. */
function hashedBytes(value: unknown, type: SqlType): Uint8Array {
  return convert(value as string, type, { name: "varbinary", length: -1 }, { explicit: true }) as Uint8Array;
}

defineFamily(SOURCE, {
  "LEN/1": {
    resultType: (args) => position(args, 0),
    evaluate: ([v], [t], result) =>
      number(isBinary(t!) ? (v as Uint8Array).length : asText(v!, t!).replace(/ +$/, "").length, result),
  },
  "DATALENGTH/1": {
    resultType: (args) => position(args, 0),
    evaluate: ([v], [t], result) => number(dataLength(v as never, t!), result),
  },
  "SUBSTRING/3": {
    resultType: substringResult,
    evaluate: ([v, s, l], [t, st, lt]) => {
      const start = asInt(s!, st!);
      const length = asInt(l!, lt!);
      if (length < 0) throw sqlError(537, [], 3);
      const from = Math.max(0, start - 1);
      const to = Math.max(from, start - 1 + length);
      return isBinary(t!) ? (v as Uint8Array).slice(from, to) : asText(v!, t!).slice(from, to);
    },
  },
  "LEFT/2": {
    resultType: sameText,
    evaluate: ([v, n], [t, nt]) => {
      const count = asInt(n!, nt!);
      if (count < 0) throw sqlError(536, ["left"], 1);
      return asText(v!, t!).slice(0, count);
    },
  },
  "RIGHT/2": {
    resultType: sameText,
    evaluate: ([v, n], [t, nt]) => {
      const count = asInt(n!, nt!);
      if (count < 0) throw sqlError(536, ["right"], 1);
      return count === 0 ? "" : asText(v!, t!).slice(-count);
    },
  },
  "UPPER/1": { resultType: sameText, evaluate: ([v], [t]) => asText(v!, t!).toUpperCase() },
  "LOWER/1": { resultType: sameText, evaluate: ([v], [t]) => asText(v!, t!).toLowerCase() },
  "LTRIM/1-2": {
    resultType: sameText,
    evaluate: ([v, c], [t, ct]) => trim(asText(v!, t!), c === undefined ? " " : asText(c, ct!), "LEADING"),
  },
  "RTRIM/1-2": {
    resultType: sameText,
    evaluate: ([v, c], [t, ct]) => trim(asText(v!, t!), c === undefined ? " " : asText(c, ct!), "TRAILING"),
  },
  // TRIM(characters FROM text) arrives as (characters, text); its LEADING or TRAILING word is a third, constant argument.
  "TRIM/1-3": {
    resultType: (args) => sameText(args.length > 1 ? [args[1]!] : args),
    evaluate: (values, types) => {
      if (values.length === 1) return trim(asText(values[0]!, types[0]!), " ", "BOTH");
      const where = values.length > 2 ? (values[2] as string) : "BOTH";
      return trim(asText(values[1]!, types[1]!), asText(values[0]!, types[0]!), where);
    },
  },
  "REPLACE/3": {
    resultType: (args) => textType(args[0]!.type, max(args[0]!.type) ? -1 : isUnicode(args[0]!.type) ? 4000 : 8000),
    evaluate: ([v, f, r], [t, ft, rt], _, context) =>
      replaceAll(asText(v!, t!), asText(f!, ft!), asText(r!, rt!), context, t!),
  },
  "REPLICATE/2": {
    resultType: (args) => textType(args[0]!.type, max(args[0]!.type) ? -1 : isUnicode(args[0]!.type) ? 4000 : 8000),
    evaluate: ([v, n], [t, nt], result) => {
      const count = asInt(n!, nt!);
      if (count < 0) return null;
      const text = asText(v!, t!);
      const limit = result.length === -1 ? 10_000_000 : result.length!;
      return text.repeat(Math.min(count, Math.ceil(limit / Math.max(1, text.length)))).slice(0, limit);
    },
  },
  "SPACE/1": {
    resultType: always(varchar(8000)),
    evaluate: ([n], [t]) => (asInt(n!, t!) < 0 ? null : " ".repeat(Math.min(8000, asInt(n!, t!)))),
  },
  "STUFF/4": {
    resultType: (args) =>
      textType(args[0]!.type, args.some((a) => max(a.type)) ? -1 : isUnicode(args[0]!.type) ? 4000 : 8000),
    acceptsNull: true,
    evaluate: ([v, s, l, r], [t, st, lt, rt]) => {
      if (v === null || s === null || l === null) return null;
      const text = asText(v!, t!);
      const start = asInt(s!, st!);
      const length = asInt(l!, lt!);
      if (start < 1 || start > text.length || length < 0) return null;
      return text.slice(0, start - 1) + (r === null ? "" : asText(r!, rt!)) + text.slice(start - 1 + length);
    },
  },
  "CHARINDEX/2-3": {
    resultType: (args) => position(args, 1),
    evaluate: ([n, v, s], [nt, t, st], result, context) =>
      number(indexOf(asText(n!, nt!), asText(v!, t!), s === undefined ? 1 : asInt(s, st!), context, t!), result),
  },
  "PATINDEX/2": {
    resultType: (args) => position(args, 1),
    evaluate: ([p, v], [pt, t], result, context) =>
      number(patternIndex(asText(v!, t!), asText(p!, pt!), collationFor(t!, context)), result),
  },
  "CHAR/1": {
    resultType: always({ name: "char", length: 1 }),
    evaluate: ([n], [t]) =>
      asInt(n!, t!) < 0 || asInt(n!, t!) > 255
        ? null
        : new TextDecoder("windows-1252").decode(Uint8Array.of(asInt(n!, t!))),
  },
  "NCHAR/1": {
    resultType: always({ name: "nchar", length: 1 }),
    evaluate: ([n], [t]) =>
      asInt(n!, t!) < 0 || asInt(n!, t!) > 0x10ffff ? null : String.fromCodePoint(asInt(n!, t!)),
  },
  "ASCII/1": {
    resultType: always(INT),
    evaluate: ([v], [t]) => (asText(v!, t!) === "" ? null : Buffer.from(asText(v!, t!), "latin1")[0]!),
  },
  "UNICODE/1": {
    resultType: always(INT),
    evaluate: ([v], [t]) => (asText(v!, t!) === "" ? null : asText(v!, t!).charCodeAt(0)),
  },
  "CONCAT/2-254": {
    resultType: concatType,
    acceptsNull: true,
    evaluate: (values, types) => values.map((v, i) => (v === null ? "" : asText(v, types[i]!))).join(""),
  },
  "CONCAT_WS/3-254": {
    resultType: (args) => concatType([...args, ...args.slice(1).map(() => args[0]!)]),
    acceptsNull: true,
    evaluate: (values, types) => {
      const separator = values[0] === null ? "" : asText(values[0]!, types[0]!);
      return values
        .slice(1)
        .flatMap((v, i) => (v === null ? [] : [asText(v, types[i + 1]!)]))
        .join(separator);
    },
  },
  "REVERSE/1": { resultType: sameText, evaluate: ([v], [t]) => [...asText(v!, t!)].reverse().join("") },
  "QUOTENAME/1-2": {
    resultType: always(nvarchar(258)),
    evaluate: ([v, q], [t, qt]) => quoteName(asText(v!, t!), q === undefined ? "[" : asText(q, qt!)),
  },
  "STR/1-3": {
    resultType: (args) => varchar(typeof args[1]?.constant === "number" ? args[1].constant : 10),
    evaluate: ([v, l, d], [t, lt, dt]) => {
      const length = l === undefined ? 10 : asInt(l, lt!);
      const digits = d === undefined ? 0 : Math.min(16, asInt(d, dt!));
      const text = v instanceof Decimal ? decimalToString(rescale(v, digits)) : asFloat(v!, t!).toFixed(digits);
      return text.length > length ? "*".repeat(length) : text.padStart(length);
    },
  },
  "SOUNDEX/1": { resultType: always(varchar(4)), evaluate: ([v], [t]) => soundex(asText(v!, t!)) },
  "DIFFERENCE/2": {
    resultType: always(INT),
    evaluate: ([a, b], [at, bt]) => {
      const x = soundex(asText(a!, at!));
      const y = soundex(asText(b!, bt!));
      return [...x].filter((c, i) => c === y[i]).length;
    },
  },
  "TRANSLATE/3": {
    resultType: sameText,
    evaluate: ([v, f, r], [t, ft, rt]) => {
      const from = asText(f!, ft!);
      const to = asText(r!, rt!);
      if (from.length !== to.length) throw sqlError(9828);
      return [...asText(v!, t!)].map((c) => (from.includes(c) ? to[from.indexOf(c)]! : c)).join("");
    },
  },
  "STRING_ESCAPE/2": {
    resultType: always(nvarchar(4001)),
    evaluate: ([v], [t]) => JSON.stringify(asText(v!, t!)).slice(1, -1).replaceAll("/", "\\/"),
  },
  "HASHBYTES/2": {
    resultType: always(varbinary(8000)),
    evaluate: ([a, v], [at, t]) => {
      const algorithm = ALGORITHMS[asText(a!, at!).toUpperCase()];
      return algorithm ? Uint8Array.from(createHash(algorithm[0]).update(hashedBytes(v, t!)).digest()) : null;
    },
  },
});

function trim(text: string, characters: string, where: string): string {
  let from = 0;
  let to = text.length;
  if (where !== "TRAILING") while (from < to && characters.includes(text[from]!)) from++;
  if (where !== "LEADING") while (to > from && characters.includes(text[to - 1]!)) to--;
  return text.slice(from, to);
}

/** Bytes of a value as it is stored. */
function dataLength(value: string | number | bigint | Uint8Array, type: SqlType): number {
  if (typeof value === "string") {
    if (type.name === "uniqueidentifier") return 16;
    if (isUnicode(type) || type.name === "xml") return value.length * 2;
    return type.collation !== undefined && collation(type.collation).utf8 ? Buffer.byteLength(value) : value.length;
  }
  if (value instanceof Uint8Array) return value.length;
  return (
    (convert(value as never, type, { name: "varbinary", length: -1 }, { explicit: true }) as Uint8Array).length +
    (type.name === "decimal" || type.name === "numeric" ? 1 : 0) -
    (["time", "datetime2", "datetimeoffset"].includes(type.name) ? 1 : 0)
  );
}
