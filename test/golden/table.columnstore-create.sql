-- a table whose rows are a columnstore index
-- new inputs:
-- {
--   "Facts": {
--     "columns": [
--       {
--         "name": "Id",
--         "type": "bigint"
--       },
--       {
--         "name": "Day",
--         "type": "date"
--       },
--       {
--         "name": "Amount",
--         "type": "decimal(18,2)"
--       }
--     ],
--     "primaryKey": {
--       "columns": [
--         "Id"
--       ]
--     },
--     "indexes": [
--       {
--         "columnstore": true,
--         "clustered": true,
--         "orderBy": [
--           "Day"
--         ],
--         "compressionDelayMinutes": 10
--       }
--     ]
--   }
-- }

USE [sales];
GO

-- create table dbo.Facts
CREATE TABLE [dbo].[Facts] (
  [Id] bigint NOT NULL,
  [Day] date NOT NULL,
  [Amount] decimal(18, 2) NOT NULL,
  CONSTRAINT [PK_Facts] PRIMARY KEY NONCLUSTERED ([Id])
);
GO

-- create index dbo.Facts.CCI_Facts
CREATE CLUSTERED COLUMNSTORE INDEX [CCI_Facts] ON [dbo].[Facts] ORDER ([Day]) WITH (COMPRESSION_DELAY = 10 MINUTES);
GO
