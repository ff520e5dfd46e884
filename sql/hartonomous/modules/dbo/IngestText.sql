/* Stores a text as it appears in a source and records the operation that did it. */
CREATE PROCEDURE dbo.IngestText
    @atomSourceId int,
    @position bigint,
    @text nvarchar(max),
    @atomId bigint = NULL OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @operationId bigint;

    BEGIN TRY
        BEGIN TRANSACTION;

        EXEC provenance.BeginOperation @kind = 'ingest', @operationId = @operationId OUTPUT;
        EXEC dbo.InsertTextAtom @text = @text, @atomId = @atomId OUTPUT;

        INSERT INTO dbo.AtomOccurrence (AtomSourceId, Position, AtomId)
        VALUES (@atomSourceId, @position, @atomId);

        EXEC provenance.RecordOutput @operationId = @operationId, @atomId = @atomId;
        EXEC provenance.EndOperation @operationId = @operationId, @outcome = 'succeeded';

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
