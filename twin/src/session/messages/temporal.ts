/** Errors about system-versioned temporal tables. Source: sql-docs, database engine events and errors 13000 to 13999. */
import { defineMessages } from "../messages";

const on = "Setting SYSTEM_VERSIONING to ON failed because";
const change = "System-versioned table schema modification failed because";
const finite = "Setting finite retention period failed on system-versioned temporal table '%1' because";
const notSupported = "because it is not a supported operation on system-versioned";
const switching = "ALTER TABLE SWITCH statement failed on table '%1' because";

/** What keeps a table from being a history table: once when versioning is set ON, once when an ALTER of the current table says so. */
function historyMismatches(words: string, numbers: readonly number[]): Record<number, readonly [number, string]> {
  const texts = [
    `${words} history table '%1' has custom unique keys defined. Consider dropping all unique keys and trying again.`,
    `${words} history table '%1' has foreign keys defined. Consider dropping all foreign keys and trying again.`,
    `${words} history table '%1' has table or column constraints defined. Consider dropping all table and column constraints and trying again.`,
    `${words} history table '%1' has IDENTITY column specification. Consider dropping all IDENTITY column specifications and trying again.`,
    `${words} history table '%1' has computed column specification. Consider dropping all computed column specifications and trying again.`,
    `${words} history table '%1' is not available or it is placed on a read-only file group.`,
    `${words} history table '%1' has triggers defined. Consider dropping all triggers and trying again.`,
    `${words} table '%1' has %2 columns and table '%3' has %4 columns.`,
    `${words} column '%1' at ordinal %2 in history table '%3' has a different name than the column '%4' at the same ordinal in table '%5'.`,
    `${words} column '%1' has data type %2 in history table '%3' which is different from corresponding column type %4 in table '%5'.`,
    `${words} column '%1' does not have the same collation in tables '%2' and '%3'.`,
    `${words} column '%1' does not have the same ANSI trimming semantics in tables '%2' and '%3'.`,
    `${words} system column '%1' in history table '%2' corresponds to a period column in table '%3' and cannot be nullable.`,
    `${words} column '%1' does not have the same nullability attribute in tables '%2' and '%3'.`,
    `${words} system-versioned tables cannot have FILESTREAM columns.`,
    `${words} column '%1' does not have the same sparse storage attribute in tables '%2' and '%3'.`,
    `${words} column '%1' does not have the same column set property in tables '%2' and '%3'.`,
    `${words} history table '%1' has ROWGUID column specification. Consider dropping all ROWGUID column specifications and trying again.`,
    `${words} column '%1' does not have the same masking functions in tables '%2' and '%3'.`,
    `${words} table '%1' has INSTEAD OF triggers defined. Consider dropping INSTEAD OF triggers and trying again.`,
  ];
  return Object.fromEntries(numbers.map((number, i) => [number, [16, texts[i]!] as const]));
}

defineMessages(
  historyMismatches(
    on,
    [
      13515, 13516, 13517, 13518, 13519, 13520, 13522, 13523, 13524, 13525, 13526, 13528, 13530, 13531, 13532, 13533,
      13534, 13580, 13581, 13774,
    ],
  ),
);
defineMessages(
  historyMismatches(
    change,
    [
      13701, 13702, 13703, 13704, 13705, 13706, 13708, 13709, 13710, 13711, 13712, 13714, 13716, 13717, 13718, 13719,
      13720, 13723, 13725, 13775,
    ],
  ),
);

defineMessages({
  11418: [
    16,
    "Cannot %1 table '%2' because the table either contains sparse columns or a column set column which are incompatible with compression.",
  ],
  13501: [16, "Temporal generated always column '%1' has invalid data type."],
  13502: [16, "System-versioned table cannot have more than one 'GENERATED ALWAYS AS ROW START' column."],
  13503: [16, "System-versioned table cannot have more than one 'GENERATED ALWAYS AS ROW END' column."],
  13504: [16, "Temporal 'GENERATED ALWAYS AS ROW START' column definition missing."],
  13505: [16, "Temporal 'GENERATED ALWAYS AS ROW END' column definition missing."],
  13506: [
    16,
    "System-versioned table SYSTEM_TIME period definition start column name not matching 'GENERATED ALWAYS AS ROW START' column name.",
  ],
  13507: [
    16,
    "System-versioned table SYSTEM_TIME period definition end column name not matching 'GENERATED ALWAYS AS ROW END' column name.",
  ],
  13508: [16, "System-versioned table cannot have more than one SYSTEM_TIME period definition."],
  13509: [16, "Cannot create generated always column when SYSTEM_TIME period is not defined."],
  13510: [
    16,
    "Cannot set SYSTEM_VERSIONING to ON when SYSTEM_TIME period is not defined and the LEDGER=ON option is not specified.",
  ],
  13511: [16, "Specified object '%1' cannot be used as history table."],
  13512: [16, "You cannot specify SYSTEM_VERSIONING clause more than once."],
  13513: [16, "SYSTEM_TIME period columns cannot have different datatype precision."],
  13514: [16, "History table '%1' is already in use."],
  13535: [
    16,
    "Data modification failed on system-versioned table '%1' because transaction time was earlier than period start time for affected records.",
  ],
  13536: [
    16,
    "Cannot insert an explicit value into a GENERATED ALWAYS column in table '%1'. Use INSERT with a column list to exclude the GENERATED ALWAYS column, or insert a DEFAULT into GENERATED ALWAYS column.",
  ],
  13537: [16, "Cannot update GENERATED ALWAYS columns in table '%1'."],
  13538: [16, "You do not have the required permissions to complete the operation."],
  13539: [16, `${on} history table '%1' is not specified in two-part name format.`],
  13541: [16, `${on} history table '%1' contains invalid records with end of period set before start.`],
  13542: [
    16,
    "ADD PERIOD FOR SYSTEM_TIME on table '%1' failed because there are open records with start of period set to a value in the future.",
  ],
  13543: [16, `${on} history table '%1' contains invalid records with end of period set to a value in the future.`],
  13544: [
    16,
    "Temporal FOR SYSTEM_TIME clause can only be used with system-versioned tables. '%1' is not a system-versioned table.",
  ],
  13545: [16, `Truncate failed on table '%1' ${notSupported} tables.`],
  13546: [
    16,
    `Switching out partition failed on table '%1' ${notSupported} tables. Consider setting SYSTEM_VERSIONING to OFF and trying again.`,
  ],
  13547: [
    16,
    `Switching in partition failed on history table '%1' ${notSupported} tables. Consider setting SYSTEM_VERSIONING to OFF and trying again.`,
  ],
  13548: [16, `Cannot alter column '%1' on table '%2' ${notSupported} temporal or ledger tables.`],
  13550: [16, `Add column operation failed on table '%1' ${notSupported} temporal tables.`],
  13551: [16, `Drop column operation failed on table '%1' ${notSupported} temporal tables.`],
  13552: [16, `Drop table operation failed on table '%1' ${notSupported} temporal tables.`],
  13553: [16, "System versioned temporal table '%1' must have primary key defined."],
  13555: [16, "System versioned temporal table '%1' cannot have FILESTREAM columns."],
  13557: [16, "Cannot drop PRIMARY KEY constraint from a system-versioned temporal table '%1'."],
  13558: [16, "Cannot add PRIMARY KEY constraint to a temporal history table '%1'."],
  13559: [16, "Cannot insert rows in a temporal history table '%1'."],
  13560: [16, "Cannot delete rows from a temporal history table '%1'."],
  13561: [16, "Cannot update rows in a temporal history table '%1'."],
  13562: [16, "Cannot perform MERGE operation on temporal history table '%1'."],
  13563: [16, "Enabling Change Tracking for a temporal history table '%1' is not allowed."],
  13564: [16, "Adding CHECK constraint to a temporal history table '%1' is not allowed."],
  13565: [16, "Foreign key '%1' is not valid. A temporal history table cannot be used in a foreign key definition."],
  13566: [16, "Temporal table '%1' is already in use."],
  13567: [16, "Temporal history table '%1' cannot be created in a 'tempdb' database."],
  13568: [16, "System-versioned temporal table '%1' cannot be created in a 'tempdb' database."],
  13569: [16, "Cannot create a trigger on a system-versioned temporal table '%1'."],
  13572: [16, "Creating table variables containing PERIOD is not allowed."],
  13573: [16, `${on} history table '%1' contains overlapping records.`],
  13574: [16, `${on} temporal history table '%1' contains SYSTEM_TIME period.`],
  13575: [
    16,
    "ADD PERIOD FOR SYSTEM_TIME failed because table '%1' contains records where end of period is not equal to MAX datetime.",
  ],
  13577: [16, `${switching} target table has SYSTEM_TIME PERIOD while source table does not have it.`],
  13578: [16, `${switching} target and source tables have different SYSTEM_TIME PERIOD definitions.`],
  13583: [16, "Cannot add UNIQUE KEY constraint to a temporal history table '%1'."],
  13587: [16, "Period column '%1' in a system-versioned temporal table cannot be nullable."],
  13588: [16, "Column '%1' in table '%2' cannot be dropped because it is a part of period definition."],
  13590: [
    16,
    "Temporal FOR SYSTEM_TIME clause can only be set once per temporal table. '%1' has more than one temporal FOR SYSTEM_TIME clause.",
  ],
  13591: [16, "SYSTEM_VERSIONING is not turned ON for table '%1'."],
  13592: [16, "Cannot drop SYSTEM_TIME period from table '%1' when SYSTEM_VERSIONING is ON."],
  13593: [16, "SYSTEM_TIME period cannot be dropped from table '%1', because SYSTEM_TIME period does not exist."],
  13596: [16, "SYSTEM_VERSIONING is already turned ON for table '%1'."],
  13597: [16, "Temporal SYSTEM_TIME period is already defined on table '%1'."],
  13598: [16, "Temporal SYSTEM_TIME period cannot be defined on history table '%1'."],
  13599: [16, "Period column '%1' in a system-versioned temporal table cannot be altered."],
  13724: [16, `${change} adding computed column while system-versioning is ON is not supported.`],
  13736: [
    16,
    `${switching} column '%2' does not have the same GENERATED ALWAYS attribute in target and source tables.`,
  ],
  13741: [16, "Cannot create UNIQUE index on temporal history table '%1'."],
  13743: [16, "%1 is not a valid value for system versioning history retention period."],
  13744: [16, "'%1' is not a valid history retention period unit for system versioning."],
  13748: [16, `${on} table '%1' exceeds the maximum of 1023 columns.`],
  13749: [16, "The period of %1 %2 is too big for system versioning history retention."],
  13750: [16, "Temporal period column '%1' does not exist."],
  13757: [
    16,
    "Temporal table '%1' already has history table defined. Consider dropping system_versioning first if you want to use different history table.",
  ],
  13759: [
    16,
    `Renaming a column failed on history table '%1' ${notSupported} tables. Consider setting SYSTEM_VERSIONING to OFF and trying again.`,
  ],
  13765: [
    16,
    `${finite} the history table '%2' does not contain required clustered index. Consider creating a clustered columnstore or B-tree index starting with the column that matches end of SYSTEM_TIME period, on the history table.`,
  ],
  13766: [
    16,
    "Cannot drop the clustered index '%1' because it is being used for automatic cleanup of aged data. Consider setting HISTORY_RETENTION_PERIOD to INFINITE on the corresponding system-versioned temporal table if you need to drop this index.",
  ],
  13767: [
    16,
    "The clustered index '%1' is being used for automatic cleanup of aged data, and can be converted to either a clustered columnstore or B-tree index starting with the column that matches end of SYSTEM_TIME period, on the history table. Consider setting HISTORY_RETENTION_PERIOD to INFINITE on the corresponding system-versioned temporal table if you need to rebuild this index with a modified column specification, not supported with temporal history retention.",
  ],
  13771: [
    16,
    `${finite} corresponding history table '%2' has both clustered columnstore and non-clustered indexes. Consider dropping non-clustered indexes from the history table and try again.`,
  ],
  13772: [
    16,
    "Cannot create non-clustered index on temporal history table '%1' since it has finite retention period and clustered columnstore index defined.",
  ],
  13780: [16, `${finite} the history table '%2' is clustered column store that contains large object columns.`],
  13781: [
    16,
    "Wrong type for column '%1': the system-versioned temporal table '%2' cannot contain large object columns, because it has finite retention and the clustered column store history table '%3'.",
  ],
  13782: [
    16,
    "Cannot create clustered column store index '%1' on table '%2' because it contains large object columns and is the history table of temporal table '%3' that has finite retention.",
  ],
});
