/**
 * Kind Database: a database with its options, the files of PRIMARY and its log, and its owner. Reads sys.databases, sys.master_files
 * and sys.database_query_store_options. Nothing replaces a database: what cannot change in place is refused.
 * Its statements run outside transactions: what was done before a failure stays done, and the next plan goes on from there.
 * https://learn.microsoft.com/sql/t-sql/statements/create-database-transact-sql
 */
import type { Kind } from "../../contract";
import { filesFromLive } from "../data-files";
import { changes, DatabaseInputs, desired, optionsOf, type DesiredDatabase } from "./inputs";
import {
  dataFilesOf,
  identity,
  isSameCollation,
  logFilesOf,
  owned,
  probes,
  read,
  type DatabaseIdentity,
  type LiveDatabase,
} from "./live";
import { liveOptions } from "./options";
import { plan, planDelete } from "./plan";
import { queryStoreFromLive } from "./query-store";

// ---- Inputs from live, outputs ---------------------------------------------------------------------------------------

function inputsFromLive(live: LiveDatabase, old: DatabaseInputs): DatabaseInputs {
  const { row, fileNames, platform } = live;
  const inputs: DatabaseInputs = { ...old, ...liveOptions(row, optionsOf(old)) };
  if (!live.serverNames.equals(old.name, row.name)) {
    inputs.name = row.name;
    delete inputs.renamedFrom;
  }
  if (old.collation !== undefined && row.collation !== null && !isSameCollation(old.collation, row.collation)) {
    inputs.collation = row.collation;
  }
  if (old.ownerLogin !== undefined && row.owner !== null && !live.serverNames.equals(old.ownerLogin, row.owner)) {
    inputs.ownerLogin = row.owner;
  }
  if (old.queryStore !== undefined && live.queryStore !== undefined) {
    inputs.queryStore = queryStoreFromLive(live.queryStore, old.queryStore);
  }
  if (old.files !== undefined) inputs.files = filesFromLive(dataFilesOf(live), old.files, "rows", fileNames, platform);
  if (old.logFiles !== undefined)
    inputs.logFiles = filesFromLive(logFilesOf(live), old.logFiles, "log", fileNames, platform);
  return inputs;
}

// ---- Documentation and registration ----------------------------------------------------------------------------------

export const databaseKind: Kind<DatabaseInputs, DesiredDatabase, DatabaseIdentity, LiveDatabase> = {
  name: "Database",
  inputs: DatabaseInputs,
  changes,
  isDatabase: true,
  documentation: {
    summary: "A database with its options, Query Store, owner, and the files of PRIMARY and the log.",
    changesInPlace: [
      "name (renamedFrom)",
      "options",
      "Query Store",
      "owner",
      "collation while nothing depends on it",
      "files added and removed, size up, growth, ceiling, logical names",
    ],
    refused: [
      "path of a file",
      "shrinking a file",
      "options that an Azure flavour fixes",
      "drop while OFFLINE",
      "drop with rows, without data-loss",
      "drop or another broker identifier with conversations that run, without messages-lost",
    ],
    hosts: ["Windows", "Linux", "Azure SQL Managed Instance", "Azure SQL Database"],
  },
  database: (inputs) => inputs.name,
  formerDatabase: (inputs) => inputs.renamedFrom,
  desired,
  identity,
  key: ({ name }) => name,
  describe: ({ name }) => `database "${name}"`,
  read,
  existing: (live) => [owned(live.row.name)],
  interruptedRename: ({ renamedFrom }, { server }) =>
    renamedFrom === undefined || server.findDatabase(renamedFrom) !== undefined ? undefined : owned(renamedFrom),
  probes,
  plan,
  planDelete,
  inputsFromLive,
  outputs: (_desired, live) => ({
    databaseId: live.row.databaseId,
    databaseGuid: live.databaseGuid ?? undefined,
    serviceBrokerGuid: live.row.serviceBrokerGuid,
    effectiveCollation: live.row.collation,
    effectiveCompatibilityLevel: live.row.compatibilityLevel,
    effectiveOwner: live.row.owner,
    filePaths: live.files.map((file) => file.physicalName),
  }),
  outputNames: [
    "databaseId",
    "databaseGuid",
    "serviceBrokerGuid",
    "effectiveCollation",
    "effectiveCompatibilityLevel",
    "effectiveOwner",
    "filePaths",
  ],
};
