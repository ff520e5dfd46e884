"use strict";
/** Pulumi commands on the stack `local`, whose state is in .local and whose server is the twin. */
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { environment, root, local, run, CommandError } = require("./environment");
const { toolchain } = require("./toolchain");
const { url } = require("./local-twin");

const stack = "local";
const variables = path.join(local, "environment.sh");

/** Returns functions that run the CLI. The output of `pulumi` goes to the person; `capture` and `result` return it. */
async function localStack(twin) {
  const program = await toolchain();
  // A backend or passphrase that the person uses for real stacks has no business here, and Pulumi.local.yaml holds the salt of this one.
  const own = { PULUMI_BACKEND_URL: `file://${path.join(local, "state")}`, PULUMI_CONFIG_PASSPHRASE: "local-demo" };
  const env = { ...environment(path.dirname(program)), ...own, ...(twin ? { SQLSERVER_LOCAL: url(twin) } : {}) };
  const pulumi = (...args) => run(program, [...args, "--non-interactive"], { env });
  const result = (...args) =>
    spawnSync(program, [...args, "--non-interactive"], { env, encoding: "utf8", maxBuffer: 1 << 30 });
  const capture = (...args) => {
    const { status, stdout } = result(...args);
    if (status !== 0) throw new CommandError(program, args, status ?? 1);
    return stdout;
  };
  const exists = () =>
    JSON.parse(capture("stack", "ls", "--json")).some(
      (entry) => entry.name === stack || entry.name.endsWith(`/${stack}`),
    );
  return {
    /** Writes the variables for a shell (sh) in which a person types pulumi and npx pulumi-sqlserver; returns the file's path in the repository. */
    shellVariables() {
      const names = Object.keys(env).filter((name) => /^(PATH|PULUMI_.*|SQLSERVER_LOCAL)$/.test(name));
      const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
      fs.writeFileSync(variables, names.map((name) => `export ${name}=${quoted(env[name])}\n`).join(""), {
        mode: 0o600,
      });
      return path.relative(root, variables);
    },
    forgetShellVariables() {
      fs.rmSync(variables, { force: true });
    },
    pulumi,
    capture,
    result,
    exists,
    select() {
      if (exists()) pulumi("stack", "select", stack);
      else pulumi("stack", "init", stack);
    },
  };
}

module.exports = { localStack, stack };
