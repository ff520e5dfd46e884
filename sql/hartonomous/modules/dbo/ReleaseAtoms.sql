/* Gives references back; an atom without references stays until it is purged. */
CREATE PROCEDURE dbo.ReleaseAtoms
    @atoms dbo.AtomIdList READONLY
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    BEGIN TRY
        BEGIN TRANSACTION;

        UPDATE a
        SET ReferenceCount = a.ReferenceCount - 1
        FROM dbo.Atom AS a
        INNER JOIN @atoms AS x ON x.AtomId = a.AtomId
        WHERE a.ReferenceCount > 0;

        IF @@ROWCOUNT <> (SELECT COUNT(*) FROM @atoms)
            THROW 51002, N'dbo.ReleaseAtoms: an atom does not exist or has no reference left.', 1;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
