-- Writable again, no longer the default; sessions may be sent away.
-- old inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Filegroup/archive",
--   "database": "sales",
--   "name": "archive",
--   "isDefault": true,
--   "readOnly": true,
--   "autogrowAllFiles": true
-- }
-- new inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Filegroup/archive",
--   "database": "sales",
--   "name": "archive",
--   "isDefault": false,
--   "readOnly": false,
--   "autogrowAllFiles": false,
--   "disconnectSessionsAfterSeconds": 30
-- }
-- note: Needs exclusive access to the database. Who is in it: SELECT session_id, login_name, host_name, program_name FROM sys.dm_exec_sessions WHERE database_id = DB_ID(N'sales');

USE [master];
GO

-- set filegroup archive READ_WRITE (outside a transaction)
-- hazard long-lock:sales: READ_WRITE needs the database for itself: after 30 s open transactions are rolled back and all other sessions are disconnected
ALTER DATABASE [sales] MODIFY FILEGROUP [archive] READ_WRITE WITH ROLLBACK AFTER 30 SECONDS;
GO

-- make PRIMARY the default filegroup (outside a transaction)
ALTER DATABASE [sales] MODIFY FILEGROUP [PRIMARY] DEFAULT;
GO

-- set filegroup archive AUTOGROW_SINGLE_FILE (outside a transaction)
-- hazard long-lock:sales: AUTOGROW_SINGLE_FILE needs the database for itself: after 30 s open transactions are rolled back and all other sessions are disconnected
ALTER DATABASE [sales] MODIFY FILEGROUP [archive] AUTOGROW_SINGLE_FILE WITH ROLLBACK AFTER 30 SECONDS;
GO
