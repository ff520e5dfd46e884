/* The layers of a model as a parameter, from the input on. */
CREATE TYPE dbo.LayerList AS TABLE
(
    Ordinal smallint NOT NULL PRIMARY KEY,
    Kind varchar(32) NOT NULL,
    InputDimension int NOT NULL CHECK (InputDimension > 0),
    OutputDimension int NOT NULL CHECK (OutputDimension > 0),
    HasBias bit NOT NULL DEFAULT (1)
);
