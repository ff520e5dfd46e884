-- A database with everything said.
-- new inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Database/sales",
--   "name": "sales",
--   "collation": "Latin1_General_100_CI_AS_SC_UTF8",
--   "ownerLogin": "sa",
--   "autoClose": false,
--   "autoShrink": false,
--   "autoCreateStatistics": true,
--   "autoCreateStatisticsIncremental": true,
--   "autoUpdateStatistics": true,
--   "autoUpdateStatisticsAsync": false,
--   "compatibilityLevel": 160,
--   "recoveryModel": "FULL",
--   "pageVerify": "CHECKSUM",
--   "delayedDurability": "DISABLED",
--   "targetRecoveryTimeSeconds": 60,
--   "trustworthy": true,
--   "databaseChaining": false,
--   "containment": "PARTIAL",
--   "readCommittedSnapshot": true,
--   "acceleratedDatabaseRecovery": true,
--   "brokerEnabled": true,
--   "snapshotIsolation": true,
--   "readOnly": true,
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
--       "sizeMb": 1024,
--       "growthMb": 256
--     },
--     {
--       "name": "sales2"
--     }
--   ],
--   "logFiles": [
--     {
--       "name": "sales_log",
--       "sizeMb": 256,
--       "maxSizeMb": 10000
--     }
--   ]
-- }

USE [master];
GO

-- create database sales (outside a transaction)
CREATE DATABASE [sales]
CONTAINMENT = PARTIAL
ON PRIMARY
  (NAME = N'sales', FILENAME = N'C:\Data\sales.mdf', SIZE = 1024MB, FILEGROWTH = 256MB),
  (NAME = N'sales2', FILENAME = N'C:\Data\sales2.ndf')
LOG ON
  (NAME = N'sales_log', FILENAME = N'D:\Log\sales_log.ldf', SIZE = 256MB, MAXSIZE = 10000MB)
COLLATE Latin1_General_100_CI_AS_SC_UTF8;
GO

-- set AUTO_CLOSE OFF on database sales (outside a transaction)
ALTER DATABASE [sales] SET AUTO_CLOSE OFF;
GO

-- set AUTO_SHRINK OFF on database sales (outside a transaction)
ALTER DATABASE [sales] SET AUTO_SHRINK OFF;
GO

-- set AUTO_CREATE_STATISTICS ON (INCREMENTAL = ON) on database sales (outside a transaction)
ALTER DATABASE [sales] SET AUTO_CREATE_STATISTICS ON (INCREMENTAL = ON);
GO

-- set AUTO_UPDATE_STATISTICS ON on database sales (outside a transaction)
ALTER DATABASE [sales] SET AUTO_UPDATE_STATISTICS ON;
GO

-- set AUTO_UPDATE_STATISTICS_ASYNC OFF on database sales (outside a transaction)
ALTER DATABASE [sales] SET AUTO_UPDATE_STATISTICS_ASYNC OFF;
GO

-- set COMPATIBILITY_LEVEL = 160 on database sales (outside a transaction)
ALTER DATABASE [sales] SET COMPATIBILITY_LEVEL = 160;
GO

-- set RECOVERY FULL on database sales (outside a transaction)
ALTER DATABASE [sales] SET RECOVERY FULL;
GO

-- set PAGE_VERIFY CHECKSUM on database sales (outside a transaction)
ALTER DATABASE [sales] SET PAGE_VERIFY CHECKSUM;
GO

-- set DELAYED_DURABILITY = DISABLED on database sales (outside a transaction)
ALTER DATABASE [sales] SET DELAYED_DURABILITY = DISABLED;
GO

-- set TARGET_RECOVERY_TIME = 60 SECONDS on database sales (outside a transaction)
ALTER DATABASE [sales] SET TARGET_RECOVERY_TIME = 60 SECONDS;
GO

-- set TRUSTWORTHY ON on database sales (outside a transaction)
-- hazard unsafe-code:sales: modules of the database may act on the whole server with the rights of its owner
ALTER DATABASE [sales] SET TRUSTWORTHY ON;
GO

-- set READ_COMMITTED_SNAPSHOT ON on database sales (outside a transaction)
ALTER DATABASE [sales] SET READ_COMMITTED_SNAPSHOT ON WITH NO_WAIT;
GO

-- set ACCELERATED_DATABASE_RECOVERY = ON on database sales (outside a transaction)
ALTER DATABASE [sales] SET ACCELERATED_DATABASE_RECOVERY = ON WITH NO_WAIT;
GO

-- set ENABLE_BROKER on database sales (outside a transaction)
ALTER DATABASE [sales] SET ENABLE_BROKER WITH NO_WAIT;
GO

-- set ALLOW_SNAPSHOT_ISOLATION ON on database sales (outside a transaction)
ALTER DATABASE [sales] SET ALLOW_SNAPSHOT_ISOLATION ON;
GO

-- set Query Store of database sales (outside a transaction)
ALTER DATABASE [sales] SET QUERY_STORE = ON (OPERATION_MODE = READ_WRITE, CLEANUP_POLICY = (STALE_QUERY_THRESHOLD_DAYS = 30), DATA_FLUSH_INTERVAL_SECONDS = 900, MAX_STORAGE_SIZE_MB = 1000, INTERVAL_LENGTH_MINUTES = 60, SIZE_BASED_CLEANUP_MODE = AUTO, QUERY_CAPTURE_MODE = AUTO, MAX_PLANS_PER_QUERY = 200, WAIT_STATS_CAPTURE_MODE = ON);
GO

-- give database sales to sa (outside a transaction)
ALTER AUTHORIZATION ON DATABASE::[sales] TO [sa];
GO

-- set READ_ONLY on database sales (outside a transaction)
ALTER DATABASE [sales] SET READ_ONLY WITH NO_WAIT;
GO
