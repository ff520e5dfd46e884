/* The atoms whose embeddings are closest to that of an atom. */
CREATE PROCEDURE dbo.FindSimilarAtoms
    @atomId bigint,
    @modelId int,
    @count int = 10,
    @minimumSimilarity float = 0.0
AS
BEGIN
    SET NOCOUNT ON;

    DECLARE @embeddingId bigint;

    SELECT @embeddingId = e.EmbeddingId
    FROM dbo.Embedding AS e
    WHERE e.AtomId = @atomId
      AND e.ModelId = @modelId;

    IF @embeddingId IS NULL
        THROW 51021, N'dbo.FindSimilarAtoms: the atom has no embedding of this model.', 1;

    SELECT n.AtomId, n.Similarity, s.ContentType, s.Excerpt
    FROM dbo.NearestEmbeddings(@embeddingId) AS n
    INNER JOIN dbo.AtomSummary AS s ON s.AtomId = n.AtomId
    WHERE n.SimilarityRank <= @count
      AND n.Similarity >= @minimumSimilarity
    ORDER BY n.SimilarityRank;
END;
