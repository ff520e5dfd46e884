/**
 * An embedded stand-in for SQL Server that speaks TDS 7.4, for tests and demonstrations. It is not SQL Server: @@VERSION says so, and what it does
 * not know is an error (49999), never an empty answer.
 *
 * ```ts
 * const twin = await startTwin({ password: "Choose-1-yourself" });
 * // connect any SQL Server driver to twin.host, twin.port as sa; trust twin.certificate
 * await twin.close();
 * ```
 */
import type { StandIns } from "./clr/stand-ins";
import { type CompleteOptions, completeOptions, type TwinOptions } from "./options";
import { hashPassword } from "./security/passwords";
import { makeCertificate } from "./server/certificate";
import { Listener } from "./server/listener";
import { secureContext } from "./server/tls-tunnel";
import { createEngine } from "./session/engine";
import type { Engine, Faults } from "./session/port";
import { createServer } from "./storage/bootstrap";
import type { SqlServer } from "./storage/model";
import { Persistence } from "./storage/persistence";
import { Transaction } from "./storage/transaction";

export { type TwinOptions, TwinOptionError, PLATFORMS, VERSIONS, EDITIONS } from "./options";
export type { StandIn, StandInAggregate, StandIns, StandInTrigger } from "./clr/stand-ins";
export { DataDirectoryError } from "./storage/persistence-directory";
export type { Faults } from "./session/port";
export { SqlError } from "./session/sql-error";

/** A running twin. */
export interface Twin {
  readonly host: string;
  /** The port it listens on, also when a free one was asked for. */
  readonly port: number;
  /** PEM of the self-made certificate: give it to a client as its CA. New at every start unless there is a data directory. */
  readonly certificate: string;
  /** Misbehaviour to order: latency, cut connections, deadlock victims, failing statements. May be changed at any time. */
  readonly faults: Faults;
  /** The data as the server holds it; for tests that look behind the protocol. */
  readonly server: SqlServer;
  readonly engine: Engine;
  /** Open client connections, logged in or not. */
  readonly connectionCount: number;
  /** Round trips since the start or since `resetCounters`: batches, procedure calls, transaction requests and bulk loads. Logins are not among them. */
  readonly requests: number;
  /** Successful logins since the start or since `resetCounters`. */
  readonly logins: number;
  resetCounters(): void;
  /** Adds stand-ins of CLR routines; one that is there already is replaced. */
  registerClr(routines: StandIns): void;
  /** Cuts every connection, writes what is unwritten, frees the port and the data directory. May be called twice. */
  close(): Promise<void>;
}

/**
 * Starts a twin in this process.
 * @throws TwinOptionError an option has a value that it cannot have.
 * @throws DataDirectoryError the data directory is in use, damaged, or of another collation.
 * @throws Error with code EADDRINUSE: the port is taken.
 */
export async function startTwin(options: TwinOptions): Promise<Twin> {
  const settings = completeOptions(options);
  const server = createServer({
    platform: settings.platform,
    version: settings.version,
    edition: settings.edition,
    collation: settings.collation,
    name: settings.serverName,
  });
  const persistence =
    settings.dataDirectory === undefined ? undefined : Persistence.open(settings.dataDirectory, server);
  try {
    return await listen(settings, server, persistence);
  } catch (error) {
    persistence?.close();
    throw error;
  }
}

async function listen(
  settings: CompleteOptions,
  server: SqlServer,
  persistence: Persistence | undefined,
): Promise<Twin> {
  setPassword(server, settings.password);
  const certificate = persistence?.certificate ?? (await makeCertificate(settings.host));
  persistence?.keepCertificate(certificate);
  const faults: Faults = { latencyMs: settings.latencyMs, deadlockOn: [], failOn: [], cutOn: [], outOfMemoryReads: 0 };
  const engine = createEngine(server, { faults, clr: settings.clr });
  const counters = { requests: 0, logins: 0 };
  const listener = new Listener({
    engine,
    faults,
    secureContext: secureContext(certificate),
    serverName: server.name,
    collation: server.collation,
    packetSize: settings.packetSize,
    maxMessageBytes: settings.maxMessageBytes,
    loginTimeoutMs: settings.loginTimeoutMs,
    beforeSend: () => persistence?.settle(),
    requestArrived: () => void counters.requests++,
    loggedIn: () => void counters.logins++,
    log: settings.log,
  });
  const port = await listener.listen(settings.host, settings.port);
  let closing: Promise<void> | undefined;
  return {
    host: settings.host,
    port,
    certificate: certificate.cert,
    faults,
    server,
    engine,
    get connectionCount() {
      return listener.connectionCount;
    },
    get requests() {
      return counters.requests;
    },
    get logins() {
      return counters.logins;
    },
    registerClr: (routines) => engine.clr.register(routines),
    resetCounters: () => void Object.assign(counters, { requests: 0, logins: 0 }),
    close: () =>
      (closing ??= listener
        .close()
        .then(() => engine.stop())
        .then(() => persistence?.close())),
  };
}

/** Through a transaction, so that it is kept like every other change. */
function setPassword(server: SqlServer, password: string): void {
  const sa = [...server.logins.values()].find((login) => login.id === 1)!;
  const { hash, salt } = hashPassword(password);
  const transaction = new Transaction(0);
  transaction.set(sa, "passwordHash", hash);
  transaction.set(sa, "passwordSalt", salt);
  transaction.commit();
}
