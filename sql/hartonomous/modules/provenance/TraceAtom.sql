/* Where an atom comes from: the operations that wrote it, what they read, and the path of each operation. */
CREATE PROCEDURE provenance.TraceAtom
    @atomId bigint
AS
BEGIN
    SET NOCOUNT ON;

    SELECT
        o.OperationId,
        provenance.OperationPath(o.OperationId) AS OperationPath,
        o.Kind,
        o.Outcome,
        o.SourceAtomId,
        s.Excerpt AS SourceExcerpt
    FROM provenance.AtomOrigin(@atomId) AS o
    LEFT JOIN dbo.AtomSummary AS s ON s.AtomId = o.SourceAtomId
    ORDER BY o.OperationId, o.SourceAtomId;
END;
