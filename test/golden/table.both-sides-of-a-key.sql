-- int becomes bigint on both sides of a foreign key.
-- old inputs:
-- {
--   "Orders": {
--     "columns": [
--       {
--         "name": "Id",
--         "type": "int"
--       },
--       {
--         "name": "Code",
--         "type": "nvarchar(100)",
--         "nullable": true
--       },
--       {
--         "name": "Note",
--         "type": "nvarchar(50)",
--         "nullable": true
--       },
--       {
--         "name": "Total",
--         "type": "decimal(18,2)",
--         "default": "0"
--       }
--     ],
--     "primaryKey": {
--       "columns": [
--         "Id"
--       ]
--     },
--     "indexes": [
--       {
--         "columns": [
--           "Code"
--         ]
--       }
--     ],
--     "checks": {
--       "CK_Total": "Total >= 0"
--     }
--   },
--   "Lines": {
--     "columns": [
--       {
--         "name": "OrderId",
--         "type": "int"
--       },
--       {
--         "name": "Line",
--         "type": "int"
--       }
--     ],
--     "primaryKey": {
--       "columns": [
--         "OrderId",
--         "Line"
--       ]
--     },
--     "foreignKeys": [
--       {
--         "columns": [
--           "OrderId"
--         ],
--         "references": {
--           "table": "Orders"
--         }
--       }
--     ]
--   }
-- }
-- new inputs:
-- {
--   "Orders": {
--     "columns": [
--       {
--         "name": "Id",
--         "type": "bigint"
--       },
--       {
--         "name": "Code",
--         "type": "nvarchar(100)",
--         "nullable": true
--       },
--       {
--         "name": "Note",
--         "type": "nvarchar(50)",
--         "nullable": true
--       },
--       {
--         "name": "Total",
--         "type": "decimal(18,2)",
--         "default": "0"
--       }
--     ],
--     "primaryKey": {
--       "columns": [
--         "Id"
--       ]
--     },
--     "indexes": [
--       {
--         "columns": [
--           "Code"
--         ]
--       }
--     ],
--     "checks": {
--       "CK_Total": "Total >= 0"
--     }
--   },
--   "Lines": {
--     "columns": [
--       {
--         "name": "OrderId",
--         "type": "bigint"
--       },
--       {
--         "name": "Line",
--         "type": "int"
--       }
--     ],
--     "primaryKey": {
--       "columns": [
--         "OrderId",
--         "Line"
--       ]
--     },
--     "foreignKeys": [
--       {
--         "columns": [
--           "OrderId"
--         ],
--         "references": {
--           "table": "Orders"
--         }
--       }
--     ]
--   }
-- }

USE [sales];
GO

-- drop foreign key dbo.Lines.FK_Lines_OrderId
ALTER TABLE [dbo].[Lines] DROP CONSTRAINT [FK_Lines_OrderId];
GO

-- drop primary key dbo.Lines.PK_Lines
ALTER TABLE [dbo].[Lines] DROP CONSTRAINT [PK_Lines];
GO

-- drop primary key dbo.Orders.PK_Orders
ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [PK_Orders];
GO

-- alter column dbo.Lines.OrderId
-- hazard table-rewrite:dbo.Lines.OrderId (10 rows): every row is rewritten: int becomes bigint
ALTER TABLE [dbo].[Lines] ALTER COLUMN [OrderId] bigint NOT NULL;
GO

-- alter column dbo.Orders.Id
-- hazard table-rewrite:dbo.Orders.Id (10 rows): every row is rewritten: int becomes bigint
ALTER TABLE [dbo].[Orders] ALTER COLUMN [Id] bigint NOT NULL;
GO

-- add primary key dbo.Lines.PK_Lines
-- hazard index-build:dbo.Lines.PK_Lines (10 rows): the index is built over every row
ALTER TABLE [dbo].[Lines] ADD CONSTRAINT [PK_Lines] PRIMARY KEY CLUSTERED ([OrderId], [Line]) WITH (ONLINE = ON);
GO

-- add primary key dbo.Orders.PK_Orders
-- hazard index-build:dbo.Orders.PK_Orders (10 rows): the index is built over every row
ALTER TABLE [dbo].[Orders] ADD CONSTRAINT [PK_Orders] PRIMARY KEY CLUSTERED ([Id]) WITH (ONLINE = ON);
GO

-- add foreign key dbo.Lines.FK_Lines_OrderId
-- hazard long-lock:dbo.Lines.FK_Lines_OrderId: every row is checked while both tables are locked
ALTER TABLE [dbo].[Lines] WITH CHECK ADD CONSTRAINT [FK_Lines_OrderId] FOREIGN KEY ([OrderId]) REFERENCES [dbo].[Orders] ([Id]);
GO
