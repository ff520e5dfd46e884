-- Partition functions, one row for each boundary in order; one row for a function without any. The value as text, in the form of its type.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-partition-functions-transact-sql
SELECT
  f.function_id AS functionId,
  f.name,
  f.boundary_value_on_right AS boundaryOnRight,
  t.name AS typeName,
  CONVERT(int, p.max_length) AS maxLength,
  CONVERT(int, p.precision) AS precision,
  CONVERT(int, p.scale) AS scale,
  p.collation_name AS collation,
  v.boundary_id AS boundaryId,
  CASE
    WHEN t.name = N'date' THEN CONVERT(nvarchar(4000), CONVERT(date, v.value), 23)
    WHEN t.name IN (N'datetime', N'smalldatetime', N'datetime2') THEN CONVERT(nvarchar(4000), CONVERT(datetime2(7), v.value), 126)
    WHEN t.name = N'datetimeoffset' THEN CONVERT(nvarchar(4000), CONVERT(datetimeoffset(7), v.value), 126)
    WHEN t.name IN (N'binary', N'varbinary') THEN CONVERT(nvarchar(4000), CONVERT(varbinary(8000), v.value), 1)
    WHEN t.name IN (N'money', N'smallmoney') THEN CONVERT(nvarchar(4000), CONVERT(money, v.value), 2)
    ELSE CONVERT(nvarchar(4000), v.value)
  END AS boundary
FROM sys.partition_functions AS f
INNER JOIN sys.partition_parameters AS p ON p.function_id = f.function_id
INNER JOIN sys.types AS t ON t.user_type_id = p.user_type_id
LEFT JOIN sys.partition_range_values AS v ON v.function_id = f.function_id AND v.parameter_id = p.parameter_id
WHERE f.is_system = 0
ORDER BY f.function_id, v.boundary_id;
