/* New content as a parameter; Ordinal is the caller's order and comes back in results. */
CREATE TYPE dbo.AtomBatch AS TABLE
(
    Ordinal int NOT NULL PRIMARY KEY,
    ContentTypeId tinyint NOT NULL,
    Content varbinary(max) NOT NULL
);
