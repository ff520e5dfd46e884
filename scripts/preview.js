"use strict";
const { install, build, main, help } = require("./environment");
const twin = require("./local-twin");
const { localStack } = require("./local-stack");

help(`npm run preview [-- <options of pulumi preview>]

Shows the exact T-SQL that npm run up would run on the twin. It only reads.
`);

main(async () => {
  await install();
  await build();
  const server = await twin.start();
  const stack = await localStack(server);
  stack.select();
  stack.pulumi("preview", "--diff", "--show-full-output", ...process.argv.slice(2));
});
