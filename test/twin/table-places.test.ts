import assert from "node:assert/strict";
import { Bench } from "./ddl-harness";

describe("twin tables: defaults with date parts, and FILESTREAM_ON", () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });

  it("take a date part in a default for what it is, and refuse a column beside it", () => {
    bench.run("CREATE TABLE dbo.a (d datetime2 NULL DEFAULT DATEADD(SECOND, -1, SYSUTCDATETIME()))");
    assert.deepEqual(bench.numbers("CREATE TABLE dbo.b (n int NULL, d datetime2 NULL DEFAULT DATEADD(SECOND, n, SYSUTCDATETIME()))"), [128]); // prettier-ignore
    assert.deepEqual(bench.numbers("CREATE TABLE dbo.c (n int NULL, d int NULL DEFAULT ABS(n))"), [128]);
  });

  it("are told where FILESTREAM values will lie, by a filegroup that is there", () => {
    bench.run("CREATE TABLE dbo.a (n int NULL)");
    assert.deepEqual(bench.numbers("ALTER TABLE dbo.a SET (FILESTREAM_ON = [PRIMARY])"), [1921]);
    bench.run('ALTER TABLE dbo.a SET (FILESTREAM_ON = "NULL")');
  });
});
