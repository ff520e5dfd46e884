/* What is left of a quantity after the included part. */
CREATE FUNCTION billing.Excess (@quantity decimal(19, 4), @included decimal(19, 4))
RETURNS decimal(19, 4)
WITH SCHEMABINDING
AS
BEGIN
    RETURN CASE WHEN @quantity > COALESCE(@included, 0) THEN @quantity - COALESCE(@included, 0) ELSE 0 END;
END;
