/* Embeddings of the same model by cosine similarity, the most similar first in SimilarityRank. */
CREATE FUNCTION dbo.NearestEmbeddings (@embeddingId bigint)
RETURNS TABLE
AS
RETURN
(
    SELECT
        c.EmbeddingId,
        c.AtomId,
        dbo.CosineOf(p.DotProduct, o.Norm, c.Norm) AS Similarity,
        ROW_NUMBER() OVER (ORDER BY dbo.CosineOf(p.DotProduct, o.Norm, c.Norm) DESC, c.EmbeddingId) AS SimilarityRank
    FROM dbo.Embedding AS o
    INNER JOIN dbo.Embedding AS c ON c.ModelId = o.ModelId AND c.EmbeddingId <> o.EmbeddingId
    CROSS APPLY dbo.DotProduct(o.EmbeddingId, c.EmbeddingId) AS p
    WHERE o.EmbeddingId = @embeddingId
);
