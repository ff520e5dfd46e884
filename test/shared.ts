/** Where the material outside the product is, when it is there: Microsoft's grammar and the sample files. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

const directory = resolve(__dirname, "..", "..", "shared");

/** Path below ../shared. Where it is absent the suite is skipped, which it says; in .ci/run that is a failure. */
export function shared(context: Mocha.Context, ...parts: string[]): string {
  const path = join(directory, ...parts);
  if (existsSync(path)) return path;
  if (process.env.SHARED_REQUIRED === "1")
    throw new Error(`${parts.join("/")} is not in ../shared, and this run requires it`);
  console.log("skipped: no ../shared");
  return context.skip();
}

export interface Verdict {
  readonly ok: boolean;
  readonly errors: readonly { line: number; message: string }[];
}

/** Microsoft's verdict on each batch of T-SQL, in order. */
export function checkGrammar(tool: string, batches: readonly string[]): Verdict[] {
  const input = batches.map((sql, id) => JSON.stringify({ id, sql })).join("\n");
  const run = spawnSync(tool, ["--jsonl"], { input: `${input}\n`, encoding: "utf8", maxBuffer: 1 << 30 });
  if (run.error) throw run.error;
  const verdicts: Verdict[] = [];
  for (const line of run.stdout.split("\n").filter(Boolean)) {
    const row = JSON.parse(line) as { id: number } & Verdict;
    verdicts[row.id] = row;
  }
  return verdicts;
}
