-- Another user stands for the service.
-- old inputs:
-- {
--   "name": "Warehouse",
--   "toService": "//warehouse/Stock",
--   "user": "warehouse"
-- }
-- new inputs:
-- {
--   "name": "Warehouse",
--   "toService": "//warehouse/Stock",
--   "user": "other",
--   "anonymous": true
-- }
-- requires principal other for remote service binding "Warehouse"

USE [sales];
GO

-- change remote service binding Warehouse
ALTER REMOTE SERVICE BINDING [Warehouse] WITH USER = [other], ANONYMOUS = ON;
GO
