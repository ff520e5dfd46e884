/* Notes the usage of each event that arrives; a meter gets no answer but the end of the conversation. Started by queue broker.UsageEvent, with as many readers as that allows. */
CREATE PROCEDURE broker.TakeUsageEvent
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
        @usageKind varchar(32),
        @quantity decimal(19, 4),
        @occurredAt datetime2(3);

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
                FROM broker.UsageEvent
            ), TIMEOUT 1000;

            IF @conversation IS NULL
            BEGIN
                COMMIT TRANSACTION;
                BREAK;
            END;

            IF @messageType = N'//hartonomous/billing/Usage'
            BEGIN
                SELECT
                    @tenantId = CONVERT(int, JSON_VALUE(@body, N'$.tenantId')),
                    @usageKind = CONVERT(varchar(32), JSON_VALUE(@body, N'$.usageKind')),
                    @quantity = CONVERT(decimal(19, 4), JSON_VALUE(@body, N'$.quantity')),
                    @occurredAt = CONVERT(datetime2(3), JSON_VALUE(@body, N'$.occurredAt'));

                EXEC billing.RecordUsage
                    @tenantId = @tenantId,
                    @usageKind = @usageKind,
                    @quantity = @quantity,
                    @occurredAt = @occurredAt;

                END CONVERSATION @conversation;
            END
            ELSE IF @messageType IN (N'http://schemas.microsoft.com/SQL/ServiceBroker/EndDialog', N'http://schemas.microsoft.com/SQL/ServiceBroker/Error')
                END CONVERSATION @conversation;
            ELSE
                THROW 51202, N'broker.TakeUsageEvent: a message of a type that this service does not know.', 1;

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
                FROM broker.UsageEvent
                WHERE conversation_handle = @conversation;

                IF @@ROWCOUNT > 0
                    EXEC broker.RejectMessage @conversation, @messageType, @body, @errorNumber, @reason;

                COMMIT TRANSACTION;
            END;
        END CATCH;
    END;
END;
