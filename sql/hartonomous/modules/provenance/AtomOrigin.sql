/* The operations that wrote an atom, and the atoms that they read. */
CREATE FUNCTION provenance.AtomOrigin (@atomId bigint)
RETURNS TABLE
AS
RETURN
(
    SELECT w.OperationId, d.Kind, d.Outcome, d.EndedAt, r.AtomId AS SourceAtomId, r.Role AS SourceRole
    FROM provenance.AtomOperation AS w
    INNER JOIN provenance.OperationDuration AS d ON d.OperationId = w.OperationId
    LEFT JOIN provenance.AtomOperation AS r ON r.OperationId = w.OperationId AND r.Direction = 'input'
    WHERE w.AtomId = @atomId
      AND w.Direction = 'output'
);
