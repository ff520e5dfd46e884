import assert from "node:assert/strict";
import { viewDefinitions, catalogOf } from "../../twin/src/catalog";
import { tableFunctions } from "../../twin/src/catalog/functions";
import type { SqlServerEngine } from "../../twin/src/session/engine";
import type { SessionPort } from "../../twin/src/session/port";
import { loginAs, must, newEngine, query } from "./collector";

const script = [
  "CREATE DATABASE d",
  "USE d",
  "CREATE SCHEMA s",
  "CREATE TYPE dbo.Code FROM nvarchar(10) NOT NULL",
  "CREATE TYPE dbo.Ids AS TABLE (id int NOT NULL PRIMARY KEY, CHECK (id > 0))",
  "CREATE SEQUENCE dbo.numbers AS int START WITH 5",
  `CREATE TABLE dbo.parent (id int IDENTITY(10, 5) NOT NULL CONSTRAINT PK_parent PRIMARY KEY, code dbo.Code, amount decimal(9, 2) NULL
     CONSTRAINT DF_amount DEFAULT (1.5), doubled AS (amount * 2) PERSISTED, CONSTRAINT CK_amount CHECK (amount > 0))`,
  "CREATE TABLE s.child (id int NOT NULL, parent int NOT NULL CONSTRAINT FK_child REFERENCES dbo.parent (id) ON DELETE CASCADE, note nvarchar(max) NULL)",
  "CREATE INDEX IX_child ON s.child (parent DESC) INCLUDE (id) WHERE (parent > 3)",
  "CREATE STATISTICS st ON s.child (id)",
  "CREATE VIEW dbo.v AS SELECT id, code FROM dbo.parent",
  "CREATE PROCEDURE dbo.p @a int, @b nvarchar(20) OUTPUT AS SELECT @a AS a, id FROM dbo.v",
  "CREATE FUNCTION dbo.f (@x decimal(5, 1)) RETURNS int AS BEGIN RETURN 1 END",
  "CREATE TRIGGER dbo.tr ON dbo.parent AFTER INSERT, UPDATE AS SET NOCOUNT ON",
  "CREATE SYNONYM dbo.syn FOR d.dbo.parent",
  "CREATE PARTITION FUNCTION pf (int) AS RANGE RIGHT FOR VALUES (10, 20)",
  "CREATE PARTITION SCHEME ps AS PARTITION pf ALL TO ([PRIMARY])",
  "CREATE TABLE dbo.parted (k int NOT NULL) ON ps (k)",
  "INSERT dbo.parent (code) VALUES (N'a'), (N'b')",
  "INSERT dbo.parted VALUES (1), (10), (11), (25)",
  "CREATE USER u WITHOUT LOGIN",
  "CREATE ROLE r",
  "ALTER ROLE r ADD MEMBER u",
  "GRANT SELECT ON dbo.parent TO r",
  "EXEC sys.sp_addextendedproperty N'note', N'text', N'SCHEMA', N'dbo', N'TABLE', N'parent', N'COLUMN', N'code'",
];

describe("catalog", () => {
  let engine: SqlServerEngine;
  let session: SessionPort;
  before(async () => {
    engine = newEngine();
    session = await loginAs(engine);
    for (const sql of script) await must(session, sql);
  });
  const rows = async (sql: string): Promise<unknown[][]> => (await must(session, sql)).rows;

  for (const { schema, name } of viewDefinitions)
    it(`${schema}.${name} gives as many values a row as it declares columns`, async () => {
      const result = await must(session, `SELECT * FROM ${schema}.${name}`);
      const set = result.sets[0]!;
      assert.equal(set.columns.length, catalogOf("2022").view(schema, name)!.columns.length);
      for (const row of set.rows) {
        assert.equal(row.length, set.columns.length);
        row.forEach((value, i) => {
          const column = set.columns[i]!;
          if (value === null) assert.ok(column.nullable, `${name}.${column.name} is NULL`);
          assert.notEqual(value, undefined, `${name}.${column.name} is undefined`);
          const expected = {
            bigint: "bigint",
            int: "number",
            smallint: "number",
            tinyint: "number",
            bit: "number",
            nvarchar: "string",
            char: "string",
          }[column.type.name as "int"];
          if (value !== null && expected) assert.equal(typeof value, expected, `${name}.${column.name}`);
        });
      }
    });

  it("declares every column once", () => {
    for (const { name, columns } of [...viewDefinitions, ...tableFunctions]) {
      const names = columns.map((column) => column.name.toLowerCase());
      assert.equal(new Set(names).size, names.length, name);
    }
  });

  it("leaves out columns of a later version", () => {
    const has = (version: "2019" | "2025"): boolean =>
      catalogOf(version)
        .view("sys", "columns")!
        .columns.some((column) => column.name === "vector_dimensions");
    assert.deepEqual([has("2019"), has("2025")], [false, true]);
  });

  it("cuts the rows of every version to its columns", () => {
    const [own] = engine.openSessions();
    for (const version of ["2019", "2025"] as const)
      for (const { schema, name } of viewDefinitions) {
        const view = catalogOf(version).view(schema, name)!;
        for (const row of view.rows(own!, own!.database))
          assert.equal(row.length, view.columns.length, `${name} ${version}`);
      }
  });

  it("answers 208 for an unknown view and 207 for an unknown column", async () => {
    assert.deepEqual((await query(session, "SELECT * FROM sys.no_such_view")).numbers, [208]);
    assert.deepEqual((await query(session, "SELECT no_such_column FROM sys.tables")).numbers, [207]);
  });

  it("refuses by name what the product has and the twin does not", async () => {
    const [error] = (await query(session, "SELECT * FROM sys.sysobjects")).errors;
    assert.equal(error?.number, 49999);
    assert.match(error.message, /sysobjects/);
  });

  it("shows a column as sys.columns and its type do", async () => {
    assert.deepEqual(
      await rows(`SELECT c.name, c.column_id, t.name, c.max_length, c.precision, c.scale, c.is_nullable, c.is_identity, c.is_computed
        FROM sys.columns c JOIN sys.types t ON t.user_type_id = c.user_type_id WHERE c.object_id = OBJECT_ID('dbo.parent') AND c.column_id < 4 ORDER BY c.column_id`),
      [
        ["id", 1, "int", 4, 10, 0, 0, 1, 0],
        ["code", 2, "Code", 20, 0, 0, 0, 0, 0],
        ["amount", 3, "decimal", 5, 9, 2, 1, 0, 0],
      ],
    );
    assert.deepEqual(await rows("SELECT name, definition, is_persisted, is_computed FROM sys.computed_columns"), [
      ["doubled", "([amount]*(2))", 1, 1],
    ]);
  });

  it("shows identity, default, check and foreign key", async () => {
    assert.deepEqual(
      await rows(
        "SELECT seed_value, increment_value, last_value FROM sys.identity_columns WHERE object_id = OBJECT_ID('dbo.parent')",
      ),
      [[10, 5, 15]],
    );
    assert.deepEqual(await rows("SELECT name, definition, type_desc FROM sys.default_constraints"), [
      ["DF_amount", "((1.5))", "DEFAULT_CONSTRAINT"],
    ]);
    assert.deepEqual(
      await rows(
        "SELECT definition, parent_column_id, is_not_trusted FROM sys.check_constraints WHERE name = 'CK_amount'",
      ),
      [["([amount]>(0))", 0, 0]],
    );
    assert.deepEqual(
      await rows(
        "SELECT k.name, delete_referential_action_desc, OBJECT_NAME(k.referenced_object_id), c.parent_column_id FROM sys.foreign_keys k JOIN sys.foreign_key_columns c ON c.constraint_object_id = k.object_id",
      ),
      [["FK_child", "CASCADE", "parent", 2]],
    );
  });

  it("shows indexes with keys, included columns and filter", async () => {
    assert.deepEqual(
      await rows(`SELECT i.type_desc, i.has_filter, i.filter_definition, c.column_id, c.key_ordinal, c.is_descending_key, c.is_included_column
        FROM sys.indexes i JOIN sys.index_columns c ON c.object_id = i.object_id AND c.index_id = i.index_id WHERE i.name = 'IX_child' ORDER BY c.index_column_id`),
      [
        ["NONCLUSTERED", 1, "([parent]>(3))", 2, 1, 1, 0],
        ["NONCLUSTERED", 1, "([parent]>(3))", 1, 0, 0, 1],
      ],
    );
  });

  it("counts the rows of each partition", async () => {
    assert.deepEqual(
      await rows(
        "SELECT partition_number, rows FROM sys.partitions WHERE object_id = OBJECT_ID('dbo.parted') ORDER BY 1",
      ),
      [
        [1, 1],
        [2, 2],
        [3, 1],
      ],
    );
    assert.deepEqual(await rows("SELECT boundary_id, value FROM sys.partition_range_values"), [
      [1, 10],
      [2, 20],
    ]);
  });

  it("shows parameters, modules and what they refer to", async () => {
    assert.deepEqual(
      await rows(
        "SELECT parameter_id, name, is_output FROM sys.parameters WHERE object_id = OBJECT_ID('dbo.p') ORDER BY 1",
      ),
      [
        [1, "@a", 0],
        [2, "@b", 1],
      ],
    );
    assert.deepEqual(
      await rows(
        "SELECT parameter_id, is_output, precision FROM sys.parameters WHERE object_id = OBJECT_ID('dbo.f') ORDER BY 1",
      ),
      [
        [0, 1, 10],
        [1, 0, 5],
      ],
    );
    assert.deepEqual(await rows("SELECT definition FROM sys.sql_modules WHERE object_id = OBJECT_ID('dbo.v')"), [
      ["CREATE VIEW dbo.v AS SELECT id, code FROM dbo.parent"],
    ]);
    assert.deepEqual(
      await rows(
        "SELECT referenced_schema_name, referenced_entity_name, referenced_id - OBJECT_ID('dbo.v') FROM sys.sql_expression_dependencies WHERE referencing_id = OBJECT_ID('dbo.p')",
      ),
      [["dbo", "v", 0]],
    );
    assert.deepEqual(
      await rows(
        "SELECT referencing_entity_name FROM sys.dm_sql_referencing_entities('dbo.parent', 'OBJECT') WHERE referencing_entity_name = 'v'",
      ),
      [["v"]],
    );
    assert.deepEqual(
      await rows("SELECT referenced_entity_name FROM sys.dm_sql_referenced_entities('dbo.p', 'OBJECT')"),
      [["v"]],
    );
  });

  it("lists extended properties by level", async () => {
    assert.deepEqual(
      await rows(
        "SELECT objtype, objname, name, value FROM sys.fn_listextendedproperty(NULL, 'schema', 'dbo', 'table', 'parent', 'column', NULL)",
      ),
      [["COLUMN", "code", "note", "text"]],
    );
    assert.deepEqual(await rows("SELECT class_desc, minor_id, value FROM sys.extended_properties"), [
      ["OBJECT_OR_COLUMN", 2, "text"],
    ]);
  });

  it("knows its own views and their columns", async () => {
    assert.deepEqual(
      await rows(
        "SELECT o.type_desc, c.name FROM sys.all_objects o JOIN sys.all_columns c ON c.object_id = o.object_id WHERE o.object_id = OBJECT_ID('sys.schemas') ORDER BY c.column_id",
      ),
      [
        ["VIEW", "name"],
        ["VIEW", "schema_id"],
        ["VIEW", "principal_id"],
      ],
    );
  });

  it("gives words the catalog's collation and names the database's", async () => {
    assert.deepEqual((await query(session, "SELECT name + type_desc FROM sys.objects")).numbers, [468]);
    assert.equal(
      (await rows("SELECT name FROM sys.tables WHERE name = N'PARENT' AND type_desc = 'USER_TABLE'")).length,
      1,
    );
  });

  it("answers INFORMATION_SCHEMA", async () => {
    assert.deepEqual(
      await rows(
        "SELECT COLUMN_NAME, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, IS_NULLABLE, COLUMN_DEFAULT, DOMAIN_NAME FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'parent' AND ORDINAL_POSITION IN (2, 3) ORDER BY ORDINAL_POSITION",
      ),
      [
        ["code", "nvarchar", 10, "NO", null, "Code"],
        ["amount", "decimal", null, "YES", "((1.5))", null],
      ],
    );
    assert.deepEqual(
      await rows(
        "SELECT CONSTRAINT_NAME, CONSTRAINT_TYPE FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS WHERE TABLE_NAME = 'child'",
      ),
      [["FK_child", "FOREIGN KEY"]],
    );
  });

  it("describes the first result set of a batch and of a procedure", async () => {
    assert.deepEqual(
      await rows(
        "SELECT column_ordinal, name, system_type_name, is_nullable FROM sys.dm_exec_describe_first_result_set(N'SELECT id, code, @v AS v FROM dbo.parent', N'@v decimal(5,2)', 0)",
      ),
      [
        [1, "id", "int", 0],
        [2, "code", "nvarchar(10)", 0],
        [3, "v", "decimal(5,2)", 1],
      ],
    );
    assert.deepEqual(
      await rows("SELECT name FROM sys.dm_exec_describe_first_result_set(N'EXEC dbo.p 1, N''x''', NULL, 0)"),
      [["a"], ["id"]],
    );
    assert.deepEqual(
      await rows(
        "SELECT error_number FROM sys.dm_exec_describe_first_result_set(N'SELECT * FROM dbo.missing', NULL, 0)",
      ),
      [[208]],
    );
  });
});

describe("metadata functions", () => {
  let session: SessionPort;
  before(async () => {
    session = await loginAs(newEngine());
    for (const sql of script) await must(session, sql);
    await must(session, "CREATE TABLE #t (a int)");
  });
  const cases: [expression: string, expected: unknown][] = [
    ["OBJECT_NAME(OBJECT_ID(N'[dbo].[parent]'))", "parent"],
    ["OBJECT_ID('dbo.parent', 'V')", null],
    ["OBJECT_ID('dbo.missing')", null],
    ["OBJECT_NAME(OBJECT_ID('d.s.child', 'U'))", "child"],
    ["CASE WHEN OBJECT_ID('tempdb..#t') IS NULL THEN 0 ELSE 1 END", 1],
    ["OBJECT_ID('#t')", null],
    ["OBJECT_SCHEMA_NAME(OBJECT_ID('s.child'))", "s"],
    ["SCHEMA_NAME(SCHEMA_ID('s'))", "s"],
    ["SCHEMA_NAME()", "dbo"],
    ["DB_NAME()", "d"],
    ["DB_ID('master')", 1],
    ["DB_ID('nowhere')", null],
    ["TYPE_NAME(TYPE_ID('dbo.Code'))", "Code"],
    ["TYPE_ID('sysname')", 256],
    ["COL_LENGTH('dbo.parent', 'code')", 20],
    ["COL_LENGTH('dbo.parent', 'missing')", null],
    ["COL_NAME(OBJECT_ID('dbo.parent'), 3)", "amount"],
    ["COLUMNPROPERTY(OBJECT_ID('dbo.parent'), 'id', 'IsIdentity')", 1],
    ["COLUMNPROPERTY(OBJECT_ID('dbo.parent'), 'amount', 'AllowsNull')", 1],
    ["OBJECTPROPERTY(OBJECT_ID('dbo.parent'), 'IsUserTable')", 1],
    ["OBJECTPROPERTY(OBJECT_ID('dbo.parent'), 'TableHasPrimaryKey')", 1],
    ["OBJECTPROPERTY(OBJECT_ID('dbo.parent'), 'NoSuchProperty')", null],
    ["OBJECTPROPERTYEX(OBJECT_ID('dbo.v'), 'BaseType')", "V "],
    ["INDEXPROPERTY(OBJECT_ID('dbo.parent'), 'PK_parent', 'IsClustered')", 1],
    ["INDEX_COL('s.child', 2, 1)", "parent"],
    ["IDENT_CURRENT('dbo.parent')", 15],
    ["IDENT_SEED('dbo.parent')", 10],
    ["IDENT_INCR('dbo.parent')", 5],
    ["LEFT(OBJECT_DEFINITION(OBJECT_ID('dbo.v')), 18)", "CREATE VIEW dbo.v "],
    ["FILEGROUP_NAME(1)", "PRIMARY"],
    ["FILE_NAME(1)", "d"],
    ["FILEPROPERTY('d_log', 'IsLogFile')", 1],
    ["DATABASEPROPERTYEX('d', 'Recovery')", "FULL"],
    ["DATABASEPROPERTYEX('nowhere', 'Recovery')", null],
    ["SERVERPROPERTY('EngineEdition')", 3],
    ["SERVERPROPERTY('ProductMajorVersion')", "16"],
    ["SERVERPROPERTY('NoSuchProperty')", null],
    ["COLLATIONPROPERTY('Latin1_General_100_CI_AS', 'CodePage')", 1252],
    ["PARSENAME('a.[b.c].d', 2)", "b.c"],
    ["SUSER_SNAME(0x01)", "sa"],
    ["USER_NAME()", "dbo"],
    ["IS_SRVROLEMEMBER('sysadmin')", 1],
    ["IS_ROLEMEMBER('r', 'u')", 1],
    ["HAS_PERMS_BY_NAME('dbo.parent', 'OBJECT', 'SELECT')", 1],
    ["HAS_PERMS_BY_NAME('dbo.missing', 'OBJECT', 'SELECT')", null],
    ["HAS_DBACCESS('d')", 1],
    ["APP_NAME()", "mocha"],
    ["PWDCOMPARE(N'secret', PWDENCRYPT(N'secret'))", 1],
    ["PWDCOMPARE(N'other', PWDENCRYPT(N'secret'))", 0],
  ];
  for (const [expression, expected] of cases)
    it(`${expression} is ${String(expected)}`, async () =>
      assert.equal((await must(session, `SELECT ${expression}`)).scalar, expected));
});
