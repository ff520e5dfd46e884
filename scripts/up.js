"use strict";
const { install, build, main, help, step } = require("./environment");
const { toolchain } = require("./toolchain");
const twin = require("./local-twin");
const { localStack } = require("./local-stack");

help(`npm run up [-- <options of pulumi up>]

Installs what is missing, starts the twin (an embedded stand-in for SQL Server, on 127.0.0.1) and deploys the stack "local"
to it with the real Pulumi CLI. Running it again applies what you changed since.
`);

main(async () => {
  await install();
  await toolchain();
  await build();
  const server = await step("starting the twin (the embedded server)", () => twin.start());
  const stack = await localStack(server);
  stack.select();
  await step("pulumi up", () => stack.pulumi("up", "--yes", "--skip-preview", ...process.argv.slice(2)));
  const variables = stack.shellVariables();
  process.stdout.write(`
Connection string of the twin:
  Server=tcp:${server.host},${server.port};User Id=${server.user};Password=${server.password};Encrypt=true;TrustServerCertificate=true

Try next:
  npm run preview                 finds nothing to do; change a file below sql/ and it shows the T-SQL
  npm run up                      applies what changed
  . ${variables.padEnd(29)} then pulumi refresh, npx pulumi-sqlserver verify and the like by hand, in this shell
  npm run down                    removes everything, the twin included
`);
});
