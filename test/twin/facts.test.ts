/** What the fact sheets say about the server, run on the twin: error numbers, catalog rows, stored text. */
import assert from "node:assert/strict";
import { loginAs, must, newEngine, plain, query } from "./collector";
import { constraintFacts } from "./facts/constraints";
import { databaseFacts } from "./facts/databases";
import { indexFacts } from "./facts/indexes";
import { languageFacts } from "./facts/language";
import { moduleFacts } from "./facts/modules";
import { permissionFacts } from "./facts/permissions";
import { tableFacts } from "./facts/tables";
import { typeFacts } from "./facts/types";
import type { Answer, Sheet } from "./facts/fact";

const sheets: readonly Sheet[] = [
  ...tableFacts,
  ...constraintFacts,
  ...indexFacts,
  ...typeFacts,
  ...moduleFacts,
  ...databaseFacts,
  ...permissionFacts,
  ...languageFacts,
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
