import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { bindingsFromAttributes } from "../../../provider/src/clr/from-attributes";
import type { Plan, PlanContext, Probe, ProbeRow } from "../../../provider/src/contract";
import type { DatabaseRows } from "../../../provider/src/engine/catalog-snapshot";
import { missingConsents } from "../../../provider/src/engine/consent";
import { InvalidInputsError } from "../../../provider/src/errors";
import { clrAssemblyKind } from "../../../provider/src/kinds/clr/assembly";
import type { ClrAssemblyInputs } from "../../../provider/src/kinds/clr/assembly/inputs";
import { identity } from "../../../provider/src/kinds/clr/assembly/live";
import { bindingText } from "../../../provider/src/kinds/clr/binding-statements";
import { planText } from "../../../provider/src/plan-text";
import {
  boundReferenceRow,
  columnRow,
  databaseRow,
  planContext,
  snapshot,
  tableRow,
  type Surroundings,
} from "../../catalog-rows";
import { assertGrammar, golden, record } from "../../golden";
import { checkGrammar, shared } from "../../shared";
import { assemblyRow, boundRows, load } from "./clr-rows";

const bin = relative(process.cwd(), join(__dirname, "..", "..", "..", "sql", "clr", "bin"));
const vectors = `${bin}/Hartonomous.Clr.dll`;
const files = `${bin}/Hartonomous.Files.dll`;
const common = { server: "hart-server", database: "sales", owner: "shop/dev/ClrAssembly/vectors" } as const;
const mark = "pulumi-sqlserver shop/dev/ClrAssembly/vectors in sales: ";

function inputs(given: Partial<ClrAssemblyInputs> = {}): ClrAssemblyInputs {
  return clrAssemblyKind.inputs.parse({ ...common, name: "Hartonomous.Clr", file: vectors, ...given });
}

interface Around extends Surroundings {
  readonly answers?: Record<string, ProbeRow>;
  readonly special?: Partial<PlanContext>;
}

function around(
  rows: Partial<DatabaseRows> = {},
  { answers = {}, special = {}, ...surroundings }: Around = {},
): PlanContext {
  const trust: ProbeRow = { control: 1, unsafeAssembly: 1, trusted: null, stale: null };
  return planContext(snapshot({ databases: [databaseRow()], rows, ...surroundings }), {
    answers: new Map(Object.entries({ trust, ...answers })),
    ...special,
  });
}

function planned(given: ClrAssemblyInputs, context: PlanContext): Plan {
  const desired = clrAssemblyKind.desired(given);
  const live = clrAssemblyKind.read(context.catalog, clrAssemblyKind.identity(desired), context.owned);
  return record("ClrAssembly", clrAssemblyKind.plan(desired, live, context));
}

const trusted = (...paths: string[]): Record<string, ProbeRow> => ({
  trust: { control: 1, unsafeAssembly: 1, trusted: paths.map((file) => load(file).hash).join(","), stale: null },
});
const reasons = (plan: Plan): string =>
  plan.refusals.map(({ property, reason }) => `${property}: ${reason}`).join("\n");
const labels = (plan: Plan): string[] => plan.statements.map((statement) => statement.label);
const deployed = (special = {}): Partial<DatabaseRows> => ({
  assemblies: [assemblyRow(65536, "Hartonomous.Clr", vectors, special)],
});
const owned = [{ type: "assembly", name: "Hartonomous.Clr" }];

/** The two versions of the sample, the first one on the server. */
function upgrade(context: Mocha.Context): { before: string; after: string; content: ProbeRow; name: string } {
  const directory = relative(process.cwd(), shared(context, "samples", "clr"));
  const before = `${directory}/functions-1.0/Sample.Vectors.dll`;
  return {
    before,
    after: `${directory}/functions-1.1/Sample.Vectors.dll`,
    content: { content: readFileSync(before).toString("hex") },
    name: "Sample.Vectors",
  };
}

describe("kind ClrAssembly", () => {
  describe("inputs", () => {
    it("refuse paths of one machine, and files that are no assemblies, all at once", () => {
      for (const file of ["/opt/a.dll", "C:\\a.dll", "\\\\host\\a.dll"])
        assert.equal(clrAssemblyKind.inputs.safeParse({ ...common, name: "a", file }).success, false, file);
      assert.throws(
        () =>
          clrAssemblyKind.desired(
            inputs({ file: "nowhere.dll", references: ["package.json", files, "a".repeat(300)] }),
          ),
        (error: unknown) => {
          assert.ok(error instanceof InvalidInputsError);
          assert.deepEqual(
            error.issues.map(({ property }) => property),
            ["file", "references[0]", "references[2]"],
          );
          assert.match(error.message, /nowhere\.dll: no such file below the Pulumi program/);
          assert.match(error.message, /a{300}: it cannot be read \(ENAMETOOLONG\)/);
          assert.match(
            error.message,
            /package\.json: AssemblyFormatError: it is not an intact \.NET assembly: it does not begin as a DLL does/,
          );
          return true;
        },
      );
    });

    it("refuse a file that nothing refers to, and one that is there twice", () => {
      assert.throws(
        () => clrAssemblyKind.desired(inputs({ references: [files] })),
        /nothing here refers to Hartonomous\.Files/,
      );
      assert.throws(
        () => clrAssemblyKind.desired(inputs({ references: [vectors] })),
        /assembly Hartonomous\.Clr is there already/,
      );
    });
  });

  describe("plan", () => {
    it("trusts, then creates; the text shows no bytes, the batch has all of them", function () {
      const plan = planned(inputs(), around());
      assert.deepEqual(plan.refusals, []);
      golden(
        "clr-assembly.create",
        {
          title: "An assembly is made, under clr strict security.",
          new: { ...common, name: "Hartonomous.Clr", file: "sql/clr/bin/Hartonomous.Clr.dll" },
        },
        { ...plan, statements: plan.statements },
      );
      const [trust, create] = plan.statements;
      assert.deepEqual(
        [trust!.database, trust!.inTransaction, create!.database, create!.inTransaction],
        ["master", false, "sales", true],
      );
      const { bytes, hash } = load(vectors);
      assert.ok(create!.batch.includes(`0x${Buffer.from(bytes).toString("hex").toUpperCase()}`));
      const text = planText(plan);
      assert.ok(
        text.length < 4000 && text.includes(`0x /* ${bytes.length} bytes, SHA2-512 ${hash} */`) && text.includes(mark),
      );
    });

    it("does nothing when the bytes, the permission set and the trust are there", () => {
      assert.deepEqual(labels(planned(inputs(), around(deployed(), { answers: trusted(vectors) }))), []);
    });

    it("adds a trust that was taken away, and needs none where the server is not strict", () => {
      assert.deepEqual(labels(planned(inputs(), around(deployed()))), [
        "trust assembly Hartonomous.Clr (Hartonomous.Clr 1.0.0.0)",
      ]);
      assert.deepEqual(labels(planned(inputs({ trust: "signature" }), around(deployed()))), []);
      assert.deepEqual(labels(planned(inputs(), around(deployed(), { server: { isClrStrictSecurity: false } }))), []);
    });

    it("gives a login without the right the T-SQL for a DBA", () => {
      const answers = { trust: { control: 0, unsafeAssembly: 0, trusted: null, stale: null } };
      const plan = planned(inputs(), around({}, { answers, server: { isSysadmin: false } }));
      assert.deepEqual(plan.statements, []);
      const text = reasons(plan);
      assert.match(
        text,
        /^trust: clr strict security is on, and login "deployer" may not add to sys\.trusted_assemblies \(CONTROL SERVER or sysadmin\)/,
      );
      assert.ok(
        text.includes(
          `USE master;\nEXEC sys.sp_add_trusted_assembly @hash = 0x${load(vectors).hash}, @description = N'${mark}hartonomous.clr, version=1.0.0.0, culture=neutral, publickeytoken=null, processorarchitecture=msil';`,
        ),
      );
      const allowed = around(
        {},
        { answers: { trust: { ...answers.trust, trusted: load(vectors).hash } }, server: { isSysadmin: false } },
      );
      assert.deepEqual(labels(planned(inputs(), allowed)), [
        "create assembly Hartonomous.Clr (Hartonomous.Clr 1.0.0.0)",
      ]);
    });

    it("changes permission set and owner in place, and makes it visible", () => {
      const given = inputs({ authorization: "app" });
      const plan = planned(
        given,
        around(deployed({ permissionSet: "EXTERNAL_ACCESS", isVisible: false }), { answers: trusted(vectors) }),
      );
      assert.deepEqual(
        plan.statements.map(({ batch }) => batch),
        [
          "ALTER AUTHORIZATION ON ASSEMBLY::[Hartonomous.Clr] TO [app];",
          "ALTER ASSEMBLY [Hartonomous.Clr] WITH PERMISSION_SET = SAFE;",
          "ALTER ASSEMBLY [Hartonomous.Clr] WITH VISIBILITY = ON;",
        ],
      );
      assert.deepEqual(plan.requires, [{ type: "principal", name: "app", neededBy: 'assembly "Hartonomous.Clr"' }]);
    });

    it("says at each preview that clr enabled is off, with the command", () => {
      assert.match(
        planned(inputs(), around()).observations!.join(),
        /EXEC sys\.sp_configure N'clr enabled', 1; RECONFIGURE;/,
      );
      assert.deepEqual(planned(inputs(), around({}, { server: { isClrEnabled: true } })).observations, []);
    });

    it("survives hostile names", () => {
      const name = "it's a [bad] name] select";
      const plan = planned(inputs({ name, authorization: "o'[x]" }), around());
      assert.match(
        plan.statements.at(-1)!.batch,
        /^CREATE ASSEMBLY \[it's a \[bad\]\] name\]\] select\]\nAUTHORIZATION \[o'\[x\]\]\]/,
      );
    });
  });

  describe("permission sets", () => {
    const unsafe = inputs({ name: "Hartonomous.Files", file: files, permissionSet: "UNSAFE" });

    it("other than SAFE need consent", () => {
      const plan = planned(unsafe, around());
      assert.deepEqual(plan.refusals, []);
      assert.match(missingConsents(plan, []).join(), /unsafe-code:Hartonomous\.Files/);
      assert.doesNotMatch(missingConsents(plan, []).join(), /4D5A/);
      assert.deepEqual(missingConsents(plan, ["unsafe-code:Hartonomous.Files"]), []);
    });

    it("other than SAFE are refused on Linux and in a contained database, with the reason", () => {
      const linux = { server: { hostPlatform: "Linux" } };
      for (const permissionSet of ["UNSAFE", "EXTERNAL_ACCESS"] as const)
        assert.match(
          reasons(planned({ ...unsafe, permissionSet }, around({}, linux))),
          /SQL Server on Linux runs SAFE assemblies only.*\(10342\)/,
        );
      assert.match(
        reasons(planned(unsafe, around({}, { databases: [databaseRow({ containment: "PARTIAL" })] }))),
        /contained database/,
      );
    });

    it("are refused where the code needs more, with the server's error numbers", () => {
      const safe = planned({ ...unsafe, permissionSet: "SAFE" }, around());
      assert.match(reasons(safe), /GetDiskFreeSpaceEx calls native code \(error 6265\).*or set "UNSAFE" by consent/);
      const linux = planned({ ...unsafe, permissionSet: "SAFE" }, around({}, { server: { hostPlatform: "Linux" } }));
      assert.match(reasons(linux), /on Linux there is nothing else/);
    });

    it("UNSAFE needs a right of the login, which a DBA can grant", () => {
      const answers = { trust: { control: 0, unsafeAssembly: 0, trusted: load(files).hash, stale: null } };
      assert.match(
        reasons(planned(unsafe, around({}, { answers, server: { isSysadmin: false } }))),
        /GRANT UNSAFE ASSEMBLY TO \[deployer\];/,
      );
    });

    it("do not exist in Azure SQL Database", () => {
      assert.match(
        reasons(planned(inputs(), around({}, { server: { engineEdition: 5 } }))),
        /Azure SQL Database takes no assemblies/,
      );
    });
  });

  describe("a chain", () => {
    it("of the sample is refused with its clash shown", function () {
      const directory = relative(process.cwd(), shared(this, "samples", "clr", "chain"));
      const references = [
        "MathNet.Numerics",
        "Newtonsoft.Json",
        "System.Buffers",
        "System.Memory",
        "System.Numerics.Vectors",
        "System.Runtime.CompilerServices.Unsafe",
      ];
      const plan = planned(
        inputs({
          name: "Sample.Chain",
          file: `${directory}/Sample.Chain.dll`,
          references: references.map((name) => `${directory}/${name}.dll`),
        }),
        around(),
      );
      assert.deepEqual(plan.statements, []);
      assert.match(
        reasons(plan),
        /references: Sample\.Chain 1\.0\.0\.0 -> System\.Memory 4\.0\.1\.2 -> System\.Runtime\.CompilerServices\.Unsafe 4\.0\.4\.1: 4\.0\.4\.1 is wanted and 6\.0\.0\.0 is in .*SQL CLR has no binding redirects/,
      );
    });

    it("that holds together is uploaded in the order of need, each trusted before", function () {
      const directory = relative(process.cwd(), shared(this, "samples", "clr", "chain"));
      const vectorsDll = `${directory}/System.Numerics.Vectors.dll`;
      const given = inputs({ name: "Vectors", file: vectorsDll, permissionSet: "UNSAFE" });
      assert.match(
        reasons(planned(given, around())),
        /System\.Numerics\.Vectors 4\.1\.4\.0 -> System\.Numerics 4\.0\.0\.0: it is part of \.NET Framework but not on/,
      );
      const registered = assemblyRow(1, "System.Numerics", vectorsDll, {
        mvid: "11111111-1111-1111-1111-111111111111",
        clrName:
          "system.numerics, version=4.0.0.0, culture=neutral, publickeytoken=b77a5c561934e089, processorarchitecture=msil",
      });
      assert.deepEqual(labels(planned(given, around({ assemblies: [registered] }))), [
        "trust assembly Vectors (System.Numerics.Vectors 4.1.4.0)",
        "create assembly Vectors (System.Numerics.Vectors 4.1.4.0)",
      ]);
    });

    it("may count on a DLL that another resource deploys, which must be there at the apply", function () {
      const directory = relative(process.cwd(), shared(this, "samples", "clr", "chain"));
      const [memory, buffers] = [`${directory}/System.Memory.dll`, `${directory}/System.Buffers.dll`];
      const given = inputs({ name: "Memory", file: memory, permissionSet: "UNSAFE", deployedElsewhere: [buffers] });
      const plan = planned(given, around());
      assert.doesNotMatch(reasons(plan), /System\.Buffers/);
      assert.match(
        reasons(plan),
        /System\.Memory 4\.0\.1\.2 -> System\.Numerics\.Vectors 4\.1\.4\.0: it is neither among/,
      );
      const vectorsAlone = inputs({ deployedElsewhere: [buffers] });
      const alone = planned(vectorsAlone, around());
      assert.deepEqual(labels(alone).length, 2);
      assert.deepEqual(alone.requires, [
        { type: "assembly", name: "System.Buffers", neededBy: 'assembly "Hartonomous.Clr"' },
      ]);
    });

    it("does not take a build that the database has under another name, nor a second version of one identity", () => {
      const row = assemblyRow(1, "Old", vectors);
      assert.match(
        reasons(planned(inputs(), around({ assemblies: [row] }))),
        /in the database already, as assembly \[Old\].*\(6285\)/,
      );
      const other = { ...row, mvid: "11111111-1111-1111-1111-111111111111" };
      assert.match(
        reasons(planned(inputs(), around({ assemblies: [other] }))),
        /another version of Hartonomous\.Clr is in the database as assembly \[Old\] \(10326\)/,
      );
    });
  });

  describe("a new build", () => {
    it("is altered in place while bound signatures stay: new hash in before, old one out after", function () {
      const { before, after, content, name } = upgrade(this);
      const assembly = load(before);
      const dot = bindingsFromAttributes(assembly.metadata, name, "dbo", (member) => member.endsWith(".Dot")).bindings;
      const rows = boundRows(
        { assemblies: [assemblyRow(7, name, before, { permissionSet: "UNSAFE_ACCESS" })] },
        7,
        dot,
      );
      const answers = {
        "bytes Sample.Vectors": content,
        trust: { control: 1, unsafeAssembly: 1, trusted: null, present: assembly.hash },
      };
      const plan = planned(inputs({ name, file: after, permissionSet: "UNSAFE" }), around(rows, { answers }));
      assert.deepEqual(labels(plan), [
        "trust assembly Sample.Vectors (Sample.Vectors 1.1.0.0)",
        "alter assembly Sample.Vectors to Sample.Vectors 1.1.0.0",
        `stop trusting the build ${assembly.hash.slice(0, 16)}..., unless another database has it`,
      ]);
      assert.match(
        plan.statements[1]!.display!,
        /^ALTER ASSEMBLY \[Sample\.Vectors\]\nFROM 0x \/\* 8192 bytes, SHA2-512 FC1E[0-9A-F]+ \*\/;$/,
      );
    });

    it("of the sample names the function gone, the changed one and the new one, and drops what it breaks by consent", function () {
      const { before, after, content, name } = upgrade(this);
      const { bindings } = bindingsFromAttributes(
        load(before).metadata,
        name,
        "dbo",
        (member) => !member.startsWith("Triggers"),
      );
      const rows = boundRows(
        { assemblies: [assemblyRow(7, name, before, { permissionSet: "UNSAFE_ACCESS" })] },
        7,
        bindings,
      );
      const plan = planned(
        inputs({ name, file: after, permissionSet: "UNSAFE" }),
        around(rows, { answers: { "bytes Sample.Vectors": content } }),
      );
      assert.deepEqual(plan.refusals, []);
      const notes = plan.notes.join("\n");
      assert.match(notes, /gone: Sample\.Vectors\.VectorFunctions\.Obsolete/);
      assert.match(
        notes,
        /changed: Sample\.Vectors\.VectorFunctions\.Distance: .* becomes SqlDouble Distance\(SqlString, SqlString, SqlBoolean\)/,
      );
      assert.match(notes, /new: Sample\.Vectors\.VectorFunctions\.BytesToFloatArrayJson/);
      assert.deepEqual(labels(plan), [
        "trust assembly Sample.Vectors (Sample.Vectors 1.1.0.0)",
        "drop function dbo.Distance",
        "drop function dbo.Obsolete",
        "alter assembly Sample.Vectors to Sample.Vectors 1.1.0.0",
      ]);
      const missing = missingConsents(plan, ["unsafe-code:*"]).join("\n");
      assert.match(missing, /data-loss dbo\.Distance: method Sample\.Vectors\.VectorFunctions\.Distance changes from/);
      assert.match(missing, /data-loss dbo\.Obsolete: method Sample\.Vectors\.VectorFunctions\.Obsolete is gone/);
    });

    it("does not drop what another stack owns, or what something is bound to", function () {
      const { before, after, content, name } = upgrade(this);
      const { bindings } = bindingsFromAttributes(load(before).metadata, name, "dbo", (member) =>
        member.endsWith("Obsolete"),
      );
      const rows = boundRows(
        { assemblies: [assemblyRow(7, name, before, { permissionSet: "UNSAFE_ACCESS" })] },
        7,
        bindings,
      );
      const row = {
        objectType: "function",
        objectName: "dbo.Obsolete",
        owner: "other/dev/ClrBindings/x",
        definitionHash: null,
      };
      const given = inputs({ name, file: after, permissionSet: "UNSAFE" });
      const answers = { "bytes Sample.Vectors": content };
      assert.match(
        reasons(planned(given, around({ ...rows, ownership: [row] }, { answers }))),
        /dbo\.Obsolete belongs to other\/dev\/ClrBindings\/x/,
      );
      const reference = {
        referencingId: 1,
        referencingSchema: "dbo",
        referencingName: "CK_Orders",
        referencingType: "C",
        referencingMinorId: 0,
        referencedClass: 1,
        referencedId: 5001,
        referencedSchema: "dbo",
        referencedName: "Obsolete",
        referencedMinorId: 0,
      };
      assert.match(
        reasons(planned(given, around({ ...rows, boundReferences: [reference] }, { answers }))),
        /function dbo\.Obsolete is used by dbo\.CK_Orders/,
      );
    });

    it("is dropped and made again only when nothing is bound, and refused with the names otherwise", () => {
      // The same build under another hash: signed again.
      const rows = deployed({ contentHash: "00".repeat(64) });
      const answers = {
        ...trusted(vectors),
        "bytes Hartonomous.Clr": { content: Buffer.from(load(vectors).bytes).toString("hex") },
      };
      // Trusted already or not: by then another resource may have taken its entry away.
      assert.deepEqual(labels(planned(inputs(), around(rows, { answers }))), [
        "trust assembly Hartonomous.Clr (Hartonomous.Clr 1.0.0.0)",
        "drop assembly Hartonomous.Clr",
        "create assembly Hartonomous.Clr (Hartonomous.Clr 1.0.0.0)",
      ]);
      const { bindings } = bindingsFromAttributes(load(vectors).metadata, "Hartonomous.Clr", "dbo", (member) =>
        member.endsWith(".Dot"),
      );
      assert.match(
        reasons(planned(inputs(), around(boundRows(rows, 65536, bindings), { answers }))),
        /cannot change in place: both builds have the MVID .*\(6285\).*function dbo\.VectorDot/,
      );
    });

    it("is left to a person while rows hold values that the assembly made", function () {
      const { before, after, content, name } = upgrade(this);
      const { bindings } = bindingsFromAttributes(load(before).metadata, name, "dbo", (member) =>
        /Dot$|ComplexNumber$/.test(member),
      );
      const table = {
        tables: [tableRow()],
        columns: [
          columnRow({ name: "Factor", isUserDefinedType: true, typeSchema: "dbo", typeName: "ComplexNumber" }),
          columnRow({ columnId: 2, name: "Product", isComputed: true, isPersisted: true }),
        ],
      };
      const rows = boundRows(
        { ...table, assemblies: [assemblyRow(7, name, before, { permissionSet: "UNSAFE_ACCESS" })] },
        7,
        bindings,
      );
      const dot = rows.objects!.find((row) => row.name === "Dot")!.objectId;
      const boundReferences = [
        boundReferenceRow({
          referencingId: 1001,
          referencingSchema: "dbo",
          referencingName: "Orders",
          referencingType: "U",
          referencingMinorId: 2,
          referencedId: dot,
        }),
      ];
      const plan = planned(
        inputs({ name, file: after, permissionSet: "UNSAFE" }),
        around({ ...rows, boundReferences }, { answers: { "bytes Sample.Vectors": content } }),
      );
      assert.match(
        reasons(plan),
        /rows hold values that assembly Sample\.Vectors made: column dbo\.Orders\.Product, column dbo\.Orders\.Factor\. .*\(6280\)/,
      );
    });

    it("takes extra files away by consent, because they stand in its way", function () {
      const { before, after, content, name } = upgrade(this);
      const rows = { assemblies: [assemblyRow(7, name, before, { permissionSet: "UNSAFE_ACCESS", extraFiles: 2 })] };
      const plan = planned(
        inputs({ name, file: after, permissionSet: "UNSAFE" }),
        around(rows, { answers: { "bytes Sample.Vectors": content } }),
      );
      assert.equal(plan.statements[1]!.batch, "ALTER ASSEMBLY [Sample.Vectors] DROP FILE ALL;");
      assert.match(missingConsents(plan, ["unsafe-code:*"]).join(), /data-loss:Sample\.Vectors\.files/);
    });
  });

  describe("probes", () => {
    it("ask for the trust, for entries of its own that no database needs, and for the old bytes of what changes", function () {
      const desired = clrAssemblyKind.desired(inputs());
      const rows = deployed({ contentHash: "00".repeat(64) });
      const catalog = snapshot({ databases: [databaseRow()], rows });
      const live = clrAssemblyKind.read(catalog, identity(desired), owned);
      const asked = (given: Partial<ClrAssemblyInputs>): readonly Probe[] =>
        clrAssemblyKind.probes(clrAssemblyKind.desired(inputs(given)), live, catalog);
      const probes = asked({});
      assert.deepEqual(
        probes.map(({ key }) => key),
        ["trust", "bytes Hartonomous.Clr"],
      );
      const [{ query }] = probes as [Probe];
      const unneeded = `CHARINDEX(N'${mark}', t.description) = 1 AND NOT t.hash IN (0x${load(vectors).hash})`;
      assert.ok(query.includes(unneeded), query);
      assert.match(query, /t\.description\) = 1 AND t\.hash IN \(0x0{128}\)\);/);
      assert.doesNotMatch(query, /FROM sys\.databases WHERE name <>/);
      const [signed] = asked({ trust: "signature" }) as [Probe];
      assert.doesNotMatch(signed.query, /AND NOT t\.hash IN/);
      assert.match(signed.query, /FROM sys\.databases WHERE name <> N'sales'/);
      const texts = [...probes, signed].map((probe) => probe.query);
      for (const { ok, errors } of checkGrammar(shared(this, "tools", "tsqlcheck"), texts)) assert.ok(ok, JSON.stringify(errors)); // prettier-ignore
    });
  });

  describe("delete", () => {
    const live = (context: PlanContext) =>
      clrAssemblyKind.read(context.catalog, identity(clrAssemblyKind.desired(inputs())), context.owned)!;

    it("drops it without what it refers to, and its trust", () => {
      const answers = { trust: { control: 1, unsafeAssembly: 1, trusted: null, present: load(vectors).hash } };
      const context = around(deployed(), { answers, special: { owned } });
      const plan = record("ClrAssembly delete", clrAssemblyKind.planDelete(live(context), context));
      golden(
        "clr-assembly.drop",
        {
          title: "An assembly is dropped.",
          old: { ...common, name: "Hartonomous.Clr", file: "sql/clr/bin/Hartonomous.Clr.dll" },
        },
        plan,
      );
      assert.equal(plan.statements[0]!.batch, "DROP ASSEMBLY [Hartonomous.Clr] WITH NO DEPENDENTS;");
    });

    it("is refused while anything is bound or refers to it", () => {
      const { bindings } = bindingsFromAttributes(load(vectors).metadata, "Hartonomous.Clr", "dbo", (member) =>
        member.endsWith(".Dot"),
      );
      const rows = boundRows(
        {
          assemblies: [...deployed().assemblies!, assemblyRow(9, "Other", files)],
          assemblyReferences: [{ assemblyId: 9, referencedId: 65536 }],
        },
        65536,
        bindings,
      );
      const context = around(rows, { special: { owned } });
      assert.match(
        reasons(clrAssemblyKind.planDelete(live(context), context)),
        /cannot be dropped while these need it .*: assembly Other, function dbo\.VectorDot/,
      );
    });
  });

  it("keeps no bytes in its outputs, and shows drift of the permission set", () => {
    const context = around(deployed({ permissionSet: "UNSAFE_ACCESS" }));
    const live = clrAssemblyKind.read(context.catalog, identity(clrAssemblyKind.desired(inputs())), owned)!;
    const outputs = clrAssemblyKind.outputs(undefined, live);
    assert.deepEqual(Object.keys(outputs).sort(), [...clrAssemblyKind.outputNames].sort());
    assert.equal(outputs["sha512"], load(vectors).hash.toLowerCase());
    assert.ok(JSON.stringify(outputs).length < 1000);
    assert.equal(clrAssemblyKind.inputsFromLive(live, inputs()).permissionSet, "UNSAFE");
  });

  describe("its statements", () => {
    it("and those of what is bound pass Microsoft's grammar", function () {
      this.timeout(60_000);
      const { bindings } = bindingsFromAttributes(load(vectors).metadata, "Hartonomous.Clr", "dbo", () => true);
      const texts = bindings.flatMap((binding) => [
        bindingText("CREATE", binding),
        ...(binding.kind === "aggregate" || binding.kind === "type" ? [] : [bindingText("ALTER", binding)]),
      ]);
      for (const [index, { ok, errors }] of checkGrammar(shared(this, "tools", "tsqlcheck"), texts).entries())
        assert.ok(ok, `${JSON.stringify(errors)}\n${texts[index]}`);
      assertGrammar(this);
    });
  });
});
