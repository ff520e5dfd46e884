/** LIKE and PATINDEX. https://learn.microsoft.com/sql/t-sql/language-elements/like-transact-sql */
import { sqlError } from "../session/messages";
import type { Collation } from "./collation";

type Element =
  | { kind: "any" }
  | { kind: "one" }
  | { kind: "char"; value: string }
  | { kind: "set"; not: boolean; ranges: [string, string][] };

const compiled = new Map<string, Element[]>();

function compile(pattern: string, escape: string | undefined): Element[] {
  const cacheKey = `${escape ?? ""}\u0000${pattern}`;
  const known = compiled.get(cacheKey);
  if (known) return known;
  const elements: Element[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    if (escape !== undefined && c === escape) {
      if (i + 1 < pattern.length) elements.push({ kind: "char", value: pattern[++i]! });
    } else if (c === "%") {
      if (elements.at(-1)?.kind !== "any") elements.push({ kind: "any" });
    } else if (c === "_") elements.push({ kind: "one" });
    else if (c === "[") {
      const end = closing(pattern, i + 1);
      if (end < 0) {
        // A bracket that never closes matches nothing.
        elements.push({ kind: "set", not: false, ranges: [] });
        break;
      }
      elements.push(readSet(pattern.slice(i + 1, end)));
      i = end;
    } else elements.push({ kind: "char", value: c });
  }
  if (compiled.size > 5000) compiled.clear();
  compiled.set(cacheKey, elements);
  return elements;
}

function closing(pattern: string, from: number): number {
  // "[]...]" and "[^]...]": a bracket first in the set does not end it.
  const first = pattern[from] === "^" ? from + 1 : from;
  return pattern.indexOf("]", pattern[first] === "]" ? first + 1 : first);
}

function readSet(text: string): Element {
  const not = text.startsWith("^");
  const body = not ? text.slice(1) : text;
  const ranges: [string, string][] = [];
  for (let i = 0; i < body.length; i++) {
    if (body[i + 1] === "-" && i + 2 < body.length) {
      ranges.push([body[i]!, body[i + 2]!]);
      i += 2;
    } else ranges.push([body[i]!, body[i]!]);
  }
  return { kind: "set", not, ranges };
}

export function like(value: string, pattern: string, escape: string | undefined, collation: Collation): boolean {
  if (escape !== undefined && escape.length !== 1) throw sqlError(506, [escape]);
  return match(value, 0, compile(pattern, escape), 0, collation, true) >= 0;
}

/** 1-based position of the first match, 0 when there is none. */
export function patternIndex(value: string, pattern: string, collation: Collation): number {
  const elements = compile(pattern, undefined);
  const open = elements[0]?.kind === "any";
  const body = open ? elements.slice(1) : elements;
  const anchoredEnd = body.at(-1)?.kind !== "any";
  const core = anchoredEnd ? body : body.slice(0, -1);
  if (open && core.length === 0) return 1;
  for (let i = 0; i <= (open ? value.length : 0); i++)
    if (match(value, i, core, 0, collation, anchoredEnd) >= 0) return i + 1;
  return 0;
}

/** End of the match that begins at `at`, or -1. */
function match(
  value: string,
  at: number,
  elements: readonly Element[],
  index: number,
  collation: Collation,
  toEnd: boolean,
): number {
  // The usual two-pointer walk: on a mismatch go back to the last %.
  let starIndex = -1;
  let starAt = -1;
  for (;;) {
    const element = elements[index];
    if (!element) {
      // Trailing blanks of the value do not count.
      if (!toEnd || at === value.length || value.slice(at).trim() === "") return at;
    } else if (element.kind === "any") {
      starIndex = index++;
      starAt = at;
      continue;
    } else if (at < value.length && matchesOne(value[at]!, element, collation)) {
      at++;
      index++;
      continue;
    }
    if (starIndex < 0 || starAt >= value.length) return -1;
    at = ++starAt;
    index = starIndex + 1;
  }
}

function matchesOne(c: string, element: Element, collation: Collation): boolean {
  switch (element.kind) {
    case "one":
      return true;
    case "char":
      return c === element.value || (collation.equals(c, element.value) && (c === " ") === (element.value === " "));
    case "set": {
      const inside = element.ranges.some(([low, high]) =>
        low === high ? collation.equals(c, low) : collation.compare(c, low) >= 0 && collation.compare(c, high) <= 0,
      );
      return inside !== element.not;
    }
    default:
      return false;
  }
}
