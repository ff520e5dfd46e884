-- A role gets another name and owner.
-- old inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Kind/one",
--   "database": "sales",
--   "name": "reader",
--   "members": [
--     "app"
--   ]
-- }
-- new inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Kind/one",
--   "database": "sales",
--   "name": "readers",
--   "renamedFrom": "reader",
--   "authorization": "app"
-- }
-- requires principal app for role "readers"

USE [sales];
GO

-- rename role reader to readers
ALTER ROLE [reader] WITH NAME = [readers];
GO

-- give role readers to app
ALTER AUTHORIZATION ON ROLE::[readers] TO [app];
GRANT ALTER ON ROLE::[readers] TO [clerk];
GO
