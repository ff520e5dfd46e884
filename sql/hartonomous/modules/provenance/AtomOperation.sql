/* Which operation touched which atom, in which role. */
CREATE VIEW provenance.AtomOperation
AS
SELECT i.AtomId, i.OperationId, 'input' AS Direction, i.Role
FROM provenance.OperationInput AS i

UNION ALL

SELECT o.AtomId, o.OperationId, 'output', o.Role
FROM provenance.OperationOutput AS o;
