"use strict";
/**
 * Finds or builds the Pulumi CLI with its Node.js language host. In order: PULUMI_CLI, PATH, ~/.pulumi/bin, our cache,
 * the official download (left out with PULUMI_SQLSERVER_NO_DOWNLOAD=1), a build from Go modules. What is built or
 * downloaded goes to ~/.cache/pulumi-sqlserver/<version>.
 */
const { spawn, spawnSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const VERSION = "3.259.0";
/** The newest SDK module from which the language host is served as a Go module; it works with the CLI above. */
const LANGUAGE_HOST_VERSION = "3.68.0";
const DOWNLOAD_SECONDS = 20;
const LOCK_STALE_MS = 30 * 60 * 1000;

const exe = process.platform === "win32" ? ".exe" : "";
const cacheRoot = () => path.join(os.homedir(), ".cache", "pulumi-sqlserver");

class ToolchainError extends Error {}

function say(text) {
  process.stderr.write(`> pulumi: ${text}\n`);
}

/** True when the program answers `pulumi version`; the language host must stand beside it or on PATH. */
function works(program) {
  const result = spawnSync(program, ["version"], {
    encoding: "utf8",
    timeout: 60_000,
    env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  return result.status === 0 && /^v?\d+\.\d+\.\d+/.test(result.stdout.trim());
}

function onPath(name) {
  for (const directory of (process.env.PATH ?? "").split(path.delimiter)) {
    const candidate = path.join(directory, name + exe);
    if (directory && fs.existsSync(candidate)) return candidate;
  }
  return undefined;
}

/** Path of a CLI that answers. Throws ToolchainError, which says what to install, when there is none to be had. */
async function toolchain() {
  if (process.env.PULUMI_CLI) {
    if (works(process.env.PULUMI_CLI)) return process.env.PULUMI_CLI;
    throw new ToolchainError("PULUMI_CLI names a program that does not answer `pulumi version`");
  }
  for (const candidate of [onPath("pulumi"), path.join(os.homedir(), ".pulumi", "bin", `pulumi${exe}`)])
    if (candidate && fs.existsSync(candidate) && works(candidate)) return candidate;
  const directory = path.join(cacheRoot(), `v${VERSION}-${process.platform}-${process.arch}`);
  const program = path.join(directory, `pulumi${exe}`);
  if (fs.existsSync(program) && works(program)) return program;
  fs.mkdirSync(cacheRoot(), { recursive: true });
  const release = await lock(`${directory}.lock`);
  try {
    if (fs.existsSync(program) && works(program)) return program;
    fs.rmSync(directory, { recursive: true, force: true });
    sweep(path.dirname(directory), path.basename(directory));
    const work = fs.mkdtempSync(`${directory}.tmp-`);
    try {
      if (!(await download(work))) await buildFromGo(work);
      if (!works(path.join(work, `pulumi${exe}`)))
        throw new ToolchainError("the CLI that was made does not answer `pulumi version`");
      fs.renameSync(work, directory);
    } finally {
      fs.rmSync(work, { recursive: true, force: true });
    }
    return program;
  } finally {
    release();
  }
}

/** Removes what killed callers left; only the holder of the lock comes here. */
function sweep(parent, prefix) {
  for (const name of fs.readdirSync(parent))
    if (name.startsWith(`${prefix}.tmp-`)) fs.rmSync(path.join(parent, name), { recursive: true, force: true });
}

/** One caller builds, the others wait. A lock whose owner is gone is taken over. */
async function lock(directory) {
  let told = false;
  for (;;) {
    try {
      fs.mkdirSync(directory);
      fs.writeFileSync(path.join(directory, "owner"), String(process.pid));
      return () => fs.rmSync(directory, { recursive: true, force: true });
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (isStale(directory)) {
      fs.rmSync(directory, { recursive: true, force: true });
      continue;
    }
    if (!told) say("another process is preparing the CLI; waiting for it");
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function isStale(directory) {
  try {
    const age = Date.now() - fs.statSync(directory).mtimeMs;
    if (age > LOCK_STALE_MS) return true;
    const owner = Number(fs.readFileSync(path.join(directory, "owner"), "utf8"));
    process.kill(owner, 0);
    return false;
  } catch (error) {
    // No owner file yet: its maker is between two calls, or was killed there.
    if (error.code === "ENOENT") return fs.existsSync(directory) && Date.now() - fs.statSync(directory).mtimeMs > 5000;
    return error.code === "ESRCH";
  }
}

async function timed(what, work) {
  const start = Date.now();
  say(what);
  const result = await work();
  say(`  took ${((Date.now() - start) / 1000).toFixed(1)} s`);
  return result;
}

/** True when the official archive was fetched and unpacked; false, with the reason printed, when it cannot be had. */
async function download(target) {
  if (process.env.PULUMI_SQLSERVER_NO_DOWNLOAD) return false;
  const system = { linux: "linux", darwin: "darwin", win32: "windows" }[process.platform];
  const machine = { x64: "x64", arm64: "arm64" }[process.arch];
  if (!system || !machine) return false;
  const name = `pulumi-v${VERSION}-${system}-${machine}.${system === "windows" ? "zip" : "tar.gz"}`;
  return timed(`downloading ${name} (at most ${DOWNLOAD_SECONDS} s without an answer)`, async () => {
    try {
      const response = await fetch(`https://get.pulumi.com/releases/sdk/${name}`, {
        signal: AbortSignal.timeout(DOWNLOAD_SECONDS * 1000),
      });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      const archive = path.join(target, name);
      fs.writeFileSync(archive, Buffer.from(await response.arrayBuffer()));
      const unpacked = spawnSync("tar", ["-xf", archive, "-C", target], { stdio: "inherit" });
      if (unpacked.status !== 0) throw new Error("the archive could not be unpacked");
      fs.rmSync(archive);
      const inner = path.join(target, "pulumi");
      const from = fs.existsSync(path.join(inner, "bin")) ? path.join(inner, "bin") : inner;
      for (const file of fs.readdirSync(from)) fs.renameSync(path.join(from, file), path.join(target, `${file}.new`));
      fs.rmSync(inner, { recursive: true, force: true });
      for (const file of fs.readdirSync(target))
        fs.renameSync(path.join(target, file), path.join(target, file.replace(/\.new$/, "")));
      return true;
    } catch (error) {
      say(`  no download: ${error.cause?.code ?? error.message}`);
      return false;
    }
  });
}

async function buildFromGo(target) {
  const go = onPath("go");
  if (!go)
    throw new ToolchainError(
      "no Pulumi CLI: none on PATH, none could be downloaded, and there is no Go to build it with.\n" +
        "Install the CLI (https://www.pulumi.com/docs/install/) or Go 1.24 or newer (https://go.dev/dl/), then run this again.\n" +
        "PULUMI_CLI=/path/to/pulumi names one that is somewhere else.",
    );
  const flags = ["-ldflags", `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${VERSION}`];
  const parts = [
    ["pulumi", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", VERSION],
    [
      "pulumi-language-nodejs",
      "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
      LANGUAGE_HOST_VERSION,
    ],
  ];
  for (const [name, source, version] of parts) {
    const module = path.join(target, `module-${name}`);
    fs.mkdirSync(module);
    await timed(`building ${name} from Go modules (once; 2 to 5 minutes on 2 cores)`, async () => {
      await go_(["mod", "init", "build"], module);
      await go_(["get", `${source}@v${version}`], module);
      await go_(["build", ...flags, "-o", path.join(target, name + exe), source], module);
    });
    fs.rmSync(module, { recursive: true, force: true });
  }

  function go_(args, cwd) {
    return new Promise((resolve, reject) => {
      const child = spawn(go, args, {
        cwd,
        stdio: ["ignore", "ignore", "pipe"],
        env: { ...process.env, GOFLAGS: "-mod=mod", GOWORK: "off" },
      });
      let errors = "";
      child.stderr.on("data", (data) => (errors = (errors + data).slice(-4000)));
      child.on("error", reject);
      child.on("close", (code) =>
        code === 0 ? resolve() : reject(new ToolchainError(`go ${args[0]} failed:\n${errors}`)),
      );
    });
  }
}

module.exports = { toolchain, ToolchainError, VERSION };

if (require.main === module)
  toolchain().then(
    (program) => process.stdout.write(`${program}\n`),
    (error) => {
      process.stderr.write(`${error instanceof ToolchainError ? error.message : error.stack}\n`);
      process.exitCode = 1;
    },
  );
