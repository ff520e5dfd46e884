/** One shape for what is wanted and what is there, so that rendering and comparing are written once. Names are unquoted. */
import type { NameComparer } from "../../engine/names";
import type {
  CheckConstraintRow,
  ColumnRow,
  ForeignKeyEntry,
  IndexEntry,
  TableRow,
} from "../../engine/snapshot/tables";
import type { BoundReferenceRow, PermissionRow } from "../../engine/snapshot/modules";
import type { DataType } from "./data-type";

export interface Identity {
  /** Exact decimal text. */
  readonly seed: string;
  readonly increment: string;
  readonly notForReplication: boolean;
}
export interface DefaultModel {
  readonly name: string;
  readonly expression: string;
}
interface ComputedModel {
  readonly expression: string;
  readonly persisted: boolean;
  /** PERSISTED NOT NULL. */
  readonly notNull: boolean;
}

export interface ColumnModel {
  readonly name: string;
  /** undefined for a computed column: the expression decides. */
  readonly type: DataType | undefined;
  readonly nullable: boolean;
  /** undefined = the collation of the database, or none. */
  readonly collation: string | undefined;
  readonly identity: Identity | undefined;
  readonly default: DefaultModel | undefined;
  readonly computed: ComputedModel | undefined;
  readonly sparse: boolean;
  readonly rowGuid: boolean;
  readonly filestream: boolean;
  /** Of PERIOD FOR SYSTEM_TIME. */
  readonly period: "start" | "end" | undefined;
  readonly hidden: boolean;
}

export type Compression = "none" | "row" | "page" | "columnstore" | "columnstore-archive";

export interface Partitioning {
  readonly scheme: string;
  readonly column: string;
}

export type Retention = { readonly value: number; readonly unit: "days" | "weeks" | "months" | "years" } | "infinite";

/** PRIMARY KEY, UNIQUE or an index: all are indexes to the server. */
export interface IndexModel {
  readonly role: "primary-key" | "unique" | "index";
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly descending: boolean }[];
  readonly include: readonly string[];
  readonly where: string | undefined;
  readonly unique: boolean;
  readonly clustered: boolean;
  /** Percent; 0 = 100 = full. */
  readonly fillFactor: number;
  readonly padIndex: boolean;
  readonly ignoreDuplicateKey: boolean;
  readonly allowRowLocks: boolean;
  readonly allowPageLocks: boolean;
  readonly compression: Compression;
  /** undefined = where the server puts it. */
  readonly filegroup: string | undefined;
  readonly partition: Partitioning | undefined;
  /** Its columns are all included ones; a clustered one names none. */
  readonly columnstore: boolean;
  /** Of a columnstore index. */
  readonly orderBy: readonly string[];
  /** Minutes that a full group of new rows of a columnstore index stays as it is. */
  readonly compressionDelay: number;
}

export interface CheckModel {
  readonly name: string;
  readonly expression: string;
  readonly notForReplication: boolean;
}

export type ReferentialAction = "no action" | "cascade" | "set null" | "set default";
export const referentialActions: readonly ReferentialAction[] = ["no action", "cascade", "set null", "set default"];

export interface ForeignKeyModel {
  readonly name: string;
  readonly columns: readonly string[];
  readonly referencedSchema: string;
  readonly referencedTable: string;
  readonly referencedColumns: readonly string[];
  readonly onDelete: ReferentialAction;
  readonly onUpdate: ReferentialAction;
  readonly notForReplication: boolean;
}

type LockEscalation = "table" | "auto" | "disable";

/** What only an input has: where it stands, and whether a person chose the name. */
interface Written {
  readonly path: string;
  readonly named: boolean;
}
export interface DesiredColumn extends ColumnModel {
  readonly path: string;
  /** A person chose the name of the default. */
  readonly defaultNamed: boolean;
  readonly renamedFrom: string | undefined;
  /** Value for rows that hold NULL when the column becomes NOT NULL. */
  readonly backfill: string | undefined;
}
export type DesiredIndex = IndexModel & Written;
export type DesiredCheck = CheckModel & Written;
export type DesiredForeignKey = ForeignKeyModel & Written;

export interface DesiredVersioning {
  readonly path: string;
  readonly start: string;
  readonly end: string;
  readonly history: TableIdentity;
  readonly historyDisplay: string;
  readonly retention: Retention;
  /** Clustered index of the history table, without its name. */
  readonly index: "columnstore" | readonly { readonly name: string; readonly descending: boolean }[];
  readonly compression: Compression;
  /** Of the history table; undefined = where it is, or where the server puts it. */
  readonly filegroup: string | undefined;
  readonly checkConsistency: boolean;
  readonly adoptHistory: boolean;
}

export interface DesiredTable {
  readonly path: string;
  readonly schema: string;
  readonly name: string;
  /** "dbo.Orders". */
  readonly display: string;
  readonly columns: readonly DesiredColumn[];
  readonly primaryKey: DesiredIndex | undefined;
  readonly uniques: readonly DesiredIndex[];
  readonly indexes: readonly DesiredIndex[];
  readonly checks: readonly DesiredCheck[];
  readonly foreignKeys: readonly DesiredForeignKey[];
  readonly filegroup: string | undefined;
  readonly textFilegroup: string | undefined;
  readonly filestreamFilegroup: string | undefined;
  readonly partition: Partitioning | undefined;
  readonly versioning: DesiredVersioning | undefined;
  /** Of the heap; a clustered index carries its own. */
  readonly compression: Compression;
  readonly lockEscalation: LockEscalation;
  readonly from: TableIdentity | undefined;
}

export interface DesiredSet {
  readonly database: string;
  readonly tables: readonly DesiredTable[];
  readonly key: string;
  readonly description: string;
}

// `type`, not `interface`: only a type alias is assignable to JsonValue.
export type TableIdentity = { readonly schema: string; readonly name: string };
export type SetIdentity = {
  readonly database: string;
  readonly key: string;
  readonly description: string;
  readonly tables: readonly {
    readonly schema: string;
    readonly name: string;
    readonly fromSchema?: string;
    readonly fromName?: string;
    /** Found by name while versioning is off. */
    readonly historySchema?: string;
    readonly historyName?: string;
  }[];
};

export interface LiveColumn extends ColumnModel {
  readonly row: ColumnRow;
  readonly type: DataType;
}
export interface LiveIndex extends IndexModel {
  readonly entry: IndexEntry;
  readonly systemNamed: boolean;
  readonly disabled: boolean;
}
export interface LiveCheck extends CheckModel {
  readonly row: CheckConstraintRow;
}
export interface LiveForeignKey extends ForeignKeyModel {
  readonly entry: ForeignKeyEntry;
}

export interface LiveHistory {
  readonly schema: string;
  readonly name: string;
  readonly display: string;
  readonly row: TableRow;
  readonly columns: readonly LiveColumn[];
  readonly indexes: readonly LiveIndex[];
}

/** PERIOD FOR SYSTEM_TIME; its columns stay when versioning is switched off. */
interface LivePeriod {
  readonly start: string;
  readonly end: string;
}

export interface LiveTable {
  readonly row: TableRow;
  readonly objectId: number;
  readonly schema: string;
  readonly name: string;
  readonly display: string;
  /** How it was found: under its name, under the old name of an input, or only because iac.object says that it is ours. */
  readonly foundBy: "name" | "old-name" | "ownership";
  readonly columns: readonly LiveColumn[];
  readonly period: LivePeriod | undefined;
  /** The history table; with `versioned` false the one that was it, or that the inputs name. */
  readonly history: LiveHistory | undefined;
  readonly versioned: boolean;
  readonly retention: Retention;
  /** false: aged history stays until somebody switches TEMPORAL_HISTORY_RETENTION on. */
  readonly retentionEnabled: boolean;
  /** Primary key, unique constraints, row-store and columnstore indexes. */
  readonly indexes: readonly LiveIndex[];
  /** XML, spatial and the like: kept as they are. */
  readonly otherIndexes: readonly IndexEntry[];
  readonly heap: IndexEntry | undefined;
  readonly checks: readonly LiveCheck[];
  readonly foreignKeys: readonly LiveForeignKey[];
  /** Foreign keys of all tables, this one too, that refer to this table. */
  readonly referencedBy: readonly LiveForeignKey[];
  /** Schema-bound modules; constraints and computed columns are not among them. */
  readonly bound: readonly BoundReferenceRow[];
  readonly permissions: readonly PermissionRow[];
}

export interface LiveSet {
  readonly database: string;
  readonly databaseCollation: string | undefined;
  readonly tables: readonly LiveTable[];
  readonly names: NameComparer;
}
