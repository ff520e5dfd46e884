/* Closes an open operation. */
CREATE PROCEDURE provenance.EndOperation
    @operationId bigint,
    @outcome varchar(16),
    @detail nvarchar(2000) = NULL
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    UPDATE provenance.Operation
    SET EndedAt = SYSUTCDATETIME(), Outcome = @outcome, Detail = @detail
    WHERE OperationId = @operationId
      AND EndedAt IS NULL;

    IF @@ROWCOUNT = 0
        THROW 51050, N'provenance.EndOperation: the operation is unknown or has ended.', 1;
END;
