/**
 * The seams between the parts of the engine. Each part implements its own side and reaches the others only through
 * these types, so that query/, ddl/, catalog/, procedures/ and session/ stay free of cycles.
 *
 * Statement-level work is a generator: it yields a promise when it must wait (a lock, WAITFOR, socket back-pressure).
 * Expressions never wait. A scalar function's body is driven synchronously and must not yield.
 */
import type {
  Definition,
  Delete,
  Execute,
  Expression,
  Insert,
  Merge,
  ModuleStatement,
  Query,
  Statement,
  Truncate,
  Update,
} from "../language/ast";
import type { Database, Login, Module, Principal, SqlServer, Table } from "../storage/model";
import type { Transaction } from "../storage/transaction";
import type { SqlType } from "../types/sql-type";
import type { SqlValue } from "../types/value";
import type { Faults, ResultColumn, Sink } from "./port";
import type { FunctionContext } from "../functions/registry";
import type { LockRow } from "./locks";

export type Work<T> = Generator<Promise<unknown>, T, unknown>;
export type Row = readonly SqlValue[];

export interface SessionOptions {
  ansiNulls: boolean;
  quotedIdentifier: boolean;
  ansiPadding: boolean;
  ansiWarnings: boolean;
  arithabort: boolean;
  concatNullYieldsNull: boolean;
  numericRoundabort: boolean;
  ansiNullDefaultOn: boolean;
  xactAbort: boolean;
  nocount: boolean;
  implicitTransactions: boolean;
  noexec: boolean;
  parseonly: boolean;
  fmtonly: boolean;
  rowcount: number;
  textsize: number;
  lockTimeoutMs: number;
  deadlockPriority: number;
  dateFormat: string;
  dateFirst: number;
  language: string;
  isolation: "READ UNCOMMITTED" | "READ COMMITTED" | "REPEATABLE READ" | "SERIALIZABLE" | "SNAPSHOT";
}

export type LockMode = "S" | "U" | "X" | "IS" | "IX" | "SIX" | "Sch-S" | "Sch-M";

/** One logged-in connection, as the parts of the engine see it. session/session.ts implements it. */
export interface Session {
  readonly spid: number;
  readonly server: SqlServer;
  readonly faults: Faults;
  readonly hostName: string;
  readonly applicationName: string;
  readonly loginTime: SqlValue;
  database: Database;
  readonly login: Login;
  /** Login and database user in force (EXECUTE AS). */
  readonly effectiveLogin: Login;
  readonly user: Principal;
  options: SessionOptions;
  /** The open transaction (explicit, or the statement's own in autocommit). */
  readonly transaction: Transaction;
  /** @@TRANCOUNT. */
  readonly transactionCount: number;
  /** XACT_STATE(): 1, 0 or -1. */
  readonly transactionState: number;
  /** @@IDENTITY, and the value for SCOPE_IDENTITY() lives in the frame. */
  lastIdentity: SqlValue;
  /** @@FETCH_STATUS and @@CURSOR_ROWS; 0 before the first FETCH. */
  readonly fetchStatus?: number;
  readonly cursorRows?: number;
  /** Table whose SET IDENTITY_INSERT is ON. */
  identityInsert: Table | undefined;
  /** Temporary tables of this session by tempdb key; they live in tempdb. */
  readonly functionContext: FunctionContext;
  /** Waits until granted; throws 1222 after LOCK_TIMEOUT, 1205 when chosen as victim. Released at the end of the transaction. */
  lock(resource: string, mode: LockMode): Work<void>;
  /** Gives back one acquisition of `lock` before the end of the transaction: readers under READ COMMITTED. */
  unlock?(resource: string, mode: LockMode): void;
  /** Throws 229, 230, 262, 300 ... unless the effective user may. */
  demand(permission: string, on: PermissionTarget): void;
  /** Ends the other sessions whose current database it is (ALTER DATABASE ... WITH ROLLBACK IMMEDIATE). */
  disconnectOthers(database: Database): void;
  /** CONTEXT_INFO(), 128 bytes at most; null when never set. */
  readonly contextInfo?: SqlValue;
  /** SESSION_CONTEXT(N'key') by upper-case key. */
  readonly sessionContext?: ReadonlyMap<string, { value: SqlValue; readOnly: boolean }>;
  /** The other sessions and all locks, for sys.dm_exec_sessions, sys.dm_exec_requests, sys.dm_tran_locks ... */
  readonly activity?: Activity;
  /** The execution of the frame that runs now, for functions that need more than the session. */
  currentExecution?(): Execution;
}

/** What the server's dynamic views are about. */
export interface Activity {
  sessions(): Iterable<SessionActivity>;
  lockRows(): Iterable<LockRow>;
}
export interface SessionActivity {
  readonly spid: number;
  readonly login: Login;
  readonly hostName: string;
  readonly applicationName: string;
  readonly loginTime: SqlValue;
  readonly database: Database;
  readonly status: "running" | "sleeping" | "suspended";
  readonly options: SessionOptions;
  readonly transactionCount: number;
  /** Id of the open transaction, if there is one. */
  readonly transactionId: number | undefined;
  /** Text and times of the last request; the request is over when end is not null. */
  readonly lastRequest: { text: string; start: SqlValue; end: SqlValue };
  /** Session that it waits for; 0 when it waits for none. */
  readonly blockedBy: number;
}

export type PermissionTarget =
  | { kind: "server" }
  | { kind: "database"; database: Database }
  | { kind: "schema"; schemaId: number }
  | {
      kind: "object";
      objectId: number;
      schemaId: number;
      name: string;
      columnIds?: number[];
      /** The session's when not given. */ database?: Database;
    }
  | { kind: "type"; typeId: number };

export interface Variable {
  type: SqlType;
  value: SqlValue;
}

/** Variables and context of one batch or module call. */
export interface Frame {
  readonly variables: Map<string, Variable>;
  /** Table variables and table-valued parameters, by lower-case name with @. */
  readonly tables: Map<string, Table>;
  readonly module: Module | undefined;
  /** Database in which names resolve: the module's, or the session's. */
  readonly database: Database;
  /** @@NESTLEVEL. */
  readonly level: number;
  scopeIdentity: SqlValue;
  rowCount: bigint;
  lastError: number;
  /** In CATCH: the error that ERROR_NUMBER() and friends answer. */
  caught: import("./sql-error").SqlError | undefined;
  /** Inside a trigger. */
  readonly trigger?: { inserted: Table; deleted: Table; updatedColumns: Set<number>; table: Table };
  /** Temp tables created here go when the frame ends. */
  readonly temporaryTables: Map<string, Table>;
  readonly parent: Frame | undefined;
  /** SET options in force when the module was created. */
  readonly quotedIdentifier: boolean;
  readonly ansiNulls: boolean;
}

/** Everything that a statement runs with. */
export interface Execution {
  readonly session: Session;
  readonly frame: Frame;
  /** Where result sets go: the client, or a collector (INSERT ... EXEC, a cursor, a scalar subquery of EXEC). */
  readonly output: Output;
  readonly parts: Parts;
}

export interface Output {
  columns(columns: readonly ResultColumn[]): void;
  row(values: Row): void | Promise<void>;
  message: Sink["message"];
  /** One statement is over; a collector does without. */
  done?: Sink["done"];
}

/** A compiled scalar expression. Rows come through the scope that compiled it. */
export interface CompiledExpression {
  readonly type: SqlType;
  readonly nullable: boolean;
  evaluate(execution: Execution, row: Row): SqlValue;
}

export interface CompiledQuery {
  readonly columns: readonly ResultColumn[];
  /** Every base table it reads, views and functions unfolded: the caller locks them first. */
  readonly tables: readonly Table[];
  rows(execution: Execution): Iterable<Row>;
}

/** What DML did, for @@ROWCOUNT and DONE. */
export interface StatementResult {
  /** undefined: the statement has no row count. */
  readonly rowCount?: number;
  readonly hasResult: boolean;
}

/** query/index.ts implements this. */
export interface QueryPart {
  compileQuery(query: Query, execution: Execution): CompiledQuery;
  /** An expression without row context (SET @v = ..., IF ..., PRINT ...). */
  scalar(expression: Expression, execution: Execution): SqlValue;
  /** The same with the static type, and converted to `target` when given. */
  typedScalar(expression: Expression, execution: Execution, target?: SqlType): { type: SqlType; value: SqlValue };
  /** A search condition: true only when it is TRUE (UNKNOWN is false). */
  condition(expression: Expression, execution: Execution): boolean;
  /**
   * Takes the locks that `scalar` or `condition` would need for the subqueries of an expression, and waits for them.
   * Expressions themselves never wait: the interpreter drives this first when an expression holds a query.
   */
  settle?(expression: Expression, execution: Execution): Work<void>;
  /**
   * An expression over one table's columns (CHECK, DEFAULT, computed column, index filter), compiled in a table's context.
   * Errors: 207 for unknown columns. The row it evaluates is in the order of table.columns.
   */
  compileForTable(
    expression: Expression,
    table: Pick<Table, "columns" | "name">,
    database: Database,
    execution: Execution,
  ): CompiledExpression;
  /** Compiles a search condition for a table: true, false or null (UNKNOWN). */
  compileCondition(
    expression: Expression,
    table: Pick<Table, "columns" | "name">,
    database: Database,
    execution: Execution,
  ): (row: Row, execution: Execution) => boolean | null;
  /** Result columns of a view's or inline function's query, without running it. */
  describeQuery(query: Query, execution: Execution, isStatement?: boolean): readonly ResultColumn[];
  select(query: Query, execution: Execution): Work<StatementResult>;
  insert(statement: Insert, execution: Execution): Work<StatementResult>;
  update(statement: Update, execution: Execution): Work<StatementResult>;
  delete(statement: Delete, execution: Execution): Work<StatementResult>;
  merge(statement: Merge, execution: Execution): Work<StatementResult>;
  truncate(statement: Truncate, execution: Execution): Work<StatementResult>;
}

/** session/interpreter.ts implements this. */
export interface InterpreterPart {
  /** Runs statements in a frame; RETURN's value or undefined. */
  run(statements: readonly Statement[], execution: Execution): Work<SqlValue | undefined>;
  execute(statement: Execute, execution: Execution): Work<void>;
  /** Runs a procedure with bound arguments; its return status. */
  callProcedure(
    module: Module,
    database: Database,
    args: readonly {
      name?: string;
      value: SqlValue | Table | undefined;
      type?: SqlType;
      output?: (value: SqlValue) => void;
    }[],
    execution: Execution,
  ): Work<number>;
  /** Scalar function call, synchronous. */
  callScalarFunction(module: Module, database: Database, args: readonly SqlValue[], execution: Execution): SqlValue;
  /** Multi-statement table-valued function: fills and returns its table. */
  callTableFunction(module: Module, database: Database, args: readonly SqlValue[], execution: Execution): Table;
  /** Fires AFTER or INSTEAD OF triggers of a table for one statement. True when an INSTEAD OF trigger ran. */
  fireTriggers(
    table: Table | Module,
    event: "INSERT" | "UPDATE" | "DELETE",
    when: "after" | "instead-of",
    inserted: Table,
    deleted: Table,
    updatedColumns: Set<number>,
    execution: Execution,
  ): Work<boolean>;
  /** sp_executesql and EXEC('...'). */
  executeText(sql: string, frame: Frame | undefined, execution: Execution): Work<void>;
}

/** ddl/index.ts implements this. */
export interface DefinitionPart {
  execute(statement: Definition | ModuleStatement, execution: Execution): Work<void>;
  /** A table from a definition, not registered anywhere: table variables, table types, #tables, TVF results, SELECT INTO. */
  buildTable(
    name: string,
    definition: import("../language/ast").TableDefinition,
    database: Database,
    execution: Execution,
  ): Table;
  resolveType(
    type: import("../language/ast").TypeReference,
    database: Database,
  ): { type: SqlType; userTypeId: number; nullable: boolean; tableTypeId?: number };
  /** Adds the table to a database (SELECT INTO). */
  addTable(table: Table, schemaId: number, database: Database, execution: Execution): void;
}

/** catalog/index.ts implements this. */
export interface CatalogPart {
  /** sys.objects, INFORMATION_SCHEMA.TABLES, sys.dm_exec_sessions ...; undefined when the schema is not a system one. An unknown sys name throws 208. */
  view(schema: string, name: string): CatalogView | undefined;
  /** sys.fn_listextendedproperty, sys.dm_exec_sql_text ... */
  tableFunction(schema: string, name: string): CatalogFunction | undefined;
}
export interface CatalogView {
  readonly name: string;
  readonly columns: readonly ResultColumn[];
  /** Rows in the order of columns; only what the session may see. */
  rows(session: Session, database: Database): Iterable<Row>;
}
export interface CatalogFunction {
  readonly name: string;
  readonly columns: readonly ResultColumn[];
  rows(args: readonly SqlValue[], session: Session, database: Database): Iterable<Row>;
}

/** procedures/index.ts implements this: sp_executesql, sp_getapplock, sp_rename, sp_addextendedproperty ... */
export interface SystemProcedurePart {
  find(name: string): SystemProcedure | undefined;
}
export interface SystemProcedure {
  readonly name: string;
  /** In order, with @. */
  readonly parameters: readonly {
    name: string;
    type: SqlType;
    output?: boolean;
    optional?: boolean;
    default?: SqlValue;
  }[];
  /** Extra arguments are allowed (sp_executesql). */
  readonly variadic?: boolean;
  run(
    args: Map<string, { value: SqlValue | Table; type?: SqlType; set?: (value: SqlValue) => void }>,
    execution: Execution,
  ): Work<number>;
}

export interface Parts {
  readonly query: QueryPart;
  readonly interpreter: InterpreterPart;
  readonly definition: DefinitionPart;
  readonly catalog: CatalogPart;
  readonly procedures: SystemProcedurePart;
  /** What bound CLR routines run; without it they are refused. */
  readonly clr?: import("../clr/stand-ins").StandInRegistry;
}
