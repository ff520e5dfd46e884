/** Rows of the server area: the instance itself, its databases and their files. */
import { z } from "zod";
import { bit, count, nullableText, text } from "./row";

export const ServerRow = z.object({
  /** @@SERVERNAME; null before the first configuration of a renamed machine. */
  name: nullableText,
  /** "16.0.4135.4". */
  productVersion: text,
  majorVersion: z.number(),
  /** "Developer Edition (64-bit)". */
  edition: text,
  /** 2 Standard, 3 Enterprise and Developer, 4 Express, 5 Azure SQL Database, 8 Managed Instance ... */
  engineEdition: z.number(),
  collation: text,
  /** "Linux" or "Windows". */
  hostPlatform: text,
  /** With a trailing separator; null on Azure SQL Database. */
  dataPath: nullableText,
  logPath: nullableText,
  /** 0 off, 1 T-SQL, 2 and 3 also the file system. */
  filestreamLevel: z.number(),
  isClrEnabled: bit,
  isClrStrictSecurity: bit,
  isContainedAuthenticationEnabled: bit,
  login: text,
  isSysadmin: bit,
  canCreateDatabase: bit,
  /** Databases, logins and endpoints of others; false: those that are not listed may be there all the same. */
  seesDatabases: bit,
  seesLogins: bit,
  seesEndpoints: bit,
});
export type ServerRow = z.infer<typeof ServerRow>;

/** sys.databases; Query Store columns are null unless the login may read them in that database. */
export const DatabaseRow = z.object({
  databaseId: z.number(),
  name: text,
  /** null while the database is offline. */
  collation: nullableText,
  compatibilityLevel: z.number(),
  owner: nullableText,
  /** ONLINE, OFFLINE, RESTORING, RECOVERING, SUSPECT, EMERGENCY ... */
  state: text,
  /** MULTI_USER, SINGLE_USER, RESTRICTED_USER. */
  userAccess: text,
  /** FULL, BULK_LOGGED, SIMPLE. */
  recoveryModel: text,
  /** NONE, PARTIAL. */
  containment: text,
  /** 0 off, 1 on, 2 going off, 3 going on. */
  snapshotIsolationState: z.number(),
  isReadCommittedSnapshot: bit,
  isAcceleratedDatabaseRecovery: bit,
  isReadOnly: bit,
  isAutoClose: bit,
  isAutoShrink: bit,
  isAutoCreateStatistics: bit,
  isAutoCreateStatisticsIncremental: bit,
  isAutoUpdateStatistics: bit,
  isAutoUpdateStatisticsAsync: bit,
  /** NONE, TORN_PAGE_DETECTION, CHECKSUM. */
  pageVerify: text,
  /** DISABLED, ALLOWED, FORCED. */
  delayedDurability: text,
  targetRecoveryTimeSeconds: z.number(),
  isTrustworthy: bit,
  isDatabaseChaining: bit,
  isBrokerEnabled: bit,
  isHonorBrokerPriority: bit,
  serviceBrokerGuid: text,
  isQueryStoreOn: bit,
  /** false: the clean-up of aged history is switched off for the whole database. */
  isTemporalHistoryRetention: bit,
  isCdcEnabled: bit,
  isEncrypted: bit,
  isLedger: bit,
  isSnapshot: bit,
});
export type DatabaseRow = z.infer<typeof DatabaseRow>;

export const DatabaseGuidRow = z.object({
  /** null while the database is not started. */
  databaseGuid: nullableText,
});
export type DatabaseGuidRow = z.infer<typeof DatabaseGuidRow>;

/** Query Store of the database that is read: sys.database_query_store_options. */
export const QueryStoreRow = z.object({
  /** OFF, READ_ONLY, READ_WRITE: what was asked for, not what a full store fell back to. */
  desiredState: text,
  flushIntervalSeconds: count,
  intervalLengthMinutes: count,
  maxStorageSizeMb: count,
  staleQueryThresholdDays: count,
  maxPlansPerQuery: count,
  /** ALL, AUTO, NONE, CUSTOM. */
  captureMode: text,
  /** OFF, AUTO. */
  sizeBasedCleanup: text,
  isWaitStatisticsCapture: bit,
});
export type QueryStoreRow = z.infer<typeof QueryStoreRow>;

export const MasterFileRow = z.object({
  databaseId: z.number(),
  fileId: z.number(),
  /** 0 rows, 1 log, 2 FILESTREAM or memory-optimized container. */
  type: z.number(),
  dataSpaceId: z.number(),
  name: text,
  physicalName: text,
  state: text,
  sizePages: z.number(),
  maxSizePages: z.number(),
  growth: z.number(),
  isPercentGrowth: bit,
});
export type MasterFileRow = z.infer<typeof MasterFileRow>;
