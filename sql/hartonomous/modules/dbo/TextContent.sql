/* The bytes under which a text is stored. */
CREATE FUNCTION dbo.TextContent (@text nvarchar(max))
RETURNS varbinary(max)
WITH SCHEMABINDING
AS
BEGIN
    RETURN CONVERT(varbinary(max), dbo.NormalizeText(@text));
END;
