-- References that stop an ALTER or DROP: schema-bound ones, and those to types.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-sql-expression-dependencies-transact-sql
SELECT
  d.referencing_id AS referencingId,
  s.name AS referencingSchema,
  COALESCE(o.name, N'') AS referencingName,
  COALESCE(RTRIM(o.type), '') AS referencingType,
  d.referencing_minor_id AS referencingMinorId,
  CONVERT(int, d.referenced_class) AS referencedClass,
  d.referenced_id AS referencedId,
  d.referenced_schema_name AS referencedSchema,
  COALESCE(d.referenced_entity_name, N'') AS referencedName,
  d.referenced_minor_id AS referencedMinorId
FROM sys.sql_expression_dependencies AS d
LEFT JOIN sys.objects AS o ON o.object_id = d.referencing_id
LEFT JOIN sys.schemas AS s ON s.schema_id = o.schema_id
WHERE d.is_schema_bound_reference = 1 OR d.referenced_class = 6;
