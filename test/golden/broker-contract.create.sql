-- A contract is made.
-- new inputs:
-- {
--   "name": "//shop/Orders",
--   "messages": {
--     "//shop/Receipt": "target",
--     "//shop/Order": "initiator",
--     "DEFAULT": "any"
--   }
-- }
-- requires message type //shop/Receipt for contract "//shop/Orders"
-- requires message type //shop/Order for contract "//shop/Orders"

USE [sales];
GO

-- create contract //shop/Orders
CREATE CONTRACT [//shop/Orders] (
  [//shop/Order] SENT BY INITIATOR,
  [//shop/Receipt] SENT BY TARGET,
  [DEFAULT] SENT BY ANY
);
GO
