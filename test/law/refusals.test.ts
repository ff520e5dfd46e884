/** What must be refused: each with an error that says what to do, and with nothing changed on the server. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { KindName } from "../../provider/src/registry";
import * as runtime from "../../provider/src/runtime";
import { dumpCatalog } from "./catalog-dump";
import { isOurs, unique } from "../server";
import { Deployment, type Properties } from "./deployment";

const table = { name: "Orders", columns: [{ name: "Id", type: "int" }], primaryKey: { columns: ["Id"] } };

const [refusals, reader, stranger] = [unique("refusals"), unique("reader"), unique("stranger")];

describe("refusals", () => {
  let deployment: Deployment;
  let directory: string;
  let empty: string[];
  const texts: string[] = [];
  before(async () => {
    deployment = await Deployment.start();
    await deployment.sql(`CREATE DATABASE ${refusals};`);
    await deployment.sql("CREATE TABLE dbo.Kept (Id int NOT NULL);", refusals);
    empty = await dumpCatalog(deployment, refusals);
  });
  beforeEach(async () => {
    const parent = join(__dirname, "..", "..", ".local");
    mkdirSync(parent, { recursive: true });
    directory = mkdtempSync(join(parent, "refusals-"));
    await deployment.configure();
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  after(() => deployment.close());

  function write(file: string, content: string | Uint8Array): void {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), content);
  }
  const place = (): string => relative(process.cwd(), directory).replaceAll("\\", "/");
  const inRefusals = (given: Properties): Properties => ({ database: refusals, ...given });
  const bundle = (more: Properties = {}): Properties => inRefusals({ directory: place(), ...more });

  async function assertNothingChanged(): Promise<void> {
    assert.deepEqual(await dumpCatalog(deployment, refusals), empty);
    assert.deepEqual(await deployment.sql(`SELECT name FROM sys.databases WHERE ${isOurs("name")};`), [
      { name: refusals },
    ]);
  }

  /** A refusal that shows at preview. */
  async function refusedAtPreview(kind: string, given: Properties, ...patterns: readonly RegExp[]): Promise<void> {
    const { failures } = await deployment.preview(kind as KindName, "one", given);
    const text = failures.join("\n");
    texts.push(text);
    for (const pattern of patterns) assert.match(text, pattern);
    await assertNothingChanged();
  }

  /** A refusal that can only be known when it is applied; the preview must have gone through. */
  async function refusedAtApply(kind: KindName, given: Properties, ...patterns: readonly RegExp[]): Promise<void> {
    const { failures } = await deployment.preview(kind, "one", given);
    assert.deepEqual(failures, []);
    let error: unknown;
    try {
      await deployment.create(kind, "one", given);
    } catch (caught) {
      error = caught;
    }
    assert.ok(error instanceof Error, "it was not refused");
    texts.push(error.message, error.stack ?? "", JSON.stringify(error));
    for (const pattern of patterns) assert.match(error.message, pattern);
    await assertNothingChanged();
  }

  describe("of inputs", () => {
    it("an option that does not exist, with those that do", () =>
      refusedAtPreview(
        "Table",
        inRefusals({ ...table, fillfactor: 80 }),
        /^fillfactor: no such input; there are .*primaryKey/m,
      ));

    it("an option of a column that does not exist, with its place", () =>
      refusedAtPreview(
        "Table",
        inRefusals({ ...table, columns: [{ name: "Id", type: "int", nullabel: true }] }),
        /^columns\[0\]\.nullabel: /m,
      ));

    it("a data type that does not exist, with the column", () =>
      refusedAtPreview(
        "Table",
        inRefusals({ ...table, columns: [{ name: "Id", type: "integr" }] }),
        /columns\[0\]\.type/,
        /integr/,
      ));

    it("a file of size 0", () =>
      refusedAtPreview(
        "Filegroup",
        inRefusals({ name: "Archive", files: [{ name: "archive1", sizeMb: 0 }] }),
        /files\[0\]\.sizeMb: /,
      ));

    it("several mistakes at once", () =>
      refusedAtPreview(
        "Table",
        inRefusals({ name: "", columns: [], fillfactor: 80 }),
        /^name: /m,
        /^columns: /m,
        /^fillfactor: /m,
      ));

    it("a kind that this version does not know", () =>
      refusedAtPreview("Tabel", inRefusals(table), /UnknownKindError.*"Tabel"/));

    it("a filegroup that is nowhere, when it is applied", () =>
      refusedAtApply(
        "Table",
        inRefusals({ ...table, filegroup: "Nowhere" }),
        /MissingRequirementError/,
        /filegroup "Nowhere"/,
        /dbo\.Orders/,
      ));
  });

  describe("of source files", () => {
    it("a procedure that two files define, with both places", async () => {
      write("a.sql", "CREATE PROCEDURE dbo.Twice AS SELECT 1 AS n;\n");
      write("sub/b.sql", "-- the other one\n\nCREATE OR ALTER PROC [dbo].[twice] AS SELECT 2 AS n;\n");
      await refusedAtPreview("ProcedureBundle", bundle(), /a\.sql:1/, /sub\/b\.sql:3/);
    });

    it("an object that is mentioned and nowhere", async () => {
      write("a.sql", "CREATE PROCEDURE dbo.Reads AS\nSELECT Id FROM dbo.Nothing;\n");
      await refusedAtApply("ProcedureBundle", bundle(), /dbo\.Nothing/, /dbo\.Reads/);
    });

    it("a syntax error, with file and line", async () => {
      write("a.sql", "CREATE PROCEDURE dbo.Good AS SELECT 1 AS n;\n");
      write("bad.sql", "-- header\nCREATE PROCEDURE dbo.Bad AS\nBEGIN\n  SELECT 1 FROM WHERE;\nEND;\n");
      await refusedAtApply("ProcedureBundle", bundle(), /bad\.sql:4: /, /error 156/, /nothing was changed/);
    });

    it("a file that is not UTF-8, and takes UTF-16 with a byte order mark", async () => {
      write("latin.sql", Buffer.from("CREATE PROCEDURE dbo.Latin AS SELECT N'caf\xe9' AS n;\n", "latin1"));
      await refusedAtPreview("ProcedureBundle", bundle(), /latin\.sql:1: .*UTF-8/);
      write("latin.sql", Buffer.from("\ufeffCREATE PROCEDURE dbo.Latin AS SELECT N'caf\u00e9' AS n;\n", "utf16le"));
      const made = await deployment.create("ProcedureBundle", "one", bundle());
      assert.match(
        String(
          (await deployment.sql("SELECT OBJECT_DEFINITION(OBJECT_ID(N'dbo.Latin')) AS text;", refusals))[0]?.["text"],
        ),
        /caf\u00e9/,
      );
      await deployment.delete({ ...made, state: { ...made.state, allow: ["data-loss:*"] } });
      await assertNothingChanged();
    });

    it("a directory that does not exist, and an absolute one", async () => {
      await refusedAtPreview("ProcedureBundle", inRefusals({ directory: `${place()}/nothing` }), /no such directory/);
      await refusedAtPreview("ProcedureBundle", inRefusals({ directory: directory }), /^directory: must be relative/m);
    });
  });

  describe("of a server", () => {
    it("that is not configured, with the command to type", async () => {
      const { failures } = {
        failures:
          (
            await runtime.check(
              "Table",
              {},
              { ...deployment.inputs("Table", "one", inRefusals(table)), server: "elsewhere" },
            )
          ).failures ?? [],
      };
      const text = failures.map(({ reason }) => reason).join("\n");
      assert.match(text, /ConfigurationError/);
      assert.match(text, /pulumi config set --secret sqlserver:servers '\{"elsewhere":/);
      assert.match(text, /SQLSERVER_ELSEWHERE/);
      texts.push(text);
    });

    it("with a wrong password, which is not shown", async () => {
      // Nobody's login, so that none is locked.
      await deployment.configure([], { ...deployment.settings, user: unique("nobody"), password: "Wrong-Passw0rd" });
      await refusedAtPreview("Table", inRefusals(table), /ConnectionFailedError/, /18456/, /sqlserver:servers/);
      assert.ok(texts.every((text) => !text.includes("Wrong-Passw0rd")));
    });

    it("whose certificate nobody vouches for", async () => {
      const { certificateAuthority: _unknown, ...settings } = deployment.settings;
      await deployment.configure([], { ...settings, trustServerCertificate: false });
      await refusedAtPreview("Table", inRefusals(table), /ConnectionFailedError/, /certificateAuthority/);
    });

    it("where nobody listens", async () => {
      await deployment.configure([], { ...deployment.settings, port: 1 });
      await refusedAtPreview(
        "Table",
        inRefusals(table),
        /ConnectionFailedError/,
        new RegExp(`${deployment.settings.host}:1\\b`),
      );
    });

    it("where the login may read but not write", async () => {
      await deployment.sql(`CREATE LOGIN ${reader} WITH PASSWORD = N'Read-0nly-login';`);
      await deployment.sql(
        `CREATE USER reader FOR LOGIN ${reader}; GRANT VIEW DEFINITION, VIEW DATABASE STATE, SELECT TO reader;`,
        refusals,
      );
      empty = await dumpCatalog(deployment, refusals);
      await deployment.configure([], { ...deployment.settings, user: reader, password: "Read-0nly-login" });
      await refusedAtApply("Table", inRefusals(table), /StatementError/, /error 262/, /lacks the permission/);
    });

    it("where the login has no user in the database", async () => {
      await deployment.sql(`CREATE LOGIN ${stranger} WITH PASSWORD = N'Str4nger-login';`);
      await deployment.configure([], { ...deployment.settings, user: stranger, password: "Str4nger-login" });
      await refusedAtPreview("Table", inRefusals(table), /refusals/, /916|4060/);
    });

    it("that has no memory for a catalog read: nothing is planned from half an answer", async function () {
      deployment.ownTwin(this).faults.outOfMemoryReads = 1;
      await refusedAtPreview("Table", inRefusals(table), /CatalogReadError/, /701/);
      assert.deepEqual((await deployment.preview("Table", "one", inRefusals(table))).failures, []);
    });

    it("that changed since the plan was made", async () => {
      const given = deployment.inputs("Table", "one", inRefusals({ ...table, adopt: true }));
      const { inputs, failures } = await runtime.check("Table", {}, given);
      assert.deepEqual(failures ?? [], []);
      await deployment.configure();
      await deployment.sql(
        "CREATE TABLE dbo.Orders (Id int NOT NULL CONSTRAINT PK_Orders PRIMARY KEY, Extra int NULL);",
        refusals,
      );
      const changed = await dumpCatalog(deployment, refusals);
      // With consent the new plan would be applied, were it not another than the one that was shown.
      await assert.rejects(
        runtime.create("Table", { ...inputs, allow: ["data-loss:*"] }),
        /StalePlanError.*nothing was changed[\s\S]*DROP COLUMN \[Extra\]/,
      );
      assert.deepEqual(await dumpCatalog(deployment, refusals), changed);
      await deployment.sql("DROP TABLE dbo.Orders;", refusals);
      await assertNothingChanged();
    });
  });

  describe("of a connection that breaks", () => {
    it("at any statement of an apply: all of it is there and recorded, or nothing is, and the next apply completes", async function () {
      const { faults } = deployment.ownTwin(this);
      for (let i = 1; i <= 4; i++) write(`p${i}.sql`, `CREATE PROCEDURE dbo.Part_${i} AS SELECT ${i} AS n;\n`);
      const given = deployment.inputs("ProcedureBundle", "one", bundle());
      let cuts = 0;
      let step = 1;
      for (let statements = 1; ; statements += step) {
        assert.ok(statements < 500, "the apply never ends");
        await deployment.configure();
        const { inputs, failures } = await runtime.check("ProcedureBundle", {}, given);
        assert.deepEqual(failures ?? [], []);
        faults.dropAfterStatements = statements;
        let error: (Error & { id?: string; properties?: Properties }) | undefined;
        try {
          await runtime.create("ProcedureBundle", inputs);
        } catch (caught) {
          error = caught as Error & { id?: string; properties?: Properties };
        }
        const applied = faults.dropAfterStatements !== undefined && error === undefined;
        delete faults.dropAfterStatements;
        const live = (
          await deployment.sql("SELECT name FROM sys.procedures WHERE name LIKE N'Part[_]%' ORDER BY name;", refusals)
        ).map(({ name }) => name);
        const booked = (await deployment.sql("SELECT OBJECT_ID(N'iac.object') AS id;", refusals))[0]?.["id"] !== null;
        const recorded = booked
          ? (await deployment.sql("SELECT object_name AS name FROM iac.[object] ORDER BY object_name;", refusals)).map(
              ({ name }) => String(name).replace("dbo.", ""),
            )
          : [];
        assert.deepEqual(recorded, live, `cut after ${statements} statements: ${error?.message}`);
        assert.ok(live.length === 0 || live.length === 4, `cut after ${statements} statements: ${live.join()}`);
        if (error) {
          cuts++;
          // The many statements that only read the catalog are tried here and there.
          step = error.name === "CatalogReadError" ? 5 : 1;
          assert.match(error.message, /connection broke|Connection lost|ConnectionFailedError/i);
          if (live.length > 0) {
            assert.doesNotMatch(
              error.message,
              /nothing was changed/,
              `cut after ${statements} statements: the error lies`,
            );
            assert.ok(
              error.id && error.properties?.["identity"],
              `cut after ${statements} statements: the state would not know of the procedures`,
            );
          }
          texts.push(error.message);
        }
        if (live.length === 0 && error) continue;
        await deployment.configure();
        const again = await runtime.check("ProcedureBundle", {}, given);
        const { id, outs } = await runtime.create("ProcedureBundle", again.inputs);
        assert.equal(outs["moduleCount"], 4);
        await deployment.configure(["data-loss:*"]);
        await runtime.delete("ProcedureBundle", id, outs);
        await assertNothingChanged();
        if (applied) break;
      }
      assert.ok(cuts > 10, `only ${cuts} cuts`);
    });

    it("by a deadlock: the transaction is tried again", async function () {
      const { faults } = deployment.ownTwin(this);
      for (let i = 1; i <= 3; i++) write(`p${i}.sql`, `CREATE PROCEDURE dbo.Part_${i} AS SELECT ${i} AS n;\n`);
      faults.deadlockOn.push(/CREATE PROCEDURE dbo\.Part_2/);
      const made = await deployment.create("ProcedureBundle", "one", bundle());
      assert.deepEqual(faults.deadlockOn, [], "there was no deadlock");
      assert.equal(made.state["moduleCount"], 3);
      await deployment.configure(["data-loss:*"]);
      await deployment.delete(made);
      await assertNothingChanged();
    });
  });

  describe("of all sorts", () => {
    it("show no password in any of their texts", () => {
      assert.ok(texts.length > 20);
      for (const text of texts)
        for (const secret of [deployment.settings.password!, "Read-0nly-login", "Str4nger-login", "Wrong-Passw0rd"])
          assert.ok(!text.includes(secret), text);
    });
  });
});
