-- A message type is made.
-- new inputs:
-- {
--   "name": "//shop/Order",
--   "validation": "well-formed-xml",
--   "authorization": "broker"
-- }
-- requires principal broker for message type "//shop/Order"

USE [sales];
GO

-- create message type //shop/Order
CREATE MESSAGE TYPE [//shop/Order] AUTHORIZATION [broker] VALIDATION = WELL_FORMED_XML;
GO
