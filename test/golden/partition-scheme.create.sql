-- a scheme with its function is made
-- new inputs:
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

-- create partition function Months
CREATE PARTITION FUNCTION [Months] (date) AS RANGE RIGHT FOR VALUES (N'2025-01-01', N'2025-02-01');
GO

-- create partition scheme Months
CREATE PARTITION SCHEME [Months] AS PARTITION [Months] ALL TO ([FG1]);
GO
