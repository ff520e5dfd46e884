/** Rows as the catalog reader gives them, with the values of an ordinary server: a test names only what it is about. */
import type { PlanContext } from "../provider/src/contract";
import { capabilities } from "../provider/src/engine/capabilities";
import {
  catalogSnapshot,
  serverCatalog,
  type CatalogSnapshot,
  type DatabaseRows,
} from "../provider/src/engine/catalog-snapshot";
import type { BrokerEndpointRow } from "../provider/src/engine/snapshot/broker";
import type { FilegroupFileRow } from "../provider/src/engine/snapshot/database";
import type { BoundReferenceRow, ObjectRow, PermissionRow } from "../provider/src/engine/snapshot/modules";
import type { DatabaseRow, MasterFileRow, QueryStoreRow, ServerRow } from "../provider/src/engine/snapshot/server";
import type { CheckConstraintRow, ColumnRow, IndexColumnRow, TableRow } from "../provider/src/engine/snapshot/tables";

export function serverRow(special: Partial<ServerRow> = {}): ServerRow {
  return {
    name: "hart-server",
    productVersion: "16.0.4135.4",
    majorVersion: 16,
    edition: "Developer Edition (64-bit)",
    engineEdition: 3,
    collation: "SQL_Latin1_General_CP1_CI_AS",
    hostPlatform: "Windows",
    dataPath: "C:\\Data\\",
    logPath: "D:\\Log\\",
    filestreamLevel: 2,
    isClrEnabled: false,
    isClrStrictSecurity: true,
    isContainedAuthenticationEnabled: true,
    login: "deployer",
    isSysadmin: true,
    canCreateDatabase: true,
    seesDatabases: true,
    seesLogins: true,
    seesEndpoints: true,
    ...special,
  };
}

export function databaseRow(special: Partial<DatabaseRow> = {}): DatabaseRow {
  return {
    databaseId: 5,
    name: "sales",
    collation: "SQL_Latin1_General_CP1_CI_AS",
    compatibilityLevel: 160,
    owner: "sa",
    state: "ONLINE",
    userAccess: "MULTI_USER",
    recoveryModel: "FULL",
    containment: "NONE",
    snapshotIsolationState: 0,
    isReadCommittedSnapshot: false,
    isAcceleratedDatabaseRecovery: false,
    isReadOnly: false,
    isAutoClose: false,
    isAutoShrink: false,
    isAutoCreateStatistics: true,
    isAutoCreateStatisticsIncremental: false,
    isAutoUpdateStatistics: true,
    isAutoUpdateStatisticsAsync: false,
    pageVerify: "CHECKSUM",
    delayedDurability: "DISABLED",
    targetRecoveryTimeSeconds: 60,
    isTrustworthy: false,
    isDatabaseChaining: false,
    isBrokerEnabled: false,
    isHonorBrokerPriority: false,
    serviceBrokerGuid: "11111111-1111-1111-1111-111111111111",
    isQueryStoreOn: true,
    isTemporalHistoryRetention: true,
    isCdcEnabled: false,
    isEncrypted: false,
    isLedger: false,
    isSnapshot: false,
    ...special,
  };
}

export function queryStoreRow(special: Partial<QueryStoreRow> = {}): QueryStoreRow {
  return {
    desiredState: "READ_WRITE",
    flushIntervalSeconds: 900,
    intervalLengthMinutes: 60,
    maxStorageSizeMb: 1000,
    staleQueryThresholdDays: 30,
    maxPlansPerQuery: 200,
    captureMode: "AUTO",
    sizeBasedCleanup: "AUTO",
    isWaitStatisticsCapture: true,
    ...special,
  };
}

/** 100 MB of 8-KB pages, growing by 64 MB without end. */
export function masterFileRow(special: Partial<MasterFileRow> = {}): MasterFileRow {
  return {
    databaseId: 5,
    fileId: 1,
    type: 0,
    dataSpaceId: 1,
    name: "sales",
    physicalName: "C:\\Data\\sales.mdf",
    state: "ONLINE",
    sizePages: 12_800,
    maxSizePages: -1,
    growth: 8192,
    isPercentGrowth: false,
    ...special,
  };
}

/** A rows filegroup "archive" with one file. */
export function filegroupFileRow(special: Partial<FilegroupFileRow> = {}): FilegroupFileRow {
  return {
    dataSpaceId: 2,
    filegroupName: "archive",
    filegroupType: "FG",
    isDefault: false,
    isReadOnly: false,
    isAutogrowAllFiles: false,
    fileId: 3,
    fileName: "archive1",
    physicalName: "C:\\Data\\sales_archive1.ndf",
    fileType: 0,
    sizePages: 12_800,
    maxSizePages: -1,
    growth: 8192,
    isPercentGrowth: false,
    fileState: "ONLINE",
    ...special,
  };
}

export function tableRow(special: Partial<TableRow> = {}): TableRow {
  return {
    objectId: 1001,
    schemaName: "dbo",
    name: "Orders",
    temporalType: 0,
    historySchema: null,
    historyName: null,
    historyTableId: null,
    historyRetentionPeriod: null,
    historyRetentionUnit: null,
    periodStartColumnId: null,
    periodEndColumnId: null,
    isMemoryOptimized: false,
    durability: 0,
    isNode: false,
    isEdge: false,
    isExternal: false,
    isFiletable: false,
    lockEscalation: "TABLE",
    lobDataSpace: null,
    filestreamDataSpace: null,
    isReplicated: false,
    isTrackedByCdc: false,
    rows: 120,
    ...special,
  };
}

export function columnRow(special: Partial<ColumnRow> = {}): ColumnRow {
  return {
    objectId: 1001,
    columnId: 1,
    name: "Id",
    typeSchema: "sys",
    typeName: "int",
    baseTypeName: null,
    isUserDefinedType: false,
    maxLength: 4,
    precision: 10,
    scale: 0,
    collation: null,
    isNullable: false,
    isRowGuid: false,
    isSparse: false,
    isColumnSet: false,
    isFilestream: false,
    isHidden: false,
    generatedAlwaysType: 0,
    isMasked: false,
    isIdentity: false,
    identitySeed: null,
    identityIncrement: null,
    identityLastValue: null,
    identityNotForReplication: false,
    isComputed: false,
    computedDefinition: null,
    isPersisted: false,
    defaultName: null,
    defaultDefinition: null,
    defaultIsSystemNamed: false,
    ...special,
  };
}

export function indexRow(special: Partial<IndexColumnRow> = {}): IndexColumnRow {
  return {
    tableId: 1001,
    indexId: 1,
    name: "PK_Orders",
    type: 1,
    isUnique: true,
    isPrimaryKey: true,
    isUniqueConstraint: false,
    isDisabled: false,
    isSystemNamed: false,
    fillFactor: 0,
    isPadded: false,
    ignoreDupKey: false,
    allowRowLocks: true,
    allowPageLocks: true,
    filterDefinition: null,
    compressionDelay: null,
    dataSpace: "PRIMARY",
    dataSpaceType: "FG",
    partitionCount: 1,
    compressionLow: "NONE",
    compressionHigh: "NONE",
    rows: 120,
    columnId: 1,
    columnName: "Id",
    keyOrdinal: 1,
    partitionOrdinal: 0,
    isDescending: false,
    isIncluded: false,
    indexColumnId: 1,
    columnstoreOrder: 0,
    ...special,
  };
}

export function checkRow(special: Partial<CheckConstraintRow> = {}): CheckConstraintRow {
  return {
    tableId: 1001,
    name: "CK_Orders",
    definition: "([Id]>(0))",
    isDisabled: false,
    isNotTrusted: false,
    isNotForReplication: false,
    isSystemNamed: false,
    parentColumnId: 0,
    ...special,
  };
}

export function objectRow(special: Partial<ObjectRow> = {}): ObjectRow {
  return {
    objectId: 2001,
    schemaName: "dbo",
    name: "CloseOrder",
    type: "P",
    parentSchema: null,
    parentName: null,
    definitionHash: null,
    isEncrypted: false,
    usesAnsiNulls: true,
    usesQuotedIdentifier: true,
    isSchemaBound: false,
    isNativelyCompiled: false,
    executeAs: null,
    isTriggerDisabled: false,
    isInsteadOfTrigger: false,
    baseObjectName: null,
    sequenceType: null,
    sequencePrecision: null,
    sequenceStart: null,
    sequenceIncrement: null,
    sequenceMinimum: null,
    sequenceMaximum: null,
    sequenceCurrent: null,
    sequenceCycles: false,
    sequenceIsCached: false,
    sequenceCacheSize: null,
    ...special,
  };
}

export function permissionRow(special: Partial<PermissionRow> = {}): PermissionRow {
  return {
    class: 1,
    majorId: 1001,
    minorId: 0,
    columnName: null,
    securable: null,
    permission: "SELECT",
    state: "GRANT",
    grantee: "reader",
    grantor: "dbo",
    ...special,
  };
}

export function boundReferenceRow(special: Partial<BoundReferenceRow> = {}): BoundReferenceRow {
  return {
    referencingId: 2001,
    referencingSchema: "dbo",
    referencingName: "OpenOrders",
    referencingType: "V",
    referencingMinorId: 0,
    referencedClass: 1,
    referencedId: 1001,
    referencedSchema: "dbo",
    referencedName: "Orders",
    referencedMinorId: 0,
    ...special,
  };
}

export interface Surroundings {
  readonly server?: Partial<ServerRow>;
  readonly databases?: readonly DatabaseRow[];
  readonly files?: readonly MasterFileRow[];
  readonly endpoints?: readonly BrokerEndpointRow[];
  /** Default "sales". */
  readonly databaseName?: string;
  /** undefined = the database is not there. */
  readonly rows?: Partial<DatabaseRows> | undefined;
}

export function snapshot({
  server,
  databases = [],
  files = [],
  endpoints = [],
  databaseName = "sales",
  rows,
}: Surroundings): CatalogSnapshot {
  return catalogSnapshot(serverCatalog(serverRow(server), databases, files, endpoints), databaseName, rows);
}

export function planContext(catalog: CatalogSnapshot, special: Partial<PlanContext> = {}): PlanContext {
  return {
    catalog,
    capabilities: capabilities(catalog.server.properties),
    names: catalog.names,
    answers: new Map(),
    allow: [],
    owned: [],
    secret: (name) => `Secret-0f-${name}`,
    previous: {},
    ...special,
  };
}
