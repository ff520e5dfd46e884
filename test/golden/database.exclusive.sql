-- Broker, row versions and ADR on; other sessions are left alone.
-- old inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Database/sales",
--   "name": "sales",
--   "collation": "SQL_Latin1_General_CP1_CI_AS",
--   "ownerLogin": "sa",
--   "autoClose": false,
--   "autoShrink": false,
--   "autoCreateStatistics": true,
--   "autoCreateStatisticsIncremental": false,
--   "autoUpdateStatistics": true,
--   "autoUpdateStatisticsAsync": false,
--   "compatibilityLevel": 160,
--   "recoveryModel": "FULL",
--   "pageVerify": "CHECKSUM",
--   "delayedDurability": "DISABLED",
--   "targetRecoveryTimeSeconds": 60,
--   "trustworthy": false,
--   "databaseChaining": false,
--   "containment": "NONE",
--   "readCommittedSnapshot": false,
--   "acceleratedDatabaseRecovery": false,
--   "brokerEnabled": false,
--   "snapshotIsolation": false,
--   "readOnly": false,
--   "queryStore": {
--     "mode": "READ_WRITE",
--     "captureMode": "AUTO",
--     "maxStorageSizeMb": 1000,
--     "flushIntervalSeconds": 900,
--     "intervalLengthMinutes": 60,
--     "staleQueryThresholdDays": 30,
--     "maxPlansPerQuery": 200,
--     "sizeBasedCleanup": "AUTO",
--     "waitStatisticsCapture": true
--   },
--   "files": [
--     {
--       "name": "sales",
--       "path": "C:\\Data\\sales.mdf",
--       "sizeMb": 100,
--       "growthMb": 64,
--       "maxSizeMb": "unlimited"
--     }
--   ],
--   "logFiles": [
--     {
--       "name": "sales_log",
--       "growthMb": 64,
--       "maxSizeMb": "unlimited"
--     }
--   ]
-- }
-- new inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Database/sales",
--   "name": "sales",
--   "collation": "SQL_Latin1_General_CP1_CI_AS",
--   "ownerLogin": "sa",
--   "autoClose": false,
--   "autoShrink": false,
--   "autoCreateStatistics": true,
--   "autoCreateStatisticsIncremental": false,
--   "autoUpdateStatistics": true,
--   "autoUpdateStatisticsAsync": false,
--   "compatibilityLevel": 160,
--   "recoveryModel": "FULL",
--   "pageVerify": "CHECKSUM",
--   "delayedDurability": "DISABLED",
--   "targetRecoveryTimeSeconds": 60,
--   "trustworthy": false,
--   "databaseChaining": false,
--   "containment": "NONE",
--   "readCommittedSnapshot": true,
--   "acceleratedDatabaseRecovery": true,
--   "brokerEnabled": true,
--   "snapshotIsolation": true,
--   "readOnly": false,
--   "queryStore": {
--     "mode": "READ_WRITE",
--     "captureMode": "AUTO",
--     "maxStorageSizeMb": 1000,
--     "flushIntervalSeconds": 900,
--     "intervalLengthMinutes": 60,
--     "staleQueryThresholdDays": 30,
--     "maxPlansPerQuery": 200,
--     "sizeBasedCleanup": "AUTO",
--     "waitStatisticsCapture": true
--   },
--   "files": [
--     {
--       "name": "sales",
--       "path": "C:\\Data\\sales.mdf",
--       "sizeMb": 100,
--       "growthMb": 64,
--       "maxSizeMb": "unlimited"
--     }
--   ],
--   "logFiles": [
--     {
--       "name": "sales_log",
--       "growthMb": 64,
--       "maxSizeMb": "unlimited"
--     }
--   ]
-- }
-- note: Needs exclusive access to the database. Who is in it: SELECT session_id, login_name, host_name, program_name FROM sys.dm_exec_sessions WHERE database_id = DB_ID(N'sales');

USE [master];
GO

-- set ALLOW_SNAPSHOT_ISOLATION ON on database sales (outside a transaction)
-- hazard long-lock:sales: waits until every transaction that is open now has ended
ALTER DATABASE [sales] SET ALLOW_SNAPSHOT_ISOLATION ON;
GO

-- set READ_COMMITTED_SNAPSHOT ON on database sales (outside a transaction)
-- hazard long-lock:sales: READ_COMMITTED_SNAPSHOT ON needs the database for itself and fails at once while other sessions use it (disconnectSessionsAfterSeconds sends them away)
ALTER DATABASE [sales] SET READ_COMMITTED_SNAPSHOT ON WITH NO_WAIT;
GO

-- set ACCELERATED_DATABASE_RECOVERY = ON on database sales (outside a transaction)
-- hazard long-lock:sales: ACCELERATED_DATABASE_RECOVERY = ON needs the database for itself and fails at once while other sessions use it (disconnectSessionsAfterSeconds sends them away)
ALTER DATABASE [sales] SET ACCELERATED_DATABASE_RECOVERY = ON WITH NO_WAIT;
GO

-- set ENABLE_BROKER on database sales (outside a transaction)
-- hazard long-lock:sales: ENABLE_BROKER needs the database for itself and fails at once while other sessions use it (disconnectSessionsAfterSeconds sends them away)
ALTER DATABASE [sales] SET ENABLE_BROKER WITH NO_WAIT;
GO
