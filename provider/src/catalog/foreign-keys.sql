-- Foreign keys, one row for each pair of columns.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-foreign-keys-transact-sql
SELECT
  f.object_id AS objectId,
  f.parent_object_id AS tableId,
  s.name AS schemaName,
  f.name,
  f.referenced_object_id AS referencedTableId,
  rs.name AS referencedSchema,
  rt.name AS referencedTable,
  f.key_index_id AS referencedIndexId,
  CONVERT(int, f.delete_referential_action) AS deleteAction,
  CONVERT(int, f.update_referential_action) AS updateAction,
  f.is_disabled AS isDisabled,
  f.is_not_trusted AS isNotTrusted,
  f.is_not_for_replication AS isNotForReplication,
  f.is_system_named AS isSystemNamed,
  fc.constraint_column_id AS ordinal,
  pc.name AS columnName,
  rc.name AS referencedColumnName
FROM sys.foreign_keys AS f
INNER JOIN sys.schemas AS s ON s.schema_id = f.schema_id
INNER JOIN sys.tables AS rt ON rt.object_id = f.referenced_object_id
INNER JOIN sys.schemas AS rs ON rs.schema_id = rt.schema_id
INNER JOIN sys.foreign_key_columns AS fc ON fc.constraint_object_id = f.object_id
INNER JOIN sys.columns AS pc ON pc.object_id = fc.parent_object_id AND pc.column_id = fc.parent_column_id
INNER JOIN sys.columns AS rc ON rc.object_id = fc.referenced_object_id AND rc.column_id = fc.referenced_column_id
ORDER BY f.object_id, fc.constraint_column_id;
