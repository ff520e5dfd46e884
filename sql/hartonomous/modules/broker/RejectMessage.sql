/* Keeps a message that could not be processed and ends its conversation with the reason. Runs in the transaction of the caller. */
CREATE PROCEDURE broker.RejectMessage
    @conversation uniqueidentifier,
    @messageType nvarchar(256),
    @body nvarchar(max),
    @errorNumber int,
    @reason nvarchar(3000)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    INSERT INTO broker.RejectedMessage (ConversationHandle, MessageType, Body, ErrorNumber, Reason)
    VALUES (@conversation, @messageType, @body, @errorNumber, @reason);

    END CONVERSATION @conversation WITH ERROR = @errorNumber DESCRIPTION = @reason;
END;
