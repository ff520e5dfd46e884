/* Stores the embedding of an atom, a JSON list of numbers, in place of an earlier one of the same model. */
CREATE PROCEDURE dbo.StoreEmbedding
    @atomId bigint,
    @modelId int,
    @components nvarchar(max),
    @embeddingId bigint = NULL OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    IF COALESCE(ISJSON(@components), 0) = 0
        THROW 51020, N'dbo.StoreEmbedding: @components is not a JSON list of numbers.', 1;

    DECLARE @vector TABLE
    (
        Ordinal smallint NOT NULL PRIMARY KEY,
        Value real NOT NULL
    );

    INSERT INTO @vector (Ordinal, Value)
    SELECT CONVERT(smallint, j.[key]), CONVERT(real, j.[value])
    FROM OPENJSON(@components) AS j;

    BEGIN TRY
        BEGIN TRANSACTION;

        DELETE FROM dbo.Embedding
        WHERE AtomId = @atomId
          AND ModelId = @modelId;

        INSERT INTO dbo.Embedding (AtomId, ModelId, Dimension, Norm)
        SELECT @atomId, @modelId, COUNT(*), SQRT(SUM(CONVERT(float, v.Value) * v.Value))
        FROM @vector AS v;

        SET @embeddingId = SCOPE_IDENTITY();

        INSERT INTO dbo.EmbeddingComponent (EmbeddingId, Ordinal, Value)
        SELECT @embeddingId, v.Ordinal, v.Value
        FROM @vector AS v;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
