/* Stores many contents in one go; returns the atom of each, by Ordinal. */
CREATE PROCEDURE dbo.InsertAtoms
    @batch dbo.AtomBatch READONLY
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @hashed TABLE
    (
        Ordinal int NOT NULL PRIMARY KEY,
        ContentTypeId tinyint NOT NULL,
        ContentHash binary(32) NOT NULL
    );

    INSERT INTO @hashed (Ordinal, ContentTypeId, ContentHash)
    SELECT b.Ordinal, b.ContentTypeId, dbo.ContentHash(b.Content)
    FROM @batch AS b;

    BEGIN TRY
        BEGIN TRANSACTION;

        WITH incoming AS
        (
            SELECT h.ContentTypeId, h.ContentHash, COUNT(*) AS Times, MIN(h.Ordinal) AS FirstOrdinal
            FROM @hashed AS h
            GROUP BY h.ContentTypeId, h.ContentHash
        )
        MERGE dbo.Atom WITH (HOLDLOCK) AS t
        USING
        (
            SELECT i.ContentTypeId, i.ContentHash, i.Times, b.Content
            FROM incoming AS i
            INNER JOIN @batch AS b ON b.Ordinal = i.FirstOrdinal
        ) AS s
            ON t.ContentHash = s.ContentHash AND t.ContentTypeId = s.ContentTypeId
        WHEN MATCHED THEN
            UPDATE SET ReferenceCount = t.ReferenceCount + s.Times
        WHEN NOT MATCHED BY TARGET THEN
            INSERT (ContentTypeId, ContentHash, Content, ReferenceCount)
            VALUES (s.ContentTypeId, s.ContentHash, s.Content, s.Times);

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;

    SELECT h.Ordinal, a.AtomId
    FROM @hashed AS h
    INNER JOIN dbo.Atom AS a ON a.ContentHash = h.ContentHash AND a.ContentTypeId = h.ContentTypeId
    ORDER BY h.Ordinal;
END;
