-- A service in use is dropped.
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

USE [sales];
GO

-- drop service //shop/OrderService
-- hazard messages-lost://shop/OrderService (7 rows): ends its conversations (the far sides get an error) and throws its messages away: 2 conversations, 5 messages
DROP SERVICE [//shop/OrderService];
GO
