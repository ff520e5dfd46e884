/* Throws unless the operation is open. */
CREATE PROCEDURE provenance.RequireOpenOperation
    @operationId bigint
AS
BEGIN
    SET NOCOUNT ON;

    IF NOT EXISTS (SELECT 1 FROM provenance.Operation AS o WHERE o.OperationId = @operationId AND o.EndedAt IS NULL)
        THROW 51051, N'The operation is unknown or has ended; nothing can be recorded for it.', 1;
END;
