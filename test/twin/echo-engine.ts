/** An engine without SQL: it answers with what it was sent, so that the wire layer is tested alone. */
import type {
  Engine,
  LoginRequest,
  ResultColumn,
  RpcParameter,
  SessionPort,
  Sink,
  TransactionRequest,
} from "../../twin/src/session/port";
import { TableValue } from "../../twin/src/session/port";
import { SqlError } from "../../twin/src/session/sql-error";
import type { SqlValue } from "../../twin/src/types/value";

type Batch = (sink: Sink, session: EchoSession) => void | Promise<void>;

export class EchoEngine implements Engine {
  readonly productVersion = { major: 17, minor: 0, build: 1000 };
  readonly batches = new Map<string, Batch>();
  readonly sessions: EchoSession[] = [];
  login(request: LoginRequest): Promise<SessionPort> {
    if (request.password !== "Secret-1234")
      return Promise.reject(new SqlError(18456, 14, 1, `Login failed for user '${request.user}'.`));
    const session = new EchoSession(this, request, 51 + this.sessions.length);
    this.sessions.push(session);
    return Promise.resolve(session);
  }
}

class EchoSession implements SessionPort {
  readonly database: string;
  readonly collation = "SQL_Latin1_General_CP1_CI_AS";
  readonly calls: { name: string; parameters: readonly RpcParameter[] }[] = [];
  readonly transactions: TransactionRequest[] = [];
  readonly bulk: { columns: readonly ResultColumn[]; rows: readonly (readonly SqlValue[])[] }[] = [];
  readonly resets: boolean[] = [];
  attentions = 0;
  closed = false;
  onAttention: (() => void) | undefined;

  constructor(
    private readonly engine: EchoEngine,
    readonly request: LoginRequest,
    readonly spid: number,
  ) {
    this.database = request.database ?? "master";
  }

  async batch(sql: string, sink: Sink): Promise<void> {
    const known = this.engine.batches.get(sql);
    if (known) return known(sink, this);
    // The initial SET statements of drivers, INSERT BULK.
    if (/^\s*(set|insert bulk)\b/i.test(sql)) return sink.done({ command: 0, inProcedure: false, hasResult: false });
    sink.columns([{ name: "sql", type: { name: "nvarchar", length: -1 }, nullable: false }]);
    await sink.row([sql]);
    sink.done({ count: 1, command: 0xc1, inProcedure: false, hasResult: true });
  }

  async rpc(name: string, parameters: readonly RpcParameter[], sink: Sink): Promise<void> {
    this.calls.push({ name, parameters });
    const values = name === "sp_executesql" ? parameters.slice(2) : parameters;
    const inputs = values.filter((p) => !p.output);
    for (const parameter of inputs) {
      if (parameter.value instanceof TableValue) {
        sink.columns(parameter.value.columns);
        for (const row of parameter.value.rows) await sink.row(row);
        sink.done({ count: parameter.value.rows.length, command: 0xc1, inProcedure: true, hasResult: true });
      }
    }
    const plain = inputs.filter((p): p is RpcParameter & { value: SqlValue } => !(p.value instanceof TableValue));
    if (plain.length > 0) {
      sink.columns(plain.map((p) => ({ name: p.name.replace(/^@/, ""), type: p.type, nullable: true })));
      await sink.row(plain.map((p) => p.value));
      sink.done({ count: 1, command: 0xc1, inProcedure: true, hasResult: true });
    }
    sink.returnStatus(7);
    values.forEach((p, ordinal) => {
      if (p.output) sink.returnValue({ name: p.name, ordinal, type: p.type, value: p.value as SqlValue });
    });
  }

  transaction(request: TransactionRequest, sink: Sink): Promise<void> {
    this.transactions.push(request);
    if (request.kind === "begin") sink.environment({ kind: "begin-transaction", descriptor: 4_294_967_297n });
    if (request.kind === "commit") sink.environment({ kind: "commit-transaction", descriptor: 4_294_967_297n });
    if (request.kind === "rollback") sink.environment({ kind: "rollback-transaction", descriptor: 4_294_967_297n });
    return Promise.resolve();
  }

  bulkLoad(columns: readonly ResultColumn[], rows: readonly (readonly SqlValue[])[], sink: Sink): Promise<void> {
    this.bulk.push({ columns, rows });
    sink.done({ count: rows.length, command: 0xf0, inProcedure: false, hasResult: false });
    return Promise.resolve();
  }

  attention(): void {
    this.attentions++;
    this.onAttention?.();
  }
  reset(keepTransaction: boolean): void {
    this.resets.push(keepTransaction);
  }
  close(): void {
    this.closed = true;
  }
}
