-- A binding is made.
-- new inputs:
-- {
--   "name": "Warehouse",
--   "toService": "//warehouse/Stock",
--   "user": "warehouse",
--   "authorization": "broker",
--   "anonymous": true
-- }
-- requires principal warehouse for remote service binding "Warehouse"
-- requires principal broker for remote service binding "Warehouse"

USE [sales];
GO

-- create remote service binding Warehouse
CREATE REMOTE SERVICE BINDING [Warehouse] AUTHORIZATION [broker] TO SERVICE N'//warehouse/Stock' WITH USER = [warehouse], ANONYMOUS = ON;
GO
