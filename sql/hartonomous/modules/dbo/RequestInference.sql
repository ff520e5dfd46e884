/* Queues a request of a tenant to a model. */
CREATE PROCEDURE dbo.RequestInference
    @tenantId int,
    @modelId int,
    @prompt nvarchar(max),
    @priority tinyint = 5,
    @inferenceRequestId bigint OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @promptAtomId bigint;

    BEGIN TRY
        BEGIN TRANSACTION;

        IF NOT EXISTS (SELECT 1 FROM dbo.ActiveModel AS m WHERE m.ModelId = @modelId)
            THROW 51030, N'dbo.RequestInference: the model takes no requests.', 1;

        IF NOT EXISTS (SELECT 1 FROM billing.Tenant AS t WHERE t.TenantId = @tenantId AND t.IsOpen = 1)
            THROW 51031, N'dbo.RequestInference: the tenant is unknown or closed.', 1;

        EXEC dbo.InsertTextAtom @text = @prompt, @atomId = @promptAtomId OUTPUT;

        INSERT INTO dbo.InferenceRequest (TenantId, ModelId, PromptAtomId, Priority)
        VALUES (@tenantId, @modelId, @promptAtomId, @priority);

        SET @inferenceRequestId = SCOPE_IDENTITY();

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
