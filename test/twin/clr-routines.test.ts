/** Routines, aggregates and types that are bound to assemblies, on the twin. Facts: reference sheet "CLR assemblies" 9, 10 and 11. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { StandInTrigger } from "../../twin/src";
import { shared } from "../shared";
import {
  attributeText,
  type ClrDesk,
  FUNCTION,
  literal,
  openClrDesk,
  reattributed,
  renamed,
  VECTORS,
} from "./clr-desk";
import { PASSWORD } from "./collector";

const CREATE = `CREATE ASSEMBLY [Hartonomous.Clr] FROM ${literal(VECTORS)}`;
const CLASS = "[Hartonomous.Clr].[Hartonomous.Clr";
const NORM = FUNCTION("Norm", "Norm");
const SPLIT = (columns: string, more = ""): string =>
  `CREATE FUNCTION dbo.Split (@t nvarchar(max), @s nvarchar(16)) RETURNS TABLE (${columns}) ${more} AS EXTERNAL NAME ${CLASS}.TableFunctions].Split`;
const DESCRIBE = (parameters: string): string =>
  `CREATE PROCEDURE dbo.DescribeVector ${parameters} AS EXTERNAL NAME ${CLASS}.VectorFunctions].Describe`;
const OUTPUTS = "@v varbinary(max), @n int OUTPUT, @norm float OUTPUT";
const AVERAGE = `CREATE AGGREGATE dbo.average (@v varbinary(max)) RETURNS varbinary(max) EXTERNAL NAME ${CLASS}.VectorAverage]`;
const RANGE = `CREATE TYPE dbo.range EXTERNAL NAME ${CLASS}.NumberRange]`;

const functions = "Hartonomous.Clr.Hartonomous.Clr.VectorFunctions";
const standIns = {
  [`${functions}.Norm`]: (vector: Uint8Array | null) => vector && vector.length / 2,
  [`${functions}.Dimensions`]: (vector: Uint8Array) => {
    throw new RangeError(`${vector.length} bytes are no vector`);
  },
  [`${functions}.IsFinite`]: () => true,
  [`${functions}.Describe`]: (vector: Uint8Array, dimensions: { value: unknown }, norm: { value: unknown }): void => {
    dimensions.value = vector.length / 4;
    norm.value = 2.5;
  },
  "Hartonomous.Clr.Hartonomous.Clr.TableFunctions.Split": (text: string, separator: string) =>
    text.split(separator).map((part, i) => (i === 0 ? [i, part] : { Position: i, Part: part })),
  "Hartonomous.Clr.Hartonomous.Clr.VectorAverage": () => {
    const seen: (Uint8Array | null)[] = [];
    return {
      accumulate: (value: Uint8Array | null) => void seen.push(value),
      terminate: () => Uint8Array.of(seen.length, seen.filter((one) => one === null).length),
    };
  },
};

async function openVectors(more: Parameters<typeof openClrDesk>[0] = {}): Promise<ClrDesk> {
  const desk = await openClrDesk({ clr: standIns, ...more });
  await desk.trust(VECTORS);
  await desk.run(CREATE);
  return desk;
}

describe("EXTERNAL NAME is checked against the assembly", () => {
  let desk: ClrDesk;
  before(async () => (desk = await openVectors()));

  const external = (name: string): string =>
    `CREATE FUNCTION dbo.f (@v varbinary(max)) RETURNS float AS EXTERNAL NAME ${name}`;
  const refused: readonly [fact: string, sql: string, numbers: number[]][] = [
    ["an assembly that is not there", external("none.[Hartonomous.Clr.VectorFunctions].Norm"), [6528]],
    ["the server's own assembly", external("[Microsoft.SqlServer.Types].[X].Norm"), [6583]],
    ["a class that is not there", external(`${CLASS}.Nothing].Norm`), [6505]],
    ["a class in another case, whatever the collation", external(`${CLASS}.vectorfunctions].Norm`), [6505]],
    ["a class without its namespace", external("[Hartonomous.Clr].VectorFunctions.Norm"), [6505]],
    ["a method that is not there", external(`${CLASS}.VectorFunctions].Nothing`), [6506]],
    ["a name of two parts", external(`${CLASS}.VectorFunctions]`), [102]],
    ["another number of parameters", FUNCTION("f", "Dot"), [6550]],
    ["another type of a parameter", FUNCTION("f", "Norm", "@v int"), [6552]],
    ["varchar, which no .NET type stands for", `CREATE FUNCTION dbo.f (@t varchar(10)) RETURNS int AS EXTERNAL NAME ${CLASS}.JsonFunctions].FloatArrayJsonLength`, [6552]],
    ["another type of the result", FUNCTION("f", "Norm", "@v varbinary(max)", "int"), [6551]],
    ["an OUTPUT where the method has none", DESCRIBE("@v varbinary(max), @n int, @norm float OUTPUT"), [6580]],
    ["a procedure over a method that returns a value", `CREATE PROCEDURE dbo.p @v varbinary(max) AS EXTERNAL NAME ${CLASS}.VectorFunctions].Norm`, [6567]],
    ["SCHEMABINDING", `CREATE FUNCTION dbo.f (@v varbinary(max)) RETURNS float WITH SCHEMABINDING AS EXTERNAL NAME ${CLASS}.VectorFunctions].Norm`, [487]],
    ["RECOMPILE", `CREATE PROCEDURE dbo.p ${OUTPUTS} WITH RECOMPILE AS EXTERNAL NAME ${CLASS}.VectorFunctions].Describe`, [487]],
    ["a table function over a scalar method", `CREATE FUNCTION dbo.f (@v varbinary(max)) RETURNS TABLE (a int) AS EXTERNAL NAME ${CLASS}.VectorFunctions].Norm`, [6551]],
    ["another number of columns than FillRow gives", SPLIT("Position int"), [6208]],
    ["another type of a column than FillRow gives", SPLIT("Position int, Part int"), [6258]],
    ["varchar in a table function's columns", SPLIT("Position int, Part varchar(10)"), [6514]],
    ["NOT NULL in a table function's columns", SPLIT("Position int NOT NULL, Part nvarchar(max)"), [6526]],
    ["a key in a table function's columns", SPLIT("Position int PRIMARY KEY, Part nvarchar(max)"), [6526]],
    ["a computed column in a table function", SPLIT("Position int, Part AS 1"), [6524]],
    ["an ORDER by a column that is not there", SPLIT("Position int, Part nvarchar(max)", "ORDER (Nothing)"), [207]],
    ["a trigger method with parameters", `CREATE TABLE dbo.on_this (id int); EXEC('CREATE TRIGGER dbo.tr ON dbo.on_this AFTER INSERT AS EXTERNAL NAME ${CLASS}.VectorFunctions].Norm')`, [6531]],
    ["ENCRYPTION of a CLR trigger", `EXEC('CREATE TRIGGER dbo.tr ON dbo.on_this WITH ENCRYPTION AFTER INSERT AS EXTERNAL NAME ${CLASS}.VectorFunctions].Norm')`, [10324]],
    ["an aggregate over a class that is not there", "CREATE AGGREGATE dbo.a (@v varbinary(max)) RETURNS varbinary(max) EXTERNAL NAME [Hartonomous.Clr].Nothing", [6556]],
    ["an aggregate over a class without the attribute", `CREATE AGGREGATE dbo.a (@v varbinary(max)) RETURNS varbinary(max) EXTERNAL NAME ${CLASS}.NumberRange]`, [6255]],
    ["an aggregate with another number of parameters", `CREATE AGGREGATE dbo.a (@v varbinary(max), @w int) RETURNS varbinary(max) EXTERNAL NAME ${CLASS}.VectorAverage]`, [6550]],
    ["an aggregate with another result", `CREATE AGGREGATE dbo.a (@v varbinary(max)) RETURNS int EXTERNAL NAME ${CLASS}.VectorAverage]`, [6551]],
    ["OR ALTER of an aggregate", `CREATE OR ALTER AGGREGATE dbo.a (@v varbinary(max)) RETURNS int EXTERNAL NAME ${CLASS}.VectorAverage]`, [102]],
    ["a type over a class that is not there", "CREATE TYPE dbo.x EXTERNAL NAME [Hartonomous.Clr]", [6556]],
    ["a type over a class without the attribute", `CREATE TYPE dbo.x EXTERNAL NAME ${CLASS}.VectorAverage]`, [6255]],
  ]; // prettier-ignore
  for (const [fact, sql, numbers] of refused)
    it(`refuses ${fact}`, async () => assert.deepEqual(await desk.errors(sql), numbers));

  it("refuses overloads, generics, hidden and instance methods", async function () {
    const windows = await openClrDesk({ platform: "windows" });
    const bytes = readFileSync(shared(this, "samples", "clr", "functions-1.0", "Sample.Vectors.dll"));
    await windows.trust(bytes);
    await windows.run(`CREATE ASSEMBLY v FROM ${literal(bytes)} WITH PERMISSION_SET = UNSAFE`);
    const bind = (parameters: string, method: string): string =>
      `CREATE FUNCTION dbo.f (${parameters}) RETURNS float AS EXTERNAL NAME v.${method}`;
    assert.deepEqual(await windows.errors(bind("@a float", "[Sample.Vectors.VectorFunctions].Scale")), [6572]);
    assert.deepEqual(await windows.errors(bind("@a float", "[Sample.Vectors.VectorFunctions].Generic")), [6570]);
    assert.deepEqual(await windows.errors(bind("", "[Sample.Vectors.VectorFunctions].Hidden")), [6574]);
    assert.deepEqual(await windows.errors(bind("", "[Sample.Vectors.FileSystem].Instance")), [6573]);
    const nested =
      "CREATE FUNCTION dbo.hello (@n nvarchar(20)) RETURNS nvarchar(30) AS EXTERNAL NAME v.[Triggers+Nested].Hello";
    assert.deepEqual(await windows.errors(nested), []);
  });
  it("refuses FillRow in the words of what is wrong with it", async () => {
    const other = reattributed(VECTORS, attributeText("FillPart"), attributeText("FillNone"));
    const fresh = await openClrDesk();
    await fresh.trust(other);
    await fresh.run(`CREATE ASSEMBLY [Hartonomous.Clr] FROM ${literal(other)}`);
    assert.deepEqual(await fresh.errors(SPLIT("Position int, Part nvarchar(max)")), [10307]);
  });
  it("refuses an aggregate that lacks a method", async () => {
    const other = renamed(VECTORS, "Terminate", "Terminat3");
    const fresh = await openClrDesk();
    await fresh.trust(other);
    await fresh.run(`CREATE ASSEMBLY [Hartonomous.Clr] FROM ${literal(other)}`);
    assert.match((await fresh.texts(AVERAGE))[0]!, /UDAGG specification due to method 'Terminate'/);
  });
});

describe("what is bound stands in the catalog", () => {
  let desk: ClrDesk;
  beforeEach(async () => (desk = await openVectors()));

  it("as objects of their own types", async () => {
    for (const sql of [NORM, SPLIT("Position int, Part nvarchar(max)"), DESCRIBE(OUTPUTS), AVERAGE])
      await desk.run(sql);
    assert.deepEqual(await desk.rows("SELECT name, type, type_desc FROM sys.objects ORDER BY name"), [
      ["average", "AF", "AGGREGATE_FUNCTION"],
      ["DescribeVector", "PC", "CLR_STORED_PROCEDURE"],
      ["Norm", "FS", "CLR_SCALAR_FUNCTION"],
      ["Split", "FT", "CLR_TABLE_VALUED_FUNCTION"],
    ]);
    assert.deepEqual(
      await desk.rows("SELECT OBJECT_NAME(object_id), assembly_id, assembly_class, assembly_method, null_on_null_input FROM sys.assembly_modules ORDER BY 1"),
      [
        ["average", 65536, "Hartonomous.Clr.VectorAverage", null, null],
        ["DescribeVector", 65536, "Hartonomous.Clr.VectorFunctions", "Describe", null],
        ["Norm", 65536, "Hartonomous.Clr.VectorFunctions", "Norm", 0],
        ["Split", 65536, "Hartonomous.Clr.TableFunctions", "Split", null],
      ],
    ); // prettier-ignore
    assert.deepEqual(await desk.rows("SELECT name FROM sys.procedures"), [["DescribeVector"]]);
  });
  it("without a text", async () => {
    await desk.run(NORM);
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM sys.sql_modules"), [[0]]);
    assert.deepEqual(await desk.rows("SELECT OBJECT_DEFINITION(OBJECT_ID('dbo.Norm'))"), [[null]]);
    assert.deepEqual(await desk.rows("SELECT ROUTINE_BODY FROM INFORMATION_SCHEMA.ROUTINES"), [["EXTERNAL"]]);
  });
  it("with parameters, and their defaults, which T-SQL modules do not show", async () => {
    await desk.run(DESCRIBE("@v varbinary(max) = NULL, @n int OUTPUT, @norm float OUTPUT"));
    await desk.run(FUNCTION("Element", "Element", "@v varbinary(max), @at int = 7", "real"));
    assert.deepEqual(
      await desk.rows("SELECT name, parameter_id, is_output, has_default_value, CONVERT(int, default_value) FROM sys.parameters ORDER BY object_id, parameter_id"),
      [
        ["@v", 1, 0, 1, null],
        ["@n", 2, 1, 0, null],
        ["@norm", 3, 1, 0, null],
        ["", 0, 1, 0, null],
        ["@v", 1, 0, 0, null],
        ["@at", 2, 0, 1, 7],
      ],
    ); // prettier-ignore
  });
  it("with the columns of a table function and the order that it promises", async () => {
    await desk.run(SPLIT("Position int, Part nvarchar(max)", "ORDER (Part DESC, Position)"));
    assert.deepEqual(
      await desk.rows("SELECT c.name, o.order_column_id, o.is_descending FROM sys.function_order_columns AS o JOIN sys.columns AS c ON c.object_id = o.object_id AND c.column_id = o.column_id ORDER BY 2"),
      [
        ["Part", 1, 1],
        ["Position", 2, 0],
      ],
    ); // prettier-ignore
  });
  it("with types, whose values are the bytes of their fields", async () => {
    await desk.run(RANGE);
    assert.deepEqual(
      await desk.rows("SELECT name, system_type_id, user_type_id, max_length, is_assembly_type, is_user_defined FROM sys.types WHERE user_type_id > 256"),
      [["range", 240, 257, 17, 1, 1]],
    ); // prettier-ignore
    assert.deepEqual(
      await desk.rows("SELECT assembly_class, is_binary_ordered, is_fixed_length FROM sys.assembly_types WHERE user_type_id = 257"),
      [["Hartonomous.Clr.NumberRange", 0, 1]],
    ); // prettier-ignore
    await desk.run("CREATE TABLE dbo.t (r dbo.range NULL)");
    assert.deepEqual(await desk.rows("SELECT system_type_id, user_type_id, max_length FROM sys.columns WHERE object_id = OBJECT_ID('dbo.t')"), [[240, 257, 17]]); // prettier-ignore
    assert.deepEqual(await desk.errors("CREATE INDEX i ON dbo.t (r)"), [1919]);
    assert.deepEqual(await desk.errors(RANGE.replace("dbo.range", "dbo.other")), [6597]);
    assert.deepEqual(await desk.errors(RANGE), [219]);
  });
  it("until they are dropped by their own statement", async () => {
    await desk.run(AVERAGE);
    await desk.run(DESCRIBE(OUTPUTS));
    assert.deepEqual(await desk.errors("DROP FUNCTION dbo.average"), [3705]);
    assert.deepEqual(await desk.errors("DROP FUNCTION dbo.DescribeVector"), [3705]);
    await desk.run(
      "DROP AGGREGATE dbo.average; DROP PROCEDURE dbo.DescribeVector; DROP AGGREGATE IF EXISTS dbo.average",
    );
    assert.deepEqual(await desk.errors("DROP AGGREGATE dbo.average"), [3701]);
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM sys.assembly_modules"), [[0]]);
  });
  it("changed by ALTER, but not into T-SQL", async () => {
    await desk.run(NORM);
    await desk.run("CREATE USER reader WITHOUT LOGIN; GRANT EXECUTE ON dbo.Norm TO reader");
    await desk.run(FUNCTION("Norm", "Sum").replace("CREATE", "ALTER"));
    assert.deepEqual(await desk.rows("SELECT assembly_method FROM sys.assembly_modules"), [["Sum"]]);
    assert.deepEqual(await desk.rows("SELECT permission_name FROM sys.database_permissions WHERE major_id = OBJECT_ID('dbo.Norm')"), [["EXECUTE"]]); // prettier-ignore
    assert.deepEqual(
      await desk.errors("ALTER FUNCTION dbo.Norm (@v varbinary(max)) RETURNS float AS BEGIN RETURN 1 END"),
      [2010],
    );
    await desk.run(FUNCTION("Norm", "Mean").replace("CREATE", "CREATE OR ALTER"));
    assert.deepEqual(await desk.rows("SELECT assembly_method FROM sys.assembly_modules"), [["Mean"]]);
  });
});

describe("CLR routines run through their stand-ins", () => {
  let desk: ClrDesk;
  beforeEach(async () => (desk = await openVectors()));

  it("as scalar functions, NULLs included", async () => {
    await desk.run(NORM);
    assert.deepEqual(await desk.rows("SELECT dbo.Norm(0x010203), dbo.Norm(NULL)"), [[1.5, null]]);
    assert.deepEqual(
      await desk.rows("SELECT x.v FROM (VALUES (0x01), (0x0102)) AS t (b) CROSS APPLY (SELECT dbo.Norm(t.b)) AS x (v)"),
      [[0.5], [1]],
    );
  });
  it("not at all for a NULL, when the function says RETURNS NULL ON NULL INPUT", async () => {
    await desk.run(FUNCTION("IsFinite", "IsFinite", "@v varbinary(max)", "bit WITH RETURNS NULL ON NULL INPUT"));
    assert.deepEqual(await desk.rows("SELECT dbo.IsFinite(NULL), dbo.IsFinite(0x)"), [[null, 1]]);
    assert.deepEqual(await desk.rows("SELECT null_on_null_input FROM sys.assembly_modules"), [[1]]);
  });
  it("in persisted columns, when the attribute says deterministic", async () => {
    await desk.run(NORM);
    await desk.run(
      "CREATE TABLE dbo.t (v varbinary(20), n AS dbo.Norm(v) PERSISTED); INSERT dbo.t (v) VALUES (0x0102)",
    );
    assert.deepEqual(await desk.rows("SELECT n FROM dbo.t"), [[1]]);
    assert.deepEqual(await desk.errors(`ALTER ASSEMBLY [Hartonomous.Clr] FROM ${literal(VECTORS)}`), [6285]);
    await desk.run(SPLIT("Position int, Part nvarchar(max)"));
  });
  it("as table functions, from arrays and objects", async () => {
    await desk.run(SPLIT("Position int, Part nvarchar(max)"));
    assert.deepEqual(await desk.rows("SELECT Position, Part FROM dbo.Split(N'a-b-c', N'-') WHERE Position > 0"), [
      [1, "b"],
      [2, "c"],
    ]);
  });
  it("as procedures with OUTPUT parameters and a status", async () => {
    await desk.run(DESCRIBE(OUTPUTS));
    assert.deepEqual(
      await desk.rows("DECLARE @n int, @d float, @r int; EXEC @r = dbo.DescribeVector 0x0000000000000000, @n OUTPUT, @d OUTPUT; SELECT @n, @d, @r"),
      [[2, 2.5, 0]],
    ); // prettier-ignore
    assert.deepEqual(await desk.errors("EXEC dbo.DescribeVector"), [201]);
  });
  it("as aggregates, one for every group, NULLs included", async () => {
    await desk.run(AVERAGE);
    const from = "FROM (VALUES (1, 0x01), (1, NULL), (2, 0x02)) AS t (g, v)";
    assert.deepEqual(
      await desk.rows(`SELECT g, CONVERT(varchar(10), dbo.average(v), 2) ${from} GROUP BY g ORDER BY g`),
      [
        [1, "0201"],
        [2, "0100"],
      ],
    );
    assert.deepEqual(await desk.rows(`SELECT CONVERT(varchar(10), dbo.average(v), 2) ${from}`), [["0301"]]);
    assert.deepEqual(await desk.rows(`SELECT g, CONVERT(varchar(10), dbo.average(v) OVER (PARTITION BY g), 2) ${from} ORDER BY g`), [
      [1, "0201"],
      [1, "0201"],
      [2, "0100"],
    ]); // prettier-ignore
    assert.deepEqual(await desk.errors(`SELECT g ${from} WHERE dbo.average(v) = 0x01`), [147]);
  });
  it("as triggers, with the rows before and after", async function () {
    const seen: StandInTrigger[] = [];
    const windows = await openClrDesk({
      platform: "windows",
      clr: { "v.Triggers.Audit": (event: StandInTrigger) => void seen.push(event) },
    });
    const bytes = readFileSync(shared(this, "samples", "clr", "functions-1.0", "Sample.Vectors.dll"));
    await windows.trust(bytes);
    await windows.run(`CREATE ASSEMBLY v FROM ${literal(bytes)} WITH PERMISSION_SET = UNSAFE`);
    await windows.run("CREATE TABLE dbo.orders (id int, note nvarchar(10), paid bit)");
    await windows.run("CREATE TRIGGER dbo.audit ON dbo.orders AFTER INSERT, UPDATE AS EXTERNAL NAME v.Triggers.Audit");
    await windows.run("INSERT dbo.orders VALUES (1, N'new', 0)");
    await windows.run("UPDATE dbo.orders SET note = N'old', paid = 1");
    assert.deepEqual(seen, [
      { event: "INSERT", inserted: [{ id: 1, note: "new", paid: false }], deleted: [] },
      {
        event: "UPDATE",
        inserted: [{ id: 1, note: "old", paid: true }],
        deleted: [{ id: 1, note: "new", paid: false }],
      },
    ]);
    assert.deepEqual(await windows.rows("SELECT name, type, type_desc FROM sys.triggers"), [
      ["audit", "TA", "CLR_TRIGGER"],
    ]);
    await windows.run(
      "DISABLE TRIGGER dbo.audit ON dbo.orders; INSERT dbo.orders VALUES (2, N'', 0); DROP TRIGGER dbo.audit",
    );
    assert.equal(seen.length, 2);
  });
  it("and say which one is missing", async () => {
    await desk.run(FUNCTION("Mean", "Mean"));
    const texts = await desk.texts("SELECT dbo.Mean(0x00)");
    assert.match(texts[0]!, /register a stand-in for Hartonomous\.Clr\.Hartonomous\.Clr\.VectorFunctions\.Mean/);
    desk.engine.clr.register({ [`${functions}.Mean`]: () => 4 });
    assert.deepEqual(await desk.rows("SELECT dbo.Mean(0x00)"), [[4]]);
  });
  it("and pass on what they throw as 6522 with the routine's name", async () => {
    await desk.run(FUNCTION("Dimensions", "Dimensions", "@v varbinary(max)", "int"));
    const [text] = await desk.texts("SELECT dbo.Dimensions(0x0102)");
    assert.match(text!, /user-defined routine or aggregate "Dimensions": RangeError: 2 bytes are no vector/);
    const caught =
      "BEGIN TRY DECLARE @n int = dbo.Dimensions(0x01) END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH";
    assert.deepEqual(await desk.rows(caught), [[6522]]);
  });
  it("only while clr enabled is on, which DDL does not ask for", async () => {
    const off = await openVectors({ enabled: false });
    await off.run(NORM);
    assert.deepEqual(await off.errors("SELECT dbo.Norm(0x00)"), [6263]);
    await off.run("EXEC sp_configure 'clr enabled', 1; RECONFIGURE");
    assert.deepEqual(await off.rows("SELECT dbo.Norm(0x00)"), [[0.5]]);
    await off.run("EXEC sp_configure 'clr enabled', 0; RECONFIGURE");
    assert.deepEqual(await off.errors("SELECT dbo.Norm(0x00)"), [6263]);
  });
  it("for those who may execute or read them", async () => {
    await desk.run(NORM);
    await desk.run(SPLIT("Position int, Part nvarchar(max)"));
    await desk.run(DESCRIBE(OUTPUTS));
    await desk.run(AVERAGE);
    await desk.run(`CREATE LOGIN plain WITH PASSWORD = '${PASSWORD}'; CREATE USER plain FOR LOGIN plain`);
    const plain = await desk.as("plain");
    const call = "DECLARE @n int, @d float; EXEC dbo.DescribeVector 0x00, @n OUTPUT, @d OUTPUT";
    const statements = [
      "SELECT dbo.Norm(0x00)",
      "SELECT COUNT(*) FROM dbo.Split(N'a', N'-')",
      call,
      "SELECT dbo.average(0x00)",
    ];
    for (const sql of statements) assert.deepEqual(await plain.errors(sql), [229], sql);
    await desk.run(
      "GRANT EXECUTE ON dbo.Norm TO plain; GRANT SELECT ON dbo.Split TO plain; GRANT EXECUTE ON dbo.DescribeVector TO plain; GRANT EXECUTE ON dbo.average TO plain",
    );
    for (const sql of statements) assert.deepEqual(await plain.errors(sql), [], sql);
    assert.deepEqual(await desk.errors("GRANT SELECT ON dbo.Norm TO plain"), [4606]);
  });
});
