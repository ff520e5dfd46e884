/**
 * Kind Filegroup: a filegroup with its files; PRIMARY belongs to the kind Database. Reads sys.filegroups and sys.database_files.
 * ALTER DATABASE runs in master: there it works for contained databases too, and our own session does not stand in the way.
 * https://learn.microsoft.com/sql/t-sql/statements/alter-database-transact-sql-file-and-filegroup-options
 */
import type { Kind } from "../../contract";
import { filesFromLive } from "../data-files";
import { changes, desired, FilegroupInputs, type DesiredFilegroup } from "./inputs";
import { contentOf, identity, probes, read, type FilegroupIdentity, type LiveFilegroup } from "./live";
import { owned, plan, planDelete } from "./plan";

// ---- Inputs from live, outputs ---------------------------------------------------------------------------------------

function inputsFromLive(live: LiveFilegroup, old: FilegroupInputs): FilegroupInputs {
  const { filegroup, names, platform } = live;
  const content = contentOf(filegroup);
  const inputs: FilegroupInputs = { ...old };
  if (!names.equals(old.name, filegroup.name)) {
    inputs.name = filegroup.name;
    delete inputs.renamedFrom;
  }
  if ((old.contains ?? "rows") !== content) inputs.contains = content;
  if (old.files !== undefined) inputs.files = filesFromLive(filegroup.files, old.files, content, names, platform);
  if (old.isDefault !== undefined) inputs.isDefault = filegroup.isDefault;
  if (old.readOnly !== undefined) inputs.readOnly = filegroup.isReadOnly;
  if (old.autogrowAllFiles !== undefined) inputs.autogrowAllFiles = filegroup.isAutogrowAllFiles;
  return inputs;
}

// ---- Documentation and registration ----------------------------------------------------------------------------------

export const filegroupKind: Kind<FilegroupInputs, DesiredFilegroup, FilegroupIdentity, LiveFilegroup> = {
  name: "Filegroup",
  inputs: FilegroupInputs,
  changes,
  documentation: {
    summary: "A filegroup for rows, FILESTREAM or memory-optimized data, with its files.",
    changesInPlace: [
      "name (renamedFrom)",
      "logical names of files",
      "files added and removed",
      "size up, growth, ceiling",
      "default",
      "read-only",
      "autogrow of all files",
    ],
    refused: [
      "kind of data",
      "path of a file",
      "shrinking a file",
      "drop while it holds anything",
      "drop of a memory-optimized filegroup or container",
      "FILESTREAM on Linux or where it is off",
    ],
    hosts: ["Windows", "Linux", "Azure SQL Managed Instance"],
  },
  database: (inputs) => inputs.database,
  desired,
  identity,
  key: ({ database, name }) => `${database}/${name}`,
  describe: ({ database, name }) => `filegroup "${name}" in database "${database}"`,
  read,
  existing: (live) => [owned(live.filegroup.name)],
  interruptedRename: ({ renamedFrom }, { database }) =>
    renamedFrom === undefined || database.findFilegroup(renamedFrom) !== undefined ? undefined : owned(renamedFrom),
  probes,
  plan,
  planDelete,
  inputsFromLive,
  outputs: (_desired, { filegroup }) => ({
    dataSpaceId: filegroup.dataSpaceId,
    filePaths: filegroup.files.map((file) => file.physicalName),
  }),
  outputNames: ["dataSpaceId", "filePaths"],
};
