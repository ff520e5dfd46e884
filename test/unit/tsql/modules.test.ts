import assert from "node:assert/strict";
import { splitBatches } from "../../../provider/src/tsql/batches";
import { canonicalDefinition, definitionHash } from "../../../provider/src/tsql/definition";
import { tokenize } from "../../../provider/src/tsql/lexer";
import { readModules } from "../../../provider/src/tsql/module-source";
import { decodeSource, SourceEncodingError } from "../../../provider/src/tsql/source-file";

const read = (text: string) => readModules(text, "m.sql", "dbo");

describe("tokenize", () => {
  it("gives back the text when its tokens are joined", () => {
    const text = "select [a]]b], 'it''s', N'x' /* a /* b */ c */ -- end\r\nfrom #t where @x <> 1.5e-3 and 0xAF = $1";
    assert.equal(tokenize(text).map((t) => text.slice(t.start, t.end)).join(""), text);
  });
  it("names the line of a comment that never ends", () => assert.throws(() => tokenize("a\n/* b /* c */"), /line 2/));
});

describe("splitBatches", () => {
  it("does not split at GO inside strings, comments and names", () => {
    assert.equal(splitBatches("select '\nGO\n', [\nGO\n] /*\nGO\n*/").length, 1);
  });
  it("keeps the line of each batch and the count of GO", () => {
    const batches = splitBatches("select 1\nGO 3 -- thrice\n\nselect 2\ngo\n");
    assert.deepEqual(batches.map((b) => [b.repeat, b.line]), [[3, 1], [1, 2]]);
    assert.match(batches[1]!.text, /select 2/);
  });
  it("takes GOTO and go1 as words", () => assert.equal(splitBatches("GOTO x\ngo1\n").length, 1));
});

describe("readModules", () => {
  it("reads several modules with and without GO", () => {
    const { modules, problems } = read("create proc a as select 1\n-- of b\nCREATE VIEW dbo.b AS select 2 x\nGO\nALTER FUNCTION dbo.f() returns int as begin return 1 end");
    assert.deepEqual(problems, []);
    assert.deepEqual(modules.map((m) => [m.kind, m.schema, m.name, m.line]), [["procedure", "dbo", "a", 1], ["view", "dbo", "b", 2], ["function", "dbo", "f", 4]]);
    assert.equal(modules[1]!.batch, "-- of b\nCREATE OR ALTER VIEW dbo.b AS select 2 x");
  });
  it("writes the schema that the source left out", () =>
    assert.equal(readModules("create view v as select 1 x", "v.sql", "a]b").modules[0]!.batch, "CREATE OR ALTER view [a]]b].v as select 1 x"));
  it("carries SET options to the modules after them", () => {
    const { modules } = read("SET QUOTED_IDENTIFIER OFF\nGO\ncreate proc a as select 1\nGO\nSET ANSI_NULLS, QUOTED_IDENTIFIER ON\nGO\ncreate proc b as select 1");
    assert.deepEqual(modules.map((m) => [m.ansiNulls, m.quotedIdentifier]), [[true, false], [true, true]]);
  });
  it("leaves GRANT CREATE VIEW and CREATE TYPE in a procedure's body", () => {
    const { modules } = read("create proc a as grant create view to x\ncreate type dbo.q from int");
    assert.deepEqual(modules.map((m) => m.name), ["a"]);
  });
  const refused: [text: string, line: number, message: RegExp][] = [
    ["select 1\nGO\nUSE x", 1, /begins none of them/],
    ["\nUSE x", 2, /database/],
    ["create proc a.b.c as select 1", 1, /166/],
    ["create proc p;2 as select 1", 1, /numbered/],
    ["create proc p as select 1\nGO 5", 1, /GO 5/],
    ["alter type t from int", 1, /write CREATE/],
    ["SET NOCOUNT ON\nGO\ncreate proc p as select 1", 1, /ANSI_NULLS/],
    ["drop proc q\nGO\ncreate proc p as select 1", 1, /does not create/],
    ["create proc p as select 'abc", 1, /never closed/],
  ];
  for (const [text, line, message] of refused)
    it(`refuses ${JSON.stringify(text)}`, () => {
      const found = read(text).problems.find((p) => message.test(p.message));
      assert.equal(found?.line, line);
      assert.equal(found.file, "m.sql");
    });
  it("accepts a guard that drops what the file creates", () =>
    assert.deepEqual(read("IF OBJECT_ID('dbo.p') IS NOT NULL DROP PROC dbo.p\nGO\ncreate proc dbo.p as select 1").problems, []));
  it("finds references and local names", () => {
    const [module] = read("create proc p @t dbo.T readonly as with c as (select 1 x) select dbo.f(1) from graph.Nodes n join c on 1=1; exec @r = dbo.q").modules;
    assert.deepEqual(
      module!.references.references.map((r) => `${r.place} ${r.parts.join(".")}`),
      ["type dbo.T", "call dbo.f", "relation graph.Nodes", "relation c", "procedure dbo.q"],
    );
    assert.ok(module!.references.localNames.has("c"));
  });
});

describe("canonicalDefinition", () => {
  it("treats CREATE, ALTER and CREATE OR ALTER alike, as the server stores them", () => {
    const stored = canonicalDefinition("CREATE   PROCEDURE [dbo].[p] as\nselect 1");
    assert.equal(canonicalDefinition("-- x\nalter proc dbo.p as\r\nselect 1;\n"), stored);
    assert.equal(canonicalDefinition("create or alter proc p as\nselect 1"), stored);
    assert.notEqual(canonicalDefinition("create proc p as\nselect  1"), stored);
  });
  it("tells captured SET options apart", () =>
    assert.notEqual(
      definitionHash("create proc p as select 1", { ansiNulls: true, quotedIdentifier: true }),
      definitionHash("create proc p as select 1", { ansiNulls: true, quotedIdentifier: false }),
    ));
});

describe("decodeSource", () => {
  const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);
  it("reads UTF-8 with and without a mark, and UTF-16 with one", () => {
    assert.equal(decodeSource(Buffer.from("\ufeffsélect"), "a"), "sélect");
    assert.equal(decodeSource(utf16("sélect"), "a"), "sélect");
  });
  it("refuses other encodings by name", () =>
    assert.throws(() => decodeSource(Buffer.from([0x73, 0xe9, 0x6c]), "a.sql"), (e: Error) => e instanceof SourceEncodingError && e.message.startsWith("a.sql")));
});
