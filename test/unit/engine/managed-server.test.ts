/** Whose answer about the server is whose. */
import assert from "node:assert/strict";
import { RequestError, type Connection, type ResultRow, type RowReader } from "../../../provider/src/engine/connection";
import { ManagedServer } from "../../../provider/src/engine/managed-server";
import { databaseRow, serverRow } from "../../catalog-rows";

/** A session that sees these databases; `fails` once. */
class Session implements Connection {
  readonly isOpen = true;
  readonly lockTimeout = "";
  requests = 0;

  constructor(
    private readonly engineEdition: number,
    private readonly databases: readonly string[],
    private fails = false,
  ) {}

  async request<Row = ResultRow>(_batch: string, _timeout: number, readRow?: RowReader<Row>) {
    this.requests += 1;
    await Promise.resolve();
    if (this.fails) {
      this.fails = false;
      throw new RequestError([], [], true, "reset");
    }
    const answers: Record<string, object[]> = {
      serverProperties: [serverRow({ engineEdition: this.engineEdition })],
      databases: this.databases.map((name) => databaseRow({ name })),
      masterFiles: [],
      logins: [],
      brokerEndpoints: [],
    };
    return Object.entries(answers).flatMap(([name, rows], index) => [
      { columns: [], rows: rows.map((row) => readRow!(row as ResultRow, index * 2)) },
      {
        columns: [],
        rows: [readRow!({ "#answered": name, "#rows": rows.length } as ResultRow, index * 2 + 1)],
      },
    ]);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const server = (): ManagedServer => new ManagedServer("test", { host: "nowhere" }, "project/stack", () => undefined);

describe("what a process knows of a server", () => {
  it("is asked once for all its databases", async () => {
    const managed = server();
    const [one, other] = [new Session(3, ["sales"]), new Session(3, ["sales"])];
    const catalogs = await Promise.all([managed.catalog(one), managed.catalog(other)]);
    assert.equal(catalogs[0], catalogs[1]);
    assert.equal(one.requests + other.requests, 1);
  });

  it("does not fail for one database because the session of another broke", async () => {
    const managed = server();
    const [broken, whole] = [new Session(3, ["sales"], true), new Session(3, ["sales"])];
    const [first, second] = await Promise.allSettled([managed.catalog(broken), managed.catalog(whole)]);
    assert.equal(first.status, "rejected");
    assert.equal(second.status, "fulfilled");
  });

  it("is each database's own on Azure SQL Database, where a session sees its database and master alone", async () => {
    const managed = server();
    const [sales, stock] = [new Session(5, ["master", "sales"]), new Session(5, ["master", "stock"])];
    for (let round = 0; round < 2; round++) {
      const [ofSales, ofStock] = await Promise.all([managed.catalog(sales), managed.catalog(stock)]);
      assert.ok(ofSales.findDatabase("sales") && ofStock.findDatabase("stock"));
    }
    assert.deepEqual([sales.requests, stock.requests], [1, 1]);
    managed.invalidate();
    await managed.catalog(stock);
    assert.deepEqual([sales.requests, stock.requests], [1, 2]);
  });
});
