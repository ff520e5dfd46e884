-- A contract is dropped.
-- old inputs:
-- {
--   "name": "//shop/Orders",
--   "messages": {
--     "//shop/Order": "initiator"
--   }
-- }

USE [sales];
GO

-- drop contract //shop/Orders
-- hazard messages-lost://shop/Orders (1 rows): ends the conversations on the contract with an error: 1 conversation
DROP CONTRACT [//shop/Orders];
GO
