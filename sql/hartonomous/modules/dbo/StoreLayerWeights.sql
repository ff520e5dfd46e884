/* Stores one chunk of the weights of a layer; an equal chunk is left as it is. */
CREATE PROCEDURE dbo.StoreLayerWeights
    @modelLayerId int,
    @chunkIndex int,
    @weights varbinary(max)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @hash binary(32) = dbo.ContentHash(@weights);

    BEGIN TRY
        BEGIN TRANSACTION;

        IF EXISTS
        (
            SELECT 1
            FROM dbo.ModelLayer AS l
            INNER JOIN dbo.Model AS m ON m.ModelId = l.ModelId
            WHERE l.ModelLayerId = @modelLayerId
              AND m.Status <> 'draft'
        )
            THROW 51012, N'dbo.StoreLayerWeights: only the weights of a draft can change.', 1;

        MERGE dbo.LayerWeight WITH (HOLDLOCK) AS t
        USING (VALUES (@modelLayerId, @chunkIndex, @hash)) AS s (ModelLayerId, ChunkIndex, ContentHash)
            ON t.ModelLayerId = s.ModelLayerId AND t.ChunkIndex = s.ChunkIndex
        WHEN MATCHED AND t.ContentHash <> s.ContentHash THEN
            UPDATE SET Weights = @weights, ContentHash = s.ContentHash, StoredAt = SYSUTCDATETIME()
        WHEN NOT MATCHED BY TARGET THEN
            INSERT (ModelLayerId, ChunkIndex, Weights, ContentHash)
            VALUES (s.ModelLayerId, s.ChunkIndex, @weights, s.ContentHash);

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
