/**
 * Text in the code pages of char and varchar. Node decodes every page that we know; the way back is the inverse of
 * that table. What a page cannot hold becomes "?", as on the server.
 */
import { TextDecoder } from "node:util";

const LABELS: Record<number, string> = {
  874: "windows-874",
  932: "shift_jis",
  1250: "windows-1250",
  1251: "windows-1251",
  1252: "windows-1252",
  1253: "windows-1253",
  1254: "windows-1254",
  1255: "windows-1255",
  1256: "windows-1256",
  1257: "windows-1257",
  1258: "windows-1258",
};

const decoders = new Map<number, TextDecoder>();
const encoders = new Map<number, Map<string, number>>();

export function decodeText(bytes: Uint8Array, codePage: number): string {
  if (codePage === 65001) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
  let decoder = decoders.get(codePage);
  if (!decoder) decoders.set(codePage, (decoder = new TextDecoder(label(codePage))));
  return decoder.decode(bytes);
}

export function encodeText(text: string, codePage: number): Uint8Array {
  if (codePage === 65001) return Buffer.from(text, "utf8");
  if (isAscii(text)) return Buffer.from(text, "latin1");
  const table = encoder(codePage);
  const out = Buffer.allocUnsafe(text.length * 2);
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const value = code < 0x80 ? code : (table.get(character) ?? 0x3f);
    if (value > 0xff) out[length++] = value >> 8;
    out[length++] = value & 0xff;
  }
  return out.subarray(0, length);
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

function label(codePage: number): string {
  const name = LABELS[codePage];
  if (!name) throw new Error(`code page ${codePage} is not known`);
  return name;
}

function encoder(codePage: number): Map<string, number> {
  let table = encoders.get(codePage);
  if (table) return table;
  encoders.set(codePage, (table = new Map()));
  const add = (character: string, value: number): void => {
    if (character !== "\ufffd" && !table.has(character)) table.set(character, value);
  };
  for (let i = 0x80; i < 0x100; i++) add(decodeText(Uint8Array.of(i), codePage), i);
  if (codePage === 932)
    for (let lead = 0x81; lead <= 0xfc; lead++)
      for (let trail = 0x40; trail <= 0xfc; trail++) {
        const character = decodeText(Uint8Array.of(lead, trail), codePage);
        if ([...character].length === 1) add(character, (lead << 8) | trail);
      }
  return table;
}
