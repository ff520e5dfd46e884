-- Types whose values are objects of a class in an assembly.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-assembly-types-transact-sql
SELECT
  t.user_type_id AS userTypeId,
  t.assembly_id AS assemblyId,
  t.assembly_class AS className
FROM sys.assembly_types AS t
INNER JOIN sys.assemblies AS a ON a.assembly_id = t.assembly_id
WHERE a.is_user_defined = 1;
