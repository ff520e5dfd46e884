-- Tables are made, then their indexes, foreign keys last.
-- new inputs:
-- {
--   "Orders": {
--     "columns": [
--       {
--         "name": "Id",
--         "type": "int",
--         "identity": {
--           "seed": 100,
--           "increment": 5
--         }
--       },
--       {
--         "name": "Customer",
--         "type": "int"
--       },
--       {
--         "name": "Placed",
--         "type": "datetime2(3)",
--         "default": "SYSUTCDATETIME()"
--       },
--       {
--         "name": "State",
--         "type": "char(1)",
--         "default": {
--           "name": "DF_State",
--           "expression": "'N'"
--         }
--       },
--       {
--         "name": "Total",
--         "type": "decimal(18,2)",
--         "default": "0"
--       },
--       {
--         "name": "WithTax",
--         "computed": {
--           "expression": "Total * 1.19",
--           "persisted": true
--         }
--       },
--       {
--         "name": "Year",
--         "computed": "YEAR(Placed)"
--       },
--       {
--         "name": "Key",
--         "type": "uniqueidentifier",
--         "rowGuid": true,
--         "default": "NEWSEQUENTIALID()"
--       },
--       {
--         "name": "Note",
--         "type": "nvarchar(200)",
--         "nullable": true,
--         "collation": "Latin1_General_100_BIN2"
--       }
--     ],
--     "primaryKey": {
--       "columns": [
--         "Id"
--       ],
--       "fillFactor": 90,
--       "compression": "page"
--     },
--     "uniques": [
--       {
--         "columns": [
--           "Key"
--         ]
--       },
--       {
--         "name": "UQ_Named",
--         "columns": [
--           "Customer",
--           {
--             "name": "Placed",
--             "descending": true
--           }
--         ],
--         "ignoreDuplicateKey": true
--       }
--     ],
--     "checks": {
--       "CK_State": "State IN ('N', 'P', 'S')",
--       "CK_Total": {
--         "expression": "Total >= 0",
--         "notForReplication": true
--       }
--     },
--     "indexes": [
--       {
--         "columns": [
--           "Customer",
--           {
--             "name": "Placed",
--             "descending": true
--           }
--         ],
--         "include": [
--           "Total",
--           "Note"
--         ],
--         "fillFactor": 80,
--         "padIndex": true
--       },
--       {
--         "name": "IX_Open",
--         "columns": [
--           "placed"
--         ],
--         "where": "State = 'N'",
--         "unique": true,
--         "allowPageLocks": false,
--         "filegroup": "FG2",
--         "compression": "row"
--       }
--     ],
--     "lockEscalation": "auto"
--   },
--   "A": {
--     "columns": [
--       {
--         "name": "Id",
--         "type": "int"
--       },
--       {
--         "name": "B",
--         "type": "int",
--         "nullable": true
--       },
--       {
--         "name": "Parent",
--         "type": "int",
--         "nullable": true
--       }
--     ],
--     "primaryKey": {
--       "columns": [
--         "Id"
--       ]
--     },
--     "foreignKeys": [
--       {
--         "columns": [
--           "B"
--         ],
--         "references": {
--           "table": "sales.B"
--         },
--         "onDelete": "set null"
--       },
--       {
--         "columns": [
--           "Parent"
--         ],
--         "references": {
--           "table": "A",
--           "columns": [
--             "Id"
--           ]
--         }
--       }
--     ]
--   },
--   "sales.B": {
--     "columns": [
--       {
--         "name": "Id",
--         "type": "int"
--       },
--       {
--         "name": "A",
--         "type": "int",
--         "nullable": true
--       }
--     ],
--     "primaryKey": {
--       "columns": [
--         "Id"
--       ],
--       "clustered": false
--     },
--     "foreignKeys": [
--       {
--         "name": "FK_Back",
--         "columns": [
--           "A"
--         ],
--         "references": {
--           "table": "dbo.A"
--         },
--         "onUpdate": "no action",
--         "notForReplication": true
--       }
--     ]
--   }
-- }

USE [sales];
GO

-- create table dbo.A
CREATE TABLE [dbo].[A] (
  [Id] int NOT NULL,
  [B] int NULL,
  [Parent] int NULL,
  CONSTRAINT [PK_A] PRIMARY KEY CLUSTERED ([Id])
);
GO

-- create table dbo.Orders
CREATE TABLE [dbo].[Orders] (
  [Id] int IDENTITY(100, 5) NOT NULL,
  [Customer] int NOT NULL,
  [Placed] datetime2(3) CONSTRAINT [DF_Orders_Placed] DEFAULT (SYSUTCDATETIME()) NOT NULL,
  [State] char(1) CONSTRAINT [DF_State] DEFAULT ('N') NOT NULL,
  [Total] decimal(18, 2) CONSTRAINT [DF_Orders_Total] DEFAULT (0) NOT NULL,
  [WithTax] AS (Total * 1.19) PERSISTED,
  [Year] AS (YEAR(Placed)),
  [Key] uniqueidentifier CONSTRAINT [DF_Orders_Key] DEFAULT (NEWSEQUENTIALID()) NOT NULL ROWGUIDCOL,
  [Note] nvarchar(200) COLLATE Latin1_General_100_BIN2 NULL,
  CONSTRAINT [PK_Orders] PRIMARY KEY CLUSTERED ([Id]) WITH (FILLFACTOR = 90, DATA_COMPRESSION = PAGE),
  CONSTRAINT [UQ_Orders_Key] UNIQUE NONCLUSTERED ([Key]),
  CONSTRAINT [UQ_Named] UNIQUE NONCLUSTERED ([Customer], [Placed] DESC) WITH (IGNORE_DUP_KEY = ON),
  CONSTRAINT [CK_State] CHECK (State IN ('N', 'P', 'S')),
  CONSTRAINT [CK_Total] CHECK NOT FOR REPLICATION (Total >= 0)
);
GO

-- create table sales.B
CREATE TABLE [sales].[B] (
  [Id] int NOT NULL,
  [A] int NULL,
  CONSTRAINT [PK_B] PRIMARY KEY NONCLUSTERED ([Id])
);
GO

-- set lock escalation of dbo.Orders
ALTER TABLE [dbo].[Orders] SET (LOCK_ESCALATION = AUTO);
GO

-- create index dbo.Orders.IX_Orders_Customer_Placed
CREATE NONCLUSTERED INDEX [IX_Orders_Customer_Placed] ON [dbo].[Orders] ([Customer], [Placed] DESC) INCLUDE ([Total], [Note]) WITH (PAD_INDEX = ON, FILLFACTOR = 80);
GO

-- create index dbo.Orders.IX_Open
CREATE UNIQUE NONCLUSTERED INDEX [IX_Open] ON [dbo].[Orders] ([placed]) WHERE (State = 'N') WITH (ALLOW_PAGE_LOCKS = OFF, DATA_COMPRESSION = ROW) ON [FG2];
GO

-- add foreign key dbo.A.FK_A_B
ALTER TABLE [dbo].[A] WITH CHECK ADD CONSTRAINT [FK_A_B] FOREIGN KEY ([B]) REFERENCES [sales].[B] ([Id]) ON DELETE SET NULL;
GO

-- add foreign key dbo.A.FK_A_Parent
ALTER TABLE [dbo].[A] WITH CHECK ADD CONSTRAINT [FK_A_Parent] FOREIGN KEY ([Parent]) REFERENCES [dbo].[A] ([Id]);
GO

-- add foreign key sales.B.FK_Back
ALTER TABLE [sales].[B] WITH CHECK ADD CONSTRAINT [FK_Back] FOREIGN KEY ([A]) REFERENCES [dbo].[A] ([Id]) NOT FOR REPLICATION;
GO
