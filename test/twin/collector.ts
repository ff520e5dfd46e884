/** A sink that keeps what the engine sends, for tests. */
import { createServer } from "../../twin/src/storage/bootstrap";
import { createEngine, setSaPassword, type SqlServerEngine } from "../../twin/src/session/engine";
import type {
  EnvironmentChange,
  Faults,
  LoginRequest,
  ResultColumn,
  RpcParameter,
  SessionPort,
  Sink,
} from "../../twin/src/session/port";
import type { SqlError } from "../../twin/src/session/sql-error";
import type { SqlServer } from "../../twin/src/storage/model";
import { DateTime, Decimal, Variant, type SqlValue } from "../../twin/src/types/value";

export interface ResultSet {
  readonly columns: readonly ResultColumn[];
  readonly rows: SqlValue[][];
}

export class Collector implements Sink {
  readonly sets: ResultSet[] = [];
  /** Severity up to 10. */
  readonly messages: SqlError[] = [];
  /** Severity 11 and above. */
  readonly errors: SqlError[] = [];
  readonly dones: Parameters<Sink["done"]>[0][] = [];
  readonly environments: EnvironmentChange[] = [];
  readonly returned: { name: string; value: SqlValue }[] = [];
  status: number | undefined;

  columns(columns: readonly ResultColumn[]): void {
    this.sets.push({ columns, rows: [] });
  }
  row(values: readonly SqlValue[]): void {
    this.sets.at(-1)!.rows.push([...values]);
  }
  done(statement: Parameters<Sink["done"]>[0]): void {
    this.dones.push(statement);
  }
  message(error: SqlError): void {
    (error.severity >= 11 ? this.errors : this.messages).push(error);
  }
  environment(change: EnvironmentChange): void {
    this.environments.push(change);
  }
  returnStatus(status: number): void {
    this.status = status;
  }
  returnValue(parameter: { name: string; value: SqlValue }): void {
    this.returned.push({ name: parameter.name, value: parameter.value });
  }

  /** Numbers of the errors, in order. */
  get numbers(): number[] {
    return this.errors.map((error) => error.number);
  }
  /** Texts of PRINT and other messages, in order. */
  get texts(): string[] {
    return this.messages.map((message) => message.message);
  }
  /** Rows of the first result set in plain values: text, numbers, null. */
  get rows(): unknown[][] {
    return (this.sets[0]?.rows ?? []).map((row) => row.map(plain));
  }
  /** First value of the first row. */
  get scalar(): unknown {
    return this.rows[0]?.[0];
  }
}

export function plain(value: SqlValue): unknown {
  if (value instanceof Variant) return plain(value.value);
  if (value instanceof Decimal) return Number(value.unscaled) / 10 ** value.scale;
  if (value instanceof DateTime) return `${value.days}:${value.ticks}`;
  return typeof value === "bigint" ? Number(value) : value;
}

export const PASSWORD = "Str0ng.Passw0rd";

export function newServer(): SqlServer {
  const server = createServer({
    platform: "linux",
    version: "2022",
    edition: "Developer",
    collation: "SQL_Latin1_General_CP1_CI_AS",
    name: "TWIN",
  });
  setSaPassword(server, PASSWORD);
  return server;
}

export function newEngine(faults?: Faults): SqlServerEngine {
  return createEngine(newServer(), faults ? { faults } : {});
}

export function loginAs(
  engine: SqlServerEngine,
  more: Partial<LoginRequest> = {},
): ReturnType<SqlServerEngine["login"]> {
  return engine.login({
    user: "sa",
    password: PASSWORD,
    hostName: "test",
    applicationName: "mocha",
    readOnlyIntent: false,
    ...more,
  });
}

/** Runs one batch. Errors are collected, not thrown. */
export async function query(session: SessionPort, sql: string): Promise<Collector> {
  const sink = new Collector();
  await session.batch(sql, sink);
  return sink;
}

/** The same, for batches that must succeed. */
export async function must(session: SessionPort, sql: string): Promise<Collector> {
  const result = await query(session, sql);
  const [error] = result.errors;
  if (error) throw new Error(`${error.number} (line ${error.line}): ${error.message}\n${sql}`);
  return result;
}

export async function call(
  session: SessionPort,
  name: string,
  parameters: readonly RpcParameter[],
): Promise<Collector> {
  const sink = new Collector();
  await session.rpc(name, parameters, sink);
  return sink;
}

/** The first value that a batch returns; the batch must not fail. */
export async function scalarOf(session: SessionPort, sql: string): Promise<unknown> {
  return (await must(session, sql)).scalar;
}

/** The numbers of a batch's errors and messages. */
export async function numbersOf(session: SessionPort, sql: string): Promise<number[]> {
  return (await query(session, sql)).numbers;
}

/** dbo.t (id, a) with a primary key and a CHECK on a. */
export async function makeTable(session: SessionPort): Promise<void> {
  await must(
    session,
    "CREATE TABLE dbo.t (id int NOT NULL CONSTRAINT pk_t PRIMARY KEY, a int NULL CONSTRAINT ck_t CHECK (a >= 0))",
  );
}
