/** The commands of `npx pulumi-sqlserver`. They read what deployments left in the databases; only `verify --run` writes, its results. */
import { readFileSync } from "node:fs";
import { readConfiguration, type ServerSettings } from "../engine/configuration";
import type { ManagedDatabase } from "../engine/managed-database";
import { ManagedServer } from "../engine/managed-server";
import { gitCommit } from "../engine/source-control";
import { verify } from "../engine/verification";
import { ConfigurationError, ProviderError } from "../errors";
import { help, parseOptions, UsageError, type Options } from "./arguments";
import { checksOf, databasesWith, deployments, hasTable, lastResults } from "./records";
import { deploymentsText, resultsText } from "./text";

export interface Surroundings {
  readonly environment: NodeJS.ProcessEnv;
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
}

/** Exit codes; `help` says what they mean. */
const exit = { ok: 0, checkFailed: 1, usage: 2, failed: 3 } as const;

/** The exit code. Throws only what is a defect. */
export async function runCommandLine(
  words: readonly string[],
  { environment, out, error }: Surroundings,
): Promise<number> {
  try {
    const options = parseOptions(words);
    if (options === undefined) {
      out(help);
      return exit.ok;
    }
    return await run(options, environment, out);
  } catch (failure) {
    if (failure instanceof UsageError) {
      error(`${failure.message}\n\n${help}`);
      return exit.usage;
    }
    if (failure instanceof ProviderError) {
      error(`${failure.name}: ${failure.message}\n`);
      return exit.failed;
    }
    throw failure;
  }
}

async function run(options: Options, environment: NodeJS.ProcessEnv, out: (text: string) => void): Promise<number> {
  const { server, settings } = chosenServer(options, environment);
  const managed = new ManagedServer(server, settings, "command line", () => undefined);
  const target = await managed.database(options.database);
  try {
    return await target.exclusively(() =>
      options.command === "history"
        ? showHistory(target, server, options, out)
        : showChecks(target, server, options, out),
    );
  } finally {
    await managed.close();
  }
}

function chosenServer(
  options: Options,
  environment: NodeJS.ProcessEnv,
): { readonly server: string; readonly settings: ServerSettings } {
  try {
    // Read once: it may be a pipe.
    const servers = options.config === undefined ? undefined : serversText(options.config);
    const configuration = readConfiguration(
      { get: (key) => (key === "sqlserver:servers" ? servers : undefined) },
      environment,
    );
    const server = options.server ?? onlyServer(servers, environment);
    return { server, settings: configuration.server(server) };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    // A deployment reads the stack's configuration, this command does not: what to type there would not help here.
    const remedy =
      options.config === undefined
        ? "This command does not read the stack's configuration: set the environment variable, or give --config FILE"
        : `The text is that of --config ${options.config}`;
    throw new ConfigurationError(`${error.message}\n${remedy}`);
  }
}

function serversText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new ConfigurationError(`--config ${path}: ${(error as Error).message}`);
  }
}

/** Throws UsageError when there is none, or more than one. */
function onlyServer(servers: string | undefined, environment: NodeJS.ProcessEnv): string {
  const names = servers === undefined ? serversInEnvironment(environment) : Object.keys(serversIn(servers));
  if (names.length === 1) return names[0]!;
  throw new UsageError(
    names.length === 0
      ? "no server: set the environment variable SQLSERVER_<NAME> to mssql://user:password@host:1433, or give --config FILE"
      : `--server is missing; there are ${names.join(", ")}`,
  );
}

/** A text that is no JSON is told by the configuration itself, which never quotes it. */
function serversIn(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return { "": {} };
  }
}

function serversInEnvironment(environment: NodeJS.ProcessEnv): string[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    const match = /^SQLSERVER_(.+)$/.exec(name);
    return match && /^(mssql|sqlserver):\/\//.test(value ?? "") ? [match[1]!.toLowerCase()] : [];
  });
}

/** A named database without books is shown as one without records. */
async function places(
  target: ManagedDatabase,
  { database }: Options,
  table: string,
): Promise<{ name: string; hasBooks: boolean }[]> {
  if (database === undefined) return (await databasesWith(target, table)).map((name) => ({ name, hasBooks: true }));
  return [{ name: database, hasBooks: await hasTable(target, database, table) }];
}

async function showHistory(
  target: ManagedDatabase,
  server: string,
  options: Options,
  out: (text: string) => void,
): Promise<number> {
  const databases = [];
  for (const { name, hasBooks } of await places(target, options, "deployment"))
    databases.push({
      name,
      deployments: hasBooks ? await deployments(target, name, options.limit, options.failed) : [],
    });
  if (options.json) out(`${JSON.stringify({ server, databases }, undefined, 2)}\n`);
  else out(sections(databases.map((one) => [one.name, deploymentsText(one.deployments, options.failed)])));
  return exit.ok;
}

async function showChecks(
  target: ManagedDatabase,
  server: string,
  options: Options,
  out: (text: string) => void,
): Promise<number> {
  const databases = [];
  for (const { name, hasBooks } of await places(target, options, "verification_check")) {
    if (options.run && hasBooks)
      for (const { owner, checks } of await checksOf(target, name))
        await verify(target, { database: name, owner, gitCommit: gitCommit(), checks });
    databases.push({ name, checks: hasBooks ? await lastResults(target, name, options.failed) : [] });
  }
  if (options.json) out(`${JSON.stringify({ server, databases }, undefined, 2)}\n`);
  else out(sections(databases.map((one) => [one.name, resultsText(one.checks, options.failed)])));
  return databases.some(({ checks }) => checks.some(({ outcome }) => outcome === "failed"))
    ? exit.checkFailed
    : exit.ok;
}

function sections(parts: readonly (readonly [name: string, text: string])[]): string {
  if (parts.length === 0) return "no database of this server has books of deployments that this login may see\n";
  return parts.map(([name, text]) => `database ${name}\n${text}\n`).join("\n");
}
