-- Remote service bindings: whose certificate stands for a far service. None on Azure SQL Database.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-remote-service-bindings-transact-sql
IF CONVERT(int, SERVERPROPERTY('EngineEdition')) <> 5
  EXEC (N'SELECT
    b.remote_service_binding_id AS bindingId,
    b.name,
    COALESCE(p.name, N'''') AS owner,
    COALESCE(b.remote_service_name, N'''') AS serviceName,
    COALESCE(u.name, N'''') AS [user],
    b.is_anonymous_on AS isAnonymous
  FROM sys.remote_service_bindings AS b
  LEFT JOIN sys.database_principals AS p ON p.principal_id = b.principal_id
  LEFT JOIN sys.database_principals AS u ON u.principal_id = b.remote_principal_id;');
ELSE
  SELECT TOP (0) 0 AS bindingId, N'' AS name, N'' AS owner, N'' AS serviceName, N'' AS [user], CONVERT(bit, 0) AS isAnonymous;
