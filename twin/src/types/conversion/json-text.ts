/** Text as a value of type json. https://learn.microsoft.com/sql/t-sql/data-types/json-data-type */
import { sqlError } from "../../session/messages";
import type { SqlError } from "../../session/sql-error";

/** 13609, with the first character that can be meant. */
export function refuseJson(text: string): SqlError {
  const at = Math.max(0, text.search(/[^\s[\]{}]/));
  return sqlError(13609, [text[at] ?? "", at], 4);
}

/** The text itself, once it is known to be JSON. */
export function jsonText(text: string): string {
  try {
    JSON.parse(text);
  } catch {
    throw refuseJson(text);
  }
  return text;
}
