/**
 * Text as a value of type xml: well-formed content with several roots or none, in the form in which the server keeps it - no declaration,
 * no CDATA, no white space that nothing but markup stands beside, empty elements in their short form.
 * https://learn.microsoft.com/sql/relational-databases/xml/create-instances-of-xml-data, /sql/t-sql/xml/xml-transact-sql
 */
import { sqlError } from "../../session/messages";
import "../../session/messages/xml";
import { notImplemented, type SqlError } from "../../session/sql-error";

/** What the text was: an encoding that its declaration names must fit it. */
type XmlSource = "unicode" | "code page" | "bytes";

/** CONVERT's style: 1 keeps white space. 2 and 3 read document types, which the twin does not. */
interface XmlOptions {
  readonly source: XmlSource;
  readonly style?: number;
}

/** Names of XML 1.0 in its older editions: nothing beyond the basic plane. */
const nameStart = /[\p{L}\p{Nl}_]/u;
const name = /[-.\u00B7_\p{L}\p{Nl}\p{M}\p{Nd}]/u;

const illegal = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;
const entities: Record<string, string | undefined> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
const space = /[ \t\r\n]/;
/** Encodings of bytes and code pages that the server reads. */
const encodings = /^(utf-8|us-ascii|iso-8859-\d+|windows-\d+|utf-16|ucs-2|shift_jis|gb2312|big5|ks_c_5601-1987)$/i;
const wide = /^(utf-16|ucs-2)$/i;

interface Element {
  readonly name: string;
  readonly prefixes: ReadonlySet<string>;
  readonly preserve: boolean;
  empty: boolean;
}

export function parseXml(text: string, options: XmlOptions): string {
  return new XmlReader(text, options).read();
}

export function isWellFormedXml(text: string, source: XmlSource): boolean {
  try {
    parseXml(text, { source });
    return true;
  } catch (error) {
    if ((error as SqlError).number === 49999) throw error;
    return false;
  }
}

class XmlReader {
  private at = 0;
  private out = "";
  private readonly open: Element[] = [];
  /** Text since the last markup, unescaped, and whether something other than plain text was among it. */
  private text = "";
  private kept = false;

  constructor(
    private readonly input: string,
    private readonly options: XmlOptions,
  ) {}

  read(): string {
    const bad = illegal.exec(this.input);
    this.declaration();
    while (this.at < this.input.length) {
      if (bad && this.at > bad.index) throw this.error(9420, bad.index + 1);
      if (this.input[this.at] === "<") this.markup();
      else if (this.input[this.at] === "&") {
        this.text += this.reference();
        this.kept = true;
      } else this.characters();
    }
    if (bad) throw this.error(9420, bad.index + 1);
    this.flush();
    if (this.open.length) throw this.error(9400);
    return this.out;
  }

  private error(number: number, at = this.at): SqlError {
    const before = this.input.slice(0, Math.min(at, this.input.length));
    return sqlError(number, [before.split("\n").length, before.length - before.lastIndexOf("\n") - 1]);
  }

  private declaration(): void {
    if (!/^<\?xml[ \t\r\n]/.test(this.input)) return;
    const value = (pattern: string): string => `\\s*=\\s*(?:"(${pattern})"|'(${pattern})')`;
    const found = new RegExp(
      `^<\\?xml\\s+version${value("1\\.0")}(?:\\s+encoding${value("[A-Za-z][\\w.-]*")})?(?:\\s+standalone${value("yes|no")})?\\s*\\?>`,
    ).exec(this.input);
    if (!found) {
      if (!this.input.includes("?>")) throw this.error(9400, this.input.length);
      throw this.error(9441, this.input.indexOf("?>"));
    }
    this.at = found[0].length;
    const encoding = found[3] ?? found[4];
    if (encoding === undefined) return;
    if (!encodings.test(encoding)) throw this.error(9401);
    const { source } = this.options;
    if (source !== "bytes" && wide.test(encoding) !== (source === "unicode")) throw this.error(9402);
  }

  private characters(): void {
    let end = this.at;
    while (end < this.input.length && this.input[end] !== "<" && this.input[end] !== "&") end++;
    const run = this.input.slice(this.at, end);
    const close = run.indexOf("]]>");
    if (close >= 0) throw this.error(9454, this.at + close + 3);
    this.text += run.replace(/\r\n?/g, "\n");
    this.at = end;
  }

  /** & and what follows, as the character that it stands for. */
  private reference(): string {
    const rest = this.input.slice(this.at);
    const found = /^&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|([A-Za-z_][\w.-]*));/.exec(rest);
    if (!found) {
      if (/^&#x(?![0-9A-Fa-f])/.test(rest)) throw this.error(9416, this.at + 4);
      if (/^&#(?!x|\d)/.test(rest)) throw this.error(9417, this.at + 3);
      const word = /^&(?:#x?[0-9A-Fa-f]+|[A-Za-z_][\w.-]*)/.exec(rest);
      throw word ? this.error(9411, this.at + word[0].length + 1) : this.error(9421, this.at + 2);
    }
    const start = this.at;
    this.at += found[0].length;
    if (found[3] !== undefined) {
      const value = entities[found[3]];
      if (value === undefined) throw this.error(9448);
      return value;
    }
    const code = found[1] !== undefined ? parseInt(found[1], 16) : Number(found[2]);
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw this.error(9420, start);
    const value = String.fromCodePoint(code);
    if (illegal.test(value)) throw this.error(9420);
    return value;
  }

  private markup(): void {
    const rest = this.input.slice(this.at, this.at + 9);
    if (rest.startsWith("<!--")) this.between("<!--", "-->", 9424);
    else if (rest.startsWith("<![CDATA[")) this.characterData();
    else if (rest.startsWith("<!DOCTYPE")) this.documentType();
    else if (rest.startsWith("<!")) throw this.error(rest.startsWith("<![") ? 9423 : 9422, this.at + 3);
    else if (rest.startsWith("<?")) this.instruction();
    else if (rest.startsWith("</")) this.endTag();
    else this.startTag();
  }

  private flush(beforeEnd = false): void {
    const own = this.open.at(-1);
    const preserve = own?.preserve === true || this.options.style === 1 || this.options.style === 3;
    const text = this.kept || preserve || /[^ \t\n]/.test(this.text) ? this.text : "";
    this.text = "";
    this.kept = false;
    if (own?.empty && (text !== "" || !beforeEnd)) {
      this.out += ">";
      own.empty = false;
    }
    this.out += escapeText(text);
  }

  private between(start: string, end: string, wrong: number): void {
    const from = this.at + start.length;
    const to = this.input.indexOf(end, from);
    const body = to < 0 ? this.input.slice(from) : this.input.slice(from, to);
    if (start === "<!--" && (body.includes("--") || body.endsWith("-")))
      throw this.error(wrong, from + (body.includes("--") ? body.indexOf("--") + 2 : body.length));
    if (to < 0) throw this.error(9400, this.input.length);
    this.flush();
    this.out += start + body + end;
    this.at = to + end.length;
  }

  private characterData(): void {
    const from = this.at + "<![CDATA[".length;
    const to = this.input.indexOf("]]>", from);
    if (to < 0) throw this.error(9400, this.input.length);
    this.text += this.input.slice(from, to).replace(/\r\n?/g, "\n");
    this.kept = true;
    this.at = to + 3;
  }

  private documentType(): never {
    if (this.options.style !== 2 && this.options.style !== 3) throw sqlError(6359);
    throw notImplemented("xml with a document type");
  }

  private instruction(): void {
    if (/^<\?xml[ \t\r\n?]/i.test(this.input.slice(this.at, this.at + 6))) throw this.error(9438, this.at + 5);
    if (!nameStart.test(this.input[this.at + 2] ?? "<")) throw this.error(9451, this.at + 3);
    this.between("<?", "?>", 9451);
  }

  private qualifiedName(): string {
    const start = this.at;
    if (this.at >= this.input.length) throw this.error(9400);
    let colons = 0;
    for (; this.at < this.input.length; this.at++) {
      const char = this.input[this.at]!;
      const first = this.at === start || this.input[this.at - 1] === ":";
      if (char === ":" && !first) {
        if (++colons > 1) throw this.error(9456, this.at + 1);
      } else if (!(first ? nameStart : name).test(char)) {
        if (first) throw this.error(9455, this.at + 1);
        break;
      }
    }
    return this.input.slice(start, this.at);
  }

  private blanks(): boolean {
    const start = this.at;
    while (space.test(this.input[this.at] ?? "x")) this.at++;
    return this.at > start;
  }

  private endTag(): void {
    this.at += 2;
    const written = this.qualifiedName();
    this.blanks();
    if (this.at >= this.input.length) throw this.error(9400);
    if (this.input[this.at] !== ">") throw this.error(9412, this.at + 1);
    this.at++;
    const own = this.open.at(-1);
    if (own?.name !== written) throw this.error(9436, this.at - 1);
    this.flush(true);
    this.out += own.empty ? "/>" : `</${written}>`;
    this.open.pop();
  }

  private startTag(): void {
    this.flush();
    this.at++;
    const written = this.qualifiedName();
    const attributes = this.attributes();
    const outer = this.open.at(-1);
    const prefixes = new Set(outer?.prefixes ?? ["xml"]);
    for (const [attribute, value] of attributes) {
      if (!attribute.startsWith("xmlns:")) continue;
      if (value === "") throw this.error(9460);
      prefixes.add(attribute.slice("xmlns:".length));
    }
    for (const one of [written, ...attributes.map(([attribute]) => attribute)]) {
      const [prefix, local] = one.split(":");
      if (local !== undefined && prefix !== "xmlns" && !prefixes.has(prefix!)) throw this.error(9459);
    }
    const closed = this.input[this.at] === "/";
    if (closed) this.at++;
    if (this.at >= this.input.length) throw this.error(9400);
    if (this.input[this.at] !== ">") throw this.error(9412, this.at + 1);
    this.at++;
    const shown = attributes.map(([attribute, value]) => ` ${attribute}="${escapeAttribute(value)}"`).join("");
    this.out += `<${written}${shown}`;
    if (closed) {
      this.out += "/>";
      return;
    }
    const spacing = attributes.find(([attribute]) => attribute === "xml:space")?.[1];
    const preserve = spacing === undefined ? outer?.preserve === true : spacing === "preserve";
    this.open.push({ name: written, prefixes, preserve, empty: true });
  }

  private attributes(): [name: string, value: string][] {
    const found: [string, string][] = [];
    for (;;) {
      const apart = this.blanks();
      const next = this.input[this.at];
      if (next === undefined) throw this.error(9400);
      if (next === ">" || next === "/") return found;
      if (!apart) throw this.error(found.length ? 9410 : 9455, this.at + 1);
      const attribute = this.qualifiedName();
      this.blanks();
      if (this.at >= this.input.length) throw this.error(9400);
      if (this.input[this.at] !== "=") throw this.error(9414, this.at + 1);
      this.at++;
      this.blanks();
      const value = this.attributeValue();
      if (found.some(([other]) => other === attribute)) throw this.error(9437);
      found.push([attribute, value]);
    }
  }

  private attributeValue(): string {
    const quote = this.input[this.at];
    if (quote === undefined) throw this.error(9400);
    if (quote !== '"' && quote !== "'") throw this.error(9413, this.at + 1);
    this.at++;
    let value = "";
    for (;;) {
      const char = this.input[this.at];
      if (char === undefined) throw this.error(9400);
      if (char === quote) break;
      if (char === "<") throw this.error(9415, this.at + 1);
      if (char === "&") value += this.reference();
      else {
        value += space.test(char) ? " " : char;
        this.at++;
      }
    }
    this.at++;
    return value;
  }
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\r", "&#x0D;");
}

function escapeAttribute(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\r", "&#x0D;")
    .replaceAll("\n", "&#x0A;")
    .replaceAll("\t", "&#x09;");
}
