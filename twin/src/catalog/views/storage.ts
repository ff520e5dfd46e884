/** Files, filegroups, partition functions and schemes. Reference sheets "databases" 2.6 and "tables and indexes" 6. */
import type { DatabaseFile, DataSpace, Database, PartitionFunction } from "../../storage/model";
import { holds } from "../../security/permissions";
import type { SqlValue } from "../../types/value";
import { isCharacter } from "../../types/format-type";
import { createHash } from "node:crypto";
import { seesDatabase } from "../visibility";
import { typeFacts } from "../system-types";
import { bit, datetime, lsn, variant, view, type ViewDefinition } from "../view";

const fileTypes = { ROWS: 0, LOG: 1, FILESTREAM: 2 } as const;

/** Every file has a guid of its own that never changes. */
function fileGuid(database: Database, file: DatabaseFile): string {
  const hex = createHash("sha256").update(`${database.id}.${file.id}.${file.name}`).digest("hex").toUpperCase();
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const FILE_COLUMNS = `file_id int, file_guid uniqueidentifier?, type tinyint, type_desc desc?, data_space_id int, name sysname, physical_name nvarchar(260), state tinyint?,
  state_desc desc?, size int, max_size int, growth int, is_media_read_only bit, is_read_only bit, is_sparse bit, is_percent_growth bit, is_name_reserved bit`;
const LSN_COLUMNS = `create_lsn numeric(25,0)?, drop_lsn numeric(25,0)?, read_only_lsn numeric(25,0)?, read_write_lsn numeric(25,0)?, differential_base_lsn numeric(25,0)?,
  differential_base_guid uniqueidentifier?, differential_base_time datetime?, redo_start_lsn numeric(25,0)?, redo_start_fork_guid uniqueidentifier?,
  redo_target_lsn numeric(25,0)?, redo_target_fork_guid uniqueidentifier?, backup_lsn numeric(25,0)?`;

function fileRow(database: Database, file: DatabaseFile): SqlValue[] {
  const offline = file.state === "OFFLINE";
  return [
    file.id,
    fileGuid(database, file),
    fileTypes[file.type],
    file.type,
    file.dataSpaceId,
    file.name,
    file.physicalName,
    offline ? 6 : 0,
    file.state,
    file.sizePages,
    file.maxSizePages,
    file.growth,
    0,
    bit(file.readOnly),
    0,
    bit(file.isPercentGrowth),
    0,
  ];
}

const noBackups = (): SqlValue[] => [lsn(0), null, null, null, null, null, null, null, null, null, null, null];

const spaceTypes: Readonly<Record<DataSpace["type"], string>> = {
  FG: "ROWS_FILEGROUP",
  FD: "FILESTREAM_DATA_FILEGROUP",
  FX: "MEMORY_OPTIMIZED_DATA_FILEGROUP",
  PS: "PARTITION_SCHEME",
};

const SPACE_COLUMNS = "name sysname, data_space_id int, type code(2), type_desc desc?, is_default bit?, is_system bit?";

function spaceRow(space: DataSpace): SqlValue[] {
  return [space.name, space.id, space.type, spaceTypes[space.type], bit(space.isDefault), 0];
}

function parameterRow(one: PartitionFunction, database: Database): SqlValue[] {
  const facts = typeFacts(one.type);
  return [
    one.id,
    1,
    facts.systemTypeId,
    facts.maxLength,
    facts.precision,
    facts.scale,
    isCharacter(one.type) ? (one.type.collation ?? database.collation.name) : null,
    facts.userTypeId,
  ];
}

export const storageViews: readonly ViewDefinition[] = [
  view(
    "database_files",
    "system-catalog-views/sys-database-files-transact-sql",
    `${FILE_COLUMNS}, is_persistent_log_buffer bit, ${LSN_COLUMNS}`,
    function* ({ database }) {
      for (const file of database.files.values()) yield [...fileRow(database, file), 0, ...noBackups()];
    },
  ),
  view(
    "master_files",
    "system-catalog-views/sys-master-files-transact-sql",
    `database_id int, ${FILE_COLUMNS}, is_persistent_log_buffer bit, ${LSN_COLUMNS}, credential_id int?`,
    function* ({ server, session }) {
      const all = ["VIEW ANY DEFINITION", "ALTER ANY DATABASE", "CREATE ANY DATABASE"].some((permission) =>
        holds(session, permission, { class: "SERVER" }),
      );
      for (const database of server.databases.values()) {
        if (!all && !(database === session.database && seesDatabase(session, database) && session.user.id === 1))
          continue;
        for (const file of database.files.values())
          yield [database.id, ...fileRow(database, file), 0, ...noBackups(), null];
      }
    },
  ),
  view("data_spaces", "system-catalog-views/sys-data-spaces-transact-sql", SPACE_COLUMNS, function* ({ database }) {
    for (const space of database.dataSpaces.values()) yield spaceRow(space);
  }),
  view(
    "filegroups",
    "system-catalog-views/sys-filegroups-transact-sql",
    `${SPACE_COLUMNS}, filegroup_guid uniqueidentifier?, log_filegroup_id int?, is_read_only bit?, is_autogrow_all_files bit?`,
    function* ({ database }) {
      for (const space of database.dataSpaces.values())
        if (space.type !== "PS")
          yield [
            ...spaceRow(space),
            space.id === 1 ? null : space.guid,
            null,
            bit(space.readOnly),
            bit(space.autogrowAll),
          ];
    },
  ),
  view(
    "partition_schemes",
    "system-catalog-views/sys-partition-schemes-transact-sql",
    `${SPACE_COLUMNS}, function_id int`,
    function* ({ database }) {
      for (const space of database.dataSpaces.values())
        if (space.type === "PS") yield [...spaceRow(space), space.functionId];
    },
  ),
  view(
    "destination_data_spaces",
    "system-catalog-views/sys-destination-data-spaces-transact-sql",
    "partition_scheme_id int, destination_id int, data_space_id int",
    function* ({ database }) {
      for (const space of database.dataSpaces.values()) {
        if (space.type !== "PS") continue;
        for (const [index, id] of space.filegroupIds.entries()) yield [space.id, index + 1, id];
        // The filegroup that the next SPLIT takes stands after the last partition.
        if (space.nextUsedId !== undefined) yield [space.id, space.filegroupIds.length + 1, space.nextUsedId];
      }
    },
  ),
  view(
    "partition_functions",
    "system-catalog-views/sys-partition-functions-transact-sql",
    "name sysname, function_id int, type code(2), type_desc desc?, fanout int, boundary_value_on_right bit, is_system bit, create_date datetime, modify_date datetime",
    function* ({ database }) {
      for (const one of database.partitionFunctions.values())
        yield [
          one.name,
          one.id,
          "R ",
          "RANGE",
          one.values.length + 1,
          bit(one.boundaryOnRight),
          0,
          datetime(one.created),
          datetime(one.created),
        ];
    },
  ),
  view(
    "partition_parameters",
    "system-catalog-views/sys-partition-parameters-transact-sql",
    "function_id int, parameter_id int, system_type_id tinyint, max_length smallint, precision tinyint, scale tinyint, collation_name sysname?, user_type_id int",
    function* ({ database }) {
      for (const one of database.partitionFunctions.values()) yield parameterRow(one, database);
    },
  ),
  view(
    "partition_range_values",
    "system-catalog-views/sys-partition-range-values-transact-sql",
    "function_id int, boundary_id int, parameter_id int, value sql_variant?",
    function* ({ database }) {
      for (const one of database.partitionFunctions.values())
        for (const [index, value] of one.values.entries()) yield [one.id, index + 1, 1, variant(one.type, value)];
    },
  ),
];
