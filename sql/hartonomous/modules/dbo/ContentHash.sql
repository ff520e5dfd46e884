/* The identity of content: SHA-256. Bound, so that a table may one day compute it. */
CREATE FUNCTION dbo.ContentHash (@content varbinary(max))
RETURNS binary(32)
WITH SCHEMABINDING, RETURNS NULL ON NULL INPUT
AS
BEGIN
    RETURN CONVERT(binary(32), HASHBYTES('SHA2_256', @content));
END;
