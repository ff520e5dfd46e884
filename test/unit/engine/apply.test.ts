/** What the server is told when statements fail that no transaction undoes. */
import assert from "node:assert/strict";
import type { OwnedObject, Statement } from "../../../provider/src/contract";
import { applyPlan } from "../../../provider/src/engine/apply";
import { Ownership } from "../../../provider/src/engine/bookkeeping";
import { RequestError } from "../../../provider/src/engine/connection";
import type { ManagedDatabase } from "../../../provider/src/engine/managed-database";
import { statement } from "../../../provider/src/engine/statement";
import { StatementError } from "../../../provider/src/errors";
import { databaseRow, snapshot } from "../../catalog-rows";

const native: OwnedObject = { type: "procedure", name: "dbo.native", definitionHash: "new" };
const alone = statement("sales", "alter procedure dbo.native", "ALTER PROCEDURE dbo.native ...", {
  inTransaction: false,
  object: { type: native.type, name: native.name },
});
const refused = new RequestError(
  [{ number: 102, class: 15, state: 1, procedure: undefined, line: 1, text: "Incorrect syntax." }],
  [],
  false,
  "Incorrect syntax.",
);
const late = new RequestError([], [], false, "Timeout: Request failed to complete in 60000ms");

/** Applies one statement that fails; what it threw, and all batches. */
async function failing(failed: Statement, failure: RequestError, owned: readonly OwnedObject[]) {
  const batches: string[] = [];
  const catalog = snapshot({ databases: [databaseRow({ name: "sales" })], rows: {} });
  const target = {
    catalog: () => Promise.resolve(catalog),
    invalidate: () => undefined,
    request: (_database: string, batch: string) => {
      batches.push(batch);
      return batch === failed.batch ? Promise.reject(failure) : Promise.resolve([]);
    },
  } as unknown as ManagedDatabase;
  const owner = "project/stack/ProcedureBundle/all";
  const error = await applyPlan(target, {
    plan: { statements: [failed], refusals: [], notes: [], owns: [native] },
    action: "update",
    owner,
    gitCommit: undefined,
    database: "sales",
    databaseRemains: true,
    ownership: new Ownership(owner, catalog.names, owned),
  }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof StatementError);
  return {
    error,
    books: batches.filter((batch) => /iac\.\[object\]/.test(batch) && batch !== failed.batch),
    tried: batches.filter((batch) => batch === failed.batch).length,
  };
}

describe("a statement outside of a transaction that fails", () => {
  it("leaves the owner of what was there before alone", async () => {
    const { books } = await failing(alone, refused, [{ ...native, definitionHash: "old" }]);
    assert.deepEqual(books, []);
  });

  it("takes back the owner of what it should have made", async () => {
    const { books } = await failing(alone, refused, []);
    assert.deepEqual(
      books.map((batch) => /INSERT INTO iac\.\[object\]|DELETE FROM iac\.\[object\]/.exec(batch)?.[0]),
      ["INSERT INTO iac.[object]", "DELETE FROM iac.[object]"],
    );
  });

  it("does not say that nothing was changed when it only took too long", async () => {
    const { error, books } = await failing(alone, late, []);
    assert.equal(error.isOutcomeUnknown, true);
    assert.match(error.message, /60000ms; whether this batch is done, only the server knows/);
    assert.equal(books.length, 1, "the owner stays: the procedure may be there");
  });

  it("is tried again when Azure SQL refuses it for the moment and twice is as good as once", async () => {
    const busy = new RequestError(
      [{ number: 40501, class: 16, state: 1, procedure: undefined, line: 1, text: "The service is currently busy." }],
      [],
      false,
      "The service is currently busy.",
    );
    for (const [idempotent, tries] of [
      [true, 3],
      [false, 1],
    ] as const) {
      const { error, tried } = await failing({ ...alone, idempotent }, busy, []);
      assert.equal(tried, tries);
      assert.match(error.message, /error 40501/);
    }
  });
});
