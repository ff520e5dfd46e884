-- Grants and denials on the database, its schemas, types and objects.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-database-permissions-transact-sql
SELECT
  CONVERT(int, p.class) AS class,
  p.major_id AS majorId,
  p.minor_id AS minorId,
  c.name AS columnName,
  p.permission_name AS permission,
  p.state_desc AS state,
  g.name AS grantee,
  r.name AS grantor
FROM sys.database_permissions AS p
INNER JOIN sys.database_principals AS g ON g.principal_id = p.grantee_principal_id
INNER JOIN sys.database_principals AS r ON r.principal_id = p.grantor_principal_id
LEFT JOIN sys.columns AS c ON p.class = 1 AND c.object_id = p.major_id AND c.column_id = p.minor_id
WHERE p.class IN (0, 1, 3, 6) AND p.major_id >= 0;
