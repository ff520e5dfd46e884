/* Cosine of an angle from a dot product and two lengths; NULL when a vector has no direction. */
CREATE FUNCTION dbo.CosineOf (@dotProduct float, @leftNorm float, @rightNorm float)
RETURNS float
WITH SCHEMABINDING
AS
BEGIN
    RETURN @dotProduct / NULLIF(@leftNorm * @rightNorm, 0.0);
END;
