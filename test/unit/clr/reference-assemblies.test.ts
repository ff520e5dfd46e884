/** The assemblies of sql/clr: their sources, the DLLs beside them, and what a compiler makes of the sources now. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bindingsFromAttributes } from "../../../provider/src/clr/from-attributes";
import { findAttribute, type AssemblyMetadata } from "../../../provider/src/clr/model";
import { readAssembly } from "../../../provider/src/clr/read-assembly";
import { unloadable, unsafeReasons } from "../../../provider/src/clr/safety";
import { checkBindings } from "../../../provider/src/clr/check-bindings";
import { files, vectors } from "../../../sql/clr";

const root = join(__dirname, "..", "..", "..");
const directory = join(root, "sql", "clr");
const projects = ["Hartonomous.Clr", "Hartonomous.Files"] as const;

const aliases: Readonly<Record<string, string>> = { void: "System.Void", object: "System.Object", string: "System.String", long: "System.Int64", int: "System.Int32", bool: "System.Boolean", double: "System.Double" }; // prettier-ignore
const namespaces: Readonly<Record<string, string>> = { IEnumerable: "System.Collections", BinaryReader: "System.IO", BinaryWriter: "System.IO" }; // prettier-ignore

function typeName(written: string, own: string): string {
  if (aliases[written] !== undefined) return aliases[written];
  if (written.startsWith("Sql")) return `System.Data.SqlTypes.${written}`;
  return `${namespaces[written] ?? own}.${written}`;
}

/** `Class.Method(types) type`, of all public methods as the source writes them. */
function declarations(source: string): string[] {
  const own = /namespace ([\w.]+)/.exec(source)?.[1] ?? "";
  const found: string[] = [];
  let type = "";
  const text = source.replace(/\/\/.*$/gm, "").replace(/\[[^\]]*\]\s*/g, "");
  for (const match of text.matchAll(
    /public (?:static |sealed )?(?:class|struct) (\w+)|public (static |override )?([\w.]+) (\w+)\(([^)]*)\)/g,
  )) {
    if (match[1] !== undefined) {
      type = match[1];
      continue;
    }
    const parameters = match[5]!
      .split(",")
      .map((each) => each.trim())
      .filter(Boolean)
      .map((each) => {
        const words = each.split(/\s+/);
        return `${typeName(words.at(-2)!, own)}${words[0] === "out" ? "&" : ""}`;
      });
    found.push(
      `${match[2] === "static " ? "static " : ""}${own}.${type}.${match[4]}(${parameters.join(", ")}) ${typeName(match[3]!, own)}`,
    );
  }
  return found.sort();
}

function members(assembly: AssemblyMetadata): string[] {
  return assembly.types
    .filter((type) => type.isPublic)
    .flatMap((type) =>
      type.methods
        .filter((method) => method.isPublic && !method.isSpecial)
        .map(
          (method) =>
            `${method.isStatic ? "static " : ""}${type.name}.${method.name}(${method.parameters.map((each) => each.type).join(", ")}) ${method.returns}`,
        ),
    )
    .sort();
}

const prebuilt = (project: string): AssemblyMetadata =>
  readAssembly(readFileSync(join(directory, "bin", `${project}.dll`)));

function without(assembly: AssemblyMetadata): object {
  const { mvid: _mvid, ...rest } = assembly;
  return rest;
}

describe("the assemblies of the reference database", () => {
  it("are built from the sources beside them", () => {
    for (const project of projects) {
      const sources = readdirSync(join(directory, project)).filter((file) => file.endsWith(".cs"));
      const declared = sources
        .flatMap((file) => declarations(readFileSync(join(directory, project, file), "utf8")))
        .sort();
      assert.ok(declared.length > 5);
      assert.deepEqual(members(prebuilt(project)), declared);
    }
  });

  it("are rebuilt to the same bytes, where the compiler is found that made them, and to the same metadata by another", function () {
    this.timeout(120_000);
    const target = mkdtempSync(join(tmpdir(), "clr-"));
    try {
      const built = spawnSync(process.execPath, [join(root, "scripts", "clr.js"), target], { encoding: "utf8" });
      if (built.status === 3) {
        console.log("skipped: no compiler for C#");
        return this.skip();
      }
      assert.equal(built.status, 0, built.stderr);
      for (const project of projects) {
        const bytes = readFileSync(join(target, `${project}.dll`));
        assert.deepEqual(without(readAssembly(bytes)), without(prebuilt(project)));
        if (/version 6\.8\./.test(spawnSync("mcs", ["--version"], { encoding: "utf8" }).stdout ?? ""))
          assert.ok(
            bytes.equals(readFileSync(join(directory, "bin", `${project}.dll`))),
            `${project}.dll is not what its sources give: npm run clr`,
          );
      }
    } finally {
      rmSync(target, { recursive: true });
    }
  });

  it("hold at least 20 functions, a procedure, an aggregate, a type and table functions, all of which can be bound", () => {
    const assembly = prebuilt("Hartonomous.Clr");
    const { bindings, problems } = bindingsFromAttributes(assembly, vectors.name, "dbo", () => true);
    assert.deepEqual(problems, []);
    const count = (kind: string): number => bindings.filter((each) => each.kind === kind).length;
    assert.ok(count("function") + count("table-function") >= 20);
    assert.deepEqual([count("procedure"), count("aggregate"), count("type"), count("table-function")], [1, 1, 1, 2]);
    assert.ok(bindings.some(({ name }) => name === "clr_BytesToFloatArrayJson"));
    const classes = new Map(
      bindings.filter(({ kind }) => kind === "type").map(({ name, className }) => [name, className]),
    );
    assert.deepEqual(
      checkBindings(
        bindings,
        () => assembly,
        (_schema, name) => classes.get(name),
        (name) => name.toLowerCase(),
      ),
      [],
    );
  });

  it("need no more than they say: SAFE for vectors, UNSAFE for files, .NET Framework for both", () => {
    const [vector, file] = projects.map(prebuilt) as [AssemblyMetadata, AssemblyMetadata];
    assert.deepEqual([unloadable(vector), unsafeReasons(vector), unloadable(file)], [[], [], []]);
    assert.match(unsafeReasons(file).join(), /GetDiskFreeSpaceEx calls native code \(error 6265\)/);
    assert.equal(files.permissionSet, "UNSAFE");
    for (const each of [vector, file]) assert.equal(each.targetFramework, ".NETFramework,Version=v4.8.1");
    const aggregate = vector.types.find(({ name }) => name === "Hartonomous.Clr.VectorAverage")!;
    assert.equal(
      findAttribute(aggregate.attributes, "Microsoft.SqlServer.Server.SqlUserDefinedAggregateAttribute")?.named[
        "MaxByteSize"
      ],
      -1,
    );
  });
});
