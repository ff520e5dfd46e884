import assert from "node:assert/strict";
import { indexRow } from "../../catalog-rows";
import type { BoundReferenceRow, PermissionRow } from "../../../provider/src/engine/snapshot/modules";
import { planBundle } from "../../../provider/src/kinds/bundle/plan";
import { procedureBundleKind } from "../../../provider/src/kinds/bundle";
import { storedHash } from "../../../provider/src/tsql/definition";
import { assertGrammar, golden, record } from "../../golden";
import {
  bundle,
  columnRow,
  contextOf,
  deployed,
  labels,
  liveOf,
  ownedAfter,
  planChange,
  reasons,
  tableRow,
  type Files,
} from "./bundle-fixture";

const api: Files = {
  "sql/types.sql":
    "CREATE TYPE dbo.OrderId FROM bigint NOT NULL;\nGO\nCREATE TYPE dbo.OrderList AS TABLE (Id dbo.OrderId NOT NULL PRIMARY KEY, Note nvarchar(50) NULL);",
  "sql/numbers.sql": "CREATE SEQUENCE dbo.OrderNumbers AS int START WITH 1000 INCREMENT BY 1 CACHE 50;",
  "sql/orders.sql":
    "-- All orders of a customer.\nCREATE OR ALTER PROCEDURE dbo.GetOrders @customer int AS\nSELECT Id FROM dbo.OpenOrders WHERE Customer = @customer;\nGO\nCREATE OR ALTER VIEW dbo.OpenOrders AS SELECT o.Id, o.Customer, dbo.Tax(o.Total) AS Tax FROM dbo.Orders AS o;\n",
  "sql/functions/tax.sql": "CREATE FUNCTION dbo.Tax(@total money) RETURNS money AS BEGIN RETURN @total * 0.19; END",
  "sql/synonyms.sql": "CREATE SYNONYM dbo.Customers FOR crm.dbo.Customers;",
  "sql/audit.sql": "CREATE TRIGGER dbo.OrdersAudit ON dbo.Orders AFTER UPDATE AS SET NOCOUNT ON;",
  "sql/save.sql":
    "SET QUOTED_IDENTIFIER OFF\nGO\nCREATE PROCEDURE dbo.SaveOrders @list dbo.OrderList READONLY AS\nINSERT dbo.Orders (Id) SELECT Id FROM @list;\nEXEC dbo.GetOrders @customer = 1;",
};
const orders = [tableRow("Orders", 1)];
const withOrders = () => ({ tables: orders });
const bound = (
  referencingId: number,
  referencingName: string,
  referencingType: string,
  referencedId: number,
  referencedName: string,
): BoundReferenceRow => ({
  referencingId,
  referencingSchema: "dbo",
  referencingName,
  referencingType,
  referencingMinorId: 0,
  referencedClass: 1,
  referencedId,
  referencedSchema: "dbo",
  referencedName,
  referencedMinorId: 0,
});
const permission = (majorId: number, name: string, special: Partial<PermissionRow> = {}): PermissionRow => ({
  class: 1,
  majorId,
  minorId: 0,
  columnName: null,
  securable: null,
  permission: name,
  state: "GRANT",
  grantee: "app",
  grantor: "dbo",
  ...special,
});

describe("a first deployment of a bundle", () => {
  const plan = planBundle(bundle(api), contextOf({ tables: orders }));
  it("creates everything in the order of need", () => {
    golden(
      "bundle.create",
      {
        title:
          "Types, a sequence, a synonym, a function, a view, a trigger and procedures are made in the order of need",
        new: { server: "hart", database: "sales", directory: "sql" },
      },
      plan,
    );
    const order = labels(plan);
    const before = (first: string, second: string) =>
      assert.ok(order.indexOf(first) < order.indexOf(second), `${first} before ${second}`);
    before("create type dbo.OrderId", "create type dbo.OrderList");
    before("create type dbo.OrderList", "create procedure dbo.SaveOrders");
    before("create function dbo.Tax", "create view dbo.OpenOrders");
    before("create view dbo.OpenOrders", "create procedure dbo.GetOrders");
    before("create procedure dbo.GetOrders", "create procedure dbo.SaveOrders");
    assert.equal(order.length, 9);
  });
  it("sends what the server will store, with the file's place and the captured settings", () => {
    const save = plan.statements.find((s) => s.label === "create procedure dbo.SaveOrders")!;
    assert.deepEqual(save.settings, { ansiNulls: true, quotedIdentifier: false });
    assert.deepEqual(save.source, { file: "sql/save.sql", line: 3 });
    const get = plan.statements.find((s) => s.label === "create procedure dbo.GetOrders")!;
    assert.ok(get.batch.startsWith("-- All orders of a customer.\nCREATE PROCEDURE dbo.GetOrders"));
    assert.deepEqual(get.source, { file: "sql/orders.sql", line: 1 });
    assert.equal(plan.owns.find((o) => o.name === "dbo.GetOrders")!.definitionHash, storedHash(get.batch));
  });
  it("requires the table that is not there yet, with the place of its mention", () => {
    const early = planBundle(bundle(api), contextOf(undefined));
    assert.deepEqual(early.refusals, []);
    const needed = early.requires!.map((r) => `${r.type} ${r.name} ${r.neededBy}`);
    assert.deepEqual(needed, ["object dbo.Orders view dbo.OpenOrders (sql/orders.sql:5)"]);
  });
});

describe("a second deployment of a bundle", () => {
  it("runs nothing when nothing changed", () => {
    const plan = planChange(api, api, withOrders);
    assert.deepEqual(labels(plan), []);
    assert.deepEqual(plan.owns, ownedAfter(api));
  });
  it("takes other newlines and a text deployed with CREATE OR ALTER for the same", () => {
    const text = "-- a\nCREATE PROC dbo.p AS\nSELECT 1;";
    for (const stored of [
      text,
      text.replaceAll("\n", "\r\n"),
      text.replace("CREATE", "CREATE  "),
      text.replace("CREATE", "CREATE  ").replaceAll("\n", "\r\n"),
    ]) {
      const plan = planChange({ "p.sql": text }, { "p.sql": text }, (rows) => ({
        objects: rows.objects.map((row) => ({ ...row, definitionHash: storedHash(stored) })),
      }));
      assert.deepEqual(labels(plan), [], JSON.stringify(stored));
    }
  });
  it("alters the one procedure whose body changed", () => {
    const changed = {
      ...api,
      "sql/orders.sql": api["sql/orders.sql"]!.replace("SELECT Id FROM", "SELECT TOP (10) Id FROM"),
    };
    const plan = planChange(api, changed, withOrders);
    golden(
      "bundle.alter-procedure",
      { title: "One body changed", old: { directory: "sql" }, new: { directory: "sql" } },
      plan,
    );
    assert.deepEqual(labels(plan), ["alter procedure dbo.GetOrders"]);
    assert.match(plan.statements[0]!.batch, /\nALTER PROCEDURE dbo\.GetOrders/);
  });
  it("repairs what was changed by hand: text, captured settings, a disabled trigger, a dropped view", () => {
    const plan = planChange(api, api, (rows) => ({
      tables: orders,
      objects: rows.objects
        .filter((row) => row.name !== "OpenOrders")
        .map((row) => {
          if (row.name === "Tax") return { ...row, definitionHash: storedHash("something else") };
          if (row.name === "GetOrders") return { ...row, usesQuotedIdentifier: false };
          return row.name === "OrdersAudit" ? { ...row, isTriggerDisabled: true } : row;
        }),
    }));
    golden(
      "bundle.drift",
      {
        title:
          "By hand a function was changed, a view dropped, a trigger disabled, a procedure compiled with other settings",
        old: { directory: "sql" },
        new: { directory: "sql" },
      },
      plan,
    );
    assert.deepEqual(labels(plan).sort(), [
      "alter function dbo.Tax",
      "alter procedure dbo.GetOrders",
      "create view dbo.OpenOrders",
      "enable trigger dbo.OrdersAudit",
    ]);
  });
  it("names drift for refresh", () => {
    const context = contextOf(
      deployed(api, (rows) => ({
        objects: rows.objects
          .filter((r) => r.name !== "OpenOrders")
          .map((r) => (r.name === "Tax" ? { ...r, definitionHash: storedHash("x") } : r)),
      })),
      ownedAfter(api),
    );
    assert.deepEqual(procedureBundleKind.outputs(undefined, liveOf(context, bundle(api))!)["drift"], {
      "dbo.Tax": "changed",
      "dbo.OpenOrders": "missing",
    });
  });
  it("drops a view that left the directory, with its hazard", () => {
    const old = { "v.sql": "CREATE VIEW dbo.v AS SELECT 1 AS x", "p.sql": "CREATE PROC dbo.p AS SELECT 1" };
    const plan = planChange(old, { "p.sql": old["p.sql"] });
    golden(
      "bundle.drop-view",
      { title: "The file of a view was deleted", old: { directory: "sql" }, new: { directory: "sql" } },
      plan,
    );
    assert.deepEqual(labels(plan), ["drop view dbo.v"]);
    assert.deepEqual(
      plan.statements[0]!.hazards.map((h) => `${h.type}:${h.object}`),
      ["data-loss:dbo.v"],
    );
    assert.deepEqual(
      plan.owns.map((o) => o.name),
      ["dbo.p"],
    );
  });
  it("keeps it, and its ownership, with removeMissing: false", () => {
    const old = { "v.sql": "CREATE VIEW dbo.v AS SELECT 1 AS x", "p.sql": "CREATE PROC dbo.p AS SELECT 1" };
    const plan = planChange(old, { "p.sql": old["p.sql"] }, undefined, { removeMissing: false });
    assert.deepEqual(labels(plan), []);
    assert.deepEqual(plan.owns.map((o) => o.name).sort(), ["dbo.p", "dbo.v"]);
  });
  it("refuses to drop what another file still mentions, with its place", () => {
    const old = { "v.sql": "CREATE VIEW dbo.v AS SELECT 1 AS x", "p.sql": "CREATE PROC dbo.p AS\nSELECT x FROM dbo.v" };
    assert.match(
      reasons(planChange(old, { "p.sql": old["p.sql"] }))[0]!,
      /^p\.sql:2: procedure dbo\.p mentions dbo\.v/,
    );
  });
  it("compares encrypted modules by what was deployed last", () => {
    const old = { "p.sql": "CREATE PROC dbo.p WITH ENCRYPTION AS SELECT 1" };
    assert.deepEqual(labels(planChange(old, old)), []);
    assert.deepEqual(labels(planChange(old, { "p.sql": old["p.sql"].replace("1", "2") })), ["alter procedure dbo.p"]);
  });
  it("tells names apart as the database does", () => {
    const upper = { "p.sql": "CREATE PROC dbo.P AS SELECT 1" };
    const lower = { "p.sql": "CREATE PROC dbo.p AS SELECT 1" };
    assert.deepEqual(labels(planBundle(bundle(lower), contextOf(deployed(upper), ownedAfter(upper)))), [
      "alter procedure dbo.p",
    ]);
    const sensitive = planBundle(bundle(lower), contextOf(deployed(upper), ownedAfter(upper), "Latin1_General_CS_AS"));
    assert.deepEqual(labels(sensitive), ["create procedure dbo.p", "drop procedure dbo.P"]);
  });
});

describe("changes that ALTER cannot do", () => {
  const scalar = { "f.sql": "CREATE FUNCTION dbo.f(@a int) RETURNS int AS BEGIN RETURN @a END" };
  const inline = { "f.sql": "CREATE FUNCTION dbo.f(@a int) RETURNS TABLE AS RETURN SELECT @a AS x" };
  it("makes a scalar function an inline one by drop and create, and shows the permission that is lost", () => {
    const plan = planChange(scalar, inline, () => ({
      permissions: [permission(1000, "EXECUTE"), permission(1000, "REFERENCES", { state: "GRANT_WITH_GRANT_OPTION" })],
    }));
    golden(
      "bundle.function-kind",
      { title: "A scalar function becomes an inline one", old: { directory: "sql" }, new: { directory: "sql" } },
      plan,
    );
    assert.deepEqual(labels(plan), ["drop function dbo.f", "create function dbo.f", "permissions of function dbo.f"]);
    assert.match(plan.statements[0]!.hazards[0]!.detail, /GRANT EXECUTE to app/);
    assert.equal(plan.statements[2]!.batch, "GRANT REFERENCES ON OBJECT::[dbo].[f] TO [app] WITH GRANT OPTION;");
    assert.ok(plan.statements.every((s) => s.inTransaction));
  });
  it("makes a procedure of a function", () => {
    const plan = planChange(scalar, { "f.sql": "CREATE PROC dbo.f @a int AS SELECT @a" }, () => ({
      permissions: [permission(1000, "EXECUTE"), permission(1000, "EXECUTE", { state: "DENY", grantee: "guest]s" })],
    }));
    assert.deepEqual(
      plan.statements.map((s) => s.batch),
      [
        "DROP FUNCTION [dbo].[f];",
        "CREATE PROC dbo.f @a int AS SELECT @a",
        "GRANT EXECUTE ON OBJECT::[dbo].[f] TO [app];",
        "DENY EXECUTE ON OBJECT::[dbo].[f] TO [guest]]s];",
      ],
    );
    assert.deepEqual(
      plan.owns.map((o) => o.type),
      ["procedure"],
    );
  });
  it("moves a trigger to another table by drop and create", () => {
    const old = { "t.sql": "CREATE TRIGGER dbo.t ON dbo.Orders AFTER INSERT AS SET NOCOUNT ON" };
    const plan = planChange(old, { "t.sql": old["t.sql"].replace("dbo.Orders", "dbo.Lines") }, () => ({
      tables: [tableRow("Orders", 1), tableRow("Lines", 2)],
    }));
    assert.deepEqual(labels(plan), ["drop trigger dbo.t", "create trigger dbo.t"]);
  });
  it("points a synonym elsewhere", () => {
    const plan = planChange(
      { "s.sql": "CREATE SYNONYM dbo.s FOR a.dbo.T" },
      { "s.sql": "CREATE SYNONYM dbo.s FOR b.dbo.T" },
      () => ({ permissions: [permission(1000, "SELECT")] }),
    );
    golden(
      "bundle.synonym",
      { title: "A synonym gets another base", old: { directory: "sql" }, new: { directory: "sql" } },
      plan,
    );
    assert.deepEqual(labels(plan), ["drop synonym dbo.s", "create synonym dbo.s", "permissions of synonym dbo.s"]);
  });
  it("changes the options of a sequence and never its position", () => {
    const old = { "s.sql": "CREATE SEQUENCE dbo.s AS int START WITH 10 INCREMENT BY 1 CACHE 50" };
    const plan = planChange(old, {
      "s.sql": "CREATE SEQUENCE dbo.s AS int START WITH 500 INCREMENT BY 5 MINVALUE 1 CYCLE NO CACHE",
    });
    golden(
      "bundle.sequence",
      { title: "A sequence counts in other steps", old: { directory: "sql" }, new: { directory: "sql" } },
      plan,
    );
    assert.deepEqual(plan.observations, [
      "sequence dbo.s (s.sql:1): START WITH counts only when it is made; it goes on from 10",
    ]);
    assert.equal(
      plan.statements[0]!.batch,
      "ALTER SEQUENCE [dbo].[s]\n    INCREMENT BY 5\n    MINVALUE 1\n    CYCLE\n    NO CACHE;",
    );
    assert.match(
      reasons(planChange(old, { "s.sql": "CREATE SEQUENCE dbo.s AS bigint START WITH 10 CACHE 50" }))[0]!,
      /type cannot change/,
    );
    assert.match(
      reasons(planChange(old, { "s.sql": "CREATE SEQUENCE dbo.s AS int MINVALUE 11 CACHE 50" }))[0]!,
      /stands at 10/,
    );
  });
  it("replaces a table type under its users", () => {
    const old = {
      "t.sql": "CREATE TYPE dbo.List AS TABLE (Id int NOT NULL)",
      "p.sql": "CREATE PROC dbo.p @l dbo.List READONLY AS SELECT Id FROM @l",
      "q.sql": "CREATE PROC dbo.q AS SELECT 1",
    };
    const plan = planChange(old, { ...old, "t.sql": "CREATE TYPE dbo.List AS TABLE (Id bigint NOT NULL)" }, () => ({
      permissions: [permission(1000, "EXECUTE", { class: 6 })],
    }));
    golden(
      "bundle.table-type",
      { title: "A column of a table type gets another type", old: { directory: "sql" }, new: { directory: "sql" } },
      plan,
    );
    assert.deepEqual(labels(plan), [
      "set aside type dbo.List",
      "create type dbo.List",
      "permissions of type dbo.List",
      "alter procedure dbo.p",
      "drop type dbo.List__replaced",
    ]);
  });
  it("compiles users of a replaced type outside the bundle again, and keeps a bound one from standing in the way", () => {
    const type = { "t.sql": "CREATE TYPE dbo.Code FROM varchar(10)" };
    const users = {
      ...type,
      "p.sql": "CREATE PROC dbo.p @c dbo.Code AS SELECT 1",
      "f.sql": "CREATE FUNCTION dbo.f(@c dbo.Code) RETURNS int WITH SCHEMABINDING AS BEGIN RETURN 1 END",
    };
    const uses = (id: number, name: string, kind: string) => ({
      ...bound(id, name, kind, 1000, "Code"),
      referencedClass: 6,
    });
    const rows = () => ({ boundReferences: [uses(1001, "p", "P"), uses(1002, "f", "FN")] });
    const wider = { "t.sql": "CREATE TYPE dbo.Code FROM varchar(20)" };
    const own = planChange(users, { ...users, ...wider }, rows);
    assert.deepEqual(labels(own), [
      "unbind function dbo.f",
      "set aside type dbo.Code",
      "create type dbo.Code",
      "alter function dbo.f",
      "alter procedure dbo.p",
      "drop type dbo.Code__replaced",
    ]);
    const { "f.sql": _f, ...withoutF } = users;
    const foreign = record(
      "foreign",
      planBundle(
        bundle(wider),
        contextOf(
          deployed(withoutF, () => ({ boundReferences: [uses(1001, "p", "P")] })),
          ownedAfter(type),
        ),
      ),
    );
    assert.deepEqual(labels(foreign), [
      "set aside type dbo.Code",
      "create type dbo.Code",
      "refresh procedure dbo.p",
      "drop type dbo.Code__replaced",
    ]);
    const dropped = planBundle(
      bundle({ "q.sql": "CREATE PROC dbo.q AS SELECT 1" }),
      contextOf(
        deployed(withoutF, () => ({ boundReferences: [uses(1001, "p", "P")] })),
        ownedAfter(type),
      ),
    );
    assert.deepEqual(reasons(dropped), ["type dbo.Code cannot be dropped: dbo.p uses it; change that first"]);
  });
  it("replaces a table type with the alias type of its column", () => {
    const old = {
      "a.sql": "CREATE TYPE dbo.Code FROM varchar(10)",
      "t.sql": "CREATE TYPE dbo.List AS TABLE (C dbo.Code)",
      "p.sql": "CREATE PROC dbo.p @l dbo.List READONLY AS SELECT 1",
    };
    const plan = planChange(old, { ...old, "a.sql": "CREATE TYPE dbo.Code FROM varchar(20)" });
    assert.deepEqual(labels(plan), [
      "set aside type dbo.Code", "create type dbo.Code", "set aside type dbo.List", "create type dbo.List",
      "alter procedure dbo.p", "drop type dbo.List__replaced", "drop type dbo.Code__replaced",
    ]); // prettier-ignore
  });
  it("leaves a table type alone when only a comment in it changed", () => {
    const old = { "t.sql": "CREATE TYPE dbo.List AS TABLE (Id int NOT NULL)" };
    assert.deepEqual(
      labels(planChange(old, { "t.sql": "CREATE TYPE dbo.List AS TABLE (\n  Id int NOT NULL -- the order\n)" })),
      [],
    );
  });
  it("refuses to change an alias type that a table column has", () => {
    const plan = planChange(
      { "t.sql": "CREATE TYPE dbo.Code FROM varchar(10)" },
      { "t.sql": "CREATE TYPE dbo.Code FROM varchar(20)" },
      () => ({
        tables: orders,
        columns: [columnRow(1, 1, "Code", { isUserDefinedType: true, typeSchema: "dbo", typeName: "Code" })],
      }),
    );
    assert.match(
      reasons(plan)[0]!,
      /^t\.sql:1: type dbo\.Code cannot change while it is the type of column dbo\.Orders\.Code/,
    );
  });
});

describe("schema binding", () => {
  const chain = {
    "f.sql": "CREATE FUNCTION dbo.f(@a int) RETURNS int WITH SCHEMABINDING AS BEGIN RETURN @a END",
    "v.sql": "CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT dbo.f(Id) AS x FROM dbo.Orders",
    "w.sql": "CREATE VIEW dbo.w WITH SCHEMABINDING AS SELECT x FROM dbo.v",
  };
  const references = [bound(1001, "v", "V", 1000, "f"), bound(1002, "w", "V", 1001, "v")];
  const newF = { ...chain, "f.sql": chain["f.sql"].replace("RETURN @a", "RETURN @a + 1") };
  it("unbinds from the end of the chain, changes, and binds again", () => {
    const plan = planChange(chain, newF, () => ({
      tables: orders,
      boundReferences: references,
      permissions: [permission(1002, "SELECT", { minorId: 1, columnName: "x" })],
      indexes: [
        indexRow({
          tableId: 1001,
          indexId: 1,
          name: "ix",
          type: 1,
          isUnique: true,
          isPrimaryKey: false,
          compressionLow: "NONE",
          compressionHigh: "PAGE",
          rows: 12,
          columnId: 1,
          columnName: "x",
          keyOrdinal: 1,
          indexColumnId: 1,
        }),
      ],
    }));
    golden(
      "bundle.schema-bound-chain",
      {
        title: "A function under two schema-bound views changes",
        old: { directory: "sql" },
        new: { directory: "sql" },
      },
      plan,
    );
    assert.deepEqual(labels(plan), [
      "unbind view dbo.w",
      "unbind view dbo.v",
      "alter function dbo.f",
      "alter view dbo.v",
      "create index ix of view dbo.v",
      "alter view dbo.w",
      "permissions of view dbo.w",
    ]);
  });
  it("drops a bound view that leaves before what it is bound to changes", () => {
    const { "w.sql": _gone, ...rest } = newF;
    const plan = planChange(chain, rest, () => ({ tables: orders, boundReferences: references }));
    assert.deepEqual(labels(plan), [
      "drop view dbo.w",
      "unbind view dbo.v",
      "alter function dbo.f",
      "alter view dbo.v",
    ]);
  });
  it("drops a bound chain from its end", () => {
    const plan = planChange(
      { ...chain, "p.sql": "CREATE PROC dbo.p AS SELECT 1" },
      { "p.sql": "CREATE PROC dbo.p AS SELECT 1" },
      () => ({ boundReferences: references }),
    );
    assert.deepEqual(labels(plan), ["drop view dbo.w", "drop view dbo.v", "drop function dbo.f"]);
  });
  it("refuses while a constraint or a foreign view is bound to it", () => {
    const check = planChange(chain, newF, () => ({
      tables: orders,
      boundReferences: [bound(77, "ck", "C", 1000, "f")],
    }));
    assert.match(reasons(check)[0]!, /function dbo\.f cannot change while check constraint dbo\.ck/);
    const view = planChange(
      { ...chain, "z.sql": "CREATE VIEW dbo.z WITH SCHEMABINDING AS SELECT x FROM dbo.v" },
      newF,
      () => ({
        tables: orders,
        boundReferences: [bound(1003, "z", "V", 1000, "f")],
      }),
    );
    assert.deepEqual(
      labels(view),
      ["drop view dbo.z", "alter function dbo.f"],
      "a view that leaves the bundle goes first",
    );
    const foreign = planBundle(
      bundle(newF),
      contextOf(
        deployed({ ...chain, "z.sql": "CREATE VIEW dbo.z WITH SCHEMABINDING AS SELECT x FROM dbo.v" }, () => ({
          tables: orders,
          boundReferences: [bound(1003, "z", "V", 1000, "f")],
        })),
        ownedAfter(chain),
      ),
    );
    assert.match(reasons(foreign)[0]!, /dbo\.z is schema-bound/);
  });
  it("compiles natively compiled modules outside a transaction, by drop and create when what they are bound to changes", () => {
    const native = {
      "f.sql": chain["f.sql"],
      "n.sql":
        "CREATE PROC dbo.n WITH NATIVE_COMPILATION, SCHEMABINDING AS BEGIN ATOMIC WITH (TRANSACTION ISOLATION LEVEL = SNAPSHOT, LANGUAGE = N'us_english') DECLARE @x int = dbo.f(1) END",
    };
    const plan = planChange(native, { ...native, "f.sql": newF["f.sql"] }, () => ({
      boundReferences: [bound(1001, "n", "P", 1000, "f")],
      permissions: [permission(1001, "EXECUTE")],
    }));
    assert.deepEqual(
      plan.statements.map((s) => `${s.label} ${s.inTransaction}`),
      [
        "drop procedure dbo.n false",
        "alter function dbo.f true",
        "create procedure dbo.n false",
        "permissions of procedure dbo.n true",
      ],
    );
  });
  it("refreshes an unchanged view that selects * from a changed one", () => {
    const old = {
      "a.sql": "CREATE VIEW dbo.a AS SELECT 1 AS x",
      "b.sql": "CREATE VIEW dbo.b AS SELECT * FROM dbo.a",
      "c.sql": "CREATE VIEW dbo.c AS SELECT x FROM dbo.a",
    };
    const plan = planChange(old, { ...old, "a.sql": "CREATE VIEW dbo.a AS SELECT 1 AS x, 2 AS y" });
    assert.deepEqual(labels(plan), ["alter view dbo.a", "refresh view dbo.b"]);
  });
});

describe("refusals of a bundle", () => {
  const fresh = (files: Files, special = {}) => planBundle(bundle(files, special), contextOf({ tables: orders }));
  it("names both places of a second definition", () =>
    assert.deepEqual(
      reasons(fresh({ "a.sql": "CREATE PROC dbo.p AS SELECT 1", "b.sql": "\nCREATE VIEW DBO.P AS SELECT 1 AS x" })),
      ["view DBO.P is defined twice: a.sql:1 and b.sql:2"],
    ));
  it("names the views of a cycle, and lets procedures call each other", () => {
    const cycle = fresh({
      "a.sql": "CREATE VIEW dbo.a AS SELECT 1 AS x FROM dbo.b",
      "b.sql": "CREATE VIEW dbo.b AS SELECT 1 AS x FROM dbo.a",
    });
    assert.match(reasons(cycle)[0]!, /view dbo\.a \(a\.sql:1\), view dbo\.b \(b\.sql:1\)/);
    const mutual = fresh({
      "a.sql": "CREATE PROC dbo.a AS EXEC dbo.b",
      "b.sql": "CREATE PROC dbo.b AS EXEC dbo.a; SELECT * FROM dbo.v",
      "v.sql": "CREATE VIEW dbo.v AS SELECT 1 AS x",
    });
    assert.deepEqual(mutual.refusals, []);
    assert.equal(labels(mutual)[0], "create view dbo.v");
  });
  it("takes a cycle through a procedure apart at the procedure", () => {
    const plan = fresh({
      "a.sql": "CREATE FUNCTION dbo.a() RETURNS int AS BEGIN DECLARE @x int = (SELECT x FROM dbo.b); RETURN @x END",
      "b.sql": "CREATE VIEW dbo.b AS SELECT dbo.a() AS x",
    });
    assert.deepEqual(labels(plan), ["create function dbo.a", "create view dbo.b"]);
  });
  it("requires what a procedure mentions and nobody has, unless told to ignore that", () => {
    const files = {
      "p.sql":
        "CREATE PROC dbo.p AS\nSELECT 1 FROM dbo.Nowhere\nEXEC dbo.Never\nSELECT col.value('.', 'int') FROM dbo.Orders CROSS APPLY Doc.nodes('/a') AS t(col)",
    };
    const names = (special = {}) => fresh(files, special).requires!.map((r) => `${r.name} ${r.neededBy}`);
    assert.deepEqual(names(), ["dbo.Nowhere procedure dbo.p (p.sql:2)", "dbo.Never procedure dbo.p (p.sql:3)"]);
    assert.deepEqual(names({ missingReferences: "ignore" }), []);
    assert.equal(
      fresh({ "v.sql": "CREATE VIEW dbo.v AS SELECT 1 AS x FROM dbo.Nowhere" }, { missingReferences: "ignore" })
        .requires!.length,
      1,
    );
  });
  it("requires the schema, the trigger's table and the user of EXECUTE AS", () => {
    const plan = fresh({
      "p.sql": "CREATE PROC api.p WITH EXECUTE AS 'robot' AS SELECT 1",
      "t.sql": "CREATE TRIGGER dbo.t ON dbo.Gone AFTER INSERT AS SET NOCOUNT ON",
    });
    assert.deepEqual(
      plan.requires!.map((r) => `${r.type} ${r.name}`),
      ["schema api", "principal robot", "object dbo.Gone"],
    );
  });
  it("does not take temporary tables, CTEs, aliases, queues and its own tables for missing objects", () => {
    const plan = fresh({
      "p.sql":
        "CREATE PROC dbo.p AS\nCREATE TABLE #t (a int); WITH c AS (SELECT 1 AS x) SELECT * FROM c, #t t2, inserted JOIN sys.objects o ON 1 = 1;\n" +
        "CREATE TABLE dbo.Made (a int); INSERT dbo.Made SELECT 1; SELECT 1 AS x INTO dbo.Copy; SELECT * FROM dbo.Copy;\n" +
        "UPDATE x SET a = 1 FROM dbo.Orders x; DELETE TOP (5) FROM dbo.Orders;\n" +
        "DECLARE k CURSOR FOR SELECT 1 FROM dbo.Orders; FETCH NEXT FROM k; RECEIVE TOP (1) * FROM dbo.Queue; SELECT TRIM(' ' FROM dbo.f2.x);\n" +
        "SELECT * FROM OPENJSON('[]') WITH (a int) j; IF 1 IS DISTINCT FROM 2 PRINT 1; EXEC dbo.sp_executesql N'SELECT * FROM dbo.Dynamic'; SELECT 1 FROM dbo.sysobjects;",
    });
    assert.deepEqual(plan.requires, []);
  });
  it("notes what is outside the database", () =>
    assert.deepEqual(
      fresh({ "p.sql": "CREATE PROC dbo.p AS\nSELECT 1 FROM crm.dbo.C; SELECT 1 FROM sales.dbo.Orders" }).notes,
      ["not checked: crm.dbo.C, outside the database (p.sql:2)"],
    ));
  it("leaves an object of another kind alone that it does not own", () => {
    const foreign = deployed({ "v.sql": "CREATE VIEW dbo.p AS SELECT 1 AS x" });
    const plan = planBundle(bundle({ "p.sql": "CREATE PROC dbo.p AS SELECT 1" }), contextOf(foreign));
    assert.deepEqual(reasons(plan), [
      "p.sql:1: procedure dbo.p: view dbo.p has this name and no stack owns it: drop it there first",
    ]);
  });
  it("names what exists and is not its own, for the runtime to ask for adoption", () => {
    const files = { "a.sql": "CREATE PROC dbo.a AS SELECT 1", "b.sql": "CREATE PROC dbo.b AS SELECT 1" };
    const context = contextOf(deployed(files), ownedAfter({ "a.sql": files["a.sql"] }));
    const live = liveOf(context, bundle(files))!;
    assert.deepEqual(procedureBundleKind.existing(live), [{ type: "procedure", name: "dbo.b" }]);
    assert.equal(liveOf(contextOf({}), bundle(files)), undefined);
  });
  it("refuses a name that a table has", () =>
    assert.match(reasons(fresh({ "v.sql": "CREATE VIEW dbo.Orders AS SELECT 1 AS x" }))[0]!, /table has this name/));
});

describe("deleting a bundle", () => {
  it("drops what it owns, users first, and keeps the hazard of a sequence that was used", () => {
    const owned = ownedAfter(api);
    const context = contextOf(
      deployed(api, (rows) => ({
        tables: orders,
        objects: rows.objects.map((row) => (row.type === "SO" ? { ...row, sequenceCurrent: "1007" } : row)),
      })),
      owned,
    );
    const plan = procedureBundleKind.planDelete(liveOf(context, bundle(api))!, context);
    golden(
      "bundle.delete",
      { title: "The bundle is deleted", old: { server: "hart", database: "sales", directory: "sql" } },
      plan,
    );
    assert.equal(plan.statements.length, 9);
    assert.deepEqual(labels(plan).slice(-2), ["drop type dbo.OrderList", "drop type dbo.OrderId"]);
    assert.deepEqual(
      plan.statements.flatMap((s) => s.hazards.map((h) => h.object)),
      ["dbo.OrderNumbers"],
    );
  });
});

describe("hostile names in a bundle", () => {
  const odd = "a]b'c \u{1F600}";
  const quoted = `[${odd.replaceAll("]", "]]")}]`;
  const files: Files = {
    "a.sql": `CREATE VIEW ${quoted}.${quoted} AS SELECT 1 AS x`,
    "b.sql": `CREATE FUNCTION ${quoted}.[select]() RETURNS TABLE AS RETURN SELECT x FROM ${quoted}.${quoted}`,
    "c.sql": `CREATE SEQUENCE ${quoted}."x.y" AS int`,
    "d.sql": `CREATE TRIGGER ${quoted} ON DATABASE FOR CREATE_TABLE AS PRINT 1`,
    "e.sql": `CREATE TYPE ${quoted}.t AS TABLE (${quoted} int)`,
    "f.sql": `CREATE PROC ${quoted}.${`[${"p".repeat(128)}]`} @t ${quoted}.t READONLY AS SELECT 1`,
  };
  const schemas = [{ schemaId: 7, name: odd, owner: "dbo" }];
  it("survive create, no change, change and delete", () => {
    const created = record("hostile", planBundle(bundle(files), contextOf({ schemas })));
    assert.deepEqual(created.refusals, []);
    assert.equal(created.statements.length, 6);
    assert.deepEqual(labels(planChange(files, files, () => ({ schemas }))), []);
    const changed = planChange(
      files,
      {
        ...files,
        "e.sql": `CREATE TYPE ${quoted}.t AS TABLE (${quoted} bigint)`,
        "c.sql": `CREATE SEQUENCE ${quoted}."x.y" AS int INCREMENT BY 2`,
      },
      () => ({ schemas }),
    );
    assert.equal(changed.statements.length, 5);
    const context = contextOf(
      deployed(files, () => ({ schemas })),
      ownedAfter(files),
    );
    const deleted = record("hostile", procedureBundleKind.planDelete(liveOf(context, bundle(files))!, context));
    assert.equal(deleted.statements.length, 6);
    assert.ok(deleted.statements.some((s) => s.batch === `DROP TRIGGER ${quoted} ON DATABASE;`));
  });
});

describe("the statements of all bundles in this file", () => {
  it("pass Microsoft's grammar", function () {
    assertGrammar(this);
  });
});
