/** Sessions of an engine in process, for tests of what statements do. */
import { createEngine, setSaPassword } from "../../twin/src/session/engine";
import type { ResultColumn, SessionPort, Sink } from "../../twin/src/session/port";
import type { SqlError } from "../../twin/src/session/sql-error";
import { addDefaultFiles, createDatabase, createServer, SA_SID } from "../../twin/src/storage/bootstrap";
import { collation } from "../../twin/src/types/collation";
import { decimalToString } from "../../twin/src/types/decimal";
import { DateTime, Decimal, type SqlValue, Variant } from "../../twin/src/types/value";

export interface Answer {
  readonly sets: { readonly columns: readonly ResultColumn[]; readonly rows: SqlValue[][] }[];
  readonly messages: SqlError[];
  /** Row counts of the statements that have one. */
  readonly counts: number[];
}

export interface Client {
  /** Throws the first error. */
  run(sql: string): Promise<Answer>;
  /** Rows of the last result set, in plain JavaScript values. */
  rows(sql: string): Promise<unknown[][]>;
  /** Number of the first error; undefined when there is none. */
  error(sql: string): Promise<number | undefined>;
  /** Text of the first error. */
  complaint(sql: string): Promise<string>;
  readonly port: SessionPort;
}

export function plain(value: SqlValue): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Decimal) return decimalToString(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (value instanceof Variant) return plain(value.value);
  if (value instanceof DateTime) return `${value.days}.${value.ticks}`;
  return value;
}

export interface TestServer {
  login(database?: string): Promise<Client>;
}

export function startServer(version: "2019" | "2022" | "2025" = "2022"): TestServer {
  const server = createServer({
    platform: "linux",
    version,
    edition: "Developer",
    collation: "SQL_Latin1_General_CP1_CI_AS",
    name: "twin",
  });
  setSaPassword(server, "Secret-1");
  const engine = createEngine(server);
  const login = async (database?: string): Promise<Client> =>
    client(
      await engine.login({
        user: "sa",
        password: "Secret-1",
        hostName: "test",
        applicationName: "test",
        readOnlyIntent: false,
        ...(database ? { database } : {}),
      }),
    );
  const database = createDatabase(server, { name: "shop", collation: collation(server.collation), ownerSid: SA_SID });
  addDefaultFiles(server, database);
  server.databases.set(server.key(database.name), database);
  return { login: (database = "shop") => login(database) };
}

function client(port: SessionPort): Client {
  const collect = async (sql: string): Promise<Answer> => {
    const answer: Answer = { sets: [], messages: [], counts: [] };
    const sink: Sink = {
      columns: (columns) => void answer.sets.push({ columns, rows: [] }),
      row: (values) => void answer.sets.at(-1)!.rows.push([...values]),
      done: ({ count }) => void (count !== undefined && answer.counts.push(count)),
      message: (message) => void answer.messages.push(message),
      environment: () => undefined,
      returnStatus: () => undefined,
      returnValue: () => undefined,
    };
    await port.batch(sql, sink);
    return answer;
  };
  const first = (answer: Answer) => answer.messages.find((message) => message.severity > 10);
  const run = async (sql: string): Promise<Answer> => {
    const answer = await collect(sql);
    const failure = first(answer);
    if (failure) throw failure;
    return answer;
  };
  return {
    port,
    run,
    rows: async (sql) => (await run(sql)).sets.at(-1)!.rows.map((row) => row.map(plain)),
    error: async (sql) => first(await collect(sql))?.number,
    complaint: async (sql) => first(await collect(sql))?.message ?? "",
  };
}

/** A server and a session of their own for each case: what one does is never seen by the next. */
export function session(): { readonly client: () => Client; readonly server: () => TestServer } {
  let server: TestServer;
  let client: Client;
  beforeEach(async () => {
    server = startServer();
    client = await server.login();
  });
  return { client: () => client, server: () => server };
}
