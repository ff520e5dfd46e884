/** Message bodies against the validation of their type. https://learn.microsoft.com/sql/t-sql/statements/create-message-type-transact-sql */
import type { MessageType } from "../storage/model-broker";
import { xmlText } from "../types/conversion/xml-bytes";

export function bodyFits(validation: MessageType["validation"], body: Uint8Array | null): boolean {
  if (validation === "N") return true;
  if (validation === "E") return body === null;
  return body !== null && isWellFormed(xmlText(body));
}

const NAME = "[A-Za-z_:\\u00C0-\\uFFFD][-.\\w:\\u00B7-\\uFFFD]*";
const VALUE = "(?:\"[^<\"]*\"|'[^<']*')";
const ATTRIBUTE = `\\s+(${NAME})\\s*=\\s*${VALUE}`;
const OPEN = new RegExp(`<(${NAME})((?:\\s+${NAME}\\s*=\\s*${VALUE})*)\\s*(/?)>`, "y");
const CLOSE = new RegExp(`</(${NAME})\\s*>`, "y");
const MARKUP = /<!--(?:(?!--)[\s\S])*-->|<\?[A-Za-z_:][\s\S]*?\?>|<!\[CDATA\[[\s\S]*?\]\]>/y;
const REFERENCE = /&(?:#\d+|#x[0-9A-Fa-f]+|amp|lt|gt|quot|apos);/g;

/** Like the xml type, it takes content with several roots or none; document types are refused as there. */
export function isWellFormed(xml: string): boolean {
  const open: string[] = [];
  let position = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const found = pattern.exec(xml);
    if (found) position = pattern.lastIndex;
    return found;
  };
  while (position < xml.length) {
    const next = xml.indexOf("<", position);
    const text = xml.slice(position, next < 0 ? undefined : next);
    if (/&/.test(text.replace(REFERENCE, "")) || text.includes("]]>")) return false;
    if (next < 0) break;
    position = next;
    const declaration = position > 0 && /^<\?xml\s/i.test(xml.slice(position, position + 6));
    if (!declaration && match(MARKUP)) continue;
    const close = match(CLOSE);
    if (close) {
      if (open.pop() !== close[1]) return false;
      continue;
    }
    const start = match(OPEN);
    if (!start || !distinctAttributes(start[2]!)) return false;
    if (start[3] === "") open.push(start[1]!);
  }
  return open.length === 0;
}

function distinctAttributes(text: string): boolean {
  if (/&/.test(text.replace(REFERENCE, ""))) return false;
  const names = [...text.matchAll(new RegExp(ATTRIBUTE, "g"))].map((found) => found[1]!);
  return new Set(names).size === names.length;
}
