/** A new server with its system databases, and new databases made after model. */
import { randomBytes, randomUUID } from "node:crypto";
import { collation, type Collation } from "../types/collation";
import { utcNow } from "../types/date-time";
import type { Database, DatabaseFile, DatabaseOptions, Login, Principal, SqlServer } from "./model";

export interface ServerSettings {
  readonly platform: "linux" | "windows";
  readonly version: SqlServer["version"];
  readonly edition: SqlServer["edition"];
  readonly collation: string;
  readonly name: string;
}

/** sa's sid is 0x01 by definition. */
export const SA_SID = Uint8Array.of(1);
const COMPATIBILITY = { "2019": 150, "2022": 160, "2025": 170 } as const;

/** Fixed server roles with their principal ids. https://learn.microsoft.com/sql/relational-databases/security/authentication-access/server-level-roles */
const SERVER_ROLES: [string, number][] = [
  ["public", 2],
  ["sysadmin", 3],
  ["securityadmin", 4],
  ["serveradmin", 5],
  ["setupadmin", 6],
  ["processadmin", 7],
  ["diskadmin", 8],
  ["dbcreator", 9],
  ["bulkadmin", 10],
];

/** Fixed database roles: principal ids, which are the ids of their schemas too. */
const DATABASE_ROLES: [string, number][] = [
  ["db_owner", 16384],
  ["db_accessadmin", 16385],
  ["db_securityadmin", 16386],
  ["db_ddladmin", 16387],
  ["db_backupoperator", 16389],
  ["db_datareader", 16390],
  ["db_datawriter", 16391],
  ["db_denydatareader", 16392],
  ["db_denydatawriter", 16393],
];

/** sys.configurations of a default installation: id, default, minimum, maximum, dynamic, advanced. */
const CONFIGURATIONS: [
  name: string,
  id: number,
  value: number,
  minimum: number,
  maximum: number,
  dynamic: boolean,
  advanced: boolean,
][] = [
  ["show advanced options", 518, 0, 0, 1, true, false],
  ["clr enabled", 1562, 0, 0, 1, true, false],
  ["clr strict security", 1587, 1, 0, 1, true, true],
  ["cost threshold for parallelism", 1538, 5, 0, 32767, true, true],
  ["max degree of parallelism", 1539, 0, 0, 32767, true, true],
  ["max server memory (MB)", 1544, 2147483647, 128, 2147483647, true, true],
  ["nested triggers", 115, 1, 0, 1, true, false],
  ["server trigger recursion", 116, 1, 0, 1, true, false],
  ["default language", 124, 0, 0, 9999, true, false],
  ["two digit year cutoff", 1127, 2049, 1753, 9999, true, true],
  ["user options", 1534, 0, 0, 32767, true, false],
  ["optimize for ad hoc workloads", 1581, 0, 0, 1, true, true],
  ["contained database authentication", 16393, 0, 0, 1, true, false],
  ["filestream access level", 1580, 0, 0, 2, true, false],
  ["xp_cmdshell", 16390, 0, 0, 1, true, true],
  ["Ole Automation Procedures", 16388, 0, 0, 1, true, true],
  ["cross db ownership chaining", 400, 0, 0, 1, true, false],
  ["remote access", 117, 1, 0, 1, false, false],
  ["fill factor (%)", 109, 0, 0, 100, false, true],
  ["backup compression default", 1579, 0, 0, 1, true, false],
];

export function createServer(settings: ServerSettings): SqlServer {
  const order = collation(settings.collation);
  const windows = settings.platform === "windows";
  const directory = windows
    ? `C:\\Program Files\\Microsoft SQL Server\\MSSQL${{ "2019": 15, "2022": 16, "2025": 17 }[settings.version]}.MSSQLSERVER\\MSSQL\\DATA\\`
    : "/var/opt/mssql/data/";
  const server: SqlServer = {
    name: settings.name,
    platform: settings.platform,
    version: settings.version,
    edition: settings.edition,
    collation: order.name,
    started: utcNow(),
    databases: new Map(),
    logins: new Map(),
    configurations: new Map(
      CONFIGURATIONS.map(([name, id, value, minimum, maximum, dynamic, advanced]) => [
        name.toLowerCase(),
        { id, value, inUse: value, minimum, maximum, dynamic, advanced, description: name },
      ]),
    ),
    serverPermissions: [],
    endpoints: new Map(),
    trustedAssemblies: new Map(),
    dataPath: directory,
    logPath: directory,
    nextDatabaseId: 1,
    nextLoginId: 259,
    key: (name) => order.key(name),
  };
  addLogins(server);
  for (const name of ["master", "tempdb", "model", "msdb"]) {
    const database = createDatabase(server, { name, collation: order, ownerSid: SA_SID });
    database.options.recoveryModel = name === "model" ? "FULL" : "SIMPLE";
    if (name === "master" || name === "tempdb") database.options.snapshotIsolation = name === "master";
    addDefaultFiles(server, database);
    server.databases.set(server.key(name), database);
  }
  return server;
}

function addLogins(server: SqlServer): void {
  const add = (login: Partial<Login> & Pick<Login, "id" | "name" | "type">): void => {
    const time = server.started;
    server.logins.set(server.key(login.name), {
      sid: Uint8Array.of(login.id),
      disabled: false,
      defaultDatabase: "master",
      defaultLanguage: "us_english",
      checkPolicy: login.type === "S",
      checkExpiration: false,
      fixedRole: login.type === "R",
      members: new Set(),
      created: time,
      modified: time,
      ...login,
    });
  };
  add({ id: 1, name: "sa", type: "S", sid: SA_SID });
  for (const [name, id] of SERVER_ROLES) add({ id, name, type: "R" });
  server.logins.get(server.key("sysadmin"))!.members.add(1);
  server.serverPermissions.push({
    classId: 100,
    majorId: 0,
    minorId: 0,
    granteeId: 2,
    grantorId: 1,
    name: "VIEW ANY DATABASE",
    state: "G",
  });
}

interface NewDatabase {
  readonly name: string;
  readonly collation: Collation;
  readonly ownerSid: Uint8Array;
}

/** A database after model, not yet in server.databases and without files. */
export function createDatabase(server: SqlServer, settings: NewDatabase): Database {
  const time = utcNow();
  const model = server.databases.get(server.key("model"));
  const database: Database = {
    id: server.nextDatabaseId++,
    name: settings.name,
    collation: settings.collation,
    created: time,
    ownerSid: settings.ownerSid,
    options: {
      ...defaultOptions(server, settings.name),
      ...(model ? { recoveryModel: model.options.recoveryModel } : {}),
    },
    guid: randomUUID().toUpperCase(),
    serviceBrokerGuid:
      settings.name === "master" || settings.name === "model"
        ? "00000000-0000-0000-0000-000000000000"
        : randomUUID().toUpperCase(),
    files: new Map(),
    dataSpaces: new Map(),
    partitionFunctions: new Map(),
    schemas: new Map(),
    principals: new Map(),
    objects: new Map(),
    objectNames: new Map(),
    types: new Map(),
    permissions: [],
    extendedProperties: [],
    scopedConfigurations: new Map(),
    nextObjectId: 245575913,
    nextTypeId: 257,
    nextPrincipalId: 5,
    nextSchemaId: 5,
    rowVersion: 2000n,
    messageTypes: new Map(),
    contracts: new Map(),
    services: new Map(),
    // Every database can reach its own services.
    routes: new Map([
      [
        65536,
        {
          id: 65536,
          name: "AutoCreatedLocal",
          principalId: 1,
          serviceName: null,
          brokerInstance: null,
          expires: null,
          address: "LOCAL",
          mirrorAddress: null,
        },
      ],
    ]),
    remoteServiceBindings: new Map(),
    brokerPriorities: new Map(),
    conversations: new Map(),
    queuedMessages: new Map(),
    unsentMessages: new Map(),
    nextBrokerId: 65537,
    nextMessageOrder: 0,
    assemblies: new Map(),
    nextAssemblyId: 65536,
    key: (name) => settings.collation.key(name),
  };
  addPrincipals(database, settings.ownerSid);
  return database;
}

function addPrincipals(database: Database, ownerSid: Uint8Array): void {
  const add = (id: number, name: string, type: Principal["type"], more: Partial<Principal> = {}): void => {
    database.principals.set(id, {
      id,
      name,
      type,
      sid: type === "R" ? Uint8Array.from(randomBytes(28)) : null,
      defaultSchema: null,
      authentication: "NONE",
      ownerId: type === "R" ? 1 : null,
      fixedRole: id >= 16384,
      members: new Set(),
      created: database.created,
      modified: database.created,
      ...more,
    });
  };
  const system = database.name === "master" || database.name === "tempdb";
  add(0, "public", "R");
  add(1, "dbo", "S", { sid: ownerSid, defaultSchema: "dbo", authentication: "INSTANCE" });
  add(2, "guest", "S", { sid: Uint8Array.of(0), defaultSchema: "guest" });
  add(3, "INFORMATION_SCHEMA", "S");
  add(4, "sys", "S");
  for (const [name, id] of DATABASE_ROLES) add(id, name, "R");
  database.principals.get(16384)!.members.add(1);
  const schemas: [number, string, number][] = [
    [1, "dbo", 1],
    [2, "guest", 2],
    [3, "INFORMATION_SCHEMA", 3],
    [4, "sys", 4],
    ...DATABASE_ROLES.map(([name, id]): [number, string, number] => [id, name, id]),
  ];
  for (const [id, name, principalId] of schemas) database.schemas.set(id, { id, name, principalId });
  database.permissions.push({
    classId: 0,
    majorId: 0,
    minorId: 0,
    granteeId: 1,
    grantorId: 1,
    name: "CONNECT",
    state: "G",
  });
  // guest may enter master, tempdb and msdb only.
  if (system || database.name === "msdb")
    database.permissions.push({
      classId: 0,
      majorId: 0,
      minorId: 0,
      granteeId: 2,
      grantorId: 1,
      name: "CONNECT",
      state: "G",
    });
}

function defaultOptions(server: SqlServer, name: string): DatabaseOptions {
  return {
    compatibilityLevel: COMPATIBILITY[server.version],
    state: "ONLINE",
    userAccess: "MULTI_USER",
    recoveryModel: "FULL",
    containment: "NONE",
    snapshotIsolation: false,
    readCommittedSnapshot: false,
    acceleratedDatabaseRecovery: false,
    readOnly: false,
    autoClose: server.edition === "Express",
    autoShrink: false,
    autoCreateStatistics: true,
    autoCreateStatisticsIncremental: false,
    autoUpdateStatistics: true,
    autoUpdateStatisticsAsync: false,
    pageVerify: "CHECKSUM",
    delayedDurability: "DISABLED",
    targetRecoveryTimeSeconds: 60,
    trustworthy: name === "msdb",
    dbChaining: name === "master" || name === "tempdb" || name === "msdb",
    // New databases have an active broker; master and model do not.
    brokerEnabled: name !== "master" && name !== "model",
    honorBrokerPriority: false,
    ansiNullDefault: false,
    ansiNulls: false,
    ansiPadding: false,
    ansiWarnings: false,
    arithabort: false,
    concatNullYieldsNull: false,
    numericRoundabort: false,
    quotedIdentifier: false,
    recursiveTriggers: false,
    cursorCloseOnCommit: false,
    localCursorDefault: false,
    dateCorrelation: false,
    parameterizationForced: false,
    mixedPageAllocation: false,
    encryption: false,
    queryStore: {
      state: server.version === "2019" || ["master", "tempdb", "model", "msdb"].includes(name) ? "OFF" : "READ_WRITE",
      flushIntervalSeconds: 900,
      intervalLengthMinutes: 60,
      maxStorageSizeMb: 1000,
      staleQueryThresholdDays: 30,
      maxPlansPerQuery: 200,
      captureMode: "AUTO",
      sizeBasedCleanup: "AUTO",
      waitStatsCapture: true,
    },
    temporalHistoryRetention: true,
    filestreamNonTransactedAccess: "OFF",
    filestreamDirectory: null,
  };
}

/** PRIMARY with one data file of 8 MB growing by 64 MB, and a log of 8 MB. */
export function addDefaultFiles(server: SqlServer, database: Database): void {
  const file = (
    id: number,
    type: DatabaseFile["type"],
    name: string,
    physicalName: string,
    dataSpaceId: number,
  ): void => {
    database.files.set(id, {
      id,
      type,
      name,
      physicalName,
      dataSpaceId,
      sizePages: 1024,
      maxSizePages: type === "LOG" ? 268435456 : -1,
      growth: 8192,
      isPercentGrowth: false,
      readOnly: false,
      state: "ONLINE",
    });
  };
  database.dataSpaces.set(1, {
    id: 1,
    name: "PRIMARY",
    type: "FG",
    isDefault: true,
    readOnly: false,
    autogrowAll: database.name === "tempdb",
    guid: randomUUID().toUpperCase(),
  });
  file(1, "ROWS", database.name === "tempdb" ? "tempdev" : database.name, `${server.dataPath}${database.name}.mdf`, 1);
  file(
    2,
    "LOG",
    database.name === "tempdb" ? "templog" : `${database.name}_log`,
    `${server.logPath}${database.name}_log.ldf`,
    0,
  );
}
