/** Facts about the xml and json types: what is well formed, and the form in which a value is kept. */
import { rows, type Fact, type Sheet } from "./fact";

function refused(text: string, number: number): Fact {
  return [`${text} is ${number}`, `DECLARE @x xml = N'${text.replaceAll("'", "''")}'`, [number]];
}
function kept(text: string, shown = text): Fact {
  return [
    `${text.replaceAll("\n", "\\n")} is kept as ${shown}`,
    `SELECT CAST(CAST(N'${text.replaceAll("'", "''")}' AS xml) AS nvarchar(max))`,
    rows([shown]),
  ];
}

export const xmlFacts: readonly Sheet[] = [
  {
    sheet: "sql-docs: create instances of XML data, errors 9400 to 9467",
    facts: [
      refused("<a>", 9400),
      refused("<a", 9400),
      refused("<!-- a", 9400),
      refused("<a></b>", 9436),
      refused("<a><b></a></b>", 9436),
      refused("<a>x & y</a>", 9421),
      refused("<a>&amp</a>", 9411),
      refused("<a>&nbsp;</a>", 9448),
      refused("<a>&#x;</a>", 9416),
      refused("<a>&#a;</a>", 9417),
      refused("<a>&#0;</a>", 9420),
      refused("<a b></a>", 9414),
      refused("<a b=c></a>", 9413),
      refused('<a b="1"c="2"/>', 9410),
      refused('<a b="<"/>', 9415),
      refused('<a b="1" b="2"/>', 9437),
      refused("<a/ >", 9412),
      refused("<1/>", 9455),
      refused("<a>]]></a>", 9454),
      refused("<!-- a -- b -->", 9424),
      refused(' <?xml version="1.0"?><a/>', 9438),
      refused('<?xml version="2.0"?><a/>', 9441),
      refused("<p:a/>", 9459),
      refused('<a xmlns:p=""/>', 9460),
      refused("<a:b:c/>", 9456),
      refused("<!DOCTYPE a []><a/>", 6359),
      refused('<?xml version="1.0" encoding="utf-8"?><a/>', 9402),
      ["a code page cannot be UTF-16", `DECLARE @x xml = '<?xml version="1.0" encoding="utf-16"?><a/>'`, [9402]],
      ["an unknown encoding is 9401", `DECLARE @x xml = '<?xml version="1.0" encoding="x-no"?><a/>'`, [9401]],
      ["bytes are read like text", "DECLARE @x xml = CAST(0x3C613E AS xml)", [9400]],
      kept("", ""),
      kept("plain text"),
      kept("<a/><b/>text"),
      kept("<a></a>", "<a/>"),
      kept("<a >x</a >", "<a>x</a>"),
      kept("<a>\n  <b/>\n</a>", "<a><b/></a>"),
      kept('<a xml:space="preserve"> <b/></a>'),
      kept("<a b='1\"2'/>", '<a b="1&quot;2"/>'),
      kept("<a><![CDATA[x < y]]></a>", "<a>x &lt; y</a>"),
      kept('<?xml version="1.0" encoding="utf-16"?><a/>', "<a/>"),
      kept("<a>&#65;&lt;</a>", "<a>A&lt;</a>"),
      kept('<p:a xmlns:p="urn:x" p:b="1"/>'),
      kept("<!-- c --><?pi d?>"),
      ["TRY_CAST answers NULL", "SELECT TRY_CAST('<a>' AS xml)", rows([null])],
      [
        "style 1 of CONVERT keeps white space",
        "SELECT CAST(CONVERT(xml, '<a> <b/> </a>', 1) AS varchar(50))",
        rows(["<a> <b/> </a>"]),
      ],
      ["a column takes no malformed text", ["CREATE TABLE dbo.x (v xml NULL)", "INSERT dbo.x VALUES ('<a>')"], [9400]],
      [
        "a column that becomes xml takes no malformed text",
        [
          "CREATE TABLE dbo.x (v nvarchar(max) NULL)",
          "INSERT dbo.x VALUES ('<a>')",
          "ALTER TABLE dbo.x ALTER COLUMN v xml NULL",
        ],
        [9400],
      ],
      [
        "a parameter takes no malformed text",
        ["CREATE PROCEDURE dbo.p @x xml AS SELECT 1", "EXEC dbo.p @x = '<a'"],
        [9400],
      ],
    ],
  },
];
