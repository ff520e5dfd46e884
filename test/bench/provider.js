"use strict";
/** The provider without the Pulumi CLI, for bench.js: one step in one process, as the CLI would call it. */
const fs = require("node:fs");
const path = require("node:path");
const runtime = require("pulumi-sqlserver/runtime");

const stateFile = path.join("state", "provider.json");

async function main(step) {
  const resources = JSON.parse(fs.readFileSync("resources.json", "utf8"));
  const servers = JSON.stringify({ bench: JSON.parse(process.env.BENCH_SERVER) });
  const stored = step === "create" ? {} : JSON.parse(fs.readFileSync(stateFile, "utf8"));
  const start = process.hrtime.bigint();
  await runtime.begin({ kind: "" }, { config: { get: (key) => (key === "sqlserver:servers" ? servers : undefined) } });
  for (const [kind, name, given] of resources) {
    const inputs = { ...given, owner: `bench/alone/${kind}/${name}` };
    const old = stored[name];
    const { inputs: news, failures } = await runtime.check(kind, old ?? {}, inputs);
    if (failures?.length) throw new Error(failures.map((failure) => failure.reason).join("\n"));
    if (!old) stored[name] = (await runtime.create(kind, news)).outs;
    else if ((await runtime.diff(kind, "x", old, news)).changes) {
      if (step === "preview") throw new Error(`${kind} is not unchanged`);
      stored[name] = (await runtime.update(kind, "x", old, news)).outs;
    }
  }
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  await runtime.shutdown();
  fs.writeFileSync(stateFile, JSON.stringify(stored));
  process.stdout.write(JSON.stringify({ seconds, peakMb: process.resourceUsage().maxRSS / 1024 }));
}

main(process.argv[2]);
