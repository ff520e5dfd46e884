/** The engine's answers as tokens. [MS-TDS] 2.2.7. */
import type { EnvironmentChange, ResultColumn, Sink } from "../session/port";
import { SqlError } from "../session/sql-error";
import type { SqlType } from "../types/sql-type";
import type { SqlValue } from "../types/value";
import type { PacketWriter } from "./packet-writer";
import { DoneStatus, Environment, Token } from "./protocol";
import {
  hasTableName,
  userTypeOf,
  valueWriter,
  writeTypeInfo,
  type EncodingContext,
  type ValueWriter,
} from "./type-encoding";
import { collationBytes } from "./wire-collation";

export interface ResponseContext extends EncodingContext {
  readonly serverName: string;
  /** TDS 7.3B and later: rows with NULLs may be shortened. */
  readonly compressesNulls: boolean;
  inTransaction: boolean;
  /** A statement ended; false = the connection is to be cut now. */
  statementEnded(): boolean;
}

interface PendingDone {
  readonly token: number;
  readonly status: number;
  readonly command: number;
  readonly count: number;
}

const ColumnFlag = { nullable: 0x01, updateableUnknown: 0x08, identity: 0x10 } as const;
/** An error this severe ends the connection. */
const FATAL_SEVERITY = 20;

export class Response implements Sink {
  private writers: ValueWriter[] = [];
  /** The last DONE waits until it is known whether more follows. */
  private pending: PendingDone | undefined;
  private failed = false;
  private silent = false;
  fatal = false;
  /** Names of the running call's parameters, as the client wrote them. */
  parameterNames: readonly string[] = [];

  /** @param procedure An RPC: its statements end with DONEINPROC, itself with DONEPROC. */
  constructor(
    private readonly writer: PacketWriter,
    private readonly context: ResponseContext,
    private readonly procedure: boolean,
  ) {}

  /** After an attention, rows and counts are no longer wanted; messages and transaction changes are. */
  silence(): void {
    this.silent = true;
  }

  columns(columns: readonly ResultColumn[]): void {
    if (this.silent) return;
    this.flush();
    this.writer.token(() => this.metadata(columns));
  }

  private metadata(columns: readonly ResultColumn[]): void {
    const { writer, context } = this;
    writer.u8(Token.columnMetadata);
    writer.u16(columns.length);
    for (const column of columns) {
      writer.u32(userTypeOf(column.type));
      writer.u16(
        (column.nullable ? ColumnFlag.nullable : 0) |
          ColumnFlag.updateableUnknown |
          (column.identity ? ColumnFlag.identity : 0),
      );
      writeTypeInfo(column.type, writer, context);
      if (hasTableName(column.type)) {
        writer.u8(1);
        writer.text("");
      }
      writer.shortText(column.name);
    }
    this.writers = columns.map((column) => valueWriter(column.type, context));
  }

  row(values: readonly SqlValue[]): void | Promise<void> {
    const { writer } = this;
    if (!this.silent) writer.token(() => this.values(values));
    if (writer.wantsTurn) return writer.turn();
  }

  private values(values: readonly SqlValue[]): void {
    const { writer, writers } = this;
    const count = writers.length;
    if (this.context.compressesNulls && values.includes(null)) {
      writer.u8(Token.nbcRow);
      for (let i = 0; i < count; i += 8) {
        let bits = 0;
        for (let bit = 0; bit < 8 && i + bit < count; bit++) if (values[i + bit] === null) bits |= 1 << bit;
        writer.u8(bits);
      }
      for (let i = 0; i < count; i++) if (values[i] !== null) writers[i]!(values[i]!, writer);
    } else {
      writer.u8(Token.row);
      for (let i = 0; i < count; i++) writers[i]!(values[i]!, writer);
    }
  }

  done(statement: { count?: number; command: number; inProcedure: boolean; hasResult: boolean }): void {
    if (!this.context.statementEnded() || this.silent) return;
    this.flush();
    this.pending = {
      token: this.procedure || statement.inProcedure ? Token.doneInProcedure : Token.done,
      status: (statement.count === undefined ? 0 : DoneStatus.count) | this.errorBit(),
      command: statement.command,
      count: statement.count ?? 0,
    };
  }

  message(error: SqlError): void {
    this.flush();
    if (error.severity >= 11) this.failed = true;
    if (error.severity >= FATAL_SEVERITY) this.fatal = true;
    const { writer, context } = this;
    writer.u8(error.severity >= 11 ? Token.error : Token.info);
    writer.sized(() => {
      writer.i32(error.number);
      writer.u8(error.state);
      writer.u8(error.severity);
      // The whole token must stay below 64 KiB.
      writer.text(error.message.slice(0, 30_000));
      writer.shortText(context.serverName);
      writer.shortText(error.procedure ?? "");
      writer.u32(error.line ?? 0);
    });
  }

  /** A rejected call: the error with those that the server raises before it. */
  failure(error: SqlError): void {
    for (const before of error.preceding) this.message(before);
    this.message(error);
  }

  environment(change: EnvironmentChange): void {
    this.flush();
    if (change.kind === "database") this.texts(Environment.database, change.to, change.from);
    else if (change.kind === "language") this.texts(Environment.language, change.to, change.from);
    else if (change.kind === "collation")
      this.binary(Environment.collation, collationBytes(change.collation), Buffer.alloc(0));
    else {
      const descriptor = Buffer.alloc(8);
      descriptor.writeBigUInt64LE(BigInt.asUintN(64, change.descriptor));
      this.context.inTransaction = change.kind === "begin-transaction";
      if (change.kind === "begin-transaction") this.binary(Environment.begin, descriptor, Buffer.alloc(0));
      else
        this.binary(
          change.kind === "commit-transaction" ? Environment.commit : Environment.rollback,
          Buffer.alloc(0),
          descriptor,
        );
    }
  }

  /** The session was reset, as the request's header asked. */
  resetDone(): void {
    this.binary(Environment.resetAck, Buffer.alloc(0), Buffer.alloc(0));
  }

  packetSize(to: number, from: number): void {
    this.texts(Environment.packetSize, String(to), String(from));
  }

  returnStatus(status: number): void {
    if (this.silent) return;
    this.flush();
    this.writer.u8(Token.returnStatus);
    this.writer.i32(status);
  }

  returnValue(parameter: { name: string; ordinal: number; type: SqlType; value: SqlValue }): void {
    if (this.silent) return;
    this.flush();
    this.writer.token(() => this.output(parameter));
  }

  private output(parameter: { name: string; ordinal: number; type: SqlType; value: SqlValue }): void {
    const { writer, context } = this;
    writer.u8(Token.returnValue);
    writer.u16(parameter.ordinal);
    writer.shortText(parameter.name || (this.parameterNames[parameter.ordinal] ?? ""));
    // 1 = value of an OUTPUT parameter; 2 would be that of a function.
    writer.u8(1);
    writer.u32(userTypeOf(parameter.type));
    writer.u16(ColumnFlag.nullable);
    writeTypeInfo(parameter.type, writer, context);
    valueWriter(parameter.type, context)(parameter.value, writer);
  }

  /** Ends one call of several in a request, or (last) the whole answer. */
  finish(last: boolean): void {
    const held = this.pending;
    if (last && held?.token === Token.done && !this.failed) {
      this.pending = undefined;
      return this.writeDone(held.token, held.status, held.command, held.count);
    }
    const procedure = this.procedure || held?.token === Token.doneInProcedure;
    this.flush();
    this.writeDone(procedure ? Token.doneProcedure : Token.done, this.errorBit() | (last ? 0 : DoneStatus.more), 0, 0);
  }

  /** The answer to an attention, a message of its own. */
  acknowledgeAttention(): void {
    this.writeDone(Token.done, DoneStatus.attention, 0, 0);
  }

  private errorBit(): number {
    const bit = this.failed ? DoneStatus.error : 0;
    this.failed = false;
    return bit;
  }

  private flush(): void {
    const held = this.pending;
    if (!held) return;
    this.pending = undefined;
    this.writeDone(held.token, held.status | DoneStatus.more, held.command, held.count);
  }

  private writeDone(token: number, status: number, command: number, count: number): void {
    const { writer } = this;
    writer.u8(token);
    writer.u16(status | (this.context.inTransaction ? DoneStatus.inTransaction : 0));
    writer.u16(command);
    writer.u64(BigInt(count));
  }

  private texts(type: number, to: string, from: string): void {
    const { writer } = this;
    writer.u8(Token.environment);
    writer.sized(() => {
      writer.u8(type);
      writer.shortText(to);
      writer.shortText(from);
    });
  }

  private binary(type: number, to: Uint8Array, from: Uint8Array): void {
    const { writer } = this;
    writer.u8(Token.environment);
    writer.sized(() => {
      writer.u8(type);
      writer.u8(to.length);
      writer.bytes(to);
      writer.u8(from.length);
      writer.bytes(from);
    });
  }
}
