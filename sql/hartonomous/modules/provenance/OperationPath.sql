/* An operation and its parents as text: 1/7/12. */
CREATE FUNCTION provenance.OperationPath (@operationId bigint)
RETURNS varchar(4000)
AS
BEGIN
    DECLARE @path varchar(4000) = '';
    DECLARE @current bigint = @operationId;

    WHILE @current IS NOT NULL
    BEGIN
        SET @path = CONCAT('/', @current, @path);
        SET @current = (SELECT o.ParentOperationId FROM provenance.Operation AS o WHERE o.OperationId = @current);
    END;

    RETURN NULLIF(STUFF(@path, 1, 1, ''), '');
END;
