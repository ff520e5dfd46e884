/**
 * Inputs of TableSet (many tables, one plan) and Table (the set of one).
 * Columns are an array because Pulumi sorts the keys of a record: only an array keeps the declared order.
 * What is not given means the server's default and is compared, but for filegroups: not given = leave the table where it is.
 */
import { z } from "zod";
import { collationInput } from "../name-input";
import { commonChanges, commonInputs, databaseChange, databaseInput, type ChangeRule } from "../../contract";

/** A name that another input explains. */
const name = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^\0]*$/, "a name cannot hold the character U+0000");
const expression = z.string().min(1);
const compression = z.enum(["none", "row", "page"]).describe("Data compression. Default none. A change rebuilds.");
const bigNumber = z.union([z.number().int(), z.string().regex(/^-?\d+$/, "give a whole number")]);

const ColumnInputs = z.strictObject({
  name: name.describe("Column name."),
  type: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Data type as T-SQL writes it: "decimal(18, 2)", "nvarchar(max)", "dbo.MyType". Required unless the column is computed.',
    ),
  nullable: z
    .boolean()
    .optional()
    .describe(
      "Whether it may hold NULL. Default false: a column that says nothing is NOT NULL. Always written out in the T-SQL.",
    ),
  identity: z
    .union([
      z.boolean(),
      z.strictObject({
        seed: bigNumber.optional().describe("First value. Default 1. Cannot change."),
        increment: bigNumber.optional().describe("Step, not 0. Default 1. Cannot change."),
        notForReplication: z
          .boolean()
          .optional()
          .describe("Replication agents insert their own values. Default false."),
      }),
    ])
    .optional()
    .describe("The server numbers the rows. Default false. Cannot be switched on or off on a column that exists."),
  default: z
    .union([
      expression,
      z.strictObject({
        name: name.optional().describe("Name of the constraint. Default DF_<table>_<column>."),
        expression: expression.describe("Expression of the default value."),
      }),
    ])
    .optional()
    .describe(
      "Default value, an expression. The constraint is called DF_<table>_<column> unless named. Rows that exist keep their value.",
    ),
  computed: z
    .union([
      expression,
      z.strictObject({
        expression: expression.describe("Expression over columns of the same row."),
        persisted: z.boolean().optional().describe("Store the value. Default false."),
        notNull: z.boolean().optional().describe("PERSISTED NOT NULL. Default false."),
      }),
    ])
    .optional()
    .describe("Expression of a computed column. A change drops the column and adds it again."),
  collation: collationInput("Collation of a character column. Default the collation of the database.").optional(),
  sparse: z.boolean().optional().describe("Stores NULL without space. Default false."),
  rowGuid: z.boolean().optional().describe("ROWGUIDCOL. Default false."),
  filestream: z
    .boolean()
    .optional()
    .describe(
      "The values are files in a FILESTREAM filegroup: varbinary(max) only, and the table needs a unique ROWGUIDCOL column. Windows only. Cannot change. Default false.",
    ),
  renamedFrom: name.optional().describe("Former name: the column is renamed with its data. May stay after the rename."),
  backfill: expression
    .optional()
    .describe(
      "Value for rows that hold NULL when the column becomes NOT NULL, or is added as NOT NULL to a table with rows and has no default.",
    ),
});
export type ColumnInputs = z.infer<typeof ColumnInputs>;

const keyColumn = z.union([
  name,
  z.strictObject({
    name: name.describe("Column name."),
    descending: z.boolean().optional().describe("Highest value first. Default false."),
  }),
]);
const indexOptions = {
  columns: z.array(keyColumn).min(1).describe("Key columns in order: a name, or { name, descending }."),
  clustered: z
    .boolean()
    .optional()
    .describe(
      "The table is stored in this order. One a table. Default true for the primary key where no other index says so, else false.",
    ),
  fillFactor: z
    .number()
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe("Percent of each leaf page that a build fills, 1 to 100. Default 100."),
  padIndex: z.boolean().optional().describe("Apply fillFactor to the upper levels too. Default false."),
  ignoreDuplicateKey: z
    .boolean()
    .optional()
    .describe("A duplicate is skipped with a warning. Default false. Unique only."),
  allowRowLocks: z.boolean().optional().describe("Default true."),
  allowPageLocks: z.boolean().optional().describe("Default true."),
  compression: compression.optional(),
  filegroup: name
    .optional()
    .describe(
      "Filegroup. Not given: that of the table where the inputs say one, else where it is. A change moves the index.",
    ),
};
const KeyInputs = z.strictObject({
  name: name.optional().describe("Name of the constraint. Default PK_<table>; UQ_<table>_<columns> for UNIQUE."),
  ...indexOptions,
});
export type KeyInputs = z.infer<typeof KeyInputs>;
const IndexInputs = z.strictObject({
  name: name.optional().describe("Default IX_<table>_<columns>; CCI_<table> and NCCI_<table> for columnstore indexes."),
  ...indexOptions,
  columns: indexOptions.columns
    .max(1024)
    .optional()
    .describe(
      "Key columns in order: a name, or { name, descending }. Of a nonclustered columnstore index its columns, in no order; a clustered one has all and names none.",
    ),
  columnstore: z
    .boolean()
    .optional()
    .describe(
      "A columnstore index: the table itself where clustered, else a second copy of some columns. Default false.",
    ),
  orderBy: z
    .array(name)
    .min(1)
    .optional()
    .describe(
      "Columns by which a columnstore index sorts before it compresses. SQL Server 2022 and later where clustered, 2025 otherwise. A change builds it anew.",
    ),
  archive: z
    .boolean()
    .optional()
    .describe("COLUMNSTORE_ARCHIVE: smaller and slower. Default false. A change rebuilds."),
  compressionDelayMinutes: z
    .number()
    .int()
    .min(0)
    .max(10080)
    .optional()
    .describe(
      "Minutes that new rows of a columnstore index wait before they are compressed, 0 to 10080. Default 0. Changes in place.",
    ),
  unique: z.boolean().optional().describe("Default false."),
  include: z
    .array(name)
    .optional()
    .describe("Columns kept in the leaves only; their order means nothing. Default none."),
  where: expression.optional().describe("Filter: only rows that satisfy it are in the index. Default all rows."),
});
export type IndexInputs = z.infer<typeof IndexInputs>;

const SystemVersioningInputs = z.strictObject({
  periodColumns: z
    .strictObject({
      start: name.optional().describe("Column that says since when a row is as it is, in UTC. Default ValidFrom."),
      end: name.optional().describe("Column that says until when. Default ValidTo."),
      hidden: z
        .boolean()
        .optional()
        .describe("SELECT * and INSERT without a list of columns leave them out. Default false. Changes in place."),
      precision: z
        .number()
        .int()
        .min(0)
        .max(7)
        .optional()
        .describe("Digits after the second, 0 to 7. Default 7. Cannot change."),
    })
    .optional()
    .describe(
      "The two datetime2 columns; they are not among the columns of the table. Plain columns of these names are taken over with their values.",
    ),
  historyTable: z
    .string()
    .min(1)
    .optional()
    .describe(
      '"schema.name" of the table with the former versions. Default the table\'s schema and <table>History. A change renames it.',
    ),
  historyRetention: z
    .union([
      z.literal("infinite"),
      z.strictObject({
        value: z.number().int().min(1).max(365000).describe("How many units, at least 1; 1,000 years at most."),
        unit: z.enum(["days", "weeks", "months", "years"]).describe("Unit of value."),
      }),
    ])
    .optional()
    .describe("How long former versions are kept. Default infinite. A shorter time loses the older ones."),
  historyIndex: z
    .union([
      z.literal("columnstore"),
      z.strictObject({
        columns: z
          .array(keyColumn)
          .min(1)
          .max(32)
          .describe("Key columns in order, 1 to 32: a name, or { name, descending }."),
      }),
    ])
    .optional()
    .describe(
      "Clustered index of the history table: columnstore, or columns. Default the end and the start of the period. Finite retention needs columnstore or the end first.",
    ),
  historyCompression: z
    .enum(["none", "row", "page", "columnstore", "columnstore-archive"])
    .optional()
    .describe(
      "Compression of the history table. Default page, or columnstore with a columnstore index; none where a column is sparse.",
    ),
  historyFilegroup: name
    .optional()
    .describe(
      "Filegroup of the history table. Not given: where it is; the server makes it beside its table. A change moves its rows, but not its large values.",
    ),
  dataConsistencyCheck: z
    .boolean()
    .optional()
    .describe("Whether rows of a history table that exists are checked when versioning is switched on. Default true."),
  adoptHistory: z
    .boolean()
    .optional()
    .describe("Take over a table that exists under the name of the history table, with its rows. Default false."),
});
export type SystemVersioningInputs = z.infer<typeof SystemVersioningInputs>;

const action = z.enum(["no action", "cascade", "set null", "set default"]);
const ForeignKeyInputs = z.strictObject({
  name: name.optional().describe("Default FK_<table>_<columns>."),
  columns: z
    .array(name)
    .min(1)
    .max(32)
    .describe("Columns of this table, 1 to 32, in the order of those that they refer to."),
  references: z
    .strictObject({
      table: z.string().min(1).describe('"schema.table", or a table of schema dbo.'),
      columns: z.array(name).min(1).max(32).optional().describe("Default the primary key of a table of the same set."),
    })
    .describe("The table and the columns that they refer to."),
  onDelete: action.optional().describe('Default "no action".'),
  onUpdate: action.optional().describe('Default "no action".'),
  notForReplication: z
    .boolean()
    .optional()
    .describe("Replication agents are not checked; the key is never trusted then. Default false."),
});
export type ForeignKeyInputs = z.infer<typeof ForeignKeyInputs>;

const tableInputs = {
  columns: z
    .array(ColumnInputs)
    .min(1)
    .max(1024)
    .describe("Columns. A new one always lands at the end: the order of an existing table is not a difference."),
  primaryKey: KeyInputs.optional().describe(
    "PRIMARY KEY, called PK_<table> unless named; clustered unless another index is.",
  ),
  uniques: z.array(KeyInputs).optional().describe("UNIQUE constraints, called UQ_<table>_<columns> unless named."),
  checks: z
    .record(
      z.string(),
      z.union([
        expression,
        z.strictObject({
          expression: expression.describe("Condition that no row may make false."),
          notForReplication: z.boolean().optional().describe("Replication agents are not checked. Default false."),
        }),
      ]),
    )
    .optional()
    .describe("CHECK constraints: name to condition."),
  foreignKeys: z
    .array(ForeignKeyInputs)
    .optional()
    .describe("FOREIGN KEY constraints; made after all tables, so that cycles work."),
  indexes: z.array(IndexInputs).optional().describe("Indexes that are not constraints, columnstore indexes too."),
  filegroup: name.optional().describe("Filegroup of the rows. Not given: the default one, and where the table is now."),
  textFilegroup: name
    .optional()
    .describe("Filegroup of large values (TEXTIMAGE_ON). Not given: the server chooses. Cannot change."),
  filestreamFilegroup: name
    .optional()
    .describe(
      "FILESTREAM filegroup of the filestream columns. Not given: the default one. Cannot change while there are such columns.",
    ),
  partitionScheme: z
    .strictObject({
      name: name.describe("Partition scheme."),
      column: name.describe("Column by which the rows are spread."),
    })
    .optional()
    .describe(
      "Partition scheme of the rows and of all indexes that name no filegroup. Said when the table is made; cannot change.",
    ),
  systemVersioning: SystemVersioningInputs.optional().describe(
    "System-versioned temporal table: each UPDATE and DELETE leaves the former version in a history table. Taking it away keeps the rows, and the history table unless its loss is allowed.",
  ),
  compression: compression.optional().describe("Compression of the heap or of the clustered index. Default none."),
  lockEscalation: z.enum(["table", "auto", "disable"]).optional().describe("Default table."),
  renamedFrom: name
    .optional()
    .describe("Former name of the table: it is renamed with its data. May stay after the rename."),
  movedFrom: name
    .optional()
    .describe("Former schema of the table: it is moved with its data and its permissions. May stay after the move."),
};
export const TableBody = z.strictObject(tableInputs);
export type TableBody = z.infer<typeof TableBody>;

export const TableSetInputs = z.strictObject({
  ...commonInputs,
  database: databaseInput,
  tables: z
    .record(z.string(), TableBody)
    .describe(
      'Tables by name: "schema.name", "name" in dbo, or "[schema].[name.with.dot]". One that leaves the set is dropped.',
    ),
});
export type TableSetInputs = z.infer<typeof TableSetInputs>;

export const TableInputs = z.strictObject({
  ...commonInputs,
  database: databaseInput,
  schema: name.optional().describe("Schema. Default dbo. A change needs movedFrom."),
  name: name.describe("Table name. A change needs renamedFrom."),
  ...tableInputs,
});
export type TableInputs = z.infer<typeof TableInputs>;

export const tableSetChanges = {
  ...commonChanges,
  database: databaseChange,
  tables: "plan",
} as const satisfies Record<keyof TableSetInputs, ChangeRule>;

export const tableChanges = {
  ...commonChanges,
  database: databaseChange,
  schema: "plan",
  name: "plan",
  columns: "plan",
  primaryKey: "plan",
  uniques: "plan",
  checks: "plan",
  foreignKeys: "plan",
  indexes: "plan",
  filegroup: "plan",
  textFilegroup: "plan",
  filestreamFilegroup: "plan",
  partitionScheme: "plan",
  systemVersioning: "plan",
  compression: "plan",
  lockEscalation: "plan",
  renamedFrom: "plan",
  movedFrom: "plan",
} as const satisfies Record<keyof TableInputs, ChangeRule>;
