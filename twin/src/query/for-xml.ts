/** FOR XML PATH and RAW. https://learn.microsoft.com/sql/relational-databases/xml/for-xml-sql-server */
import type { ForClause, Query } from "../language/ast";
import { convert } from "../types/convert";
import type { SqlType } from "../types/sql-type";
import type { SqlValue } from "../types/value";
import { sqlError } from "../session/messages";
import { notImplemented } from "../session/sql-error";
import type { Row } from "../session/runtime";
import type { RelationColumn } from "./context";
import { at } from "./scope";

export function forXml(
  clause: ForClause,
  columns: readonly RelationColumn[],
  query: Query,
): (rows: readonly Row[]) => string | undefined {
  const mode = clause.mode?.toUpperCase();
  const words = clause.words.map((word) => word.toUpperCase());
  for (const word of words)
    if (!["TYPE", "ELEMENTS", "XSINIL", "ABSENT"].includes(word))
      throw at(notImplemented(`FOR XML ... ${word}`), query.line);
  if (mode !== "PATH" && mode !== "RAW") throw at(notImplemented(`FOR XML ${mode ?? ""}`), query.line);
  if (words.includes("XSINIL")) throw at(notImplemented("FOR XML ... ELEMENTS XSINIL"), query.line);
  if (mode === "RAW" && columns.some((column) => column.name === "")) throw at(sqlError(6809), query.line);
  const element = clause.elementName ?? "row";
  const root = clause.root === true ? "root" : clause.root;
  const printRow =
    mode === "RAW" && !words.includes("ELEMENTS") ? rawRow(columns, element) : pathRow(columns, element, query);
  return (rows) => {
    if (!rows.length) return undefined;
    const body = rows.map(printRow).join("");
    return root === undefined ? body : `<${root}>${body}</${root}>`;
  };
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\r", "&#x0D;");
}

function escapeAttribute(text: string): string {
  return escapeText(text).replaceAll('"', "&quot;").replaceAll("\n", "&#x0A;").replaceAll("\t", "&#x09;");
}

/** Characters that a name may not hold are written as _xHHHH_. */
function xmlName(name: string): string {
  return name.replace(
    /[^\w.\-\u00b7-\uffff]|^[\d.-]/g,
    (c) => `_x${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}_`,
  );
}

function valueText(value: SqlValue, type: SqlType): string {
  if (typeof value === "string") return value;
  if (type.name === "bit") return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  const style =
    type.name.startsWith("date") || type.name === "time" || type.name === "smalldatetime" ? { style: 126 } : {};
  return convert(value, type, { name: "varchar", length: 100 }, { explicit: true, ...style }) as string;
}

function rawRow(columns: readonly RelationColumn[], element: string): (row: Row) => string {
  return (row) => {
    const attributes = columns.flatMap(({ name, type }, index) =>
      row[index] === null ? [] : [` ${xmlName(name)}="${escapeAttribute(valueText(row[index]!, type))}"`],
    );
    return `<${xmlName(element)}${attributes.join("")}/>`;
  };
}

interface Element {
  readonly name: string;
  attributes: string;
  readonly content: (string | Element)[];
}

/** Column names are paths: @a an attribute, a/b nested elements, no name or text() plain content. */
function pathRow(columns: readonly RelationColumn[], element: string, query: Query): (row: Row) => string {
  const paths = columns.map((column) => column.name.split("/"));
  return (row) => {
    const top: Element = { name: element, attributes: "", content: [] };
    columns.forEach(({ type }, index) => {
      const value = row[index]!;
      if (value === null) return;
      const path = paths[index]!;
      let place = top;
      for (const step of path.slice(0, -1)) {
        const last = place.content.at(-1);
        if (typeof last === "object" && last.name === step) place = last;
        else {
          const next: Element = { name: step, attributes: "", content: [] };
          place.content.push(next);
          place = next;
        }
      }
      const leaf = path.at(-1)!;
      const text = valueText(value, type);
      const content = type.name === "xml" ? text : escapeText(text);
      if (leaf.startsWith("@")) {
        if (place.content.length) throw at(sqlError(6852, [path.join("/")]), query.line);
        place.attributes += ` ${xmlName(leaf.slice(1))}="${escapeAttribute(text)}"`;
      } else if (leaf === "" || leaf === "*" || leaf === "text()" || leaf === "node()" || leaf === "data()") {
        if (leaf === "data()" && typeof place.content.at(-1) === "string") place.content.push(" ");
        place.content.push(content);
      } else place.content.push({ name: leaf, attributes: "", content: [content] });
    });
    return element === "" ? top.content.map(printNode).join("") : printNode(top);
  };
}

function printNode(node: string | Element): string {
  if (typeof node === "string") return node;
  const name = xmlName(node.name);
  return node.content.length
    ? `<${name}${node.attributes}>${node.content.map(printNode).join("")}</${name}>`
    : `<${name}${node.attributes}/>`;
}
