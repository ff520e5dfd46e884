-- a scheme and its function are dropped
-- old inputs:
-- {
--   "server": "s",
--   "owner": "shop/test/PartitionScheme/months",
--   "database": "sales",
--   "name": "Months",
--   "type": "date",
--   "range": "right",
--   "boundaries": [
--     "2025-01-01",
--     "2025-02-01"
--   ],
--   "filegroups": "FG1"
-- }

USE [sales];
GO

-- drop partition scheme Months
DROP PARTITION SCHEME [Months];
GO

-- drop partition function Months
DROP PARTITION FUNCTION [Months];
GO
