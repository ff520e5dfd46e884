/** Large content as files of the server, for hosts with FILESTREAM. */
import type { TableDefinition } from "pulumi-sqlserver";

export const payload = {
  "dbo.AtomPayload": {
    columns: [
      { name: "PayloadId", type: "uniqueidentifier", rowGuid: true, default: "NEWSEQUENTIALID()" },
      { name: "AtomId", type: "bigint" },
      { name: "MediaType", type: "varchar(100)" },
      { name: "Content", type: "varbinary(max)", filestream: true, nullable: true },
      { name: "StoredAt", type: "datetime2(3)", default: "SYSUTCDATETIME()" },
    ],
    primaryKey: { columns: ["PayloadId"] },
    uniques: [{ columns: ["AtomId"] }],
    foreignKeys: [{ columns: ["AtomId"], references: { table: "dbo.Atom" }, onDelete: "cascade" }],
    filestreamFilegroup: "Payloads",
  },
} satisfies Record<string, TableDefinition>;
