/**
 * What the TDS layer (server/) asks of the engine, and the only thing that either knows of the other.
 * The engine calls the sink in the order in which tokens must reach the client.
 */
import type { SqlType } from "../types/sql-type";
import type { SqlValue } from "../types/value";
import type { SqlError } from "./sql-error";

export interface ResultColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly identity?: boolean;
}

export type EnvironmentChange =
  | { kind: "database"; from: string; to: string }
  | { kind: "language"; from: string; to: string }
  | { kind: "collation"; collation: string }
  | { kind: "begin-transaction"; descriptor: bigint }
  | { kind: "commit-transaction"; descriptor: bigint }
  | { kind: "rollback-transaction"; descriptor: bigint };

export interface Sink {
  /** COLMETADATA: begins a result set. */
  columns(columns: readonly ResultColumn[]): void;
  /** ROW of the open result set. May return a promise when the socket wants the engine to wait. */
  row(values: readonly SqlValue[]): void | Promise<void>;
  /** DONE or DONEINPROC of one statement. count undefined: no row count (SET NOCOUNT ON, DDL). */
  done(statement: { count?: number; command: number; inProcedure: boolean; hasResult: boolean }): void;
  /** ERROR when severity >= 11, INFO otherwise. */
  message(error: SqlError): void;
  environment(change: EnvironmentChange): void;
  /** RETURNSTATUS of a procedure called by RPC. */
  returnStatus(status: number): void;
  /** RETURNVALUE of an OUTPUT parameter of an RPC. */
  returnValue(parameter: { name: string; ordinal: number; type: SqlType; value: SqlValue }): void;
}

export interface RpcParameter {
  /** With its @; empty when sent by position. */
  readonly name: string;
  readonly type: SqlType;
  readonly value: SqlValue | TableValue;
  readonly output: boolean;
  /** The client asked for the procedure's default. */
  readonly default?: boolean;
}

/** A table-valued parameter. */
export class TableValue {
  constructor(
    readonly typeSchema: string,
    readonly typeName: string,
    readonly columns: readonly ResultColumn[],
    readonly rows: readonly (readonly SqlValue[])[],
  ) {}
}

export interface LoginRequest {
  readonly user: string;
  readonly password: string;
  readonly database?: string;
  readonly hostName: string;
  readonly applicationName: string;
  readonly language?: string;
  readonly readOnlyIntent: boolean;
}

/** One client connection in the engine. Calls never overlap; attention may arrive during one. */
export interface SessionPort {
  readonly spid: number;
  /** Current database, sent in the first ENVCHANGE of the login answer. */
  readonly database: string;
  readonly collation: string;
  batch(sql: string, sink: Sink): Promise<void>;
  /** name is a procedure name as sent, or one of the well-known ids resolved to its name (sp_executesql, sp_prepexec ...). */
  rpc(name: string, parameters: readonly RpcParameter[], sink: Sink): Promise<void>;
  transaction(request: TransactionRequest, sink: Sink): Promise<void>;
  /** Bulk load: rows for the INSERT BULK statement that was sent in the batch before. */
  bulkLoad(columns: readonly ResultColumn[], rows: readonly (readonly SqlValue[])[], sink: Sink): Promise<void>;
  /** Cancels the running call; that call's promise resolves normally, then the TDS layer sends DONE with the attention bit. */
  attention(): void;
  /** sp_reset_connection, asked for by a flag in the packet header of the next request. */
  reset(keepTransaction: boolean): void;
  /** The socket is gone: rolls back, frees locks. */
  close(): void;
  /** Called once when the server ends the session (KILL, ROLLBACK IMMEDIATE, severity 20): the socket has to go. */
  onEnd?(listener: () => void): void;
  /** Called when the network is to break now, with what the request has not said yet unsaid (Faults.cutOn). */
  onCut?(listener: () => void): void;
}

export type TransactionRequest =
  | { kind: "begin"; isolation: number; name: string }
  | { kind: "commit"; name: string; beginNext: boolean; isolation: number }
  | { kind: "rollback"; name: string; beginNext: boolean; isolation: number }
  | { kind: "save"; name: string };

export interface Engine {
  /** Throws SqlError (18456, 4060 ...) when the login is refused. */
  login(request: LoginRequest): Promise<SessionPort>;
  readonly productVersion: { major: number; minor: number; build: number };
}

/** Misbehaviour that tests can order; the TDS layer honours latencyMs and dropAfterStatements. */
export interface Faults {
  /** Added to every request before its answer, in ms. */
  latencyMs: number;
  /** The connection is cut after this many further statements (across the session); undefined = never. */
  dropAfterStatements?: number;
  /** The next statement that matches is chosen as deadlock victim (1205), once per entry. */
  deadlockOn: RegExp[];
  /** Statements that match fail with this error, once per entry. */
  failOn: { pattern: RegExp; error: SqlError }[];
  /** The connection is cut at the next statement that matches, once per entry: before it is done, or `after`, when only its answer is lost. */
  cutOn: { pattern: RegExp; after?: boolean }[];
  /** The next n metadata reads fail with 701. */
  outOfMemoryReads: number;
}
