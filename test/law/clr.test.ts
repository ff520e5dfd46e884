import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { skip, unique } from "../server";
import { clrCases, deployed, files, renamed, second, unsafeCases, vectors } from "./clr-cases";
import { dumpCatalog } from "./catalog-dump";
import { Deployment, type Properties, type Resource } from "./deployment";
import { withFault } from "./faults";
import { proveLaw } from "./law";

proveLaw("assemblies and what is bound to them", clrCases);
proveLaw("assemblies on Windows", unsafeCases, { platform: "windows" });

describe("assemblies in use", () => {
  let deployment: Deployment;
  let count = 0;
  let others: ReadonlySet<string> = new Set();
  before(async function () {
    deployment = await Deployment.start({ configuration: { "clr enabled": 1 } }, this);
    others = new Set(await trusted());
    const hashes = [vectors, second, renamed].map((file) =>
      createHash("sha512").update(readFileSync(file)).digest("hex"),
    );
    if (hashes.some((hash) => others.has(hash.toUpperCase())))
      skip(this, "the server trusts these assemblies already: somebody has them deployed");
  });
  after(() => deployment?.close());

  async function database(): Promise<string> {
    const name = unique(`clr_${++count}`);
    await deployment.sql(`CREATE DATABASE ${name};`);
    await deployment.configure();
    return name;
  }
  const trusted = async (): Promise<string[]> =>
    (await deployment.sql("SELECT CONVERT(varchar(128), hash, 2) AS hash FROM sys.trusted_assemblies ORDER BY hash;"))
      .map((row) => String(row["hash"]))
      .filter((hash) => !others.has(hash));
  const assembly = (name: string, file: string, allow: string[] = []) => ({
    database: name,
    name: "Hartonomous.Clr",
    file,
    allow,
  });

  /** As one `up` does: both are previewed before either is applied. */
  async function together(first: Resource, given: Properties, other: Resource, otherGiven: Properties): Promise<[Resource, Resource]> {
    const apply = (resource: Resource, inputs: Properties, disturb: (run: () => Promise<void>) => Promise<void>): Promise<Error | undefined> =>
      resource.id === "" ? deployment.failingCreate(resource, inputs, disturb) : deployment.failingUpdate(resource, inputs, disturb);
    let inner: Error | undefined;
    const outer = await apply(first, given, async (run) => {
      inner = await apply(other, otherGiven, (runOther) => runOther());
      await run();
    });
    assert.deepEqual([outer, inner], [undefined, undefined]);
    return [first, other];
  } // prettier-ignore

  it("keep the trust of a build while another database needs it", async () => {
    const [one, two] = [await database(), await database()];
    const first = await deployment.create("ClrAssembly", "shared", assembly(one, vectors));
    await deployment.configure();
    const other = await deployment.create("ClrAssembly", "shared", assembly(two, vectors));
    const both = await trusted();
    await deployment.configure();
    await deployment.delete(first);
    assert.deepEqual(await trusted(), both, "the second database rests on it");
    await deployment.configure();
    await deployment.delete(other);
  });

  it("share a build between two databases of one program, from one preview to the next", async () => {
    const [one, two] = [await database(), await database()];
    const [first, other] = await together(
      { kind: "ClrAssembly", name: "one", id: "", state: {} },
      assembly(one, vectors),
      { kind: "ClrAssembly", name: "two", id: "", state: {} },
      assembly(two, vectors),
    );
    const before = await trusted();
    assert.equal(before.length, 1);
    await deployment.configure();
    await together(first, assembly(one, second), other, assembly(two, second));
    const after = await trusted();
    assert.equal(after.length, 1, "the old build is gone from both databases");
    assert.notDeepEqual(after, before);
    await deployment.configure();
    await deployment.assertUnchanged(first, assembly(one, second));
    await deployment.assertUnchanged(other, assembly(two, second));
    await deployment.delete(first);
    assert.deepEqual(await trusted(), after);
    await deployment.configure();
    await deployment.delete(other);
    assert.deepEqual(await trusted(), [], "whoever made the entry, the last one who needs it takes it away");
  });

  it("keep their trust while a database that is offline may need it, and leave entries of persons alone", async () => {
    const [one, two] = [await database(), await database()];
    const first = await deployment.create("ClrAssembly", "online", assembly(one, vectors));
    await deployment.sql(deployed(vectors), two);
    const [hash] = await trusted();
    await deployment.sql(`ALTER DATABASE ${two} SET OFFLINE;`);
    await deployment.configure();
    await deployment.delete(first);
    assert.deepEqual(await trusted(), [hash]);
    await deployment.sql(`ALTER DATABASE ${two} SET ONLINE; DROP DATABASE ${two};`);
    await deployment.sql(`EXEC sys.sp_drop_trusted_assembly @hash = 0x${hash};`);
    const name = await database();
    await deployment.sql(deployed(vectors), name);
    await deployment.configure();
    const adopted = await deployment.create("ClrAssembly", "adopted", { ...assembly(name, vectors), adopt: true });
    await deployment.configure();
    await deployment.delete(adopted);
    assert.deepEqual(await trusted(), [hash]);
    await deployment.sql(`EXEC sys.sp_drop_trusted_assembly @hash = 0x${hash};`);
  });

  it("lose the trust with their database, unless another one has the build", async () => {
    const [name, other] = [unique("clr_gone"), await database()];
    const owner = await deployment.create("Database", "gone", { name });
    const resource = await deployment.create("ClrAssembly", "gone", assembly(name, vectors));
    await deployment.sql(deployed(vectors), other);
    const full = await trusted();
    await deployment.configure();
    await deployment.delete(owner);
    assert.deepEqual(await trusted(), full);
    await deployment.sql(`DROP DATABASE ${other};`);
    await deployment.configure();
    const again = await deployment.create("Database", "gone", { name });
    await deployment.update(resource, assembly(name, vectors));
    await deployment.configure();
    await deployment.delete(again);
    assert.deepEqual(await trusted(), []);
  });

  it("that are signed need no entry of the list, and lose the one that they had", async () => {
    const [name, other] = [await database(), await database()];
    const resource = await deployment.create("ClrAssembly", "signed", assembly(name, vectors));
    const signed = { ...assembly(name, vectors), trust: "signature" };
    await deployment.sql(deployed(vectors), other);
    const full = await trusted();
    await deployment.configure();
    await deployment.update(resource, signed);
    assert.deepEqual(await trusted(), full);
    await deployment.sql(`DROP DATABASE ${other};`);
    await deployment.configure();
    assert.ok(await deployment.update(resource, signed));
    assert.deepEqual(await trusted(), []);
    await deployment.configure();
    await deployment.assertUnchanged(resource, signed);
    await deployment.delete(resource);
  });

  it("are repaired when the trust, the bytes or the permission set were changed by hand", async () => {
    const name = await database();
    const resource = await deployment.create("ClrAssembly", "drift", assembly(name, vectors));
    const full = [await dumpCatalog(deployment, name), await trusted()];
    for (const hash of await trusted()) await deployment.sql(`EXEC sys.sp_drop_trusted_assembly @hash = 0x${hash};`);
    await deployment.configure();
    assert.ok(await deployment.update(resource, assembly(name, vectors)));
    assert.deepEqual([await dumpCatalog(deployment, name), await trusted()], full);
    await deployment.sql("DROP ASSEMBLY [Hartonomous.Clr] WITH NO DEPENDENTS;", name);
    await deployment.configure();
    assert.equal(await deployment.refresh(resource), undefined);
    assert.ok(await deployment.update(resource, assembly(name, vectors)));
    assert.deepEqual([await dumpCatalog(deployment, name), await trusted()], full);
    await deployment.delete(resource);
    assert.deepEqual(await trusted(), []);
  });

  it("answer once deployed, and are verified one by one", async function () {
    await deployment.runClr(
      {
        "Hartonomous.Clr.Hartonomous.Clr.JsonFunctions.BytesToFloatArrayJson": (bytes: Uint8Array | null) =>
          bytes === null ? null : JSON.stringify([...new Float32Array(bytes.slice().buffer)]),
      },
      this,
    );
    const name = await database();
    const dll = await deployment.create("ClrAssembly", "called", assembly(name, vectors));
    const bound = await deployment.create("ClrBindings", "called", { database: name, assembly: "Hartonomous.Clr", file: vectors }); // prettier-ignore
    const rows = await deployment.sql(
      "SELECT dbo.clr_BytesToFloatArrayJson(0x0000803F000000C0) AS json, dbo.clr_BytesToFloatArrayJson(NULL) AS nothing;",
      name,
    );
    assert.deepEqual(rows, [{ json: "[1,-2]", nothing: null }]);
    const checks = await deployment.create("Verification", "called", { database: name, name: "clr", generate: ["clr"] }); // prettier-ignore
    const asked = await deployment.sql("SELECT name, outcome FROM iac.verification ORDER BY name;", name);
    const modules = await deployment.sql(
      "SELECT N'CLR module: ' + SCHEMA_NAME(o.schema_id) + N'.' + o.name AS name, 'passed' AS outcome FROM sys.assembly_modules AS m INNER JOIN sys.objects AS o ON o.object_id = m.object_id ORDER BY 1;",
      name,
    );
    assert.deepEqual(asked, modules);
    assert.ok(modules.length > 20);
    for (const resource of [checks, bound, dll]) {
      await deployment.configure();
      await deployment.delete(resource);
    }
  });

  it("take a build that breaks a function, which goes by consent and is named", async () => {
    const name = await database();
    const bindings = (file: string, allow: string[] = []) => ({
      database: name,
      assembly: "Hartonomous.Clr",
      file,
      allow,
    });
    const dll = await deployment.create("ClrAssembly", "upgrade", assembly(name, vectors));
    const bound = await deployment.create("ClrBindings", "upgrade", bindings(vectors));
    await deployment.configure();
    const { failures } = await deployment.preview("ClrAssembly", "upgrade", assembly(name, renamed), dll.state);
    assert.match(
      failures.join("\n"),
      /data-loss dbo\.VectorNorm: method Hartonomous\.Clr\.VectorFunctions\.Norm is gone/,
    );
    const allow = ["data-loss:dbo.VectorNorm"];
    assert.ok(await deployment.update(dll, assembly(name, renamed, allow)));
    assert.ok(await deployment.update(bound, bindings(renamed, allow)));
    await deployment.configure();
    await deployment.assertUnchanged(dll, assembly(name, renamed, allow));
    await deployment.assertUnchanged(bound, bindings(renamed, allow));
    const rows = await deployment.sql(
      "SELECT m.assembly_method AS method FROM sys.assembly_modules AS m WHERE OBJECT_NAME(m.object_id) = N'VectorNorm';",
      name,
    );
    assert.deepEqual(rows, [{ method: "Size" }]);
    await deployment.delete(bound);
    await deployment.configure();
    await deployment.delete(dll);
    assert.deepEqual(await trusted(), []);
  });

  it("end as an unbroken deployment, wherever one broke off", async function () {
    this.timeout(600_000);
    const twin = deployment.ownTwin(this);
    // A prime, so that the share is spread over what repeats.
    const step = process.env.LAW_SWEEP === "all" ? 1 : 29;
    for (let at = 0; ; at += step) {
      const name = await database();
      const resource = await deployment.create("ClrAssembly", "broken", assembly(name, vectors));
      await deployment.configure();
      const given = assembly(name, second);
      let texts: readonly string[] = [];
      const failure = await deployment.failingUpdate(resource, given, async (apply) => {
        texts = await withFault(twin, at, "error", apply);
      });
      if (failure === undefined) {
        assert.ok(at > 5 && texts.length <= at);
        break;
      }
      await deployment.configure();
      await deployment.update(resource, given);
      await deployment.configure();
      await deployment.assertUnchanged(resource, given);
      const rows = await deployment.sql(
        "SELECT CONVERT(varchar(128), HASHBYTES('SHA2_512', f.content), 2) AS hash FROM sys.assembly_files AS f;",
        name,
      );
      assert.deepEqual(
        await trusted(),
        rows.map((row) => row["hash"]),
      );
      await deployment.delete(resource);
      assert.deepEqual(await trusted(), []);
    }
  });

  for (const version of ["2019", "2025"] as const)
    it(`are made by a login without rights on the server once a DBA ran what it was told, on ${version}`, async () => {
      const server = await Deployment.start({ version });
      try {
        const [name, login] = [unique(`clr_plain_${version}`), unique(`clr_deployer_${version}`)];
        await server.sql(`CREATE DATABASE ${name}; CREATE LOGIN ${login} WITH PASSWORD = N'Depl0yer-pass';`);
        await server.sql(`CREATE USER ${login} FOR LOGIN ${login}; ALTER ROLE db_owner ADD MEMBER ${login};`, name);
        const settings = { ...server.settings, user: login, password: "Depl0yer-pass" };
        await server.configure([], settings);
        const given = assembly(name, vectors);
        const { failures } = await server.preview("ClrAssembly", "plain", given);
        const [text = ""] = failures;
        assert.match(text, /login "clr_deployer\w*" may not add to sys\.trusted_assemblies .* nor see what is on it/);
        assert.match(
          text,
          // A server of one's own has the version that it has.
          server.twin === undefined
            ? /GRANT VIEW SERVER (SECURITY )?STATE TO \[clr_deployer\w*\];/
            : version === "2019"
              ? /GRANT VIEW SERVER STATE TO/
              : /GRANT VIEW SERVER SECURITY STATE TO \[clr_deployer\w*\];/,
        );
        await server.sql(text.slice(text.indexOf("USE master;")));
        await server.configure([], settings);
        const resource = await server.create("ClrAssembly", "plain", given);
        await server.configure([], settings);
        await server.assertUnchanged(resource, given);
        await server.delete(resource);
      } finally {
        await server.close();
        await deployment.configure();
      }
    });

  it("other than SAFE are refused on Linux", async function () {
    await deployment.need({ platform: "linux" }, this);
    const name = await database();
    const { failures } = await deployment.preview("ClrAssembly", "linux", {
      database: name,
      name: "Files",
      file: files,
      permissionSet: "UNSAFE",
    });
    assert.match(failures.join(), /10342/);
  });
});
