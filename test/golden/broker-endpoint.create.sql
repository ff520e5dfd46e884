-- The endpoint with a certificate.
-- new inputs:
-- {
--   "name": "Broker",
--   "authorization": "deployer",
--   "state": "stopped",
--   "port": 4023,
--   "listenerIp": "10.0.0.4",
--   "authentication": {
--     "windows": "kerberos",
--     "certificate": "BrokerCertificate",
--     "first": "certificate"
--   },
--   "encryption": "supported",
--   "algorithm": "aes-rc4",
--   "messageForwarding": true,
--   "forwardSizeMb": 20
-- }
-- note: RC4 is weak and deprecated; use AES.
-- requires login deployer for endpoint "Broker"

USE [master];
GO

-- create endpoint Broker (outside a transaction)
CREATE ENDPOINT [Broker] AUTHORIZATION [deployer] STATE = STOPPED
AS TCP (LISTENER_PORT = 4023, LISTENER_IP = (10.0.0.4))
FOR SERVICE_BROKER (AUTHENTICATION = CERTIFICATE [BrokerCertificate] WINDOWS KERBEROS, ENCRYPTION = SUPPORTED ALGORITHM AES RC4, MESSAGE_FORWARDING = ENABLED, MESSAGE_FORWARD_SIZE = 20);
GO
