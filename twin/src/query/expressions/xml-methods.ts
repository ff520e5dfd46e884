/**
 * The value() method of xml, for the paths by which scripts turn FOR XML PATH('') back into text.
 * https://learn.microsoft.com/sql/t-sql/xml/value-method-xml-data-type
 */
import { parseExpression } from "../../language/parser";
import { notImplemented } from "../../session/sql-error";
import { sqlError } from "../../session/messages";
import { convert } from "../../types/convert";
import type { Compiled } from "../context";
import { at, type CallExpression, type Scope } from "../scope";
import { checkCount } from "./call";
import { compileExpression } from "./compile";

const wholeText = new Set([".", "(.)[1]", "text()[1]", "(text())[1]", "(./text())[1]", "./text()[1]"]);
const entities: Record<string, string | undefined> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi,
    (whole: string, hex?: string, decimal?: string, name?: string) => {
      if (hex) return String.fromCodePoint(parseInt(hex, 16));
      return decimal ? String.fromCodePoint(Number(decimal)) : (entities[name!] ?? whole);
    },
  );
}

/** The text of everything, or the first text below the root: the same where there are no elements. */
function textOf(xml: string, path: string): string | null {
  const hasElements = xml.includes("<");
  if (!hasElements) return path.includes("text()") && xml === "" ? null : unescape(xml);
  if (path.includes("text()")) throw notImplemented(`xml method value('${path}') of a value with elements`);
  return unescape(xml.replace(/<[^>]*>/g, ""));
}

export const xmlMethods: Record<string, ((call: CallExpression, scope: Scope) => Compiled) | undefined> = {
  ".VALUE": (call, scope) => {
    checkCount(call, 3, 3);
    const [operand, path, typeText] = call.arguments as [
      CallExpression,
      CallExpression["arguments"][number],
      CallExpression["arguments"][number],
    ];
    const xml = compileExpression(operand, scope);
    if (xml.type.name !== "xml") throw at(sqlError(258, [xml.type.name]), call.line);
    if (path.kind !== "string" || typeText.kind !== "string")
      throw at(notImplemented("xml method value() with arguments that are no literals"), call.line);
    if (!wholeText.has(path.value)) throw at(notImplemented(`xml method value('${path.value}')`), call.line);
    const cast = parseExpression(`CAST(NULL AS ${typeText.value})`);
    const type = compileExpression(cast, scope).type;
    return {
      type,
      nullable: true,
      collation: "default",
      evaluate: (context) => {
        const value = xml.evaluate(context);
        const text = value === null ? null : textOf(value as string, path.value);
        return text === null ? null : convert(text, { name: "nvarchar", length: -1 }, type, { explicit: true });
      },
    };
  },
};
