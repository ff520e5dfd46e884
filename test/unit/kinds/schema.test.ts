import assert from "node:assert/strict";
import { InvalidInputsError } from "../../../provider/src/errors";
import type { Plan, PlanContext } from "../../../provider/src/contract";
import type { DatabaseRows } from "../../../provider/src/engine/catalog-snapshot";
import { schemaKind, type SchemaInputs } from "../../../provider/src/kinds/schema";
import {
  databaseRow,
  objectRow,
  permissionRow,
  planContext,
  snapshot,
  tableRow,
  type Surroundings,
} from "../../catalog-rows";
import { assertGrammar, golden, record } from "../../golden";

const common = { server: "hart-server", owner: "shop/dev/Schema/archive", database: "sales" } as const;
const archive = { schemaId: 5, name: "archive", owner: "dbo" };
const dbo = { schemaId: 1, name: "dbo", owner: "dbo" };

function inputs(given: Partial<SchemaInputs> = {}): SchemaInputs {
  return schemaKind.inputs.parse({ ...common, name: "archive", ...given });
}

function around(rows: Partial<DatabaseRows>, special: Surroundings = {}): PlanContext {
  return planContext(snapshot({ databases: [databaseRow()], rows, ...special }));
}

function planned(given: SchemaInputs, context: PlanContext): Plan {
  const desired = schemaKind.desired(given);
  const live = schemaKind.read(context.catalog, schemaKind.identity(desired), context.owned);
  return record("schema", schemaKind.plan(desired, live, context));
}

function deleted(given: SchemaInputs, context: PlanContext): Plan {
  const live = schemaKind.read(context.catalog, schemaKind.identity(schemaKind.desired(given)), context.owned);
  assert.ok(live);
  return record("schema delete", schemaKind.planDelete(live, context));
}

const batches = (plan: Plan): string[] => plan.statements.map((statement) => statement.batch);

describe("kind Schema", () => {
  describe("inputs", () => {
    it("refuses the schemas of SQL Server and of the provider, and the owner of dbo", () => {
      for (const name of ["sys", "INFORMATION_SCHEMA", "iac"]) {
        assert.throws(() => schemaKind.desired(inputs({ name })), InvalidInputsError, name);
      }
      assert.throws(
        () => schemaKind.desired(inputs({ name: "dbo", authorization: "app" })),
        /authorization: .*leave authorization out/,
      );
    });

    it("refuses unknown properties and the character U+0000", () => {
      assert.equal(schemaKind.inputs.safeParse({ ...common, name: "a", principal: "x" }).success, false);
      assert.equal(schemaKind.inputs.safeParse({ ...common, name: "a\0b" }).success, false);
    });
  });

  describe("plan", () => {
    it("plans nothing for a schema that is as desired", () => {
      const context = around({ schemas: [dbo, archive] });
      assert.deepEqual(batches(planned(inputs(), context)), []);
      assert.deepEqual(batches(planned(inputs({ authorization: "DBO" }), context)), []);
    });

    it("makes a schema with its owner, who must exist", () => {
      const given = inputs({ authorization: "app" });
      const plan = planned(given, around({ schemas: [dbo] }));
      assert.deepEqual(plan.requires, [{ type: "principal", name: "app", neededBy: 'schema "archive"' }]);
      assert.deepEqual(plan.owns, [{ type: "schema", name: "archive" }]);
      golden("schema.create", { title: "A schema that a role owns.", new: given }, plan);
    });

    it("gives the permissions again when the owner changes, because the server drops them", () => {
      const old = inputs({ authorization: "dbo" });
      const given = inputs({ authorization: "app" });
      const plan = planned(
        given,
        around({
          schemas: [dbo, archive],
          tables: [tableRow({ schemaName: "archive" }), tableRow({ objectId: 1002, name: "Other" })],
          objects: [objectRow({ schemaName: "archive" })],
          permissions: [
            permissionRow({ class: 3, majorId: 5, permission: "VIEW DEFINITION" }),
            permissionRow({ permission: "UPDATE", state: "REVOKE", minorId: 2, columnName: "Note", grantee: "clerk" }),
            permissionRow({ permission: "UPDATE", state: "GRANT_WITH_GRANT_OPTION", grantee: "clerk" }),
            permissionRow({ permission: "DELETE", state: "DENY" }),
            permissionRow({ majorId: 2001, permission: "EXECUTE", grantee: "app" }),
            permissionRow({ majorId: 1002, grantee: "must not appear" }),
          ],
        }),
      );
      golden("schema.owner", { title: "A new owner; permissions are kept.", old, new: given }, plan);
      const [batch = ""] = batches(plan);
      assert.ok(
        batch.indexOf("GRANT UPDATE") < batch.indexOf("REVOKE UPDATE"),
        "permissions on columns come after those on the table",
      );
      assert.doesNotMatch(batch, /must not appear|EXECUTE/);
      assert.equal(plan.statements[0]?.inTransaction, true);
    });

    it("refuses a changed name, which would leave the old schema behind", () => {
      const context = { ...around({ schemas: [dbo, archive] }), owned: [{ type: "schema", name: "archive" }] };
      const plan = planned(inputs({ name: "history" }), context);
      assert.match(plan.refusals[0]?.reason ?? "", /owns schema "archive".*movedFrom/);
    });

    it("compares names as the database does", () => {
      const rows = { schemas: [dbo, archive] };
      const sensitive = { databases: [databaseRow({ collation: "Latin1_General_100_CS_AS" })] };
      assert.deepEqual(batches(planned(inputs({ name: "ARCHIVE" }), around(rows))), []);
      assert.deepEqual(batches(planned(inputs({ name: "ARCHIVE" }), around(rows, sensitive))), [
        "CREATE SCHEMA [ARCHIVE];",
      ]);
    });

    it("quotes hostile names", () => {
      for (const name of ["a]b'c d", "select", "🗄️ archive", "x".repeat(128)]) {
        const plan = planned(inputs({ name, authorization: `r]'${name.slice(0, 100)}` }), around({ schemas: [dbo] }));
        assert.equal(plan.statements.length, 1);
        assert.ok(plan.statements[0]?.batch.startsWith(`CREATE SCHEMA [${name.replaceAll("]", "]]")}]`));
      }
    });
  });

  describe("delete", () => {
    it("drops an empty schema", () => {
      golden(
        "schema.drop",
        { title: "An empty schema goes.", old: inputs() },
        deleted(inputs(), around({ schemas: [dbo, archive] })),
      );
    });

    it("refuses while it holds objects, and names them", () => {
      const plan = deleted(
        inputs(),
        around({
          schemas: [dbo, archive],
          tables: [tableRow({ schemaName: "archive" })],
          objects: [objectRow({ schemaName: "ARCHIVE" })],
        }),
      );
      assert.deepEqual(batches(plan), []);
      assert.match(plan.refusals[0]?.reason ?? "", /table "Orders", object "CloseOrder".*move them/);
    });

    it("names a table, not its triggers", () => {
      const trigger = objectRow({
        schemaName: "archive",
        name: "OrdersTrigger",
        type: "TR",
        parentSchema: "archive",
        parentName: "Orders",
      });
      const plan = deleted(
        inputs(),
        around({ schemas: [dbo, archive], tables: [tableRow({ schemaName: "archive" })], objects: [trigger] }),
      );
      assert.match(plan.refusals[0]?.reason ?? "", /holds table "Orders"; drop/);
    });

    it("refuses to drop dbo and says how to let go of it", () => {
      const plan = deleted(inputs({ name: "dbo" }), around({ schemas: [dbo] }));
      assert.match(plan.refusals[0]?.reason ?? "", /retainOnDelete: true/);
    });
  });

  describe("refresh", () => {
    it("shows a foreign owner only where an owner was asked for", () => {
      const { catalog } = around({ schemas: [dbo, { ...archive, owner: "stranger" }] });
      const live = schemaKind.read(catalog, { database: "sales", name: "archive" }, []);
      assert.ok(live);
      assert.equal(schemaKind.inputsFromLive(live, inputs({ authorization: "app" })).authorization, "stranger");
      assert.equal(schemaKind.inputsFromLive(live, inputs()).authorization, undefined);
    });

    it("is absent where the schema or the database is not there", () => {
      assert.equal(schemaKind.read(snapshot({}), { database: "sales", name: "dbo" }, []), undefined);
      assert.equal(schemaKind.read(around({}).catalog, { database: "sales", name: "archive" }, []), undefined);
    });

    it("gives every output that it promises", () => {
      const live = schemaKind.read(
        around({ schemas: [dbo, archive] }).catalog,
        { database: "sales", name: "archive" },
        [],
      );
      assert.ok(live);
      assert.deepEqual(Object.keys(schemaKind.outputs(undefined, live)), schemaKind.outputNames);
    });
  });

  describe("T-SQL", () => {
    it("is what Microsoft's grammar accepts", function () {
      assertGrammar(this);
    });
  });
});
