/** Errors of the xml data type. Source: sql-docs, database engine events and errors 6000 to 6999, 9000 to 9999. */
import { defineMessages } from "../messages";

const parsing: Record<number, string> = {
  9400: "unexpected end of input",
  9401: "unrecognized encoding",
  9402: "unable to switch the encoding",
  9410: "whitespace expected",
  9411: "semicolon expected",
  9412: "'>' expected",
  9413: "A string literal was expected",
  9414: "equal expected",
  9415: "well formed check: no '<' in attribute value",
  9416: "hexadecimal digit expected",
  9417: "decimal digit expected",
  9420: "illegal xml character",
  9421: "illegal name character",
  9422: "incorrect document syntax",
  9423: "incorrect CDATA section syntax",
  9424: "incorrect comment syntax",
  9436: "end tag does not match start tag",
  9437: "duplicate attribute",
  9438: "text/xmldecl not at the beginning of input",
  9441: "incorrect xml declaration syntax",
  9448: "well formed check: undeclared entity",
  9451: "incorrect processing instruction syntax",
  9454: "no ']]>' in element content",
  9455: "illegal qualified name character",
  9456: "multiple colons in qualified name",
  9459: "undeclared prefix",
  9460: "non default namespace with empty uri",
};

defineMessages({
  6359: [
    16,
    "Parsing XML with internal subset DTDs not allowed. Use CONVERT with style option 2 to enable limited internal DTD support.",
  ],
  ...Object.fromEntries(
    Object.entries(parsing).map(([number, text]): [string, readonly [number, string]] => [
      number,
      [16, `XML parsing: line %1, character %2, ${text}`],
    ]),
  ),
});
