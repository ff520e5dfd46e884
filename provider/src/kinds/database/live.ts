/** A database as the server has it, and what must be asked before it can be planned. */
import type { CatalogSnapshot, OwnedObject, Probe, ProbeRow } from "../../contract";
import type { Capabilities } from "../../engine/capabilities";
import { nameComparer, type NameComparer } from "../../engine/names";
import { quoteName, quoteText } from "../../engine/quoting";
import type { DatabaseRow, MasterFileRow, QueryStoreRow } from "../../engine/snapshot/server";
import { conversationsOfDatabase } from "../broker/loss";
import { anyMark, hashesIn, isMarked, listOf, maySeeList, placeOf } from "../clr/trusted-list";
import { sessionsProbe } from "../exclusive-access";
import type { DesiredDatabase } from "./inputs";
import { getsNewBroker, newBroker, newBrokerProbes } from "./new-broker";
import { optionChanges } from "./options";

// ---- Identity --------------------------------------------------------------------------------------------------------

export type DatabaseIdentity = { readonly name: string; readonly renamedFrom?: string };

export function identity({ name, renamedFrom }: DesiredDatabase): DatabaseIdentity {
  return renamedFrom === undefined ? { name } : { name, renamedFrom };
}

export function owned(name: string): OwnedObject {
  return { type: "database", name };
}

// ---- Read ------------------------------------------------------------------------------------------------------------

export interface LiveDatabase {
  readonly row: DatabaseRow;
  readonly files: readonly MasterFileRow[];
  /** undefined = unknown: the database is to be renamed, or the login may not read it. */
  readonly queryStore: QueryStoreRow | undefined;
  /** undefined = unknown, for the same reasons; null on a server without it. */
  readonly databaseGuid: string | null | undefined;
  /** Database and login names compare in the server's collation, file names in the database's. */
  readonly serverNames: NameComparer;
  readonly fileNames: NameComparer;
  readonly platform: Capabilities["platform"];
}

export function read(catalog: CatalogSnapshot, { name, renamedFrom }: DatabaseIdentity): LiveDatabase | undefined {
  const { server } = catalog;
  const row = server.findDatabase(name) ?? (renamedFrom === undefined ? undefined : server.findDatabase(renamedFrom));
  if (row === undefined) return undefined;
  const isRead = catalog.databaseRow?.databaseId === row.databaseId;
  return {
    row,
    files: server.files.filter((file) => file.databaseId === row.databaseId),
    queryStore: isRead ? catalog.database.rows.queryStore[0] : undefined,
    databaseGuid: isRead ? catalog.database.rows.databaseGuids[0]?.databaseGuid : undefined,
    serverNames: nameComparer(server.properties.collation),
    fileNames: catalog.names,
    platform: server.properties.hostPlatform.toLowerCase() === "linux" ? "linux" : "windows",
  };
}

export function dataFilesOf({ files }: Pick<LiveDatabase, "files">): MasterFileRow[] {
  // Data space 1 is PRIMARY in every database.
  return files.filter((file) => file.type === 0 && file.dataSpaceId === 1);
}

export function logFilesOf({ files }: Pick<LiveDatabase, "files">): MasterFileRow[] {
  return files.filter((file) => file.type === 1);
}

export function isSameCollation(left: string, right: string | null): boolean {
  return left.toLowerCase() === right?.toLowerCase();
}

// ---- Probes ----------------------------------------------------------------------------------------------------------

/** In words, what needs the database without other sessions. */
export function exclusiveReasons(desired: DesiredDatabase, live: LiveDatabase): string[] {
  return [
    ...(live.serverNames.equals(desired.name, live.row.name) ? [] : ["MODIFY NAME"]),
    ...(desired.collation === undefined || isSameCollation(desired.collation, live.row.collation) ? [] : ["COLLATE"]),
    ...(getsNewBroker(desired, live) ? [newBroker] : []),
    ...optionChanges(desired.options, live.row)
      .filter(({ option }) => option.isExclusive === true)
      .map(({ clause }) => clause),
  ];
}

const rowsKey = "rows";

export function probes(
  desired: DesiredDatabase | undefined,
  live: LiveDatabase | undefined,
  catalog: CatalogSnapshot,
): readonly Probe[] {
  if (live === undefined || live.row.state !== "ONLINE") return [];
  const { name } = live.row;
  // Azure SQL Database has no Service Broker, no assemblies of users, and no list.
  const others = catalog.server.properties.engineEdition === 5 ? [] : [conversationsOfDatabase(name), trustProbe(name)];
  if (desired === undefined) return [rowsProbe(name), sessionsProbe(name), ...others];
  const sessions = exclusiveReasons(desired, live).length > 0 ? [sessionsProbe(live.row.name)] : [];
  return [...sessions, ...newBrokerProbes(desired, live)];
}

const trustKey = "trust";

/** Entries of sys.trusted_assemblies that deployments made for assemblies of this database: they outlive it. */
function trustProbe(database: string): Probe {
  const here = `t.hash IN (SELECT HASHBYTES('SHA2_512', f.content) FROM ${quoteName(database)}.sys.assembly_files AS f WHERE f.file_id = 1)`;
  const condition = `${isMarked(anyMark)} AND (CHARINDEX(${quoteText(placeOf(database))}, t.description) > 0 OR ${here})`;
  return {
    key: trustKey,
    database: "master",
    query: `DECLARE @entries varchar(max);
IF ${maySeeList} SET @entries = ${listOf(condition)};
SELECT HAS_PERMS_BY_NAME(NULL, NULL, N'CONTROL SERVER') AS control, @entries AS entries;`,
  };
}

/** Hashes of the entries that the login may take off the list. */
export function trustedBuilds(answers: ReadonlyMap<string, ProbeRow>): string[] {
  const answer = answers.get(trustKey);
  return Number(answer?.["control"] ?? 0) === 1 ? hashesIn(answer?.["entries"]) : [];
}

/** The provider's own records in schema iac are not what a person would miss. */
function rowsProbe(database: string): Probe {
  return {
    key: rowsKey,
    database,
    query:
      "SELECT COUNT(DISTINCT t.object_id) AS tables, COALESCE(SUM(p.rows), 0) AS [rows]\n" +
      "FROM sys.tables AS t\n" +
      "JOIN sys.partitions AS p ON p.object_id = t.object_id AND p.index_id IN (0, 1)\n" +
      "WHERE t.is_ms_shipped = 0 AND SCHEMA_NAME(t.schema_id) <> N'iac';",
  };
}

/** undefined = nobody counted. */
export function countedRows(
  answers: ReadonlyMap<string, ProbeRow>,
): { readonly tables: number; readonly rows: number } | undefined {
  const answer = answers.get(rowsKey);
  return answer === undefined ? undefined : { tables: Number(answer.tables ?? 0), rows: Number(answer.rows ?? 0) };
}
