import assert from "node:assert/strict";
import type { TableBody } from "../../../provider/src/kinds/table";
import { assertGrammar, golden } from "../../golden";
import { alter, answers, lines, one, orders, refusals, withColumns } from "./table-cases";
import { batches, hazards, inputsOf, planOf, type Case } from "./table-rows";

describe("tables: many in one plan", () => {
  it("widens both sides of a foreign key in one plan, whole keys and all", () => {
    const wide = (body: TableBody, name: string): TableBody => ({
      ...body,
      columns: body.columns.map((column) => (column.name === name ? { ...column, type: "bigint" } : column)),
    });
    const [old, wanted] = [
      inputsOf({ Orders: orders, Lines: lines }),
      inputsOf({ Orders: wide(orders, "Id"), Lines: wide(lines, "OrderId") }),
    ];
    const plan = planOf(old, wanted, { rows: 10 });
    golden(
      "table.both-sides-of-a-key",
      { title: "int becomes bigint on both sides of a foreign key.", old: old.tables, new: wanted.tables },
      plan,
    );
    assert.deepEqual(batches(plan), [
      "ALTER TABLE [dbo].[Lines] DROP CONSTRAINT [FK_Lines_OrderId];",
      "ALTER TABLE [dbo].[Lines] DROP CONSTRAINT [PK_Lines];",
      "ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [PK_Orders];",
      "ALTER TABLE [dbo].[Lines] ALTER COLUMN [OrderId] bigint NOT NULL;",
      "ALTER TABLE [dbo].[Orders] ALTER COLUMN [Id] bigint NOT NULL;",
      "ALTER TABLE [dbo].[Lines] ADD CONSTRAINT [PK_Lines] PRIMARY KEY CLUSTERED ([OrderId], [Line]) WITH (ONLINE = ON);",
      "ALTER TABLE [dbo].[Orders] ADD CONSTRAINT [PK_Orders] PRIMARY KEY CLUSTERED ([Id]) WITH (ONLINE = ON);",
      "ALTER TABLE [dbo].[Lines] WITH CHECK ADD CONSTRAINT [FK_Lines_OrderId] FOREIGN KEY ([OrderId]) REFERENCES [dbo].[Orders] ([Id]);",
    ]);
    assert.ok(
      hazards(plan).includes("table-rewrite:dbo.Orders.Id=10") &&
        hazards(plan).includes("long-lock:dbo.Lines.FK_Lines_OrderId"),
    );
  });

  it("changes the action of a foreign key in one transaction", () => {
    const cascade = { ...lines, foreignKeys: [{ ...lines.foreignKeys![0]!, onDelete: "cascade" as const }] };
    const plan = planOf(inputsOf({ Orders: orders, Lines: lines }), inputsOf({ Orders: orders, Lines: cascade }), {
      rows: 10,
    });
    assert.deepEqual(batches(plan), [
      "ALTER TABLE [dbo].[Lines] DROP CONSTRAINT [FK_Lines_OrderId];",
      "ALTER TABLE [dbo].[Lines] WITH CHECK ADD CONSTRAINT [FK_Lines_OrderId] FOREIGN KEY ([OrderId]) REFERENCES [dbo].[Orders] ([Id]) ON DELETE CASCADE;",
    ]);
    assert.ok(plan.statements.every((statement) => statement.inTransaction && statement.reverse !== undefined));
  });

  it("validates a foreign key that is not trusted, unless replication keeps it so", () => {
    const inputs = inputsOf({ Orders: orders, Lines: lines });
    const change: Case["change"] = (rows) =>
      rows.foreignKeys.forEach((row) => Object.assign(row, { isNotTrusted: true, isDisabled: true }));
    assert.deepEqual(batches(planOf(inputs, inputs, { change })), [
      "ALTER TABLE [dbo].[Lines] WITH CHECK CHECK CONSTRAINT [FK_Lines_OrderId];",
    ]);
    const replicated = inputsOf({
      Orders: orders,
      Lines: { ...lines, foreignKeys: [{ ...lines.foreignKeys![0]!, notForReplication: true }] },
    });
    assert.deepEqual(batches(planOf(replicated, replicated)), []);
  });

  it("renames a table with its constraints, and follows it in foreign keys", () => {
    const old = inputsOf({ Orders: orders, Lines: lines });
    const wanted = inputsOf({
      Sales: { ...orders, renamedFrom: "Orders" },
      Lines: { ...lines, foreignKeys: [{ columns: ["OrderId"], references: { table: "Sales" } }] },
    });
    const plan = planOf(old, wanted, { rows: 10 });
    golden("table.rename", { title: "A table is renamed with its data.", old: old.tables, new: wanted.tables }, plan);
    assert.deepEqual(batches(plan), [
      "EXEC sys.sp_rename @objname = N'[dbo].[Orders]', @newname = N'Sales', @objtype = N'OBJECT';",
      "EXEC sys.sp_rename @objname = N'[dbo].[PK_Orders]', @newname = N'PK_Sales', @objtype = N'OBJECT';",
      "EXEC sys.sp_rename @objname = N'[dbo].[Sales].[IX_Orders_Code]', @newname = N'IX_Sales_Code', @objtype = N'INDEX';",
      "EXEC sys.sp_rename @objname = N'[dbo].[DF_Orders_Total]', @newname = N'DF_Sales_Total', @objtype = N'OBJECT';",
    ]);
    assert.deepEqual(batches(planOf(wanted, wanted)), []);
  });

  it("renames a table away and makes a new one under its old name", () => {
    const plan = planOf(
      inputsOf({ T: { columns: [{ name: "a", type: "int" }] } }),
      inputsOf({
        T: { columns: [{ name: "b", type: "int" }] },
        Old: { columns: [{ name: "a", type: "int" }], renamedFrom: "T" },
      }),
    );
    assert.deepEqual(batches(plan), [
      "EXEC sys.sp_rename @objname = N'[dbo].[T]', @newname = N'Old', @objtype = N'OBJECT';",
      "CREATE TABLE [dbo].[T] ( [b] int NOT NULL );",
    ]);
  });

  it("moves a table to another schema and grants again what the move drops", () => {
    const permission = {
      class: 1,
      majorId: 1000,
      minorId: 0,
      columnName: null,
      securable: null,
      permission: "SELECT",
      state: "GRANT_WITH_GRANT_OPTION",
      grantee: "o'reader]",
      grantor: "dbo",
    };
    const wanted = inputsOf({ "sales.Orders": { ...orders, movedFrom: "dbo" } });
    const change: Case["change"] = (rows) =>
      rows.permissions.push(permission, {
        ...permission,
        minorId: 2,
        columnName: "Code",
        permission: "UPDATE",
        state: "DENY",
      });
    const plan = planOf(one(orders), wanted, { change });
    golden(
      "table.move",
      {
        title: "A table moves to another schema and keeps its permissions.",
        old: { Orders: orders },
        new: wanted.tables,
      },
      plan,
    );
    assert.deepEqual(batches(plan), [
      "ALTER SCHEMA [sales] TRANSFER OBJECT::[dbo].[Orders];",
      "GRANT SELECT ON OBJECT::[sales].[Orders] TO [o'reader]]] WITH GRANT OPTION;",
      "DENY UPDATE ON OBJECT::[sales].[Orders] ([Code]) TO [o'reader]]];",
    ]);
    assert.ok(plan.notes.some((note) => note.includes("permissions")));
  });

  it("drops a table that left the set, with the rows at stake, foreign keys first", () => {
    const plan = planOf(inputsOf({ Orders: orders, Lines: lines }), one(orders), {
      rows: 10,
      answers: answers("rows:#:", { rows: 12 }),
    });
    assert.deepEqual(batches(plan), ["DROP TABLE [dbo].[Lines];"]);
    assert.deepEqual(hazards(plan), ["data-loss:dbo.Lines=12"]);
    assert.deepEqual(plan.owns, [{ type: "table", name: "dbo.Orders" }]);
  });

  it("drops an empty table without asking, and leaves tables alone that it does not own", () => {
    const old = inputsOf({ Orders: orders, Lines: lines });
    assert.deepEqual(hazards(planOf(old, one(orders), { rows: 0 })), []);
    assert.deepEqual(batches(planOf(old, one(orders), { owned: [{ type: "table", name: "dbo.Orders" }] })), []);
  });

  it("drops two tables that refer to each other", () => {
    const cycle = (other: string): TableBody => ({
      columns: [{ name: "Id", type: "int" }],
      primaryKey: { columns: ["Id"] },
      foreignKeys: [{ columns: ["Id"], references: { table: other } }],
    });
    const plan = planOf(inputsOf({ A: cycle("B"), B: cycle("A"), Keep: orders }), inputsOf({ Keep: orders }));
    assert.deepEqual(batches(plan), [
      "ALTER TABLE [dbo].[A] DROP CONSTRAINT [FK_A_Id];",
      "ALTER TABLE [dbo].[B] DROP CONSTRAINT [FK_B_Id];",
      "DROP TABLE [dbo].[A];",
      "DROP TABLE [dbo].[B];",
    ]);
  });

  it("asks whether a table that goes and one that comes are the same", () => {
    const plan = planOf(one(orders), inputsOf({ Sales: orders }), { rows: 10 });
    assert.ok(plan.notes.some((note) => note.includes("renamedFrom")));
    assert.deepEqual(hazards(plan), ["data-loss:dbo.Orders=10"]);
  });

  it("takes a foreign key of another resource down and puts it back as it was around a new primary key", () => {
    const change: Case["change"] = (rows) => {
      rows.tables.push({ ...rows.tables[0]!, objectId: 7, name: "Other" });
      const { columnName: _, ...key } = { columnName: "", objectId: 8, tableId: 7, schemaName: "dbo", name: "FK_Other", referencedTableId: 1000, referencedSchema: "dbo", referencedTable: "Orders", referencedIndexId: 1, deleteAction: 1, updateAction: 0, isDisabled: true, isNotTrusted: true, isNotForReplication: false, isSystemNamed: false, ordinal: 1 }; // prettier-ignore
      rows.foreignKeys.push({ ...key, columnName: "OrderId", referencedColumnName: "Id" });
    };
    const plan = alter({ ...orders, primaryKey: { columns: ["Id"], clustered: false } }, { change });
    assert.deepEqual(
      batches(plan).filter((batch) => batch.includes("Other")),
      [
        "ALTER TABLE [dbo].[Other] DROP CONSTRAINT [FK_Other];",
        "ALTER TABLE [dbo].[Other] WITH NOCHECK ADD CONSTRAINT [FK_Other] FOREIGN KEY ([OrderId]) REFERENCES [dbo].[Orders] ([Id]) ON DELETE CASCADE;",
        "ALTER TABLE [dbo].[Other] NOCHECK CONSTRAINT [FK_Other];",
      ],
    );
    assert.match(refusals(alter(withColumns({ Id: { type: "bigint" } }), { change })).join(), /FK_Other of dbo\.Other/);
    assert.match(
      refusals(alter({ ...orders, primaryKey: undefined }, { change })).join(),
      /FK_Other of dbo\.Other.*drop it there first/,
    );
    assert.match(
      refusals(planOf(one(orders), inputsOf({ Lines: { columns: lines.columns } }), { change })).join(),
      /dbo\.Orders cannot be dropped: foreign key FK_Other of dbo\.Other/,
    );
  });

  it("emits only T-SQL that Microsoft's grammar accepts", function () {
    assertGrammar(this);
  });
});
