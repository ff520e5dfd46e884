/* Ends the initiator's side of conversations, and keeps what the far side could not do. Started by queue broker.Reply, which all initiators share. */
CREATE PROCEDURE broker.TakeReply
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE
        @conversation uniqueidentifier,
        @messageType nvarchar(256),
        @body nvarchar(max);

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
                FROM broker.Reply
            ), TIMEOUT 1000;

            IF @conversation IS NULL
            BEGIN
                COMMIT TRANSACTION;
                BREAK;
            END;

            IF @messageType = N'http://schemas.microsoft.com/SQL/ServiceBroker/Error'
                INSERT INTO broker.RejectedMessage (ConversationHandle, MessageType, Body, ErrorNumber, Reason)
                VALUES (@conversation, @messageType, @body, 51201, N'The far side ended the conversation with an error.');

            /* An answer is followed by the end of the conversation, so only that is acted upon. */
            IF @messageType IN (N'http://schemas.microsoft.com/SQL/ServiceBroker/EndDialog', N'http://schemas.microsoft.com/SQL/ServiceBroker/Error')
                END CONVERSATION @conversation;

            COMMIT TRANSACTION;
        END TRY
        BEGIN CATCH
            IF XACT_STATE() <> 0
                ROLLBACK TRANSACTION;

            /* Only a lost lock is tried again; the next start goes on with the rest. */
            IF ERROR_NUMBER() NOT IN (1205, 1222)
                THROW;
        END CATCH;
    END;
END;
