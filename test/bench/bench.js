"use strict";
/**
 * How much time, how many round trips and how much memory deployments take, beside as many empty dynamic resources, and whether
 * the budgets hold. Every row is measured on the twin in this run; nothing is extrapolated.
 */
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { root, local, install, build, environment, main, help, node } = require("../../scripts/environment");
const { toolchain } = require("../../scripts/toolchain");
const { judge } = require("./budgets");
const { Workload, program, emptyProgram } = require("./workload");

const presets = {
  objects: "100,1000,3000",
  latency: "0,1,30",
  empty: "100,1000",
  tables: "500",
  resources: "100",
  memory: "50000",
};

help(`npm run bench [-- --objects 100,1000,3000] [--latency 0,1,30] [--json FILE] ...

--objects N,...   how many procedures; default ${presets.objects}
--latency MS,...  added to every answer of the twin; default ${presets.latency}
--empty N,...     for which of the numbers as many empty dynamic resources are deployed; default ${presets.empty} (3000 takes half an hour)
--tables N        so many tables beside the largest number of procedures; default ${presets.tables}, 0 leaves it out
--resources N     so many schemas, a resource each; default ${presets.resources}, 0 leaves it out
--memory N        the provider alone deploys N procedures, for its peak memory; default ${presets.memory}, 0 leaves it out
--json FILE       writes the rows there

seconds: the whole command of the Pulumi CLI. code s: the provider alone, without the CLI. peak MB: the provider's process.
ratio: seconds against those of as many empty dynamic resources. Exit code 1 when a budget is exceeded.
`);

function options(args) {
  const given = { ...presets };
  for (let at = 0; at < args.length; at += 2) {
    const name = args[at].replace(/^--/, "");
    if (!(name in presets) && name !== "json") throw new Error(`unknown option ${args[at]}; --help lists them`);
    if (args[at + 1] === undefined) throw new Error(`option ${args[at]} needs a value`);
    given[name] = args[at + 1];
  }
  const numbers = (name) =>
    given[name]
      .split(",")
      .filter(Boolean)
      .map((text) => {
        if (!/^\d+$/.test(text)) throw new Error(`option --${name}: "${text}" is not a number`);
        return Number(text);
      });
  const one = (name) => numbers(name)[0] ?? 0;
  return {
    objects: numbers("objects"),
    latency: numbers("latency"),
    empty: numbers("empty"),
    tables: one("tables"),
    resources: one("resources"),
    memory: one("memory"),
    json: given.json,
  };
}

/** A Pulumi project of its own below .local, with its own state. */
function project(name, text) {
  const directory = path.join(local, "bench", name);
  fs.rmSync(directory, { recursive: true, force: true });
  fs.mkdirSync(path.join(directory, "state"), { recursive: true });
  fs.writeFileSync(path.join(directory, "Pulumi.yaml"), `name: bench-${name}\nruntime: nodejs\nmain: index.js\n`);
  fs.writeFileSync(
    path.join(directory, "package.json"),
    JSON.stringify({ name: `bench-${name}`, private: true, main: "index.js" }),
  );
  fs.writeFileSync(path.join(directory, "index.js"), text);
  return directory;
}

/** The end of a child process; the twin is in this one, which must not be blocked. */
async function ended(child, what) {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data) => (output += data));
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (code !== 0) throw new Error(`${what} ended with ${code}:\n${output.slice(-4000)}`);
  return output;
}

/** The CLI in one project: seconds of a command. */
function cliIn(cli, directory, extra = {}) {
  const env = {
    ...environment(path.dirname(cli)),
    ...extra,
    PULUMI_BACKEND_URL: `file://${path.join(directory, "state")}`,
  };
  return async (...args) => {
    const start = process.hrtime.bigint();
    const stdio = ["ignore", "pipe", "pipe"];
    const child = spawn(cli, [...args, "--non-interactive", "--cwd", directory], { env, stdio });
    await ended(child, `pulumi ${args[0]}`);
    return Number(process.hrtime.bigint() - start) / 1e9;
  };
}

const up = ["up", "--yes", "--skip-preview", "--suppress-outputs"];

async function measureEmpty(cli, count) {
  process.stderr.write(`> ${count} empty dynamic resources\n`);
  const pulumi = cliIn(cli, project("empty", emptyProgram(count)));
  await pulumi("stack", "init", "bench");
  return { "first deploy": await pulumi(...up), preview: await pulumi("preview"), "one changed": await pulumi(...up) };
}

const password = "Bench-of-the-twin-1";

/** The provider alone, in a process of its own. */
async function codeOnly(twin, directory, step) {
  twin.resetCounters();
  const { port, certificate: certificateAuthority } = twin;
  const server = { host: "localhost", port, user: "sa", password, certificateAuthority };
  const child = spawn(node(), [path.join(__dirname, "provider.js"), step], {
    cwd: directory,
    env: { ...process.env, BENCH_SERVER: JSON.stringify(server) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { seconds, peakMb } = JSON.parse(await ended(child, `the provider alone, at ${step},`));
  return { codeSeconds: seconds, peakMb, roundTrips: twin.requests };
}

/** A row a case: the whole command on one twin, the provider alone on another. Without a CLI only the latter. */
async function measure(cli, startTwin, workload, latencyMs, empty) {
  process.stderr.write(`> ${workload.title} at ${latencyMs} ms\n`);
  const directory = project("workload", program);
  workload.write(directory);
  const twin = await startTwin({ password, latencyMs });
  const alone = await startTwin({ password, latencyMs });
  const url = `mssql://sa:${password}@localhost:${twin.port}?trustServerCertificate=true`;
  const pulumi = cli && cliIn(cli, directory, { SQLSERVER_BENCH: url });
  const rows = [];
  const row = async (name, step, ...command) => {
    const seconds = pulumi ? await pulumi(...command) : null;
    const { title, procedures, tables, schemas } = workload;
    const ratio = empty && seconds !== null ? seconds / empty[name] : null;
    const measured = await codeOnly(alone, directory, step);
    rows.push({ case: name, workload: title, procedures, tables, schemas, latencyMs, seconds, ...measured, ratio });
  };
  try {
    await pulumi?.("stack", "init", "bench");
    await row("first deploy", "create", ...up);
    await row("preview", "preview", "preview", "--expect-no-changes");
    if (workload.procedures > 0) {
      workload.change(directory);
      await row("one changed", "update", ...up);
    }
  } finally {
    await twin.close();
    await alone.close();
  }
  return rows;
}

function print(titles, lines) {
  const table = [titles, ...lines].map((line) => line.map(String));
  const widths = titles.map((_, i) => Math.max(...table.map((line) => line[i].length)));
  const isText = (i) => lines.every((line) => typeof line[i] === "string" && !/^[-\d.]+$/.test(line[i]));
  for (const line of table) {
    const cells = line.map((cell, i) => (isText(i) ? cell.padEnd(widths[i]) : cell.padStart(widths[i])));
    process.stdout.write(`${cells.join("  ").trimEnd()}\n`);
  }
}

const format = (value, digits) => (value === null || value === undefined ? "-" : value.toFixed(digits));

main(async () => {
  const chosen = options(process.argv.slice(2));
  await install();
  const cli = await toolchain();
  await build();
  const { startTwin } = require(path.join(root, "twin", "dist", "index.js"));
  const empty = new Map();
  const asManyEmpty = async (count) => {
    if (!empty.has(count)) empty.set(count, await measureEmpty(cli, count));
    return empty.get(count);
  };

  const rows = [];
  for (const procedures of chosen.objects) {
    const beside = chosen.empty.includes(procedures) ? await asManyEmpty(procedures) : undefined;
    for (const latency of chosen.latency)
      rows.push(...(await measure(cli, startTwin, new Workload({ procedures }), latency, beside)));
  }
  if (chosen.resources > 0) {
    const beside = await asManyEmpty(chosen.resources);
    rows.push(...(await measure(cli, startTwin, new Workload({ schemas: chosen.resources }), 0, beside)));
  }
  if (chosen.tables > 0) {
    const workload = new Workload({ tables: chosen.tables, procedures: Math.max(0, ...chosen.objects) });
    for (const latency of chosen.latency) rows.push(...(await measure(cli, startTwin, workload, latency)));
  }
  if (chosen.memory > 0)
    rows.push(...(await measure(undefined, startTwin, new Workload({ procedures: chosen.memory }), 0)));

  process.stdout.write("Measured on the twin, not on SQL Server.\n\n");
  print(
    ["workload", "case", "latency ms", "seconds", "code s", "round trips", "peak MB", "ratio"],
    rows.map((row) => [
      row.workload,
      row.case,
      row.latencyMs,
      format(row.seconds, 1),
      format(row.codeSeconds, 1),
      row.roundTrips,
      format(row.peakMb, 0),
      format(row.ratio, 2),
    ]),
  );
  const verdicts = judge(rows);
  process.stdout.write("\n");
  print(
    ["budget", "at most", "measured", ""],
    verdicts.map(({ what, most, worst, held }) => [
      what,
      most,
      format(worst, worst % 1 === 0 ? 0 : 1),
      held === undefined ? "not measured" : held ? "held" : "EXCEEDED",
    ]),
  );
  if (chosen.json) fs.writeFileSync(chosen.json, `${JSON.stringify(rows, undefined, 2)}\n`);
  if (verdicts.some(({ held }) => held === false)) process.exitCode = 1;
});
