-- Options, Query Store and owner change.
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
--   "ownerLogin": "shop_owner",
--   "autoClose": false,
--   "autoShrink": true,
--   "autoCreateStatistics": true,
--   "autoCreateStatisticsIncremental": true,
--   "autoUpdateStatistics": true,
--   "autoUpdateStatisticsAsync": true,
--   "compatibilityLevel": 150,
--   "recoveryModel": "SIMPLE",
--   "pageVerify": "TORN_PAGE_DETECTION",
--   "delayedDurability": "ALLOWED",
--   "targetRecoveryTimeSeconds": 30,
--   "trustworthy": false,
--   "databaseChaining": true,
--   "containment": "NONE",
--   "readCommittedSnapshot": false,
--   "acceleratedDatabaseRecovery": false,
--   "brokerEnabled": false,
--   "snapshotIsolation": false,
--   "readOnly": false,
--   "queryStore": {
--     "mode": "READ_ONLY",
--     "captureMode": "ALL",
--     "maxStorageSizeMb": 2000,
--     "flushIntervalSeconds": 900,
--     "intervalLengthMinutes": 60,
--     "staleQueryThresholdDays": 30,
--     "maxPlansPerQuery": 200,
--     "sizeBasedCleanup": "AUTO",
--     "waitStatisticsCapture": false
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
-- note: RECOVERY SIMPLE ends the chain of log backups: a restore reaches only the last full or differential backup.
-- note: With delayed durability a crash can lose transactions that were reported as committed.

USE [master];
GO

-- set AUTO_SHRINK ON on database sales (outside a transaction)
ALTER DATABASE [sales] SET AUTO_SHRINK ON;
GO

-- set AUTO_CREATE_STATISTICS ON (INCREMENTAL = ON) on database sales (outside a transaction)
ALTER DATABASE [sales] SET AUTO_CREATE_STATISTICS ON (INCREMENTAL = ON);
GO

-- set AUTO_UPDATE_STATISTICS_ASYNC ON on database sales (outside a transaction)
ALTER DATABASE [sales] SET AUTO_UPDATE_STATISTICS_ASYNC ON;
GO

-- set COMPATIBILITY_LEVEL = 150 on database sales (outside a transaction)
ALTER DATABASE [sales] SET COMPATIBILITY_LEVEL = 150;
GO

-- set RECOVERY SIMPLE on database sales (outside a transaction)
ALTER DATABASE [sales] SET RECOVERY SIMPLE;
GO

-- set PAGE_VERIFY TORN_PAGE_DETECTION on database sales (outside a transaction)
ALTER DATABASE [sales] SET PAGE_VERIFY TORN_PAGE_DETECTION;
GO

-- set DELAYED_DURABILITY = ALLOWED on database sales (outside a transaction)
ALTER DATABASE [sales] SET DELAYED_DURABILITY = ALLOWED;
GO

-- set TARGET_RECOVERY_TIME = 30 SECONDS on database sales (outside a transaction)
ALTER DATABASE [sales] SET TARGET_RECOVERY_TIME = 30 SECONDS;
GO

-- set DB_CHAINING ON on database sales (outside a transaction)
ALTER DATABASE [sales] SET DB_CHAINING ON;
GO

-- set Query Store of database sales (outside a transaction)
ALTER DATABASE [sales] SET QUERY_STORE (OPERATION_MODE = READ_ONLY, MAX_STORAGE_SIZE_MB = 2000, QUERY_CAPTURE_MODE = ALL, WAIT_STATS_CAPTURE_MODE = OFF);
GO

-- give database sales to shop_owner (outside a transaction)
ALTER AUTHORIZATION ON DATABASE::[sales] TO [shop_owner];
GO
