/* Dot product of two embeddings; components that only one of them has count as 0. */
CREATE FUNCTION dbo.DotProduct (@leftEmbeddingId bigint, @rightEmbeddingId bigint)
RETURNS TABLE
AS
RETURN
(
    SELECT COALESCE(SUM(CONVERT(float, l.Value) * r.Value), 0.0) AS DotProduct
    FROM dbo.EmbeddingComponent AS l
    INNER JOIN dbo.EmbeddingComponent AS r ON r.Ordinal = l.Ordinal
    WHERE l.EmbeddingId = @leftEmbeddingId
      AND r.EmbeddingId = @rightEmbeddingId
);
