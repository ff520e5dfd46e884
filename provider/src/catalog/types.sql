-- Alias, table and CLR types that users made.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-types-transact-sql
SELECT
  t.user_type_id AS userTypeId,
  s.name AS schemaName,
  t.name,
  t.is_table_type AS isTableType,
  t.is_assembly_type AS isAssemblyType,
  tt.is_memory_optimized AS isMemoryOptimized,
  tt.type_table_object_id AS tableObjectId,
  b.name AS baseTypeName,
  CONVERT(int, t.max_length) AS maxLength,
  CONVERT(int, t.precision) AS precision,
  CONVERT(int, t.scale) AS scale,
  t.is_nullable AS isNullable
FROM sys.types AS t
INNER JOIN sys.schemas AS s ON s.schema_id = t.schema_id
LEFT JOIN sys.table_types AS tt ON tt.user_type_id = t.user_type_id
LEFT JOIN sys.types AS b ON b.user_type_id = t.system_type_id AND b.system_type_id = t.system_type_id
WHERE t.is_user_defined = 1;
