/** One database and one session, driven without the interpreter: definition and query parts on a hand-made execution. */
import { definitionPart } from "../../twin/src/ddl";
import { parseBatch } from "../../twin/src/language/parser";
import type { Definition, ModuleStatement, Statement } from "../../twin/src/language/ast";
import { queryPart } from "../../twin/src/query";
import { SqlError } from "../../twin/src/session/sql-error";
import { loginOptions } from "../../twin/src/session/options";
import type { Execution, Frame, Session, SessionOptions, Work } from "../../twin/src/session/runtime";
import { addDefaultFiles, createDatabase, createServer, SA_SID } from "../../twin/src/storage/bootstrap";
import type { Database, DbObject, Module, SqlServer, Table } from "../../twin/src/storage/model";
import { Transaction } from "../../twin/src/storage/transaction";
import { collation } from "../../twin/src/types/collation";
import { utcNow } from "../../twin/src/types/date-time";
import type { SqlValue } from "../../twin/src/types/value";

const dml = ["insert", "update", "delete", "merge", "truncate"] as const;

export class Bench {
  readonly server: SqlServer;
  readonly database: Database;
  readonly messages: SqlError[] = [];
  readonly locks: string[] = [];
  readonly fired: string[] = [];
  readonly options: SessionOptions = { ...loginOptions("us_english"), arithabort: true, textsize: -1 };
  transactionCount = 0;
  /** Permissions that this session does not have: "ALTER", "CREATE TABLE" ... */
  readonly denied = new Set<string>();
  /** Databases that another session uses. */
  readonly busy = new Set<string>();
  transaction = new Transaction(1);
  private readonly execution: Execution;

  constructor() {
    this.server = createServer({
      platform: "linux",
      version: "2022",
      edition: "Developer",
      collation: "SQL_Latin1_General_CP1_CI_AS",
      name: "twin",
    });
    this.database = createDatabase(this.server, {
      name: "shop",
      collation: collation("SQL_Latin1_General_CP1_CI_AS"),
      ownerSid: SA_SID,
    });
    addDefaultFiles(this.server, this.database);
    this.server.databases.set(this.server.key("shop"), this.database);
    this.execution = this.makeExecution();
  }

  private makeExecution(): Execution {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the session's getters read the bench
    const bench = this;
    const login = this.server.logins.get(this.server.key("sa"))!;
    const session: Session = {
      spid: 51,
      server: this.server,
      faults: { latencyMs: 0, deadlockOn: [], failOn: [], cutOn: [], outOfMemoryReads: 0 },
      hostName: "host",
      applicationName: "test",
      loginTime: utcNow(),
      database: this.database,
      login,
      effectiveLogin: login,
      user: this.database.principals.get(1)!,
      options: this.options,
      get transaction() {
        return bench.transaction;
      },
      get transactionCount() {
        return bench.transactionCount;
      },
      transactionState: 0,
      lastIdentity: null,
      identityInsert: undefined,
      functionContext: { now: () => utcNow() } as never,
      // eslint-disable-next-line require-yield -- every lock is free here
      *lock(resource, mode) {
        if (bench.busy.has(resource)) throw new SqlError(1222, 16, 51, "Lock request time out period exceeded.");
        bench.locks.push(`${resource} ${mode}`);
      },
      demand(permission) {
        if (bench.denied.has(permission))
          throw new SqlError(262, 14, 1, `${permission} permission denied in database 'shop'.`);
      },
      disconnectOthers: () => undefined,
    };
    const frame: Frame = {
      variables: new Map(),
      tables: new Map(),
      module: undefined,
      database: this.database,
      level: 0,
      scopeIdentity: null,
      rowCount: 0n,
      lastError: 0,
      caught: undefined,
      temporaryTables: new Map(),
      parent: undefined,
      quotedIdentifier: true,
      ansiNulls: true,
    };
    return {
      session,
      frame,
      output: { columns: () => undefined, row: () => undefined, message: (error) => void bench.messages.push(error) },
      parts: {
        query: queryPart,
        definition: definitionPart,
        catalog: { view: () => undefined, tableFunction: () => undefined },
        procedures: { find: () => undefined },
        interpreter: {
          // eslint-disable-next-line require-yield -- records only
          *fireTriggers(table: { id: number }, event: string) {
            if (table.id === 0) bench.fired.push(event);
            return false;
          },
        } as never,
      },
    };
  }

  get context(): Execution {
    return this.execution;
  }

  /** Every statement of a batch; a failed one is taken back and throws. */
  run(sql: string): void {
    for (const statement of parseBatch(sql, { quotedIdentifier: this.options.quotedIdentifier }).statements)
      this.statement(statement);
  }

  private statement(statement: Statement): void {
    const mark = this.transaction.mark;
    try {
      const write = dml.find((kind) => kind === statement.kind);
      if (write) drive(queryPart[write](statement as never, this.execution));
      else drive(definitionPart.execute(statement as Definition | ModuleStatement, this.execution));
    } catch (error) {
      this.transaction.rollbackTo(mark);
      throw error;
    }
  }

  work(work: Work<unknown>): void {
    const mark = this.transaction.mark;
    try {
      drive(work);
    } catch (error) {
      this.transaction.rollbackTo(mark);
      throw error;
    }
  }

  rows(sql: string): SqlValue[][] {
    const [statement] = parseBatch(sql).statements;
    if (statement?.kind !== "select") throw new Error("not a SELECT");
    const plan = queryPart.compileQuery(statement.query, this.execution);
    return [...plan.rows(this.execution)].map((row) => [...row]);
  }

  /** All numbers that a failure sends, in order: [5074, 4922]. */
  numbers(sql: string): number[] {
    return this.failure(() => this.run(sql)).map((error) => error.number);
  }

  failure(work: () => void): SqlError[] {
    try {
      work();
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      return [...flatten(error)];
    }
    return [];
  }

  object(name: string, schemaId = 1): DbObject | undefined {
    const id = this.database.objectNames.get(`${schemaId}.${this.database.key(name)}`);
    return id === undefined ? undefined : this.database.objects.get(id);
  }

  table(name: string): Table {
    const found = this.object(name);
    if (found?.type !== "U") throw new Error(`no table ${name}`);
    return found;
  }

  module(name: string, schemaId = 1): Module {
    const found = this.object(name, schemaId);
    if (!found || !("parsed" in found)) throw new Error(`no module ${name}`);
    return found;
  }
}

function* flatten(error: SqlError): Iterable<SqlError> {
  for (const one of error.preceding) yield* flatten(one);
  yield error;
}

/** Nothing waits here, so a work that yields is a mistake. */
function drive(work: Work<unknown>): unknown {
  const step = work.next();
  if (!step.done) throw new Error("the statement wanted to wait");
  return step.value;
}
