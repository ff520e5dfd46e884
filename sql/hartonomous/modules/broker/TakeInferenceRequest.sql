/* Queues the inference of each request that arrives and answers with its number. Started by queue broker.InferenceRequest, with as many readers as that allows. */
CREATE PROCEDURE broker.TakeInferenceRequest
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE
        @conversation uniqueidentifier,
        @messageType nvarchar(256),
        @body nvarchar(max),
        @errorNumber int,
        @reason nvarchar(3000),
        @tenantId int,
        @modelId int,
        @prompt nvarchar(max),
        @priority tinyint,
        @inferenceRequestId bigint,
        @answer nvarchar(100);

    WHILE 1 = 1
    BEGIN
        SET @conversation = NULL;

        BEGIN TRY
            BEGIN TRANSACTION;

            WAITFOR
            (
                RECEIVE TOP (1)
                    @conversation = conversation_handle,
                    @messageType = message_type_name,
                    @body = CAST(message_body AS nvarchar(max))
                FROM broker.InferenceRequest
            ), TIMEOUT 1000;

            IF @conversation IS NULL
            BEGIN
                COMMIT TRANSACTION;
                BREAK;
            END;

            IF @messageType = N'//hartonomous/inference/Request'
            BEGIN
                SELECT
                    @tenantId = CONVERT(int, JSON_VALUE(@body, N'$.tenantId')),
                    @modelId = CONVERT(int, JSON_VALUE(@body, N'$.modelId')),
                    @prompt = JSON_VALUE(@body, N'$.prompt'),
                    @priority = COALESCE(CONVERT(tinyint, JSON_VALUE(@body, N'$.priority')), 5);

                EXEC dbo.RequestInference
                    @tenantId = @tenantId,
                    @modelId = @modelId,
                    @prompt = @prompt,
                    @priority = @priority,
                    @inferenceRequestId = @inferenceRequestId OUTPUT;

                SET @answer = CONCAT(N'{"inferenceRequestId":', @inferenceRequestId, N'}');

                SEND ON CONVERSATION @conversation
                    MESSAGE TYPE [//hartonomous/inference/Accepted] (@answer);
                END CONVERSATION @conversation;
            END
            ELSE IF @messageType IN (N'http://schemas.microsoft.com/SQL/ServiceBroker/EndDialog', N'http://schemas.microsoft.com/SQL/ServiceBroker/Error')
                END CONVERSATION @conversation;
            ELSE
                THROW 51202, N'broker.TakeInferenceRequest: a message of a type that this service does not know.', 1;

            COMMIT TRANSACTION;
        END TRY
        BEGIN CATCH
            SELECT @errorNumber = ERROR_NUMBER(), @reason = ERROR_MESSAGE();

            IF XACT_STATE() <> 0
                ROLLBACK TRANSACTION;

            /* The message is in the queue again. A lost lock is tried again; anything else would fail again. */
            IF @errorNumber NOT IN (1205, 1222)
            BEGIN
                IF @conversation IS NULL
                    THROW;

                BEGIN TRANSACTION;

                RECEIVE TOP (1)
                    @messageType = message_type_name,
                    @body = CAST(message_body AS nvarchar(max))
                FROM broker.InferenceRequest
                WHERE conversation_handle = @conversation;

                IF @@ROWCOUNT > 0
                    EXEC broker.RejectMessage @conversation, @messageType, @body, @errorNumber, @reason;

                COMMIT TRANSACTION;
            END;
        END CATCH;
    END;
END;
