-- The endpoint is dropped.
-- old inputs:
-- {
--   "name": "Broker"
-- }
-- note: Messages for other servers wait in sys.transmission_queue until there is an endpoint again.

USE [master];
GO

-- drop endpoint Broker (outside a transaction)
DROP ENDPOINT [Broker];
GO
