import assert from "node:assert/strict";
import { canonicalExpression } from "../../../provider/src/tsql/expression";

/** What a user writes, and how the server prints it back. */
const printed: [written: string, stored: string][] = [
  ["0", "((0))"],
  ["-1", "((-1))"],
  ["1.5E0", "((1.5000000000000000e+000))"],
  ["9000000000", "((9000000000.))"],
  ["GETDATE()", "(getdate())"],
  ["CURRENT_TIMESTAMP", "(getdate())"],
  ["CAST(1 AS bit)", "(CONVERT([bit],(1)))"],
  ["CAST(x AS decimal(18, 2))", "CONVERT([decimal](18,2),[x])"],
  ["CONVERT(nvarchar(30), x, 126)", "CONVERT([nvarchar](30),[x],(126))"],
  ["TRY_CAST(x AS tinyint)", "TRY_CAST([x] AS [tinyint])"],
  ["NEXT VALUE FOR dbo.s", "(NEXT VALUE FOR [dbo].[s])"],
  ["dbo.fn(1)", "([dbo].[fn]((1)))"],
  ["a + b", "([a]+[b])"],
  ["a > 0 AND b != 1", "([a]>(0) AND [b]<>(1))"],
  ["c IN ('a','b','c')", "([c]='c' OR [c]='b' OR [c]='a')"],
  ["c NOT IN ('a','b')", "(NOT ([c]='b' OR [c]='a'))"],
  ["c BETWEEN 1 AND 9", "([c]>=(1) AND [c]<=(9))"],
  ["NOT (c = 0)", "(NOT [c]=(0))"],
  ["c LIKE 'x%'", "([c] like 'x%')"],
  ["YEAR(d)", "(datepart(year,[d]))"],
  ["IIF(a > 1, 1, 0)", "(case when [a]>(1) then (1) else (0) end)"],
  ["DATEADD(dd, 1, d)", "(dateadd(day,(1),[d]))"],
  ["c IN (1,2)", "([c] IN ((1), (2)))"],
  ["amount > 10.50", "([amount]>(10.50))"],
  ["price * (1 - discount/100.0)", "([price]*((1)-[discount]/(100.0)))"],
];

const different: [string, string][] = [
  ["'x'", "N'x'"],
  ["0", "0.0"],
  ["a - (b - c)", "a - b - c"],
  ["a AND b = 1", "a OR b = 1"],
  ["[a b]", "[a  b]"],
  ["'It''s'", "'It''S'"],
];

describe("canonicalExpression", () => {
  for (const [written, stored] of printed)
    it(`reads ${written} as the server's ${stored}`, () =>
      assert.equal(canonicalExpression(written), canonicalExpression(stored)));
  for (const [one, other] of different)
    it(`keeps ${one} apart from ${other}`, () => assert.notEqual(canonicalExpression(one), canonicalExpression(other)));
  it("keeps names apart when the collation is case-sensitive", () =>
    assert.notEqual(
      canonicalExpression("A > 1", (n) => n),
      canonicalExpression("a > 1", (n) => n),
    ));
});
