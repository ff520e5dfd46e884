/* Says that an operation wrote an atom. */
CREATE PROCEDURE provenance.RecordOutput
    @operationId bigint,
    @atomId bigint,
    @role varchar(32) = 'result'
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    EXEC provenance.RequireOpenOperation @operationId = @operationId;

    INSERT INTO provenance.OperationOutput (OperationId, AtomId, Role)
    SELECT @operationId, @atomId, @role
    WHERE NOT EXISTS
    (
        SELECT 1
        FROM provenance.OperationOutput AS o
        WHERE o.OperationId = @operationId AND o.AtomId = @atomId AND o.Role = @role
    );
END;
