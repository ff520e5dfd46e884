-- Parameters of modules in assemblies, the result (0) included, and the result columns of table functions: what their CREATE says.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-parameters-transact-sql
SELECT
  p.object_id AS objectId,
  CONVERT(bit, 0) AS isColumn,
  p.parameter_id AS ordinal,
  p.name,
  ts.name AS typeSchema,
  t.name AS typeName,
  t.is_user_defined AS isUserDefinedType,
  CONVERT(int, p.max_length) AS maxLength,
  CONVERT(int, p.precision) AS precision,
  CONVERT(int, p.scale) AS scale,
  p.is_output AS isOutput,
  p.has_default_value AS hasDefault,
  CONVERT(nvarchar(4000), p.default_value) AS defaultValue,
  CONVERT(int, NULL) AS orderPosition,
  CONVERT(bit, 0) AS isDescending
FROM sys.assembly_modules AS m
INNER JOIN sys.parameters AS p ON p.object_id = m.object_id
INNER JOIN sys.types AS t ON t.user_type_id = p.user_type_id
INNER JOIN sys.schemas AS ts ON ts.schema_id = t.schema_id
UNION ALL
SELECT
  c.object_id,
  CONVERT(bit, 1),
  c.column_id,
  c.name,
  ts.name,
  t.name,
  t.is_user_defined,
  CONVERT(int, c.max_length),
  CONVERT(int, c.precision),
  CONVERT(int, c.scale),
  CONVERT(bit, 0),
  CONVERT(bit, 0),
  NULL,
  o.order_column_id,
  o.is_descending
FROM sys.assembly_modules AS m
INNER JOIN sys.columns AS c ON c.object_id = m.object_id
INNER JOIN sys.types AS t ON t.user_type_id = c.user_type_id
INNER JOIN sys.schemas AS ts ON ts.schema_id = t.schema_id
LEFT JOIN sys.function_order_columns AS o ON o.object_id = c.object_id AND o.column_id = c.column_id;
