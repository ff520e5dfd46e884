/**
 * One logged-in connection: its context, transaction, locks, and the requests that the protocol layer hands it.
 * https://learn.microsoft.com/openspecs/windows_protocols/ms-tds, sections on SQLBatch, RPC, TransMgrReq and Attention
 */
import { sameSid, userOf } from "../security/identity";
import { demandPermission } from "../security/permissions";
import type { Database, Login, Principal, SqlServer, Table } from "../storage/model";
import type { Transaction } from "../storage/transaction";
import { localOf, now } from "../types/date-time";
import type { DateTime, SqlValue } from "../types/value";
import { databaseResource } from "../ddl/locking";
import type { Statement } from "../language/ast";
import { drive } from "./drive";
import type { SqlServerEngine } from "./engine";
import { ExecutionFrame, type Cursor } from "./frames";
import { SessionFunctions } from "./function-context";
import { keepRows } from "./table-variables";
import { Identities } from "./identities";
import { Interruption } from "./interruption";
import type { LockManager, LockOwner } from "./locks";
import { sqlError } from "./messages";
import { loginOptions } from "./options";
import type { EnvironmentChange, Faults, LoginRequest, Sink } from "./port";
import { dropTemporaryTables } from "./temporary-tables";
import type {
  Activity,
  Execution,
  Frame,
  LockMode,
  Output,
  PermissionTarget,
  Session,
  SessionActivity,
  SessionOptions,
  Work,
} from "./runtime";
import { BatchAborted, RequestCancelled, ScopeAborted } from "./signals";
import { SqlError } from "./sql-error";
import { SessionTransactions } from "./transactions";
import type { PreparedStatement } from "../procedures/prepared";

export class EngineSession implements Session {
  readonly hostName: string;
  readonly applicationName: string;
  readonly loginTime: DateTime = localOf(now());
  options: SessionOptions;
  lastIdentity: SqlValue = null;
  identityInsert: Table | undefined;
  fetchStatus = 0;
  cursorRows = 0;
  contextInfo: SqlValue = null;
  readonly sessionContext = new Map<string, { value: SqlValue; readOnly: boolean }>();
  readonly functionContext: SessionFunctions;
  readonly transactions: SessionTransactions;
  /** #tables made outside of any module. */
  readonly temporaryTables = new Map<string, Table>();
  readonly cursors = new Map<string, Cursor>();
  readonly prepared = new Map<number, PreparedStatement>();
  nextHandle = 1;
  /** INSERT BULK of the batch before, until its rows come. */
  pendingBulk: Extract<Statement, { kind: "insert-bulk" }> | undefined;
  /** Frames whose current instruction stands in a TRY block. */
  tryDepth = 0;
  /** INSERT ... EXEC statements that are running. */
  insertExecDepth = 0;
  /** Scalar and table functions that are running: their statements can neither wait nor talk to the client. */
  functionDepth = 0;
  /** Triggers that are running. */
  triggerDepth = 0;
  /** Frame that runs now. */
  frame: ExecutionFrame;
  readonly owner: LockOwner;
  readonly identities: Identities;
  private readonly initialOptions: SessionOptions;
  private readonly initialDatabase: Database;
  private currentDatabase: Database;
  private sink: Sink | undefined;
  readonly interruption = new Interruption();
  private closed = false;
  private readonly endListeners: (() => void)[] = [];
  private readonly cutListeners: (() => void)[] = [];
  private lastRequest: { text: string; start: SqlValue; end: SqlValue };

  constructor(
    readonly spid: number,
    readonly engine: SqlServerEngine,
    login: Login,
    database: Database,
    request: LoginRequest,
  ) {
    this.hostName = request.hostName;
    this.applicationName = request.applicationName;
    this.identities = new Identities(login);
    this.currentDatabase = this.initialDatabase = database;
    this.options = this.initialOptions = loginOptions(login.defaultLanguage);
    this.options = { ...this.initialOptions };
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the owner reads the priority of the moment
    const session = this;
    this.owner = {
      spid,
      get deadlockPriority() {
        return session.options.deadlockPriority;
      },
    };
    this.transactions = new SessionTransactions({
      begun: (transaction) => this.announce({ kind: "begin-transaction", descriptor: BigInt(transaction.id) }),
      ended: (transaction, how, announced) => {
        this.locks.releaseTransaction(this.spid, transaction.id);
        if (announced)
          this.announce({
            kind: how === "commit" ? "commit-transaction" : "rollback-transaction",
            descriptor: BigInt(transaction.id),
          });
      },
    });
    this.functionContext = new SessionFunctions(this);
    this.frame = this.batchFrame();
    this.lastRequest = { text: "", start: this.loginTime, end: this.loginTime };
    this.locks.tryAcquire(databaseResource(database), "S", this.owner, undefined);
  }

  // ---- Context -----------------------------------------------------------------------------------------------------

  get server(): SqlServer {
    return this.engine.server;
  }
  get faults(): Faults {
    return this.engine.faults;
  }
  get locks(): LockManager {
    return this.engine.locks;
  }
  get activity(): Activity {
    return this.engine;
  }
  get login(): Login {
    return this.identities.login;
  }
  get effectiveLogin(): Login {
    return this.identities.current.login;
  }
  get collation(): string {
    return this.currentDatabase.collation.name;
  }
  get transaction(): Transaction {
    return this.transactions.transaction;
  }
  get transactionCount(): number {
    return this.transactions.count;
  }
  get transactionState(): number {
    return this.transactions.state;
  }

  get database(): Database {
    return this.currentDatabase;
  }
  set database(database: Database) {
    this.currentDatabase = database;
  }

  get user(): Principal {
    const identity = this.identities.current;
    const user = identity.user ?? userOf(identity.login, this.server, this.currentDatabase);
    return user ?? this.currentDatabase.principals.get(2)!;
  }

  /** The user that the acting login has in a database; 916 when it has none. */
  requireUser(database: Database): void {
    const identity = this.identities.current;
    if (identity.user && database !== this.currentDatabase && !database.options.trustworthy)
      throw sqlError(916, [identity.login.name, database.name]);
    this.requireUserOf(identity.login, database);
  }
  requireUserOf(login: Login, database: Database): void {
    if (!userOf(login, this.server, database)) throw sqlError(916, [login.name, database.name]);
  }

  /** The login behind a database user; sa stands in for a user that has none. */
  loginOf(user: Principal): Login {
    for (const login of this.server.logins.values()) if (sameSid(login.sid, user.sid)) return login;
    return { ...this.login, id: -1, name: user.name, sid: user.sid ?? new Uint8Array(), members: new Set() };
  }

  demand(permission: string, on: PermissionTarget): void {
    demandPermission(this, permission, on);
  }

  /** GETDATE() is the same throughout a statement. */
  beginStatementClock(): void {
    this.functionContext.beginStatement();
  }

  batchFrame(): ExecutionFrame {
    const frame = new ExecutionFrame({
      database: this.currentDatabase,
      temporaryTables: this.temporaryTables,
      quotedIdentifier: this.options.quotedIdentifier,
      ansiNulls: this.options.ansiNulls,
    });
    // @@ERROR, @@ROWCOUNT and SCOPE_IDENTITY() of the batch before are still there.
    if (this.frame)
      Object.assign(frame, {
        lastError: this.frame.lastError,
        rowCount: this.frame.rowCount,
        scopeIdentity: this.frame.scopeIdentity,
      });
    return frame;
  }

  execution(frame: ExecutionFrame, output: Output): Execution {
    return { session: this, frame, output, parts: this.engine.parts };
  }

  /** The execution of the frame that runs now, for work that has none of its own. */
  currentExecution(): Execution {
    return this.execution(this.frame, this.sink ?? silent);
  }

  // ---- Locks and waiting -------------------------------------------------------------------------------------------

  *lock(resource: string, mode: LockMode): Work<void> {
    const id = this.transactions.isOpen ? this.transaction.id : undefined;
    yield* this.lockFor(resource, mode, id, this.options.lockTimeoutMs);
  }

  *lockFor(resource: string, mode: LockMode, transactionId: number | undefined, timeoutMs: number): Work<void> {
    if (this.locks.tryAcquire(resource, mode, this.owner, transactionId)) return;
    yield* this.interruption.waitFor(
      this.locks.acquire(resource, mode, this.owner, transactionId, timeoutMs, this.interruption.whenEnded),
    );
  }

  unlock(resource: string, mode: LockMode): void {
    this.locks.release(resource, this.owner, this.transactions.isOpen ? this.transaction.id : undefined, mode);
  }

  // ---- Messages ----------------------------------------------------------------------------------------------------

  announce(change: EnvironmentChange): void {
    this.sink?.environment(change);
  }

  /** USE: the shared lock on the database goes along. */
  *enter(database: Database): Work<void> {
    const from = this.currentDatabase;
    if (from !== database) {
      yield* this.lockFor(databaseResource(database), "S", undefined, this.options.lockTimeoutMs);
      this.locks.release(databaseResource(from), this.owner, undefined);
      this.currentDatabase = database;
    }
    this.announce({ kind: "database", from: from.name, to: database.name });
  }

  // ---- Requests ----------------------------------------------------------------------------------------------------

  async request(text: string, sink: Sink, work: () => Work<void>): Promise<void> {
    if (this.interruption.killed || this.closed) {
      sink.message(sqlError(596));
      return;
    }
    this.interruption.beginRequest();
    this.sink = sink;
    this.lastRequest = { text, start: localOf(now()), end: null };
    try {
      await drive(this.guarded(sink, work));
    } finally {
      this.lastRequest = { ...this.lastRequest, end: localOf(now()) };
      this.sink = undefined;
      if (this.interruption.killed) this.finish();
    }
  }

  private *guarded(sink: Sink, work: () => Work<void>): Work<void> {
    try {
      yield* work();
    } catch (error) {
      this.tryDepth = this.insertExecDepth = this.functionDepth = this.triggerDepth = 0;
      this.transactions.endStatement("rollback");
      if (error instanceof RequestCancelled) {
        if (this.transactionCount > 0 && this.options.xactAbort) this.rollbackAll();
        if (this.interruption.killed) sink.message(sqlError(596));
      } else if (error instanceof SqlError) sink.message(error);
      else if (!(error instanceof BatchAborted) && !(error instanceof ScopeAborted)) {
        if (this.transactionCount > 0) this.rollbackAll();
        sink.message(internal(error));
      }
    }
    if (this.transactions.doomed) {
      this.rollbackAll();
      sink.message(sqlError(3998));
    }
  }

  rollbackAll(): void {
    if (this.transactionCount > 0) this.rollback();
    else this.transactions.endStatement("rollback");
  }

  /** ROLLBACK: table variables keep their rows. */
  rollback(name?: string): void {
    const kept: (() => void)[] = [];
    for (let frame: Frame | undefined = this.frame; frame; frame = frame.parent)
      for (const table of frame.tables.values()) kept.push(keepRows(table));
    this.transactions.rollback(name);
    for (const restore of kept) restore();
  }

  attention(): void {
    this.interruption.cancel();
  }

  reset(keepTransaction: boolean): void {
    if (!keepTransaction && this.transactionCount > 0) this.rollbackAll();
    this.identities.revertTo(1);
    const execution = this.execution(this.batchFrame(), silent);
    dropTemporaryTables(execution);
    this.cursors.clear();
    this.prepared.clear();
    this.sessionContext.clear();
    this.contextInfo = null;
    this.identityInsert = undefined;
    this.pendingBulk = undefined;
    this.lastIdentity = null;
    this.fetchStatus = 0;
    const { isolation } = this.options;
    // The isolation level outlives a reset. Source: sql-docs, SET TRANSACTION ISOLATION LEVEL, remarks on connection pools.
    this.options = { ...this.initialOptions, isolation };
    this.locks.releaseSessionOwned(this.spid, (resource) => resource === databaseResource(this.currentDatabase));
    if (
      this.currentDatabase !== this.initialDatabase &&
      this.server.databases.get(this.server.key(this.initialDatabase.name)) === this.initialDatabase &&
      this.locks.tryAcquire(databaseResource(this.initialDatabase), "S", this.owner, undefined)
    ) {
      this.locks.release(databaseResource(this.currentDatabase), this.owner, undefined);
      this.currentDatabase = this.initialDatabase;
    }
    this.frame = new ExecutionFrame({
      database: this.currentDatabase,
      temporaryTables: this.temporaryTables,
      quotedIdentifier: true,
      ansiNulls: true,
    });
  }

  close(): void {
    if (this.closed) return;
    this.interruption.kill();
    // A running request sees the mark at its next statement and cleans up then.
    if (!this.sink) this.finish();
  }

  /** Ends the session from outside: KILL, ALTER DATABASE ... WITH ROLLBACK IMMEDIATE. */
  kill(): void {
    this.close();
  }

  onEnd(listener: () => void): void {
    this.endListeners.push(listener);
  }

  /** The network breaks now; what is done is done. */
  cut(): void {
    for (const listener of this.cutListeners) listener();
  }

  onCut(listener: () => void): void {
    this.cutListeners.push(listener);
  }

  /** Rolls back, drops #tables, lets go of every lock. */
  finish(): void {
    if (this.closed) return;
    this.closed = true;
    this.rollbackAll();
    dropTemporaryTables(this.execution(this.batchFrame(), silent));
    this.locks.releaseSession(this.spid);
    this.engine.forget(this);
    for (const listener of this.endListeners) listener();
  }

  disconnectOthers(database: Database): void {
    for (const session of this.engine.openSessions())
      if (session !== this && session.currentDatabase === database) session.kill();
  }

  describe(): SessionActivity {
    const others = this.interruption.waiting ? this.engine.blockerOf(this.spid) : 0;
    return {
      spid: this.spid,
      login: this.login,
      hostName: this.hostName,
      applicationName: this.applicationName,
      loginTime: this.loginTime,
      database: this.currentDatabase,
      status: !this.sink ? "sleeping" : this.interruption.waiting ? "suspended" : "running",
      options: this.options,
      transactionCount: this.transactionCount,
      transactionId: this.transactions.isOpen ? this.transaction.id : undefined,
      lastRequest: this.lastRequest,
      blockedBy: others,
    };
  }
}

const silent: Output = { columns: () => undefined, row: () => undefined, message: () => undefined };

/** A fault of the stand-in itself, in words that nobody takes for the product's. */
function internal(error: unknown): SqlError {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new SqlError(49999, 16, 1, `sqlserver-twin internal error: ${text}`);
}
