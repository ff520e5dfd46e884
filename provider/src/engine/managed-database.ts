/**
 * One database as this process works on it: one connection, one catalog snapshot until something is written, one lock
 * until the process ends. Work on one database is done one after the other; different databases go in parallel.
 */
import { createHash } from "node:crypto";
import type { Probe, ProbeRow } from "../contract";
import { ConnectionFailedError, LockHeldError, StatementError } from "../errors";
import { askProbes, isCatalogBusy, readDatabase } from "./catalog-reader";
import {
  catalogSnapshot,
  type CatalogArea,
  type CatalogSnapshot,
  type DatabaseRows,
  type ServerCatalog,
} from "./catalog-snapshot";
import { applicationName, connect, RequestError, type Connection, type ResultSet } from "./connection";
import { DatabaseContents, Interests, RowsNotRead } from "./database-contents";
import { advice, isDatabaseUnavailable } from "./error-numbers";
import type { ManagedServer } from "./managed-server";
import { nameComparer } from "./names";
import { quoteName, quoteText } from "./quoting";
import { requireDatabases } from "./sight";

const shortTimeoutSeconds = 60;

interface DeploymentLock {
  readonly resource: string;
  readonly place: string;
}

export class ManagedDatabase {
  private connection: Connection | undefined;
  /** Database that the connection stands in. */
  private current = "master";
  private snapshot: CatalogSnapshot | undefined;
  private contents: DatabaseContents | undefined;
  private readonly interests = new Interests();
  private locked = false;
  private queue: Promise<unknown> = Promise.resolve();
  private former: string | undefined;

  constructor(
    private readonly on: ManagedServer,
    /** undefined = the kinds that belong to the server itself. */
    readonly database: string | undefined,
  ) {}

  get server(): string {
    return this.on.name;
  }

  /** Runs one piece of work after all earlier ones. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work).catch((error: unknown) => {
      throw this.explained(error);
    });
    this.queue = result.catch(() => undefined);
    return result;
  }

  private get shown(): string {
    return this.database === undefined
      ? `server "${this.server}"`
      : `database "${this.database}" on server "${this.server}"`;
  }

  /** How long another deployment is waited for. */
  private get waitSeconds(): number {
    return this.on.settings.lockWaitSeconds ?? 120;
  }

  /** What the server or the network said outside of a statement of a plan, as an error that a person can use. */
  explained(error: unknown): unknown {
    if (!(error instanceof RequestError)) return error;
    const where = this.shown;
    if (error.connectionLost)
      return new ConnectionFailedError(
        `${where}: the connection broke (${error.message}); what was not committed is rolled back. Run the command again`,
      );
    const first = error.errors[0];
    const next = advice(first);
    const text = `${where}: ${error.message}${first ? ` (error ${first.number}, class ${first.class}, state ${first.state})` : ""}${next ? `; ${next}` : ""}`;
    return isDatabaseUnavailable(first)
      ? new ConnectionFailedError(text, first?.number)
      : new StatementError(text, first, 0);
  }

  /**
   * Pure work on the catalog as of the last write of this process. Each part of the catalog is read once; `reader` tells whose
   * work it is, so that after a write only what such work looks at is read. The work may be done twice.
   */
  async read<T>(reader: string, work: (catalog: CatalogSnapshot) => Promise<T>): Promise<T> {
    const catalog = await this.catalog();
    // Kept although the catalog may be forgotten meanwhile: what is read for this snapshot goes into it.
    const { contents } = this;
    await this.load(catalog, contents, this.interests.of(reader));
    try {
      return await this.interests.during(reader, () => work(catalog));
    } catch (error) {
      if (!(error instanceof RowsNotRead)) throw error;
      await this.load(catalog, contents);
      return this.interests.during(reader, () => work(catalog));
    }
  }

  /** What of the server and the database was read; rows of the database are there only within `read`. */
  async catalog(): Promise<CatalogSnapshot> {
    const server = await this.patiently(
      async () => this.on.catalog(await this.open()),
      () =>
        Promise.resolve(`server "${this.server}" is being changed: a database or a login is made, altered or dropped`),
    );
    if (this.snapshot?.server !== server) this.snapshot = this.snapshotOf(server);
    return this.snapshot;
  }

  private async load(
    { server, databaseName, databaseExists }: CatalogSnapshot,
    contents: DatabaseContents | undefined,
    areas?: Iterable<CatalogArea>,
  ): Promise<void> {
    const missing = databaseExists ? (contents?.missing(areas) ?? []) : [];
    if (missing.length === 0 || databaseName === undefined) return;
    contents?.add(await this.rowsOf(server, databaseName, missing));
  }

  private rowsOf(
    server: ServerCatalog,
    database: string,
    areas: readonly CatalogArea[],
  ): Promise<Partial<DatabaseRows>> {
    return this.patiently(
      async () => readDatabase(await this.standingIn(database), server, database, areas),
      async () =>
        `${this.shown} is being changed in a transaction that has not ended, by ${(await this.holder(this.lockOf(server, database))) ?? "a session that is no deployment"}`,
    );
  }

  /** Waits for others who are in the middle of a change of what is read, as the lock of a deployment is waited for. */
  private async patiently<T>(read: () => Promise<T>, whoIsBusy: () => Promise<string>): Promise<T> {
    const waitSeconds = this.waitSeconds;
    const until = Date.now() + waitSeconds * 1000;
    for (let isTold = false; ; isTold = true) {
      try {
        return await read();
      } catch (error) {
        if (!isCatalogBusy(error)) throw error;
        const busy = await whoIsBusy();
        if (Date.now() >= until)
          throw new LockHeldError(
            `${busy}. Wait for it to end, or raise lockWaitSeconds and objectLockSeconds of the server in sqlserver:servers`,
          );
        if (!isTold) this.on.progress(`${busy}; waiting up to ${waitSeconds} s`);
      }
    }
  }

  /** Forgets the catalog, of the server too unless the write was of what is in the database alone: the next use reads it again. */
  invalidate(written: "server" | "contents" = "server"): void {
    this.snapshot = undefined;
    this.contents = undefined;
    if (written === "server") this.on.invalidate();
  }

  /** The database may still stand under an earlier name: then that one is read. */
  wasNamed(former: string): void {
    if (this.former === former) return;
    this.former = former;
    this.invalidate("contents");
  }

  /** Whether this is the database that had another name: nothing else has it now, and what the owner made is here. */
  async isRenamedFrom(name: string, owner: string): Promise<boolean> {
    return this.read("rename", ({ server, database, databaseRow }) => {
      const named = server.findDatabase(name);
      const isIt = named === undefined || named.databaseId === databaseRow?.databaseId;
      return Promise.resolve(isIt && database.ownedBy(owner).length > 0);
    });
  }

  private snapshotOf(server: ServerCatalog): CatalogSnapshot {
    const row =
      this.database === undefined
        ? undefined
        : (server.findDatabase(this.database) ??
          (this.former === undefined ? undefined : server.findDatabase(this.former)));
    if (this.database !== undefined && !row)
      requireDatabases(server.properties, `database "${this.database}" on server "${this.server}"`);
    if (this.database === undefined || !row) return catalogSnapshot(server, this.database);
    // A database that cannot be opened (offline, restoring) has options and files, but no catalog.
    if (row.state !== "ONLINE") {
      this.contents = undefined;
      return catalogSnapshot(server, row.name, {});
    }
    this.contents ??= new DatabaseContents(this.interests);
    return catalogSnapshot(server, row.name, this.contents.rows);
  }

  async ask(probes: readonly Probe[]): Promise<Map<string, ProbeRow>> {
    const answers = new Map<string, ProbeRow>();
    const byDatabase = new Map<string, Probe[]>();
    for (const probe of probes) {
      const place = probe.database ?? (await this.home());
      byDatabase.set(place, [...(byDatabase.get(place) ?? []), probe]);
    }
    for (const [place, group] of byDatabase) {
      for (const [key, row] of await askProbes(await this.standingIn(place), group)) answers.set(key, row);
    }
    return answers;
  }

  /** Where statements of this database run: itself, or master while it does not exist. */
  private async home(): Promise<string> {
    const catalog = await this.catalog();
    return catalog.databaseRow?.state === "ONLINE" ? catalog.databaseRow.name : "master";
  }

  async request(database: string, batch: string, timeoutSeconds: number): Promise<readonly ResultSet[]> {
    return (await this.standingIn(database)).request(batch, timeoutSeconds);
  }

  /** Asking something of another database moves the connection, so this stands before each request. */
  private async standingIn(database: string): Promise<Connection> {
    const connection = await this.open();
    if (this.current !== database) {
      await connection.request(`USE ${quoteName(database)};`, shortTimeoutSeconds);
      this.current = database;
    }
    return connection;
  }

  private async open(): Promise<Connection> {
    if (this.connection?.isOpen) return this.connection;
    if (this.connection && this.locked)
      throw new RequestError([], [], true, "the lock of this deployment went with the session");
    this.invalidate();
    void this.connection?.close().catch(() => undefined);
    const program = `${applicationName} ${this.on.program}`;
    try {
      this.connection = await connect(this.server, this.on.settings, "master", program);
      this.current = "master";
    } catch (error) {
      // Users of Azure SQL Database or of a contained database may have no way into master.
      if (
        this.database === undefined ||
        !(error instanceof ConnectionFailedError) ||
        !isDatabaseUnavailable(detailOf(error))
      )
        throw error;
      this.connection = await connect(this.server, this.on.settings, this.database, program);
      this.current = this.database;
    }
    return this.connection;
  }

  /**
   * Keeps other deployments out until this process ends; taken once. The lock lives in master, under the database's name,
   * so that it covers CREATE and DROP DATABASE too. https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-getapplock-transact-sql
   */
  async lock(): Promise<void> {
    if (this.locked) return;
    const { server, databaseRow } = await this.catalog();
    const own = this.lockOf(server, this.database);
    const standing = this.lockOf(server, databaseRow?.name ?? this.database);
    await this.take(standing);
    // A database that gets this name is not anybody else's before it has it, nor after.
    if (own.resource !== standing.resource) await this.take(own);
    this.locked = true;
    // Whoever had the lock before may have changed everything.
    this.invalidate();
  }

  private async take(lock: DeploymentLock): Promise<void> {
    const connection = await this.open();
    const get = (milliseconds: number): string =>
      `${connection.lockTimeout}DECLARE @result int;
EXEC @result = sys.sp_getapplock @Resource = ${quoteText(lock.resource)}, @LockMode = N'Exclusive', @LockOwner = N'Session', @LockTimeout = ${milliseconds};
SELECT @result AS result;`;
    const granted = async (milliseconds: number): Promise<boolean> => {
      const results = await this.request(lock.place, get(milliseconds), milliseconds / 1000 + shortTimeoutSeconds);
      return Number(results[0]?.rows[0]?.["result"] ?? -999) >= 0;
    };
    if (!(await granted(0))) {
      this.on.progress(
        `${this.shown} is being deployed by ${(await this.holder(lock)) ?? "a session that has just ended"}; waiting up to ${this.waitSeconds} s`,
      );
      if (!(await granted(this.waitSeconds * 1000)))
        throw new LockHeldError(
          `${this.shown}: another deployment holds the lock since more than ${this.waitSeconds} s: ${(await this.holder(lock)) ?? "a session that has just ended"}. Wait for it to end, or raise lockWaitSeconds of the server in sqlserver:servers`,
        );
    }
  }

  /** The name of the lock, and the database that it lives in: on Azure SQL Database the connection never leaves its own. */
  private lockOf({ properties }: ServerCatalog, database: string | undefined): DeploymentLock {
    // "sales" and "Sales" are one database on most servers, and two on some.
    const resource = lockResource(
      database === undefined ? undefined : nameComparer(properties.collation).key(database),
    );
    return { resource, place: properties.engineEdition === 5 ? (this.database ?? "master") : "master" };
  }

  /** undefined: nobody. */
  private async holder({ place, resource }: DeploymentLock): Promise<string | undefined> {
    const query = `SELECT TOP (1) s.login_name, s.host_name, s.program_name, s.host_process_id, s.session_id
FROM sys.dm_tran_locks AS l
INNER JOIN sys.dm_exec_sessions AS s ON s.session_id = l.request_session_id
WHERE l.resource_type = N'APPLICATION' AND l.request_status = N'GRANT' AND s.session_id <> @@SPID AND CHARINDEX(${quoteText(resource)}, l.resource_description) > 0;`;
    try {
      const row = (await this.request(place, query, shortTimeoutSeconds))[0]?.rows[0];
      return (
        row &&
        `${String(row["program_name"])} (login ${String(row["login_name"])}, host ${String(row["host_name"])}, process ${String(row["host_process_id"])}, session ${String(row["session_id"])})`
      );
    } catch (error) {
      if (!(error instanceof RequestError) || error.connectionLost) throw error;
    }
    return "a session that this login may not see (VIEW SERVER STATE shows it)";
  }

  async close(): Promise<void> {
    await this.connection?.close();
  }
}

/** sys.dm_tran_locks shows only the first 32 characters, so the name is a hash that fits. */
function lockResource(database: string | undefined): string {
  const digest = createHash("sha256")
    .update(database ?? "")
    .digest("hex");
  return `iac:${digest.slice(0, 28)}`;
}

function detailOf(error: ConnectionFailedError): { number: number } | undefined {
  return error.serverErrorNumber === undefined ? undefined : { number: error.serverErrorNumber };
}
