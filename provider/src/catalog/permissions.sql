-- Grants and denials on the database, its schemas, types, objects and principals, and on what has one name only.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-database-permissions-transact-sql
SELECT
  CONVERT(int, p.class) AS class,
  p.major_id AS majorId,
  p.minor_id AS minorId,
  c.name AS columnName,
  CASE p.class
    WHEN 4 THEN USER_NAME(p.major_id)
    WHEN 5 THEN (SELECT a.name FROM sys.assemblies AS a WHERE a.assembly_id = p.major_id)
    WHEN 15 THEN (SELECT m.name COLLATE DATABASE_DEFAULT FROM sys.service_message_types AS m WHERE m.message_type_id = p.major_id)
    WHEN 16 THEN (SELECT n.name COLLATE DATABASE_DEFAULT FROM sys.service_contracts AS n WHERE n.service_contract_id = p.major_id)
    WHEN 17 THEN (SELECT s.name COLLATE DATABASE_DEFAULT FROM sys.services AS s WHERE s.service_id = p.major_id)
    WHEN 18 THEN (SELECT b.name COLLATE DATABASE_DEFAULT FROM sys.remote_service_bindings AS b WHERE b.remote_service_binding_id = p.major_id)
    WHEN 19 THEN (SELECT t.name COLLATE DATABASE_DEFAULT FROM sys.routes AS t WHERE t.route_id = p.major_id)
  END AS securable,
  p.permission_name AS permission,
  p.state_desc AS state,
  g.name AS grantee,
  r.name AS grantor
FROM sys.database_permissions AS p
INNER JOIN sys.database_principals AS g ON g.principal_id = p.grantee_principal_id
INNER JOIN sys.database_principals AS r ON r.principal_id = p.grantor_principal_id
LEFT JOIN sys.columns AS c ON p.class = 1 AND c.object_id = p.major_id AND c.column_id = p.minor_id
WHERE p.class IN (0, 1, 3, 4, 5, 6, 15, 16, 17, 18, 19) AND p.major_id >= 0;
