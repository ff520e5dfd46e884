import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sql from "mssql";
import { startTwin, type Twin } from "../../twin/src/index";
import { STAFF } from "./temporal-staff";

describe("temporal tables in the data directory of the twin", () => {
  const PASSWORD = "Secret-1234";
  let directory: string;
  let twin: Twin | undefined;
  let pool: sql.ConnectionPool | undefined;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "twin-temporal-"));
  });
  afterEach(async () => {
    await stop();
    rmSync(directory, { recursive: true, force: true });
  });
  async function stop(): Promise<void> {
    await pool?.close();
    await twin?.close();
    pool = twin = undefined;
  }
  async function start(database: string): Promise<sql.ConnectionPool> {
    twin = await startTwin({ password: PASSWORD, dataDirectory: directory });
    const options = { encrypt: false };
    const made = new sql.ConnectionPool({
      server: "127.0.0.1",
      port: twin.port,
      user: "sa",
      password: PASSWORD,
      database,
      options,
    });
    return (pool = await made.connect());
  }

  it("are versioned as before after a restart, with period, history and retention", async () => {
    const first = await start("master");
    await first.query("CREATE DATABASE facts");
    await first.close();
    await twin!.close();
    const before = await start("facts");
    for (const batch of STAFF) await before.batch(batch);
    await before.query("UPDATE dbo.staff SET pay = 11 WHERE id = 1");
    await before.query("ALTER TABLE dbo.staff SET (SYSTEM_VERSIONING = ON (HISTORY_RETENTION_PERIOD = 90 DAYS))");
    const states =
      "SELECT t.name, t.temporal_type, t.history_retention_period, p.start_column_id, p.end_column_id FROM sys.tables t LEFT JOIN sys.periods p ON p.object_id = t.object_id ORDER BY t.name";
    const versions = "SELECT id, pay, valid_from, valid_to FROM dbo.staff FOR SYSTEM_TIME ALL ORDER BY id, valid_from";
    const [state, rowsBefore] = [await before.query(states), await before.query(versions)];
    await stop();

    const after = await start("facts");
    assert.deepEqual((await after.query(states)).recordset, state.recordset);
    assert.deepEqual((await after.query(versions)).recordset, rowsBefore.recordset);
    await after.query("DELETE dbo.staff WHERE id = 2");
    const kept = await after.query<{ n: number }>("SELECT COUNT(*) AS n FROM dbo.staff_history");
    assert.equal(kept.recordset[0]!.n, 2);
    await assert.rejects(after.query("DROP TABLE dbo.staff_history"), { number: 13552 });
  });
});
