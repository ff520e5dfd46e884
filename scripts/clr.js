"use strict";
/** Builds the assemblies of sql/clr. Equal sources and an equal compiler give equal bytes. */
const { createHash } = require("node:crypto");
const { spawnSync } = require("node:child_process");
const { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, copyFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join, resolve } = require("node:path");

const { help } = require("./environment");

help(`npm run clr [-- directory]

Builds the assemblies of sql/clr into sql/clr/bin, or into the directory. It takes mcs (Debian: apt-get install mono-mcs
libmono-system-data4.0-cil), else dotnet; DOTNET=1 prefers dotnet. Without either it ends with code 3.
`);

require("ts-node/register");
const { readAssembly } = require("../provider/src/clr/read-assembly");

const home = join(__dirname, "..", "sql", "clr");

const projects = ["Hartonomous.Clr", "Hartonomous.Files"];

function run(command, args) {
  const result = spawnSync(command, args, { encoding: "utf8" });
  if (result.status !== 0) throw new Error(`${command} ${args.join(" ")}\n${result.stdout}${result.stderr}`);
}

function has(command) {
  return spawnSync(command, ["--version"]).status === 0;
}

function withMcs(project, target) {
  const directory = join(home, project);
  const sources = readdirSync(directory)
    .filter((file) => file.endsWith(".cs"))
    .sort()
    .map((file) => join(directory, file));
  run("mcs", [
    "-target:library",
    "-langversion:7",
    "-optimize+",
    "-warnaserror",
    `-out:${target}`,
    "-r:System.Data.dll",
    ...sources,
  ]);
  stamp(target);
}

/** mcs draws the MVID by lot. SQL Server takes two builds with one MVID for the same, so it becomes a hash of all else. */
function stamp(file) {
  const bytes = readFileSync(file);
  const groups = readAssembly(bytes)
    .mvid.split("-")
    .map((group) => Buffer.from(group, "hex"));
  for (const group of groups.slice(0, 3)) group.reverse();
  const mvid = Buffer.concat(groups);
  const at = bytes.indexOf(mvid);
  if (at < 0 || bytes.indexOf(mvid, at + 1) >= 0) throw new Error(`${file}: the MVID does not stand there once`);
  bytes.fill(0, at, at + 16);
  createHash("sha256").update(bytes).digest().copy(bytes, at, 0, 16);
  // A GUID made from a hash says so: version 8, variant 1.
  bytes[at + 7] = (bytes[at + 7] & 0x0f) | 0x80;
  bytes[at + 8] = (bytes[at + 8] & 0x3f) | 0x80;
  writeFileSync(file, bytes);
}

function withDotnet(project, target) {
  const output = mkdtempSync(join(tmpdir(), "clr-"));
  try {
    run("dotnet", ["build", join(home, project), "-c", "Release", "-o", output]);
    copyFileSync(join(output, `${project}.dll`), target);
  } finally {
    rmSync(output, { recursive: true });
  }
}

const build = process.env.DOTNET !== "1" && has("mcs") ? withMcs : has("dotnet") ? withDotnet : undefined;
if (build === undefined) {
  process.stderr.write("no compiler: install mono-mcs and libmono-system-data4.0-cil, or the .NET SDK\n");
  process.exit(3);
}
const output = resolve(process.argv[2] ?? join(home, "bin"));
mkdirSync(output, { recursive: true });
for (const project of projects) build(project, join(output, `${project}.dll`));
