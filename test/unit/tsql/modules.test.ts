import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { splitBatches } from "../../../provider/src/tsql/batches";
import { equalStoredHashes, storedHash } from "../../../provider/src/tsql/definition";
import { tokenize } from "../../../provider/src/tsql/lexer";
import { readModules } from "../../../provider/src/tsql/module-source";
import { decodeSource, SourceEncodingError } from "../../../provider/src/tsql/source-file";

const read = (text: string) => readModules(text, "m.sql", "dbo");

describe("tokenize", () => {
  it("gives back the text when its tokens are joined", () => {
    const text = "select [a]]b], 'it''s', N'x' /* a /* b */ c */ -- end\r\nfrom #t where @x <> 1.5e-3 and 0xAF = $1";
    assert.equal(
      tokenize(text)
        .map((t) => text.slice(t.start, t.end))
        .join(""),
      text,
    );
  });
  it("names the line of a comment that never ends", () => assert.throws(() => tokenize("a\n/* b /* c */"), /line 2/));
});

describe("splitBatches", () => {
  it("does not split at GO inside strings, comments and names", () => {
    assert.equal(splitBatches("select '\nGO\n', [\nGO\n] /*\nGO\n*/").length, 1);
  });
  it("keeps the line of each batch and the count of GO", () => {
    const batches = splitBatches("select 1\nGO 3 -- thrice\n\nselect 2\ngo\n");
    assert.deepEqual(
      batches.map((b) => [b.repeat, b.line]),
      [
        [3, 1],
        [1, 4],
      ],
    );
    assert.match(batches[1]!.text, /select 2/);
  });
  it("takes GOTO and go1 as words", () => assert.equal(splitBatches("GOTO x\ngo1\n").length, 1));
});

describe("readModules", () => {
  it("reads several modules with and without GO", () => {
    const { modules, problems } = read(
      "create proc a as select 1\n-- of b\nCREATE VIEW dbo.b AS select 2 x\nGO\nALTER FUNCTION dbo.f() returns int as begin return 1 end",
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(
      modules.map((m) => [m.kind, m.schema, m.name, m.line]),
      [
        ["procedure", "dbo", "a", 1],
        ["view", "dbo", "b", 2],
        ["function", "dbo", "f", 5],
      ],
    );
    assert.equal(modules[1]!.text, "-- of b\nCREATE VIEW dbo.b AS select 2 x");
  });
  it("writes the schema that the source left out", () =>
    assert.equal(
      readModules("create view v as select 1 x", "v.sql", "a]b").modules[0]!.text,
      "CREATE view [a]]b].v as select 1 x",
    ));
  it("puts a trigger into its table's schema, and its table into the trigger's", () => {
    assert.equal(
      read("create trigger t on sales.o after insert as print 1").modules[0]!.text,
      "CREATE trigger [sales].t on sales.o after insert as print 1",
    );
    const [own] = read("create trigger sales.t on o after insert as print 1").modules;
    assert.equal(own!.text, "CREATE trigger sales.t on [sales].o after insert as print 1");
    assert.deepEqual(own!.parent, { schema: "sales", name: "o" });
    assert.equal(read("create trigger t on database for create_table as print 1").modules[0]!.schema, "");
  });
  it("keeps the lines of a header that stands on several", () => {
    const [module] = read("\n-- c\ncreate\nor alter\nproc dbo.p as\nselect 1").modules;
    assert.equal(module!.text, "-- c\nCREATE\n\nproc dbo.p as\nselect 1");
    assert.deepEqual([module!.line, module!.headerLine], [2, 3]);
  });
  it("carries SET options to the modules after them", () => {
    const { modules } = read(
      "SET QUOTED_IDENTIFIER OFF\nGO\ncreate proc a as select 1\nGO\nSET ANSI_NULLS, QUOTED_IDENTIFIER ON\nGO\ncreate proc b as select 1",
    );
    assert.deepEqual(
      modules.map((m) => [m.ansiNulls, m.quotedIdentifier]),
      [
        [true, false],
        [true, true],
      ],
    );
  });
  it("leaves GRANT CREATE VIEW and CREATE TYPE in a procedure's body", () => {
    const { modules } = read("create proc a as grant create view to x\ncreate type dbo.q from int");
    assert.deepEqual(
      modules.map((m) => m.name),
      ["a"],
    );
  });
  const refused: [text: string, line: number, message: RegExp][] = [
    ["select 1\nGO\nUSE x", 1, /holds no SELECT 1/],
    ["\nUSE x", 2, /database/],
    ["create table dbo.t (a int)", 1, /CREATE TABLE: use the kinds Table or TableSet/],
    ["create proc p as select 1\nGO\ngrant execute on p to x", 3, /security kinds/],
    ["create type t from int; insert x values (1)", 1, /changes no rows/],
    ["create schema s", 1, /kind Schema/],
    ["create clustered index i on t (a)", 1, /indexes belong to their table/],
    ["create queue q", 1, /Service Broker/],
    ["create trigger t on all server for logon as print 1", 1, /ON ALL SERVER/],
    ["create proc #p as select 1", 1, /temporary/],
    ["create type t external name a.b", 1, /Assembly/],
    ["create sequence s as float", 1, /counts in/],
    ["create proc p as\nbegin\nselect 1", 2, /this BEGIN is never closed/],
    ["create proc p as\nbegin tran\nselect (1\nend", 3, /this \( is not closed/],
    ["create proc p as\nselect case when 1=1 then 2", 2, /CASE is never closed/],
    ["create view v as\nselect 1)", 2, /closes nothing/],
    ["create proc a.b.c as select 1", 1, /166/],
    ["create proc p;2 as select 1", 1, /numbered/],
    ["create proc p as select 1\nGO 5", 1, /GO 5/],
    ["alter type t from int", 1, /write CREATE/],
    ["SET NOCOUNT ON\nGO\ncreate proc p as select 1", 1, /ANSI_NULLS/],
    ["drop proc q\nGO\ncreate proc p as select 1", 1, /does not define/],
    ["if object_id('q') is null exec('create proc q as select 1')\nGO\ncreate proc p as select 1", 1, /prepares q/],
    ["create proc p as begin select 1 end\ngrant execute on object::dbo.p to x", 2, /part of the procedure/],
    ["create view v as select 1 x\ngrant select on v to x", 2, /part of the view/],
    ["create proc p as select 'abc", 1, /never closed/],
  ];
  for (const [text, line, message] of refused)
    it(`refuses ${JSON.stringify(text)}`, () => {
      const found = read(text).problems.find((p) => message.test(p.message));
      assert.equal(found?.line, line);
      assert.equal(found.file, "m.sql");
    });
  it("accepts the placeholder that scripts make before ALTER", () => {
    const { modules, problems } = read(
      "IF OBJECT_ID('dbo.p') IS NULL EXEC(N'CREATE PROCEDURE dbo.p AS SELECT 1');\nGO\nALTER PROCEDURE dbo.p AS GRANT SELECT ON dbo.q TO x",
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(
      modules.map((module) => module.text),
      ["CREATE PROCEDURE dbo.p AS GRANT SELECT ON dbo.q TO x"],
    );
  });
  it("accepts guards in BEGIN ... END, as scripting tools write them", () => {
    const texts = [
      "IF NOT EXISTS (SELECT * FROM sys.objects WHERE object_id = OBJECT_ID(N'[dbo].[p]'))\nBEGIN\nEXEC dbo.sp_executesql @statement = N'CREATE PROCEDURE [dbo].[p] AS'\nEND\nGO\nALTER PROCEDURE [dbo].[p] AS SELECT 1",
      "IF EXISTS (SELECT 1 FROM sys.objects WHERE name = 'p') BEGIN DROP PROCEDURE IF EXISTS dbo.p; END;\nGO\nCREATE PROCEDURE [dbo].[p] AS SELECT 1",
    ];
    for (const text of texts) {
      const { modules, problems } = read(text);
      assert.deepEqual(problems, []);
      assert.deepEqual(
        modules.map((module) => module.text),
        ["CREATE PROCEDURE [dbo].[p] AS SELECT 1"],
      );
    }
  });
  it("accepts a guard that drops what the file creates", () =>
    assert.deepEqual(
      read("IF OBJECT_ID('dbo.p') IS NOT NULL DROP PROC dbo.p\nGO\ncreate proc dbo.p as select 1").problems,
      [],
    ));
  it("counts BEGIN TRAN, BEGIN DIALOG and END CONVERSATION as statements, not blocks", () =>
    assert.deepEqual(
      read(
        "create proc p as begin tran; begin try begin dialog conversation @h from service a to service 'b'; end conversation @h; select case when 1=1 then 1 end; end try begin catch rollback end catch; begin distributed transaction; commit",
      ).problems,
      [],
    ));
  it("reads what types, synonyms and sequences declare", () => {
    const shapes = read(
      "create type t from nvarchar(max) not null create synonym s for a..b create sequence q as decimal(5) increment by -1 maxvalue 10 no cache\ncreate type tt as table (id int identity primary key, [c d] as id * 2, k dbo.t null, index ix (k), check (id > 0)) with (memory_optimized = on)",
    ).modules.map((module) => module.shape!);
    assert.deepEqual(shapes[0], {
      shape: "alias",
      base: {
        schema: undefined,
        name: "nvarchar",
        isSystem: true,
        maxLength: -1,
        precision: undefined,
        scale: undefined,
      },
      nullable: false,
    });
    assert.deepEqual(shapes[1], { shape: "synonym", base: ["a", "", "b"] });
    const [, , sequence, list] = shapes;
    assert.ok(sequence?.shape === "sequence");
    assert.deepEqual([sequence.start, sequence.minimum, sequence.cache], [10n, -99999n, "none"]);
    assert.ok(list?.shape === "table-type" && list.memoryOptimized);
    assert.deepEqual(
      list.columns.map((column) => [column.name, column.type?.name, column.nullable]),
      [
        ["id", "int", false],
        ["c d", undefined, undefined],
        ["k", "t", true],
      ],
    );
  });
  it("reads the options of the header only", () => {
    const [proc] = read(
      "create proc p @x as int = 5 with execute as 'a''b', encryption as with schemabinding as (select 1 x) select x from schemabinding",
    ).modules;
    assert.deepEqual([proc!.encrypted, proc!.schemaBound, proc!.executeAs], [true, false, "a'b"]);
    assert.ok(
      read("create function f(@x int) returns int with schemabinding as begin return 1 end").modules[0]!.schemaBound,
    );
    assert.equal(
      read("create function f() returns @t table (a int) as begin return end").modules[0]!.functionKind,
      "table",
    );
  });
});

describe("references of a module", () => {
  const of = (body: string) =>
    read(`create proc p ${body}`).modules[0]!.references.map((r) => `${r.place} ${r.parts.join(".")}`);
  const cases: [what: string, body: string, found: string[]][] = [
    [
      "parameters, calls, joins, common table expressions and EXEC",
      "@t dbo.T readonly as with c as (select 1 x) select dbo.f(1) from graph.Nodes n join c on 1=1; exec @r = dbo.q",
      ["type dbo.T", "call dbo.f", "relation graph.Nodes", "procedure dbo.q"],
    ],
    [
      "old-style joins and table functions",
      "as select 1 from dbo.a x, dbo.b y, dbo.f(1) z where x.a in (select 1 from dbo.c)",
      ["relation dbo.a", "relation dbo.b", "table-function dbo.f", "relation dbo.c"],
    ],
    [
      "targets of DML",
      "as insert into dbo.a (x) select 1; update dbo.b set x = 1; delete dbo.c; merge into dbo.d using dbo.e on 1=1 when matched then update set a = 1; truncate table dbo.g",
      ["relation dbo.a", "relation dbo.b", "relation dbo.c", "relation dbo.d", "relation dbo.e", "relation dbo.g"],
    ],
    [
      "sequences and OUTPUT INTO",
      "as insert dbo.a output inserted.x into dbo.log values (next value for dbo.s)",
      ["relation dbo.a", "relation dbo.log", "sequence dbo.s"],
    ],
    [
      "data types",
      "as declare @x dbo.A, @y as dbo.B; declare @t table (c dbo.C); select cast(1 as dbo.D), dbo.E::Parse('')",
      ["type dbo.A", "type dbo.B", "type dbo.C", "type dbo.D", "type dbo.E"],
    ],
    [
      "no columns, methods, events or strings",
      "as select o.x, t.c.value('.', 'int') from dbo.o as o cross apply o.doc.nodes('/') t(c) where 'from dbo.z' = \"dbo.y\" -- from dbo.w",
      ["relation dbo.o"],
    ],
  ];
  for (const [what, body, found] of cases)
    it(`finds ${what}`, () =>
      assert.deepEqual(
        of(body).filter((r) => r !== "relation p"),
        found,
      ));
  it("takes double quotes for a string when QUOTED_IDENTIFIER is off", () => {
    const [module] = read(
      'set quoted_identifier off\nGO\ncreate proc p as exec dbo.q "dbo.x"; select 1 from "dbo"',
    ).modules;
    assert.deepEqual(
      module!.references.map((r) => r.parts.join(".")),
      ["dbo.q"],
    );
  });
});

describe("storedHash", () => {
  it("is the SHA-256 of the text as nvarchar", () =>
    // SELECT CONVERT(varchar(64), HASHBYTES('SHA2_256', N'a'), 2): the two bytes 61 00.
    assert.equal(
      storedHash("a"),
      createHash("sha256")
        .update(Buffer.from([0x61, 0]))
        .digest("hex"),
    ));
  it("does not depend on the verb of the file", () => {
    const hashes = [
      "CREATE PROC dbo.p AS SELECT 1",
      "alter PROC dbo.p AS SELECT 1",
      "Create  Or /**/ Alter PROC dbo.p AS SELECT 1",
    ].map((text) => read(text).modules[0]!);
    assert.equal(hashes[0]!.hash, hashes[1]!.hash);
    assert.equal(hashes[2]!.text, "CREATE   /**/  PROC dbo.p AS SELECT 1");
  });
  it("knows the forms in which the server may hold the same text, and no other", () => {
    const [module] = read("-- a\nCREATE PROC dbo.p AS\nSELECT 1").modules;
    const equal = new Set(equalStoredHashes(module!.text, module!.verb));
    assert.equal(equal.size, 4);
    assert.ok(equal.has(storedHash("-- a\r\nCREATE   PROC dbo.p AS\r\nSELECT 1")));
    assert.ok(!equal.has(storedHash("-- a\nCREATE PROC dbo.p AS\nSELECT  1")));
  });
});

describe("decodeSource", () => {
  const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);
  it("reads UTF-8 with and without a mark, and UTF-16 with one", () => {
    assert.equal(decodeSource(Buffer.from("\ufeffsélect"), "a"), "sélect");
    assert.equal(decodeSource(utf16("sélect"), "a"), "sélect");
  });
  it("refuses other encodings by name", () =>
    assert.throws(
      () => decodeSource(Buffer.from([0x73, 0xe9, 0x6c]), "a.sql"),
      (e: Error) => e instanceof SourceEncodingError && e.message.startsWith("a.sql"),
    ));
});
