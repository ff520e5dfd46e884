import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Binding } from "../../../provider/src/clr/binding";
import type { OwnedObject, Plan, PlanContext } from "../../../provider/src/contract";
import type { DatabaseRows } from "../../../provider/src/engine/catalog-snapshot";
import { missingConsents } from "../../../provider/src/engine/consent";
import { InvalidInputsError } from "../../../provider/src/errors";
import { procedureBundleKind } from "../../../provider/src/kinds/bundle";
import { clrBindingsKind } from "../../../provider/src/kinds/clr/bindings";
import type { ClrBindingsInputs } from "../../../provider/src/kinds/clr/bindings/inputs";
import { readExternalModule } from "../../../provider/src/tsql/external-module";
import { readModules } from "../../../provider/src/tsql/module-source";
import {
  columnRow,
  databaseRow,
  permissionRow,
  planContext,
  snapshot,
  tableRow,
  type Surroundings,
} from "../../catalog-rows";
import { assertGrammar, golden, record } from "../../golden";
import { shared } from "../../shared";
import { assemblyRow, boundRows } from "./clr-rows";

const root = join(__dirname, "..", "..", "..");
const file = `${relative(process.cwd(), join(root, "sql", "clr", "bin"))}/Hartonomous.Clr.dll`;
const common = {
  server: "hart-server",
  database: "sales",
  owner: "shop/dev/ClrBindings/vectors",
  assembly: "Hartonomous.Clr",
} as const;
const vectors = "Hartonomous.Clr.VectorFunctions";

function inputs(given: Partial<ClrBindingsInputs> = {}): ClrBindingsInputs {
  return clrBindingsKind.inputs.parse({ ...common, file, ...given });
}

function around(
  rows: Partial<DatabaseRows> = {},
  special: Surroundings & { owned?: readonly OwnedObject[] } = {},
): PlanContext {
  const { owned = [], ...surroundings } = special;
  return planContext(
    snapshot({
      databases: [databaseRow()],
      rows: { assemblies: [assemblyRow(7, "Hartonomous.Clr", file)], ...rows },
      ...surroundings,
    }),
    { owned },
  );
}

function planned(given: ClrBindingsInputs, context: PlanContext): Plan {
  const desired = clrBindingsKind.desired(given);
  const live = clrBindingsKind.read(context.catalog, clrBindingsKind.identity(desired), context.owned);
  return record("ClrBindings", clrBindingsKind.plan(desired, live, context));
}

const bindingsOf = (given: Partial<ClrBindingsInputs> = {}): readonly Binding[] =>
  clrBindingsKind.desired(inputs(given)).bindings;
const deployed = (given: Partial<ClrBindingsInputs> = {}): Partial<DatabaseRows> =>
  boundRows({ assemblies: [assemblyRow(7, "Hartonomous.Clr", file)] }, 7, bindingsOf(given));
const ownedBy = (given: Partial<ClrBindingsInputs> = {}): readonly OwnedObject[] =>
  planned(inputs(given), around()).owns;
const reasons = (plan: Plan): string =>
  plan.refusals.map(({ property, reason }) => `${property}: ${reason}`).join("\n");
const batches = (plan: Plan): string[] => plan.statements.map((statement) => statement.batch);
const one = (given: object = {}): Partial<ClrBindingsInputs> => ({
  fromAttributes: false,
  functions: [{ name: "Dot", class: vectors, method: "Dot", ...given }],
});

describe("kind ClrBindings", () => {
  describe("inputs", () => {
    it("take everything from the attributes, types first, and leave out what is named", () => {
      const all = bindingsOf();
      assert.ok(all.length >= 25);
      assert.deepEqual(
        all.slice(0, 2).map(({ kind, name }) => `${kind} ${name}`),
        ["type NumberRange", "aggregate VectorAverage"],
      );
      assert.equal(bindingsOf({ without: [`${vectors}.Dot`] }).length, all.length - 1);
      assert.deepEqual(
        bindingsOf({ fromAttributes: [`${vectors}.Dot`] }).map(({ name }) => name),
        ["VectorDot"],
      );
      assert.deepEqual(bindingsOf({ fromAttributes: ["Hartonomous.Clr.JsonFunctions"] }).length, 3);
    });

    it("give a declaration precedence over the attribute of its method, and take what it leaves out from the method", () => {
      const [dot] = bindingsOf({ functions: [{ name: "Scalar product", class: vectors, method: "Dot" }] }).filter(
        ({ method }) => method === "Dot",
      );
      assert.deepEqual(
        [dot!.name, dot!.returns, dot!.parameters.map((each) => each.name)],
        ["Scalar product", { name: "float" }, ["@left", "@right"]],
      );
      assert.deepEqual(dot!.parameters[0]!.type, { name: "varbinary", length: -1 });
    });

    it("name members that do not exist, and types that are none, all at once", () => {
      assert.throws(
        () =>
          clrBindingsKind.desired(
            inputs({
              without: [`${vectors}.Dott`],
              fromAttributes: ["Nothing"],
              ...{ functions: [{ name: "f", class: vectors, method: "Dot", returns: "flaot" }] },
            }),
          ),
        (error: unknown) =>
          error instanceof InvalidInputsError &&
          /functions\[0\]\.returns: [^]*fromAttributes\[0\]: assembly Hartonomous\.Clr has no Nothing[^]*without\[0\]: .*Dott/.test(
            error.message,
          ),
      );
      assert.throws(
        () => clrBindingsKind.desired(inputs({ fromAttributes: false })),
        /nothing with an attribute of SQL Server, and nothing is declared/,
      );
    });

    it("take as default nothing but a literal, and as parameter nothing but a name with its @", () => {
      const given = (parameters: object[]): boolean =>
        clrBindingsKind.inputs.safeParse({
          ...common,
          file,
          functions: [{ name: "f", class: "c", method: "m", parameters }],
        }).success;
      assert.ok(
        given([
          { name: "@a", type: "int", default: "-1.5" },
          { name: "@b", type: "nvarchar(9)", default: "N'it''s'" },
          { name: "@c", type: "int", default: "NULL" },
        ]),
      );
      assert.ok(!given([{ name: "@a", type: "int", default: "(SELECT 1)" }]));
      assert.ok(!given([{ name: "@a", type: "int", default: "N'a'; DROP TABLE x --'" }]));
      assert.ok(!given([{ name: "a", type: "int" }]));
      assert.ok(!given([{ name: "@a int) AS BEGIN", type: "int" }]));
    });
  });

  describe("plan", () => {
    it("makes everything that the attributes say", () => {
      const plan = planned(inputs(), around());
      golden(
        "clr-bindings.create",
        {
          title: "Everything with an attribute of SQL Server is bound.",
          new: { ...common, file: "sql/clr/bin/Hartonomous.Clr.dll" },
        },
        plan,
      );
      assert.ok(plan.statements.every(({ inTransaction, object }) => inTransaction && object !== undefined));
      assert.deepEqual(plan.requires, [
        { type: "assembly", name: "Hartonomous.Clr", neededBy: 'ClrBindings "vectors"' },
      ]);
    });

    it("does nothing when all is there, and alters what somebody changed", () => {
      assert.deepEqual(batches(planned(inputs(), around(deployed()))), []);
      const changed = boundRows({}, 7, [{ ...bindingsOf(one())[0]!, nullOnNullInput: true }]);
      assert.deepEqual(batches(planned(inputs(one()), around(changed))), [
        "ALTER FUNCTION [dbo].[Dot] (\n    @left varbinary(max),\n    @right varbinary(max)\n)\nRETURNS float\nWITH CALLED ON NULL INPUT\nAS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.VectorFunctions].[Dot];",
      ]);
    });

    it("compares types, defaults, options and the method", () => {
      const parameters = (value: string | undefined, type = "varbinary(max)") => [
        { name: "@left", type },
        { name: "@right", type, ...(value === undefined ? {} : { default: value }) },
      ];
      const rows = boundRows({}, 7, bindingsOf(one({ parameters: parameters("NULL") })));
      assert.deepEqual(batches(planned(inputs(one({ parameters: parameters("null") })), around(rows))), []);
      for (const given of [
        { parameters: parameters(undefined) },
        { parameters: parameters("NULL", "varbinary(8000)") },
        { parameters: parameters("NULL"), executeAs: "OWNER" },
        { parameters: parameters("NULL"), method: "CosineDistance" },
      ])
        assert.match(
          batches(planned(inputs(one(given)), around(rows))).join(),
          /^ALTER FUNCTION/,
          JSON.stringify(given),
        );
    });

    it("makes anew what no ALTER can change, with its permissions, unless something uses it", () => {
      const columns = [
        { name: "Position", type: "int" },
        { name: "Value", type: "real" },
      ];
      const table = one({ class: "Hartonomous.Clr.TableFunctions", method: "Elements", columns });
      const rows = { ...deployed(one()), permissions: [permissionRow({ majorId: 5001, permission: "EXECUTE" })] };
      const plan = planned(inputs(table), around(rows));
      assert.deepEqual(
        batches(plan).map((batch) => batch.split("\n")[0]),
        [
          "DROP FUNCTION [dbo].[Dot];",
          "CREATE FUNCTION [dbo].[Dot] (",
          "GRANT EXECUTE ON OBJECT::[dbo].[Dot] TO [reader];",
        ],
      );
      const aggregate = { fromAttributes: ["Hartonomous.Clr.VectorAverage"] };
      const other = boundRows({}, 7, [
        {
          ...bindingsOf(aggregate)[0]!,
          parameters: [{ name: "@vector", type: { name: "varbinary", length: 8000 }, output: false }],
        },
      ]);
      assert.deepEqual(
        batches(planned(inputs(aggregate), around(other))).map((batch) => batch.split(" ")[0]),
        ["DROP", "CREATE"],
      );
      const type = { fromAttributes: ["Hartonomous.Clr.NumberRange"] };
      const used = {
        ...boundRows(
          {
            tables: [tableRow()],
            columns: [
              columnRow({ name: "Limits", isUserDefinedType: true, typeSchema: "dbo", typeName: "NumberRange" }),
            ],
          },
          7,
          [{ ...bindingsOf(type)[0]!, className: "Hartonomous.Clr.Other" }],
        ),
      };
      assert.match(
        reasons(planned(inputs(type), around(used))),
        /type dbo\.NumberRange must be dropped and made again to change, and column dbo\.Orders\.Limits use it/,
      );
    });

    it("drops by consent what is not declared any more", () => {
      const rows = deployed();
      const plan = planned(inputs({ without: [`${vectors}.Dot`] }), around(rows, { owned: ownedBy() }));
      assert.deepEqual(batches(plan), ["DROP FUNCTION [dbo].[VectorDot];"]);
      assert.match(missingConsents(plan, []).join(), /data-loss:dbo\.VectorDot/);
    });

    it("leaves an object of another kind alone", () => {
      const rows = { tables: [tableRow({ name: "Dot" })] };
      assert.match(
        reasons(planned(inputs(one()), around(rows))),
        /functions\[0\]|fromAttributes: dbo\.Dot exists and is no function of an assembly/,
      );
    });

    it("refuses what does not fit the assembly, where it is declared, with the nearest name", () => {
      assert.match(
        reasons(planned(inputs(one({ method: "Dots", returns: "float", parameters: [] })), around())),
        /^functions\[0\]: function dbo\.Dot: class .* has no method Dots \(6506\); did you mean Dot\?/,
      );
      assert.match(
        reasons(
          planned(
            inputs(
              one({
                parameters: [
                  { name: "@a", type: "varchar(10)" },
                  { name: "@b", type: "varbinary(max)" },
                ],
              }),
            ),
            around(),
          ),
        ),
        /varchar has no counterpart in \.NET: write nvarchar/,
      );
    });

    it("refuses one name twice, and one method twice", () => {
      const dot = { name: "Dot", class: vectors, method: "Dot" };
      const twice = (second: object): string =>
        reasons(planned(inputs({ fromAttributes: false, functions: [dot, { ...dot, ...second }] }), around()));
      assert.match(
        twice({ method: "Norm" }),
        /function dbo\.Dot is declared twice: by functions\[0\] and by functions\[1\]/,
      );
      assert.match(
        twice({ name: "DOT2" }),
        /method .*\.Dot is bound twice: as function dbo\.Dot \(functions\[0\]\) and as function dbo\.DOT2/,
      );
      const caseSensitive = around({}, { databases: [databaseRow({ collation: "Latin1_General_100_CS_AS" })] });
      assert.deepEqual(
        reasons(
          planned(
            inputs({ fromAttributes: false, functions: [dot, { ...dot, name: "dot", method: "Norm" }] }),
            caseSensitive,
          ),
        ),
        "",
      );
    });

    it("binds triggers to their table, and enables one that somebody disabled", function () {
      const sample = `${relative(process.cwd(), shared(this, "samples", "clr", "functions-1.1"))}/Sample.Vectors.dll`;
      const given = { file: sample, fromAttributes: ["Triggers.Audit"] };
      const plan = planned(inputs(given), around());
      assert.deepEqual(batches(plan), [
        "CREATE TRIGGER [dbo].[Audit] ON [dbo].[Orders]\nAFTER INSERT, UPDATE\nAS EXTERNAL NAME [Hartonomous.Clr].[Triggers].[Audit];",
      ]);
      assert.ok(plan.requires!.some(({ type, name }) => type === "object" && name === "dbo.Orders"));
      const rows = boundRows({}, 7, bindingsOf(given));
      assert.deepEqual(batches(planned(inputs(given), around(rows))), []);
      const disabled = { ...rows, objects: rows.objects!.map((row) => ({ ...row, isTriggerDisabled: true })) };
      assert.deepEqual(batches(planned(inputs(given), around(disabled))), [
        "ENABLE TRIGGER [dbo].[Audit] ON [dbo].[Orders];",
      ]);
      const moved = {
        file: sample,
        fromAttributes: false,
        triggers: [
          {
            name: "Audit",
            class: "Triggers",
            method: "Audit",
            table: "Orders",
            timing: "INSTEAD OF" as const,
            events: ["DELETE" as const],
          },
        ],
      };
      assert.match(
        batches(planned(inputs(moved), around(rows))).join(),
        /^ALTER TRIGGER \[dbo\]\.\[Audit\] ON \[dbo\]\.\[Orders\]\nINSTEAD OF DELETE/,
      );
    });

    it("survives hostile names", () => {
      const name = "it's a [bad] name] select";
      const plan = planned(
        inputs({
          assembly: name,
          fromAttributes: false,
          schema: "s]",
          functions: [{ name, class: vectors, method: "Dot", executeAs: "o'x" }],
        }),
        around(),
      );
      assert.match(
        batches(plan)[0]!,
        /^CREATE FUNCTION \[s\]\]\]\.\[it's a \[bad\]\] name\]\] select\] \([^]*EXECUTE AS 'o''x'\nAS EXTERNAL NAME \[it's a \[bad\]\] name\]\] select\]\.\[Hartonomous\.Clr\.VectorFunctions\]\.\[Dot\];$/,
      );
    });

    it("says when the server has another build than the DLL", () => {
      const rows = { assemblies: [assemblyRow(7, "Hartonomous.Clr", file, { contentHash: "00" })] };
      assert.match(
        planned(inputs(), around(rows)).observations!.join(),
        /is another build than .*Hartonomous\.Clr\.dll/,
      );
    });
  });

  it("tells drift, and the same outputs after a refresh", () => {
    const rows = deployed(one());
    const context = around(rows, { owned: ownedBy(one()) });
    const identity = clrBindingsKind.identity(clrBindingsKind.desired(inputs(one())));
    const read = (each: PlanContext) =>
      clrBindingsKind.outputs(undefined, clrBindingsKind.read(each.catalog, identity, each.owned)!);
    assert.deepEqual(read(context)["drift"], {});
    assert.deepEqual(read(around({}, { owned: ownedBy(one()) }))["drift"], { "dbo.Dot": "missing" });
    const changed = boundRows({}, 7, [{ ...bindingsOf(one())[0]!, nullOnNullInput: true }]);
    assert.deepEqual(read(around(changed, { owned: ownedBy(one()) }))["drift"], { "dbo.Dot": "changed" });
    assert.deepEqual(Object.keys(read(context)).sort(), [...clrBindingsKind.outputNames].sort());
  });

  it("drops all that is its own when it is deleted, users before types, and asks nothing", () => {
    const context = around(deployed(), { owned: ownedBy() });
    const live = clrBindingsKind.read(
      context.catalog,
      clrBindingsKind.identity(clrBindingsKind.desired(inputs())),
      context.owned,
    )!;
    const plan = record("ClrBindings delete", clrBindingsKind.planDelete(live, context));
    assert.equal(plan.statements.length, bindingsOf().length);
    assert.equal(plan.statements.at(-1)!.batch, "DROP TYPE [dbo].[NumberRange];");
    assert.deepEqual(missingConsents(plan, []), []);
  });

  describe("its statements", () => {
    it("pass Microsoft's grammar", function () {
      assertGrammar(this);
    });
  });
});

describe("a bundle with modules AS EXTERNAL NAME", () => {
  let directory: string;
  // Paths of a bundle are relative to the program.
  before(() => {
    directory = mkdtempSync(join(process.cwd(), ".bundle-"));
  });
  after(() => rmSync(directory, { recursive: true }));

  function plan(modules: Record<string, string>, given: object = {}, rows: Partial<DatabaseRows> = {}): Plan {
    const name = mkdtempSync(join(directory, "case-"));
    mkdirSync(name, { recursive: true });
    for (const [each, text] of Object.entries(modules)) writeFileSync(join(name, each), text);
    const parsed = procedureBundleKind.inputs.parse({
      server: "s",
      database: "sales",
      owner: "shop/dev/ProcedureBundle/clr",
      directory: relative(process.cwd(), name),
      assemblies: [file],
      ...given,
    });
    const context = around({ schemas: [{ schemaId: 1, name: "dbo", owner: "dbo" }], ...rows });
    const desired = procedureBundleKind.desired(parsed);
    return procedureBundleKind.plan(desired, undefined, context);
  }

  const dot = (name: string, method: string, assembly = "[Hartonomous.Clr]"): string =>
    `CREATE FUNCTION dbo.${name} (@a varbinary(max), @b varbinary(max) = NULL) RETURNS float WITH RETURNS NULL ON NULL INPUT AS EXTERNAL NAME ${assembly}.[${vectors}].${method};`;

  it("deploys what fits", () => {
    const result = plan({
      "a.sql": dot("Dot", "Dot"),
      "b.sql":
        "CREATE PROCEDURE dbo.Describe @v varbinary(max), @d int OUTPUT, @n float OUT AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.VectorFunctions].Describe",
    });
    assert.deepEqual([reasons(result), result.statements.length, result.notes], ["", 2, []]);
  });

  it("refuses a function that the assembly does not have, with its file, its line and the nearest name", () => {
    assert.match(
      reasons(plan({ "a.sql": `\n\n${dot("Dot", "Dots")}` })),
      /a\.sql:3: function dbo\.Dot: class .* has no method Dots \(6506\); did you mean Dot\?/,
    );
  });

  it("refuses a method that is bound twice, types that do not fit, and an assembly that nobody has", () => {
    assert.match(
      reasons(plan({ "a.sql": dot("Dot", "Dot"), "b.sql": dot("Dot2", "Dot") })),
      /b\.sql:1: method .*\.Dot is bound twice: as function dbo\.Dot \(.*a\.sql:1\)/,
    );
    assert.match(
      reasons(plan({ "a.sql": dot("Dot", "Dot").replace("RETURNS float", "RETURNS int") })),
      /the result: int is declared and the method has SqlDouble \(6551\)/,
    );
    assert.match(
      reasons(plan({ "a.sql": dot("Dot", "Dot", "[Hartonomous.Crl]") })),
      /assembly Hartonomous\.Crl is neither in the database nor among `assemblies` \(6528\); did you mean Hartonomous\.Clr\?/,
    );
  });

  it("finds the DLL of an assembly that has another name in the database, and notes what it cannot check", () => {
    const rows = { assemblies: [assemblyRow(7, "Vectors", file)] };
    assert.match(reasons(plan({ "a.sql": dot("Dot", "Dots", "Vectors") }, {}, rows)), /no method Dots/);
    const unknown = plan({ "a.sql": dot("Dot", "Dots") }, { assemblies: undefined });
    assert.deepEqual(
      [reasons(unknown), unknown.notes],
      ["", ["not checked: what is bound to assembly Hartonomous.Clr, whose DLL is not among `assemblies`"]],
    );
  });

  it("reads every part of a declaration", () => {
    const read = (text: string) => readExternalModule(readModules(text, "x.sql", "dbo").modules[0]!, "dbo");
    const table = read(
      "CREATE FUNCTION [a b].f (@t AS sys.nvarchar(max), @u dbo.NumberRange, @v MyType) RETURNS TABLE (Position int NULL, [P art] nvarchar(40) COLLATE Latin1_General_CI_AS) WITH EXECUTE AS 'app' ORDER (Position DESC, [P art]) AS EXTERNAL NAME A.[N.C].M",
    );
    assert.deepEqual(table, {
      kind: "table-function",
      schema: "a b",
      name: "f",
      assembly: "A",
      className: "N.C",
      method: "M",
      nullOnNullInput: false,
      executeAs: "app",
      returns: undefined,
      trigger: undefined,
      where: "x.sql:1",
      parameters: [
        { name: "@t", type: { name: "nvarchar", length: -1 }, output: false, default: undefined },
        { name: "@u", type: { schema: "dbo", name: "NumberRange" }, output: false, default: undefined },
        { name: "@v", type: { schema: "dbo", name: "MyType" }, output: false, default: undefined },
      ],
      columns: [
        { name: "Position", type: { name: "int" } },
        { name: "P art", type: { name: "nvarchar", length: 40 } },
      ],
      order: [
        { column: "Position", descending: true },
        { column: "P art", descending: false },
      ],
    });
    const trigger = read(
      "CREATE TRIGGER t ON s.[T x] WITH EXECUTE AS OWNER INSTEAD OF INSERT, DELETE AS EXTERNAL NAME A.C.M",
    );
    assert.deepEqual((trigger as Binding).trigger, {
      schema: "s",
      table: "T x",
      timing: "INSTEAD OF",
      events: ["INSERT", "DELETE"],
    });
    assert.match(String(read("CREATE PROCEDURE dbo.p AS EXTERNAL NAME A.M")), /three parts/);
  });
});
