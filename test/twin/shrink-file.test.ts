/** DBCC SHRINKFILE with EMPTYFILE: what a file that goes needs first. */
import assert from "node:assert/strict";
import { Deployment } from "../law/deployment";

describe("twin DBCC SHRINKFILE", () => {
  let deployment: Deployment;
  const add = "ALTER DATABASE CURRENT ADD FILE (NAME = N'more', FILENAME = N'/var/opt/mssql/data/more.ndf');";
  before(async () => {
    deployment = await Deployment.startTwin();
    await deployment.sql("CREATE DATABASE shrink;");
    await deployment.sql(add, "shrink");
  });
  after(() => deployment.close());

  const error = (number: number) => (failure: { errors: { number: number }[] }) => failure.errors[0]?.number === number;

  it("empties a file that has others beside it, by name or id, and answers one row", async () => {
    const [row] = await deployment.sql("DBCC SHRINKFILE (N'more', EMPTYFILE) WITH NO_INFOMSGS;", "shrink");
    assert.deepEqual(Object.keys(row!), [
      "DbId",
      "FileId",
      "CurrentSize",
      "MinimumSize",
      "UsedPages",
      "EstimatedPages",
    ]);
    assert.deepEqual(await deployment.sql(`DBCC SHRINKFILE (${String(row!["FileId"])}, EMPTYFILE);`, "shrink"), [row]);
  });

  it("refuses unknown files, the first file, a transaction, and what it does not know", async () => {
    await assert.rejects(deployment.sql("DBCC SHRINKFILE (N'nothing', EMPTYFILE);", "shrink"), error(8985));
    await assert.rejects(deployment.sql("DBCC SHRINKFILE (1, EMPTYFILE);", "shrink"), error(2555));
    await assert.rejects(
      deployment.sql("BEGIN TRANSACTION; DBCC SHRINKFILE (N'more', EMPTYFILE);", "shrink"),
      error(8920),
    );
    await deployment.sql("IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;");
    await assert.rejects(deployment.sql("DBCC SHRINKFILE (N'more', 1);", "shrink"), error(49999));
  });
});
