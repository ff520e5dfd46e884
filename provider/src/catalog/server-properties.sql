-- The instance and what its login may do. One row.
-- https://learn.microsoft.com/sql/t-sql/functions/serverproperty-transact-sql
SELECT
  @@SERVERNAME AS name,
  CONVERT(nvarchar(128), SERVERPROPERTY('ProductVersion')) AS productVersion,
  CONVERT(int, SERVERPROPERTY('ProductMajorVersion')) AS majorVersion,
  CONVERT(nvarchar(128), SERVERPROPERTY('Edition')) AS edition,
  CONVERT(int, SERVERPROPERTY('EngineEdition')) AS engineEdition,
  CONVERT(nvarchar(128), SERVERPROPERTY('Collation')) AS collation,
  -- sys.dm_os_host_info needs VIEW SERVER PERFORMANCE STATE from SQL Server 2022 on; this needs nothing.
  CASE WHEN CONVERT(nvarchar(10), SERVERPROPERTY('PathSeparator')) = N'/' THEN N'Linux' ELSE N'Windows' END AS hostPlatform,
  CONVERT(nvarchar(260), SERVERPROPERTY('InstanceDefaultDataPath')) AS dataPath,
  CONVERT(nvarchar(260), SERVERPROPERTY('InstanceDefaultLogPath')) AS logPath,
  COALESCE(CONVERT(int, SERVERPROPERTY('FilestreamEffectiveLevel')), 0) AS filestreamLevel,
  CONVERT(bit, COALESCE((SELECT CONVERT(int, c.value_in_use) FROM sys.configurations AS c WHERE c.name = N'clr enabled'), 0)) AS isClrEnabled,
  CONVERT(bit, COALESCE((SELECT CONVERT(int, c.value_in_use) FROM sys.configurations AS c WHERE c.name = N'clr strict security'), 0)) AS isClrStrictSecurity,
  CONVERT(bit, COALESCE((SELECT CONVERT(int, c.value_in_use) FROM sys.configurations AS c WHERE c.name = N'contained database authentication'), 0)) AS isContainedAuthenticationEnabled,
  SUSER_SNAME() AS login,
  CONVERT(bit, COALESCE(IS_SRVROLEMEMBER(N'sysadmin'), 0)) AS isSysadmin,
  CONVERT(bit, COALESCE(HAS_PERMS_BY_NAME(NULL, NULL, N'CREATE ANY DATABASE'), 0)) AS canCreateDatabase,
  CONVERT(bit, COALESCE(HAS_PERMS_BY_NAME(NULL, NULL, N'VIEW ANY DATABASE'), 0)) AS seesDatabases,
  CONVERT(bit, CASE WHEN 1 IN (HAS_PERMS_BY_NAME(NULL, NULL, N'VIEW ANY DEFINITION'), HAS_PERMS_BY_NAME(NULL, NULL, N'ALTER ANY LOGIN')) THEN 1 ELSE 0 END) AS seesLogins,
  CONVERT(bit, CASE WHEN 1 IN (HAS_PERMS_BY_NAME(NULL, NULL, N'VIEW ANY DEFINITION'), HAS_PERMS_BY_NAME(NULL, NULL, N'ALTER ANY ENDPOINT')) THEN 1 ELSE 0 END) AS seesEndpoints;
