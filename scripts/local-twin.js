"use strict";
/** The twin that the stack `local` deploys to: a process of its own, which outlives the command that started it. */
const { spawn } = require("node:child_process");
const { randomBytes } = require("node:crypto");
const fs = require("node:fs");
const net = require("node:net");
const path = require("node:path");
const { root, local, node } = require("./environment");

const directory = path.join(local, "twin");
const stateFile = path.join(directory, "twin.json");
const certificateFile = path.join(directory, "certificate.pem");
const readySeconds = 60;
const endSeconds = 10;

const pause = () => new Promise((resolve) => setTimeout(resolve, 100));

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
    return false;
  }
}

/** Whether somebody listens there. */
function answers(host, port) {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: 2000 });
    const end = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket
      .once("connect", () => end(true))
      .once("error", () => end(false))
      .once("timeout", () => end(false));
  });
}

/**
 * What is known of the running twin; undefined when none runs. The process id alone proves nothing: after a restart of the machine
 * another process may have the number. One that is alive and does not answer is given time to end, because its data are locked until then.
 */
async function running() {
  let state;
  try {
    state = JSON.parse(fs.readFileSync(stateFile, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
  for (let i = 0; i < endSeconds * 10 && alive(state.pid); i++) {
    if (await answers(state.host, state.port)) return state;
    await pause();
  }
  return undefined;
}

/** Starts the twin unless it runs; its data and password stay the same over restarts. */
async function start() {
  const known = await running();
  if (known) return known;
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  const passwordFile = path.join(directory, "password");
  if (!fs.existsSync(passwordFile))
    fs.writeFileSync(passwordFile, `Tw1n-${randomBytes(12).toString("hex")}`, { mode: 0o600 });
  const password = fs.readFileSync(passwordFile, "utf8");
  const log = path.join(directory, "twin.log");
  const output = fs.openSync(log, "w");
  const child = spawn(
    node(),
    [
      path.join(root, "twin", "dist", "cli.js"),
      "--port",
      "0",
      "--data",
      path.join(directory, "data"),
      "--certificate",
      certificateFile,
    ],
    {
      env: { ...process.env, TWIN_PASSWORD: password },
      detached: true,
      stdio: ["ignore", output, output],
    },
  );
  child.unref();
  try {
    const port = await ready(child, log);
    const state = { pid: child.pid, host: "localhost", port, user: "sa", password, certificateFile };
    await prepare(state);
    fs.writeFileSync(stateFile, JSON.stringify(state), { mode: 0o600 });
    return state;
  } catch (error) {
    // Nobody would know of it, and it would hold its data.
    child.kill();
    throw error;
  }
}

async function ready(child, log) {
  let ended = false;
  child.once("exit", () => (ended = true));
  for (let i = 0; i < readySeconds * 10; i++) {
    const match = /twin ready on \S+:(\d+)/.exec(fs.readFileSync(log, "utf8"));
    if (match) return Number(match[1]);
    if (ended) break;
    await pause();
  }
  throw new Error(`the twin did not start:\n${fs.readFileSync(log, "utf8")}`);
}

/** What an administrator does once to a server that is to run the assemblies of the reference database: docs/clr-prerequisites.md. */
async function prepare({ host, port, user, password, certificateFile: file }) {
  const { connect } = require("../provider/dist/engine/connection");
  const certificateAuthority = fs.readFileSync(file, "utf8");
  const settings = { host, port, user, password, certificateAuthority };
  const connection = await connect("local", settings, "master", "local twin");
  try {
    await connection.request("EXEC sys.sp_configure N'clr enabled', 1; RECONFIGURE;", readySeconds);
  } finally {
    await connection.close();
  }
}

/** Ends the twin and removes its data. */
async function remove() {
  const state = await running();
  if (state) {
    process.kill(state.pid, "SIGTERM");
    for (let i = 0; i < endSeconds * 10 && alive(state.pid); i++) await pause();
    if (alive(state.pid)) process.kill(state.pid, "SIGKILL");
  }
  fs.rmSync(directory, { recursive: true, force: true });
}

/** For the environment variable SQLSERVER_LOCAL. */
function url(state) {
  return `mssql://${state.user}:${encodeURIComponent(state.password)}@${state.host}:${state.port}?certificateAuthorityFile=${encodeURIComponent(state.certificateFile)}`;
}

module.exports = { start, prepare, running, remove, url };
