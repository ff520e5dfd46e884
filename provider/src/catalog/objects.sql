-- Programmable objects: modules with the hash of their text, synonyms, sequences, queues, CLR objects, triggers of the database.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-sql-modules-transact-sql
SELECT
  o.object_id AS objectId,
  COALESCE(s.name, N'') AS schemaName,
  o.name,
  RTRIM(o.type) AS type,
  ps.name AS parentSchema,
  po.name AS parentName,
  LOWER(CONVERT(varchar(64), HASHBYTES('SHA2_256', m.definition), 2)) AS definitionHash,
  CONVERT(bit, CASE WHEN m.object_id IS NOT NULL AND m.definition IS NULL THEN 1 ELSE 0 END) AS isEncrypted,
  COALESCE(m.uses_ansi_nulls, CONVERT(bit, 1)) AS usesAnsiNulls,
  COALESCE(m.uses_quoted_identifier, CONVERT(bit, 1)) AS usesQuotedIdentifier,
  m.is_schema_bound AS isSchemaBound,
  m.uses_native_compilation AS isNativelyCompiled,
  CASE
    WHEN m.execute_as_principal_id IS NULL THEN NULL
    WHEN m.execute_as_principal_id = -2 THEN N'OWNER'
    ELSE USER_NAME(m.execute_as_principal_id)
  END AS executeAs,
  tr.is_disabled AS isTriggerDisabled,
  tr.is_instead_of_trigger AS isInsteadOfTrigger,
  sy.base_object_name AS baseObjectName,
  CASE WHEN q.object_id IS NULL THEN NULL ELSE CASE WHEN qt.is_user_defined = 1 THEN SCHEMA_NAME(qt.schema_id) + N'.' + qt.name ELSE qt.name END END AS sequenceType,
  CONVERT(int, q.precision) AS sequencePrecision,
  CONVERT(varchar(40), q.start_value) AS sequenceStart,
  CONVERT(varchar(40), q.increment) AS sequenceIncrement,
  CONVERT(varchar(40), q.minimum_value) AS sequenceMinimum,
  CONVERT(varchar(40), q.maximum_value) AS sequenceMaximum,
  CONVERT(varchar(40), q.current_value) AS sequenceCurrent,
  q.is_cycling AS sequenceCycles,
  q.is_cached AS sequenceIsCached,
  q.cache_size AS sequenceCacheSize
FROM (
  SELECT object_id, schema_id, name, type, parent_object_id
  FROM sys.objects
  WHERE is_ms_shipped = 0 AND type IN ('P', 'V', 'FN', 'IF', 'TF', 'TR', 'SN', 'SO', 'SQ', 'PC', 'FS', 'FT', 'AF', 'TA')
  UNION ALL
  SELECT object_id, NULL, name, type, 0
  FROM sys.triggers
  WHERE is_ms_shipped = 0 AND parent_class = 0
) AS o
LEFT JOIN sys.schemas AS s ON s.schema_id = o.schema_id
LEFT JOIN sys.objects AS po ON po.object_id = o.parent_object_id
LEFT JOIN sys.schemas AS ps ON ps.schema_id = po.schema_id
LEFT JOIN sys.sql_modules AS m ON m.object_id = o.object_id
LEFT JOIN sys.triggers AS tr ON tr.object_id = o.object_id
LEFT JOIN sys.synonyms AS sy ON sy.object_id = o.object_id
LEFT JOIN sys.sequences AS q ON q.object_id = o.object_id
LEFT JOIN sys.types AS qt ON qt.user_type_id = q.user_type_id;
