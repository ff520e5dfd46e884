-- Which registered assembly refers to which; the server's own libraries have no row.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-assembly-references-transact-sql
SELECT
  r.assembly_id AS assemblyId,
  r.referenced_assembly_id AS referencedId
FROM sys.assembly_references AS r;
