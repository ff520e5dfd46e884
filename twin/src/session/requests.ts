/** What the protocol layer asks for, as work: batches, procedure calls, transaction requests. */
import { parseBatch } from "../language/parser";
import { tableOfType } from "../ddl/table/create-table";
import { insertRow } from "../storage/rows";
import type { Table } from "../storage/model";
import { convert, convertForStorage } from "../types/convert";
import type { SqlValue } from "../types/value";
import { callFound, findProcedure } from "./execute";
import { report, requireSameCount, run } from "./interpreter";
import { sqlError } from "./messages";
import { setText, type Argument } from "./modules";
import { parseName } from "./parse-name";
import { TableValue, type RpcParameter, type Sink, type TransactionRequest } from "./port";
import type { Execution, Output, SessionOptions, Work } from "./runtime";
import type { EngineSession } from "./session";
import { effectOf } from "./error-effects";
import { SqlError } from "./sql-error";
import { inStatement } from "./statement";

function outputTo(sink: Sink): Output {
  return {
    columns: (columns) => sink.columns(columns),
    row: (values) => sink.row(values),
    message: (error) => sink.message(error),
    done: (statement) => sink.done(statement),
  };
}

export function* runBatch(sql: string, session: EngineSession, sink: Sink): Work<void> {
  const frame = (session.frame = session.batchFrame());
  const execution = session.execution(frame, outputTo(sink));
  let line = 1;
  try {
    const { statements } = parseBatch(sql, { quotedIdentifier: session.options.quotedIdentifier });
    line = statements[0]?.line ?? 1;
    setText(frame, sql, statements);
    yield* run(statements, execution);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    frame.lastError = error.number;
    report(error, error.line ?? line, execution);
  }
}

export function* runProcedureCall(
  name: string,
  parameters: readonly RpcParameter[],
  session: EngineSession,
  sink: Sink,
): Work<void> {
  const frame = (session.frame = session.batchFrame());
  const execution = session.execution(frame, outputTo(sink));
  const before = session.transactionCount;
  const returned: { name: string; ordinal: number; type: RpcParameter["type"]; value: SqlValue }[] = [];
  try {
    const found = findProcedure({ parts: parseName(name), line: 1 }, execution);
    const args = parameters.map((parameter, ordinal): Argument => {
      const named = parameter.name ? { name: parameter.name } : {};
      if (parameter.default) return { ...named, value: undefined };
      if (parameter.value instanceof TableValue)
        return {
          ...named,
          value: inStatement(execution, () => tableParameter(parameter.value as TableValue, execution)),
        };
      const value = inStatement(execution, () => readParameter(parameter));
      const slot = { name: parameter.name, ordinal, type: parameter.type, value };
      if (parameter.output) returned.push(slot);
      return {
        ...named,
        value,
        type: parameter.type,
        ...(parameter.output ? { output: (value: SqlValue) => void (slot.value = value) } : {}),
      };
    });
    const status = yield* callFound(found, args, execution);
    sink.returnStatus(status);
    for (const value of returned) sink.returnValue(value);
    requireSameCount(before, execution);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    frame.lastError = error.number;
    report(error, 1, execution);
    const effect = effectOf(error);
    if (effect === "transaction" || (session.options.xactAbort && effect !== "raiserror" && effect !== "syntax"))
      session.rollbackAll();
  }
}

/** What a client calls xml is text until the server has read it. */
function readParameter({ type, value }: RpcParameter): SqlValue {
  if (value instanceof TableValue) throw new Error("rows are no value");
  return type.name === "xml" ? convert(value, { name: "nvarchar", length: -1 }, type) : value;
}

/** Rows that a client sent for a parameter of a table type. Throws 2715 when there is no such type. */
function tableParameter(value: TableValue, execution: Execution): Table {
  const { database, transaction } = execution.session;
  const schemaKey = database.key(value.typeSchema || "dbo");
  const type = [...database.types.values()].find(
    (one) =>
      one.tableObjectId !== undefined &&
      database.key(one.name) === database.key(value.typeName) &&
      database.key(database.schemas.get(one.schemaId)?.name ?? "") === schemaKey,
  );
  const object = type?.tableObjectId === undefined ? undefined : database.objects.get(type.tableObjectId);
  if (object?.type !== "TT")
    throw sqlError(2715, [1, `${value.typeSchema ? `${value.typeSchema}.` : ""}${value.typeName}`], 3);
  const table = tableOfType(object, value.typeName, database, execution);
  for (const row of value.rows) {
    const given = table.columns.map((column, i) =>
      convertForStorage(row[i] ?? null, value.columns[i]?.type ?? column.type, column.type, {
        table: value.typeName,
        column: column.name,
      }),
    );
    insertRow(transaction, table, given, execution);
  }
  return table;
}

/** Isolation levels of transaction manager requests; 0 keeps the session's. */
const LEVELS: Record<number, SessionOptions["isolation"] | undefined> = {
  1: "READ UNCOMMITTED",
  2: "READ COMMITTED",
  3: "REPEATABLE READ",
  4: "SERIALIZABLE",
  5: "SNAPSHOT",
};

// eslint-disable-next-line require-yield -- driven like every other request
export function* runTransactionRequest(request: TransactionRequest, session: EngineSession): Work<void> {
  const begin = (isolation: number, name?: string): void => {
    const level = LEVELS[isolation];
    if (level) session.options.isolation = level;
    session.transactions.begin(name || undefined);
  };
  if (request.kind === "begin") begin(request.isolation, request.name);
  else if (request.kind === "save") session.transactions.save(request.name);
  else {
    if (request.kind === "commit") session.transactions.commit();
    else session.rollback(request.name || undefined);
    if (request.beginNext) begin(request.isolation);
  }
}
