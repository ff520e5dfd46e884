import assert from "node:assert/strict";
import "../../twin/src/functions";
import { findFunction, type FunctionContext } from "../../twin/src/functions/registry";
import { SqlError } from "../../twin/src/session/sql-error";
import { binaryOperation, binaryResultType, negate } from "../../twin/src/types/arithmetic";
import { collation } from "../../twin/src/types/collation";
import { compareValues } from "../../twin/src/types/compare";
import { convert, convertForStorage } from "../../twin/src/types/convert";
import { decimalToString } from "../../twin/src/types/decimal";
import { typeDisplay } from "../../twin/src/types/format-type";
import { literal } from "../../twin/src/types/literal";
import { like } from "../../twin/src/types/like";
import { commonType } from "../../twin/src/types/precedence";
import type { SqlType } from "../../twin/src/types/sql-type";
import { Decimal, type SqlValue } from "../../twin/src/types/value";

/** "decimal(18,2)" as a type. */
function type(text: string): SqlType {
  const [, name, args] = /^(\w+)(?:\((.*)\))?$/.exec(text)! as unknown as [string, SqlType["name"], string | undefined];
  const numbers = (args ?? "")
    .split(",")
    .filter(Boolean)
    .map((a) => (a === "max" ? -1 : Number(a)));
  if (name === "decimal" || name === "numeric") return { name, precision: numbers[0] ?? 18, scale: numbers[1] ?? 0 };
  if (name === "datetime2" || name === "time" || name === "datetimeoffset") return { name, scale: numbers[0] ?? 7 };
  return numbers.length ? { name, length: numbers[0]! } : { name };
}

const show = (value: SqlValue): unknown =>
  value instanceof Decimal
    ? decimalToString(value)
    : value instanceof Uint8Array
      ? Buffer.from(value).toString("hex")
      : value;
const viaText = (value: string, to: string, style?: number): string =>
  convert(
    convert(value, type("varchar(100)"), type(to), style === undefined ? {} : { style }),
    type(to),
    type("varchar(100)"),
  ) as string;

describe("conversion", () => {
  const cases: [from: string, value: SqlValue, to: string, expected: unknown, style?: number][] = [
    ["varchar(10)", " 42 ", "int", 42],
    ["varchar(10)", "", "int", 0],
    ["varchar(10)", "true", "bit", 1],
    ["int", 7, "bit", 1],
    ["decimal(5,2)", new Decimal(199n, 2), "int", 1],
    ["money", new Decimal(19900n, 4), "int", 2],
    ["float", -1.9, "int", -1],
    ["varchar(10)", "1.255", "decimal(5,2)", "1.26"],
    ["int", 258, "varbinary(2)", "0102"],
    ["int", 258, "binary(8)", "0000000000000102"],
    ["varbinary(4)", Uint8Array.of(0, 0, 1, 2), "int", 258],
    ["varchar(10)", "0x1fA0", "varbinary(10)", "1fa0", 1],
    ["nvarchar(10)", "ab", "varbinary(10)", "61006200"],
    ["varchar(10)", "abcdef", "char(3)", "abc"],
    ["int", 12345, "varchar(3)", "*"],
    ["float", 1234567.8, "varchar(30)", "1.23457e+006"],
    ["float", 0.1, "varchar(30)", "0.1"],
    ["money", new Decimal(12345678n, 4), "varchar(30)", "1,234.57", 1],
    ["uniqueidentifier", "01020304-0506-0708-090A-0B0C0D0E0F10", "binary(16)", "0403020106050807090a0b0c0d0e0f10"],
  ];
  for (const [from, value, to, expected, style] of cases)
    it(`${from} ${String(show(value))} to ${to} is ${String(expected)}`, () =>
      assert.deepEqual(
        show(convert(value, type(from), type(to), { explicit: true, ...(style === undefined ? {} : { style }) })),
        expected,
      ));
  const dates: [text: string, to: string, back: string, style?: number][] = [
    ["2026-11-24T13:14:15.123", "datetime2(3)", "2026-11-24 13:14:15.123"],
    ["20261124", "date", "2026-11-24"],
    ["11/24/2026 1:02 pm", "datetime", "Nov 24 2026  1:02PM"],
    ["24/11/2026", "date", "2026-11-24", 103],
    ["13:14:15.9999999", "time(3)", "13:14:16.000"],
    ["2026-01-01T00:00:00.0009999", "datetime2(3)", "2026-01-01 00:00:00.001"],
    ["2026-06-01 10:00:00 +02:00", "datetimeoffset(0)", "2026-06-01 10:00:00 +02:00"],
    ["2026-06-01 10:00:30.500", "smalldatetime", "Jun  1 2026 10:01AM"],
  ];
  for (const [text, to, back, style] of dates)
    it(`reads ${text} as ${to}`, () => assert.equal(viaText(text, to, style), back));
  const errors: [from: string, value: SqlValue, to: string, number: number][] = [
    ["varchar(10)", "x1", "int", 245],
    ["varchar(10)", "x1", "bigint", 8114],
    ["varchar(20)", "3000000000", "int", 248],
    ["int", 300, "tinyint", 220],
    ["bigint", 3000000000n, "int", 8115],
    ["varchar(10)", "1.2.3", "decimal(5,2)", 8114],
    ["varchar(10)", "12345", "decimal(4,0)", 8115],
    ["varchar(10)", "hello", "date", 241],
    ["varchar(10)", "2026-02-30", "datetime", 242],
    ["date", null, "int", 529],
    ["varchar(40)", "not-a-guid", "uniqueidentifier", 8169],
    ["varchar(10)", "abc", "money", 235],
  ];
  for (const [from, value, to, number] of errors)
    it(`${from} ${String(value)} to ${to} fails with ${number}`, () =>
      assert.throws(
        () => convert(value, type(from), type(to), { explicit: true }),
        (e) => e instanceof SqlError && e.number === number,
      ));
  it("refuses an implicit conversion that exists only explicitly", () =>
    assert.throws(
      () => convert("ab", type("varchar(2)"), type("varbinary(2)")),
      (e) => (e as SqlError).number === 257,
    ));
  it("cuts nothing but blanks when storing", () => {
    const target = { table: "d.dbo.t", column: "c" };
    assert.equal(convertForStorage("abc  ", type("varchar(5)"), type("varchar(3)"), target), "abc");
    assert.throws(
      () => convertForStorage("abcd", type("varchar(5)"), type("varchar(3)"), target),
      (e) =>
        (e as SqlError).number === 2628 && /'d.dbo.t', column 'c'. Truncated value: 'abc'/.test((e as Error).message),
    );
  });
});

describe("arithmetic", () => {
  const constant = (text: string): [SqlValue, SqlType] => {
    const { type, value } = literal({
      kind: text.includes(".") ? "decimal" : "integer",
      text: text.replace("-", ""),
      line: 1,
    });
    return [text.startsWith("-") ? negate(value, type) : value, type];
  };
  const cases: [a: string, op: "+" | "-" | "*" | "/" | "%", b: string, value: unknown, resultType: string][] = [
    ["7", "/", "2", 3, "int"],
    ["-7", "%", "2", -1, "int"],
    ["1.0", "/", "3", "0.333333", "numeric(7,6)"],
    ["1.50", "*", "2.25", "3.3750", "numeric(7,4)"],
    ["10.5", "+", "0.25", "10.75", "numeric(5,2)"],
    ["1", "/", "3.0", "0.333333", "numeric(8,6)"],
  ];
  for (const [a, op, b, value, resultType] of cases)
    it(`${a} ${op} ${b} is ${String(value)} of type ${resultType}`, () => {
      const [x, xt] = constant(a);
      const [y, yt] = constant(b);
      const result = binaryResultType(op, xt, yt);
      assert.equal(typeDisplay(result), resultType);
      assert.equal(show(binaryOperation(op, x, xt, y, yt, result)), value);
    });
  const fails = (a: SqlValue, at: string, op: "+" | "/", b: SqlValue, bt: string): number => {
    try {
      binaryOperation(op, a, type(at), b, type(bt), binaryResultType(op, type(at), type(bt)));
    } catch (error) {
      return (error as SqlError).number;
    }
    return 0;
  };
  it("refuses overflow, division by zero and operands that do not go together", () => {
    assert.equal(fails(2147483647, "int", "+", 1, "int"), 8115);
    assert.equal(fails(1, "int", "/", 0, "int"), 8134);
    assert.equal(fails("a", "varchar(1)", "+", 1, "int"), 245);
    assert.equal(fails("a", "varchar(1)", "/", "b", "varchar(1)"), 402);
  });
  it("finds the common type", () => {
    const pairs: [string, string, string][] = [
      ["int", "bigint", "bigint"],
      ["varchar(10)", "nvarchar(5)", "nvarchar(10)"],
      ["decimal(10,2)", "decimal(5,4)", "decimal(12,4)"],
      ["int", "decimal(5,2)", "decimal(12,2)"],
      ["varchar(5)", "int", "int"],
      ["datetime", "varchar(10)", "datetime"],
    ];
    for (const [a, b, c] of pairs) assert.equal(typeDisplay(commonType(type(a), type(b))), c, `${a} ${b}`);
    assert.throws(
      () => commonType(type("date"), type("int")),
      (e) => (e as SqlError).number === 206,
    );
  });
});

describe("collation", () => {
  const ci = collation("SQL_Latin1_General_CP1_CI_AS");
  const cs = collation("Latin1_General_CS_AS");
  const bin = collation("Latin1_General_BIN2");
  it("compares by case and accent sensitivity, and ignores blanks at the end", () => {
    assert.ok(ci.equals("Abc ", "aBC") && !cs.equals("Abc", "abc") && cs.equals("a", "a  "));
    assert.ok(!ci.equals("é", "e") && collation("Latin1_General_CI_AI").equals("é", "E"));
    assert.equal(bin.compare("B", "a"), -1);
    assert.equal(ci.compare("B", "a"), 1);
  });
  it("refuses unknown names with 448", () =>
    assert.throws(
      () => collation("Klingon_CI_AS"),
      (e) => (e as SqlError).number === 448,
    ));
  it("matches LIKE patterns", () => {
    const yes: [string, string, string?][] = [
      ["Hello", "h%o"],
      ["a_b", "a!_b", "!"],
      ["x5y", "x[0-9]y"],
      ["x-y", "x[^a-c]y"],
      ["", "%"],
      ["50%", "50[%]"],
    ];
    for (const [value, pattern, escape] of yes) assert.ok(like(value, pattern, escape, ci), `${value} ${pattern}`);
    for (const [value, pattern] of [
      ["hello", "h_o"],
      ["axb", "a[^x]b"],
      ["abc", "ab"],
    ] as const)
      assert.ok(!like(value, pattern, undefined, ci), `${value} ${pattern}`);
  });
  it("orders uniqueidentifiers by their last group first", () =>
    assert.equal(
      compareValues(
        "FFFFFFFF-0000-0000-0000-000000000001",
        "00000000-0000-0000-0000-000000000002",
        type("uniqueidentifier"),
        ci,
      ),
      -1,
    ));
});

describe("built-in functions", () => {
  const context: FunctionContext = {
    now: () => assert.fail(),
    utcNow: () => assert.fail(),
    random: () => 0.5,
    newId: () => "X",
    session: undefined,
    defaultCollation: "SQL_Latin1_General_CP1_CI_AS",
    option: (n) => (n === "dateFirst" ? 7 : undefined),
  };
  const call = (name: string, ...args: [SqlValue, string][]): unknown => {
    const f = findFunction(name)!;
    const types = args.map(([, t]) => type(t));
    const result = f.resultType(
      args.map(([v], i) => ({ type: types[i]!, constant: v })),
      context,
    );
    return show(
      f.evaluate(
        args.map(([v]) => v),
        types,
        result,
        context,
      ),
    );
  };
  const text = (v: string): [SqlValue, string] => [v, "nvarchar(100)"];
  const int = (v: number): [SqlValue, string] => [v, "int"];
  const cases: [expected: unknown, name: string, ...args: [SqlValue, string][]][] = [
    [3, "LEN", text("abc  ")],
    [10, "DATALENGTH", text("abc  ")],
    ["bc", "SUBSTRING", text("abcd"), int(2), int(2)],
    ["ab", "SUBSTRING", text("abcd"), int(0), int(3)],
    ["cd", "RIGHT", text("abcd"), int(2)],
    ["xbxB", "REPLACE", text("AbaB"), text("a"), text("x")],
    [3, "CHARINDEX", text("C"), text("abc")],
    [2, "PATINDEX", text("%[0-9]%"), text("a1")],
    ["a]]b".length + 2, "LEN", text("[a]]b]")],
    ["[a]]b]", "QUOTENAME", text("a]b")],
    ["aXXd", "STUFF", text("abcd"), int(2), int(2), text("XX")],
    ["a,b", "CONCAT_WS", text(","), text("a"), text("b")],
    ["S530", "SOUNDEX", text("Smith")],
    ["900150983cd24fb0d6963f7d28e17f72", "HASHBYTES", ["MD5", "varchar(10)"], ["abc", "varchar(10)"]],
    [4, "ROUND", int(4), int(2)],
    ["1.300", "ROUND", [new Decimal(1255n, 3), "decimal(4,3)"], int(1)],
    [2, "CEILING", [1.2, "float"]],
    [-2, "FLOOR", [-1.2, "float"]],
    [30, "DATEDIFF", text("day"), text("2026-01-31"), text("2026-03-02")],
    [2, "DATEDIFF", text("month"), text("2026-01-31"), text("2026-03-02")],
    [48, "DATEPART", text("wk"), text("2026-11-24")],
    [3, "DATEPART", text("dw"), text("2026-11-24")],
    ["Tuesday", "DATENAME", text("weekday"), text("2026-11-24")],
    [1, "ISNUMERIC", text("$1.5")],
    [0, "ISNUMERIC", text("x")],
    ["2", "JSON_VALUE", text('{"a":[1,2]}'), text("$.a[1]")],
    [null, "JSON_VALUE", text('{"a":[1,2]}'), text("$.a")],
    ['{"a":5}', "JSON_MODIFY", text('{"a":1}'), text("$.a"), int(5)],
  ];
  for (const [expected, name, ...args] of cases)
    it(`${name}(${args.map(([v]) => String(show(v))).join(", ")}) is ${String(expected)}`, () =>
      assert.deepEqual(call(name, ...args), expected));
});
