/** Message bodies against the validation of their type. https://learn.microsoft.com/sql/t-sql/statements/create-message-type-transact-sql */
import type { MessageType } from "../storage/model-broker";
import { xmlText } from "../types/conversion/xml-bytes";
import { isWellFormedXml } from "../types/conversion/xml-syntax";

export function bodyFits(validation: MessageType["validation"], body: Uint8Array | null): boolean {
  if (validation === "N") return true;
  if (validation === "E") return body === null;
  return body !== null && isWellFormedXml(xmlText(body), "bytes");
}
