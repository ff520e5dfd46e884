-- A service moves and accepts another contract.
-- old inputs:
-- {
--   "name": "//shop/OrderService",
--   "queue": {
--     "name": "Orders"
--   },
--   "contracts": [
--     "//shop/Orders"
--   ]
-- }
-- new inputs:
-- {
--   "name": "//shop/OrderService",
--   "queue": {
--     "name": "NewOrders"
--   },
--   "contracts": [
--     "//shop/Returns"
--   ]
-- }
-- note: The messages of the service move to the new queue; whoever reads the old one finds them no more.
-- requires object dbo.NewOrders for service "//shop/OrderService"
-- requires contract //shop/Returns for service "//shop/OrderService"

USE [sales];
GO

-- change service //shop/OrderService
-- hazard messages-lost://shop/OrderService (3 rows): the service accepts "//shop/Orders" no more, which may end conversations with an error: 3 conversations
ALTER SERVICE [//shop/OrderService] ON QUEUE [dbo].[NewOrders] (ADD CONTRACT [//shop/Returns], DROP CONTRACT [//shop/Orders]);
GO
