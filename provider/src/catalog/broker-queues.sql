-- Queues of Service Broker with their activation and the filegroup of the internal table (201) that holds the messages. None on Azure
-- SQL Database.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-service-queues-transact-sql
IF CONVERT(int, SERVERPROPERTY('EngineEdition')) <> 5
  EXEC (N'SELECT
    q.object_id AS objectId,
    s.name AS schemaName,
    q.name,
    o.name AS owner,
    q.is_receive_enabled AS isReceiveEnabled,
    q.is_enqueue_enabled AS isEnqueueEnabled,
    q.is_retention_enabled AS isRetentionEnabled,
    q.is_poison_message_handling_enabled AS isPoisonMessageHandlingEnabled,
    q.is_activation_enabled AS isActivationEnabled,
    q.activation_procedure AS activationProcedure,
    CONVERT(int, q.max_readers) AS maxReaders,
    e.name AS executeAs,
    CONVERT(bit, CASE WHEN q.execute_as_principal_id = -2 THEN 1 ELSE 0 END) AS isExecutedAsOwner,
    f.name AS filegroup
  FROM sys.service_queues AS q
  INNER JOIN sys.schemas AS s ON s.schema_id = q.schema_id
  LEFT JOIN sys.database_principals AS o ON o.principal_id = q.principal_id
  LEFT JOIN sys.database_principals AS e ON e.principal_id = q.execute_as_principal_id
  LEFT JOIN sys.internal_tables AS t ON t.parent_id = q.object_id AND t.internal_type = 201
  LEFT JOIN sys.indexes AS i ON i.object_id = t.object_id AND i.index_id = 1
  LEFT JOIN sys.data_spaces AS f ON f.data_space_id = i.data_space_id
  WHERE q.is_ms_shipped = 0;');
ELSE
  SELECT TOP (0) 0 AS objectId, N'' AS schemaName, N'' AS name, N'' AS owner, CONVERT(bit, 0) AS isReceiveEnabled, CONVERT(bit, 0) AS isEnqueueEnabled,
    CONVERT(bit, 0) AS isRetentionEnabled, CONVERT(bit, 0) AS isPoisonMessageHandlingEnabled, CONVERT(bit, 0) AS isActivationEnabled,
    N'' AS activationProcedure, 0 AS maxReaders, N'' AS executeAs, CONVERT(bit, 0) AS isExecutedAsOwner,
    N'' AS filegroup;
