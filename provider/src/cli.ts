#!/usr/bin/env node
/** `npx pulumi-sqlserver`: what the servers remember of deployments, and their checks once more. */
import { runCommandLine } from "./command-line";

void runCommandLine(process.argv.slice(2), {
  environment: process.env,
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
}).then(
  (code) => {
    process.exitCode = code;
  },
  // A defect of this program must not look like a check that failed.
  (defect: unknown) => {
    process.stderr.write(`${defect instanceof Error ? (defect.stack ?? defect.message) : String(defect)}\n`);
    process.exitCode = 3;
  },
);
