/** What the inputs alone show to be impossible: system versioning, columnstore, FILESTREAM, partitions. */
import assert from "node:assert/strict";
import { InvalidInputsError } from "../../../provider/src/errors";
import { tableSetKind, type TableBody } from "../../../provider/src/kinds/table";
import { orders, withColumns } from "./table-cases";
import { inputsOf } from "./table-rows";

const refused = (tables: Record<string, TableBody>): string => {
  try {
    tableSetKind.desired(inputsOf(tables));
  } catch (error) {
    if (error instanceof InvalidInputsError) return error.message;
    throw error;
  }
  return "";
};
const versioned = (systemVersioning: TableBody["systemVersioning"], body: TableBody = orders): TableBody => ({
  ...body,
  systemVersioning,
});
const indexed = (...indexes: NonNullable<TableBody["indexes"]>): TableBody => ({ ...orders, indexes });
const ninety = { value: 90, unit: "days" } as const;
const guid = { name: "G", type: "uniqueidentifier", rowGuid: true };
const stream = { name: "Body", type: "varbinary(max)", filestream: true, nullable: true };
const onScheme = { name: "ps", column: "Id" };

describe("tables: inputs of storage and history that cannot be", () => {
  const cases: [what: string, tables: Record<string, TableBody>, expected: RegExp][] = [
    ["versioning without a primary key", { T: { columns: [{ name: "a", type: "int" }], systemVersioning: {} } }, /systemVersioning: a system-versioned table needs a primary key/],
    ["more than 1,000 years", { T: versioned({ historyRetention: { value: 1001, unit: "years" } }) }, /historyRetention\.value: history is kept at most 1,000 years/],
    ["a period column that is a column too", { T: versioned({ periodColumns: { start: "Note" } }) }, /two columns Note/],
    ["a history table that is another table", { T: versioned({ historyTable: "Other" }), Other: { columns: [{ name: "a", type: "int" }] } }, /historyTable: the name dbo\.Other of the history table of "dbo\.T" is taken by table "dbo\.Other"/],
    ["a history table that is the table itself", { T: versioned({ historyTable: "dbo.T" }) }, /the name dbo\.T of the history table/],
    ["one history table for two", { A: versioned({ historyTable: "H" }, { ...orders, checks: {} }), B: versioned({ historyTable: "H" }, { ...withColumns({ Total: undefined }), checks: {} }) }, /taken by the history table of "dbo\.A"/],
    ["a history table of three names", { T: versioned({ historyTable: "a.b.c" }) }, /"a\.b\.c" is not the name of a table/],
    ["history that cannot be aged out", { T: versioned({ historyRetention: ninety, historyIndex: { columns: ["ValidFrom"] } }) }, /needs an index that begins with ValidTo, or a columnstore index/],
    ["large values in columnstore history that is aged out", { T: versioned({ historyRetention: ninety, historyIndex: "columnstore" }, withColumns({ Note: { type: "nvarchar(max)" } })) }, /large values cannot be aged out/],
    ["an unknown column in the index of history", { T: versioned({ historyIndex: { columns: ["Nope"] } }) }, /historyIndex\.columns\[0\]: dbo\.T has no column Nope/],
    ["columnstore compression of rows", { T: versioned({ historyCompression: "columnstore" }) }, /columnstore needs historyIndex "columnstore"/],
    ["page compression of columnstore", { T: versioned({ historyCompression: "page", historyIndex: "columnstore" }) }, /not as page/],
    ["FILESTREAM in a system-versioned table", { T: versioned({}, { ...withColumns({}, guid, stream), uniques: [{ columns: ["G"] }] }) }, /cannot have a FILESTREAM column/],
    ["two columnstore indexes", { T: indexed({ columnstore: true, columns: ["Id"] }, { name: "b", columnstore: true, columns: ["Total"] }) }, /has another columnstore index; a table has one at most/],
    ["columns of a clustered columnstore index", { T: indexed({ columnstore: true, clustered: true, columns: ["Id"] }) }, /has all columns; name none/],
    ["a nonclustered columnstore index of nothing", { T: indexed({ columnstore: true }) }, /needs its columns/],
    ["an index of nothing", { T: indexed({ name: "i" }) }, /indexes\[0\]\.columns: an index needs at least one column/],
    ["a unique columnstore index", { T: indexed({ columnstore: true, columns: ["Id"], unique: true }) }, /never unique/],
    ["a direction in a columnstore index", { T: indexed({ columnstore: true, columns: [{ name: "Id", descending: true }] }) }, /has no direction/],
    ["an order of rows", { T: indexed({ columns: ["Id"], orderBy: ["Id"] }) }, /orderBy: only a columnstore index takes it/],
    ["an archive of rows", { T: indexed({ columns: ["Id"], archive: true }) }, /archive: only a columnstore index takes it/],
    ["a delay of rows", { T: indexed({ columns: ["Id"], compressionDelayMinutes: 1 }) }, /compressionDelayMinutes: only a columnstore index takes it/],
    ["columnstore history of what columnstore cannot hold", { T: versioned({ historyIndex: "columnstore" }, withColumns({ Note: { type: "xml" } })) }, /historyIndex: column Note: xml cannot be in a columnstore index; leave historyIndex out/],
    ["an order by an unknown column", { T: indexed({ columnstore: true, columns: ["Id"], orderBy: ["x"] }) }, /orderBy\[0\]: dbo\.T has no column x/],
    ["row compression of a columnstore index", { T: indexed({ columnstore: true, columns: ["Id"], compression: "page" }) }, /compressed in its own way/],
    ["max in a nonclustered columnstore index", { T: { ...withColumns({ Note: { type: "nvarchar(max)" } }), indexes: [{ columnstore: true, columns: ["Note"] }] } }, /nvarchar\(max\) cannot be in a nonclustered columnstore index/],
    ["xml in a clustered columnstore index", { T: { ...withColumns({ Note: { type: "xml" } }), indexes: [{ columnstore: true, clustered: true }] } }, /xml cannot be in a columnstore index/],
    ["FILESTREAM of another type", { T: { ...withColumns({ Note: { filestream: true } }, guid), uniques: [{ columns: ["G"] }] } }, /only a varbinary\(max\) column can be FILESTREAM/],
    ["FILESTREAM without a unique ROWGUIDCOL", { T: withColumns({}, guid, stream) }, /needs a uniqueidentifier column with rowGuid/],
    ["a FILESTREAM filegroup for nothing", { T: { ...orders, filestreamFilegroup: "F" } }, /has no filestream column/],
    ["a partition column that is not there", { T: { ...orders, partitionScheme: { name: "ps", column: "x" }, indexes: [] } }, /has no column x/],
    ["a key without the partition column", { T: { ...orders, partitionScheme: { name: "ps", column: "Total" }, indexes: [] } }, /a unique index in partitions must hold column Total/],
    ["a filegroup beside a partition scheme", { T: { ...orders, partitionScheme: onScheme, filegroup: "FG2" } }, /leave filegroup out/],
    ["a clustered index beside the partitions", { T: { ...orders, partitionScheme: onScheme, primaryKey: { columns: ["Id"], filegroup: "FG2" } } }, /holds the rows, which lie on the partition scheme/],
  ]; // prettier-ignore
  for (const [what, tables, expected] of cases) it(`refuses ${what}`, () => assert.match(refused(tables), expected));

  it("takes what is right", () => {
    assert.equal(refused({ T: versioned({ historyRetention: ninety, historyIndex: "columnstore" }) }), "");
    assert.equal(refused({ T: { ...withColumns({}, guid, stream), uniques: [{ columns: ["G"] }] } }), "");
    assert.equal(refused({ T: { ...orders, partitionScheme: onScheme, uniques: [{ columns: ["Code"], filegroup: "FG2" }] } }), ""); // prettier-ignore
  });
});
