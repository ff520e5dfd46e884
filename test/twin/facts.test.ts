/** What the fact sheets say about the server, run on the twin: error numbers, catalog rows, stored text. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { shared } from "../shared";
import { loginAs, must, newEngine, plain, query } from "./collector";
import { constraintFacts } from "./facts/constraints";
import { databaseFacts } from "./facts/databases";
import { definitionFacts } from "./facts/definitions";
import { indexedViewFacts } from "./facts/indexed-views";
import { indexFacts } from "./facts/indexes";
import { languageFacts } from "./facts/language";
import { moduleFacts } from "./facts/modules";
import { permissionFacts } from "./facts/permissions";
import { statementFacts } from "./facts/statements";
import { tableFacts } from "./facts/tables";
import { typeFacts } from "./facts/types";
import { xmlFacts } from "./facts/xml";
import type { Answer, Sheet } from "./facts/fact";

const sheets: readonly Sheet[] = [
  ...tableFacts,
  ...constraintFacts,
  ...indexFacts,
  ...indexedViewFacts,
  ...typeFacts,
  ...moduleFacts,
  ...databaseFacts,
  ...permissionFacts,
  ...languageFacts,
  ...statementFacts,
  ...definitionFacts,
  ...xmlFacts,
];

async function answer(sheet: Sheet, script: string | readonly string[], expected: Answer): Promise<void> {
  const session = await loginAs(newEngine());
  await must(session, "CREATE DATABASE facts");
  await must(session, "USE facts");
  for (const batch of sheet.setup ?? []) await must(session, batch);
  const batches = typeof script === "string" ? [script] : script;
  for (const batch of batches.slice(0, -1)) await must(session, batch);
  const result = await query(session, batches.at(-1)!);
  if (expected === "refused") {
    assert.ok(result.numbers.length > 0, "accepted");
    // 49999: what the twin does not know, which says nothing about the server.
    assert.ok(!result.numbers.includes(49999), result.errors.map(({ message }) => message).join("\n"));
    return;
  }
  if (!("rows" in expected)) {
    assert.deepEqual(result.numbers, expected, result.errors.map(({ message }) => message).join("\n"));
    return;
  }
  assert.deepEqual(result.numbers, [], result.errors.map(({ message }) => message).join("\n"));
  assert.deepEqual(
    result.sets.at(-1)?.rows.map((row) => row.map(plain)),
    expected.rows,
  );
}

describe("facts about the server on the twin", () => {
  for (const sheet of sheets)
    describe(sheet.sheet, () => {
      for (const [fact, script, expected] of sheet.facts) it(fact, () => answer(sheet, script, expected));
    });
});

describe("EF Core migration scripts on the twin", () => {
  /** Batches of a sample file, as sqlcmd would send them. */
  function batches(context: Mocha.Context, file: string): string[] {
    const text = readFileSync(shared(context, "samples", "ef-migrations", file), "utf8").replace(/^\uFEFF/, "");
    return text.split(/^GO\s*$/m).filter((batch) => batch.trim() !== "");
  }
  const history = "SELECT COUNT(*), @@TRANCOUNT FROM dbo.__EFMigrationsHistory";
  async function shop(): ReturnType<typeof loginAs> {
    const session = await loginAs(newEngine());
    await must(session, "CREATE DATABASE shop");
    await must(session, "USE shop");
    return session;
  }

  it("run as they are written, and the idempotent one twice", async function () {
    const plainSession = await shop();
    for (const batch of batches(this, "plain.sql")) await must(plainSession, batch);
    assert.deepEqual((await must(plainSession, history)).rows, [[3, 0]]);
    const session = await shop();
    for (const round of [1, 2])
      for (const batch of batches(this, "idempotent.sql")) assert.ok(await must(session, batch), `round ${round}`);
    assert.deepEqual((await must(session, history)).rows, [[3, 0]]);
    for (const batch of batches(this, "rollback-to-AddCustomerEmail.sql")) await must(session, batch);
    assert.deepEqual((await must(session, history)).rows, [[2, 0]]);
  });

  it("fail at a bare CREATE VIEW inside IF with 156, and the migration does not count as applied", async function () {
    const session = await shop();
    const numbers: number[] = [];
    for (const batch of batches(this, "idempotent-with-bare-create-view.sql"))
      numbers.push(...(await query(session, batch)).numbers);
    assert.deepEqual(numbers, [156]);
    assert.deepEqual((await must(session, history)).rows, [[2, 0]]);
  });
});
