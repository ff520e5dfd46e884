-- The GUID that all files of this database carry. One row; none on Azure SQL Database, and none for who may not alter the database.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-database-recovery-status-transact-sql
IF CONVERT(int, SERVERPROPERTY('EngineEdition')) <> 5
  EXEC (N'SELECT CONVERT(nvarchar(36), r.database_guid) AS databaseGuid FROM sys.database_recovery_status AS r WHERE r.database_id = DB_ID();');
ELSE
  SELECT TOP (0) N'' AS databaseGuid;
