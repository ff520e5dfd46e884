-- Priorities of conversations; an empty contract, local or far service means any. None on Azure SQL Database.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-conversation-priorities-transact-sql
IF CONVERT(int, SERVERPROPERTY('EngineEdition')) <> 5
  EXEC (N'SELECT
    p.name,
    c.name AS contract,
    v.name AS localService,
    p.remote_service_name AS remoteService,
    CONVERT(int, p.priority) AS level
  FROM sys.conversation_priorities AS p
  LEFT JOIN sys.service_contracts AS c ON c.service_contract_id = p.service_contract_id
  LEFT JOIN sys.services AS v ON v.service_id = p.local_service_id;');
ELSE
  SELECT TOP (0) N'' AS name, N'' AS contract, N'' AS localService, N'' AS remoteService, 0 AS level;
