/**
 * What CREATE TYPE, CREATE SYNONYM and CREATE SEQUENCE declare, in the catalog's terms: these kinds have no stored text,
 * so that only their parts can be compared with the server.
 * https://learn.microsoft.com/sql/t-sql/statements/create-sequence-transact-sql
 */
import { dataType, readDataType, type DataType } from "./data-type";
import { nameOf, type Token } from "./lexer";
import { isNameToken, isOperator, readName, skipTrivia, wordAt } from "./module-header";

export interface SequenceShape {
  readonly shape: "sequence";
  readonly type: DataType;
  readonly start: bigint;
  readonly increment: bigint;
  readonly minimum: bigint;
  readonly maximum: bigint;
  readonly cycles: boolean;
  /** Numbers kept in memory; "default" = as many as the server likes, "none" = NO CACHE. */
  readonly cache: number | "default" | "none";
}
export interface SynonymShape {
  readonly shape: "synonym";
  /** One to four parts. */
  readonly base: readonly string[];
}
export interface AliasShape {
  readonly shape: "alias";
  readonly base: DataType;
  /** undefined = not written. */
  readonly nullable: boolean | undefined;
}
export interface TableTypeShape {
  readonly shape: "table-type";
  readonly columns: readonly TableTypeColumn[];
  readonly memoryOptimized: boolean;
}
interface TableTypeColumn {
  readonly name: string;
  /** undefined = computed. */
  readonly type: DataType | undefined;
  readonly nullable: boolean | undefined;
}
export type Shape = SequenceShape | SynonymShape | AliasShape | TableTypeShape;

/** A shape and the index of the first token after its statement; a text = why it cannot be read. */
type ReadShape = { readonly shape: Shape; readonly next: number } | string;

export function readSynonym(text: string, tokens: readonly Token[], afterName: number): ReadShape {
  const at = skipTrivia(tokens, afterName);
  const base = wordAt(tokens, at) === "FOR" ? readName(text, tokens, skipTrivia(tokens, at + 1)) : undefined;
  return base
    ? { shape: { shape: "synonym", base: base.parts }, next: base.next }
    : "FOR and the name of an object must follow";
}

export function readType(text: string, tokens: readonly Token[], afterName: number): ReadShape {
  const at = skipTrivia(tokens, afterName);
  switch (wordAt(tokens, at)) {
    case "FROM":
      return readAlias(text, tokens, at + 1);
    case "AS":
      return readTableType(text, tokens, at + 1);
    case "EXTERNAL":
      return "a CLR type belongs to its assembly: use the Assembly kind";
    default:
      return "FROM or AS TABLE must follow";
  }
}

function readAlias(text: string, tokens: readonly Token[], from: number): ReadShape {
  const base = readDataType(text, tokens, from);
  if (!base?.type.isSystem) return "an alias type has a system type as its base";
  let at = skipTrivia(tokens, base.next);
  let nullable: boolean | undefined;
  let next = base.next;
  const not = wordAt(tokens, at) === "NOT";
  if (not) at = skipTrivia(tokens, at + 1);
  if (wordAt(tokens, at) === "NULL") {
    nullable = !not;
    next = at + 1;
  }
  return { shape: { shape: "alias", base: base.type, nullable }, next };
}

const TABLE_LEVEL = new Set(["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "INDEX"]);

function readTableType(text: string, tokens: readonly Token[], from: number): ReadShape {
  const table = skipTrivia(tokens, from);
  const open = skipTrivia(tokens, table + 1);
  if (wordAt(tokens, table) !== "TABLE" || !isOperator(text, tokens[open], "("))
    return "AS TABLE and its columns must follow";
  const columns: TableTypeColumn[] = [];
  let depth = 0;
  let first = open + 1;
  let at = open;
  for (; at < tokens.length; at++) {
    if (isOperator(text, tokens[at], "(")) depth++;
    else if (isOperator(text, tokens[at], ")") && --depth === 0) break;
    else if (depth === 1 && isOperator(text, tokens[at], ",")) {
      addColumn(first, at);
      first = at + 1;
    }
  }
  addColumn(first, at);
  let next = Math.min(at + 1, tokens.length);
  let memoryOptimized = false;
  const options = skipTrivia(tokens, next);
  if (wordAt(tokens, options) === "WITH") {
    for (next = options; next < tokens.length && !isOperator(text, tokens[next], ")"); next++)
      if (wordAt(tokens, next) === "ON") memoryOptimized = true;
    next = Math.min(next + 1, tokens.length);
  }
  return { shape: { shape: "table-type", columns, memoryOptimized }, next };

  function addColumn(start: number, end: number): void {
    const name = skipTrivia(tokens, start);
    const token = tokens[name];
    if (name >= end || !token || !isNameToken(token) || TABLE_LEVEL.has(wordAt(tokens, name))) return;
    const type = readDataType(text, tokens, name + 1);
    let nullable: boolean | undefined;
    for (let i = name + 1; i < end; i++) {
      const word = wordAt(tokens, i);
      if (word === "NULL") nullable = nullable ?? true;
      else if (word === "NOT" || word === "PRIMARY" || word === "IDENTITY") nullable = false;
      else if (word === "CHECK" || word === "DEFAULT") break;
    }
    columns.push({ name: nameOf(text, token), type: type?.type, nullable });
  }
}

const INTEGER_RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  tinyint: [0n, 255n],
  smallint: [-(2n ** 15n), 2n ** 15n - 1n],
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  bigint: [-(2n ** 63n), 2n ** 63n - 1n],
};

export function readSequence(text: string, tokens: readonly Token[], afterName: number): ReadShape {
  let type = dataType(["bigint"], []);
  let start: bigint | undefined;
  let increment = 1n;
  let minimum: bigint | undefined;
  let maximum: bigint | undefined;
  let cycles = false;
  let cache: SequenceShape["cache"] = "default";
  let next = afterName;
  for (;;) {
    let at = skipTrivia(tokens, next);
    let word = wordAt(tokens, at);
    const no = word === "NO";
    if (no) {
      at = skipTrivia(tokens, at + 1);
      word = wordAt(tokens, at);
    }
    if (word === "AS") {
      const read = readDataType(text, tokens, at + 1);
      if (!read) return "a data type must follow AS";
      type = read.type;
      next = read.next;
    } else if (word === "START" || word === "INCREMENT") {
      const number = readInteger(text, tokens, skipTrivia(tokens, at + 1) + 1);
      if (!number) return `a whole number must follow ${word === "START" ? "START WITH" : "INCREMENT BY"}`;
      if (word === "START") start = number.value;
      else increment = number.value;
      next = number.next;
    } else if (word === "MINVALUE" || word === "MAXVALUE") {
      next = at + 1;
      if (no) continue;
      const number = readInteger(text, tokens, at + 1);
      if (!number) return `a whole number must follow ${word}`;
      if (word === "MINVALUE") minimum = number.value;
      else maximum = number.value;
      next = number.next;
    } else if (word === "CYCLE") {
      cycles = !no;
      next = at + 1;
    } else if (word === "CACHE") {
      const number = no ? undefined : readInteger(text, tokens, at + 1);
      cache = no ? "none" : number ? Number(number.value) : "default";
      next = number?.next ?? at + 1;
    } else break;
  }
  const range = rangeOf(type);
  if (!range) return "a sequence counts in tinyint, smallint, int, bigint, decimal(p,0) or numeric(p,0)";
  if (increment === 0n) return "INCREMENT BY 0 is not possible";
  const low = minimum ?? range[0];
  const high = maximum ?? range[1];
  const begin = start ?? (increment > 0n ? low : high);
  return {
    shape: { shape: "sequence", type, start: begin, increment, minimum: low, maximum: high, cycles, cache },
    next,
  };
}

function rangeOf(type: DataType): readonly [bigint, bigint] | undefined {
  if (!type.isSystem) return INTEGER_RANGES["bigint"];
  if ((type.name === "decimal" || type.name === "numeric") && type.scale === 0) {
    const limit = 10n ** BigInt(type.precision ?? 18) - 1n;
    return [-limit, limit];
  }
  return INTEGER_RANGES[type.name];
}

function readInteger(
  text: string,
  tokens: readonly Token[],
  index: number,
): { value: bigint; next: number } | undefined {
  let at = skipTrivia(tokens, index);
  const minus = isOperator(text, tokens[at], "-");
  if (minus || isOperator(text, tokens[at], "+")) at = skipTrivia(tokens, at + 1);
  const token = tokens[at];
  const digits = token?.kind === "number" ? text.slice(token.start, token.end) : "";
  if (!/^\d+$/.test(digits)) return undefined;
  return { value: minus ? -BigInt(digits) : BigInt(digits), next: at + 1 };
}
