"use strict";
const { install, build, main, help } = require("./environment");
const { previewText } = require("./preview-text");
const twin = require("./local-twin");
const { localStack } = require("./local-stack");

help(`npm run preview [-- <options of pulumi preview>]

Shows the exact T-SQL that npm run up would run on the twin. It only reads. With options, such as --diff, the Pulumi CLI
itself prints what it shows.
`);

/** Warnings and errors; that the plugin is found on PATH is how these scripts work. */
function diagnosticsText({ diagnostics = [] }) {
  const shown = diagnostics.filter(({ severity, message }) => severity !== "debug" && !message.includes("from $PATH"));
  return shown.map(({ message }) => `${message.trim()}\n`).join("");
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
  process.stdout.write(`${diagnosticsText(answer)}\n${previewText(answer) || "Nothing to do."}\n`);
  process.exitCode = status;
});
