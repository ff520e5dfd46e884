/** A session as the protocol layer holds it. */
import type { SqlValue } from "../types/value";
import { bulkInsert } from "./bulk-load";
import type { ResultColumn, RpcParameter, SessionPort, Sink, TransactionRequest } from "./port";
import { runBatch, runProcedureCall, runTransactionRequest } from "./requests";
import type { EngineSession } from "./session";

export class Connection implements SessionPort {
  constructor(readonly session: EngineSession) {}

  get spid(): number {
    return this.session.spid;
  }
  get database(): string {
    return this.session.database.name;
  }
  get collation(): string {
    return this.session.collation;
  }

  batch(sql: string, sink: Sink): Promise<void> {
    return this.session.request(sql, sink, () => runBatch(sql, this.session, sink));
  }

  rpc(name: string, parameters: readonly RpcParameter[], sink: Sink): Promise<void> {
    const text = /^sp_(executesql|prep)/i.test(name)
      ? parameters.map(({ value }) => value).find((value) => typeof value === "string")
      : undefined;
    return this.session.request(text ?? name, sink, () => runProcedureCall(name, parameters, this.session, sink));
  }

  transaction(request: TransactionRequest, sink: Sink): Promise<void> {
    return this.session.request(`${request.kind} transaction`, sink, () =>
      runTransactionRequest(request, this.session),
    );
  }

  bulkLoad(columns: readonly ResultColumn[], rows: readonly (readonly SqlValue[])[], sink: Sink): Promise<void> {
    return this.session.request("INSERT BULK", sink, () => bulkInsert(columns, rows, this.session, sink));
  }

  attention(): void {
    this.session.attention();
  }
  reset(keepTransaction: boolean): void {
    this.session.reset(keepTransaction);
  }
  close(): void {
    this.session.kill();
  }
  onEnd(listener: () => void): void {
    this.session.onEnd(listener);
  }
  onCut(listener: () => void): void {
    this.session.onCut(listener);
  }
}
