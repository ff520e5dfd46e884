-- A contract gets another message.
-- old inputs:
-- {
--   "name": "//shop/Orders",
--   "messages": {
--     "//shop/Order": "initiator"
--   }
-- }
-- new inputs:
-- {
--   "name": "//shop/Orders",
--   "messages": {
--     "//shop/Receipt": "target",
--     "//shop/Order": "initiator",
--     "DEFAULT": "any"
--   }
-- }
-- note: A contract never changes: it is dropped and made again, and the services and priorities that name it are changed around that in the same transaction. To keep its conversations, make a second contract, add it to the services, and remove this one when its conversations have ended.
-- requires message type //shop/Receipt for contract "//shop/Orders"
-- requires message type //shop/Order for contract "//shop/Orders"

USE [sales];
GO

-- take contract //shop/Orders out of service //shop/OrderService
ALTER SERVICE [//shop/OrderService] (DROP CONTRACT [//shop/Orders]);
GO

-- take contract //shop/Orders out of priority OrdersFirst
ALTER BROKER PRIORITY [OrdersFirst] FOR CONVERSATION SET (CONTRACT_NAME = ANY);
GO

-- drop contract //shop/Orders
-- hazard messages-lost://shop/Orders (7 rows): ends the conversations on the contract with an error: 7 conversations
DROP CONTRACT [//shop/Orders];
GO

-- create contract //shop/Orders
CREATE CONTRACT [//shop/Orders] AUTHORIZATION [dbo] (
  [//shop/Order] SENT BY INITIATOR,
  [//shop/Receipt] SENT BY TARGET,
  [DEFAULT] SENT BY ANY
);
GO

-- give the permissions on contract //shop/Orders again
GRANT REFERENCES ON CONTRACT::[//shop/Orders] TO [reader];
GO

-- put contract //shop/Orders into priority OrdersFirst
ALTER BROKER PRIORITY [OrdersFirst] FOR CONVERSATION SET (CONTRACT_NAME = [//shop/Orders]);
GO

-- put contract //shop/Orders into service //shop/OrderService
ALTER SERVICE [//shop/OrderService] (ADD CONTRACT [//shop/Orders]);
GO
