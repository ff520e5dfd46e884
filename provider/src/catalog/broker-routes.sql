-- Routes of Service Broker; AutoCreatedLocal is one of them. The lifetime is kept as a time in UTC. None on Azure SQL Database.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-routes-transact-sql
IF CONVERT(int, SERVERPROPERTY('EngineEdition')) <> 5
  EXEC (N'SELECT
    r.route_id AS routeId,
    r.name,
    COALESCE(p.name, N'''') AS owner,
    r.remote_service_name AS serviceName,
    r.broker_instance AS brokerInstance,
    CONVERT(nvarchar(30), r.lifetime, 126) AS expiresAt,
    COALESCE(r.address, N'''') AS address,
    r.mirror_address AS mirrorAddress
  FROM sys.routes AS r
  LEFT JOIN sys.database_principals AS p ON p.principal_id = r.principal_id;');
ELSE
  SELECT TOP (0) 0 AS routeId, N'' AS name, N'' AS owner, N'' AS serviceName, N'' AS brokerInstance, N'' AS expiresAt, N'' AS address, N'' AS mirrorAddress;
