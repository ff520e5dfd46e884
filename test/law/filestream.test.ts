import { makeFilegroup, type Case } from "./cases";
import { proveLaw } from "./law";

const given = makeFilegroup("Streams", "streams", "CONTAINS FILESTREAM");
const key = { name: "Id", type: "uniqueidentifier", rowGuid: true, default: "NEWID()" };
const payload = (more: readonly object[] = []): Case["before"] => ({
  name: "Payload",
  columns: [key, { name: "Title", type: "nvarchar(40)", nullable: true }, ...more],
  primaryKey: { columns: ["Id"] },
});
const body = { name: "Body", type: "varbinary(max)", filestream: true, nullable: true };
const rows = "INSERT INTO dbo.Payload (Title) VALUES (N'a'), (N'b');";
const kept = "SELECT Title FROM dbo.Payload ORDER BY Title";

const cases: readonly Case[] = [
  {
    kind: "Table",
    title: "a table with a FILESTREAM column that gets another one and an index",
    given,
    before: { ...payload([body]), filestreamFilegroup: "Streams" },
    after: {
      ...payload([body, { ...body, name: "It's [a] 🚀" }]),
      filestreamFilegroup: "Streams",
      indexes: [{ columns: ["Title"] }],
    },
    rows,
    kept,
  },
  {
    kind: "Table",
    title: "a plain table that gets a FILESTREAM column",
    given,
    before: payload(),
    after: { ...payload([body]), filestreamFilegroup: "Streams" },
    rows,
    kept,
  },
];

proveLaw("FILESTREAM columns", cases, { platform: "windows", configuration: { "filestream access level": 2 } });
