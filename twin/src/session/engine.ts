/**
 * The engine: one server, its sessions and locks, and the parts that do the work.
 * Login errors: https://learn.microsoft.com/sql/relational-databases/errors-events/mssqlserver-18456-database-engine-error
 */
import { catalogOf } from "../catalog";
import { StandInRegistry, type StandIns } from "../clr/stand-ins";
import { definitionPart } from "../ddl";
import { procedurePart } from "../procedures";
import { queryPart } from "../query";
import { hashPassword, verifyPassword } from "../security/passwords";
import { userOf, isSysadmin } from "../security/identity";
import type { Database, Login, SqlServer } from "../storage/model";
import { brokerOf } from "../broker/broker";
import { EngineActivator } from "./activation";
import { Connection } from "./connection";
import { interpreterPart } from "./interpreter";
import { LockManager, type LockRow } from "./locks";
import { sqlError } from "./messages";
import "./messages/session";
import type { Engine, Faults, LoginRequest } from "./port";
import type { Activity, CatalogPart, Parts, SessionActivity } from "./runtime";
import { EngineSession } from "./session";
import type { SqlError } from "./sql-error";

const VERSIONS = {
  "2019": { major: 15, minor: 0, build: 4430 },
  "2022": { major: 16, minor: 0, build: 4200 },
  "2025": { major: 17, minor: 0, build: 1000 },
} as const;
/** Ids below belong to the server's own tasks. */
const FIRST_SPID = 51;
const FIRST_INTERNAL_SPID = 20;

interface EngineOptions {
  readonly faults?: Faults;
  /** TypeScript stand-ins of CLR methods. */
  readonly clr?: StandIns;
}

export function noFaults(): Faults {
  return { latencyMs: 0, deadlockOn: [], failOn: [], cutOn: [], outOfMemoryReads: 0 };
}

export function setSaPassword(server: SqlServer, password: string): void {
  const sa = [...server.logins.values()].find((login) => login.id === 1)!;
  const { hash, salt } = hashPassword(password);
  sa.passwordHash = hash;
  sa.passwordSalt = salt;
}

export function createEngine(server: SqlServer, options: EngineOptions = {}): SqlServerEngine {
  return new SqlServerEngine(server, options.faults ?? noFaults(), options.clr);
}

const SALT_BYTES = 16;

/**
 * A user with a password of its own, when the connection names its contained database: then the database alone decides, also when a
 * login has the same name. It is no login; one is made up for the session, with the user's sid and no rights on the server.
 * https://learn.microsoft.com/sql/relational-databases/security/contained-database-users-making-your-database-portable
 */
function containedUser(server: SqlServer, request: LoginRequest): Login | undefined {
  const database = request.database ? server.databases.get(server.key(request.database)) : undefined;
  if (database?.options.containment !== "PARTIAL") return undefined;
  if (server.configurations.get("contained database authentication")?.inUse !== 1) return undefined;
  const key = database.key(request.user);
  for (const user of database.principals.values()) {
    if (user.authentication !== "DATABASE" || database.key(user.name) !== key || !user.passwordHash) continue;
    const passwordSalt = user.passwordHash.slice(0, SALT_BYTES);
    const passwordHash = user.passwordHash.slice(SALT_BYTES);
    if (!verifyPassword(request.password, { passwordSalt, passwordHash })) throw sqlError(18456, [request.user]);
    return {
      id: -1,
      name: user.name,
      sid: user.sid ?? new Uint8Array(),
      type: "S",
      disabled: false,
      defaultDatabase: database.name,
      defaultLanguage: "us_english",
      checkPolicy: true,
      checkExpiration: false,
      fixedRole: false,
      members: new Set(),
      created: user.created,
      modified: user.modified,
    };
  }
  return undefined;
}

export class SqlServerEngine implements Engine, Activity {
  readonly locks = new LockManager();
  readonly parts: Parts;
  readonly clr: StandInRegistry;
  readonly productVersion: Engine["productVersion"];
  private readonly open = new Map<number, EngineSession>();

  constructor(
    readonly server: SqlServer,
    readonly faults: Faults,
    standIns: StandIns = {},
  ) {
    this.clr = new StandInRegistry(standIns);
    this.productVersion = VERSIONS[server.version];
    this.parts = assemble(server.version, faults, this.clr);
    const broker = brokerOf(server);
    broker.activator = new EngineActivator(this, broker);
    broker.start();
  }

  async login(request: LoginRequest): Promise<Connection> {
    const login = this.authenticate(request);
    const database = this.databaseFor(login, request);
    let spid = FIRST_SPID;
    while (this.open.has(spid)) spid++;
    const session = new EngineSession(spid, this, login, database, request);
    this.open.set(spid, session);
    return new Connection(session);
  }

  /** A session of the server's own: an activated procedure. */
  openInternal(database: Database): EngineSession {
    const sa = [...this.server.logins.values()].find((login) => login.id === 1)!;
    let spid = FIRST_INTERNAL_SPID;
    while (this.open.has(spid)) spid++;
    const request = { user: sa.name, password: "", hostName: "", applicationName: "", readOnlyIntent: false };
    const session = new EngineSession(spid, this, sa, database, request);
    this.open.set(spid, session);
    return session;
  }

  /** Ends what runs without a client. */
  async stop(): Promise<void> {
    await brokerOf(this.server).stop();
  }

  private authenticate(request: LoginRequest): Login {
    const contained = containedUser(this.server, request);
    if (contained) return contained;
    const login = this.server.logins.get(this.server.key(request.user));
    // The state says why only in the server's log; the client always gets 1.
    const refused = (): SqlError => sqlError(18456, [request.user]);
    if (!login || login.type !== "S" || login.fixedRole || !verifyPassword(request.password, login)) throw refused();
    if (login.disabled) throw sqlError(18470, [login.name]);
    const denied = this.server.serverPermissions.some(
      (row) => row.granteeId === login.id && row.name === "CONNECT SQL" && row.state === "D",
    );
    if (denied && !isSysadmin(this.server, login)) throw refused();
    return login;
  }

  private databaseFor(login: Login, request: LoginRequest): Database {
    const wanted = request.database || login.defaultDatabase;
    const database = this.server.databases.get(this.server.key(wanted));
    if (database && this.mayEnter(login, database)) return database;
    const error = sqlError(18456, [login.name]);
    // The database that could not be opened is said first.
    error.preceding = [sqlError(4060, [wanted])];
    throw error;
  }

  private mayEnter(login: Login, database: Database): boolean {
    if (database.options.state === "OFFLINE") return false;
    if (
      database.options.userAccess === "SINGLE_USER" &&
      [...this.open.values()].some((session) => session.database === database)
    )
      return false;
    const user = userOf(login, this.server, database);
    return user !== undefined && (database.options.userAccess !== "RESTRICTED_USER" || user.id === 1);
  }

  openSessions(): EngineSession[] {
    return [...this.open.values()];
  }

  session(spid: number): EngineSession | undefined {
    return this.open.get(spid);
  }

  forget(session: EngineSession): void {
    this.open.delete(session.spid);
  }

  sessions(): Iterable<SessionActivity> {
    return this.openSessions().map((session) => session.describe());
  }

  *lockRows(): Iterable<LockRow> {
    yield* this.locks.rows();
  }

  /** A session that holds what another waits for; 0 when it waits for none. */
  blockerOf(spid: number): number {
    const waiting = [...this.locks.rows()].find((row) => row.spid === spid && !row.granted);
    return waiting ? (this.locks.others(waiting.resource, spid)[0] ?? 0) : 0;
  }
}

/** Metadata reads fail when a test has ordered it. */
function withFaults(catalog: CatalogPart, faults: Faults): CatalogPart {
  const takeFault = (): void => {
    if (faults.outOfMemoryReads <= 0) return;
    faults.outOfMemoryReads--;
    throw sqlError(701);
  };
  return {
    view: (schema, name) => {
      const view = catalog.view(schema, name);
      return (
        view && {
          name: view.name,
          columns: view.columns,
          rows: (session, database) => {
            takeFault();
            return view.rows(session, database);
          },
        }
      );
    },
    tableFunction: (schema, name) => catalog.tableFunction(schema, name),
  };
}

function assemble(version: SqlServer["version"], faults: Faults, clr: StandInRegistry): Parts {
  return {
    query: queryPart,
    definition: definitionPart,
    catalog: withFaults(catalogOf(version), faults),
    procedures: procedurePart,
    interpreter: interpreterPart,
    clr,
  };
}
