-- Services of Service Broker: one row for each contract, one for a service without contracts. None on Azure SQL Database.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-services-transact-sql
IF CONVERT(int, SERVERPROPERTY('EngineEdition')) <> 5
  EXEC (N'SELECT
    v.service_id AS serviceId,
    v.name,
    COALESCE(p.name, N'''') AS owner,
    s.name AS queueSchema,
    q.name AS queueName,
    c.name AS contract
  FROM sys.services AS v
  INNER JOIN sys.service_queues AS q ON q.object_id = v.service_queue_id
  INNER JOIN sys.schemas AS s ON s.schema_id = q.schema_id
  LEFT JOIN sys.database_principals AS p ON p.principal_id = v.principal_id
  LEFT JOIN sys.service_contract_usages AS u ON u.service_id = v.service_id
  LEFT JOIN sys.service_contracts AS c ON c.service_contract_id = u.service_contract_id
  WHERE v.service_id >= 65536;');
ELSE
  SELECT TOP (0) 0 AS serviceId, N'' AS name, N'' AS owner, N'' AS queueSchema, N'' AS queueName, N'' AS contract;
