-- A database gets a new name.
-- old inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Database/sales",
--   "name": "shop"
-- }
-- new inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Database/sales",
--   "name": "sales",
--   "renamedFrom": "shop",
--   "compatibilityLevel": 150,
--   "disconnectSessionsAfterSeconds": 15
-- }
-- note: Needs exclusive access to the database. Who is in it: SELECT session_id, login_name, host_name, program_name FROM sys.dm_exec_sessions WHERE database_id = DB_ID(N'shop');

USE [master];
GO

-- rename database shop to sales (outside a transaction)
-- hazard long-lock:shop: MODIFY NAME needs the database for itself: after 15 s open transactions are rolled back and all other sessions are disconnected
USE [shop];
SET XACT_ABORT OFF;
ALTER DATABASE [shop] SET SINGLE_USER WITH ROLLBACK AFTER 15 SECONDS;
ALTER DATABASE [shop] MODIFY NAME = [sales];
ALTER DATABASE CURRENT SET MULTI_USER;
USE [master];
GO

-- set COMPATIBILITY_LEVEL = 150 on database sales (outside a transaction)
ALTER DATABASE [sales] SET COMPATIBILITY_LEVEL = 150;
GO
