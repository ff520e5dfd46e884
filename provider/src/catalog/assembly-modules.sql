-- Functions, procedures, aggregates and triggers that run code of an assembly.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-assembly-modules-transact-sql
SELECT
  m.object_id AS objectId,
  m.assembly_id AS assemblyId,
  m.assembly_class AS className,
  m.assembly_method AS method,
  m.null_on_null_input AS nullOnNullInput,
  CASE
    WHEN m.execute_as_principal_id IS NULL THEN NULL
    WHEN m.execute_as_principal_id = -2 THEN N'OWNER'
    ELSE USER_NAME(m.execute_as_principal_id)
  END AS executeAs,
  CONVERT(bit, CASE WHEN EXISTS (SELECT 1 FROM sys.trigger_events AS e WHERE e.object_id = m.object_id AND e.type = 1) THEN 1 ELSE 0 END) AS onInsert,
  CONVERT(bit, CASE WHEN EXISTS (SELECT 1 FROM sys.trigger_events AS e WHERE e.object_id = m.object_id AND e.type = 2) THEN 1 ELSE 0 END) AS onUpdate,
  CONVERT(bit, CASE WHEN EXISTS (SELECT 1 FROM sys.trigger_events AS e WHERE e.object_id = m.object_id AND e.type = 3) THEN 1 ELSE 0 END) AS onDelete
FROM sys.assembly_modules AS m;
