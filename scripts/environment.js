"use strict";
/** The environment of every script: installs what is missing, builds, and puts the right tools first on PATH. */
const { spawn, spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const root = path.resolve(__dirname, "..");
const local = path.join(root, ".local");

/** Says what is being done and how long it took. */
async function step(what, work) {
  const start = process.hrtime.bigint();
  process.stderr.write(`> ${what}\n`);
  const result = await work();
  process.stderr.write(`  done in ${(Number(process.hrtime.bigint() - start) / 1e9).toFixed(1)} s\n`);
  return result;
}

/** Runs a command to its end; throws with its exit code when that is not 0. */
function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (result.error) throw result.error;
  if (result.status !== 0) throw new CommandError(command, args, result.status ?? 1);
}

class CommandError extends Error {
  constructor(command, args, code) {
    super(`${path.basename(command)} ${args[0] ?? ""} ended with exit code ${code}`);
    this.code = code;
  }
}

/** npm ci when node_modules is absent or older than the lock file. */
async function install() {
  const stamp = path.join(root, "node_modules", ".package-lock.json");
  const lock = path.join(root, "package-lock.json");
  if (fs.existsSync(stamp) && fs.statSync(stamp).mtimeMs >= fs.statSync(lock).mtimeMs) return;
  await step("installing packages (npm ci)", () => run("npm", ["ci", "--no-fund", "--no-audit", "--loglevel=error"]));
  fs.utimesSync(stamp, new Date(), new Date());
}

/** Compiles the packages; incremental, so that nothing happens when nothing changed. */
async function build() {
  const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");
  await step("building", () => run(node(), [tsc, "--build"]));
}

/** The Node that the project brings (24), not the one that runs this script. */
function node() {
  const own = path.join(root, "node_modules", "node", "bin", "node");
  return fs.existsSync(own) ? own : process.execPath;
}

/** Variables for the Pulumi CLI and for tests; never printed. */
function environment(cliDirectory) {
  const state = path.join(local, "state");
  fs.mkdirSync(state, { recursive: true });
  const directories = [
    path.dirname(node()),
    path.join(root, "node_modules", ".bin"),
    path.join(root, "node_modules", "@pulumi", "pulumi"),
    cliDirectory,
  ];
  return {
    ...process.env,
    PATH: [...directories.filter(Boolean), process.env.PATH].join(path.delimiter),
    PULUMI_BACKEND_URL: process.env.PULUMI_BACKEND_URL ?? `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: process.env.PULUMI_CONFIG_PASSPHRASE ?? "local-demo",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}

/** Runs a script's main function; a failed command passes its exit code on. */
function main(work) {
  work().catch((error) => {
    process.stderr.write(`${error instanceof CommandError ? error.message : (error.stack ?? error)}\n`);
    process.exitCode = error.code > 0 ? error.code : 1;
  });
}

/** Prints the text and ends when --help was asked for. */
function help(text) {
  if (!process.argv.slice(2).some((argument) => argument === "--help" || argument === "-h")) return;
  process.stdout.write(text);
  process.exit(0);
}

module.exports = { root, local, step, run, install, build, node, environment, main, help, spawn, CommandError };
