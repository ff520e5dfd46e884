import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";

import { join, relative } from "node:path";
import type { PlanContext } from "../../provider/src/contract";
import { capabilities } from "../../provider/src/engine/capabilities";
import type { CatalogSnapshot } from "../../provider/src/engine/catalog-snapshot";
import { procedureBundleKind } from "../../provider/src/kinds/bundle";
import type { BundleInputs } from "../../provider/src/kinds/bundle/inputs";
import { filegroups, moduleDirectory, schemas, tables } from "../../sql/hartonomous";
import { roles, users } from "../../sql/hartonomous/security";
import { checks } from "../../sql/hartonomous/verification";
import { assertGrammar, record } from "../golden";
import { shared } from "../shared";
import { batches, catalogOf, inputsOf, planOf, type Case } from "./kinds/table-rows";

const modules = relative(process.cwd(), join(__dirname, "..", "..", "stacks", moduleDirectory));
const tableInputs = inputsOf({ ...tables });

const temporal = Object.keys(tables).filter((name) => tables[name]?.systemVersioning !== undefined);

/** The stack makes these before the tables. */
const change: Case["change"] = (rows) => {
  rows.schemas.push(...schemas.map((name, at) => ({ schemaId: 10 + at, name, owner: "dbo" })));
  const primary = rows.filegroups[0]!;
  rows.filegroups.push(
    ...filegroups.map((filegroupName, at) => ({ ...primary, dataSpaceId: 10 + at, filegroupName, isDefault: false })),
  );
};

const bundleInputs: BundleInputs = {
  server: "s",
  database: "sales",
  owner: "shop/test/ProcedureBundle/modules",
  directory: modules,
};

function contextOf(catalog: CatalogSnapshot): PlanContext {
  return {
    catalog,
    capabilities: capabilities(catalog.server.properties),
    names: catalog.names,
    answers: new Map(),
    allow: [],
    owned: [],
    secret: () => "",
    previous: {},
  };
}

describe("the reference database", () => {
  it("has at least 25 tables in five schemas on three filegroups", () => {
    const names = Object.keys(tables);
    assert.ok(names.length >= 25, `${names.length} tables`);
    assert.deepEqual([...new Set(names.map((name) => name.split(".")[0]))].sort(), [
      "billing",
      "broker",
      "dbo",
      "graph",
      "provenance",
    ]);
    assert.deepEqual([...new Set(Object.values(tables).map((table) => table.filegroup ?? "PRIMARY"))].sort(), [
      "AtomData",
      "PRIMARY",
      "Provenance",
    ]);
  });

  it("keeps the history of four tables for 90 days in a columnstore", () => {
    assert.equal(temporal.length, 4);
    for (const name of temporal) {
      const { historyRetention, historyIndex } = tables[name]!.systemVersioning!;
      assert.deepEqual([historyRetention, historyIndex], [{ value: 90, unit: "days" }, "columnstore"], name);
    }
  });

  it("asks at least 30 questions after a deployment, each by a name of its own", () => {
    assert.ok(checks.length >= 30, `${checks.length} checks`);
    assert.equal(new Set(checks.map(({ name }) => name)).size, checks.length);
  });

  it("has two roles, each with permissions and a member", () => {
    assert.deepEqual(Object.keys(roles), ["HartonomousReader", "HartonomousOperator"]);
    for (const { members = [] } of Object.values(roles))
      assert.ok(members.length > 0 && members.every((member) => Object.hasOwn(users, member)));
  });

  it("has foreign keys in a cycle", () => {
    const targets = (name: string): string[] =>
      (tables[name]?.foreignKeys ?? []).map((key) => key.references.table).filter((table) => table !== name);
    const reaches = (from: string, wanted: string, seen = new Set<string>()): boolean =>
      targets(from).some(
        (table) => table === wanted || (!seen.has(table) && (seen.add(table), reaches(table, wanted, seen))),
      );
    assert.ok(Object.keys(tables).some((name) => reaches(name, name)));
  });

  it("makes all tables in one plan without a refusal, and then has nothing to do", () => {
    const plan = planOf(undefined, tableInputs, { change });
    assert.deepEqual(plan.refusals, []);
    const all = [...Object.keys(tables), ...temporal.map((name) => `${name}History`)];
    assert.deepEqual(plan.owns.map((object) => object.name).sort(), all.sort());
    assert.equal(batches(plan).filter((batch) => batch.startsWith("CREATE TABLE ")).length, Object.keys(tables).length);
    const again = planOf(tableInputs, tableInputs, { change });
    assert.deepEqual([again.refusals, batches(again)], [[], []]);
  });

  it("asks for no schema and no filegroup that the stack does not make", () => {
    const { requires = [] } = planOf(undefined, tableInputs, { change });
    const made: readonly string[] = ["dbo", "PRIMARY", ...schemas, ...filegroups];
    assert.deepEqual(
      requires.filter(({ name }) => !made.includes(name)),
      [],
    );
  });

  it("deploys at least 80 modules, each after what it needs", () => {
    const catalog = catalogOf(tableInputs, { change });
    const desired = procedureBundleKind.desired(bundleInputs);
    assert.ok(desired.modules.length >= 80, `${desired.modules.length} modules`);
    const plan = record("reference bundle", procedureBundleKind.plan(desired, undefined, contextOf(catalog)));
    assert.deepEqual(plan.refusals, []);
    assert.deepEqual(plan.requires ?? [], [], "every name in the modules is a table or a module");
    assert.equal(plan.owns.length, desired.modules.length);

    const position = new Map(plan.statements.map((statement, at) => [statement.object?.name.toLowerCase(), at]));
    assert.equal(position.size, desired.modules.length, "every module is made once");
    let references = 0;
    for (const module of desired.modules) {
      for (const needed of module.references) {
        const target = position.get(needed.parts.join(".").toLowerCase());
        const own = `${module.schema}.${module.name}`.toLowerCase();
        if (target === undefined || position.get(own) === target) continue;
        references++;
        assert.ok(target < position.get(own)!, `${own} comes before ${needed.parts.join(".")}, which it needs`);
      }
    }
    assert.ok(references > 80, `only ${references} references between modules were seen`);
  });

  it("keeps one object in a file that bears its name", () => {
    for (const module of procedureBundleKind.desired(bundleInputs).modules) {
      assert.equal(relative(modules, module.file), join(module.schema, `${module.name}.sql`));
    }
  });

  it("is written in T-SQL of SQL Server 2019", function () {
    const tool = shared(this, "tools", "tsqlcheck");
    const { stdout, status } = spawnSync(tool, ["--level", "150", modules], { encoding: "utf8" });
    assert.equal(status, 0, stdout);
    assert.match(stdout, /\b0 with errors/);
  });

  describe("grammar", () => {
    it("is accepted in every statement of both plans", function () {
      assertGrammar(this);
    });
  });
});
