/** The law for bundles, on the twin: apply, plan again finds nothing; an old deployment changed is the same as a new one. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import mssql from "mssql";
import * as runtime from "../../../provider/src/runtime";
import { startTwin, type Twin } from "../../../twin/src/index";
import type { Files } from "./bundle-fixture";

interface State {
  readonly id: string;
  readonly outs: Readonly<Record<string, unknown>>;
}

const first: Files = {
  "types.sql":
    "CREATE TYPE dbo.Code FROM varchar(10) NOT NULL;\nGO\nCREATE TYPE dbo.List AS TABLE (Id int NOT NULL PRIMARY KEY, C dbo.Code NOT NULL, Note nvarchar(50) NULL);",
  "numbers.sql": "CREATE SEQUENCE dbo.Numbers AS int START WITH 10 INCREMENT BY 1 CACHE 50;",
  "synonym.sql": "CREATE SYNONYM dbo.S FOR dbo.V;",
  "scalar.sql": "CREATE FUNCTION dbo.F(@a int) RETURNS int WITH SCHEMABINDING AS\nBEGIN\n  RETURN @a;\nEND",
  "views.sql":
    "-- a view\ncreate or alter view dbo.V with schemabinding as select dbo.F(1) as x, 2 as y;\nGO\nCREATE VIEW dbo.W AS SELECT * FROM dbo.V;",
  "procedures.sql":
    "SET QUOTED_IDENTIFIER OFF\nGO\nCREATE OR ALTER PROCEDURE dbo.P @l dbo.List READONLY AS\nBEGIN\n  SELECT Id, C FROM @l;\nEND\nGO\nSET QUOTED_IDENTIFIER ON\nGO\n" +
    "CREATE PROC dbo.Q AS EXEC dbo.R;\nGO\nCREATE PROC dbo.R AS SELECT NEXT VALUE FOR dbo.Numbers AS n;",
  "inline.sql": "CREATE FUNCTION dbo.I(@a int) RETURNS TABLE AS RETURN SELECT @a AS x;",
  "table.sql": "CREATE FUNCTION dbo.M(@a int) RETURNS @t TABLE (x int) AS BEGIN INSERT @t VALUES (@a); RETURN; END",
};
const boundFunctionChanged: Files = {
  ...first,
  "scalar.sql": first["scalar.sql"]!.replace("RETURN @a;", "RETURN @a + 1;"),
};
const typesChanged: Files = {
  ...boundFunctionChanged,
  "types.sql": first["types.sql"]!.replace("varchar(10)", "varchar(20)"),
  "numbers.sql": "CREATE SEQUENCE dbo.Numbers AS int START WITH 10 INCREMENT BY 5 NO CACHE;",
};
const kindsChanged: Files = {
  ...typesChanged,
  "synonym.sql": "CREATE SYNONYM dbo.S FOR dbo.W;",
  "inline.sql": "CREATE FUNCTION dbo.I(@a int) RETURNS int AS BEGIN RETURN @a END",
};
const { "table.sql": _left, ...withoutTable } = kindsChanged;
const objectsRemoved: Files = { ...withoutTable, "views.sql": "CREATE VIEW dbo.W AS SELECT 1 AS z;" };
const steps: readonly [what: string, files: Files][] = [
  ["everything is new", first],
  ["a function under a schema-bound view changes", boundFunctionChanged],
  ["types and a sequence change", typesChanged],
  ["a synonym moves and a function becomes another kind", kindsChanged],
  ["files leave the directory", objectsRemoved],
];

describe("a bundle on the twin", () => {
  let twin: Twin;
  let root: string;
  let pool: mssql.ConnectionPool;
  const password = "Choose-1-yourself";

  before(async () => {
    twin = await startTwin({ password });
    root = mkdtempSync(join(tmpdir(), "bundle-twin-"));
    pool = await new mssql.ConnectionPool({
      server: twin.host,
      port: twin.port,
      user: "sa",
      password,
      options: { trustServerCertificate: true },
    }).connect();
  });
  after(async () => {
    await pool.close();
    await runtime.shutdown();
    await twin.close();
    rmSync(root, { recursive: true });
  });

  /** A new process of the provider: nothing is remembered. */
  const restart = async (): Promise<void> => {
    await runtime.shutdown();
    const hart = { host: twin.host, port: twin.port, user: "sa", password, trustServerCertificate: true };
    await runtime.configure("", {
      config: { get: (key) => (key === "sqlserver:servers" ? JSON.stringify({ hart }) : undefined) },
    });
  };
  const write = (database: string, files: Files): string => {
    const directory = join(root, database);
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text);
    return relative(process.cwd(), directory);
  };
  const preview = async (database: string, files: Files, state?: State): Promise<Record<string, unknown>> => {
    await restart();
    const news = {
      server: "hart",
      owner: `shop/dev/ProcedureBundle/${database}`,
      database,
      directory: write(database, files),
      allow: ["data-loss:*"],
    };
    const { inputs, failures } = await runtime.check("ProcedureBundle", state?.outs ?? {}, news);
    assert.deepEqual(failures ?? [], []);
    return inputs;
  };
  const deploy = async (database: string, files: Files, state?: State): Promise<State> => {
    const inputs = await preview(database, files, state);
    const result = state
      ? { id: state.id, ...(await runtime.update("ProcedureBundle", state.id, state.outs, inputs)) }
      : await runtime.create("ProcedureBundle", inputs);
    const again = await preview(database, files, result);
    assert.deepEqual(await runtime.diff("ProcedureBundle", result.id, result.outs, again), { changes: false });
    return result;
  };
  const makeDatabase = async (name: string, special: Record<string, unknown> = {}): Promise<void> => {
    await restart();
    const { inputs } = await runtime.check(
      "Database",
      {},
      { server: "hart", owner: `shop/dev/Database/${name}`, name, ...special },
    );
    await runtime.create("Database", inputs);
  };
  /** Rows of the last result; none for a batch without one. */
  const query = async (text: string): Promise<Record<string, unknown>[]> => {
    const results = (await pool.request().query(text)).recordsets as Record<string, unknown>[][];
    return [...(results.at(-1) ?? [])];
  };
  /** What a person could see of the bundle's objects. */
  const catalogOf = (database: string): Promise<Record<string, unknown>[]> =>
    query(
      `SELECT o.name, o.type, m.definition, m.uses_quoted_identifier, y.base_object_name, CONVERT(int, q.increment) AS increment
       FROM [${database}].sys.objects AS o
       JOIN [${database}].sys.schemas AS s ON s.schema_id = o.schema_id
       LEFT JOIN [${database}].sys.sql_modules AS m ON m.object_id = o.object_id
       LEFT JOIN [${database}].sys.synonyms AS y ON y.object_id = o.object_id
       LEFT JOIN [${database}].sys.sequences AS q ON q.object_id = o.object_id
       WHERE s.name = N'dbo' ORDER BY o.name;`,
    );

  it("finds nothing to do after each step, and ends like a new deployment", async () => {
    await makeDatabase("old");
    let state: State | undefined;
    for (const [, files] of steps) state = await deploy("old", files, state);
    await makeDatabase("new");
    const fresh = await deploy("new", objectsRemoved);
    const catalog = await catalogOf("old");
    assert.equal(catalog.filter((row) => row["definition"] !== null).length, 6);
    assert.deepEqual(catalog, await catalogOf("new"));
    await restart();
    await runtime.delete("ProcedureBundle", fresh.id, fresh.outs);
    assert.deepEqual(await catalogOf("new"), []);
  });

  it("keeps permissions through an ALTER and finds what was changed by hand", async () => {
    await makeDatabase("drift");
    const files = { "p.sql": "CREATE PROC dbo.P AS SELECT 1", "q.sql": "CREATE PROC dbo.Q AS SELECT 1" };
    let state = await deploy("drift", files);
    await query("USE drift; CREATE ROLE app; GRANT EXECUTE ON dbo.P TO app;");
    await query("USE drift; EXEC(N'ALTER PROC dbo.P AS SELECT 2'); DROP PROC dbo.Q;");
    await restart();
    const refreshed = await runtime.read("ProcedureBundle", state.id, state.outs);
    assert.deepEqual(refreshed.props?.["drift"], { "dbo.P": "changed", "dbo.Q": "missing" });
    state = await deploy("drift", files, state);
    assert.deepEqual(state.outs["drift"], {});
    const permissions = await query(
      "SELECT permission_name FROM drift.sys.database_permissions WHERE class = 1 AND major_id = OBJECT_ID(N'drift.dbo.P');",
    );
    assert.deepEqual(permissions, [{ permission_name: "EXECUTE" }]);
  });

  it("changes what stands on a table: an indexed view, triggers, an encrypted procedure, with OFF settings", async () => {
    await makeDatabase("tables");
    await query(
      "USE tables; EXEC(N'CREATE TABLE dbo.Orders (Id int NOT NULL PRIMARY KEY, Total int NOT NULL)'); EXEC(N'CREATE TABLE dbo.Lines (Id int NOT NULL)');",
    );
    const old: Files = {
      "f.sql": "CREATE FUNCTION dbo.Tax(@a int) RETURNS int WITH SCHEMABINDING AS BEGIN RETURN @a END",
      "v.sql": "CREATE VIEW dbo.Totals WITH SCHEMABINDING AS SELECT Id, Total FROM dbo.Orders",
      "w.sql": "CREATE VIEW dbo.Taxed WITH SCHEMABINDING AS SELECT Id, dbo.Tax(Total) AS Tax FROM dbo.Totals",
      "t.sql": "CREATE TRIGGER dbo.Audit ON dbo.Orders AFTER INSERT AS SET NOCOUNT ON;",
      "d.sql": "CREATE TRIGGER Watch ON DATABASE FOR CREATE_TABLE AS SET NOCOUNT ON;",
      "e.sql": "CREATE PROC dbo.Secret WITH ENCRYPTION AS SELECT 1",
      "o.sql": "SET ANSI_NULLS OFF\nGO\nCREATE PROC dbo.OldSettings AS SELECT 1",
    };
    let state = await deploy("tables", old);
    await query(
      "USE tables; CREATE UNIQUE CLUSTERED INDEX ix ON dbo.Totals (Id); DISABLE TRIGGER dbo.Audit ON dbo.Orders;",
    );
    await restart();
    assert.deepEqual((await runtime.read("ProcedureBundle", state.id, state.outs)).props?.["drift"], {
      "dbo.Audit": "disabled",
    });
    state = await deploy("tables", old, state);
    state = await deploy(
      "tables",
      {
        ...old,
        "f.sql": old["f.sql"]!.replace("RETURN @a", "RETURN @a + 1"),
        "v.sql": old["v.sql"]!.replace("Id, Total", "Id, Total, 1 AS One"),
        "t.sql": old["t.sql"]!.replace("dbo.Orders", "dbo.Lines"),
        "d.sql": old["d.sql"]!.replace("NOCOUNT ON", "NOCOUNT OFF"),
        "e.sql": old["e.sql"]!.replace("SELECT 1", "SELECT 2"),
        "o.sql": "CREATE PROC dbo.OldSettings AS SELECT 1",
      },
      state,
    );
    const indexes = await query(
      "SELECT name FROM tables.sys.indexes WHERE object_id = OBJECT_ID(N'tables.dbo.Totals') AND index_id > 0;",
    );
    assert.deepEqual(indexes, [{ name: "ix" }]);
    await restart();
    await runtime.delete("ProcedureBundle", state.id, state.outs);
    assert.deepEqual(
      (await catalogOf("tables")).map((row) => String(row["type"]).trim()).filter((type) => type !== "PK"),
      ["U", "U"],
    );
  });

  it("carries hostile names through create, change and delete", async () => {
    await makeDatabase("hostile");
    const odd = "a]b'c \u{1F600}";
    const quoted = `[${odd.replaceAll("]", "]]")}]`;
    await query(`USE hostile; EXEC(N'CREATE SCHEMA ${quoted.replaceAll("'", "''")}');`);
    const old: Files = {
      "a.sql": `CREATE VIEW ${quoted}.${quoted} WITH SCHEMABINDING AS SELECT 1 AS x`,
      "b.sql": `CREATE FUNCTION ${quoted}.[select]() RETURNS TABLE WITH SCHEMABINDING AS RETURN SELECT x FROM ${quoted}.${quoted}`,
      "c.sql": `CREATE SEQUENCE ${quoted}."x.y" AS int`,
      "d.sql": `CREATE TRIGGER ${quoted} ON DATABASE FOR CREATE_TABLE AS SET NOCOUNT ON`,
      "e.sql": `CREATE TYPE ${quoted}.t AS TABLE (${quoted} int)`,
      "f.sql": `CREATE PROC ${quoted}.[${"p".repeat(128)}] @t ${quoted}.t READONLY AS SELECT 1`,
    };
    let state = await deploy("hostile", old);
    state = await deploy(
      "hostile",
      {
        ...old,
        "a.sql": old["a.sql"]!.replace("1 AS x", "2 AS x"),
        "c.sql": `CREATE SEQUENCE ${quoted}."x.y" AS int INCREMENT BY 2`,
        "e.sql": old["e.sql"]!.replace(" int)", " bigint)"),
      },
      state,
    );
    await restart();
    await runtime.delete("ProcedureBundle", state.id, state.outs);
    assert.deepEqual((await runtime.read("ProcedureBundle", state.id, state.outs)).id, undefined);
  });

  it("tells names apart only where the database does", async () => {
    const two = { "a.sql": "CREATE PROC dbo.p AS SELECT 1", "b.sql": "CREATE PROC dbo.P AS SELECT 2" };
    await makeDatabase("sensitive", { collation: "Latin1_General_CS_AS" });
    await deploy("sensitive", two);
    assert.deepEqual((await catalogOf("sensitive")).map((row) => row["name"]).sort(), ["P", "p"]);
    await makeDatabase("insensitive", { collation: "Latin1_General_CI_AS" });
    await assert.rejects(preview("insensitive", two), /defined twice/);
  });

  it("shows the file and line of an error that the server finds, and leaves nothing behind", async () => {
    await makeDatabase("broken");
    const files = {
      "a.sql": "CREATE PROC dbo.A AS SELECT 1",
      "b.sql": "-- the second\nCREATE PROC dbo.B AS\nSELECT 1;\nSELECT FROM WHERE;",
    };
    await assert.rejects(
      deploy("broken", files),
      (error: Error) => /b\.sql:4/.test(error.message) || assert.fail(error.message),
    );
    assert.deepEqual(await catalogOf("broken"), []);
  });

  it("asks for adoption of what exists, and takes over without a statement what is the same", async () => {
    await makeDatabase("adopted");
    await query("USE adopted; EXEC(N'CREATE OR ALTER PROC dbo.P AS SELECT 1');");
    const files = { "p.sql": "CREATE OR ALTER PROC dbo.P AS SELECT 1" };
    await assert.rejects(preview("adopted", files), /adopt: true/);
    const { inputs } = await runtime.check(
      "ProcedureBundle",
      {},
      {
        server: "hart",
        owner: "shop/dev/ProcedureBundle/adopted",
        database: "adopted",
        directory: write("adopted", files),
        adopt: true,
      },
    );
    assert.equal(inputs["plan"], "");
    await runtime.create("ProcedureBundle", inputs);
    assert.deepEqual(await query("SELECT object_name FROM adopted.iac.object WHERE object_type = 'procedure';"), [
      { object_name: "dbo.P" },
    ]);
  });
});
