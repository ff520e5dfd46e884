/* Deletes atoms that nothing refers to any more, at most @limit of them, older than @olderThanMinutes. */
CREATE PROCEDURE dbo.PurgeUnreferencedAtoms
    @olderThanMinutes int = 60,
    @limit int = 1000,
    @purged int = NULL OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DELETE TOP (@limit) FROM a
    FROM dbo.Atom AS a
    WHERE a.ReferenceCount = 0
      AND a.CreatedAt <= DATEADD(MINUTE, -@olderThanMinutes, SYSUTCDATETIME())
      AND NOT EXISTS (SELECT 1 FROM dbo.AtomOccurrence AS o WHERE o.AtomId = a.AtomId)
      AND NOT EXISTS (SELECT 1 FROM dbo.Embedding AS e WHERE e.AtomId = a.AtomId)
      AND NOT EXISTS (SELECT 1 FROM dbo.InferenceRequest AS r WHERE r.PromptAtomId = a.AtomId)
      AND NOT EXISTS (SELECT 1 FROM dbo.InferenceResult AS x WHERE x.AtomId = a.AtomId)
      AND NOT EXISTS (SELECT 1 FROM graph.Node AS n WHERE n.AtomId = a.AtomId)
      AND NOT EXISTS (SELECT 1 FROM provenance.AtomOperation AS p WHERE p.AtomId = a.AtomId);

    SET @purged = @@ROWCOUNT;
END;
