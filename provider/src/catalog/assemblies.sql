-- Assemblies of users, and the server's own, each with what tells whether its bytes are the wanted ones.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-assemblies-transact-sql
SELECT
  a.assembly_id AS assemblyId,
  a.name,
  p.name AS owner,
  a.clr_name AS clrName,
  a.permission_set_desc AS permissionSet,
  a.is_visible AS isVisible,
  a.is_user_defined AS isUserDefined,
  CONVERT(varchar(36), ASSEMBLYPROPERTY(a.name, N'MvID')) AS mvid,
  CASE WHEN a.is_user_defined = 1 THEN CONVERT(varchar(128), HASHBYTES('SHA2_512', f.content), 2) END AS contentHash,
  CONVERT(bigint, DATALENGTH(f.content)) AS contentLength,
  (SELECT COUNT(*) FROM sys.assembly_files AS x WHERE x.assembly_id = a.assembly_id AND x.file_id > 1) AS extraFiles
FROM sys.assemblies AS a
LEFT JOIN sys.database_principals AS p ON p.principal_id = a.principal_id
LEFT JOIN sys.assembly_files AS f ON f.assembly_id = a.assembly_id AND f.file_id = 1;
