-- A login goes.
-- old inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Kind/one",
--   "name": "app",
--   "passwordFrom": "app"
-- }
-- note: users of login app in the databases stay, as orphans; a login with the sid 0xABABABABABABABABABABABABABABABAB would be theirs again

USE [master];
GO

-- drop login app
DROP LOGIN [app];
GO
