/* Opens an operation, alone or inside another one. */
CREATE PROCEDURE provenance.BeginOperation
    @kind varchar(32),
    @parentOperationId bigint = NULL,
    @operationId bigint OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    INSERT INTO provenance.Operation (ParentOperationId, Kind)
    VALUES (@parentOperationId, @kind);

    SET @operationId = SCOPE_IDENTITY();
END;
