/**
 * What ALTER COLUMN from one system type to another means: whether the engine does it, what it costs, what it may lose.
 * https://learn.microsoft.com/sql/t-sql/statements/alter-table-transact-sql
 */
import { decimalBytes, isNational, typeText, type DataType } from "./data-type";

export interface Conversion {
  /** Why the engine refuses; undefined = it does it. */
  readonly refused?: string;
  readonly cost: "metadata" | "scan" | "rewrite";
  /** Values may not fit, or come out different: rows must be counted first. */
  readonly lossy: boolean;
  /** Same variable-length type made longer: indexes, UNIQUE and CHECK may stay. */
  readonly widens: boolean;
  /** Same type with another length or precision: a DEFAULT may stay. */
  readonly sameName: boolean;
}

const integerDigits: Readonly<Record<string, number>> = { bit: 1, tinyint: 3, smallint: 5, int: 10, bigint: 19 };
const dates = ["date", "smalldatetime", "datetime", "datetime2", "datetimeoffset", "time"];
const strings = ["char", "varchar", "nchar", "nvarchar", "sysname"];
const binaries = ["binary", "varbinary"];

type Family = "integer" | "decimal" | "money" | "float" | "string" | "binary" | "date" | "other";
function family(type: DataType): Family {
  if (type.name in integerDigits) return "integer";
  if (type.name === "decimal" || type.name === "numeric") return "decimal";
  if (type.name === "money" || type.name === "smallmoney") return "money";
  if (type.name === "real" || type.name === "float") return "float";
  if (strings.includes(type.name)) return "string";
  if (binaries.includes(type.name)) return "binary";
  return dates.includes(type.name) ? "date" : "other";
}
const isNumber = (kind: Family): boolean =>
  kind === "integer" || kind === "decimal" || kind === "money" || kind === "float";

const lengthOf = (type: DataType): number =>
  type.name === "sysname" ? 128 : type.length === -1 ? Number.MAX_SAFE_INTEGER : (type.length ?? 0);

export function convert(from: DataType, to: DataType): Conversion {
  const sameName = from.name === to.name;
  const base = { cost: "rewrite", lossy: true, widens: false, sameName } as const;
  const refuse = (refused: string): Conversion => ({ ...base, refused });
  if (from.name === "rowversion" || to.name === "rowversion")
    return refuse("a rowversion column cannot be made from, or become, another type");
  if (from.name === "vector" || to.name === "vector")
    return refuse("the engine cannot change a vector column: neither its dimensions nor to or from another type");
  const [source, target] = [family(from), family(to)];

  if (["text", "ntext", "image"].includes(from.name)) {
    const targets = from.name === "image" ? ["varbinary"] : ["varchar", "nvarchar"];
    if (to.name === "xml" && from.name !== "image") return base;
    if (!targets.includes(to.name) || to.length !== -1)
      return refuse(`${from.name} becomes only ${targets.map((name) => `${name}(max)`).join(" or ")}`);
    return { ...base, cost: "metadata", lossy: from.name === "ntext" && to.name === "varchar" };
  }
  if (to.name === "json") return source === "string" ? base : refuse("only a character column can become json");
  if (source === "string" && target === "string") return betweenStrings(from, to, base);
  if (source === "binary" && target === "binary") return betweenLengths(from, to, base);
  if (isNumber(source) && isNumber(target)) return betweenNumbers(from, to, base);
  if (source === "date" && target === "date") return betweenDates(from, to, base);
  if (
    source === "string" &&
    (isNumber(target) || target === "date" || to.name === "uniqueidentifier" || to.name === "xml")
  )
    return base;
  if (
    target === "string" &&
    (source === "integer" ||
      source === "decimal" ||
      source === "float" ||
      source === "date" ||
      from.name === "uniqueidentifier")
  )
    return base;
  return refuse(`the engine does not convert ${typeText(from)} to ${typeText(to)} by itself`);
}

function betweenLengths(from: DataType, to: DataType, base: Conversion): Conversion {
  const longer = lengthOf(to) >= lengthOf(from);
  const variable = to.name.includes("var");
  if (base.sameName && variable)
    return { ...base, cost: longer ? "metadata" : "scan", lossy: !longer, widens: longer && to.length !== -1 };
  return { ...base, lossy: !longer };
}

function betweenStrings(from: DataType, to: DataType, base: Conversion): Conversion {
  const byLength = betweenLengths(from, to, base);
  return isNational(from.name) && !isNational(to.name) ? { ...byLength, cost: "rewrite", lossy: true } : byLength;
}

function betweenNumbers(from: DataType, to: DataType, base: Conversion): Conversion {
  const whole = (type: DataType): number =>
    integerDigits[type.name] ??
    (type.precision !== undefined ? type.precision - (type.scale ?? 0) : type.name === "money" ? 15 : 6);
  const fraction = (type: DataType): number =>
    type.name in integerDigits ? 0 : type.precision !== undefined ? (type.scale ?? 0) : 4;
  const [source, target] = [family(from), family(to)];
  if (target === "float") {
    if (source === "float") return { ...base, lossy: from.name === "float" && to.name === "real" };
    return { ...base, lossy: whole(from) + fraction(from) > (to.name === "real" ? 7 : 15) };
  }
  if (source === "float") return base;
  const fits =
    whole(to) >= whole(from) && fraction(to) >= fraction(from) && !(to.name === "bit" && from.name !== "bit");
  const inPlace =
    base.sameName && from.precision !== undefined && to.precision !== undefined && from.scale === to.scale &&
    to.precision >= from.precision && decimalBytes(from.precision) === decimalBytes(to.precision); // prettier-ignore
  return { ...base, cost: inPlace ? "metadata" : "rewrite", lossy: !fits };
}

function betweenDates(from: DataType, to: DataType, base: Conversion): Conversion {
  if ((from.name === "date" && to.name === "time") || (from.name === "time" && to.name === "date"))
    return { ...base, refused: `the engine does not convert ${from.name} to ${to.name}` };
  const sameKind = base.sameName && (to.scale ?? 0) >= (from.scale ?? 0);
  const upwards =
    (from.name === "date" && (to.name === "datetime2" || to.name === "datetimeoffset")) ||
    (from.name === "smalldatetime" && ["datetime", "datetime2", "datetimeoffset"].includes(to.name)) ||
    (from.name === "datetime2" && to.name === "datetimeoffset" && (to.scale ?? 0) >= (from.scale ?? 0));
  return { ...base, lossy: !sameKind && !upwards };
}
