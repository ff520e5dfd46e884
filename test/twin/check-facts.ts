/** Facts as tests of their own, each in a fresh database. */
import assert from "node:assert/strict";
import { loginAs, must, newEngine, plain, query } from "./collector";
import type { Fact } from "./facts/fact";

export function checkFacts(setup: readonly string[], facts: readonly Fact[]): void {
  for (const [fact, script, expected] of facts)
    it(fact, async () => {
      const session = await loginAs(newEngine());
      await must(session, "CREATE DATABASE facts");
      await must(session, "USE facts");
      for (const batch of setup) await must(session, batch);
      const batches = typeof script === "string" ? [script] : script;
      for (const batch of batches.slice(0, -1)) await must(session, batch);
      const result = await query(session, batches.at(-1)!);
      const told = result.errors.map(({ number, message }) => `${number}: ${message}`).join("\n");
      if (expected === "refused") throw new Error("these facts name their errors");
      assert.deepEqual(result.numbers, "rows" in expected ? [] : expected, told);
      if ("rows" in expected)
        assert.deepEqual(
          result.sets.at(-1)?.rows.map((row) => row.map(plain)),
          expected.rows,
        );
    });
}
