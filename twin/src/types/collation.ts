/**
 * Collations: comparison, equality keys and the bytes that TDS sends for them.
 * https://learn.microsoft.com/sql/relational-databases/collations/collation-and-unicode-support
 */
import { sqlError } from "../session/messages";
import "../session/messages/types";

export interface Collation {
  readonly name: string;
  readonly caseSensitive: boolean;
  readonly accentSensitive: boolean;
  /** BIN and BIN2: code point order. */
  readonly binary: boolean;
  readonly utf8: boolean;
  /** Code page of char and varchar. */
  readonly codePage: number;
  readonly lcid: number;
  /** Sort id of SQL_ collations; 0 for Windows ones. */
  readonly sortId: number;
  compare(a: string, b: string): number;
  equals(a: string, b: string): boolean;
  /** Equal strings have equal keys. Trailing blanks do not count. */
  key(text: string): string;
}

interface Family {
  readonly lcid: number;
  readonly codePage: number;
  readonly locale: string;
}

/** Windows families that the twin knows. LCIDs: sql-docs, Windows collation name. */
const FAMILIES: Record<string, Family> = {
  Latin1_General: { lcid: 0x0409, codePage: 1252, locale: "en" },
  Latin1_General_100: { lcid: 0x0409, codePage: 1252, locale: "en" },
  French: { lcid: 0x040c, codePage: 1252, locale: "fr" },
  French_100: { lcid: 0x040c, codePage: 1252, locale: "fr" },
  German_PhoneBook_100: { lcid: 0x10407, codePage: 1252, locale: "de-u-co-phonebk" },
  Finnish_Swedish: { lcid: 0x040b, codePage: 1252, locale: "sv" },
  Finnish_Swedish_100: { lcid: 0x040b, codePage: 1252, locale: "sv" },
  Danish_Norwegian: { lcid: 0x0406, codePage: 1252, locale: "da" },
  Modern_Spanish: { lcid: 0x0c0a, codePage: 1252, locale: "es" },
  Modern_Spanish_100: { lcid: 0x0c0a, codePage: 1252, locale: "es" },
  Polish_100: { lcid: 0x0415, codePage: 1250, locale: "pl" },
  Cyrillic_General: { lcid: 0x0419, codePage: 1251, locale: "ru" },
  Cyrillic_General_100: { lcid: 0x0419, codePage: 1251, locale: "ru" },
  Greek_100: { lcid: 0x0408, codePage: 1253, locale: "el" },
  Japanese: { lcid: 0x0411, codePage: 932, locale: "ja" },
  Japanese_XJIS_140: { lcid: 0x0411, codePage: 932, locale: "ja" },
};

/** SQL collations and their sort ids. */
const SQL_COLLATIONS: Record<string, number> = {
  SQL_Latin1_General_CP1_CI_AS: 52,
  SQL_Latin1_General_CP1_CS_AS: 51,
  SQL_Latin1_General_CP1_CI_AI: 54,
};

const cache = new Map<string, Collation>();

/** Throws 448 for a name that is not known. Names are not case-sensitive. */
export function collation(name: string): Collation {
  const found = cache.get(name) ?? make(name);
  if (!found) throw sqlError(448, [name]);
  cache.set(name, found);
  return found;
}

export function validCollation(name: string): boolean {
  return (cache.get(name) ?? make(name)) !== undefined;
}

/** Names for sys.fn_helpcollations. */
export function collationNames(): string[] {
  // The collation of the catalog's own words (type_desc and such).
  const names = [...Object.keys(SQL_COLLATIONS), "Latin1_General_CI_AS_KS_WS"];
  for (const family of Object.keys(FAMILIES)) {
    for (const suffix of ["BIN", "BIN2", "CI_AI", "CI_AS", "CS_AI", "CS_AS"]) names.push(`${family}_${suffix}`);
    if (/_1[04]0$/.test(family))
      for (const suffix of ["CI_AS_SC", "CS_AS_SC", "CI_AI_SC", "CI_AS_SC_UTF8", "CS_AS_SC_UTF8", "BIN2_UTF8"])
        names.push(`${family}_${suffix}`);
  }
  return names.sort();
}

function make(name: string): Collation | undefined {
  const lower = name.toLowerCase();
  const canonical = known().get(lower);
  if (!canonical) return undefined;
  const sortId = SQL_COLLATIONS[canonical] ?? 0;
  const familyName = Object.keys(FAMILIES)
    .filter((f) => canonical.startsWith(`${f}_`))
    .sort((a, b) => b.length - a.length)[0];
  const family = sortId ? FAMILIES.Latin1_General! : FAMILIES[familyName!]!;
  const flags = canonical.split("_");
  const binary = flags.includes("BIN") || flags.includes("BIN2");
  const caseSensitive = binary || flags.includes("CS");
  const accentSensitive = binary || flags.includes("AS");
  const utf8 = flags.includes("UTF8");
  const base = {
    name: canonical,
    caseSensitive,
    accentSensitive,
    binary,
    utf8,
    codePage: utf8 ? 65001 : family.codePage,
    lcid: family.lcid,
    sortId,
  };
  if (binary) return { ...base, compare: compareBinary, equals: (a, b) => trimEnd(a) === trimEnd(b), key: trimEnd };
  return { ...base, ...linguistic(family.locale, caseSensitive, accentSensitive) };
}

let names: Map<string, string> | undefined;
function known(): Map<string, string> {
  return (names ??= new Map(collationNames().map((n) => [n.toLowerCase(), n])));
}

function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 32) end--;
  return end === text.length ? text : text.slice(0, end);
}

/** Code point order; the shorter one is padded with blanks. */
function compareBinary(a: string, b: string): number {
  const x = trimEnd(a);
  const y = trimEnd(b);
  const length = Math.min(x.length, y.length);
  for (let i = 0; i < length; i++) {
    const difference = x.charCodeAt(i) - y.charCodeAt(i);
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  if (x.length === y.length) return 0;
  const rest = (x.length > y.length ? x : y).charCodeAt(length);
  return rest < 32 === x.length > y.length ? -1 : 1;
}

function linguistic(
  locale: string,
  caseSensitive: boolean,
  accentSensitive: boolean,
): Pick<Collation, "compare" | "equals" | "key"> {
  const sensitivity = caseSensitive ? (accentSensitive ? "variant" : "case") : accentSensitive ? "accent" : "base";
  // Lower case sorts before upper case in the Windows collations.
  const collator = new Intl.Collator(locale, { sensitivity, caseFirst: "lower" });
  const keys = new Map<string, string>();
  const key = (text: string): string => {
    const trimmed = trimEnd(text);
    let result = keys.get(trimmed);
    if (result === undefined) {
      result = fold(trimmed, caseSensitive, accentSensitive);
      if (keys.size > 50_000) keys.clear();
      keys.set(trimmed, result);
    }
    return result;
  };
  return {
    compare: (a, b) => {
      const x = trimEnd(a);
      const y = trimEnd(b);
      if (x === y) return 0;
      if (key(x) === key(y)) return 0;
      return collator.compare(x, y) || (key(x) < key(y) ? -1 : 1);
    },
    equals: (a, b) => a === b || key(a) === key(b),
    key,
  };
}

/** Case by upper case, accents by canonical decomposition, width and kana never told apart (no WS, no KS). */
function fold(text: string, caseSensitive: boolean, accentSensitive: boolean): string {
  let result = text;
  // ASCII is what nearly every name is made of.
  if (!/^[\x00-\x7f]*$/.test(text)) {
    result = result.replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).normalize("NFD");
    if (!accentSensitive) result = result.replace(/\p{M}/gu, "");
  }
  return caseSensitive ? result : result.toUpperCase();
}
