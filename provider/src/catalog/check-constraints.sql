-- CHECK constraints of user tables.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-check-constraints-transact-sql
SELECT
  c.parent_object_id AS tableId,
  c.name,
  c.definition,
  c.is_disabled AS isDisabled,
  c.is_not_trusted AS isNotTrusted,
  c.is_not_for_replication AS isNotForReplication,
  c.is_system_named AS isSystemNamed,
  c.parent_column_id AS parentColumnId
FROM sys.check_constraints AS c
WHERE c.is_ms_shipped = 0
ORDER BY c.parent_object_id, c.object_id;
