-- Bodies are checked against a schema from now on.
-- old inputs:
-- {
--   "name": "//shop/Order"
-- }
-- new inputs:
-- {
--   "name": "//shop/Order",
--   "validation": "valid-xml",
--   "schemaCollection": {
--     "name": "OrderSchema"
--   }
-- }
-- note: Messages that are in a queue already are not checked again; the far side keeps its own validation.

USE [sales];
GO

-- set the validation of message type //shop/Order
ALTER MESSAGE TYPE [//shop/Order] VALIDATION = VALID_XML WITH SCHEMA COLLECTION [dbo].[OrderSchema];
GO
