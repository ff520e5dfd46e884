/** What stands on the command line. https://nodejs.org/api/util.html#utilparseargsconfig */
import { parseArgs } from "node:util";

export const help = `npx pulumi-sqlserver <command> [options]

Commands
  history   the deployments that a database remembers: iac.deployment
  verify    the last answers of its verifications: iac.verification; with --run they are asked again and recorded

Options
  --server NAME     server by its name in the configuration. Default: the only one that there is
  --config FILE     JSON file with the servers, as in the configuration sqlserver:servers:
                    {"NAME": {"host": "...", "user": "...", "password": "..."}}
                    Default: the environment variable SQLSERVER_<NAME>=mssql://user:password@host:1433
                    Of a stack: --config <(pulumi config get sqlserver:servers)
  --database NAME   only this database. Default: every database of the server that has books
  --limit N         history: at most N deployments of each database, newest first, 1 to 10000. Default 20
  --failed          history: only deployments that failed; verify: only checks that failed
  --run             verify: ask all checks again
  --json            JSON instead of text
  --help            this text

Exit codes
  0 all is well   1 a check failed   2 the command line is wrong   3 the server or the configuration is
`;

export class UsageError extends Error {}

export interface Options {
  readonly command: "history" | "verify";
  readonly server: string | undefined;
  readonly config: string | undefined;
  readonly database: string | undefined;
  readonly limit: number;
  readonly failed: boolean;
  readonly run: boolean;
  readonly json: boolean;
}

/** undefined = help is wanted. Throws UsageError. */
export function parseOptions(words: readonly string[]): Options | undefined {
  const { values, positionals } = parsed(words);
  if (values.help === true) return undefined;
  const [command, ...rest] = positionals;
  if (command !== "history" && command !== "verify")
    throw new UsageError(
      command === undefined
        ? "a command is missing: history or verify"
        : `no such command: ${command}; there are history and verify`,
    );
  if (rest.length > 0) throw new UsageError(`one word too many: ${rest[0]!}`);
  for (const option of ["server", "config", "database"] as const)
    if (values[option] === "") throw new UsageError(`--${option} is empty`);
  if ((values.database?.length ?? 0) > 128) throw new UsageError("--database is longer than 128 characters");
  const limit = values.limit === undefined ? 20 : Number(values.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000)
    throw new UsageError(`--limit is ${String(values.limit)}; give 1 to 10000`);
  if (command === "history" && values.run === true) throw new UsageError("--run is for verify");
  if (command === "verify" && values.limit !== undefined) throw new UsageError("--limit is for history");
  return {
    command,
    server: values.server,
    config: values.config,
    database: values.database,
    limit,
    failed: values.failed === true,
    run: values.run === true,
    json: values.json === true,
  };
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        server: { type: "string" },
        config: { type: "string" },
        database: { type: "string" },
        limit: { type: "string" },
        failed: { type: "boolean" },
        run: { type: "boolean" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    // Node goes on to explain words that begin with a dash, of which there are none here.
    throw new UsageError((error as Error).message.split(". To specify", 1)[0]!);
  }
}
