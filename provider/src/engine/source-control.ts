/** Which commit is being deployed, for iac.deployment. */
import { spawnSync } from "node:child_process";

let known: { readonly commit: string | undefined } | undefined;

/** From the variables of the usual CI systems, else from git; undefined outside a work tree. */
export function gitCommit(): string | undefined {
  known ??= {
    commit: process.env["GIT_COMMIT"] ?? process.env["GITHUB_SHA"] ?? process.env["BUILD_SOURCEVERSION"] ?? fromGit(),
  };
  return known.commit?.slice(0, 64);
}

function fromGit(): string | undefined {
  const result = spawnSync("git", ["rev-parse", "HEAD"], { encoding: "utf8", timeout: 5000 });
  return result.status === 0 ? result.stdout.trim() : undefined;
}
