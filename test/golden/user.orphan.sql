-- A user whose login was made anew.
-- old inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Kind/one",
--   "database": "sales",
--   "name": "app",
--   "login": "app"
-- }
-- new inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Kind/one",
--   "database": "sales",
--   "name": "app",
--   "login": "app"
-- }
-- note: user app is an orphan: no login has its sid 0x01
-- requires login app for user "app"

USE [sales];
GO

-- change user app: map to login app
ALTER USER [app] WITH LOGIN = [app];
GO
