/* Keeps one row for every change of a model's status or settings. */
CREATE TRIGGER dbo.ModelChanged
ON dbo.Model
AFTER INSERT, UPDATE
AS
BEGIN
    SET NOCOUNT ON;

    IF NOT EXISTS (SELECT 1 FROM inserted)
        RETURN;

    INSERT INTO provenance.ModelRevision (ModelId, Revision, OldStatus, NewStatus, Settings)
    SELECT
        i.ModelId,
        COALESCE((SELECT MAX(r.Revision) FROM provenance.ModelRevision AS r WHERE r.ModelId = i.ModelId), 0) + 1,
        d.Status,
        i.Status,
        i.Settings
    FROM inserted AS i
    LEFT JOIN deleted AS d ON d.ModelId = i.ModelId
    WHERE d.ModelId IS NULL
       OR d.Status <> i.Status
       OR COALESCE(d.Settings, N'') <> COALESCE(i.Settings, N'');
END;
