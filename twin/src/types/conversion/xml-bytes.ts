/** XML as bytes: UTF-16 with or without its mark, else UTF-8. https://learn.microsoft.com/sql/relational-databases/xml/create-instances-of-xml-data */

export function xmlText(body: Uint8Array): string {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (bytes.length >= 2 && bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString("utf16le");
  if (bytes.length >= 2 && bytes[1] === 0) return bytes.toString("utf16le");
  return bytes.toString("utf8").replace(/^\uFEFF/, "");
}
