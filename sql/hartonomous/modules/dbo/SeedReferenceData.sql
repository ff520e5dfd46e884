/* Fills the tables of kinds. Safe to run again: it adds what is missing and corrects what differs. */
CREATE PROCEDURE dbo.SeedReferenceData
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    BEGIN TRY
        BEGIN TRANSACTION;

        MERGE dbo.ContentType AS t
        USING (VALUES (1, 'text/plain', 1), (2, 'application/json', 1), (3, 'application/octet-stream', 0), (4, 'image/png', 0))
            AS s (ContentTypeId, Name, IsText)
            ON t.ContentTypeId = s.ContentTypeId
        WHEN MATCHED AND (t.Name <> s.Name OR t.IsText <> s.IsText) THEN
            UPDATE SET Name = s.Name, IsText = s.IsText
        WHEN NOT MATCHED BY TARGET THEN
            INSERT (ContentTypeId, Name, IsText) VALUES (s.ContentTypeId, s.Name, s.IsText);

        MERGE graph.EdgeKind AS t
        USING (VALUES (1, 'derived-from', 1), (2, 'produced-by', 1), (3, 'part-of', 0), (4, 'similar-to', 0))
            AS s (EdgeKindId, Name, IsDerivation)
            ON t.EdgeKindId = s.EdgeKindId
        WHEN MATCHED AND (t.Name <> s.Name OR t.IsDerivation <> s.IsDerivation) THEN
            UPDATE SET Name = s.Name, IsDerivation = s.IsDerivation
        WHEN NOT MATCHED BY TARGET THEN
            INSERT (EdgeKindId, Name, IsDerivation) VALUES (s.EdgeKindId, s.Name, s.IsDerivation);

        MERGE billing.UsageKind AS t
        USING (VALUES (1, 'inference', 'request'), (2, 'tokens', 'token'), (3, 'storage', 'byte-month'))
            AS s (UsageKindId, Name, Unit)
            ON t.UsageKindId = s.UsageKindId
        WHEN MATCHED AND (t.Name <> s.Name OR t.Unit <> s.Unit) THEN
            UPDATE SET Name = s.Name, Unit = s.Unit
        WHEN NOT MATCHED BY TARGET THEN
            INSERT (UsageKindId, Name, Unit) VALUES (s.UsageKindId, s.Name, s.Unit);

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
