-- Contracts of Service Broker: one row for each message type. None on Azure SQL Database.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-service-contract-message-usages-transact-sql
IF CONVERT(int, SERVERPROPERTY('EngineEdition')) <> 5
  EXEC (N'SELECT
    c.service_contract_id AS contractId,
    c.name,
    COALESCE(p.name, N'''') AS owner,
    t.name AS messageType,
    u.is_sent_by_initiator AS isSentByInitiator,
    u.is_sent_by_target AS isSentByTarget
  FROM sys.service_contracts AS c
  LEFT JOIN sys.database_principals AS p ON p.principal_id = c.principal_id
  LEFT JOIN sys.service_contract_message_usages AS u ON u.service_contract_id = c.service_contract_id
  LEFT JOIN sys.service_message_types AS t ON t.message_type_id = u.message_type_id
  WHERE c.service_contract_id >= 65536;');
ELSE
  SELECT TOP (0) 0 AS contractId, N'' AS name, N'' AS owner, N'' AS messageType, CONVERT(bit, 0) AS isSentByInitiator, CONVERT(bit, 0) AS isSentByTarget;
