/** Client messages after the login, as plain values: batches, procedure calls, transaction requests, bulk rows. [MS-TDS] 2.2.6. */
import { TableValue, type ResultColumn, type RpcParameter, type TransactionRequest } from "../session/port";
import { notImplemented } from "../session/sql-error";
import type { SqlValue } from "../types/value";
import { ByteReader } from "./byte-reader";
import { ProtocolError, Token } from "./protocol";
import { readTypeInfo, type IncomingType } from "./type-decoding";

/** ALL_HEADERS: lengths are checked, contents (transaction descriptor, notifications, trace) tell the twin nothing new. */
function skipHeaders(reader: ByteReader): void {
  const total = reader.u32();
  if (total < 4 || total - 4 > reader.left) throw new ProtocolError(`ALL_HEADERS of ${total} bytes`);
  const headers = new ByteReader(reader.take(total - 4));
  while (headers.left > 0) {
    const length = headers.u32();
    if (length < 6) throw new ProtocolError(`a header of ${length} bytes`);
    headers.take(length - 4);
  }
}

export function readBatch(payload: Buffer): string {
  const reader = new ByteReader(payload);
  skipHeaders(reader);
  if (reader.left % 2 !== 0) throw new ProtocolError("the text of a batch has an odd number of bytes");
  return reader.ucs2(reader.left / 2);
}

// ---- Procedure calls -----------------------------------------------------------------------------------------------

export interface Call {
  readonly name: string;
  readonly parameters: readonly RpcParameter[];
  /** As the client named them, for the values that go back. */
  readonly names: readonly string[];
}

/**
 * The parameters that a well-known procedure has itself are known by position: drivers name them as they like (@stmt, @statement), or not at all.
 * [MS-TDS] 2.2.6.6, "Special Stored Procedures".
 */
const OWN_PARAMETERS: Record<string, number> = {
  sp_executesql: 2,
  sp_prepare: 4,
  sp_execute: 1,
  sp_prepexec: 3,
  sp_prepexecrpc: 2,
  sp_unprepare: 1,
};

/** ProcID values. [MS-TDS] 2.2.6.6. */
const PROCEDURES: Record<number, string> = {
  1: "sp_cursor",
  2: "sp_cursoropen",
  3: "sp_cursorprepare",
  4: "sp_cursorexecute",
  5: "sp_cursorprepexec",
  6: "sp_cursorunprepare",
  7: "sp_cursorfetch",
  8: "sp_cursoroption",
  9: "sp_cursorclose",
  10: "sp_executesql",
  11: "sp_prepare",
  12: "sp_execute",
  13: "sp_prepexec",
  14: "sp_prepexecrpc",
  15: "sp_unprepare",
};

const CALL_SEPARATOR = 0xff;
const CALL_SEPARATOR_72 = 0x80;
const NO_EXECUTE = 0xfe;
const TABLE_TYPE = 0xf3;
const ParameterFlag = { byReference: 1, default: 2, encrypted: 8 } as const;

/** One request may hold many calls. */
export function readCalls(payload: Buffer): Call[] {
  const reader = new ByteReader(payload);
  skipHeaders(reader);
  const calls: Call[] = [];
  while (reader.left > 0) {
    calls.push(readCall(reader));
    if (reader.left === 0) break;
    const separator = reader.u8();
    if (separator === NO_EXECUTE) throw notImplemented("a procedure call with the flag NoExec");
  }
  if (calls.length === 0) throw new ProtocolError("a procedure call without a procedure");
  return calls;
}

function readCall(reader: ByteReader): Call {
  const length = reader.u16();
  const wellKnown = length === 0xffff;
  const name = wellKnown ? PROCEDURES[reader.u16()] : reader.ucs2(length);
  if (!name) throw new ProtocolError("a procedure id that does not exist");
  reader.u16();
  const parameters: RpcParameter[] = [];
  while (reader.left > 0 && ![CALL_SEPARATOR, CALL_SEPARATOR_72, NO_EXECUTE].includes(reader.peek()))
    parameters.push(readParameter(reader));
  const own = wellKnown ? (OWN_PARAMETERS[name] ?? parameters.length) : 0;
  return {
    name,
    parameters: parameters.map((parameter, i) => (i < own ? { ...parameter, name: "" } : parameter)),
    names: parameters.map((parameter) => parameter.name),
  };
}

function readParameter(reader: ByteReader): RpcParameter {
  const name = reader.shortText();
  const flags = reader.u8();
  if ((flags & ParameterFlag.encrypted) !== 0) throw notImplemented("parameters of Always Encrypted");
  const output = (flags & ParameterFlag.byReference) !== 0;
  const byDefault = (flags & ParameterFlag.default) !== 0 ? { default: true } : {};
  const id = reader.u8();
  if (id === TABLE_TYPE) return { name, type: { name: "table" }, value: readTable(reader), output, ...byDefault };
  const incoming = readTypeInfo(id, reader, "parameter");
  return { name, type: incoming.type, value: incoming.read(reader), output, ...byDefault };
}

const TableToken = { end: 0x00, row: 0x01, orderUnique: 0x10, columnOrdering: 0x11 } as const;
const ColumnFlag = { nullable: 0x0001, identity: 0x0010, default: 0x0200 } as const;

/** TVP_TYPE_INFO and its rows. [MS-TDS] 2.2.5.5.5. */
function readTable(reader: ByteReader): TableValue {
  reader.shortText();
  const schema = reader.shortText();
  const typeName = reader.shortText();
  const count = reader.u16();
  const columns: ResultColumn[] = [];
  const types: IncomingType[] = [];
  if (count !== 0xffff)
    for (let i = 0; i < count; i++) {
      reader.u32();
      const flags = reader.u16();
      if ((flags & ColumnFlag.default) !== 0) throw notImplemented("a table value whose column asks for its default");
      const type = readTypeInfo(reader.u8(), reader, "parameter");
      types.push(type);
      columns.push({ name: reader.shortText(), type: type.type, nullable: (flags & ColumnFlag.nullable) !== 0 });
    }
  for (let token = reader.u8(); token !== TableToken.end; token = reader.u8()) {
    if (token !== TableToken.orderUnique && token !== TableToken.columnOrdering)
      throw new ProtocolError(`token 0x${token.toString(16)} in the metadata of a table value`);
    reader.take(reader.u16() * (token === TableToken.orderUnique ? 3 : 2));
  }
  const rows: SqlValue[][] = [];
  for (let token = reader.u8(); token !== TableToken.end; token = reader.u8()) {
    if (token !== TableToken.row)
      throw new ProtocolError(`token 0x${token.toString(16)} among the rows of a table value`);
    rows.push(types.map((type) => type.read(reader)));
  }
  return new TableValue(schema, typeName, columns, rows);
}

// ---- Transactions --------------------------------------------------------------------------------------------------

const Transaction = { begin: 5, commit: 7, rollback: 8, save: 9 } as const;

export function readTransaction(payload: Buffer): TransactionRequest {
  const reader = new ByteReader(payload);
  skipHeaders(reader);
  const kind = reader.u16();
  const name = (): string => reader.take(reader.u8()).toString("utf16le");
  if (kind === Transaction.begin) {
    const isolation = reader.u8();
    return { kind: "begin", isolation, name: name() };
  }
  if (kind === Transaction.save) return { kind: "save", name: name() };
  if (kind !== Transaction.commit && kind !== Transaction.rollback)
    throw notImplemented(`transaction manager request ${kind} (distributed transactions)`);
  const ended = name();
  const beginNext = (reader.u8() & 1) !== 0;
  const isolation = beginNext ? reader.u8() : 0;
  return { kind: kind === Transaction.commit ? "commit" : "rollback", name: ended, beginNext, isolation };
}

// ---- Bulk load -----------------------------------------------------------------------------------------------------

interface BulkRows {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly SqlValue[])[];
}

/** COLMETADATA, ROW and DONE as the client sends them for INSERT BULK. */
export function readBulkRows(payload: Buffer): BulkRows {
  const reader = new ByteReader(payload);
  if (reader.u8() !== Token.columnMetadata) throw new ProtocolError("a bulk load begins with COLMETADATA");
  const count = reader.u16();
  const columns: ResultColumn[] = [];
  const types: IncomingType[] = [];
  for (let i = 0; i < count; i++) {
    reader.u32();
    const flags = reader.u16();
    const type = readTypeInfo(reader.u8(), reader, "row");
    // Unlike in a result, this is one name of two length bytes.
    if (type.large) reader.text();
    types.push(type);
    columns.push({
      name: reader.shortText(),
      type: type.type,
      nullable: (flags & ColumnFlag.nullable) !== 0,
      identity: (flags & ColumnFlag.identity) !== 0,
    });
  }
  const rows: SqlValue[][] = [];
  while (reader.left > 0) {
    const token = reader.u8();
    if (token === Token.done) break;
    if (token === Token.row) rows.push(types.map((type) => type.read(reader)));
    else if (token === Token.nbcRow) {
      const bitmap = reader.take(Math.ceil(count / 8));
      rows.push(types.map((type, i) => ((bitmap[i >> 3]! >> (i & 7)) & 1 ? null : type.read(reader))));
    } else throw new ProtocolError(`token 0x${token.toString(16)} among bulk rows`);
  }
  return { columns, rows };
}
