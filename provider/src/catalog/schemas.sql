-- Schemas with their owners.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/schemas-catalog-views-sys-schemas
SELECT s.schema_id AS schemaId, s.name, COALESCE(p.name, N'') AS owner
FROM sys.schemas AS s
LEFT JOIN sys.database_principals AS p ON p.principal_id = s.principal_id;
