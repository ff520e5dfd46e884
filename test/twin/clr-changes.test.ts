/** References between assemblies, ALTER and DROP ASSEMBLY on the twin. Facts: reference sheet "CLR assemblies" 2 to 5. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { shared } from "../shared";
import {
  attributeText,
  type ClrDesk,
  FILES,
  FUNCTION,
  hashLiteral,
  literal,
  openClrDesk,
  reattributed,
  rebuilt,
  renamed,
  VECTORS,
} from "./clr-desk";

const CREATE = `CREATE ASSEMBLY [Hartonomous.Clr] FROM ${literal(VECTORS)}`;
const alterFrom = (bytes: Uint8Array, more = ""): string =>
  `ALTER ASSEMBLY [Hartonomous.Clr] FROM ${literal(bytes)} ${more}`;

describe("references between assemblies", () => {
  const chain = (context: Mocha.Context, name: string): Buffer => {
    const bytes = readFileSync(shared(context, "samples", "clr", "chain", `${name}.dll`));
    // System.Numerics is in no server: this one gets by with a library that is.
    return name === "System.Numerics.Vectors" ? renamed(bytes, "System.Numerics", "System.Security") : bytes;
  };
  const unsafe = (name: string, ...bytes: Uint8Array[]): string =>
    `CREATE ASSEMBLY [${name}] FROM ${bytes.map(literal).join(", ")} WITH PERMISSION_SET = UNSAFE`;
  let desk: ClrDesk;
  beforeEach(async () => (desk = await openClrDesk({ platform: "windows" })));

  const trusted = async (...bytes: Buffer[]): Promise<void> => desk.trust(...bytes);
  /** System.Memory as if it had been built against the Unsafe that is at hand. */
  const fittingMemory = (context: Mocha.Context): Buffer =>
    reattributed(chain(context, "System.Memory"), versionBytes(4, 0, 4, 1), versionBytes(6, 0, 0, 0));

  it("that are missing are named with their version", async function () {
    const memory = chain(this, "System.Memory");
    await trusted(memory);
    const [text] = await desk.texts(unsafe("System.Memory", memory));
    assert.match(
      text!,
      /Assembly 'system\.numerics\.vectors, version=4\.1\.4\.0, .*' was not found in the SQL catalog/,
    );
  });
  it("to another version than the registered one clash: there are no binding redirects", async function () {
    const list = [
      "System.Memory",
      "System.Buffers",
      "System.Numerics.Vectors",
      "System.Runtime.CompilerServices.Unsafe",
    ];
    const [memory, buffers, vectors, unsafeLibrary] = list.map((name) => chain(this, name)) as [
      Buffer,
      Buffer,
      Buffer,
      Buffer,
    ];
    await trusted(memory, buffers, vectors, unsafeLibrary);
    await desk.run(unsafe("System.Buffers", buffers));
    await desk.run(unsafe("System.Numerics.Vectors", vectors));
    await desk.run(unsafe("Unsafe", unsafeLibrary));
    const [text] = await desk.texts(unsafe("System.Memory", memory));
    assert.match(text!, /different version of assembly 'Unsafe', referenced by assembly 'System\.Memory'/);
  });
  it("that are offered in another version are not found", async function () {
    const list = [
      "System.Memory",
      "System.Buffers",
      "System.Numerics.Vectors",
      "System.Runtime.CompilerServices.Unsafe",
    ];
    const bytes = list.map((name) => chain(this, name));
    await trusted(...bytes);
    const [text] = await desk.texts(unsafe("System.Memory", ...bytes));
    assert.match(text!, /'system\.runtime\.compilerservices\.unsafe, version=4\.0\.4\.1/);
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM sys.assemblies WHERE is_user_defined = 1"), [[0]]);
  });
  it("are met by further values, which become invisible assemblies of the same owner and set", async function () {
    const memory = fittingMemory(this);
    const rest = ["System.Runtime.CompilerServices.Unsafe", "System.Numerics.Vectors", "System.Buffers"].map((name) => chain(this, name)); // prettier-ignore
    await trusted(memory, ...rest);
    const made = await desk.run(unsafe("Memory", memory, ...rest));
    assert.equal(made.messages.filter(({ number }) => number === 10308).length, 2);
    assert.deepEqual(
      await desk.rows("SELECT name, is_visible, permission_set_desc, principal_id FROM sys.assemblies WHERE is_user_defined = 1 ORDER BY name"),
      [
        ["Memory", 1, "UNSAFE_ACCESS", 1],
        ["System.Buffers", 0, "UNSAFE_ACCESS", 1],
        ["System.Numerics.Vectors", 0, "UNSAFE_ACCESS", 1],
        ["System.Runtime.CompilerServices.Unsafe", 0, "UNSAFE_ACCESS", 1],
      ],
    ); // prettier-ignore
    assert.deepEqual(
      await desk.rows("SELECT r.name FROM sys.assembly_references AS x JOIN sys.assemblies AS r ON r.assembly_id = x.referenced_assembly_id JOIN sys.assemblies AS a ON a.assembly_id = x.assembly_id WHERE a.name = 'Memory' ORDER BY 1"),
      [["System.Buffers"], ["System.Numerics.Vectors"], ["System.Runtime.CompilerServices.Unsafe"]],
    ); // prettier-ignore
  });
  it("ask for one owner along the chain", async function () {
    const memory = fittingMemory(this);
    const rest = ["System.Runtime.CompilerServices.Unsafe", "System.Numerics.Vectors", "System.Buffers"].map((name) => chain(this, name)); // prettier-ignore
    await trusted(memory, ...rest);
    await desk.run("CREATE USER keeper WITHOUT LOGIN");
    await desk.run(
      `CREATE ASSEMBLY [System.Buffers] AUTHORIZATION keeper FROM ${literal(rest[2]!)} WITH PERMISSION_SET = UNSAFE`,
    );
    assert.deepEqual(await desk.errors(unsafe("Memory", memory, ...rest)), [6548]);
    await desk.run("ALTER AUTHORIZATION ON ASSEMBLY::[System.Buffers] TO dbo");
    assert.deepEqual(await desk.errors(unsafe("Memory", memory, ...rest)), []);
  });
  it("keep the referenced assembly, and take it along unless NO DEPENDENTS is said", async function () {
    const memory = fittingMemory(this);
    const rest = ["System.Runtime.CompilerServices.Unsafe", "System.Numerics.Vectors", "System.Buffers"].map((name) => chain(this, name)); // prettier-ignore
    await trusted(memory, ...rest);
    await desk.run(unsafe("Memory", memory, ...rest));
    assert.deepEqual(await desk.errors("DROP ASSEMBLY [System.Buffers] WITH NO DEPENDENTS"), [6589]);
    await desk.run("BEGIN TRAN; DROP ASSEMBLY Memory WITH NO DEPENDENTS");
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM sys.assemblies WHERE is_user_defined = 1"), [[3]]);
    await desk.run("ROLLBACK; DROP ASSEMBLY Memory");
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM sys.assemblies WHERE is_user_defined = 1"), [[0]]);
  });
  it("are not followed twice: another version of a registered assembly cannot coexist", async function () {
    const buffers = chain(this, "System.Buffers");
    const newer = reattributed(buffers, versionBytes(4, 0, 3, 0), versionBytes(4, 0, 4, 0));
    await trusted(buffers, newer);
    await desk.run(unsafe("old", buffers));
    assert.deepEqual(await desk.errors(unsafe("new", newer)), [10326]);
  });
  it("to what a signed assembly lowers or changes refuse ALTER", async function () {
    const buffers = chain(this, "System.Buffers");
    const older = reattributed(buffers, versionBytes(4, 0, 3, 0), versionBytes(4, 0, 2, 0));
    const newer = reattributed(buffers, versionBytes(4, 0, 3, 0), versionBytes(4, 0, 4, 0));
    const memory = fittingMemory(this);
    const rest = ["System.Runtime.CompilerServices.Unsafe", "System.Numerics.Vectors"].map((name) => chain(this, name));
    await trusted(buffers, older, newer, memory, ...rest);
    await desk.run(unsafe("b", buffers));
    assert.deepEqual(await desk.errors(`ALTER ASSEMBLY b FROM ${literal(older)}`), [6579]);
    await desk.run(unsafe("Memory", memory, ...rest));
    assert.deepEqual(await desk.errors(`ALTER ASSEMBLY b FROM ${literal(newer)}`), [6529]);
    await desk.run("DROP ASSEMBLY Memory WITH NO DEPENDENTS");
    assert.deepEqual(await desk.errors(`ALTER ASSEMBLY b FROM ${literal(newer)}`), []);
    assert.match(
      String((await desk.rows("SELECT clr_name FROM sys.assemblies WHERE name = 'b'"))[0]![0]),
      /version=4\.0\.4\.0/,
    );
  });
});

describe("ALTER ASSEMBLY", () => {
  let desk: ClrDesk;
  const next = rebuilt(VECTORS);
  beforeEach(async () => {
    desk = await openClrDesk();
    await desk.trust(VECTORS, next);
    await desk.run(CREATE);
  });

  it("takes rebuilt bytes and keeps what is bound", async () => {
    await desk.run(FUNCTION("Norm", "Norm"));
    const before = await desk.rows("SELECT object_id FROM sys.assembly_modules");
    assert.deepEqual(await desk.errors(alterFrom(next)), []);
    assert.deepEqual(await desk.rows(`SELECT 1 FROM sys.assembly_files WHERE HASHBYTES('SHA2_512', content) = ${hashLiteral(next)}`), [[1]]); // prettier-ignore
    assert.deepEqual(await desk.rows("SELECT object_id FROM sys.assembly_modules"), before);
  });
  it("is undone with its transaction", async () => {
    await desk.run(`BEGIN TRAN; ${alterFrom(next)}; ROLLBACK`);
    assert.deepEqual(await desk.errors(alterFrom(next)), []);
  });
  it("refuses identical bytes: it is no way to say the same again", async () =>
    assert.deepEqual(await desk.errors(alterFrom(VECTORS)), [6285]));
  it("asks for trust in the new bytes", async () =>
    assert.deepEqual(await desk.errors(alterFrom(rebuilt(VECTORS, 2))), [10343]));
  it("refuses another assembly", async () => {
    await desk.trust(FILES);
    assert.deepEqual(await desk.errors(alterFrom(FILES)), [6579]);
  });
  it("says that it is not there, or not yours", async () =>
    assert.deepEqual(await desk.errors("ALTER ASSEMBLY none WITH VISIBILITY = ON"), [15151]));
  it("leaves the server's own assembly alone", async () => {
    assert.deepEqual(await desk.errors("ALTER ASSEMBLY [Microsoft.SqlServer.Types] WITH VISIBILITY = OFF"), [6560]);
    assert.deepEqual(await desk.errors("DROP ASSEMBLY [Microsoft.SqlServer.Types]"), [6560]);
  });
  it("asks for something to do", async () =>
    assert.deepEqual(await desk.errors("ALTER ASSEMBLY [Hartonomous.Clr]"), [102]));

  const gone: readonly [fact: string, setup: string, bytes: Buffer, numbers: number[]][] = [
    ["a bound method that is gone", FUNCTION("Norm", "Norm"), renamed(VECTORS, "Norm", "Worm"), [6270]],
    ["a bound class that is gone", FUNCTION("Norm", "Norm"), renamed(VECTORS, "VectorFunctions", "VectorFunction2"), [6273]],
    ["an aggregate that has lost a method", "CREATE AGGREGATE dbo.average (@v varbinary(max)) RETURNS varbinary(max) EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.VectorAverage]", renamed(VECTORS, "Terminate", "Terminat3"), [6269]],
    ["a type that is gone", "CREATE TYPE dbo.range EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.NumberRange]", renamed(VECTORS, "NumberRange", "NumberRang3"), [6273]],
    ["a type that is ordered now", "CREATE TYPE dbo.range EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.NumberRange]", reattributed(VECTORS, attributeText("IsByteOrdered", 0), attributeText("IsByteOrdered", 1)), [6275]],
    ["a type with another field", "CREATE TYPE dbo.range EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.NumberRange]", renamed(VECTORS, "high", "tall"), [6276]],
    ["another FillRow", "CREATE FUNCTION dbo.parts (@t nvarchar(max), @s nvarchar(16)) RETURNS TABLE (Position int, Part nvarchar(max)) AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.TableFunctions].Split", reattributed(VECTORS, attributeText("FillPart"), attributeText("FillPert")), [6270]],
  ]; // prettier-ignore
  for (const [fact, setup, bytes, numbers] of gone)
    it(`refuses ${fact}`, async () => {
      await desk.trust(bytes);
      await desk.run(setup);
      assert.deepEqual(await desk.errors(alterFrom(bytes)), numbers);
    });
  it("refuses a function that is no longer deterministic while a persisted column is made with it", async () => {
    const bytes = reattributed(VECTORS, attributeText("IsDeterministic", 1), attributeText("IsDeterministic", 0));
    await desk.trust(bytes);
    await desk.run(FUNCTION("Norm", "Norm"));
    await desk.run("CREATE TABLE dbo.t (v varbinary(20), n AS dbo.Norm(v) PERSISTED)");
    assert.deepEqual(await desk.errors(alterFrom(bytes)), [6287]);
    await desk.run("DROP TABLE dbo.t");
    assert.deepEqual(await desk.errors(alterFrom(bytes)), []);
    assert.deepEqual(await desk.errors("CREATE TABLE dbo.t (v varbinary(20), n AS dbo.Norm(v) PERSISTED)"), [4936]);
  });
  it("disables the checks that call it, with UNCHECKED DATA", async () => {
    const working = await openClrDesk({ clr: { "Hartonomous.Clr.Hartonomous.Clr.VectorFunctions.Norm": () => 1 } });
    await working.trust(VECTORS, next);
    await working.run(CREATE);
    await working.run(FUNCTION("Norm", "Norm"));
    await working.run(
      "CREATE TABLE dbo.t (v varbinary(20), CONSTRAINT positive CHECK (dbo.Norm(v) > 0)); INSERT dbo.t VALUES (0x01)",
    );
    assert.match((await working.texts(alterFrom(next)))[0]!, /table, view or constraint 'positive'/);
    await working.run(alterFrom(next, "WITH UNCHECKED DATA"));
    assert.deepEqual(await working.rows("SELECT is_disabled, is_not_trusted FROM sys.check_constraints"), [[1, 1]]);
  });
  it("lets go what nobody is bound to", async () => {
    const bytes = renamed(VECTORS, "Norm", "Worm");
    await desk.trust(bytes);
    assert.deepEqual(await desk.errors(alterFrom(bytes)), []);
  });
  it("goes from version 1.0 to 1.1 as the samples have it: one function gone, one changed, one new", async function () {
    const [old, newer] = ["functions-1.0", "functions-1.1"].map((folder) =>
      readFileSync(shared(this, "samples", "clr", folder, "Sample.Vectors.dll")),
    ) as [Buffer, Buffer];
    const windows = await openClrDesk({ platform: "windows" });
    await windows.trust(old, newer);
    await windows.run(`CREATE ASSEMBLY v FROM ${literal(old)} WITH PERMISSION_SET = UNSAFE`);
    const bind = (name: string, parameters: string, returns: string): string =>
      `CREATE FUNCTION dbo.${name} (${parameters}) RETURNS ${returns} AS EXTERNAL NAME v.[Sample.Vectors.VectorFunctions].${name}`;
    const alter = `ALTER ASSEMBLY v FROM ${literal(newer)}`;
    const two = "@a nvarchar(10), @b nvarchar(10)";
    await windows.run(bind("Distance", two, "int"));
    assert.match((await windows.texts(alter))[0]!, /"Distance" in type "Sample.Vectors.VectorFunctions"/);
    await windows.run("DROP FUNCTION dbo.Distance");
    await windows.run(bind("Obsolete", "@a nvarchar(10)", "nvarchar(10)"));
    assert.match((await windows.texts(alter))[0]!, /"Obsolete" in type/);
    await windows.run("DROP FUNCTION dbo.Obsolete");
    assert.deepEqual(await windows.errors(alter), []);
    assert.deepEqual(await windows.errors(bind("Distance", `${two}, @f bit`, "float")), []);
    assert.deepEqual(await windows.errors(bind("BytesToFloatArrayJson", "@v varbinary(max)", "nvarchar(max)")), []);
  });
  it("hides an assembly only while nothing is bound to it", async () => {
    await desk.run("ALTER ASSEMBLY [Hartonomous.Clr] WITH VISIBILITY = OFF");
    assert.deepEqual(await desk.errors(FUNCTION("Norm", "Norm")), [6582]);
    await desk.run("ALTER ASSEMBLY [Hartonomous.Clr] WITH VISIBILITY = ON");
    await desk.run(FUNCTION("Norm", "Norm"));
    assert.deepEqual(await desk.errors("ALTER ASSEMBLY [Hartonomous.Clr] WITH VISIBILITY = OFF"), [6284]);
  });
  it("changes the permission set where the platform has more than one", async () => {
    assert.deepEqual(await desk.errors("ALTER ASSEMBLY [Hartonomous.Clr] WITH PERMISSION_SET = UNSAFE"), [10342]);
    const windows = await openClrDesk({ platform: "windows" });
    await windows.trust(VECTORS);
    await windows.run(CREATE);
    await windows.run("ALTER ASSEMBLY [Hartonomous.Clr] WITH PERMISSION_SET = EXTERNAL_ACCESS");
    assert.deepEqual(
      await windows.rows("SELECT permission_set, permission_set_desc FROM sys.assemblies WHERE is_user_defined = 1"),
      [[2, "EXTERNAL_ACCESS"]],
    );
  });
  it("adds and drops files beside the assembly, which then takes no new bytes", async () => {
    await desk.run("ALTER ASSEMBLY [Hartonomous.Clr] ADD FILE FROM 0x0102 AS [a.pdb], 0x03 AS 'b.cs'");
    assert.deepEqual(
      await desk.rows("SELECT name, file_id FROM sys.assembly_files WHERE file_id > 1 ORDER BY file_id"),
      [
        ["a.pdb", 2],
        ["b.cs", 3],
      ],
    );
    assert.deepEqual(await desk.errors(alterFrom(next)), [6541]);
    assert.deepEqual(await desk.errors("ALTER ASSEMBLY [Hartonomous.Clr] ADD FILE FROM 0x01 AS [A.PDB]"), [6249]);
    assert.deepEqual(await desk.errors("ALTER ASSEMBLY [Hartonomous.Clr] ADD FILE FROM 0x01"), [6252]);
    assert.deepEqual(await desk.errors("ALTER ASSEMBLY [Hartonomous.Clr] ADD FILE FROM 0x AS [c]"), [6217]);
    assert.deepEqual(await desk.errors("ALTER ASSEMBLY [Hartonomous.Clr] DROP FILE [none]"), [6250]);
    await desk.run("ALTER ASSEMBLY [Hartonomous.Clr] DROP FILE [a.pdb] ADD FILE FROM 0x04 AS [a.pdb]");
    await desk.run("ALTER ASSEMBLY [Hartonomous.Clr] DROP FILE ALL");
    assert.deepEqual(await desk.errors(alterFrom(next)), []);
  });
  it("asks for UNCHECKED DATA when rows depend on it, and then marks them", async () => {
    await desk.run("CREATE TYPE dbo.range EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.NumberRange]");
    await desk.run("CREATE TABLE dbo.t (id int, r dbo.range)");
    assert.deepEqual(await desk.errors(`BEGIN TRAN; ${alterFrom(next)}; ROLLBACK`), []);
    await desk.run("INSERT dbo.t VALUES (1, NULL)");
    assert.deepEqual(await desk.errors(alterFrom(next)), [6280]);
    const altered = await desk.run(alterFrom(next, "WITH UNCHECKED DATA"));
    assert.deepEqual(
      altered.messages.map(({ number }) => number),
      [6288],
    );
    assert.deepEqual(await desk.rows("SELECT has_unchecked_assembly_data FROM sys.tables"), [[1]]);
  });
});

describe("DROP ASSEMBLY", () => {
  let desk: ClrDesk;
  beforeEach(async () => {
    desk = await openClrDesk();
    await desk.trust(VECTORS);
    await desk.run(CREATE);
  });

  it("waits for the routines and types that are bound", async () => {
    await desk.run(FUNCTION("Norm", "Norm"));
    assert.deepEqual(await desk.errors("DROP ASSEMBLY [Hartonomous.Clr] WITH NO DEPENDENTS"), [6590]);
    await desk.run("DROP FUNCTION dbo.Norm");
    await desk.run("CREATE TYPE dbo.range EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.NumberRange]");
    assert.deepEqual(await desk.errors("DROP ASSEMBLY [Hartonomous.Clr] WITH NO DEPENDENTS"), [6598]);
    await desk.run("CREATE TABLE dbo.t (r dbo.range)");
    assert.deepEqual(await desk.errors("DROP TYPE dbo.range"), [3732]);
    await desk.run("DROP TABLE dbo.t; DROP TYPE dbo.range; DROP ASSEMBLY [Hartonomous.Clr] WITH NO DEPENDENTS");
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM sys.assembly_files"), [[0]]);
  });
  it("says what is not there, unless IF EXISTS is said", async () => {
    assert.deepEqual(await desk.errors("DROP ASSEMBLY none"), [15151]);
    assert.deepEqual(await desk.errors("DROP ASSEMBLY IF EXISTS none, [Hartonomous.Clr]"), []);
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM sys.assemblies"), [[1]]);
  });
});

function versionBytes(...parts: number[]): Buffer {
  const bytes = Buffer.alloc(8);
  parts.forEach((part, i) => bytes.writeUInt16LE(part, i * 2));
  return bytes;
}
