"use strict";
const path = require("node:path");
const { root, install, build, node, main, spawn } = require("./environment");

main(async () => {
  await install();
  await build();
  const child = spawn(node(), [path.join(root, "twin", "dist", "cli.js"), ...process.argv.slice(2)], {
    stdio: "inherit",
  });
  // The terminal sends SIGINT to both; a supervisor sends SIGTERM to us alone.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      process.exitCode = code ?? (signal === "SIGINT" || signal === "SIGTERM" ? 0 : 1);
      resolve();
    });
  });
});
