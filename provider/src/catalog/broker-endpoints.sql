-- The endpoint through which conversations leave the server: one at most. The Azure flavours have none that can be changed.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-service-broker-endpoints-transact-sql
IF CONVERT(int, SERVERPROPERTY('EngineEdition')) NOT IN (5, 8)
  EXEC (N'SELECT
    e.endpoint_id AS endpointId,
    e.name,
    COALESCE(p.name, N'''') AS owner,
    e.state_desc AS state,
    t.port,
    t.ip_address AS ipAddress,
    CONVERT(int, e.connection_auth) AS authentication,
    c.name AS certificate,
    CONVERT(int, e.encryption_algorithm) AS encryption,
    e.is_message_forwarding_enabled AS isForwarding,
    e.message_forwarding_size AS forwardSizeMb
  FROM sys.service_broker_endpoints AS e
  INNER JOIN sys.tcp_endpoints AS t ON t.endpoint_id = e.endpoint_id
  LEFT JOIN sys.server_principals AS p ON p.principal_id = e.principal_id
  LEFT JOIN master.sys.certificates AS c ON c.certificate_id = e.certificate_id;');
ELSE
  SELECT TOP (0) 0 AS endpointId, N'' AS name, N'' AS owner, N'' AS state, 0 AS port, N'' AS ipAddress, 0 AS authentication, N'' AS certificate,
    0 AS encryption, CONVERT(bit, 0) AS isForwarding, 0 AS forwardSizeMb;
