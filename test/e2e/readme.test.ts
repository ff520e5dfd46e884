/** The program in README.md and what it says that a preview prints. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { unique } from "../server";
import { Project } from "./project";

const requireScript = createRequire(__filename);
const { previewText } = requireScript("../../scripts/preview-text") as { previewText(answer: unknown): string };
const readme = readFileSync(join(__dirname, "..", "..", "README.md"), "utf8");

function block(language: string, after: string): string {
  const from = readme.indexOf(`\`\`\`${language}\n`, readme.indexOf(after));
  assert.ok(from >= 0 && readme.includes(after), `README.md has no ${language} block after "${after}"`);
  return readme.slice(from + language.length + 4, readme.indexOf("\n```", from));
}

/** What README.md says, of a database of this run. */
const here = (text: string): string => text.replaceAll(/\bSales\b/g, unique("Sales"));

describe("the program in README.md", function () {
  this.timeout(300_000);
  let project: Project;
  before(async () => {
    project = await Project.create("readme");
    project.write("package.json", JSON.stringify({ name: "readme", private: true, main: "index.ts" }));
    project.write("index.ts", here(block("ts", "## A program")).replaceAll('server: "local"', 'server: "test"'));
  });
  after(() => project.close());

  it("has at most ten lines", () => assert.ok(block("ts", "## A program").split("\n").filter(Boolean).length <= 10));
  it("previews as README.md says", async () => {
    const { stdout } = await project.expect(["preview", "--json"]);
    assert.equal(previewText(JSON.parse(stdout)), here(block("sql", "<!-- example:")));
  });
  it("is deployed, and then there is nothing to do", async () => {
    await project.expect(["up", "--yes", "--skip-preview"]);
    await project.expect(["preview", "--expect-no-changes"]);
  });
});
