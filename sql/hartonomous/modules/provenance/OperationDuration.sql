/* Operations with their duration; the time so far while they run. */
CREATE VIEW provenance.OperationDuration
AS
SELECT
    o.OperationId,
    o.ParentOperationId,
    o.Kind,
    o.StartedAt,
    o.EndedAt,
    o.Outcome,
    DATEDIFF_BIG(MILLISECOND, o.StartedAt, COALESCE(o.EndedAt, SYSUTCDATETIME())) AS DurationMs
FROM provenance.Operation AS o;
