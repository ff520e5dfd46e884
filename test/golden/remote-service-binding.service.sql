-- The binding is for another service.
-- old inputs:
-- {
--   "name": "Warehouse",
--   "toService": "//warehouse/Stock",
--   "user": "warehouse"
-- }
-- new inputs:
-- {
--   "name": "Warehouse",
--   "toService": "//warehouse/Orders",
--   "user": "warehouse"
-- }
-- requires principal warehouse for remote service binding "Warehouse"

USE [sales];
GO

-- drop remote service binding Warehouse
DROP REMOTE SERVICE BINDING [Warehouse];
GO

-- create remote service binding Warehouse
CREATE REMOTE SERVICE BINDING [Warehouse] AUTHORIZATION [broker] TO SERVICE N'//warehouse/Orders' WITH USER = [warehouse], ANONYMOUS = OFF;
GO
