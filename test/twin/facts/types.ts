/** Facts about user types, synonyms, schemas and extended properties. */
import { ok, rows, type Sheet } from "./fact";

const add = (name: string, more = ""): string => `EXEC sp_addextendedproperty @name = N'p', @value = N'${name}'${more}`;
const onTable = ", @level0type = N'SCHEMA', @level0name = N'dbo', @level1type = N'TABLE', @level1name = N't'";

export const typeFacts: readonly Sheet[] = [
  {
    sheet: "tables 7: types",
    setup: [
      "CREATE TYPE dbo.code FROM varchar(10) NOT NULL",
      "CREATE TYPE dbo.list AS TABLE (id int NOT NULL PRIMARY KEY, n varchar(10) CHECK (n <> ''))",
      "CREATE TABLE dbo.t (a dbo.code, b dbo.code NULL)",
      "CREATE PROCEDURE dbo.p @l dbo.list READONLY AS SELECT id FROM @l",
    ],
    facts: [
      ["a type that a column uses is not dropped (3732)", "DROP TYPE dbo.code", [3732]],
      ["a table type that a parameter uses is not dropped (3732)", "DROP TYPE dbo.list", [3732]],
      ["a missing type is 3701-class 15151", "DROP TYPE dbo.z", "refused"],
      ["a taken type name is 219", "CREATE TYPE dbo.code FROM int", [219]],
      ["an alias of xml is refused", "CREATE TYPE dbo.x FROM xml", "refused"],
      ["an alias of an alias is refused", "CREATE TYPE dbo.x FROM dbo.code", "refused"],
      [
        "a named constraint in a table type is a syntax error",
        "CREATE TYPE dbo.x AS TABLE (id int CONSTRAINT c PRIMARY KEY)",
        "refused",
      ],
      [
        "a foreign key in a table type is refused",
        "CREATE TYPE dbo.x AS TABLE (id int REFERENCES dbo.t (a))",
        "refused",
      ],
      [
        "a column may override the alias's nullability",
        "SELECT is_nullable FROM sys.columns WHERE object_id = OBJECT_ID('dbo.t') ORDER BY column_id",
        rows([0], [1]),
      ],
      ["a table-valued parameter needs READONLY (352)", "CREATE PROCEDURE dbo.q @l dbo.list AS SELECT 1", [352]],
      [
        "a table-valued parameter is not written (10700)",
        [
          "CREATE PROCEDURE dbo.q @l dbo.list READONLY AS RETURN",
          "EXEC('CREATE PROCEDURE dbo.r @l dbo.list READONLY AS INSERT @l (id) VALUES (1)')",
        ],
        [10700],
      ],
      [
        "the rename swap: old modules keep the old type until refreshed",
        [
          "EXEC sp_rename 'dbo.list', 'list_old', 'USERDATATYPE'",
          "CREATE TYPE dbo.list AS TABLE (id int NOT NULL PRIMARY KEY, n varchar(20))",
          "SELECT TYPE_NAME(user_type_id) FROM sys.parameters WHERE object_id = OBJECT_ID('dbo.p')",
        ],
        rows(["list_old"]),
      ],
      [
        "the rename swap: refreshed modules use the new type",
        [
          "EXEC sp_rename 'dbo.list', 'list_old', 'USERDATATYPE'",
          "CREATE TYPE dbo.list AS TABLE (id int NOT NULL PRIMARY KEY, n varchar(20))",
          "EXEC sp_refreshsqlmodule 'dbo.p'",
          "DROP TYPE dbo.list_old",
          "SELECT TYPE_NAME(user_type_id) FROM sys.parameters WHERE object_id = OBJECT_ID('dbo.p')",
        ],
        rows(["list"]),
      ],
      [
        "the columns hang off type_table_object_id",
        "SELECT c.name FROM sys.table_types t JOIN sys.columns c ON c.object_id = t.type_table_object_id WHERE t.name = 'list' ORDER BY c.column_id",
        rows(["id"], ["n"]),
      ],
      [
        "ALTER SCHEMA moves a type",
        [
          "CREATE SCHEMA s",
          "ALTER SCHEMA s TRANSFER TYPE::dbo.code",
          "SELECT SCHEMA_NAME(schema_id) FROM sys.types WHERE name = 'code'",
        ],
        rows(["s"]),
      ],
    ],
  },
  {
    sheet: "modules A13: synonyms",
    facts: [
      ["the base is not checked", "CREATE SYNONYM dbo.s FOR dbo.nothing", ok],
      ["use of a broken one is 5313", ["CREATE SYNONYM dbo.s FOR dbo.nothing", "SELECT * FROM dbo.s"], [5313]],
      [
        "the name is one of the schema's (2714)",
        ["CREATE TABLE dbo.s (a int)", "CREATE SYNONYM dbo.s FOR dbo.nothing"],
        [2714],
      ],
      [
        "the base is stored in brackets",
        ["CREATE SYNONYM dbo.s FOR master.dbo.x", "SELECT base_object_name FROM sys.synonyms"],
        rows(["[master].[dbo].[x]"]),
      ],
      [
        "a synonym of a synonym is refused in use",
        [
          "CREATE TABLE dbo.t (a int); CREATE SYNONYM dbo.s1 FOR dbo.t; CREATE SYNONYM dbo.s2 FOR dbo.s1",
          "SELECT * FROM dbo.s2",
        ],
        "refused",
      ],
      [
        "schema-bound code reads none",
        [
          "CREATE TABLE dbo.t (a int); CREATE SYNONYM dbo.s FOR dbo.t",
          "CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT a FROM dbo.s",
        ],
        "refused",
      ],
      ["DROP of a missing one is 3701", "DROP SYNONYM dbo.s", [3701]],
    ],
  },
  {
    sheet: "security 6: schemas",
    setup: [
      "CREATE SCHEMA s",
      "CREATE TABLE s.t (a int)",
      "CREATE TABLE dbo.b (a int)",
      "CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT a FROM dbo.b",
    ],
    facts: [
      ["a schema with objects is not dropped (3729)", "DROP SCHEMA s", [3729]],
      ["a missing schema is 15151", "DROP SCHEMA z", [15151]],
      ["a taken name is 2714 and 2759", "CREATE SCHEMA s", [2714, 2759]],
      ["CREATE SCHEMA is first in its batch (111)", "DECLARE @i int; CREATE SCHEMA z", [111]],
      [
        "TRANSFER keeps the object id",
        [
          "CREATE TABLE dbo.remember (id int); INSERT dbo.remember SELECT OBJECT_ID('s.t'); ALTER SCHEMA dbo TRANSFER s.t",
          "SELECT COUNT(*) FROM dbo.remember WHERE id = OBJECT_ID('dbo.t')",
        ],
        rows([1]),
      ],
      ["TRANSFER of a schema-bound object is 15348", "ALTER SCHEMA s TRANSFER dbo.b", [15348]],
      ["TRANSFER of a missing object is 15151", "ALTER SCHEMA dbo TRANSFER s.z", [15151]],
      ["TRANSFER onto a taken name is 15530", ["CREATE TABLE dbo.t (a int)", "ALTER SCHEMA dbo TRANSFER s.t"], [15530]],
      ["TRANSFER to a missing schema is 15151", "ALTER SCHEMA z TRANSFER s.t", [15151]],
      [
        "TRANSFER drops the permissions of the object",
        [
          "CREATE USER u WITHOUT LOGIN; GRANT SELECT ON s.t TO u; ALTER SCHEMA dbo TRANSFER s.t",
          "SELECT COUNT(*) FROM sys.database_permissions WHERE major_id = OBJECT_ID('dbo.t')",
        ],
        rows([0]),
      ],
    ],
  },
  {
    sheet: "tables 8: extended properties",
    setup: ["CREATE TABLE dbo.t (a int CONSTRAINT ck CHECK (a > 0)); CREATE INDEX ix ON dbo.t (a)"],
    facts: [
      [
        "of the table is class 1, minor 0",
        [add("v", onTable), "SELECT class, minor_id, CAST(value AS nvarchar(10)) FROM sys.extended_properties"],
        rows([1, 0, "v"]),
      ],
      [
        "of a column has its id",
        [
          add("v", `${onTable}, @level2type = N'COLUMN', @level2name = N'a'`),
          "SELECT class, minor_id FROM sys.extended_properties",
        ],
        rows([1, 1]),
      ],
      [
        "of an index is class 7",
        [
          add("v", `${onTable}, @level2type = N'INDEX', @level2name = N'ix'`),
          "SELECT class, minor_id FROM sys.extended_properties",
        ],
        rows([7, 2]),
      ],
      [
        "of a constraint has its own object id",
        [
          add("v", `${onTable}, @level2type = N'CONSTRAINT', @level2name = N'ck'`),
          "SELECT COUNT(*) FROM sys.extended_properties WHERE major_id = OBJECT_ID('dbo.ck')",
        ],
        rows([1]),
      ],
      ["of the database is class 0", [add("v"), "SELECT class FROM sys.extended_properties"], rows([0])],
      ["a second of the name is 15233", [add("v"), add("w")], [15233]],
      ["update of none is 15217", "EXEC sp_updateextendedproperty N'p', N'v'", [15217]],
      ["drop of none is 15217", "EXEC sp_dropextendedproperty N'p'", [15217]],
      ["on a missing table is 15135", add("v", onTable.replace("N't'", "N'z'")), [15135]],
      [
        "is undone by ROLLBACK",
        [`BEGIN TRAN; ${add("v")}; ROLLBACK`, "SELECT COUNT(*) FROM sys.extended_properties"],
        rows([0]),
      ],
      [
        "survives sp_rename and TRANSFER",
        [
          `${add("v", onTable)}; EXEC sp_rename 'dbo.t', 'u'`,
          "CREATE SCHEMA s",
          "ALTER SCHEMA s TRANSFER dbo.u",
          "SELECT COUNT(*) FROM sys.extended_properties WHERE major_id = OBJECT_ID('s.u')",
        ],
        rows([1]),
      ],
      [
        "is lost with its table",
        [`${add("v", onTable)}; DROP TABLE dbo.t`, "SELECT COUNT(*) FROM sys.extended_properties"],
        rows([0]),
      ],
      [
        "a value above 7,500 bytes is refused",
        "DECLARE @v nvarchar(4000) = REPLICATE(N'x', 3800); EXEC sp_addextendedproperty N'p', @v",
        "refused",
      ],
    ],
  },
];
