-- Logins of the server, without roles and without the server's own.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-server-principals-transact-sql
SELECT
  p.principal_id AS principalId,
  p.name,
  CONVERT(nvarchar(1), RTRIM(p.type)) AS type,
  CONVERT(varchar(172), p.sid, 1) AS sid,
  CONVERT(bit, p.is_disabled) AS isDisabled,
  p.default_database_name AS defaultDatabase,
  p.default_language_name AS defaultLanguage,
  CONVERT(bit, COALESCE(l.is_policy_checked, 0)) AS isPolicyChecked,
  CONVERT(bit, COALESCE(l.is_expiration_checked, 0)) AS isExpirationChecked
FROM sys.server_principals AS p
LEFT JOIN sys.sql_logins AS l ON l.principal_id = p.principal_id
WHERE p.type <> 'R';
