import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

describe("the documentation of kinds", () => {
  it("is what npm run docs writes from the code", () => {
    const result = spawnSync(process.execPath, [join(__dirname, "..", "..", "scripts", "docs.js"), "--check"], {
      encoding: "utf8",
    });
    assert.equal(result.status, 0, result.stderr);
  });
});
