/** Boundary values: one normal form for what a person writes and what the catalog says, and the T-SQL literal of each. */
import { quoteText } from "../../engine/quoting";
import type { DataType } from "../table/data-type";

type Sort = "whole" | "decimal" | "time" | "text" | "binary" | "guid";

/** https://learn.microsoft.com/sql/t-sql/statements/create-partition-function-transact-sql */
const sorts: Readonly<Record<string, Sort>> = {
  tinyint: "whole",
  smallint: "whole",
  int: "whole",
  bigint: "whole",
  decimal: "decimal",
  numeric: "decimal",
  money: "decimal",
  smallmoney: "decimal",
  date: "time",
  datetime: "time",
  smalldatetime: "time",
  datetime2: "time",
  datetimeoffset: "time",
  char: "text",
  varchar: "text",
  nchar: "text",
  nvarchar: "text",
  binary: "binary",
  varbinary: "binary",
  uniqueidentifier: "guid",
};

export const partitionTypes = Object.keys(sorts);

export function sortOf(type: DataType): Sort | undefined {
  return type.schema === undefined && type.length !== -1 ? sorts[type.name] : undefined;
}

const patterns: Readonly<Record<Sort, { readonly form: RegExp; readonly words: string }>> = {
  whole: { form: /^-?\d+$/, words: "a whole number" },
  decimal: { form: /^-?\d+(\.\d+)?$/, words: "a decimal number" },
  time: {
    form: /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,7})?)?(Z|[+-]\d{2}:\d{2})?)?$/,
    words: 'a date and time as "2025-01-31" or "2025-01-31T08:00:00"',
  },
  text: { form: /^[^]*$/, words: "a text" },
  binary: { form: /^0x([0-9A-Fa-f]{2})*$/, words: "bytes as 0x00FF" },
  guid: { form: /^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/, words: "a GUID" },
};

/** undefined = fine. */
export function whyNotBoundary(text: string, type: DataType): string | undefined {
  const sort = sortOf(type);
  if (sort === undefined || patterns[sort].form.test(text)) return undefined;
  return `"${text}" is no value of ${type.name}; give ${patterns[sort].words}`;
}

/** Equal values have equal texts. */
export function canonicalBoundary(text: string, type: DataType): string {
  switch (sortOf(type)) {
    case "whole":
      return BigInt(text).toString();
    case "decimal": {
      const [, sign, digits, fraction] = /^(-?)0*(\d+)(?:\.(\d*?)0*)?$/.exec(text) ?? ["", "", text];
      const rest = fraction ? `.${fraction}` : "";
      return digits === "0" && rest === "" ? "0" : `${sign ?? ""}${digits ?? ""}${rest}`;
    }
    case "time":
      return canonicalTime(text, type);
    case "binary":
      return `0x${text.slice(2).toUpperCase()}`;
    case "guid":
      return text.toUpperCase();
    default:
      return text;
  }
}

function canonicalTime(text: string, type: DataType): string {
  const [, day, minutes, seconds, fraction, zone] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d*?)0*)?)?(Z|[+-]\d{2}:\d{2})?)?$/.exec(text) ?? [];
  if (day === undefined || type.name === "date") return day ?? text;
  const offset = type.name === "datetimeoffset" ? (zone === undefined || zone === "+00:00" ? "Z" : zone) : "";
  // With the T the text means the same in every language and date format of a session.
  return `${day}T${minutes ?? "00:00"}:${seconds ?? "00"}${fraction ? `.${fraction}` : ""}${offset}`;
}

export function boundaryLiteral(canonical: string, type: DataType): string {
  const sort = sortOf(type);
  return sort === "whole" || sort === "decimal" || sort === "binary" ? canonical : quoteText(canonical);
}

/** Where the order is certain without the server's collation; undefined where it is not. */
export function compareBoundaries(left: string, right: string, type: DataType): number | undefined {
  switch (sortOf(type)) {
    case "whole": {
      const difference = BigInt(left) - BigInt(right);
      return difference < 0n ? -1 : difference > 0n ? 1 : 0;
    }
    case "decimal":
      return Number(left) - Number(right);
    case "time":
      return type.name === "datetimeoffset" ? undefined : left < right ? -1 : left > right ? 1 : 0;
    default:
      return undefined;
  }
}
