-- a boundary of a function with two schemes
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
--     "2025-01-01",
--     "2025-02-01",
--     "2025-03-01"
--   ],
--   "filegroups": "FG1"
-- }

USE [sales];
GO

-- name the filegroup of the next partition of Months
ALTER PARTITION SCHEME [Months] NEXT USED [FG1];
GO

-- name the filegroup of the next partition of Others
ALTER PARTITION SCHEME [Others] NEXT USED [FG1];
GO

-- add boundary 2025-03-01 of partition function Months
-- hazard table-rewrite:Months (8 rows): rows are read, and those beyond the boundary are moved while their tables are locked
ALTER PARTITION FUNCTION [Months] () SPLIT RANGE (N'2025-03-01');
GO
