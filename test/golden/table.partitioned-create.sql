-- a table in partitions, all its indexes aligned
-- new inputs:
-- {
--   "Sales": {
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
--         "Day",
--         "Id"
--       ]
--     },
--     "indexes": [
--       {
--         "columns": [
--           "Amount"
--         ]
--       },
--       {
--         "columnstore": true,
--         "columns": [
--           "Amount",
--           "Day"
--         ]
--       }
--     ],
--     "partitionScheme": {
--       "name": "Months",
--       "column": "Day"
--     }
--   }
-- }
-- requires partition scheme Months for table "dbo.Sales"

USE [sales];
GO

-- create table dbo.Sales
CREATE TABLE [dbo].[Sales] (
  [Id] bigint NOT NULL,
  [Day] date NOT NULL,
  [Amount] decimal(18, 2) NOT NULL,
  CONSTRAINT [PK_Sales] PRIMARY KEY CLUSTERED ([Day], [Id]) ON [Months] ([Day])
);
GO

-- create index dbo.Sales.IX_Sales_Amount
CREATE NONCLUSTERED INDEX [IX_Sales_Amount] ON [dbo].[Sales] ([Amount]) ON [Months] ([Day]);
GO

-- create index dbo.Sales.NCCI_Sales
CREATE NONCLUSTERED COLUMNSTORE INDEX [NCCI_Sales] ON [dbo].[Sales] ([Amount], [Day]) ON [Months] ([Day]);
GO
