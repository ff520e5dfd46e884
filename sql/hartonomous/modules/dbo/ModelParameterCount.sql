/* All parameters of a model; 0 when it has no layers. */
CREATE FUNCTION dbo.ModelParameterCount (@modelId int)
RETURNS bigint
AS
BEGIN
    RETURN
    (
        SELECT COALESCE(SUM(l.ParameterCount), 0)
        FROM dbo.ModelLayer AS l
        WHERE l.ModelId = @modelId
    );
END;
