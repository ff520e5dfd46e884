"use strict";
const { install, build, main, help } = require("./environment");
const twin = require("./local-twin");
const { localStack } = require("./local-stack");

help(`npm run preview [-- <options of pulumi preview>]

Shows the exact T-SQL that npm run up would run on the twin. It only reads. With options, such as --diff, the Pulumi CLI
itself prints what it shows.
`);

const verbs = { create: "create", update: "update", delete: "delete", replace: "replace", "create-replacement": "replace", "delete-replaced": "replace" };

/** The steps of `pulumi preview --json`, the T-SQL as it would stand in a file. */
function print({ steps, diagnostics = [] }) {
  for (const { severity, message } of diagnostics) if (severity !== "debug" && !message.includes("from $PATH")) process.stdout.write(`${message.trim()}\n`);
  let changes = 0;
  for (const { op, urn, newState } of steps ?? []) {
    const [, , type, name] = urn.split("::");
    if (!verbs[op] || type === "pulumi:pulumi:Stack") continue;
    changes++;
    process.stdout.write(`\n==== ${verbs[op]} ${type.split(":").at(-1)} ${name}\n`);
    const plan = newState?.inputs?.plan;
    if (op !== "delete" && plan) process.stdout.write(`${plan}\n`);
  }
  process.stdout.write(changes === 0 ? "Nothing to do.\n" : `\n${changes} to change.\n`);
}

main(async () => {
  await install();
  await build();
  const stack = await localStack(await twin.start());
  stack.select();
  const options = process.argv.slice(2);
  if (options.length > 0) return stack.pulumi("preview", ...options);
  const { stdout, status, stderr } = stack.result("preview", "--json");
  let answer;
  try {
    answer = JSON.parse(stdout);
  } catch {
    process.stderr.write(`${stdout}${stderr}`);
    process.exitCode = status || 1;
    return;
  }
  print(answer);
  process.exitCode = status;
});
