/** Assemblies on the twin: their metadata, trust, CREATE, catalog, permissions. Facts: reference sheet "CLR assemblies". */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ImageError } from "../../twin/src/clr/image-error";
import { readAssembly } from "../../twin/src/clr/assembly-image";
import { startTwin } from "../../twin/src";
import { shared } from "../shared";
import { type ClrDesk, FILES, FUNCTION, hashLiteral, literal, openClrDesk, VECTORS } from "./clr-desk";
import { loginAs, must, PASSWORD, query } from "./collector";

const CREATE = `CREATE ASSEMBLY [Hartonomous.Clr] FROM ${literal(VECTORS)}`;
describe("the twin's reader of assemblies", () => {
  it("reads what the samples are known to hold", function () {
    const expected = JSON.parse(readFileSync(shared(this, "samples", "clr", "expected.json"), "utf8")) as Record<
      string,
      {
        name: string;
        version: string;
        publicKeyToken: string;
        mvid: string;
        publicTypes: number;
        references: { name: string; version: string; publicKeyToken: string }[];
      }
    >;
    assert.ok(Object.keys(expected).length >= 9);
    const byName = (one: { name: string }, other: { name: string }): number => (one.name < other.name ? -1 : 1);
    for (const [file, wanted] of Object.entries(expected)) {
      const image = readAssembly(readFileSync(shared(this, "samples", "clr", ...file.split("/"))));
      assert.equal(image.name, wanted.name);
      assert.equal(image.version.join("."), wanted.version, file);
      assert.equal(image.publicKeyToken, wanted.publicKeyToken, file);
      assert.equal(image.mvid.toLowerCase(), wanted.mvid, file);
      const references = image.references.map(({ name, version, publicKeyToken }) => ({
        name,
        version: version.join("."),
        publicKeyToken,
      }));
      assert.deepEqual(references.sort(byName), [...wanted.references].sort(byName), file);
      assert.equal([...image.types.values()].filter((type) => type.isPublic).length, wanted.publicTypes, file);
    }
  });

  it("says ImageError of every cut of a file, and nothing else", () => {
    for (let length = 0; length < VECTORS.length; length += 97) {
      try {
        readAssembly(Uint8Array.from(VECTORS.subarray(0, length)));
      } catch (error) {
        assert.ok(error instanceof ImageError, `${length}: ${String(error)}`);
      }
    }
    assert.throws(() => readAssembly(Buffer.from("no assembly")), ImageError);
  });

  it("says ImageError of damaged bytes, or reads them", () => {
    for (let at = 0; at < VECTORS.length; at += 31)
      for (const value of [0x00, 0x7f, 0xff]) {
        const damaged = Uint8Array.from(VECTORS);
        damaged[at] = value;
        try {
          readAssembly(damaged);
        } catch (error) {
          assert.ok(error instanceof ImageError, `byte ${at} = ${value}: ${String(error)}`);
        }
      }
  });

  it("reads signatures and the arguments of attributes", () => {
    const functions = readAssembly(VECTORS).types.get("Hartonomous.Clr.VectorFunctions")!;
    const describeVector = functions.methods.find(({ name }) => name === "Describe")!;
    assert.deepEqual(
      describeVector.parameters.map(({ name, isByReference }) => [name, isByReference]),
      [
        ["System.Data.SqlTypes.SqlBytes", false],
        ["System.Data.SqlTypes.SqlInt32", true],
        ["System.Data.SqlTypes.SqlDouble", true],
      ],
    );
    const dot = functions.methods.find(({ name }) => name === "Dot")!;
    assert.deepEqual(dot.attributes[0]?.named, { Name: "VectorDot", IsDeterministic: true });
  });
});

describe("trust of assemblies", () => {
  it("is asked of a SAFE assembly too, while strict security is on", async () => {
    const desk = await openClrDesk();
    assert.deepEqual(await desk.errors(CREATE), [10343]);
    await desk.trust(VECTORS);
    assert.deepEqual(await desk.errors(CREATE), []);
  });
  it("is not asked of a SAFE assembly once strict security is off", async () => {
    const desk = await openClrDesk();
    await desk.run("EXEC sp_configure 'show advanced options', 1; RECONFIGURE");
    await desk.run("EXEC sp_configure 'clr strict security', 0; RECONFIGURE");
    assert.deepEqual(await desk.errors(CREATE), []);
  });
  it("comes from TRUSTWORTHY when the owner may make unsafe assemblies", async () => {
    const desk = await openClrDesk();
    await desk.run("ALTER DATABASE desk SET TRUSTWORTHY ON");
    assert.deepEqual(await desk.errors(CREATE), []);
  });
  it("does not come from TRUSTWORTHY when the owner is somebody else", async () => {
    const desk = await openClrDesk();
    await desk.run(`CREATE LOGIN owner WITH PASSWORD = '${PASSWORD}'`);
    await desk.run("ALTER AUTHORIZATION ON DATABASE::desk TO owner; ALTER DATABASE desk SET TRUSTWORTHY ON");
    assert.deepEqual(await desk.errors(CREATE), [10343]);
  });
  it("of an UNSAFE assembly that is missing is another error", async () => {
    const desk = await openClrDesk({ platform: "windows" });
    const create = `CREATE ASSEMBLY f FROM ${literal(FILES)} WITH PERMISSION_SET = UNSAFE`;
    assert.deepEqual(await desk.errors(create), [10327]);
    await desk.trust(FILES);
    assert.deepEqual(await desk.errors(create), []);
  });
  it("is kept once for a hash, with who gave it", async () => {
    const desk = await openClrDesk();
    await desk.run(`EXEC sys.sp_add_trusted_assembly @hash = ${hashLiteral(VECTORS)}, @description = N'vectors'`);
    assert.deepEqual(await desk.rows("SELECT description, created_by, DATALENGTH(hash) FROM sys.trusted_assemblies"), [
      ["vectors", "sa", 64],
    ]);
    assert.deepEqual(await desk.errors(`EXEC sys.sp_add_trusted_assembly ${hashLiteral(VECTORS)}`), [10345]);
    await desk.run(`EXEC sys.sp_drop_trusted_assembly ${hashLiteral(VECTORS)}`);
    assert.deepEqual(await desk.errors(`EXEC sys.sp_drop_trusted_assembly ${hashLiteral(VECTORS)}`), [10346]);
  });
  it("is of 64 bytes, and rolled back with its transaction", async () => {
    const desk = await openClrDesk();
    assert.deepEqual(await desk.errors("EXEC sys.sp_add_trusted_assembly 0x01"), [15600]);
    await desk.run(`BEGIN TRAN; EXEC sys.sp_add_trusted_assembly ${hashLiteral(VECTORS)}; ROLLBACK`);
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM sys.trusted_assemblies"), [[0]]);
  });
  it("is given by those who control the server", async () => {
    const desk = await openClrDesk();
    await desk.run(`CREATE LOGIN plain WITH PASSWORD = '${PASSWORD}'; CREATE USER plain FOR LOGIN plain`);
    const plain = await desk.as("plain");
    assert.deepEqual(await plain.errors(`EXEC sys.sp_add_trusted_assembly ${hashLiteral(VECTORS)}`), [15247]);
    await desk.run("USE master; GRANT CONTROL SERVER TO plain");
    assert.deepEqual(await plain.errors(`EXEC sys.sp_add_trusted_assembly ${hashLiteral(VECTORS)}`), []);
  });
  it("that is gone stops what was bound: the assembly does not load", async () => {
    const desk = await openClrDesk({ clr: { "Hartonomous.Clr.Hartonomous.Clr.VectorFunctions.Norm": () => 1 } });
    await desk.trust(VECTORS);
    await desk.run(CREATE);
    await desk.run(FUNCTION("Norm", "Norm"));
    assert.deepEqual(await desk.rows("SELECT dbo.Norm(0x00)"), [[1]]);
    await desk.run(`EXEC sys.sp_drop_trusted_assembly ${hashLiteral(VECTORS)}`);
    assert.deepEqual(await desk.errors("SELECT dbo.Norm(0x00)"), [10314]);
  });
});

describe("CREATE ASSEMBLY", () => {
  let desk: ClrDesk;
  beforeEach(async () => {
    desk = await openClrDesk();
    await desk.trust(VECTORS);
  });

  it("makes a visible SAFE assembly with one file", async () => {
    await desk.run(CREATE);
    assert.deepEqual(
      await desk.rows(`SELECT name, principal_id, assembly_id, clr_name, permission_set, permission_set_desc, is_visible, is_user_defined
        FROM sys.assemblies WHERE is_user_defined = 1`),
      [["Hartonomous.Clr", 1, 65536, "hartonomous.clr, version=0.0.0.0, culture=neutral, publickeytoken=null, processorarchitecture=msil", 1, "SAFE_ACCESS", 1, 1]],
    ); // prettier-ignore
    assert.deepEqual(await desk.rows("SELECT file_id, DATALENGTH(content) FROM sys.assembly_files"), [
      [1, VECTORS.length],
    ]);
    assert.deepEqual(await desk.rows(`SELECT 1 FROM sys.assembly_files WHERE HASHBYTES('SHA2_512', content) = ${hashLiteral(VECTORS)}`), [[1]]); // prettier-ignore
  });
  it("takes the bytes from a variable", async () => {
    assert.deepEqual(
      await desk.errors(`DECLARE @b varbinary(max) = ${literal(VECTORS)}; CREATE ASSEMBLY x FROM @b`),
      [],
    );
  });
  it("is undone with its transaction", async () => {
    await desk.run(`BEGIN TRAN; ${CREATE}; ROLLBACK`);
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM sys.assemblies WHERE is_user_defined = 1"), [[0]]);
  });
  it("says what ASSEMBLYPROPERTY knows", async () => {
    await desk.run(CREATE);
    const mvid = readAssembly(VECTORS).mvid;
    assert.deepEqual(
      await desk.rows(`SELECT CONVERT(varchar(36), ASSEMBLYPROPERTY('Hartonomous.Clr', 'MvID')), ASSEMBLYPROPERTY('hartonomous.clr', 'SimpleName'),
        ASSEMBLYPROPERTY('Hartonomous.Clr', 'CultureInfo'), ASSEMBLYPROPERTY('Hartonomous.Clr', 'Architecture'), ASSEMBLYPROPERTY('Hartonomous.Clr', 'VersionMajor'),
        ASSEMBLYPROPERTY('Hartonomous.Clr', 'Nothing'), ASSEMBLYPROPERTY('none', 'MvID')`),
      [[mvid, "Hartonomous.Clr", "neutral", "msil", 0, null, null]],
    );
  });
  it("gives it to the owner that AUTHORIZATION names", async () => {
    await desk.run("CREATE USER keeper WITHOUT LOGIN");
    await desk.run(`CREATE ASSEMBLY x AUTHORIZATION keeper FROM ${literal(VECTORS)}`);
    assert.deepEqual(await desk.rows("SELECT USER_NAME(principal_id) FROM sys.assemblies WHERE name = 'x'"), [
      ["keeper"],
    ]);
    assert.deepEqual(await desk.errors("DROP USER keeper"), [15138]);
  });

  const refused: readonly [fact: string, sql: string, numbers: number[]][] = [
    ["an unknown owner", `CREATE ASSEMBLY x AUTHORIZATION nobody FROM ${literal(VECTORS)}`, [6242]],
    ["bytes that are no assembly", "CREATE ASSEMBLY x FROM 0x00112233", [6565]],
    ["a NULL", "CREATE ASSEMBLY x FROM NULL", [6566]],
    ["a path, which only a real server has", "CREATE ASSEMBLY x FROM N'C:\\x.dll'", [49999]],
    ["EXTERNAL_ACCESS on Linux", `CREATE ASSEMBLY x FROM ${literal(VECTORS)} WITH PERMISSION_SET = EXTERNAL_ACCESS`, [10342]],
    ["UNSAFE on Linux", `CREATE ASSEMBLY x FROM ${literal(FILES)} WITH PERMISSION_SET = UNSAFE`, [10342]],
    ["the name of the server's own assembly", `CREATE ASSEMBLY [Microsoft.SqlServer.Types] FROM ${literal(VECTORS)}`, [6246]],
    ["an option of ALTER", `CREATE ASSEMBLY x FROM ${literal(VECTORS)} WITH VISIBILITY = OFF`, [102]],
    ["a permission set that there is not", `CREATE ASSEMBLY x FROM ${literal(VECTORS)} WITH PERMISSION_SET = NONE`, [102]],
    ["OR ALTER", `CREATE OR ALTER ASSEMBLY x FROM ${literal(VECTORS)}`, [102]],
  ]; // prettier-ignore
  for (const [fact, sql, numbers] of refused)
    it(`refuses ${fact}`, async () => assert.deepEqual(await desk.errors(sql), numbers));

  it("refuses a second one of the name, in whatever case", async () => {
    await desk.run(CREATE);
    assert.deepEqual(await desk.errors(`CREATE ASSEMBLY [HARTONOMOUS.CLR] FROM ${literal(VECTORS)}`), [6246]);
  });
  it("refuses the same MVID under another name", async () => {
    await desk.run(CREATE);
    assert.deepEqual(await desk.errors(`CREATE ASSEMBLY other FROM ${literal(VECTORS)}`), [6285]);
  });
  it("takes the same assembly in another database", async () => {
    await desk.run(CREATE);
    await desk.run("CREATE DATABASE desk2");
    assert.deepEqual(await desk.errors(`USE desk2; ${CREATE}`), []);
  });
  it("refuses what SAFE forbids: /unsafe and native calls", async function () {
    const memory = readFileSync(shared(this, "samples", "clr", "chain", "System.Memory.dll"));
    const buffers = readFileSync(shared(this, "samples", "clr", "chain", "System.Buffers.dll"));
    const functions = readFileSync(shared(this, "samples", "clr", "functions-1.0", "Sample.Vectors.dll"));
    await desk.trust(memory, buffers, functions);
    // It is compiled with /unsafe, which is looked at first.
    assert.deepEqual(await desk.errors(`CREATE ASSEMBLY x FROM ${literal(buffers)}`), [6205]);
    assert.deepEqual(await desk.errors(`CREATE ASSEMBLY x FROM ${literal(functions)}`), [6265]);
  });
});

describe("permissions on assemblies", () => {
  let desk: ClrDesk;
  let plain: ClrDesk;
  beforeEach(async () => {
    desk = await openClrDesk();
    await desk.trust(VECTORS);
    await desk.run(`CREATE LOGIN plain WITH PASSWORD = '${PASSWORD}'; CREATE USER plain FOR LOGIN plain`);
    plain = await desk.as("plain");
  });

  it("CREATE ASSEMBLY lets make them", async () => {
    assert.deepEqual(await plain.errors(CREATE), [262]);
    await desk.run("GRANT CREATE ASSEMBLY TO plain");
    assert.deepEqual(await plain.errors(CREATE), []);
    assert.deepEqual(await plain.rows("SELECT name FROM sys.assemblies WHERE is_user_defined = 1"), [
      ["Hartonomous.Clr"],
    ]);
  });
  it("UNSAFE ASSEMBLY on the server lets make unsafe ones", async () => {
    const windows = await openClrDesk({ platform: "windows" });
    await windows.trust(FILES);
    await windows.run(
      `CREATE LOGIN plain WITH PASSWORD = '${PASSWORD}'; CREATE USER plain FOR LOGIN plain; GRANT CREATE ASSEMBLY TO plain`,
    );
    const user = await windows.as("plain");
    const create = `CREATE ASSEMBLY f FROM ${literal(FILES)} WITH PERMISSION_SET = UNSAFE`;
    assert.deepEqual(await user.errors(create), [15247]);
    await windows.run("USE master; GRANT UNSAFE ASSEMBLY TO plain");
    assert.deepEqual(await user.errors(create), []);
  });
  it("without one the assembly is not seen, altered or dropped", async () => {
    await desk.run(CREATE);
    assert.deepEqual(await plain.rows("SELECT COUNT(*) FROM sys.assemblies WHERE is_user_defined = 1"), [[0]]);
    assert.deepEqual(await plain.rows("SELECT ASSEMBLYPROPERTY('Hartonomous.Clr', 'MvID')"), [[null]]);
    assert.deepEqual(await plain.errors("ALTER ASSEMBLY [Hartonomous.Clr] WITH VISIBILITY = OFF"), [15151]);
    assert.deepEqual(await plain.errors("DROP ASSEMBLY [Hartonomous.Clr]"), [15151]);
  });
  it("are granted, listed and taken", async () => {
    await desk.run(CREATE);
    await desk.run("GRANT CREATE FUNCTION, CREATE SCHEMA TO plain; GRANT ALTER ON SCHEMA::dbo TO plain");
    assert.deepEqual(await plain.errors(FUNCTION("Norm", "Norm")), [6267]);
    await desk.run("GRANT REFERENCES ON ASSEMBLY::[Hartonomous.Clr] TO plain");
    assert.deepEqual(
      await desk.rows(
        "SELECT class, class_desc, major_id, permission_name FROM sys.database_permissions WHERE class = 5",
      ),
      [[5, "ASSEMBLY", 65536, "REFERENCES"]],
    );
    assert.deepEqual(await plain.rows("SELECT HAS_PERMS_BY_NAME('[Hartonomous.Clr]', 'ASSEMBLY', 'REFERENCES')"), [
      [1],
    ]);
    assert.deepEqual(await plain.errors(FUNCTION("Norm", "Norm")), []);
    await desk.run("REVOKE REFERENCES ON ASSEMBLY::[Hartonomous.Clr] FROM plain");
    assert.deepEqual(await plain.errors(FUNCTION("Dot", "Dot", "@a varbinary(max), @b varbinary(max)")), [6267]);
    assert.deepEqual(await desk.errors("GRANT CONTROL ON ASSEMBLY::none TO plain"), [15151]);
  });
  it("end with a new owner", async () => {
    await desk.run(CREATE);
    await desk.run("GRANT VIEW DEFINITION ON ASSEMBLY::[Hartonomous.Clr] TO plain");
    await desk.run("ALTER AUTHORIZATION ON ASSEMBLY::[Hartonomous.Clr] TO plain");
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM sys.database_permissions WHERE class = 5"), [[0]]);
    assert.deepEqual(await plain.errors("DROP ASSEMBLY [Hartonomous.Clr]"), []);
  });
});

describe("assemblies in a data directory", () => {
  it("are there again after a restart, and their routines run with the stand-ins of then", async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), "twin-clr-"));
    try {
      const first = await startTwin({ password: PASSWORD, dataDirectory });
      const session = await loginAs(first.engine as never);
      await must(session, "EXEC sp_configure 'clr enabled', 1; RECONFIGURE");
      await must(session, `EXEC sys.sp_add_trusted_assembly ${hashLiteral(VECTORS)}; CREATE DATABASE desk`);
      await must(session, `USE desk; ${CREATE}`);
      await must(session, FUNCTION("Norm", "Norm"));
      await must(session, "CREATE TYPE dbo.range EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.NumberRange]");
      await first.close();
      const second = await startTwin({ password: PASSWORD, dataDirectory });
      second.registerClr({ "Hartonomous.Clr.Hartonomous.Clr.VectorFunctions.Norm": (v: Uint8Array) => v.length });
      const again = await loginAs(second.engine as never);
      await must(again, "USE desk");
      assert.deepEqual((await must(again, "SELECT dbo.Norm(0x010203)")).rows, [[3]]);
      assert.deepEqual((await query(again, `CREATE ASSEMBLY other FROM ${literal(VECTORS)}`)).numbers, [6285]);
      assert.deepEqual(
        (await must(again, "SELECT assembly_class FROM sys.assembly_types WHERE assembly_id > 65535")).rows,
        [["Hartonomous.Clr.NumberRange"]],
      );
      await second.close();
    } finally {
      rmSync(dataDirectory, { recursive: true, force: true });
    }
  });
});
