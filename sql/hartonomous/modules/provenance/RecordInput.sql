/* Says that an operation read an atom. */
CREATE PROCEDURE provenance.RecordInput
    @operationId bigint,
    @atomId bigint,
    @role varchar(32) = 'source'
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    EXEC provenance.RequireOpenOperation @operationId = @operationId;

    INSERT INTO provenance.OperationInput (OperationId, AtomId, Role)
    SELECT @operationId, @atomId, @role
    WHERE NOT EXISTS
    (
        SELECT 1
        FROM provenance.OperationInput AS i
        WHERE i.OperationId = @operationId AND i.AtomId = @atomId AND i.Role = @role
    );
END;
