-- Another collation for new columns.
-- old inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Database/sales",
--   "name": "sales",
--   "collation": "SQL_Latin1_General_CP1_CI_AS"
-- }
-- new inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Database/sales",
--   "name": "sales",
--   "collation": "Latin1_General_100_CS_AS"
-- }
-- note: Existing columns keep their collation; only new columns take the database's.
-- note: Needs exclusive access to the database. Who is in it: SELECT session_id, login_name, host_name, program_name FROM sys.dm_exec_sessions WHERE database_id = DB_ID(N'sales');

USE [master];
GO

-- set collation Latin1_General_100_CS_AS on database sales (outside a transaction)
-- hazard long-lock:sales: COLLATE needs the database for itself and fails at once while other sessions use it (disconnectSessionsAfterSeconds sends them away)
ALTER DATABASE [sales] COLLATE Latin1_General_100_CS_AS;
GO
