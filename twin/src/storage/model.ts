/**
 * What the server holds, as plain mutable records. Nothing here has behaviour: every change goes through a
 * `Transaction` (storage/transaction.ts), so that it can be undone, logged and locked.
 * Names are kept as written; maps are keyed by `Database.key(name)` (the database's collation).
 */
import type { Expression, ModuleStatement } from "../language/ast";
import type { Collation } from "../types/collation";
import type { SqlType } from "../types/sql-type";
import type { DateTime, SqlValue } from "../types/value";
import type { Assembly, ClrBinding, ClrTypeBinding, TrustedAssembly } from "./model-clr";
import type {
  BrokerEndpoint,
  BrokerPriority,
  Contract,
  Conversation,
  MessageType,
  QueueActivation,
  QueuedMessage,
  RemoteServiceBinding,
  Route,
  Service,
  UnsentMessage,
} from "./model-broker";

export interface SqlServer {
  readonly name: string;
  readonly platform: "linux" | "windows";
  readonly version: "2019" | "2022" | "2025";
  readonly edition: "Developer" | "Enterprise" | "Standard" | "Express" | "Web";
  readonly collation: string;
  readonly started: DateTime;
  /** Key: name in the server's collation. master, tempdb, model and msdb have ids 1 to 4. */
  readonly databases: Map<string, Database>;
  readonly logins: Map<string, Login>;
  /** sys.configurations by lower-case name. */
  readonly configurations: Map<
    string,
    {
      id: number;
      value: number;
      inUse: number;
      minimum: number;
      maximum: number;
      dynamic: boolean;
      advanced: boolean;
      description: string;
    }
  >;
  readonly serverPermissions: Permission[];
  /** Endpoints that were created, by endpoint_id (65536 and up). */
  readonly endpoints: Map<number, BrokerEndpoint>;
  /** sys.trusted_assemblies, by SHA2_512 in upper-case hex. */
  readonly trustedAssemblies: Map<string, TrustedAssembly>;
  /** Default directories, with a trailing separator of the platform. */
  readonly dataPath: string;
  readonly logPath: string;
  nextDatabaseId: number;
  nextLoginId: number;
  key(name: string): string;
}

export interface Login {
  id: number;
  name: string;
  sid: Uint8Array;
  type: "S" | "U" | "G" | "R" | "C";
  /** PBKDF of the password; never the password. */
  passwordHash?: Uint8Array;
  passwordSalt?: Uint8Array;
  disabled: boolean;
  defaultDatabase: string;
  defaultLanguage: string;
  checkPolicy: boolean;
  checkExpiration: boolean;
  fixedRole: boolean;
  /** server roles: ids of their members. */
  members: Set<number>;
  /** Server roles made by users: their owner; fixed ones belong to sa. */
  ownerId?: number;
  /** MUST_CHANGE: the next login has to set a new password (18488). */
  mustChange?: boolean;
  created: DateTime;
  modified: DateTime;
}

export interface Database {
  id: number;
  name: string;
  collation: Collation;
  created: DateTime;
  ownerSid: Uint8Array;
  /** Columns of sys.databases by their names there (is_read_committed_snapshot_on, recovery_model ...): options with a plain value. */
  options: DatabaseOptions;
  serviceBrokerGuid: string;
  /** Carried by all its files: sys.database_recovery_status. */
  guid: string;
  files: Map<number, DatabaseFile>;
  dataSpaces: Map<number, DataSpace>;
  partitionFunctions: Map<number, PartitionFunction>;
  schemas: Map<number, Schema>;
  principals: Map<number, Principal>;
  /** Every schema-scoped object and constraint by object_id. */
  objects: Map<number, DbObject>;
  /** `${schemaId}.${key(name)}` -> object_id. Triggers of tables are in their table's schema; database triggers have schemaId 0. */
  objectNames: Map<string, number>;
  /** User-defined types by user_type_id (257 and up). */
  types: Map<number, UserType>;
  permissions: Permission[];
  extendedProperties: ExtendedProperty[];
  /** ALTER DATABASE SCOPED CONFIGURATION values by lower-case name. */
  scopedConfigurations: Map<string, SqlValue>;
  nextObjectId: number;
  nextTypeId: number;
  nextPrincipalId: number;
  nextSchemaId: number;
  rowVersion: bigint;
  /** Service Broker by id; what is built in is not among them (broker/built-in.ts). */
  messageTypes: Map<number, MessageType>;
  contracts: Map<number, Contract>;
  services: Map<number, Service>;
  routes: Map<number, Route>;
  remoteServiceBindings: Map<number, RemoteServiceBinding>;
  brokerPriorities: Map<number, BrokerPriority>;
  /** Key: handle. */
  conversations: Map<string, Conversation>;
  queuedMessages: Map<number, QueuedMessage>;
  unsentMessages: Map<number, UnsentMessage>;
  /** Next id of a broker definition, and next order of a message. */
  nextBrokerId: number;
  nextMessageOrder: number;
  /** By assembly_id; the server's own are not among them (clr/system-assemblies.ts). */
  assemblies: Map<number, Assembly>;
  nextAssemblyId: number;
  /** Equal names have equal keys under the database's collation. */
  key(name: string): string;
}

export interface DatabaseOptions {
  compatibilityLevel: number;
  state: "ONLINE" | "OFFLINE" | "EMERGENCY";
  userAccess: "MULTI_USER" | "SINGLE_USER" | "RESTRICTED_USER";
  recoveryModel: "FULL" | "BULK_LOGGED" | "SIMPLE";
  containment: "NONE" | "PARTIAL";
  snapshotIsolation: boolean;
  readCommittedSnapshot: boolean;
  acceleratedDatabaseRecovery: boolean;
  readOnly: boolean;
  autoClose: boolean;
  autoShrink: boolean;
  autoCreateStatistics: boolean;
  autoCreateStatisticsIncremental: boolean;
  autoUpdateStatistics: boolean;
  autoUpdateStatisticsAsync: boolean;
  pageVerify: "NONE" | "TORN_PAGE_DETECTION" | "CHECKSUM";
  delayedDurability: "DISABLED" | "ALLOWED" | "FORCED";
  targetRecoveryTimeSeconds: number;
  trustworthy: boolean;
  dbChaining: boolean;
  brokerEnabled: boolean;
  honorBrokerPriority: boolean;
  ansiNullDefault: boolean;
  ansiNulls: boolean;
  ansiPadding: boolean;
  ansiWarnings: boolean;
  arithabort: boolean;
  concatNullYieldsNull: boolean;
  numericRoundabort: boolean;
  quotedIdentifier: boolean;
  recursiveTriggers: boolean;
  cursorCloseOnCommit: boolean;
  localCursorDefault: boolean;
  dateCorrelation: boolean;
  parameterizationForced: boolean;
  mixedPageAllocation: boolean;
  encryption: boolean;
  queryStore: QueryStoreOptions;
  changeTracking?: { retentionPeriod: number; retentionUnit: "DAYS" | "HOURS" | "MINUTES"; autoCleanup: boolean };
  temporalHistoryRetention: boolean;
  filestreamNonTransactedAccess: "OFF" | "READ_ONLY" | "FULL";
  filestreamDirectory: string | null;
}

export interface QueryStoreOptions {
  state: "OFF" | "READ_ONLY" | "READ_WRITE";
  flushIntervalSeconds: number;
  intervalLengthMinutes: number;
  maxStorageSizeMb: number;
  staleQueryThresholdDays: number;
  maxPlansPerQuery: number;
  captureMode: "ALL" | "AUTO" | "NONE" | "CUSTOM";
  sizeBasedCleanup: "OFF" | "AUTO";
  waitStatsCapture: boolean;
}

export interface DatabaseFile {
  id: number;
  type: "ROWS" | "LOG" | "FILESTREAM";
  name: string;
  physicalName: string;
  /** 0 for log. */
  dataSpaceId: number;
  /** 8 KiB pages. */
  sizePages: number;
  /** Pages; -1 = unlimited; log files 268435456. */
  maxSizePages: number;
  /** Pages, or percent when isPercentGrowth; 0 = fixed. */
  growth: number;
  isPercentGrowth: boolean;
  readOnly: boolean;
  state: "ONLINE" | "OFFLINE";
}

export type DataSpace =
  | {
      id: number;
      name: string;
      type: "FG" | "FD" | "FX";
      isDefault: boolean;
      readOnly: boolean;
      autogrowAll: boolean;
      guid: string;
    }
  | {
      id: number;
      name: string;
      type: "PS";
      isDefault: false;
      functionId: number;
      filegroupIds: number[];
      nextUsedId?: number;
    };

export interface PartitionFunction {
  id: number;
  name: string;
  type: SqlType;
  boundaryOnRight: boolean;
  values: SqlValue[];
  created: DateTime;
}

export interface Schema {
  id: number;
  name: string;
  principalId: number;
}

export interface Principal {
  id: number;
  name: string;
  /** S sql user, U windows user, R role, A application role, E external, C/K certificate/key. */
  type: "S" | "U" | "G" | "R" | "A" | "C" | "K" | "E" | "X";
  sid: Uint8Array | null;
  defaultSchema: string | null;
  authentication: "NONE" | "INSTANCE" | "DATABASE" | "WINDOWS" | "EXTERNAL";
  ownerId: number | null;
  fixedRole: boolean;
  /** Roles: ids of their members. */
  members: Set<number>;
  passwordHash?: Uint8Array;
  created: DateTime;
  modified: DateTime;
}

export interface Permission {
  /** sys.database_permissions.class: 0 database, 1 object or column, 3 schema, 4 principal, 6 type, 100 server ... */
  classId: number;
  majorId: number;
  /** Column id, or 0. */
  minorId: number;
  granteeId: number;
  grantorId: number;
  /** Upper-case permission name: SELECT, EXECUTE, VIEW DEFINITION. */
  name: string;
  /** R: a column exception under a table-wide grant. */
  state: "G" | "D" | "W" | "R";
}

export interface ExtendedProperty {
  classId: number;
  majorId: number;
  minorId: number;
  name: string;
  value: SqlValue;
  valueType: SqlType;
}

interface ObjectBase {
  id: number;
  name: string;
  schemaId: number;
  /** Table of a constraint or trigger; 0 otherwise. */
  parentId: number;
  /** Owner when it is not the schema's. */
  principalId: number | null;
  created: DateTime;
  modified: DateTime;
  isMsShipped: boolean;
}

/** A Service Broker queue; its messages are in Database.queuedMessages. */
export interface Queue extends ObjectBase {
  type: "SQ";
  receiveEnabled: boolean;
  enqueueEnabled: boolean;
  retention: boolean;
  poisonHandling: boolean;
  activation: QueueActivation | null;
  dataSpaceId: number;
  /** Object id of the internal table that holds its messages. */
  tableId: number;
}

export type DbObject = Queue | Table | Module | Constraint | Sequence | Synonym | TableTypeObject;

export interface Table extends ObjectBase {
  type: "U";
  columns: Column[];
  maxColumnId: number;
  /** Index 0 is the heap or clustered index; ordered by id. */
  indexes: Index[];
  statistics: Statistic[];
  /** Row id -> values in the order of `columns`. Arrays are replaced, never changed. */
  rows: Map<number, readonly SqlValue[]>;
  nextRowId: number;
  lobDataSpaceId: number;
  filestreamDataSpaceId: number | null;
  lockEscalation: "TABLE" | "DISABLE" | "AUTO";
  usesAnsiNulls: boolean;
  changeTracking?: { trackColumnsUpdated: boolean };
  /** ALTER ASSEMBLY ... WITH UNCHECKED DATA passed over its rows. */
  hasUncheckedAssemblyData?: boolean;
  /** PERIOD FOR SYSTEM_TIME: ids of its columns. */
  period?: { startColumnId: number; endColumnId: number } | undefined;
  /** SYSTEM_VERSIONING = ON. */
  versioning?: Versioning | undefined;
  /** Of a history table: object_id of the table whose versions it keeps. */
  historyOf?: number | undefined;
  memoryOptimized: boolean;
  durability: "SCHEMA_AND_DATA" | "SCHEMA_ONLY";
  isNode: boolean;
  isEdge: boolean;
  /** Rows that an open transaction changed: row id -> who, and the committed image (undefined = did not exist). */
  dirty: Map<number, { transactionId: number; before: readonly SqlValue[] | undefined }>;
}

export interface Versioning {
  historyTableId: number;
  /** HISTORY_RETENTION_PERIOD; undefined = INFINITE. */
  retention?: { length: number; unit: "DAY" | "WEEK" | "MONTH" | "YEAR" };
}

export interface Column {
  id: number;
  name: string;
  type: SqlType;
  nullable: boolean;
  /** Character types only. */
  collation: string | null;
  identity?: { seed: bigint; increment: bigint; last: bigint | null; notForReplication: boolean };
  computed?: { /** as the server re-prints it */ definition: string; expression: Expression; persisted: boolean };
  /** object_id of the DEFAULT constraint; 0 = none. */
  defaultObjectId: number;
  rowGuidCol: boolean;
  sparse: boolean;
  filestream: boolean;
  columnSet: boolean;
  hidden: boolean;
  mask?: string;
  /** sys.columns.generated_always_type: 1 row start, 2 row end. */
  generatedAlways: number;
  ansiPadded: boolean;
}

export interface Index {
  /** 0 heap, 1 clustered, 2 and up. */
  id: number;
  /** null for a heap. */
  name: string | null;
  type: "HEAP" | "CLUSTERED" | "NONCLUSTERED" | "CLUSTERED COLUMNSTORE" | "NONCLUSTERED COLUMNSTORE";
  unique: boolean;
  primaryKey: boolean;
  uniqueConstraint: boolean;
  columns: {
    columnId: number;
    descending: boolean;
    included: boolean;
    partitionOrdinal: number;
    columnstoreOrder: number;
  }[];
  filter?: { definition: string; expression: Expression };
  dataSpaceId: number;
  /** Partition scheme's column. */
  partitionColumnId?: number;
  fillFactor: number;
  padded: boolean;
  ignoreDupKey: boolean;
  allowRowLocks: boolean;
  allowPageLocks: boolean;
  optimizeForSequentialKey: boolean;
  disabled: boolean;
  noRecompute: boolean;
  /** By partition number - 1. */
  compression: ("NONE" | "ROW" | "PAGE" | "COLUMNSTORE" | "COLUMNSTORE_ARCHIVE")[];
  /** Columnstore: minutes. */
  compressionDelay?: number;
  /** Unique indexes: key -> row id; kept by storage/rows.ts. */
  entries?: Map<string, number>;
}

export interface Statistic {
  id: number;
  name: string;
  columnIds: number[];
  autoCreated: boolean;
  userCreated: boolean;
  noRecompute: boolean;
  filter?: string;
}

export type Constraint = KeyConstraint | ForeignKey | CheckConstraint | DefaultConstraint;

export interface KeyConstraint extends ObjectBase {
  type: "PK" | "UQ";
  indexId: number;
  systemNamed: boolean;
}
export interface ForeignKey extends ObjectBase {
  type: "F ";
  referencedId: number;
  /** index_id of the key it uses on the referenced table. */
  keyIndexId: number;
  columns: { columnId: number; referencedColumnId: number }[];
  onDelete: "NO_ACTION" | "CASCADE" | "SET_NULL" | "SET_DEFAULT";
  onUpdate: "NO_ACTION" | "CASCADE" | "SET_NULL" | "SET_DEFAULT";
  disabled: boolean;
  notTrusted: boolean;
  notForReplication: boolean;
  systemNamed: boolean;
}
export interface CheckConstraint extends ObjectBase {
  type: "C ";
  /** 0 = table level. */
  columnId: number;
  definition: string;
  expression: Expression;
  disabled: boolean;
  notTrusted: boolean;
  notForReplication: boolean;
  systemNamed: boolean;
}
export interface DefaultConstraint extends ObjectBase {
  type: "D ";
  columnId: number;
  definition: string;
  expression: Expression;
  systemNamed: boolean;
}

export interface Module extends ObjectBase {
  /** FS, FT, PC, TA and AF run code of an assembly. */
  type: "P " | "V " | "FN" | "IF" | "TF" | "TR" | "FS" | "FT" | "PC" | "TA" | "AF";
  /** null under WITH ENCRYPTION, and for code of an assembly. */
  definition: string | null;
  parsed: ModuleStatement;
  usesAnsiNulls: boolean;
  usesQuotedIdentifier: boolean;
  schemaBound: boolean;
  nullOnNullInput: boolean;
  recompiled: boolean;
  /** null = CALLER, -2 = OWNER. */
  executeAsPrincipalId: number | null;
  parameters: ModuleParameter[];
  /** Views and table-valued functions: result columns. */
  columns: Column[];
  /** Scalar functions. */
  returns?: SqlType;
  clr?: ClrBinding;
  /** Indexed views. */
  indexes: Index[];
  trigger?: {
    disabled: boolean;
    insteadOf: boolean;
    events: string[];
    onDatabase: boolean;
    /** sp_settriggerorder, by event. */ order?: Record<string, "First" | "Last" | "None" | undefined>;
  };
}
export interface ModuleParameter {
  id: number;
  name: string;
  type: SqlType;
  output: boolean;
  readOnly: boolean;
  nullable: boolean;
  hasDefault: boolean;
  default?: Expression;
  /** The catalog shows it for CLR routines only. */
  defaultValue?: SqlValue;
}

export interface Sequence extends ObjectBase {
  type: "SO";
  dataType: SqlType;
  start: bigint;
  increment: bigint;
  minimum: bigint;
  maximum: bigint;
  cycling: boolean;
  cached: boolean;
  cacheSize: number | null;
  current: bigint;
  lastUsed: bigint | null;
  exhausted: boolean;
}

export interface Synonym extends ObjectBase {
  type: "SN";
  /** As written, quoted parts: sys.synonyms.base_object_name. */
  baseObjectName: string;
  target: readonly string[];
}

/** The object behind a table type (sys.table_types.type_table_object_id). */
export interface TableTypeObject extends ObjectBase {
  type: "TT";
  userTypeId: number;
  columns: Column[];
  maxColumnId: number;
  indexes: Index[];
  checks: { name: string; definition: string; expression: Expression }[];
  memoryOptimized: boolean;
}

export interface UserType {
  /** user_type_id. */
  id: number;
  name: string;
  schemaId: number;
  principalId: number | null;
  /** Alias types: the base. Table types: name "table". */
  base: SqlType;
  nullable: boolean;
  /** Table types. */
  tableObjectId?: number;
  /** Types of an assembly. */
  clr?: ClrTypeBinding;
}
