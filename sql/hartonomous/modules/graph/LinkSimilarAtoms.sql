/* Draws an edge to each of the nearest atoms, weighted by similarity. */
CREATE PROCEDURE graph.LinkSimilarAtoms
    @embeddingId bigint,
    @count int = 5,
    @minimumSimilarity float = 0.5
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @fromAtomId bigint = (SELECT e.AtomId FROM dbo.Embedding AS e WHERE e.EmbeddingId = @embeddingId);
    DECLARE @fromNodeId bigint, @toNodeId bigint, @toAtomId bigint, @weight decimal(9, 6);
    DECLARE @nearest TABLE (AtomId bigint NOT NULL PRIMARY KEY, Weight decimal(9, 6) NOT NULL);

    INSERT INTO @nearest (AtomId, Weight)
    SELECT n.AtomId, n.Similarity
    FROM dbo.NearestEmbeddings(@embeddingId) AS n
    WHERE n.SimilarityRank <= @count
      AND n.Similarity >= @minimumSimilarity;

    BEGIN TRY
        BEGIN TRANSACTION;

        EXEC graph.EnsureAtomNode @atomId = @fromAtomId, @nodeId = @fromNodeId OUTPUT;

        WHILE EXISTS (SELECT 1 FROM @nearest)
        BEGIN
            SELECT TOP (1) @toAtomId = n.AtomId, @weight = n.Weight
            FROM @nearest AS n
            ORDER BY n.AtomId;

            EXEC graph.EnsureAtomNode @atomId = @toAtomId, @nodeId = @toNodeId OUTPUT;
            EXEC graph.AddEdge @fromNodeId = @fromNodeId, @toNodeId = @toNodeId, @edgeKind = 'similar-to', @weight = @weight;

            DELETE FROM @nearest WHERE AtomId = @toAtomId;
        END;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
