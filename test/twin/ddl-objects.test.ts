import assert from "node:assert/strict";
import { renameObject, type RenameKind } from "../../twin/src/ddl/rename";
import { addDefaultFiles, createDatabase, SA_SID } from "../../twin/src/storage/bootstrap";
import { Bench } from "./ddl-harness";

describe("twin definition statements", () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
    bench.run("CREATE TABLE dbo.parent (id int NOT NULL CONSTRAINT pk_parent PRIMARY KEY, n int NULL)");
    bench.run("CREATE TABLE dbo.child (id int NOT NULL, p int NULL CONSTRAINT fk_child REFERENCES dbo.parent (id))");
  });
  const rename = (kind: RenameKind | undefined, name: string, newName: string): number[] =>
    bench
      .failure(() => bench.work(renameObject(kind, { parts: name.split("."), line: 1 }, newName, bench.context)))
      .map(({ number }) => number);

  describe("DROP", () => {
    it("of a table refuses one that a foreign key references, and takes a list one by one", () => {
      assert.deepEqual(bench.numbers("DROP TABLE dbo.parent"), [3726]);
      bench.run("DROP TABLE dbo.child, dbo.parent");
      assert.equal(bench.object("pk_parent"), undefined);
      assert.deepEqual(bench.numbers("DROP TABLE dbo.parent"), [3701]);
      bench.run("DROP TABLE IF EXISTS dbo.parent");
    });
    it("of a table that references itself is free", () => {
      bench.run(
        "CREATE TABLE dbo.tree (id int NOT NULL PRIMARY KEY, up int NULL REFERENCES dbo.tree (id)); DROP TABLE dbo.tree",
      );
    });
    const kinds: [word: string, create: string, noun: string][] = [
      ["VIEW", "CREATE VIEW dbo.x AS SELECT 1 AS a", "view"],
      ["PROCEDURE", "CREATE PROCEDURE dbo.x AS SELECT 1", "procedure"],
      ["FUNCTION", "CREATE FUNCTION dbo.x () RETURNS int AS BEGIN RETURN 1 END", "function"],
      ["TRIGGER", "CREATE TRIGGER dbo.x ON dbo.child AFTER INSERT AS SELECT 1", "trigger"],
      ["SYNONYM", "CREATE SYNONYM dbo.x FOR dbo.nothing", "synonym"],
      ["SEQUENCE", "CREATE SEQUENCE dbo.x AS int START WITH 1", "sequence object"],
    ];
    for (const [word, create, noun] of kinds)
      it(`of a ${noun} removes it, its permissions and properties, and then does not find it`, () => {
        bench.run(create);
        const { id } = bench.object("x")!;
        bench.transaction.push(bench.database.permissions, {
          classId: 1,
          majorId: id,
          minorId: 0,
          granteeId: 0,
          grantorId: 1,
          name: "CONTROL",
          state: "G",
        });
        bench.run(`DROP ${word} dbo.x`);
        assert.equal(bench.object("x"), undefined);
        assert.ok(!bench.database.permissions.some((permission) => permission.majorId === id));
        const [error] = bench.failure(() => bench.run(`DROP ${word} dbo.x`));
        assert.equal(
          error?.message,
          `Cannot drop the ${noun} 'dbo.x', because it does not exist or you do not have permission.`,
        );
        bench.run(`DROP ${word} IF EXISTS dbo.x`);
      });
    it("with the wrong word says which is right", () => {
      const [error] = bench.failure(() => bench.run("DROP VIEW dbo.parent"));
      assert.equal(
        error?.message,
        "Cannot use DROP VIEW with 'dbo.parent' because 'dbo.parent' is a table. Use DROP TABLE.",
      );
      bench.run("CREATE PROCEDURE dbo.p AS SELECT 1");
      assert.deepEqual(bench.numbers("DROP FUNCTION dbo.p"), [3705]);
    });
    it("of a type refuses one in use by a column, a parameter or a body", () => {
      bench.run(
        "CREATE TYPE dbo.code FROM varchar(5); CREATE TYPE dbo.list AS TABLE (a int); CREATE TABLE dbo.t (c dbo.code)",
      );
      bench.run("CREATE PROCEDURE dbo.p @l dbo.list READONLY AS SELECT 1");
      assert.deepEqual(bench.numbers("DROP TYPE dbo.code"), [3732]);
      assert.deepEqual(bench.numbers("DROP TYPE dbo.list"), [3732]);
      bench.run("DROP TABLE dbo.t; DROP PROCEDURE dbo.p; DROP TYPE dbo.code; DROP TYPE dbo.list");
      assert.deepEqual(bench.numbers("DROP TYPE dbo.code"), [218]);
      bench.run("DROP TYPE IF EXISTS dbo.code");
    });
    it("of a sequence refuses one that a default draws from", () => {
      bench.run(
        "CREATE SEQUENCE dbo.s AS int START WITH 1; CREATE TABLE dbo.t (a int CONSTRAINT df DEFAULT NEXT VALUE FOR dbo.s)",
      );
      assert.deepEqual(bench.numbers("DROP SEQUENCE dbo.s"), [3729]);
    });
    it("of a schema refuses one with objects or types, and the fixed ones", () => {
      bench.run("CREATE SCHEMA sales");
      bench.run("CREATE TABLE sales.t (a int)");
      assert.deepEqual(bench.numbers("DROP SCHEMA sales"), [3729]);
      bench.run("DROP TABLE sales.t; DROP SCHEMA sales");
      assert.deepEqual(bench.numbers("DROP SCHEMA sales"), [15151]);
      assert.deepEqual(bench.numbers("DROP SCHEMA dbo"), [15150]);
      bench.run("DROP SCHEMA IF EXISTS sales");
    });
    it("of an index refuses one that enforces a constraint or that a foreign key uses", () => {
      bench.run("CREATE UNIQUE INDEX ux ON dbo.parent (n)");
      assert.deepEqual(bench.numbers("DROP INDEX pk_parent ON dbo.parent"), [3723]);
      bench.run("CREATE TABLE dbo.k (n int REFERENCES dbo.parent (n))");
      assert.deepEqual(bench.numbers("DROP INDEX ux ON dbo.parent"), [3723]);
      assert.deepEqual(bench.numbers("DROP INDEX nope ON dbo.parent"), [3701]);
      bench.run("DROP INDEX IF EXISTS nope ON dbo.parent");
    });
    it("of a clustered index moves the heap where it is told", () => {
      bench.run("CREATE TABLE dbo.c (a int); CREATE CLUSTERED INDEX cx ON dbo.c (a); CREATE INDEX ix ON dbo.c (a)");
      assert.deepEqual(bench.numbers("DROP INDEX ix ON dbo.c WITH (ONLINE = ON)"), [3748]);
      assert.deepEqual(bench.numbers("DROP INDEX cx ON dbo.c WITH (MOVE TO nope)"), [1921]);
      bench.run("DROP INDEX cx ON dbo.c WITH (MOVE TO [PRIMARY])");
      assert.deepEqual(
        bench.table("c").indexes.map(({ type }) => type),
        ["HEAP", "NONCLUSTERED"],
      );
    });
    it("of statistics tells them from indexes", () => {
      bench.run("CREATE STATISTICS st ON dbo.parent (n); DROP STATISTICS dbo.parent.st");
      assert.deepEqual(bench.numbers("DROP STATISTICS dbo.parent.st"), [3701]);
      assert.deepEqual(bench.numbers("DROP STATISTICS dbo.parent.pk_parent"), [3739]);
    });
    it("of what the parser does not know fails closed", () => {
      assert.deepEqual(bench.numbers("DROP CERTIFICATE a"), [49999]);
    });
  });

  describe("databases", () => {
    const add = (name: string): void => {
      const database = createDatabase(bench.server, { name, collation: bench.database.collation, ownerSid: SA_SID });
      addDefaultFiles(bench.server, database);
      bench.server.databases.set(bench.server.key(name), database);
    };
    it("are dropped when nobody uses them", () => {
      add("old");
      const { id } = bench.server.databases.get(bench.server.key("old"))!;
      bench.busy.add(`database:${id}`);
      assert.deepEqual(bench.numbers("DROP DATABASE old"), [3702]);
      bench.busy.clear();
      bench.run("DROP DATABASE old");
      assert.deepEqual(bench.numbers("DROP DATABASE old"), [3701]);
      assert.deepEqual(bench.numbers("DROP DATABASE shop"), [3702]);
      assert.deepEqual(bench.numbers("DROP DATABASE master"), [3708]);
      bench.run("DROP DATABASE IF EXISTS old");
    });
    const alone = [
      "CREATE DATABASE other",
      "DROP DATABASE other",
      "ALTER DATABASE shop SET RECOVERY SIMPLE",
      "ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON",
      "ALTER DATABASE shop SET COMPATIBILITY_LEVEL = 150",
      "ALTER DATABASE shop ADD FILEGROUP fg",
      "ALTER DATABASE shop REMOVE FILEGROUP fg",
      "ALTER DATABASE shop MODIFY NAME = shop2",
      "ALTER DATABASE shop COLLATE Latin1_General_CI_AS",
    ];
    for (const sql of alone)
      it(`refuse a user transaction: ${sql}`, () => {
        bench.transactionCount = 1;
        assert.deepEqual(bench.numbers(sql), [226]);
      });
    it("are altered in autocommit", () => {
      bench.run("ALTER DATABASE shop SET RECOVERY SIMPLE; ALTER DATABASE shop ADD FILEGROUP fg");
      assert.equal(bench.database.options.recoveryModel, "SIMPLE");
    });
    it("refuse a new name or collation while another session is in them, and name the lock that SET could not have", () => {
      bench.busy.add(`database:${bench.database.id}`);
      assert.deepEqual(bench.numbers("ALTER DATABASE shop MODIFY NAME = shop2"), [5030, 5069]);
      assert.deepEqual(bench.numbers("ALTER DATABASE shop COLLATE Latin1_General_CI_AS"), [5030, 5069]);
      assert.deepEqual(bench.numbers("ALTER DATABASE shop SET READ_COMMITTED_SNAPSHOT ON"), [5061, 5069]);
      assert.deepEqual(bench.numbers("ALTER DATABASE shop SET READ_COMMITTED_SNAPSHOT ON WITH NO_WAIT"), [5070, 5069]);
    });
    it("that are read-only take no definitions of modules and tables", () => {
      bench.database.options.readOnly = true;
      assert.deepEqual(bench.numbers("CREATE PROCEDURE dbo.p AS SELECT 1"), [3906]);
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.parent ADD x int"), [3906]);
    });
  });

  describe("schemas and owners", () => {
    it("are moved with their constraints, without their permissions", () => {
      bench.run("CREATE SCHEMA sales");
      const { id } = bench.table("parent");
      bench.transaction.push(bench.database.permissions, {
        classId: 1,
        majorId: id,
        minorId: 0,
        granteeId: 0,
        grantorId: 1,
        name: "SELECT",
        state: "G",
      });
      bench.run("ALTER SCHEMA sales TRANSFER dbo.parent");
      const schemaId = [...bench.database.schemas.values()].find(({ name }) => name === "sales")!.id;
      assert.equal(bench.object("parent", schemaId)?.id, id);
      assert.equal(bench.object("pk_parent", schemaId)?.parentId, id);
      assert.ok(!bench.database.permissions.some((permission) => permission.majorId === id));
      assert.deepEqual(bench.numbers("ALTER SCHEMA sales TRANSFER dbo.nope"), [15151]);
      assert.deepEqual(bench.numbers("ALTER SCHEMA nope TRANSFER dbo.child"), [15151]);
    });
    it("refuse a name that is taken in the new schema", () => {
      bench.run("CREATE SCHEMA sales");
      bench.run("CREATE TABLE sales.parent (a int)");
      assert.deepEqual(bench.numbers("ALTER SCHEMA sales TRANSFER dbo.parent"), [15530]);
    });
    it("change hands with ALTER AUTHORIZATION, which ends the grants", () => {
      bench.run("CREATE SCHEMA sales");
      bench.run("CREATE TYPE dbo.code FROM int");
      const { id } = bench.table("child");
      bench.transaction.push(bench.database.permissions, {
        classId: 1,
        majorId: id,
        minorId: 0,
        granteeId: 0,
        grantorId: 1,
        name: "SELECT",
        state: "G",
      });
      bench.run(
        "ALTER AUTHORIZATION ON dbo.child TO guest; ALTER AUTHORIZATION ON SCHEMA::sales TO guest; ALTER AUTHORIZATION ON TYPE::dbo.code TO guest",
      );
      assert.equal(bench.table("child").principalId, 2);
      assert.ok(!bench.database.permissions.some((permission) => permission.majorId === id));
      assert.equal([...bench.database.schemas.values()].find(({ name }) => name === "sales")!.principalId, 2);
      assert.equal([...bench.database.types.values()][0]!.principalId, 2);
      bench.run("ALTER AUTHORIZATION ON OBJECT::dbo.child TO SCHEMA OWNER");
      assert.equal(bench.table("child").principalId, null);
      bench.run("ALTER AUTHORIZATION ON DATABASE::shop TO sa");
    });
    it("refuse unknown owners, parts of a table and the system's databases", () => {
      assert.deepEqual(bench.numbers("ALTER AUTHORIZATION ON dbo.child TO nobody"), [15151]);
      assert.deepEqual(bench.numbers("ALTER AUTHORIZATION ON dbo.nope TO guest"), [15151]);
      assert.deepEqual(bench.numbers("ALTER AUTHORIZATION ON dbo.pk_parent TO guest"), [15346]);
      assert.deepEqual(bench.numbers("ALTER AUTHORIZATION ON DATABASE::master TO sa"), [15109]);
      assert.deepEqual(bench.numbers("ALTER AUTHORIZATION ON CERTIFICATE::x TO guest"), [49999]);
    });
  });

  describe("renames", () => {
    it("change tables, columns, indexes, keys, modules and types, with the caution 15477", () => {
      bench.run(
        "CREATE INDEX ix ON dbo.parent (n); CREATE STATISTICS st ON dbo.parent (n); CREATE TYPE dbo.code FROM int",
      );
      bench.run("CREATE PROCEDURE dbo.p AS SELECT 1");
      bench.messages.length = 0;
      assert.deepEqual(rename("COLUMN", "dbo.parent.n", "m"), []);
      assert.deepEqual(rename("INDEX", "dbo.parent.ix", "ix2"), []);
      assert.deepEqual(rename("INDEX", "dbo.parent.pk_parent", "pk2"), []);
      assert.deepEqual(rename("STATISTICS", "dbo.parent.st", "st2"), []);
      assert.deepEqual(rename("OBJECT", "dbo.fk_child", "fk2"), []);
      assert.deepEqual(rename("OBJECT", "dbo.p", "p2"), []);
      assert.deepEqual(rename("USERDATATYPE", "dbo.code", "code2"), []);
      assert.deepEqual(rename(undefined, "dbo.parent", "[odd] name"), []);
      const table = bench.table("[odd] name");
      assert.deepEqual(
        table.indexes.map(({ name }) => name),
        ["pk2", "ix2"],
      );
      assert.deepEqual(
        table.columns.map(({ name }) => name),
        ["id", "m"],
      );
      assert.equal(bench.object("pk2")?.type, "PK");
      assert.equal(bench.module("p2").definition, "CREATE PROCEDURE dbo.p AS SELECT 1");
      assert.deepEqual([...new Set(bench.messages.map(({ number }) => number))], [15477]);
    });
    it("of a primary key rename its index", () => {
      assert.deepEqual(rename("OBJECT", "dbo.pk_parent", "pk_new"), []);
      assert.equal(bench.table("parent").indexes[0]!.name, "pk_new");
    });
    it("find nothing, the wrong kind, or a name in use", () => {
      assert.deepEqual(rename("OBJECT", "dbo.nope", "x"), [15225]);
      assert.deepEqual(rename(undefined, "dbo.nope", "x"), [15225]);
      assert.deepEqual(rename("USERDATATYPE", "dbo.nope", "x"), [15225]);
      assert.deepEqual(rename("COLUMN", "dbo.parent.nope", "x"), [15248]);
      assert.deepEqual(rename("INDEX", "dbo.parent.nope", "x"), [15248]);
      assert.deepEqual(rename("OBJECT", "dbo.parent", "child"), [15335]);
      assert.deepEqual(rename("COLUMN", "dbo.parent.n", "ID"), [15335]);
    });
    it("refuse columns that a check, a computed column or a filter reads, and computed columns", () => {
      bench.run("ALTER TABLE dbo.parent ADD CONSTRAINT ck CHECK (n > 0)");
      assert.deepEqual(rename("COLUMN", "dbo.parent.n", "m"), [15336]);
      bench.run("ALTER TABLE dbo.parent DROP CONSTRAINT ck; ALTER TABLE dbo.parent ADD d AS n * 2");
      assert.deepEqual(rename("COLUMN", "dbo.parent.n", "m"), [15336]);
      assert.deepEqual(rename("COLUMN", "dbo.parent.d", "e"), [4928]);
      bench.run("ALTER TABLE dbo.parent DROP COLUMN d; CREATE INDEX ix ON dbo.parent (id) WHERE n > 0");
      assert.deepEqual(rename("COLUMN", "dbo.parent.n", "m"), [5074, 4922]);
    });
    it("change only the case of a name", () => {
      assert.deepEqual(rename("OBJECT", "dbo.parent", "Parent"), []);
      assert.equal(bench.table("PARENT").name, "Parent");
    });
    it("of a database refuse a user transaction", () => {
      bench.transactionCount = 1;
      assert.deepEqual(rename("DATABASE", "shop", "shop2"), [226]);
    });
    it("of a type leave modules with the type that they were made with", () => {
      bench.run("CREATE TYPE dbo.code FROM int");
      bench.run("CREATE PROCEDURE dbo.p @a dbo.code AS SELECT 1");
      rename("USERDATATYPE", "dbo.code", "code_old");
      bench.run("CREATE TYPE dbo.code FROM bigint");
      assert.deepEqual(bench.numbers("DROP TYPE dbo.code_old"), [3732]);
    });
  });

  it("refuses a kind of statement that it has no entry for", () => {
    const unknown = { kind: "create-moon", line: 3 } as never;
    assert.deepEqual(
      bench
        .failure(() => bench.work(bench.context.parts.definition.execute(unknown, bench.context)))
        .map(({ number, line }) => [number, line]),
      [[49999, 3]],
    );
  });
  it("asks for the permission that creating needs", () => {
    bench.denied.add("CREATE PROCEDURE");
    assert.deepEqual(bench.numbers("CREATE PROCEDURE dbo.p AS SELECT 1"), [262]);
    assert.equal(bench.object("p"), undefined);
  });
});
