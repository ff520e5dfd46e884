-- A message type is dropped.
-- old inputs:
-- {
--   "name": "//shop/Order"
-- }

USE [sales];
GO

-- drop message type //shop/Order
DROP MESSAGE TYPE [//shop/Order];
GO
