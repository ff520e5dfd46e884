-- The endpoint listens on another port.
-- old inputs:
-- {
--   "name": "Broker"
-- }
-- new inputs:
-- {
--   "name": "Broker",
--   "port": 5022,
--   "authorization": "deployer"
-- }
-- note: Connections to other servers may be closed and made again; messages wait meanwhile and none is lost.
-- requires login deployer for endpoint "Broker"

USE [master];
GO

-- give endpoint Broker to deployer (outside a transaction)
ALTER AUTHORIZATION ON ENDPOINT::[Broker] TO [deployer];
GO

-- change endpoint Broker (outside a transaction)
ALTER ENDPOINT [Broker] STATE = STARTED
AS TCP (LISTENER_PORT = 5022, LISTENER_IP = ALL)
FOR SERVICE_BROKER (AUTHENTICATION = WINDOWS NEGOTIATE, ENCRYPTION = REQUIRED ALGORITHM AES, MESSAGE_FORWARDING = DISABLED);
GO
