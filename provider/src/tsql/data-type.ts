/**
 * Data types as the catalog stores them: name, length in bytes, precision, scale.
 * https://learn.microsoft.com/sql/t-sql/data-types/data-types-transact-sql
 */
import { isReserved } from "./reserved-words";
import type { Token } from "./lexer";
import { isNameToken, isOperator, readName, skipTrivia, wordAt } from "./module-header";

export interface DataType {
  /** undefined = as the bundle's default, or a system type. */
  readonly schema: string | undefined;
  /** Lower case for system types. */
  readonly name: string;
  /** false = an alias, table or CLR type. */
  readonly isSystem: boolean;
  /** Bytes, -1 = max; undefined where the type's length is fixed. */
  readonly maxLength: number | undefined;
  readonly precision: number | undefined;
  readonly scale: number | undefined;
}

const SYNONYMS = new Map([
  ["integer", "int"],
  ["dec", "decimal"],
  ["character", "char"],
  ["rowversion", "timestamp"],
]);
const BYTES_PER_CHARACTER = new Map([
  ["char", 1],
  ["varchar", 1],
  ["binary", 1],
  ["varbinary", 1],
  ["nchar", 2],
  ["nvarchar", 2],
]);
const WITH_SCALE = new Set(["time", "datetime2", "datetimeoffset"]);
const systemTypes = new Set(
  (
    "bigint binary bit char date datetime datetime2 datetimeoffset decimal float geography geometry hierarchyid image int integer json " +
    "dec character rowversion money nchar ntext numeric nvarchar real smalldatetime smallint smallmoney sql_variant sysname text time " +
    "timestamp tinyint uniqueidentifier varbinary varchar vector xml cursor table"
  ).split(" "),
);

export function isSystemType(name: string): boolean {
  return systemTypes.has(name.toLowerCase());
}

/** A data type at token `index`: its meaning and the index after it. */
export function readDataType(
  text: string,
  tokens: readonly Token[],
  index: number,
): { type: DataType; next: number } | undefined {
  const at = skipTrivia(tokens, index);
  const word = wordAt(tokens, at);
  if (!isNameToken(tokens[at]) || (isReserved(word) && word !== "NATIONAL" && word !== "DOUBLE")) return undefined;
  const name = readName(text, tokens, at);
  if (!name) return undefined;
  const args: string[] = [];
  let next = name.next;
  const open = skipTrivia(tokens, next);
  if (isOperator(text, tokens[open], "(")) {
    for (next = open + 1; next < tokens.length && !isOperator(text, tokens[next], ")"); next++) {
      const token = tokens[next]!;
      if (token.kind === "number" || token.kind === "word") args.push(text.slice(token.start, token.end).toLowerCase());
    }
    next++;
  }
  return { type: dataType(name.parts, args), next };
}

export function dataType(parts: readonly string[], args: readonly string[]): DataType {
  const written = parts.at(-1)!.toLowerCase();
  const schema = parts.length > 1 ? parts.at(-2)! || undefined : undefined;
  const isSystem = systemTypes.has(written) && (schema === undefined || schema.toLowerCase() === "sys");
  const none = { maxLength: undefined, precision: undefined, scale: undefined };
  if (!isSystem) return { schema, name: parts.at(-1)!, isSystem, ...none };
  let name = SYNONYMS.get(written) ?? written;
  const bytes = BYTES_PER_CHARACTER.get(name);
  if (bytes !== undefined) {
    const maxLength = args[0] === "max" ? -1 : Number(args[0] ?? 1) * bytes;
    return { schema: undefined, name, isSystem, ...none, maxLength };
  }
  if (name === "decimal" || name === "numeric") {
    return {
      schema: undefined,
      name,
      isSystem,
      ...none,
      precision: Number(args[0] ?? 18),
      scale: Number(args[1] ?? 0),
    };
  }
  if (WITH_SCALE.has(name)) return { schema: undefined, name, isSystem, ...none, scale: Number(args[0] ?? 7) };
  // float(1..24) is real, float(25..53) is float(53).
  if (name === "float" && args[0] !== undefined && Number(args[0]) <= 24) name = "real";
  return { schema: undefined, name, isSystem, ...none };
}
