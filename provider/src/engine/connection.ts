/**
 * One physical connection to one database, used by one caller at a time. Reads, the lock and the writes of a database
 * share it, because the lock belongs to the session. The driver is `mssql`.
 */
import { createConnection, type Socket } from "node:net";
import mssql from "mssql";
import { ConnectionFailedError, ProviderError, type ServerErrorDetail } from "../errors";
import type { ServerSettings } from "./configuration";
import { isDatabaseUnavailable, isLoginFailed } from "./error-numbers";

/** The driver's Request takes a time limit of its own; its type declarations do not say so yet. */
const Request = mssql.Request as unknown as new (
  pool: mssql.ConnectionPool,
  overrides: { requestTimeout: number },
) => mssql.Request;

export type DatabaseValue = string | number | boolean | Date | Buffer | null;
export type ResultRow = Readonly<Record<string, DatabaseValue>>;

export interface ResultSet<Row = ResultRow> {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}
/** `result` counts the result sets of the request from 0. */
export type RowReader<Row> = (row: ResultRow, result: number) => Row;

/** The server answered a request with an error. */
export class RequestError extends Error {
  constructor(
    /** In the order of arrival; the last one ended the request. Empty = the connection broke. */
    readonly errors: readonly ServerErrorDetail[],
    /** Column names of the result sets that came before it. */
    readonly results: readonly (readonly string[])[],
    /** The connection is gone, and with it the session's lock and open transaction. */
    readonly connectionLost: boolean,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "RequestError";
  }
}

export interface Connection {
  /** Sends one batch in one round trip. `readRow` turns each row into what is kept of it, as it arrives. */
  request<Row = ResultRow>(
    batch: string,
    timeoutSeconds: number,
    readRow?: RowReader<Row>,
  ): Promise<readonly ResultSet<Row>[]>;
  readonly isOpen: boolean;
  /** For LOCK_TIMEOUT, which is the session's: reads and statements set it to the same. */
  readonly lockTimeout: string;
  close(): Promise<void>;
}

/** Which program holds a session: shown to whoever waits for it. */
export const applicationName = "pulumi-sqlserver";

export async function connect(
  name: string,
  settings: ServerSettings,
  database: string,
  program = applicationName,
): Promise<Connection> {
  // The driver reports a refused login without its number; the message that the server sent has it.
  const refusal: { number?: number; state?: number } = {};
  const session = new Session();
  const pool: mssql.ConnectionPool = new mssql.ConnectionPool({
    server: settings.host,
    ...(settings.instance === undefined ? { port: settings.port ?? 1433 } : {}),
    database,
    ...(settings.user === undefined ? {} : { user: settings.user }),
    ...(settings.password === undefined ? {} : { password: settings.password }),
    ...(settings.domain === undefined ? {} : { domain: settings.domain }),
    ...authentication(settings),
    connectionTimeout: (settings.connectTimeoutSeconds ?? 15) * 1000,
    requestTimeout: 0,
    validateConnection: "socket",
    beforeConnect: (tedious: DriverConnection) => {
      tedious.on(
        "errorMessage",
        (message: typeof refusal) => void Object.assign(refusal, { number: message.number, state: message.state }),
      );
      // Before that the driver only tries whether it can connect.
      if (pool.connected) session.begin(tedious);
    },
    // The session owns the lock, so it must not be given away or closed while the process lives.
    pool: { min: 1, max: 1, idleTimeoutMillis: 0x7fffffff },
    options: {
      appName: program.slice(0, 128),
      encrypt: settings.encrypt ?? true,
      trustServerCertificate: settings.trustServerCertificate ?? false,
      enableArithAbort: true,
      abortTransactionOnError: false,
      packetSize: 32767,
      useUTC: true,
      ...(settings.instance === undefined
        ? { connector: () => openSocket(settings.host, settings.port ?? 1433) }
        : { instanceName: settings.instance }),
      ...(settings.certificateAuthority === undefined
        ? {}
        : { cryptoCredentialsDetails: { ca: settings.certificateAuthority } }),
    },
  } as mssql.config);
  // Without a listener Node ends the process when an idle connection breaks; the next request reports it.
  pool.on("error", () => undefined);
  try {
    await pool.connect();
  } catch (error) {
    throw connectionFailed(name, settings, database, error, refusal);
  }
  return new PoolConnection(pool, session, `SET LOCK_TIMEOUT ${(settings.objectLockSeconds ?? 60) * 1000};\n`);
}

/** Without Nagle's algorithm, which would hold back the last packet of every large batch for some 40 ms. */
function openSocket(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port, noDelay: true, keepAlive: true });
    socket.once("error", reject).once("connect", () => {
      socket.removeListener("error", reject);
      resolve(socket);
    });
  });
}

function authentication(settings: ServerSettings): object {
  const type = settings.authentication ?? (settings.domain === undefined ? "sql" : "ntlm");
  if (type === "sql" || type === "ntlm") return {};
  return {
    authentication: {
      type,
      options: {
        userName: settings.user,
        password: settings.password,
        clientId: settings.user,
        clientSecret: settings.password,
        tenantId: settings.tenantId,
      },
    },
  };
}

function connectionFailed(
  name: string,
  settings: ServerSettings,
  database: string,
  error: unknown,
  refusal: { number?: number; state?: number },
): ConnectionFailedError {
  const where = `server "${name}" (${settings.host}${settings.instance ? `\\${settings.instance}` : `:${settings.port ?? 1433}`})`;
  const detail = refusal.number === undefined ? undefined : { number: refusal.number };
  const text = withoutSecret(error instanceof Error ? error.message : String(error), settings.password);
  const next = isLoginFailed(detail)
    ? "check user and password in sqlserver:servers; refresh and destroy have them as the last pulumi up stored them, unless --run-program is given"
    : isDatabaseUnavailable(detail)
      ? `check that database "${database}" exists and that the login may open it`
      : /certificate|self.signed|altname/i.test(text)
        ? "the certificate could not be verified: give certificateAuthority (PEM), or trustServerCertificate for a test server"
        : "check host, port and firewall, and that the server runs";
  // An ordinary property, not `cause`: the driver's error object may hold the login request.
  const number = detail ? ` (error ${detail.number}, state ${refusal.state ?? 0})` : "";
  return new ConnectionFailedError(`${where}: ${text.replace(/\.?\s*$/, "")}${number}; ${next}`, detail?.number);
}

function withoutSecret(text: string, secret: string | undefined): string {
  return secret ? text.replaceAll(secret, "<secret>") : text;
}

/** Details of an error that the server sent, as the driver reports it; undefined for the driver's own errors. */
function serverError(error: Error): ServerErrorDetail | undefined {
  const source = (error as { originalError?: unknown }).originalError;
  const own = error as { number?: number; class?: number; state?: number; procName?: string; lineNumber?: number };
  const info = (source as { info?: typeof own } | undefined)?.info;
  const from =
    typeof own.number === "number" ? own : typeof info?.number === "number" ? info : (source as typeof own | undefined);
  if (typeof from?.number !== "number") return undefined;
  return {
    number: from.number,
    class: from.class ?? 0,
    state: from.state ?? 0,
    procedure: from.procName || undefined,
    line: from.lineNumber,
    text: error.message,
  };
}

/** A second column of the same name, or without one, gets its place as a name: "#2". */
function columnNames(columns: readonly { readonly name: string }[]): string[] {
  const taken = new Set<string>();
  return columns.map(({ name }, index) => {
    const own = taken.has(name) ? `#${index + 1}` : name;
    taken.add(own);
    return own;
  });
}

function namedRow(columns: readonly string[], values: readonly DatabaseValue[]): ResultRow {
  return Object.fromEntries(columns.map((column, index) => [column, values[index] ?? null]));
}

type DriverConnection = NodeJS.EventEmitter & { close(): void };

/**
 * The one that its pool ever has. When it ends between two requests the pool would make another without a word, which has neither the lock
 * nor the database of the first.
 */
class Session {
  private isBegun = false;
  hasEnded = false;

  begin(connection: DriverConnection): void {
    if (this.isBegun) {
      connection.close();
      throw new Error("the session had ended");
    }
    this.isBegun = true;
    connection.on("end", () => (this.hasEnded = true));
  }
}

class PoolConnection implements Connection {
  private lost = false;

  constructor(
    private readonly pool: mssql.ConnectionPool,
    private readonly session: Session,
    readonly lockTimeout: string,
  ) {}

  get isOpen(): boolean {
    return !this.lost && !this.session.hasEnded && this.pool.connected;
  }

  request<Row = ResultRow>(
    batch: string,
    timeoutSeconds: number,
    readRow?: RowReader<Row>,
  ): Promise<readonly ResultSet<Row>[]> {
    const request = new Request(this.pool, { requestTimeout: timeoutSeconds * 1000 });
    request.stream = true;
    // Of columns that share a name the driver makes one; queries of the catalog have none such, and many rows.
    request.arrayRowMode = readRow === undefined;
    const results: { columns: string[]; rows: Row[] }[] = [];
    const errors: ServerErrorDetail[] = [];
    let failure: Error | undefined;
    return new Promise((resolve, reject) => {
      request.on(
        "recordset",
        (columns: mssql.IColumnMetadata | { name: string }[]) =>
          void results.push({
            columns: Array.isArray(columns) ? columnNames(columns) : Object.keys(columns),
            rows: [],
          }),
      );
      request.on("row", (row: ResultRow | DatabaseValue[]) => {
        const result = results.at(-1)!;
        try {
          // What FOR JSON and FOR XML put together comes as an object all the same.
          const named = readRow ? (row as ResultRow) : namedRow(result.columns, Object.values(row));
          result.rows.push(readRow ? readRow(named, results.length - 1) : (named as Row));
        } catch (error) {
          failure ??= error as Error;
        }
      });
      request.on("error", (error: Error) => {
        failure = error;
        const detail = serverError(error);
        if (detail) errors.push(detail);
      });
      request.on("done", () => {
        if (!failure) return resolve(results);
        if (failure instanceof ProviderError) return reject(failure);
        const code = (failure as { code?: string }).code;
        if (errors.length === 0 && code !== "ETIMEOUT" && code !== "ECANCEL") this.lost = true;
        // Severity 20 and up ends the connection on the server's side too.
        if (errors.some((error) => error.class >= 20)) this.lost = true;
        reject(
          new RequestError(
            errors,
            results.map(({ columns }) => columns),
            this.lost,
            failure.message,
            { cause: failure },
          ),
        );
      });
      void request.batch(batch);
    });
  }

  async close(): Promise<void> {
    this.lost = true;
    await this.pool.close();
  }
}
