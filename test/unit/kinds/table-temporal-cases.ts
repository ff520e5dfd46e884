/** System-versioned tables: what each change is, and that versioning stays on wherever the engine can. */
import { answers, orders, withColumns, type Change } from "./table-cases";
import type { TableBody } from "../../../provider/src/kinds/table";
import type { MutableRows } from "./table-rows";

const ninety = { historyRetention: { value: 90, unit: "days" } } as const;
export const temporal: TableBody = { ...orders, systemVersioning: ninety };
const versioned = (body: TableBody, systemVersioning: TableBody["systemVersioning"] = ninety): TableBody => ({
  ...body,
  systemVersioning,
});
const history = 2000;
export const off = "ALTER TABLE [dbo].[Orders] SET (SYSTEM_VERSIONING = OFF);";
const on = (more: string): string =>
  `ALTER TABLE [dbo].[Orders] SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = [dbo].[OrdersHistory]${more}));`;
const periodDefaults =
  "CONSTRAINT [DF_Orders_ValidFrom] DEFAULT (DATEADD(SECOND, -1, SYSUTCDATETIME())) NOT NULL, [ValidTo] datetime2(7) GENERATED ALWAYS AS ROW END";

/** What the engine leaves behind when a NOT NULL column is added while versioning is on. */
function leaveDefault(columns: MutableRows["columns"], name: string): void {
  const column = columns.find((row) => row.objectId === history && row.name === name)!;
  Object.assign(column, {
    defaultName: `DF__OrdersHi__${name}`,
    defaultDefinition: "((0))",
    defaultIsSystemNamed: true,
  });
}

/** CREATE INDEX mine ON dbo.OrdersHistory (...). */
export function indexHistory({ columns, indexes }: MutableRows, name: string): void {
  const clustered = indexes.find((row) => row.tableId === history)!;
  const { columnId } = columns.find((row) => row.objectId === history && row.name === name)!;
  indexes.push({
    ...clustered,
    indexId: 2,
    name: "mine",
    type: 2,
    columnId,
    columnName: name,
    keyOrdinal: 1,
    indexColumnId: 1,
  });
}

export const temporalCases: readonly Change[] = [
  {
    what: "keeps a system-versioned table as it is",
    from: temporal,
    to: temporal,
    batches: [],
  },
  {
    what: "adds a nullable column with versioning on",
    golden: "temporal-add-nullable",
    from: temporal,
    to: versioned(withColumns({}, { name: "b", type: "int", nullable: true })),
    batches: ["ALTER TABLE [dbo].[Orders] ADD [b] int NULL;"],
    hazards: [],
  },
  {
    what: "adds a NOT NULL column with a default with versioning on",
    golden: "temporal-add-default",
    from: temporal,
    to: versioned(withColumns({}, { name: "b", type: "int", default: { name: "df", expression: "0" } })),
    batches: ["ALTER TABLE [dbo].[Orders] ADD [b] int CONSTRAINT [df] DEFAULT (0) NOT NULL;"],
    hazards: [],
  },
  {
    what: "drops a column with versioning on, and counts its former values",
    golden: "temporal-drop-column",
    from: temporal,
    to: versioned(withColumns({ Note: undefined })),
    given: { answers: { ...answers("values:#:Note", { rows: 0 }), ...answers("values:#:Note", { rows: 7 }, history) } },
    batches: ["ALTER TABLE [dbo].[Orders] DROP COLUMN [Note];"],
    hazards: ["data-loss:dbo.Orders.Note=0"],
  },
  {
    what: "drops a column with a default with versioning on",
    from: temporal,
    to: versioned({ ...withColumns({ Total: undefined }), checks: {} }),
    given: { answers: answers("values:#:Total", { rows: 10 }) },
    batches: [
      "ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [CK_Total];",
      "ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [DF_Orders_Total];",
      "ALTER TABLE [dbo].[Orders] DROP COLUMN [Total];",
    ],
    hazards: ["data-loss:dbo.Orders.Total=10"],
  },
  {
    what: "drops a column that left its default on the history table too",
    golden: "temporal-drop-column-default",
    from: temporal,
    to: versioned({ ...withColumns({ Total: undefined }), checks: {} }),
    given: { answers: answers("values:#:Total", { rows: 10 }), change: (rows) => leaveDefault(rows.columns, "Total") },
    batches: [
      "ALTER TABLE [dbo].[OrdersHistory] DROP CONSTRAINT [DF__OrdersHi__Total];",
      "ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [CK_Total];",
      "ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [DF_Orders_Total];",
      "ALTER TABLE [dbo].[Orders] DROP COLUMN [Total];",
    ],
  },
  {
    what: "changes the type of a column that left its default on the history table too",
    from: temporal,
    to: versioned({ ...withColumns({ Total: { type: "float" } }), checks: {} }),
    given: { change: (rows) => leaveDefault(rows.columns, "Total") },
    batches: [
      "ALTER TABLE [dbo].[OrdersHistory] DROP CONSTRAINT [DF__OrdersHi__Total];",
      "ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [CK_Total];",
      "ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [DF_Orders_Total];",
      "ALTER TABLE [dbo].[Orders] ALTER COLUMN [Total] float NOT NULL;",
      "ALTER TABLE [dbo].[Orders] ADD CONSTRAINT [DF_Orders_Total] DEFAULT (0) FOR [Total];",
    ],
  },
  {
    what: "widens a column in an index that somebody put on the history table",
    from: temporal,
    to: versioned(withColumns({ Note: { type: "nvarchar(80)" } })),
    given: { change: (rows) => indexHistory(rows, "Note") },
    batches: ["ALTER TABLE [dbo].[Orders] ALTER COLUMN [Note] nvarchar(80) COLLATE Latin1_General_100_CI_AS NULL;"],
    hazards: [],
  },
  {
    what: "changes the type of a column in the index of the history table in a window",
    golden: "temporal-history-key",
    from: versioned(orders, { ...ninety, historyIndex: { columns: ["ValidTo", "Total"] } }),
    to: versioned(
      { ...withColumns({ Total: { type: "decimal(28,2)" } }), checks: {} },
      { ...ninety, historyIndex: { columns: ["ValidTo", "Total"] } },
    ),
    batches: [
      off,
      "ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [CK_Total];",
      "ALTER TABLE [dbo].[Orders] ALTER COLUMN [Total] decimal(28, 2) NOT NULL;",
      "DROP INDEX [ix_OrdersHistory] ON [dbo].[OrdersHistory];",
      "ALTER TABLE [dbo].[OrdersHistory] ALTER COLUMN [Total] decimal(28, 2) NOT NULL;",
      "CREATE CLUSTERED INDEX [ix_OrdersHistory] ON [dbo].[OrdersHistory] ([ValidTo], [Total]) WITH (DATA_COMPRESSION = PAGE);",
      on(", DATA_CONSISTENCY_CHECK = OFF, HISTORY_RETENTION_PERIOD = 90 DAYS"),
    ],
  },
  {
    what: "widens a column with versioning on",
    golden: "temporal-widen",
    from: temporal,
    to: versioned(withColumns({ Note: { type: "nvarchar(80)" } })),
    batches: ["ALTER TABLE [dbo].[Orders] ALTER COLUMN [Note] nvarchar(80) COLLATE Latin1_General_100_CI_AS NULL;"],
    hazards: [],
  },
  {
    what: "renames a column with versioning on",
    from: temporal,
    to: versioned(withColumns({ Note: { name: "Remark", renamedFrom: "Note" } })),
    batches: ["EXEC sys.sp_rename @objname = N'[dbo].[Orders].[Note]', @newname = N'Remark', @objtype = N'COLUMN';"],
  },
  {
    what: "keeps history for a shorter time with versioning on",
    golden: "temporal-retention",
    from: temporal,
    to: versioned(orders, { historyRetention: { value: 30, unit: "days" } }),
    given: { historyRows: 50, answers: answers("aged:#:", { rows: 20 }, history) },
    batches: ["ALTER TABLE [dbo].[Orders] SET (SYSTEM_VERSIONING = ON (HISTORY_RETENTION_PERIOD = 30 DAYS));"],
    hazards: ["data-loss:dbo.OrdersHistory=20"],
  },
  {
    what: "keeps history for a shorter time where none is so old",
    from: temporal,
    to: versioned(orders, { historyRetention: { value: 1, unit: "months" } }),
    given: { historyRows: 50, answers: answers("aged:#:", { rows: 0 }, history) },
    batches: ["ALTER TABLE [dbo].[Orders] SET (SYSTEM_VERSIONING = ON (HISTORY_RETENTION_PERIOD = 1 MONTHS));"],
    hazards: [],
  },
  {
    what: "keeps history for ever with versioning on",
    from: temporal,
    to: versioned(orders, {}),
    given: { historyRows: 50 },
    batches: ["ALTER TABLE [dbo].[Orders] SET (SYSTEM_VERSIONING = ON (HISTORY_RETENTION_PERIOD = INFINITE));"],
    hazards: [],
  },
  {
    what: "hides the period columns with versioning on",
    from: temporal,
    to: versioned(orders, { ...ninety, periodColumns: { hidden: true } }),
    batches: [
      "ALTER TABLE [dbo].[Orders] ALTER COLUMN [ValidFrom] ADD HIDDEN;",
      "ALTER TABLE [dbo].[Orders] ALTER COLUMN [ValidTo] ADD HIDDEN;",
    ],
  },
  {
    what: "makes a plain table system-versioned, its rows kept",
    golden: "temporal-start",
    to: versioned(orders, { ...ninety, periodColumns: { hidden: true } }),
    batches: [
      `ALTER TABLE [dbo].[Orders] ADD [ValidFrom] datetime2(7) GENERATED ALWAYS AS ROW START HIDDEN ${periodDefaults} HIDDEN CONSTRAINT [DF_Orders_ValidTo] DEFAULT ('9999-12-31 23:59:59.9999999') NOT NULL, PERIOD FOR SYSTEM_TIME ([ValidFrom], [ValidTo]);`,
      "ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [DF_Orders_ValidFrom], [DF_Orders_ValidTo];",
      on(", HISTORY_RETENTION_PERIOD = 90 DAYS"),
    ],
    hazards: [],
  },
  {
    what: "makes a plain table with columnstore history, whole seconds and a column more",
    golden: "temporal-start-columnstore",
    to: versioned(withColumns({}, { name: "b", type: "int", default: "1" }), {
      ...ninety,
      periodColumns: { precision: 0 },
      historyIndex: "columnstore",
    }),
    batches: [
      "ALTER TABLE [dbo].[Orders] ADD [b] int CONSTRAINT [DF_Orders_b] DEFAULT (1) NOT NULL;",
      "ALTER TABLE [dbo].[Orders] ADD [ValidFrom] datetime2(0) GENERATED ALWAYS AS ROW START CONSTRAINT [DF_Orders_ValidFrom] DEFAULT (DATEADD(SECOND, -1, SYSUTCDATETIME())) NOT NULL, [ValidTo] datetime2(0) GENERATED ALWAYS AS ROW END CONSTRAINT [DF_Orders_ValidTo] DEFAULT ('9999-12-31 23:59:59') NOT NULL, PERIOD FOR SYSTEM_TIME ([ValidFrom], [ValidTo]);",
      "ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [DF_Orders_ValidFrom], [DF_Orders_ValidTo];",
      on(", HISTORY_RETENTION_PERIOD = 90 DAYS"),
      "CREATE CLUSTERED COLUMNSTORE INDEX [ix_OrdersHistory] ON [dbo].[OrdersHistory] WITH (DROP_EXISTING = ON);",
    ],
  },
  {
    what: "gives history a columnstore index with versioning on",
    golden: "temporal-history-columnstore",
    from: temporal,
    to: versioned(orders, { ...ninety, historyIndex: "columnstore", historyCompression: "columnstore-archive" }),
    given: { historyRows: 50 },
    batches: [
      "CREATE CLUSTERED COLUMNSTORE INDEX [ix_OrdersHistory] ON [dbo].[OrdersHistory] WITH (DROP_EXISTING = ON, DATA_COMPRESSION = COLUMNSTORE_ARCHIVE);",
    ],
    hazards: ["index-build:dbo.OrdersHistory.ix_OrdersHistory=50"],
  },
  {
    what: "moves history to another filegroup with versioning on",
    golden: "temporal-history-filegroup",
    from: temporal,
    to: versioned(orders, { ...ninety, historyFilegroup: "FG2" }),
    given: { historyRows: 50 },
    batches: [
      "CREATE CLUSTERED INDEX [ix_OrdersHistory] ON [dbo].[OrdersHistory] ([ValidTo], [ValidFrom]) WITH (DATA_COMPRESSION = PAGE, DROP_EXISTING = ON) ON [FG2];",
    ],
    hazards: ["index-build:dbo.OrdersHistory.ix_OrdersHistory=50"],
  },
  {
    what: "takes the columnstore index of history away in a window",
    golden: "temporal-history-rowstore",
    from: versioned(orders, { ...ninety, historyIndex: "columnstore" }),
    to: versioned(orders, {
      ...ninety,
      historyIndex: { columns: [{ name: "ValidTo", descending: true }, "Id"] },
      historyCompression: "row",
    }),
    batches: [
      off,
      "DROP INDEX [ix_OrdersHistory] ON [dbo].[OrdersHistory];",
      "CREATE CLUSTERED INDEX [ix_OrdersHistory] ON [dbo].[OrdersHistory] ([ValidTo] DESC, [Id]) WITH (DATA_COMPRESSION = ROW);",
      on(", DATA_CONSISTENCY_CHECK = OFF, HISTORY_RETENTION_PERIOD = 90 DAYS"),
    ],
  },
  {
    what: "changes the primary key in a window, with the type of its column on both tables",
    golden: "temporal-primary-key",
    from: temporal,
    to: versioned(withColumns({ Id: { type: "bigint" } })),
    batches: [
      off,
      "ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [PK_Orders];",
      "ALTER TABLE [dbo].[Orders] ALTER COLUMN [Id] bigint NOT NULL;",
      "ALTER TABLE [dbo].[Orders] ADD CONSTRAINT [PK_Orders] PRIMARY KEY CLUSTERED ([Id]) WITH (ONLINE = ON);",
      "ALTER TABLE [dbo].[OrdersHistory] ALTER COLUMN [Id] bigint NOT NULL;",
      on(", DATA_CONSISTENCY_CHECK = OFF, HISTORY_RETENTION_PERIOD = 90 DAYS"),
    ],
    hazards: ["table-rewrite:dbo.Orders.Id=10", "index-build:dbo.Orders.PK_Orders=10"],
  },
  {
    what: "changes columns of all sorts in one window",
    golden: "temporal-window",
    from: temporal,
    to: versioned({
      ...withColumns(
        { Note: undefined, Code: { name: "Sku", renamedFrom: "Code" } },
        { name: "b", type: "int", default: "1" },
        { name: "c", type: "nvarchar(10)", nullable: true },
      ),
      primaryKey: { columns: ["Id", "b"] },
      indexes: [],
    }),
    given: { answers: answers("values:#:Note", { rows: 0 }) },
    batches: [
      off,
      "DROP INDEX [IX_Orders_Code] ON [dbo].[Orders];",
      "ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [PK_Orders];",
      "EXEC sys.sp_rename @objname = N'[dbo].[Orders].[Code]', @newname = N'Sku', @objtype = N'COLUMN';",
      "ALTER TABLE [dbo].[Orders] ADD [b] int CONSTRAINT [DF_Orders_b] DEFAULT (1) NOT NULL, [c] nvarchar(10) NULL;",
      "ALTER TABLE [dbo].[Orders] DROP COLUMN [Note];",
      "ALTER TABLE [dbo].[Orders] ADD CONSTRAINT [PK_Orders] PRIMARY KEY CLUSTERED ([Id], [b]) WITH (ONLINE = ON);",
      "EXEC sys.sp_rename @objname = N'[dbo].[OrdersHistory].[Code]', @newname = N'Sku', @objtype = N'COLUMN';",
      "ALTER TABLE [dbo].[OrdersHistory] DROP COLUMN [Note];",
      "ALTER TABLE [dbo].[OrdersHistory] ADD [b] int NOT NULL DEFAULT (1);",
      "ALTER TABLE [dbo].[OrdersHistory] ADD [c] nvarchar(10) COLLATE Latin1_General_100_CI_AS NULL;",
      on(", DATA_CONSISTENCY_CHECK = OFF, HISTORY_RETENTION_PERIOD = 90 DAYS"),
    ],
  },
  {
    what: "renames and moves the history table in a window",
    golden: "temporal-history-rename",
    from: temporal,
    to: versioned(orders, { ...ninety, historyTable: "old.Orders" }),
    batches: [
      off,
      "ALTER SCHEMA [old] TRANSFER OBJECT::[dbo].[OrdersHistory];",
      "EXEC sys.sp_rename @objname = N'[old].[OrdersHistory]', @newname = N'Orders', @objtype = N'OBJECT';",
      "EXEC sys.sp_rename @objname = N'[old].[Orders].[ix_OrdersHistory]', @newname = N'ix_Orders', @objtype = N'INDEX';",
      "ALTER TABLE [dbo].[Orders] SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = [old].[Orders], DATA_CONSISTENCY_CHECK = OFF, HISTORY_RETENTION_PERIOD = 90 DAYS));",
    ],
  },
  {
    what: "ends versioning with the period columns kept as ordinary ones, and history kept",
    golden: "temporal-stop",
    from: temporal,
    to: withColumns({}, { name: "ValidFrom", type: "datetime2(7)" }, { name: "ValidTo", type: "datetime2(7)" }),
    batches: [off, "ALTER TABLE [dbo].[Orders] DROP PERIOD FOR SYSTEM_TIME;"],
    hazards: [],
  },
  {
    what: "ends versioning without the period columns",
    from: temporal,
    to: orders,
    given: {
      answers: { ...answers("values:#:ValidFrom", { rows: 10 }), ...answers("values:#:ValidTo", { rows: 10 }) },
    },
    batches: [
      off,
      "ALTER TABLE [dbo].[Orders] DROP PERIOD FOR SYSTEM_TIME;",
      "ALTER TABLE [dbo].[Orders] DROP COLUMN [ValidFrom], [ValidTo];",
    ],
    hazards: ["data-loss:dbo.Orders.ValidFrom=10", "data-loss:dbo.Orders.ValidTo=10"],
  },
];

export const columnstoreCases: readonly Change[] = [
  {
    what: "adds a nonclustered columnstore index with a filter",
    golden: "columnstore-add",
    to: {
      ...orders,
      indexes: [{ columns: ["Code"] }, { columnstore: true, columns: ["Id", "Total"], where: "Total > 0" }],
    },
    batches: [
      "CREATE NONCLUSTERED COLUMNSTORE INDEX [NCCI_Orders] ON [dbo].[Orders] ([Id], [Total]) WHERE (Total > 0);",
    ],
    hazards: ["index-build:dbo.Orders.NCCI_Orders=10"],
  },
  {
    what: "changes columns, order and compression of a columnstore index without a moment that lacks it",
    golden: "columnstore-change",
    from: { ...orders, indexes: [{ columnstore: true, columns: ["Id", "Total"] }] },
    to: {
      ...orders,
      indexes: [
        {
          columnstore: true,
          columns: ["Id", "Total", "Code"],
          orderBy: ["Total"],
          archive: true,
          compressionDelayMinutes: 10,
        },
      ],
    },
    given: { majorVersion: 17 },
    batches: [
      "CREATE NONCLUSTERED COLUMNSTORE INDEX [NCCI_Orders] ON [dbo].[Orders] ([Id], [Total], [Code]) ORDER ([Total]) WITH (COMPRESSION_DELAY = 10 MINUTES, DATA_COMPRESSION = COLUMNSTORE_ARCHIVE, DROP_EXISTING = ON);",
    ],
  },
  {
    what: "changes the delay and the archive of a columnstore index in place",
    golden: "columnstore-delay",
    from: { ...orders, indexes: [{ columnstore: true, columns: ["Id", "Total"], compressionDelayMinutes: 30 }] },
    to: {
      ...orders,
      indexes: [{ columnstore: true, columns: ["Id", "Total"], archive: true, compressionDelayMinutes: 60 }],
    },
    batches: [
      "ALTER INDEX [NCCI_Orders] ON [dbo].[Orders] REBUILD WITH (DATA_COMPRESSION = COLUMNSTORE_ARCHIVE);",
      "ALTER INDEX [NCCI_Orders] ON [dbo].[Orders] SET (COMPRESSION_DELAY = 60 MINUTES);",
    ],
  },
  {
    what: "takes the delay of a columnstore index away in place",
    from: { ...orders, indexes: [{ columnstore: true, columns: ["Id", "Total"], compressionDelayMinutes: 30 }] },
    to: { ...orders, indexes: [{ columnstore: true, columns: ["Id", "Total"] }] },
    batches: ["ALTER INDEX [NCCI_Orders] ON [dbo].[Orders] SET (COMPRESSION_DELAY = 0);"],
    hazards: [],
  },
  {
    what: "archives a columnstore index in place",
    from: { ...orders, indexes: [{ columnstore: true, columns: ["Id", "Total"] }] },
    to: { ...orders, indexes: [{ columnstore: true, columns: ["Id", "Total"], archive: true }] },
    batches: ["ALTER INDEX [NCCI_Orders] ON [dbo].[Orders] REBUILD WITH (DATA_COMPRESSION = COLUMNSTORE_ARCHIVE);"],
  },
  {
    what: "drops a columnstore index",
    from: { ...orders, indexes: [{ columns: ["Code"] }, { columnstore: true, columns: ["Id", "Total"] }] },
    to: orders,
    batches: ["DROP INDEX [NCCI_Orders] ON [dbo].[Orders];"],
  },
  {
    what: "changes a column below a columnstore index around it",
    from: { ...orders, indexes: [{ columnstore: true, columns: ["Id", "Code"] }] },
    to: {
      ...withColumns({ Code: { type: "nvarchar(200)" } }),
      indexes: [{ columnstore: true, columns: ["Id", "Code"] }],
    },
    batches: [
      "DROP INDEX [NCCI_Orders] ON [dbo].[Orders];",
      "ALTER TABLE [dbo].[Orders] ALTER COLUMN [Code] nvarchar(200) COLLATE Latin1_General_100_CI_AS NULL;",
      "CREATE NONCLUSTERED COLUMNSTORE INDEX [NCCI_Orders] ON [dbo].[Orders] ([Id], [Code]);",
    ],
  },
  {
    what: "makes a clustered index a clustered columnstore index in place",
    golden: "columnstore-clustered",
    from: {
      ...orders,
      primaryKey: { columns: ["Id"], clustered: false },
      indexes: [{ name: "rows", columns: ["Code"], clustered: true }],
    },
    to: {
      ...orders,
      primaryKey: { columns: ["Id"] },
      indexes: [{ name: "rows", columnstore: true, clustered: true, orderBy: ["Code"] }],
    },
    batches: [
      "CREATE CLUSTERED COLUMNSTORE INDEX [rows] ON [dbo].[Orders] ORDER ([Code]) WITH (DROP_EXISTING = ON) ON [PRIMARY];",
    ],
  },
  {
    what: "makes a clustered columnstore index rows again",
    from: { ...orders, indexes: [{ columnstore: true, clustered: true }] },
    to: { ...orders, primaryKey: { columns: ["Id"] }, indexes: [] },
    batches: [
      "ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [PK_Orders];",
      "DROP INDEX [CCI_Orders] ON [dbo].[Orders];",
      "ALTER TABLE [dbo].[Orders] ADD CONSTRAINT [PK_Orders] PRIMARY KEY CLUSTERED ([Id]);",
    ],
  },
  {
    what: "drops a column of a clustered columnstore table",
    from: { ...orders, indexes: [{ columnstore: true, clustered: true }] },
    to: { ...withColumns({ Note: undefined }), indexes: [{ columnstore: true, clustered: true }] },
    given: { answers: answers("values:#:Note", { rows: 0 }) },
    batches: ["ALTER TABLE [dbo].[Orders] DROP COLUMN [Note];"],
  },
];
