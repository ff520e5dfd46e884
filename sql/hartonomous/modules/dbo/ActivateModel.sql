/* Lets a draft take requests. All its layers must have weights. */
CREATE PROCEDURE dbo.ActivateModel
    @modelId int
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    BEGIN TRY
        BEGIN TRANSACTION;

        EXEC dbo.CheckModel @modelId = @modelId;

        IF EXISTS (SELECT 1 FROM dbo.ModelCatalog AS c WHERE c.ModelId = @modelId AND c.LayersWithWeights < c.LayerCount)
            THROW 51013, N'dbo.ActivateModel: a layer has no weights yet.', 1;

        UPDATE dbo.Model
        SET Status = 'active', ActivatedAt = SYSUTCDATETIME()
        WHERE ModelId = @modelId
          AND Status = 'draft';

        IF @@ROWCOUNT = 0
            THROW 51014, N'dbo.ActivateModel: there is no such draft.', 1;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
