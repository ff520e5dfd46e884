"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { root, install, build, node, environment, main, help, run } = require("./environment");
const { toolchain } = require("./toolchain");

help(`npm test [-- <mocha options>]          every suite
npm run test:e2e [-- <mocha options>]  only the end-to-end suite with the Pulumi CLI

Each suite starts a twin of its own. With SQLSERVER_URL set (mssql://user:password@host:port) the law and the end-to-end suites
run against that server instead; what cannot run there is skipped and says why.
`);

/** All test files below test/, end-to-end ones last: they are the slowest. */
function files(directory) {
  const found = fs.readdirSync(path.join(root, directory), { withFileTypes: true, recursive: true });
  return found
    .filter((entry) => entry.isFile() && entry.name.endsWith(".test.ts"))
    .map((entry) => path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name)))
    .filter((name) => !name.includes("node_modules"))
    .sort();
}

main(async () => {
  const args = process.argv.slice(2);
  const onlyEndToEnd = args[0] === "e2e";
  if (onlyEndToEnd) args.shift();
  await install();
  const cli = await toolchain();
  await build();
  const all = files("test");
  const endToEnd = all.filter((name) => name.startsWith(path.join("test", "e2e")));
  const chosen = onlyEndToEnd ? endToEnd : [...all.filter((name) => !endToEnd.includes(name)), ...endToEnd];
  const mocha = path.join(root, "node_modules", "mocha", "bin", "mocha.js");
  run(node(), [mocha, ...args, ...chosen], { env: environment(path.dirname(cli)) });
});
