/* How people write a model: name@version. */
CREATE FUNCTION dbo.ModelLabel (@name nvarchar(128), @version varchar(32))
RETURNS nvarchar(161)
WITH SCHEMABINDING
AS
BEGIN
    RETURN CONCAT(@name, N'@', @version);
END;
