/* A set of atoms as a parameter. */
CREATE TYPE dbo.AtomIdList AS TABLE
(
    AtomId bigint NOT NULL PRIMARY KEY
);
