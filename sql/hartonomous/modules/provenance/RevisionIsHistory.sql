/* Revisions are never changed and never deleted. */
CREATE TRIGGER provenance.RevisionIsHistory
ON provenance.ModelRevision
INSTEAD OF UPDATE, DELETE
AS
BEGIN
    SET NOCOUNT ON;
    THROW 51052, N'provenance.ModelRevision keeps history: rows are only added.', 1;
END;
