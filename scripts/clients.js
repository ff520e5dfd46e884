"use strict";
/**
 * Third-party TDS clients for the twin's tests: python-tds in a directory of its own, and a Go program built from test/twin/clients/go. Both go to
 * ~/.cache/pulumi-sqlserver, keyed by what they are made from, so that a second run needs no network.
 */
const { spawnSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const sources = path.join(__dirname, "..", "test", "twin", "clients");
const cache = path.join(os.homedir(), ".cache", "pulumi-sqlserver");

class ClientError extends Error {}

function digest(...files) {
  const hash = createHash("sha256");
  for (const file of files) hash.update(fs.readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}

/** The program's answer to a question about itself; undefined when it is not there. */
function answer(program, args) {
  const result = spawnSync(program, args, { encoding: "utf8", timeout: 60_000 });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

function run(program, args, options) {
  const result = spawnSync(program, args, { encoding: "utf8", timeout: 10 * 60_000, ...options });
  if (result.status !== 0)
    throw new ClientError(
      `${path.basename(program)} ${args[0]} failed:\n${result.stdout ?? ""}${result.stderr ?? result.error}`,
    );
}

/** Makes the directory once; another process that made it meanwhile wins. */
function prepare(name, work) {
  const directory = path.join(cache, name);
  if (fs.existsSync(directory)) return directory;
  fs.mkdirSync(cache, { recursive: true });
  const temporary = fs.mkdtempSync(`${directory}.tmp-`);
  try {
    process.stderr.write(`> preparing ${name} (once)\n`);
    work(temporary);
    try {
      fs.renameSync(temporary, directory);
    } catch (error) {
      if (!fs.existsSync(directory)) throw error;
    }
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
  return directory;
}

/** Command, arguments and environment of the Python client; undefined when there is no Python 3. */
function pythonClient() {
  const python = ["python3", "python"].find(
    (name) => answer(name, ["-c", "import sys; print(sys.version_info[0])"]) === "3",
  );
  if (!python) return undefined;
  const requirements = path.join(sources, "python", "requirements.txt");
  const tag = answer(python, [
    "-c",
    "import sysconfig; print(sysconfig.get_python_version() + '-' + sysconfig.get_platform())",
  ]);
  const packages = prepare(`python-client-${tag}-${digest(requirements)}`, (directory) =>
    run(python, [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--disable-pip-version-check",
      "--no-warn-script-location",
      "--target",
      directory,
      "-r",
      requirements,
    ]),
  );
  return {
    command: python,
    args: [path.join(sources, "python", "client.py")],
    env: { PYTHONPATH: packages, PYTHONWARNINGS: "ignore" },
  };
}

/** The same for the Go client; undefined when there is no Go. */
function goClient() {
  const version = answer("go", ["version"]);
  if (!version) return undefined;
  const module = path.join(sources, "go");
  const files = ["go.mod", "go.sum", "main.go"].map((file) => path.join(module, file));
  const program = process.platform === "win32" ? "client.exe" : "client";
  const directory = prepare(`go-client-${process.platform}-${process.arch}-${digest(...files)}`, (target) =>
    run("go", ["build", "-o", path.join(target, program), "."], {
      cwd: module,
      env: { ...process.env, GOFLAGS: "-mod=readonly", GOWORK: "off" },
    }),
  );
  return { command: path.join(directory, program), args: [], env: {} };
}

module.exports = { pythonClient, goClient, ClientError };

if (require.main === module)
  for (const [name, make] of [
    ["python-tds", pythonClient],
    ["go-mssqldb", goClient],
  ])
    process.stdout.write(`${name}: ${make() ? "ready" : "its language is not installed"}\n`);
