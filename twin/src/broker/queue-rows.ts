/** A queue as a table that can be read: its columns and rows. https://learn.microsoft.com/sql/t-sql/statements/receive-transact-sql, queue columns */
import { newTable } from "../ddl/table/create-table";
import type { CatalogView, Execution, Row } from "../session/runtime";
import type { Database, Queue, Table } from "../storage/model";
import type { QueuedMessage } from "../storage/model-broker";
import { newColumn } from "../storage/new-column";
import type { SqlType } from "../types/sql-type";

/** Names of services, contracts and message types compare byte by byte. */
const NAMES = "Latin1_General_BIN";

const columns: readonly [name: string, type: SqlType, nullable: boolean][] = [
  ["status", { name: "tinyint" }, false],
  ["priority", { name: "tinyint" }, false],
  ["queuing_order", { name: "bigint" }, false],
  ["conversation_group_id", { name: "uniqueidentifier" }, false],
  ["conversation_handle", { name: "uniqueidentifier" }, false],
  ["message_sequence_number", { name: "bigint" }, false],
  ["service_name", { name: "nvarchar", length: 512, collation: NAMES }, false],
  ["service_id", { name: "int" }, false],
  ["service_contract_name", { name: "nvarchar", length: 256, collation: NAMES }, false],
  ["service_contract_id", { name: "int" }, false],
  ["message_type_name", { name: "nvarchar", length: 256, collation: NAMES }, false],
  ["message_type_id", { name: "int" }, false],
  ["validation", { name: "nchar", length: 2, collation: NAMES }, false],
  ["message_body", { name: "varbinary", length: -1 }, true],
  ["message_id", { name: "uniqueidentifier" }, true],
];

function rowOf(message: QueuedMessage, status: number): Row {
  return [
    status,
    message.priority,
    BigInt(message.order),
    message.groupId,
    message.handle,
    BigInt(message.sequence),
    message.serviceName,
    message.serviceId,
    message.contractName,
    message.contractId,
    message.typeName,
    message.typeId,
    message.validation.padEnd(2),
    message.body,
    message.messageId,
  ];
}

/** What a RECEIVE took: the status of received messages is 0. */
export function messageTable(messages: readonly QueuedMessage[], execution: Execution): Table {
  const table = newTable(execution.frame.database, "received", 1, execution);
  table.columns = columns.map(([name, type, nullable], index) =>
    newColumn({
      id: index + 1,
      name,
      type,
      nullable,
      collation: type.collation ?? null,
      ansiPadded: true,
    }),
  );
  for (const message of messages) table.rows.set(table.nextRowId++, rowOf(message, 0));
  return table;
}

/** SELECT takes nothing and waits for nobody: it shows what no open transaction has taken. */
export function queueView(queue: Queue, database: Database): CatalogView {
  return {
    name: queue.name,
    columns: columns.map(([name, type, nullable]) => ({ name, type, nullable })),
    *rows(session) {
      const frame = session.currentExecution?.().frame;
      const { id, schemaId, name } = queue;
      if (!frame?.module) session.demand("SELECT", { kind: "object", objectId: id, schemaId, name, database });
      for (const message of database.queuedMessages.values())
        if (message.queueId === queue.id) yield rowOf(message, message.status);
    },
  };
}
