/* Stores content once and counts the reference. @isNew tells whether it was unknown. */
CREATE PROCEDURE dbo.InsertAtom
    @content varbinary(max),
    @contentTypeId tinyint,
    @canonicalText nvarchar(max) = NULL,
    @atomId bigint OUTPUT,
    @isNew bit = NULL OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    IF @content IS NULL
        THROW 51001, N'dbo.InsertAtom: @content must not be NULL.', 1;

    DECLARE @hash binary(32) = dbo.ContentHash(@content);

    SET @atomId = NULL;
    SET @isNew = 0;

    BEGIN TRY
        BEGIN TRANSACTION;

        -- The range lock keeps a second caller with the same content out until the row is there.
        SELECT @atomId = a.AtomId
        FROM dbo.Atom AS a WITH (UPDLOCK, HOLDLOCK)
        WHERE a.ContentHash = @hash
          AND a.ContentTypeId = @contentTypeId;

        IF @atomId IS NULL
        BEGIN
            INSERT INTO dbo.Atom (ContentTypeId, ContentHash, Content, CanonicalText)
            VALUES (@contentTypeId, @hash, @content, @canonicalText);

            SELECT @atomId = SCOPE_IDENTITY(), @isNew = 1;
        END
        ELSE
        BEGIN
            UPDATE dbo.Atom
            SET ReferenceCount += 1
            WHERE AtomId = @atomId;
        END;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
