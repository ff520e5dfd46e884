/** Tables of schema broker: what became of messages that could not be processed. */
import type { TableDefinition } from "pulumi-sqlserver";

export const broker = {
  "broker.RejectedMessage": {
    columns: [
      { name: "RejectedMessageId", type: "bigint", identity: true },
      { name: "RejectedAt", type: "datetime2(3)", default: "SYSUTCDATETIME()" },
      { name: "ConversationHandle", type: "uniqueidentifier" },
      { name: "MessageType", type: "nvarchar(256)" },
      { name: "Body", type: "nvarchar(max)", nullable: true },
      { name: "ErrorNumber", type: "int" },
      { name: "Reason", type: "nvarchar(3000)" },
    ],
    primaryKey: { columns: ["RejectedMessageId"] },
    indexes: [{ name: "IX_RejectedMessage_RejectedAt", columns: ["RejectedAt"] }],
  },
} as const satisfies Record<string, TableDefinition>;
