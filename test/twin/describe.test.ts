import assert from "node:assert/strict";
import type { SessionPort } from "../../twin/src/session/port";
import { loginAs, must, newEngine } from "./collector";

/** https://learn.microsoft.com/sql/relational-databases/system-dynamic-management-views/sys-dm-exec-describe-first-result-set-transact-sql */
describe("sys.dm_exec_describe_first_result_set_for_object", () => {
  let session: SessionPort;
  before(async () => {
    session = await loginAs(newEngine());
  });
  const cases: readonly [title: string, procedure: string, error: unknown[]][] = [
    ["names the object that is not there", "SELECT a FROM dbo.Gone;", [208, "MISC"]],
    ["says that dynamic SQL cannot be told", "EXEC (N'SELECT 1 AS a');", [11514, "DYNAMIC_SQL"]],
    ["says the same of sp_executesql", "EXEC sys.sp_executesql N'SELECT 1 AS a';", [11514, "DYNAMIC_SQL"]],
    [
      "says that a temporary table cannot be told",
      "CREATE TABLE #t (a int NULL); SELECT a FROM #t;",
      [11526, "TEMPORARY_TABLE"],
    ],
  ];
  it("describes what a table variable and ORDER BY give", async () => {
    await must(
      session,
      "CREATE OR ALTER PROCEDURE dbo.p @n int AS DECLARE @t TABLE (a int NOT NULL, b nvarchar(5)); INSERT INTO @t VALUES (@n, N'x'); SELECT a, b FROM @t ORDER BY a;",
    );
    const { rows } = await must(
      session,
      "SELECT name, system_type_name, error_number FROM sys.dm_exec_describe_first_result_set_for_object(OBJECT_ID(N'dbo.p'), 0)",
    );
    assert.deepEqual(rows, [
      ["a", "int", null],
      ["b", "nvarchar(5)", null],
    ]);
  });
  for (const [title, body, [number, type]] of cases)
    it(title, async () => {
      await must(session, `CREATE OR ALTER PROCEDURE dbo.p AS ${body}`);
      const { rows } = await must(
        session,
        "SELECT error_number, error_type_desc FROM sys.dm_exec_describe_first_result_set_for_object(OBJECT_ID(N'dbo.p'), 0)",
      );
      assert.deepEqual(rows, [[number, type]]);
    });
});
