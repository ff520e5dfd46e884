-- Message types of Service Broker, without those that every database is born with (ids below 65536). None on Azure SQL Database.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-service-message-types-transact-sql
IF CONVERT(int, SERVERPROPERTY('EngineEdition')) <> 5
  EXEC (N'SELECT
    t.message_type_id AS messageTypeId,
    t.name,
    COALESCE(p.name, N'''') AS owner,
    RTRIM(t.validation) AS validation,
    s.name AS collectionSchema,
    x.name AS collectionName
  FROM sys.service_message_types AS t
  LEFT JOIN sys.database_principals AS p ON p.principal_id = t.principal_id
  LEFT JOIN sys.xml_schema_collections AS x ON x.xml_collection_id = t.xml_collection_id
  LEFT JOIN sys.schemas AS s ON s.schema_id = x.schema_id
  WHERE t.message_type_id >= 65536;');
ELSE
  SELECT TOP (0) 0 AS messageTypeId, N'' AS name, N'' AS owner, N'' AS validation, N'' AS collectionSchema, N'' AS collectionName;
