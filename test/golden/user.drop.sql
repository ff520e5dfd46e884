-- A user goes.
-- old inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Kind/one",
--   "database": "sales",
--   "name": "app",
--   "login": "app"
-- }

USE [sales];
GO

-- drop user app
DROP USER [app];
GO
