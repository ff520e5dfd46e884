-- A database with rows goes.
-- old inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Database/sales",
--   "name": "sales"
-- }
-- note: Needs exclusive access to the database. Who is in it: SELECT session_id, login_name, host_name, program_name FROM sys.dm_exec_sessions WHERE database_id = DB_ID(N'sales');

USE [master];
GO

-- drop database sales (outside a transaction)
-- hazard data-loss:sales (1200 rows): drops the database with everything in it
DROP DATABASE [sales];
GO
