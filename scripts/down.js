"use strict";
const { install, build, main, help, step } = require("./environment");
const twin = require("./local-twin");
const { localStack, stack: stackName } = require("./local-stack");

help(`npm run down [-- <options of pulumi destroy>]

Destroys the stack "local", then ends the twin and removes its data.
`);

main(async () => {
  await install();
  await build();
  const stack = await localStack(await twin.start());
  if (stack.exists()) {
    stack.select();
    await step("pulumi destroy", () => stack.pulumi("destroy", "--yes", "--skip-preview", ...process.argv.slice(2)));
    stack.pulumi("stack", "rm", "--yes", "--preserve-config", stackName);
  }
  await step("removing the twin and its data", () => twin.remove());
  stack.forgetShellVariables();
});
