/* An operation and everything that it started. */
CREATE FUNCTION provenance.OperationTree (@operationId bigint)
RETURNS TABLE
AS
RETURN
(
    WITH tree AS
    (
        SELECT o.OperationId, o.ParentOperationId, o.Kind, o.Outcome, 0 AS Depth
        FROM provenance.Operation AS o
        WHERE o.OperationId = @operationId

        UNION ALL

        SELECT o.OperationId, o.ParentOperationId, o.Kind, o.Outcome, t.Depth + 1
        FROM tree AS t
        INNER JOIN provenance.Operation AS o ON o.ParentOperationId = t.OperationId
    )
    SELECT t.OperationId, t.ParentOperationId, t.Kind, t.Outcome, t.Depth
    FROM tree AS t
);
