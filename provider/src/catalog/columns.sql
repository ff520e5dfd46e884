-- Columns of user tables and of table types, in column order, each with its default, identity and computed text.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-columns-transact-sql
SELECT
  c.object_id AS objectId,
  c.column_id AS columnId,
  c.name,
  ts.name AS typeSchema,
  t.name AS typeName,
  b.name AS baseTypeName,
  t.is_user_defined AS isUserDefinedType,
  CONVERT(int, c.max_length) AS maxLength,
  CONVERT(int, c.precision) AS precision,
  CONVERT(int, c.scale) AS scale,
  c.collation_name AS collation,
  c.is_nullable AS isNullable,
  c.is_rowguidcol AS isRowGuid,
  c.is_sparse AS isSparse,
  c.is_column_set AS isColumnSet,
  c.is_filestream AS isFilestream,
  c.is_hidden AS isHidden,
  CONVERT(int, c.generated_always_type) AS generatedAlwaysType,
  c.is_masked AS isMasked,
  c.is_identity AS isIdentity,
  CONVERT(varchar(40), i.seed_value) AS identitySeed,
  CONVERT(varchar(40), i.increment_value) AS identityIncrement,
  CONVERT(varchar(40), i.last_value) AS identityLastValue,
  i.is_not_for_replication AS identityNotForReplication,
  c.is_computed AS isComputed,
  cc.definition AS computedDefinition,
  cc.is_persisted AS isPersisted,
  d.name AS defaultName,
  d.definition AS defaultDefinition,
  d.is_system_named AS defaultIsSystemNamed
FROM sys.columns AS c
INNER JOIN sys.objects AS o ON o.object_id = c.object_id
INNER JOIN sys.types AS t ON t.user_type_id = c.user_type_id
INNER JOIN sys.schemas AS ts ON ts.schema_id = t.schema_id
LEFT JOIN sys.types AS b ON b.user_type_id = c.system_type_id AND b.system_type_id = c.system_type_id
LEFT JOIN sys.identity_columns AS i ON i.object_id = c.object_id AND i.column_id = c.column_id
LEFT JOIN sys.computed_columns AS cc ON cc.object_id = c.object_id AND cc.column_id = c.column_id
LEFT JOIN sys.default_constraints AS d ON d.object_id = c.default_object_id
WHERE o.type IN ('U', 'TT') AND (o.is_ms_shipped = 0 OR o.type = 'TT')
ORDER BY c.object_id, c.column_id;
