/** The server, the connection and the session. https://learn.microsoft.com/sql/t-sql/functions/serverproperty-transact-sql and the pages beside it. */
import { seesDatabase } from "../catalog/visibility";
import { notImplemented } from "../session/sql-error";
import type { Session } from "../session/runtime";
import type { Database, SqlServer } from "../storage/model";
import { collation, validCollation } from "../types/collation";
import { INT, SQL_VARIANT, nvarchar, varbinary, varchar } from "../types/format-type";
import type { SqlType } from "../types/sql-type";
import { Variant, type SqlValue } from "../types/value";
import { always, asText, defineFamily } from "./arguments";
import type { FunctionContext } from "./registry";
import { sessionOf } from "./session-context";

const SOURCE = "https://learn.microsoft.com/sql/t-sql/functions/system-functions-transact-sql";
const NAME = nvarchar(128);
const BIGINT: SqlType = { name: "bigint" };

/** Builds of general availability and after; the protocol layer tells clients the same numbers. */
const versions: Readonly<Record<SqlServer["version"], readonly [major: number, build: number]>> = {
  "2019": [15, 4430],
  "2022": [16, 4200],
  "2025": [17, 1000],
};

const editions: Readonly<Record<SqlServer["edition"], { name: string; id: bigint; engine: number }>> = {
  Developer: { name: "Developer Edition (64-bit)", id: -2117995310n, engine: 3 },
  Enterprise: { name: "Enterprise Edition (64-bit)", id: 1804890536n, engine: 3 },
  Standard: { name: "Standard Edition (64-bit)", id: -1534726760n, engine: 2 },
  Express: { name: "Express Edition (64-bit)", id: -1592396055n, engine: 4 },
  Web: { name: "Web Edition (64-bit)", id: 1293598313n, engine: 2 },
};

const text = (value: string): Variant => new Variant(NAME, value);
const int = (value: number): Variant => new Variant(INT, value);

/** Bits of the comparison style: 1 ignore case, 2 ignore accents, 65536 kana, 131072 width; binary has none. */
function comparisonStyle(name: string): number {
  const one = collation(name);
  if (one.binary) return 0;
  return 196608 + (one.caseSensitive ? 0 : 1) + (one.accentSensitive ? 0 : 2);
}

type Property = (server: SqlServer) => SqlValue;

/** Reference sheet "databases" 5.2. Names in lower case. */
const serverProperties: Readonly<Record<string, Property>> = {
  buildclrversion: () => text("v4.0.30319"),
  collation: (server) => text(server.collation),
  comparisonstyle: (server) => int(comparisonStyle(server.collation)),
  computernamephysicalnetbios: (server) => text(server.name),
  edition: (server) => text(editions[server.edition].name),
  editionid: (server) => new Variant(BIGINT, editions[server.edition].id),
  engineedition: (server) => int(editions[server.edition].engine),
  filestreamconfiguredlevel: (server) => int(filestreamLevel(server)),
  filestreameffectivelevel: (server) => int(filestreamLevel(server)),
  filestreamsharename: (server) => (server.platform === "windows" ? text("MSSQLSERVER") : null),
  hadrmanagerstatus: () => int(2),
  instancedefaultbackuppath: (server) => text(server.dataPath),
  instancedefaultdatapath: (server) => text(server.dataPath),
  instancedefaultlogpath: (server) => text(server.logPath),
  instancename: () => null,
  isadvancedanalyticsinstalled: () => int(0),
  isbigdatacluster: () => int(0),
  isclustered: () => int(0),
  isexternalauthenticationonly: () => null,
  isexternalgovernanceenabled: (server) => (server.version >= "2022" ? int(0) : null),
  isfulltextinstalled: () => int(0),
  ishadrenabled: () => int(0),
  isintegratedsecurityonly: () => int(0),
  islocaldb: () => int(0),
  ispolybaseinstalled: () => int(0),
  isserversuspendedforsnapshotbackup: (server) => (server.version >= "2022" ? int(0) : null),
  issingleuser: () => int(0),
  istempdbmetadatamemoryoptimized: () => int(0),
  isxtpsupported: () => int(1),
  lcid: (server) => int(collation(server.collation).lcid),
  licensetype: () => text("DISABLED"),
  machinename: (server) => text(server.name),
  numlicenses: () => null,
  pathseparator: (server) => text(server.platform === "windows" ? "\\" : "/"),
  processid: () => int(process.pid),
  productbuild: (server) => text(String(versions[server.version][1])),
  productbuildtype: () => null,
  productlevel: () => text("RTM"),
  productmajorversion: (server) => text(String(versions[server.version][0])),
  productminorversion: () => text("0"),
  productupdatelevel: () => null,
  productupdatereference: () => null,
  productupdatetype: () => null,
  productversion: (server) => text(productVersion(server)),
  resourceversion: (server) => text(`${versions[server.version][0]}.00.${versions[server.version][1]}`),
  resourcelastupdatedatetime: (server) => new Variant({ name: "datetime" }, server.started),
  servername: (server) => text(server.name),
  sqlcharset: () => new Variant({ name: "tinyint" }, 1),
  sqlcharsetname: () => text("iso_1"),
  sqlsortorder: (server) => new Variant({ name: "tinyint" }, collation(server.collation).sortId),
  suspendeddatabasecount: (server) => (server.version >= "2022" ? int(0) : null),
};

function filestreamLevel(server: SqlServer): number {
  return server.configurations.get("filestream access level")?.inUse ?? 0;
}

function productVersion(server: SqlServer): string {
  const [major, build] = versions[server.version];
  return `${major}.0.${build}.1`;
}

/** Names that exist and whose value the twin does not know. */
const unansweredServer = new Set(["collationid", "sqlsortordername"]);

function serverProperty(name: string, session: Session): SqlValue {
  const key = name.trim().toLowerCase();
  if (unansweredServer.has(key)) throw notImplemented(`SERVERPROPERTY ${name}`);
  return serverProperties[key]?.(session.server) ?? null;
}

/** https://learn.microsoft.com/sql/t-sql/functions/databasepropertyex-transact-sql */
const databaseProperties: Readonly<Record<string, (database: Database, server: SqlServer) => SqlValue>> = {
  collation: (database) => (database.options.state === "OFFLINE" ? null : text(database.collation.name)),
  comparisonstyle: (database) => int(comparisonStyle(database.collation.name)),
  edition: () => null,
  isansinulldefault: ({ options }) => flag(options.ansiNullDefault),
  isansinullsenabled: ({ options }) => flag(options.ansiNulls),
  isansipaddingenabled: ({ options }) => flag(options.ansiPadding),
  isansiwarningsenabled: ({ options }) => flag(options.ansiWarnings),
  isarithmeticabortenabled: ({ options }) => flag(options.arithabort),
  isautoclose: ({ options }) => flag(options.autoClose),
  isautocreatestatistics: ({ options }) => flag(options.autoCreateStatistics),
  isautocreatestatisticsincremental: ({ options }) => flag(options.autoCreateStatisticsIncremental),
  isautoshrink: ({ options }) => flag(options.autoShrink),
  isautoupdatestatistics: ({ options }) => flag(options.autoUpdateStatistics),
  isclone: () => int(0),
  isclosecursorsoncommitenabled: ({ options }) => flag(options.cursorCloseOnCommit),
  isdatabasesuspendedforsnapshotbackup: (_database, server) => (server.version >= "2022" ? int(0) : null),
  isfulltextenabled: ({ id }) => flag(id > 4),
  isinstandby: () => int(0),
  islocalcursorsdefault: ({ options }) => flag(options.localCursorDefault),
  ismemoryoptimizedelevatetosnapshotenabled: () => int(0),
  ismergepublished: () => int(0),
  isnullconcat: ({ options }) => flag(options.concatNullYieldsNull),
  isnumericroundabortenabled: ({ options }) => flag(options.numericRoundabort),
  isparameterizationforced: ({ options }) => flag(options.parameterizationForced),
  ispublished: () => int(0),
  isquotedidentifiersenabled: ({ options }) => flag(options.quotedIdentifier),
  isrecursivetriggersenabled: ({ options }) => flag(options.recursiveTriggers),
  issubscribed: () => int(0),
  issyncwithbackup: () => int(0),
  istornpagedetectionenabled: ({ options }) => flag(options.pageVerify === "TORN_PAGE_DETECTION"),
  isverifiedclone: () => null,
  isxtpsupported: () => int(1),
  lastgoodcheckdbtime: () => null,
  lcid: (database) => int(database.collation.lcid),
  maxsizeinbytes: () => null,
  recovery: ({ options }) => text(options.recoveryModel),
  serviceobjective: () => null,
  serviceobjectiveid: () => null,
  sqlsortorder: (database) => new Variant({ name: "tinyint" }, database.collation.sortId),
  status: ({ options }) => text(options.state),
  updateability: ({ options }) => text(options.readOnly ? "READ_ONLY" : "READ_WRITE"),
  useraccess: ({ options }) => text(options.userAccess),
};

const flag = (value: boolean): Variant => int(value ? 1 : 0);

function databaseProperty(name: string, property: string, session: Session): SqlValue {
  const database = session.server.databases.get(session.server.key(name));
  const key = property.trim().toLowerCase();
  if (!database || !seesDatabase(session, database)) return null;
  if (key === "version" || key === "isoptimizedlockingon") throw notImplemented(`DATABASEPROPERTYEX ${property}`);
  return databaseProperties[key]?.(database, session.server) ?? null;
}

/** https://learn.microsoft.com/sql/t-sql/functions/collationproperty-transact-sql */
function collationProperty(name: string, property: string): Variant | null {
  if (!validCollation(name)) return null;
  const one = collation(name);
  switch (property.trim().toLowerCase()) {
    case "codepage":
      return int(one.codePage);
    case "lcid":
      return int(one.lcid);
    case "comparisonstyle":
      return int(comparisonStyle(name));
    case "version":
      return new Variant(
        { name: "tinyint" },
        /_140/.test(one.name) ? 3 : /_100/.test(one.name) ? 2 : /_90/.test(one.name) ? 1 : 0,
      );
    default:
      return null;
  }
}

/** https://learn.microsoft.com/sql/t-sql/functions/connectionproperty-transact-sql */
function connectionProperty(property: string): Variant | null {
  switch (property.trim().toLowerCase()) {
    case "net_transport":
    case "physical_net_transport":
      return text("TCP");
    case "protocol_type":
      return text("TSQL");
    case "auth_scheme":
      return text("SQL");
    case "local_net_address":
    case "local_tcp_port":
    case "client_net_address":
      throw notImplemented(`CONNECTIONPROPERTY ${property}`);
    default:
      return null;
  }
}

const about = (type: SqlType, read: (session: Session) => SqlValue) => ({
  deterministic: false,
  resultType: always(type),
  evaluate: (_values: readonly SqlValue[], _types: readonly SqlType[], _result: SqlType, context: FunctionContext) =>
    read(sessionOf(context)),
});

function rowVersion(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return Uint8Array.from(bytes);
}

defineFamily(SOURCE, {
  "SERVERPROPERTY/1": {
    deterministic: false,
    resultType: always(SQL_VARIANT),
    evaluate: ([name], [type], _result, context) => serverProperty(asText(name!, type!), sessionOf(context)),
  },
  "DATABASEPROPERTYEX/2": {
    deterministic: false,
    resultType: always(SQL_VARIANT),
    evaluate: ([name, property], [nameType, propertyType], _result, context) =>
      databaseProperty(asText(name!, nameType!), asText(property!, propertyType!), sessionOf(context)),
  },
  "COLLATIONPROPERTY/2": {
    resultType: always(SQL_VARIANT),
    evaluate: ([name, property], [nameType, propertyType]) =>
      collationProperty(asText(name!, nameType!), asText(property!, propertyType!)),
  },
  "CONNECTIONPROPERTY/1": {
    deterministic: false,
    resultType: always(SQL_VARIANT),
    evaluate: ([property], [type]) => connectionProperty(asText(property!, type!)),
  },
  "APP_NAME/0": about(NAME, (session) => session.applicationName),
  "HOST_NAME/0": about(NAME, (session) => session.hostName),
  "HOST_ID/0": about({ name: "char", length: 10 }, () => {
    throw notImplemented("HOST_ID");
  }),
  "CONTEXT_INFO/0": about(varbinary(128), (session) => session.contextInfo ?? null),
  "SESSION_CONTEXT/1": {
    deterministic: false,
    resultType: always(SQL_VARIANT),
    evaluate: ([key], [type], _result, context) =>
      sessionOf(context).sessionContext?.get(asText(key!, type!).toUpperCase())?.value ?? null,
  },
  "MIN_ACTIVE_ROWVERSION/0": about({ name: "binary", length: 8 }, (session) =>
    rowVersion(session.database.rowVersion + 1n),
  ),
  "CURRENT_TRANSACTION_ID/0": about(BIGINT, (session) => BigInt(session.transaction.id)),
  "GETANSINULL/0-1": {
    deterministic: false,
    resultType: always({ name: "smallint" }),
    evaluate: (_values, _types, _result, context) => (sessionOf(context).options.ansiNullDefaultOn ? 1 : 0),
  },
  "CURRENT_TIMEZONE/0": about(varchar(128), () => "(UTC) Coordinated Universal Time"),
  "CURRENT_TIMEZONE_ID/0": about(varchar(128), () => "UTC"),
});
