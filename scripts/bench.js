"use strict";
/**
 * How much time, how many round trips and how much memory a deployment of many procedures takes, beside as many empty
 * dynamic resources. Every row is measured on the twin in this run; nothing is extrapolated.
 */
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { root, local, install, build, environment, main, help, node } = require("./environment");
const { toolchain } = require("./toolchain");

help(`npm run bench [-- --objects 100,1000,3000] [--latency 0,1,30] [--empty 100,1000] [--json FILE]

--objects N,...   how many procedures; default 100,1000,3000
--latency MS,...  added to every answer of the twin; default 0,1,30
--empty N,...     for which of the numbers as many empty dynamic resources are deployed; default 100,1000 (3000 takes half an hour)
--memory N        the provider alone also deploys N procedures, for its peak memory; default 50000, 0 leaves it out
--json FILE       writes the rows there

seconds: the whole command of the Pulumi CLI. codeSeconds: the provider alone, without the CLI. peakMb: the provider's process.
`);

const cases = ["first deploy", "preview, nothing changed", "one changed"];

function options(args) {
  const value = (name, preset) => {
    const at = args.indexOf(`--${name}`);
    return at < 0 ? preset : args[at + 1];
  };
  const numbers = (text) => text.split(",").filter(Boolean).map(Number);
  return {
    objects: numbers(value("objects", "100,1000,3000")),
    latency: numbers(value("latency", "0,1,30")),
    empty: numbers(value("empty", "100,1000")),
    memory: Number(value("memory", "50000")),
    json: value("json", undefined),
  };
}

/** A procedure of a size that one meets: some 700 characters, two references. */
function procedure(index, version) {
  const own = String(index).padStart(5, "0");
  const called = index === 0 ? "" : `  EXEC dbo.p${String(index - 1).padStart(5, "0")} @id = @next, @depth = @left;\n`;
  return `CREATE PROCEDURE dbo.p${own}
  @id int,
  @depth int = 0
AS
BEGIN
  -- version ${version}
  SET NOCOUNT ON;
  DECLARE @next int = @id + ${index}, @left int = @depth - 1;
  IF @id IS NULL THROW 50001, N'p${own}: @id is missing', 1;
  IF @left < 0 RETURN 0;
  SELECT o.name, o.type_desc, COUNT(*) AS columns_of_it
  FROM sys.objects AS o
  INNER JOIN sys.columns AS c ON c.object_id = o.object_id
  WHERE o.object_id = @id OR o.parent_object_id = @id
  GROUP BY o.name, o.type_desc
  HAVING COUNT(*) > ${index % 7}
  ORDER BY columns_of_it DESC, o.name;
${called}  RETURN ${index};
END
`;
}

function writeProcedures(directory, count) {
  fs.rmSync(directory, { recursive: true, force: true });
  fs.mkdirSync(directory, { recursive: true });
  for (let i = 0; i < count; i++) writeProcedure(directory, i, 1);
}

function writeProcedure(directory, index, version) {
  fs.writeFileSync(path.join(directory, `p${String(index).padStart(5, "0")}.sql`), procedure(index, version));
}

/** A Pulumi project of its own below .local, with its own state. */
function project(name, program) {
  const directory = path.join(local, "bench", name);
  fs.rmSync(directory, { recursive: true, force: true });
  fs.mkdirSync(path.join(directory, "state"), { recursive: true });
  fs.writeFileSync(path.join(directory, "Pulumi.yaml"), `name: bench-${name}\nruntime: nodejs\nmain: index.js\n`);
  fs.writeFileSync(
    path.join(directory, "package.json"),
    JSON.stringify({ name: `bench-${name}`, private: true, main: "index.js" }),
  );
  fs.writeFileSync(path.join(directory, "index.js"), program);
  return directory;
}

const bundleProgram = `
const { Database, ProcedureBundle } = require("pulumi-sqlserver");
const database = new Database("bench", { server: "bench", name: "bench" });
new ProcedureBundle("procedures", { server: "bench", database, directory: "procedures" });
`;
const emptyProgram = (count) => `
const pulumi = require("@pulumi/pulumi");
const provider = { create: async () => ({ id: "x", outs: {} }), diff: async () => ({ changes: false }) };
class Empty extends pulumi.dynamic.Resource { constructor(name) { super(provider, name, {}); } }
for (let i = 0; i < ${count}; i++) new Empty("e" + i);
`;

/** The CLI in one project; the twin is in this process, so the CLI must not block it. */
function cliIn(program, directory, extra = {}) {
  const env = {
    ...environment(path.dirname(program)),
    ...extra,
    PULUMI_BACKEND_URL: `file://${path.join(directory, "state")}`,
  };
  return async (...args) => {
    const start = process.hrtime.bigint();
    const child = spawn(program, [...args, "--non-interactive", "--cwd", directory], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (data) => (output += data));
    child.stderr.on("data", (data) => (output += data));
    const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
    if (code !== 0) throw new Error(`pulumi ${args[0]} ended with ${code}:\n${output.slice(-4000)}`);
    return Number(process.hrtime.bigint() - start) / 1e9;
  };
}

async function measureEmpty(program, count) {
  const directory = project(`empty-${count}`, emptyProgram(count));
  const pulumi = cliIn(program, directory);
  await pulumi("stack", "init", "bench");
  const first = await pulumi("up", "--yes", "--skip-preview", "--suppress-outputs");
  const preview = await pulumi("preview");
  const again = await pulumi("up", "--yes", "--skip-preview", "--suppress-outputs");
  return { "first deploy": first, "preview, nothing changed": preview, "one changed": again };
}

/** The provider alone, in a process of its own: seconds, peak memory. */
async function codeOnly(twin, directory, step) {
  const child = spawn(node(), [path.join(__dirname, "bench-provider.js"), step], {
    cwd: directory,
    env: { ...process.env, BENCH_SERVER: JSON.stringify(settings(twin)) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (data) => (output += data));
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (code !== 0) throw new Error(`the provider alone ended with ${code} at ${step}`);
  return JSON.parse(output);
}

const password = "Bench-of-the-twin-1";
const settings = (twin) => ({
  host: "localhost",
  port: twin.port,
  user: "sa",
  password,
  certificateAuthority: twin.certificate,
});

async function measure(program, startTwin, count, latencyMs, empty) {
  const rows = [];
  const push = (name, seconds, code) =>
    rows.push({
      case: name,
      objects: count,
      latencyMs,
      seconds,
      codeSeconds: code.seconds,
      roundTrips: code.roundTrips,
      peakMb: code.peakMb,
      emptyResourceSeconds: empty?.[name] ?? null,
    });
  const directory = project("bundle", bundleProgram);
  const procedures = path.join(directory, "procedures");
  const twin = await startTwin({ password, latencyMs });
  const alone = await startTwin({ password, latencyMs });
  const pulumi = cliIn(program, directory, {
    SQLSERVER_BENCH: `mssql://sa:${password}@localhost:${twin.port}?trustServerCertificate=true`,
  });
  const code = async (step) => {
    alone.resetCounters();
    const result = await codeOnly(alone, directory, step);
    return { ...result, roundTrips: alone.requests };
  };
  try {
    await pulumi("stack", "init", "bench");
    writeProcedures(procedures, count);
    push(cases[0], await pulumi("up", "--yes", "--skip-preview", "--suppress-outputs"), await code("create"));
    push(cases[1], await pulumi("preview", "--expect-no-changes"), await code("preview"));
    writeProcedure(procedures, Math.floor(count / 2), 2);
    push(cases[2], await pulumi("up", "--yes", "--skip-preview", "--suppress-outputs"), await code("update"));
  } finally {
    await twin.close();
    await alone.close();
  }
  return rows;
}

/** The provider alone: a first deploy, and a new process that finds nothing to do. */
async function measureMemory(startTwin, count) {
  process.stderr.write(`> memory of ${count} procedures\n`);
  const directory = project("memory", bundleProgram);
  writeProcedures(path.join(directory, "procedures"), count);
  const twin = await startTwin({ password });
  const rows = [];
  try {
    for (const [name, step] of [
      [cases[0], "create"],
      [cases[1], "preview"],
    ]) {
      twin.resetCounters();
      const code = await codeOnly(twin, directory, step);
      rows.push({
        case: name,
        objects: count,
        latencyMs: 0,
        seconds: null,
        codeSeconds: code.seconds,
        roundTrips: twin.requests,
        peakMb: code.peakMb,
        emptyResourceSeconds: null,
      });
    }
  } finally {
    await twin.close();
  }
  return rows;
}

function print(rows) {
  const format = (value, digits) => (value === null ? "-" : value.toFixed(digits));
  const lines = rows.map((row) => [
    row.case,
    row.objects,
    row.latencyMs,
    format(row.seconds, 1),
    format(row.codeSeconds, 1),
    row.roundTrips,
    format(row.peakMb, 0),
    format(row.emptyResourceSeconds, 1),
  ]);
  const table = [
    ["case", "objects", "latency ms", "seconds", "code seconds", "round trips", "peak MB", "empty resources s"],
    ...lines,
  ].map((line) => line.map(String));
  const widths = table[0].map((_, i) => Math.max(...table.map((line) => line[i].length)));
  for (const line of table)
    process.stdout.write(
      `${line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  ")}\n`,
    );
}

main(async () => {
  const chosen = options(process.argv.slice(2));
  await install();
  const program = await toolchain();
  await build();
  const { startTwin } = require(path.join(root, "twin", "dist", "index.js"));
  const rows = [];
  for (const count of chosen.objects) {
    const empty = chosen.empty.includes(count) ? await measureEmpty(program, count) : undefined;
    for (const latency of chosen.latency) {
      process.stderr.write(`> ${count} procedures at ${latency} ms\n`);
      rows.push(...(await measure(program, startTwin, count, latency, empty)));
    }
  }
  if (chosen.memory > 0) rows.push(...(await measureMemory(startTwin, chosen.memory)));
  process.stdout.write("Measured on the twin, not on SQL Server.\n");
  print(rows);
  if (chosen.json) fs.writeFileSync(chosen.json, `${JSON.stringify(rows, undefined, 2)}\n`);
});
