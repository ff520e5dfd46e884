-- a window that moves on by a month
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
-- new inputs:
-- {
--   "server": "s",
--   "owner": "shop/test/PartitionScheme/months",
--   "database": "sales",
--   "name": "Months",
--   "type": "date",
--   "range": "right",
--   "boundaries": [
--     "2025-02-01",
--     "2025-03-01"
--   ],
--   "filegroups": [
--     "FG1",
--     "FG1",
--     "FG2"
--   ]
-- }

USE [sales];
GO

-- remove boundary 2025-01-01 of partition function Months
-- hazard table-rewrite:Months (7 rows): rows are moved into the next partition while their tables are locked
ALTER PARTITION FUNCTION [Months] () MERGE RANGE (N'2025-01-01');
GO

-- name the filegroup of the next partition of Months
ALTER PARTITION SCHEME [Months] NEXT USED [FG2];
GO

-- add boundary 2025-03-01 of partition function Months
ALTER PARTITION FUNCTION [Months] () SPLIT RANGE (N'2025-03-01');
GO
