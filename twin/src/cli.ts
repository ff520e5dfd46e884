#!/usr/bin/env node
/** The twin as a program: serves until it is ended. */
import { parseArgs } from "node:util";
import {
  DataDirectoryError,
  EDITIONS,
  PLATFORMS,
  startTwin,
  TwinOptionError,
  VERSIONS,
  type Twin,
  type TwinOptions,
} from "./index";

const HELP = `npm run twin -- --port N [options]      serves the SQL Server stand-in until it is ended

  --port N             TCP port; 0 takes a free one (default 1433)
  --password P         password of the login sa; better given by the variable TWIN_PASSWORD, which no process list shows
  --host ADDRESS       address to listen on (default 127.0.0.1)
  --data DIR           data survives in this directory (default: none, everything is gone at the end)
  --latency MS         added to every answer, 0 to 60000 (default 0)
  --platform NAME      ${PLATFORMS.join(" or ")} (default linux)
  --version YEAR       ${VERSIONS.join(", ")} (default 2025)
  --edition NAME       ${EDITIONS.join(", ")} (default Developer)
  --collation NAME     server collation (default SQL_Latin1_General_CP1_CI_AS)
  --certificate FILE   writes the certificate (PEM) there, for clients that verify it
  --help               this text

Ends with SIGINT or SIGTERM. Exit codes: 0 ended as asked, 1 could not serve, 2 wrong options.
`;

const WRONG_OPTIONS = 2;

/** Something on the command line cannot be. */
class UsageError extends Error {}

interface Arguments {
  readonly options: TwinOptions;
  readonly certificateFile: string | undefined;
}

function readArguments(args: readonly string[], environment: NodeJS.ProcessEnv): Arguments | "help" {
  const values = parse(args);
  if (values.help) return "help";
  const password = values.password ?? environment.TWIN_PASSWORD;
  if (!password) throw new UsageError("no password: give --password or the variable TWIN_PASSWORD");
  const options = {
    password,
    port: number("port", values.port ?? "1433"),
    host: values.host,
    platform: values.platform,
    version: values.version,
    edition: EDITIONS.find((edition) => edition.toLowerCase() === values.edition?.toLowerCase()) ?? values.edition,
    collation: values.collation,
    dataDirectory: values.data,
    latencyMs: values.latency === undefined ? undefined : number("latency", values.latency),
    log: (line: string) => void process.stderr.write(`twin: ${line}\n`),
  };
  // Words that are not in their lists are refused by startTwin, which knows the lists.
  return { options: options as TwinOptions, certificateFile: values.certificate };
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: false,
      options: {
        port: text,
        password: text,
        host: text,
        data: text,
        latency: text,
        platform: text,
        version: text,
        edition: text,
        collation: text,
        certificate: text,
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function number(option: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`--${option} is ${text}; give a whole number`);
  return Number(text);
}

async function main(): Promise<void> {
  const read = readArguments(process.argv.slice(2), process.env);
  if (read === "help") return void process.stdout.write(HELP);
  const twin = await startTwin(read.options);
  if (read.certificateFile !== undefined) await writeCertificate(read.certificateFile, twin);
  let ending = false;
  const end = (): void => {
    // A second signal does not wait.
    if (ending) process.exit(1);
    ending = true;
    void twin.close().then(() => process.exit(0));
  };
  process.on("SIGINT", end).on("SIGTERM", end);
  const { server } = twin;
  process.stdout.write(
    `twin ready on ${twin.host}:${twin.port} (stand-in for SQL Server ${server.version} ${server.edition}, ${server.platform}; login sa)\n`,
  );
}

async function writeCertificate(file: string, twin: Twin): Promise<void> {
  const { writeFile } = await import("node:fs/promises");
  await writeFile(file, twin.certificate);
}

/** The message says it all where the user or the surroundings are to blame; a stack is for our own defects. */
function report(error: unknown): void {
  const usage = error instanceof UsageError || error instanceof TwinOptionError;
  const expected = usage || error instanceof DataDirectoryError || (error as NodeJS.ErrnoException).code !== undefined;
  const text = error instanceof Error ? (expected ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`twin: ${text}${usage ? "; --help lists the options" : ""}\n`);
  process.exitCode = usage ? WRONG_OPTIONS : 1;
}

main().catch(report);
