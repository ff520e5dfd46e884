/* One spelling for texts that only differ in white space. */
CREATE FUNCTION dbo.NormalizeText (@text nvarchar(max))
RETURNS nvarchar(max)
WITH SCHEMABINDING
AS
BEGIN
    DECLARE @normal nvarchar(max) = TRIM(REPLACE(REPLACE(REPLACE(@text, NCHAR(13), N' '), NCHAR(10), N' '), NCHAR(9), N' '));

    WHILE CHARINDEX(N'  ', @normal) > 0
        SET @normal = REPLACE(@normal, N'  ', N' ');

    RETURN @normal;
END;
