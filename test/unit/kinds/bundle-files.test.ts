import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { InvalidInputsError } from "../../../provider/src/errors";
import { procedureBundleKind } from "../../../provider/src/kinds/bundle";
import { BundleInputs } from "../../../provider/src/kinds/bundle/inputs";

describe("the directory of a bundle", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "bundle-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const write = (file: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  };
  const inputs = (special: Partial<BundleInputs> = {}): BundleInputs =>
    BundleInputs.parse({
      server: "hart",
      owner: "shop/dev/ProcedureBundle/api",
      database: "sales",
      directory: relative(process.cwd(), root),
      ...special,
    });
  const names = (special: Partial<BundleInputs> = {}): string[] =>
    procedureBundleKind.desired(inputs(special)).modules.map((m) => `${m.schema}.${m.name}`);
  /** The reasons, with the directory cut off. */
  const reasons = (special: Partial<BundleInputs> = {}): string[] => {
    try {
      procedureBundleKind.desired(inputs(special));
    } catch (error) {
      assert.ok(error instanceof InvalidInputsError, String(error));
      return error.issues.map(
        ({ property, reason }) => `${property}: ${reason.replaceAll(`${relative(process.cwd(), root)}/`, "")}`,
      );
    }
    return assert.fail("nothing was refused");
  };

  it("reads .sql files of all sub-directories in the order of their paths", () => {
    write("b/b.sql", "create view b as select 1 x");
    write("a.sql", "create proc dbo.a as select 1");
    write("b/readme.md", "not SQL");
    assert.deepEqual(names(), ["dbo.a", "dbo.b"]);
    assert.deepEqual(names({ defaultSchema: "api" }), ["dbo.a", "api.b"]);
  });
  it("takes include and exclude as globs, and several directories", () => {
    write("views/a.view.sql", "create view a as select 1 x");
    write("procs/b.sql", "create proc b as select 1");
    write("procs/old/c.sql", "create proc c as select 1");
    assert.deepEqual(names({ include: ["**/*.view.sql"] }), ["dbo.a"]);
    assert.deepEqual(names({ exclude: ["**/old/**"] }), ["dbo.b", "dbo.a"]);
    const base = relative(process.cwd(), root);
    assert.deepEqual(names({ directory: [`${base}/procs/old`, `${base}/views`] }), ["dbo.c", "dbo.a"]);
  });
  it("reads UTF-8 with and without a mark and UTF-16 with one, and refuses the rest by name", () => {
    write("a.sql", "\ufeffcreate view [é] as select 1 x");
    write("b.sql", Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("create view [ö] as select 1 x", "utf16le")]));
    assert.deepEqual(names(), ["dbo.é", "dbo.ö"]);
    write("c.sql", Buffer.from([0x2d, 0x2d, 0xe9]));
    assert.deepEqual(reasons(), [
      "directory: c.sql:1: not UTF-8; save it as UTF-8, or as UTF-16 with a byte order mark",
    ]);
  });
  it("names every problem of every file with its line", () => {
    write("a.sql", "create proc a as select 1\nGO\ninsert dbo.x values (1)");
    write("b.sql", "create proc b as\nselect 'never closed");
    write("c.sql", "create proc c as begin\nselect 1");
    const found = reasons();
    assert.equal(found.length, 3);
    assert.match(found[0]!, /^directory: a\.sql:3: a bundle holds no INSERT DBO: a bundle changes no rows/);
    assert.match(found[1]!, /^directory: b\.sql:2: the string that begins on line 2 is never closed/);
    assert.match(found[2]!, /^directory: c\.sql:1: procedure c: this BEGIN is never closed/);
  });
  it("refuses a directory that is not there or holds nothing", () => {
    assert.match(reasons()[0]!, /no definition in \*\*\/\*\.sql/);
    assert.match(reasons({ directory: "no/such/place" })[0]!, /no\/such\/place: no such directory/);
  });
  it("refuses paths of one machine, and unknown inputs", () => {
    for (const directory of ["/srv/sql", "C:\\sql", "\\\\host\\sql"])
      assert.equal(
        BundleInputs.safeParse({ server: "hart", owner: "o", database: "sales", directory }).success,
        false,
        directory,
      );
    assert.equal(
      BundleInputs.safeParse({ server: "hart", owner: "o", database: "sales", directory: "sql", directorry: "x" })
        .success,
      false,
    );
  });
  it("puts variables into the text, and names one that has no text", () => {
    write("a.sql", "create synonym dbo.s for $(Crm).dbo.T\nGO\ncreate synonym dbo.t for [$(crm)].dbo.$(Table)");
    const [first] = procedureBundleKind.desired(inputs({ variables: { Crm: "crm_test", Table: "T" } })).modules;
    assert.ok(first!.text.endsWith("for crm_test.dbo.T"));
    assert.deepEqual(reasons({ variables: { crm: "x" } }), [
      "directory: a.sql:3: $(Table) has no text: add Table to `variables`",
    ]);
  });
  it("sees a changed file, and does not analyse an unchanged one again", () => {
    write("a.sql", "create proc a as select 1");
    write("b.sql", "create proc b as select 1");
    const before = procedureBundleKind.desired(inputs()).modules;
    write("a.sql", "create proc a as select 2");
    const after = procedureBundleKind.desired(inputs()).modules;
    assert.notEqual(before[0]!.hash, after[0]!.hash);
    assert.equal(before[1], after[1]);
  });
  it("is known by its database and the name of its resource", () => {
    write("a.sql", "create proc a as select 1");
    const identity = procedureBundleKind.identity(procedureBundleKind.desired(inputs()));
    assert.deepEqual(identity, { database: "sales", bundle: "api", modules: [["procedure", "dbo", "a"]] });
    assert.equal(procedureBundleKind.key(identity), "sales/api");
    assert.equal(procedureBundleKind.describe(identity), 'procedure bundle "api" in database "sales"');
  });
});
