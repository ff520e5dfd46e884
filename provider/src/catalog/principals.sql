-- Users and roles. A user that no login stands behind any more has a sid and no login.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-database-principals-transact-sql
SELECT
  p.principal_id AS principalId,
  p.name,
  CONVERT(nvarchar(1), RTRIM(p.type)) AS type,
  p.default_schema_name AS defaultSchema,
  USER_NAME(p.owning_principal_id) AS owner,
  CONVERT(varchar(172), p.sid, 1) AS sid,
  CONVERT(bit, p.is_fixed_role) AS isFixedRole,
  p.authentication_type_desc AS authentication,
  CASE WHEN p.type IN ('S', 'U', 'G', 'E', 'X') AND p.principal_id <> 1 AND p.sid IS NOT NULL THEN SUSER_SNAME(p.sid) END AS login
FROM sys.database_principals AS p;
