import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkGrammar, shared } from "../shared";

const directory = join(__dirname, "..", "golden");

describe("golden files", () => {
  it("are T-SQL as they stand, what is shown in place of secrets and bytes included", function () {
    this.timeout(60_000);
    const batches = readdirSync(directory).flatMap((file) =>
      readFileSync(join(directory, file), "utf8")
        .split(/^GO$/m)
        .filter((batch) => batch.trim() !== "")
        .map((batch) => ({ file, batch })),
    );
    const verdicts = checkGrammar(
      shared(this, "tools", "tsqlcheck"),
      batches.map(({ batch }) => batch),
    );
    const wrong = batches.filter((_, index) => verdicts[index]?.ok !== true);
    assert.deepEqual(wrong, []);
    assert.ok(batches.length > 100);
  });
});
