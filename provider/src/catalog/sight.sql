-- What of this database the login may see. One row. Without these rights the other queries leave rows out and say nothing.
-- https://learn.microsoft.com/sql/relational-databases/security/metadata-visibility-configuration
SELECT
  USER_NAME() AS userName,
  CONVERT(bit, COALESCE(HAS_PERMS_BY_NAME(QUOTENAME(DB_NAME()), N'DATABASE', N'VIEW DEFINITION'), 0)) AS seesDefinitions,
  -- NULL before SQL Server 2022, where the one above is all that there is.
  CONVERT(bit, COALESCE(HAS_PERMS_BY_NAME(QUOTENAME(DB_NAME()), N'DATABASE', N'VIEW SECURITY DEFINITION'), 1)) AS seesSecurity,
  -- NULL while nothing was deployed.
  CONVERT(bit, COALESCE(HAS_PERMS_BY_NAME(N'iac.[object]', N'OBJECT', N'SELECT'), 1)) AS readsBooks,
  d.class AS deniedClass,
  d.id AS deniedId,
  d.permission AS deniedPermission,
  d.grantee AS deniedTo
FROM (SELECT 1 AS one) AS o
OUTER APPLY (
  SELECT TOP (1) CONVERT(int, p.class) AS class, p.major_id AS id, p.permission_name AS permission, t.name AS grantee
  FROM sys.database_permissions AS p
  INNER JOIN sys.user_token AS t ON t.principal_id = p.grantee_principal_id
  WHERE p.state = 'D' AND p.class <> 0 AND p.minor_id = 0 AND p.permission_name IN (N'VIEW DEFINITION', N'CONTROL') AND USER_ID() <> 1
  ORDER BY p.class, p.major_id
) AS d;
