import assert from "node:assert/strict";
import { InvalidInputsError } from "../../../provider/src/errors";
import { tableSetKind, type ColumnInputs, type TableBody } from "../../../provider/src/kinds/table";
import { parseDataType, typeText } from "../../../provider/src/kinds/table/data-type";
import { generatedName, parseTableName } from "../../../provider/src/kinds/table/table-name";
import { assertGrammar } from "../../golden";
import { batches, inputsOf, planOf, type Case } from "./table-rows";

const table = (...columns: ColumnInputs[]): TableBody => ({ columns });
const id: ColumnInputs = { name: "Id", type: "int" };
const sparse: ColumnInputs = { name: "s", type: "int", nullable: true, sparse: true };

function issues(tables: Record<string, TableBody>): string[] {
  try {
    tableSetKind.desired(inputsOf(tables));
  } catch (error) {
    if (error instanceof InvalidInputsError) return error.issues.map((issue) => `${issue.property}: ${issue.reason}`);
    throw error;
  }
  return [];
}

describe("tables: inputs that are refused", () => {
  const bad: [what: string, body: TableBody, ...issues: RegExp[]][] = [
    ["an unknown type", table({ name: "a", type: "strnig" }), /^tables\["T"\]\.columns\[0\]\.type: "strnig" is not a data type: there is no such type/],
    ["a precision out of range", table({ name: "a", type: "decimal(39, 2)" }), /precision is 39; give 1 to 38/],
    ["a scale above the precision", table({ name: "a", type: "decimal(5, 6)" }), /scale is 6; give 0 to 5/],
    ["a text that is too long", table({ name: "a", type: "nvarchar(4001)" }), /length is 4001; give 1 to 4000/],
    ["more than a type in type", table({ name: "a", type: "int NOT NULL" }), /no such type/],
    ["a type that is never closed", table({ name: "a", type: "varchar(10" }), /bracket is never closed/],
    ["a vector without dimensions", table({ name: "a", type: "vector" }), /number of dimensions/],
    ["a vector that is too long", table({ name: "a", type: "vector(1999)" }), /dimensions is 1999; give 1 to 1998/],
    ["xml with a collection", table({ name: "a", type: "xml(c)" }), /xml with a schema collection/],
    ["neither type nor expression", table({ name: "a" }, id), /columns\[0\]\.type: give the type, or the expression/],
    ["two columns of one name", table(id, id), /columns\[1\]\.name: the table has two columns Id/],
    ["a type on a computed column", table(id, { name: "c", type: "int", computed: "Id" }), /columns\[1\]\.type: a computed column/],
    ["a default on a computed column", table(id, { name: "c", computed: "Id", default: "1" }), /columns\[1\]\.default: a computed column takes no default/],
    ["NOT NULL on a column that is not persisted", table(id, { name: "c", computed: { expression: "Id", notNull: true } }), /only a persisted column/],
    ["nothing but computed columns", table({ name: "c", computed: "1" }), /at least one column that is not computed/],
    ["a row that fits no page", table({ name: "a", type: "char(8000)" }, { name: "b", type: "char(61)" }), /take 8061 bytes and a row has at most 8,060/],
    ["an identity of a wrong type", table({ name: "a", type: "decimal(9,2)", identity: true }), /decimal\(9, 2\) cannot be an identity/],
    ["a nullable identity", table({ name: "a", type: "int", identity: true, nullable: true }), /cannot be nullable/],
    ["an identity with a default", table({ name: "a", type: "int", identity: true, default: "1" }), /identity column takes no default/],
    ["an identity that stands still", table({ name: "a", type: "int", identity: { increment: 0 } }), /the increment is 0/],
    ["two identities", table({ name: "a", type: "int", identity: true }, { name: "b", type: "int", identity: true }), /one identity column; a is it already/],
    ["two rowversions", table({ name: "a", type: "rowversion" }, { name: "b", type: "timestamp" }), /one rowversion column/],
    ["a default on rowversion", table({ name: "a", type: "rowversion", default: "1" }), /rowversion column takes no default/],
    ["a collation on a number", table({ name: "a", type: "int", collation: "Latin1_General_BIN2" }), /int has no collation/],
    ["ROWGUIDCOL on a number", table({ name: "a", type: "int", rowGuid: true }), /only a uniqueidentifier/],
    ["a sparse column that is NOT NULL", table({ name: "a", type: "int", sparse: true }), /must be nullable/],
    ["a compressed table with a sparse column", { ...table(id, sparse), compression: "row" }, /^tables\["T"\]\.compression: .*sparse column \(s\) cannot be compressed/],
    ["a compressed index beside a sparse column", { ...table(id, sparse), indexes: [{ columns: ["Id"], compression: "page" }] }, /indexes\[0\]\.compression: .*sparse column \(s\)/],
    ["compressed history of a sparse column", { ...table(id, sparse), primaryKey: { columns: ["Id"] }, systemVersioning: { historyCompression: "page" } }, /historyCompression: .*sparse column \(s\)/],
    ["columns that swap names", table({ name: "a", type: "int", renamedFrom: "b" }, { name: "b", type: "int", renamedFrom: "a" }), /cannot swap names/],
    ["an expression that closes its bracket", table({ name: "a", type: "int", default: "0) DROP TABLE x --" }), /brackets|comment/],
    ["an expression with a semicolon", table({ name: "a", type: "int", default: "0; DROP TABLE x" }), /semicolon/],
    ["a comment in an expression", table({ name: "a", type: "int", default: "0 /* why */" }), /comment/],
    ["a text that never ends", table({ name: "a", type: "int", default: "'x" }), /never closed/],
    ["a nullable key", { ...table({ ...id, nullable: true }), primaryKey: { columns: ["Id"] } }, /primaryKey\.columns\[0\]: column Id is nullable/],
    ["a key over max", { ...table({ name: "a", type: "nvarchar(max)" }), indexes: [{ columns: ["a"] }] }, /nvarchar\(max\) cannot be a key/],
    ["a key over json", { ...table({ name: "a", type: "json" }), uniques: [{ columns: ["a"] }] }, /json cannot be a key/],
    ["a clustered key beyond 900 bytes", { ...table({ name: "a", type: "nvarchar(451)" }), primaryKey: { columns: ["a"] } }, /up to 902 bytes.*limit is 900/],
    ["a key beyond 1,700 bytes", { ...table({ name: "a", type: "varchar(1701)" }), indexes: [{ columns: ["a"] }] }, /up to 1701 bytes.*limit is 1700/],
    ["two clustered indexes", { ...table(id), primaryKey: { columns: ["Id"], clustered: true }, indexes: [{ columns: ["Id"], clustered: true }] }, /one clustered index; PK_T is it already/],
    ["an unknown column in an index", { ...table(id), indexes: [{ columns: ["Nope"] }] }, /indexes\[0\]\.columns\[0\]: dbo\.T has no column Nope/],
    ["a column twice in an index", { ...table(id), indexes: [{ columns: ["Id"], include: ["id"] }] }, /include\[0\]: column id stands twice/],
    ["two indexes of one name", { ...table(id), indexes: [{ columns: ["Id"] }, { columns: [{ name: "Id", descending: true }] }] }, /two indexes IX_T_Id/],
    ["one name for two constraints", { ...table(id), primaryKey: { name: "X", columns: ["Id"] }, checks: { X: "Id > 0" } }, /the name dbo\.X .* is taken/],
    ["INCLUDE in a clustered index", { ...table(id, { name: "b", type: "int" }), indexes: [{ columns: ["Id"], include: ["b"], clustered: true }] }, /clustered index holds every column/],
    ["a filter on a clustered index", { ...table(id), indexes: [{ columns: ["Id"], clustered: true, where: "Id > 0" }] }, /only a nonclustered index/],
    ["IGNORE_DUP_KEY without unique", { ...table(id), indexes: [{ columns: ["Id"], ignoreDuplicateKey: true }] }, /only a unique index/],
    ["two filegroups of the same rows", { ...table(id), primaryKey: { columns: ["Id"], filegroup: "A" }, filegroup: "B" }, /give one of the two/],
    ["a filegroup for large values that cannot be", { ...table(id), textFilegroup: "A" }, /no column for large values/],
    ["a foreign key from an unknown column", { ...table(id), foreignKeys: [{ columns: ["x"], references: { table: "Elsewhere", columns: ["Id"] } }] }, /foreignKeys\[0\]\.columns\[0\]: dbo\.T has no column x/],
    ["a foreign key without columns to a table outside", { ...table(id), foreignKeys: [{ columns: ["Id"], references: { table: "Elsewhere" } }] }, /name its columns/],
    ["a foreign key to an unknown column of the set", { ...table(id), foreignKeys: [{ columns: ["Id"], references: { table: "T", columns: ["x"] } }] }, /dbo\.T has no column x/],
    ["a foreign key to columns that are not unique", { ...table(id), foreignKeys: [{ columns: ["Id"], references: { table: "T", columns: ["Id"] } }] }, /no primary key, unique constraint or unique index on exactly these columns/],
    ["set null on NOT NULL", { ...table(id), primaryKey: { columns: ["Id"] }, foreignKeys: [{ columns: ["Id"], references: { table: "T" }, onDelete: "set null" }] }, /set null needs nullable/],
  ]; // prettier-ignore
  for (const [what, body, ...expected] of bad)
    it(what, () => {
      const found = issues({ T: body });
      for (const pattern of expected)
        assert.ok(
          found.some((issue) => pattern.test(issue)),
          `${String(pattern)} is not in\n${found.join("\n")}`,
        );
    });

  it("types that differ on both sides of a foreign key", () => {
    const found = issues({
      A: { ...table({ name: "Id", type: "bigint" }), primaryKey: { columns: ["Id"] } },
      B: { ...table(id), foreignKeys: [{ columns: ["Id"], references: { table: "A" } }] },
    });
    assert.deepEqual(found, [
      'tables["B"].foreignKeys[0].columns[0]: Id is int and dbo.A.Id is bigint; they must be the same',
    ]);
  });

  it("a delete that reaches a table by two ways, or comes back to where it began", () => {
    const to = (...targets: string[]): TableBody => ({
      columns: [{ name: "Id", type: "int" }],
      primaryKey: { columns: ["Id"] },
      foreignKeys: targets.map((target, at) => ({
        name: `FK_${targets.join("")}_${at}`,
        columns: ["Id"],
        references: { table: target, columns: ["Id"] },
        onDelete: "cascade" as const,
      })),
    });
    assert.match(
      issues({ A: to("A") }).join(),
      /foreignKeys\[0\]\.onDelete: deleting a row of dbo\.A would reach dbo\.A/,
    );
    assert.match(
      issues({ A: to(), B: to("A"), C: to("A"), D: to("B", "C") }).join(),
      /deleting a row of dbo\.A would reach dbo\.D/,
    );
    assert.deepEqual(issues({ A: to(), B: to("A"), C: to("B"), D: to("C") }), []);
  });

  it("all at once, each with its path", () => {
    const found = issues({
      "a.b.c": table(id),
      "sys.T": table(id),
      T: { ...table({ name: "x", type: "nope" }), indexes: [{ columns: ["y"] }] },
    });
    assert.deepEqual(found.map((issue) => issue.slice(0, issue.indexOf(": "))), ['tables["a.b.c"]', 'tables["sys.T"]', 'tables["T"].columns[0].type', 'tables["T"].indexes[0].columns[0]']); // prettier-ignore
  });

  it("1,025 columns, by the inputs themselves", () => {
    const columns = Array.from({ length: 1025 }, (_, at) => ({ name: `c${at}`, type: "int" }));
    assert.equal(tableSetKind.inputs.safeParse(inputsOf({ T: { columns } })).success, false);
    assert.equal(tableSetKind.inputs.safeParse(inputsOf({ T: { columns: columns.slice(1) } })).success, true);
  });

  it("inputs that no kind knows, and collations that are more than a name", () => {
    const parse = (body: object): boolean => tableSetKind.inputs.safeParse(inputsOf({ T: body as TableBody })).success;
    assert.equal(parse({ columns: [id], colour: "red" }), false);
    assert.equal(parse({ columns: [{ ...id, collation: "x; DROP TABLE y" }] }), false);
  });
});

describe("tables: changes that are refused", () => {
  const one = (body: TableBody): ReturnType<typeof inputsOf> => inputsOf({ T: body });
  const view = (rows: Parameters<NonNullable<Case["change"]>>[0], columnId = 1): void =>
    void rows.boundReferences.push({ referencingId: 9, referencingSchema: "dbo", referencingName: "V", referencingType: "V ", referencingMinorId: 0, referencedClass: 1, referencedId: 1000, referencedSchema: "dbo", referencedName: "T", referencedMinorId: columnId }); // prettier-ignore
  const special = (type: number): Case["change"] => (rows) =>
    void rows.indexes.push({ ...rows.indexes[0]!, indexId: 9000, name: "X", type, isPrimaryKey: false, columnId: 1, columnName: rows.columns[0]!.name, keyOrdinal: 0, isIncluded: false, indexColumnId: 1, isDescending: false, partitionOrdinal: 0 }); // prettier-ignore
  const flag =
    (change: object): Case["change"] =>
    (rows) =>
      void Object.assign(rows.tables[0]!, change);

  const cases: [what: string, from: TableBody, to: TableBody, given: Case, ...expected: RegExp[]][] = [
    ["NOT NULL without a default on a table with rows", table(id), table(id, { name: "n", type: "int" }), { rows: 3, answers: { "rows:1000:": { rows: 3 } } }, /columns\[1\]: dbo\.T\.n is NOT NULL without a default, and the table has 3 rows; give a default, give backfill, or make it nullable first/],
    ["NOT NULL over NULL", table({ ...id, nullable: true }), table(id), { rows: 3, answers: { "nulls:1000:Id": { rows: "2" } } }, /columns\[0\]\.nullable: dbo\.T\.Id: 2 rows hold NULL; give backfill/],
    ["values that do not convert", table({ name: "a", type: "varchar(10)" }), table({ name: "a", type: "int" }), { rows: 3, answers: { "fit:1000:a": { failing: 1 } } }, /1 row holds a value that does not convert from varchar\(10\) to int/],
    ["a date that becomes a time", table({ name: "a", type: "date" }), table({ name: "a", type: "time" }), {}, /cannot become time\(7\).*add a new column, fill it from the old one/],
    ["an integer that becomes a date", table({ name: "a", type: "int" }), table({ name: "a", type: "date" }), {}, /does not convert int to date/],
    ["another number of dimensions", table({ name: "a", type: "vector(3)" }), table({ name: "a", type: "vector(4)" }), { majorVersion: 17 }, /cannot change a vector column/],
    ["a column that becomes a rowversion", table({ name: "a", type: "binary(8)" }), table({ name: "a", type: "rowversion" }), {}, /rowversion column cannot/],
    ["identity switched on", table(id), table({ ...id, identity: true }), {}, /columns\[0\]\.identity: dbo\.T\.Id: a column that exists cannot become an identity/],
    ["identity switched off", table({ ...id, identity: true }), table(id), {}, /cannot stop being an identity/],
    ["another seed", table({ ...id, identity: true }), table({ ...id, identity: { seed: 1000 } }), {}, /counts from 1 by 1 .* DBCC CHECKIDENT with RESEED by hand/],
    ["json on an old server", table(id), table(id, { name: "j", type: "json", nullable: true }), {}, /needs SQL Server 2025/],
    ["the filegroup of a heap", table(id), { ...table(id), filegroup: "FG2" }, {}, /filegroup: dbo\.T is a heap in filegroup PRIMARY/],
    ["the filegroup of large values", table({ name: "a", type: "varchar(max)" }), { ...table({ name: "a", type: "varchar(max)" }), textFilegroup: "FG2" }, {}, /textFilegroup: large values of dbo\.T are in filegroup PRIMARY/],
    ["a column that a schema-bound view reads", table({ name: "a", type: "varchar(5)" }), table({ name: "a", type: "varchar(9)" }), { change: (rows) => view(rows) }, /columns\[0\]: column dbo\.T\.a cannot change while schema-bound modules read it: dbo\.V/],
    ["a column below an XML index", table({ name: "a", type: "varchar(5)" }), table({ name: "a", type: "varchar(9)" }), { change: special(3) }, /cannot change under an XML, spatial, columnstore or other special index: X/],
    ["the key below an XML index", { ...table(id), primaryKey: { columns: ["Id"] } }, { ...table(id), primaryKey: { columns: ["Id"], clustered: false } }, { change: special(3) }, /primary key PK_T carries X/],
    ["a type on a partitioned table", { ...table(id), primaryKey: { columns: ["Id"] } }, { ...table({ ...id, type: "bigint" }), primaryKey: { columns: ["Id"] } }, { change: (rows) => rows.indexes.forEach((row) => Object.assign(row, { dataSpaceType: "PS" })) }, /partitioned table cannot change its type/],
    ["a temporal table", table(id), table(id), { change: flag({ temporalType: 2 }) }, /^tables\["T"\]: dbo\.T is a system-versioned table/],
    ["a memory-optimized table", table(id), table(id), { change: flag({ isMemoryOptimized: true }) }, /memory-optimized/],
    ["a graph table", table(id), table(id), { change: flag({ isNode: true }) }, /graph table/],
  ]; // prettier-ignore
  for (const [what, from, to, given, ...expected] of cases)
    it(what, () => {
      const plan = planOf(one(from), one(to), given);
      const found = plan.refusals.map((refusal) => `${refusal.property}: ${refusal.reason}`);
      for (const pattern of expected)
        assert.ok(
          found.some((text) => pattern.test(text.replace('tables["T"].', ""))),
          `${String(pattern)} is not in\n${found.join("\n")}`,
        );
      assert.equal(found.length, expected.length);
    });

  it("a rename and a drop of a table that a schema-bound view reads", () => {
    const change: Case["change"] = (rows) => view(rows, 0);
    const renamed = planOf(one(table(id)), inputsOf({ New: { ...table(id), renamedFrom: "T" } }), { change });
    assert.match(renamed.refusals[0]!.reason, /cannot be renamed or moved while schema-bound modules read it: dbo\.V/);
    const dropped = planOf(one(table(id)), inputsOf({ Other: table(id) }), { change });
    assert.match(dropped.refusals[0]!.reason, /dbo\.T cannot be dropped while schema-bound modules read it: dbo\.V/);
  });

  it("a table under the name of a view", () => {
    const change: Case["change"] = (rows) =>
      void rows.objects.push({ schemaName: "dbo", name: "T", type: "V " } as never);
    assert.match(
      planOf(undefined, one(table(id)), { change }).refusals[0]!.reason,
      /dbo\.T is there already, as an object of type V/,
    );
  });

  it("a foreign key that keeps a leaving table, or that names an unknown column outside", () => {
    const key: TableBody = {
      ...table(id),
      foreignKeys: [{ columns: ["Id"], references: { table: "Gone", columns: ["Id"] } }],
    };
    const gone: TableBody = { ...table(id), primaryKey: { columns: ["Id"] } };
    assert.match(
      planOf(inputsOf({ T: key, Gone: gone }), inputsOf({ T: key })).refusals[0]!.reason,
      /FK_T_Id refers to dbo\.Gone, which leaves the set/,
    );
    const wrong: TableBody = {
      ...table(id),
      foreignKeys: [{ columns: ["Id"], references: { table: "Gone", columns: ["Nr"] } }],
    };
    assert.match(
      planOf(inputsOf({ Gone: gone }), inputsOf({ T: wrong }), { owned: [] }).refusals[0]!.reason,
      /dbo\.Gone has no column Nr/,
    );
    const wide: TableBody = {
      ...table({ ...id, type: "bigint" }),
      foreignKeys: [{ columns: ["Id"], references: { table: "Gone", columns: ["Id"] } }],
    };
    assert.match(
      planOf(inputsOf({ Gone: gone }), inputsOf({ T: wide }), { owned: [] }).refusals[0]!.reason,
      /Id is bigint and dbo\.Gone\.Id is int/,
    );
  });

  it("nothing else: what is refused makes no statement of its own", () => {
    assert.deepEqual(batches(planOf(one(table(id)), one(table({ ...id, identity: true })))), []);
  });

  it("emits only T-SQL that Microsoft's grammar accepts", function () {
    assertGrammar(this);
  });
});

describe("names and types as people write them", () => {
  it("reads names of tables with and without brackets", () => {
    assert.deepEqual(parseTableName("Orders"), { schema: "dbo", name: "Orders" });
    assert.deepEqual(parseTableName("sales.Orders"), { schema: "sales", name: "Orders" });
    assert.deepEqual(parseTableName("[a.b].[c]]d]"), { schema: "a.b", name: "c]d" });
    for (const wrong of ["", ".", "a.", "a.b.c", "[a", "[a].[b].[c]", "[a] [b]"])
      assert.equal(parseTableName(wrong), undefined, wrong);
  });
  it("keeps generated names below 129 characters and apart", () => {
    const [one, two] = ["a", "b"].map((end) => generatedName("IX", "T".repeat(128), [`${"c".repeat(20)}${end}`]));
    assert.equal(one!.length, 128);
    assert.notEqual(one, two);
    assert.equal(generatedName("PK", "Orders"), "PK_Orders");
  });
  it("prints types in one form whatever the spelling", () => {
    const printed = { "DEC ( 9 , 2 )": "decimal(9, 2)", INTEGER: "int", "double precision": "float", "float(20)": "real", timestamp: "rowversion", "datetime2": "datetime2(7)", "[dbo].[My]]Type]": "[dbo].[My]]Type]", "Char Varying(3)": "varchar(3)", "varbinary( MAX )": "varbinary(max)", "vector(3, float16)": "vector(3, float16)", decimal: "decimal(18, 0)" }; // prettier-ignore
    for (const [written, text] of Object.entries(printed)) assert.equal(typeText(parseDataType(written)), text);
  });
});
