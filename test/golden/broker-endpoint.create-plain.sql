-- The endpoint with its defaults.
-- new inputs:
-- {
--   "name": "Broker"
-- }

USE [master];
GO

-- create endpoint Broker (outside a transaction)
CREATE ENDPOINT [Broker] STATE = STARTED
AS TCP (LISTENER_PORT = 4022, LISTENER_IP = ALL)
FOR SERVICE_BROKER (AUTHENTICATION = WINDOWS NEGOTIATE, ENCRYPTION = REQUIRED ALGORITHM AES, MESSAGE_FORWARDING = DISABLED);
GO
