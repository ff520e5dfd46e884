-- A database with the defaults of the server.
-- new inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Database/sales",
--   "name": "sales"
-- }

USE [master];
GO

-- create database sales (outside a transaction)
CREATE DATABASE [sales];
GO
