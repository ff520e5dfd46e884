/** Errors about columnstore indexes and partitions. Source: sql-docs, database engine events and errors 7000 to 7999, 31000 to 41399. */
import { defineMessages } from "../messages";

const failed = "The statement failed because";

defineMessages({
  35301: [
    15,
    `${failed} a columnstore index cannot be unique. Create the columnstore index without the UNIQUE keyword or create a unique index without the COLUMNSTORE keyword.`,
  ],
  35302: [
    15,
    `${failed} specifying sort order (ASC or DESC) is not allowed when creating a columnstore index. Create the columnstore index without specifying a sort order.`,
  ],
  35305: [
    15,
    `${failed} a clustered columnstore index cannot be created on a view. Consider creating a nonclustered columnstore index on the view, creating a clustered columnstore index on the base table or creating an index without the COLUMNSTORE keyword on the view.`,
  ],
  35306: [15, `${failed} a columnstore index cannot be specified using INDEX specification at the column level.`],
  35307: [
    15,
    `${failed} column '%1' on table '%2' is a computed column. Columnstore index cannot include a computed column implicitly or explicitly.`,
  ],
  35309: [
    15,
    `${failed} a columnstore index cannot be created on a sparse column. Consider creating a nonclustered columnstore index on a subset of columns that does not include any sparse columns.`,
  ],
  35310: [
    15,
    `${failed} columnstore indexes are not allowed on table types and table variables. Remove the column store index specification from the table type or table variable declaration.`,
  ],
  35311: [
    15,
    `${failed} a columnstore index cannot have included columns. Create the columnstore index on the desired columns without specifying any included columns.`,
  ],
  35312: [
    15,
    `${failed} a columnstore index cannot be created on a column with filestream data. Consider creating a nonclustered columnstore index on a subset of columns that does not include any columns with filestream data.`,
  ],
  35313: [
    15,
    `${failed} specifying FILESTREAM_ON is not allowed when creating a columnstore index. Consider creating a columnstore index on columns without filestream data and omit the FILESTREAM_ON specification.`,
  ],
  35314: [
    15,
    `${failed} a columnstore index cannot be created on a column set. Consider creating a nonclustered columnstore index on a subset of columns in the table that does not contain a column set or any sparse columns.`,
  ],
  35316: [
    15,
    `${failed} a columnstore index must be partition-aligned with the base table. Create the columnstore index using the same partition function and same (or equivalent) partition scheme as the base table. If the base table is not partitioned, create a nonpartitioned columnstore index.`,
  ],
  35317: [
    15,
    `${failed} specifying %1 is not allowed when creating a columnstore index. Consider creating a columnstore index without specifying %1.`,
  ],
  35318: [
    15,
    `${failed} the %1 option is not allowed when creating a columnstore index. Create the columnstore index without specifying the %1 option.`,
  ],
  35319: [
    15,
    "The table option DATA_COMPRESSION is not allowed when a table specifies a clustered column store index.",
  ],
  35322: [
    16,
    `${failed} a nonclustered index and the underlying clustered columnstore index must be partition-aligned. Consider creating the nonclustered index using the same partition function and same (or equivalent) partition scheme as the clustered columnstore index.`,
  ],
  35324: [
    15,
    `${failed} specifying SORT_IN_TEMPDB is not allowed when creating a columnstore index without ORDER. Consider creating a columnstore index without specifying SORT_IN_TEMPDB, or use it with ORDER clause.`,
  ],
  35327: [
    15,
    "ALTER INDEX REBUILD statement failed because specifying %1 is not allowed when rebuilding a columnstore index. Rebuild the columnstore index without specifying %1.",
  ],
  35328: [
    15,
    "ALTER INDEX REBUILD statement failed because the %1 option is not allowed when rebuilding a columnstore index. Rebuild the columnstore index without specifying the %1 option.",
  ],
  35329: [
    15,
    `${failed} specifying ORDER is not allowed when creating the rowstore index '%1' on table '%2'. Consider creating the rowstore index without specifying ORDER.`,
  ],
  35331: [16, "Cannot use duplicate column names in the ORDER column list. Column name '%1' appears more than once."],
  35335: [
    15,
    `${failed} specifying a key list is not allowed when creating a clustered columnstore index. Create the clustered columnstore index without specifying a key list.`,
  ],
  35336: [
    15,
    `${failed} specifying key list is missing when creating an index. Create the index with specifying key list .`,
  ],
  35339: [16, "Multiple columnstore indexes are not supported."],
  35342: [
    15,
    `${failed} specifying ORDER is not a valid option for creating the non-clustered columnstore index '%1' on table '%2'. Consider creating the non-clustered columnstore index without specifying ORDER, or create a clustered columnstore index.`,
  ],
  35343: [15, "The statement failed. Column '%1' has a data type that cannot participate in a columnstore index."],
  35344: [
    16,
    "MERGE clause of ALTER PARTITION statement failed because two nonempty partitions containing a columnstore index cannot be merged. Consider an ALTER TABLE SWITCH operation from one of the nonempty partitions on table '%1' to a temporary staging table and then re-attempt the ALTER PARTITION MERGE operation. Once completed, use ALTER TABLE SWITCH to move the staging table partition back to the original source table.",
  ],
  35346: [
    16,
    "SPLIT clause of ALTER PARTITION statement failed because the partition is not empty.  Only empty partitions can be split in when a columnstore index exists on the table. Consider an ALTER TABLE SWITCH operation from one of the nonempty partitions on table '%1' to a temporary staging table and then re-attempt the ALTER PARTITION SPLIT operation. Once completed, use ALTER TABLE SWITCH to move the staging table partition back to the original source table.",
  ],
  35358: [
    16,
    "CREATE TRIGGER on table '%1' failed because you cannot create a trigger on a table with a clustered columnstore index. Consider enforcing the logic of the trigger in some other way, or if you must use a trigger, use a heap or B-tree index instead.",
  ],
  35359: [
    16,
    `${failed} a table with a clustered columnstore index cannot have triggers. Consider removing all triggers from the table and then creating the clustered columnstore index.`,
  ],
  35364: [16, "ALTER INDEX statement option COMPRESSION_DELAY can only be used with columnstore indexes."],
  35372: [
    16,
    "You cannot create more than one clustered index on %1 '%2'. Consider creating a new clustered index using 'with (drop_existing = on)' option.",
  ],
  35382: [
    16,
    "The specified COMPRESSION_DELAY option value %1 is invalid. The valid range for disk-based table is between (0, 10080) minutes and for memory-optimized table is 0 or between (60, 10080) minutes.",
  ],
  35388: [
    15,
    `${failed} column '%1' on table '%2' is a persisted computed column. Adding persisted computed columns to an existing clustered columnstore index is not supported.`,
  ],
  35389: [
    15,
    `${failed} column '%1' on table '%2' is a computed column of a LOB type. Columnstore indexes cannot include computed columns of LOB types.`,
  ],
  35391: [
    16,
    "Could not build or rebuild clustered columnstore index '%1' online, because the the table has secondary indexes. Please perform the operation offline, or remove the secondary indexes and try again.",
  ],
  35392: [
    15,
    `${failed} column '%1' on table '%2' is a computed column. Nonclustered index with computed column as key or included column cannot be created on a table that has a clustered columnstore index.`,
  ],
  35399: [
    16,
    "Could not create columnstore index '%1' on table '%2' since data type of column '%3' is not supported in the ORDER list.",
  ],
  7704: [16, "The type '%1' is not valid for this operation."],
  7719: [16, "CREATE/ALTER partition function failed as only a maximum of %1 partitions can be created."],
  7720: [
    16,
    "Data truncated when converting range values to the partition function parameter type. The range value at ordinal %1 requires data truncation.",
  ],
  7723: [
    16,
    "Only a single filegroup can be specified while creating partition scheme using option ALL to specify all the filegroups.",
  ],
  7724: [
    16,
    "Computed column cannot be used as a partition key if it is not persisted. Partition key column '%1' in table '%2' is not persisted.",
  ],
  7725: [
    16,
    "Alter partition function statement failed. Cannot repartition table '%1' by altering partition function '%2' because its clustered index '%3' is disabled.",
  ],
  7727: [
    16,
    "Collation of partition column '%1' does not match collation of corresponding parameter in partition function '%2'.",
  ],
  7728: [16, "Invalid partition range: %1 TO %2. Lower bound must not be greater than upper bound."],
});
