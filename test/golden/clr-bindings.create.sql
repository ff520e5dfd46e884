-- Everything with an attribute of SQL Server is bound.
-- new inputs:
-- {
--   "server": "hart-server",
--   "database": "sales",
--   "owner": "shop/dev/ClrBindings/vectors",
--   "assembly": "Hartonomous.Clr",
--   "file": "sql/clr/bin/Hartonomous.Clr.dll"
-- }
-- requires assembly Hartonomous.Clr for ClrBindings "vectors"

USE [sales];
GO

-- create type dbo.NumberRange
CREATE TYPE [dbo].[NumberRange]
EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.NumberRange];
GO

-- create aggregate dbo.VectorAverage
CREATE AGGREGATE [dbo].[VectorAverage] (
    @vector varbinary(max)
)
RETURNS varbinary(max)
EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.VectorAverage];
GO

-- create function dbo.clr_BytesToFloatArrayJson
CREATE FUNCTION [dbo].[clr_BytesToFloatArrayJson] (
    @vector varbinary(max)
)
RETURNS nvarchar(max)
WITH CALLED ON NULL INPUT
AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.JsonFunctions].[BytesToFloatArrayJson];
GO

-- create function dbo.clr_FloatArrayJsonToBytes
CREATE FUNCTION [dbo].[clr_FloatArrayJsonToBytes] (
    @json nvarchar(max)
)
RETURNS varbinary(max)
WITH CALLED ON NULL INPUT
AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.JsonFunctions].[FloatArrayJsonToBytes];
GO

-- create function dbo.clr_FloatArrayJsonLength
CREATE FUNCTION [dbo].[clr_FloatArrayJsonLength] (
    @json nvarchar(max)
)
RETURNS int
WITH CALLED ON NULL INPUT
AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.JsonFunctions].[FloatArrayJsonLength];
GO

-- create function dbo.VectorDimensions
CREATE FUNCTION [dbo].[VectorDimensions] (
    @vector varbinary(max)
)
RETURNS int
WITH CALLED ON NULL INPUT
AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.VectorFunctions].[Dimensions];
GO

-- create function dbo.VectorElement
CREATE FUNCTION [dbo].[VectorElement] (
    @vector varbinary(max),
    @position int
)
RETURNS real
WITH CALLED ON NULL INPUT
AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.VectorFunctions].[Element];
GO

-- create function dbo.VectorDot
CREATE FUNCTION [dbo].[VectorDot] (
    @left varbinary(max),
    @right varbinary(max)
)
RETURNS float
WITH CALLED ON NULL INPUT
AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.VectorFunctions].[Dot];
GO

-- create function dbo.VectorNorm
CREATE FUNCTION [dbo].[VectorNorm] (
    @vector varbinary(max)
)
RETURNS float
WITH CALLED ON NULL INPUT
AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.VectorFunctions].[Norm];
GO

-- create function dbo.VectorCosineSimilarity
CREATE FUNCTION [dbo].[VectorCosineSimilarity] (
    @left varbinary(max),
    @right varbinary(max)
)
RETURNS float
WITH CALLED ON NULL INPUT
AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.VectorFunctions].[CosineSimilarity];
GO

-- create function dbo.VectorCosineDistance
CREATE FUNCTION [dbo].[VectorCosineDistance] (
    @left varbinary(max),
    @right varbinary(max)
)
RETURNS float
WITH CALLED ON NULL INPUT
AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.VectorFunctions].[CosineDistance];
GO

-- create function dbo.VectorEuclideanDistance
CREATE FUNCTION [dbo].[VectorEuclideanDistance] (
    @left varbinary(max),
    @right varbinary(max)
)
RETURNS float
WITH CALLED ON NULL INPUT
AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.VectorFunctions].[EuclideanDistance];
GO

-- create function dbo.VectorManhattanDistance
CREATE FUNCTION [dbo].[VectorManhattanDistance] (
    @left varbinary(max),
    @right varbinary(max)
)
RETURNS float
WITH CALLED ON NULL INPUT
AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.VectorFunctions].[ManhattanDistance];
GO

-- create function dbo.VectorAdd
CREATE FUNCTION [dbo].[VectorAdd] (
    @left varbinary(max),
    @right varbinary(max)
)
RETURNS varbinary(max)
WITH CALLED ON NULL INPUT
AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.VectorFunctions].[Add];
GO

-- create function dbo.VectorSubtract
CREATE FUNCTION [dbo].[VectorSubtract] (
    @left varbinary(max),
    @right varbinary(max)
)
RETURNS varbinary(max)
WITH CALLED ON NULL INPUT
AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.VectorFunctions].[Subtract];
GO

-- create function dbo.VectorScale
CREATE FUNCTION [dbo].[VectorScale] (
    @vector varbinary(max),
    @factor float
)
RETURNS varbinary(max)
WITH CALLED ON NULL INPUT
AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.VectorFunctions].[Scale];
GO

-- create function dbo.VectorNormalize
CREATE FUNCTION [dbo].[VectorNormalize] (
    @vector varbinary(max)
)
RETURNS varbinary(max)
WITH CALLED ON NULL INPUT
AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.VectorFunctions].[Normalize];
GO

-- create function dbo.VectorConcat
CREATE FUNCTION [dbo].[VectorConcat] (
    @left varbinary(max),
    @right varbinary(max)
)
RETURNS varbinary(max)
WITH CALLED ON NULL INPUT
AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.VectorFunctions].[Concat];
GO

-- create function dbo.VectorSlice
CREATE FUNCTION [dbo].[VectorSlice] (
    @vector varbinary(max),
    @position int,
    @count int
)
RETURNS varbinary(max)
WITH CALLED ON NULL INPUT
AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.VectorFunctions].[Slice];
GO

-- create function dbo.VectorSum
CREATE FUNCTION [dbo].[VectorSum] (
    @vector varbinary(max)
)
RETURNS float
WITH CALLED ON NULL INPUT
AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.VectorFunctions].[Sum];
GO

-- create function dbo.VectorMean
CREATE FUNCTION [dbo].[VectorMean] (
    @vector varbinary(max)
)
RETURNS float
WITH CALLED ON NULL INPUT
AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.VectorFunctions].[Mean];
GO

-- create function dbo.VectorMinimum
CREATE FUNCTION [dbo].[VectorMinimum] (
    @vector varbinary(max)
)
RETURNS real
WITH CALLED ON NULL INPUT
AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.VectorFunctions].[Minimum];
GO

-- create function dbo.VectorMaximum
CREATE FUNCTION [dbo].[VectorMaximum] (
    @vector varbinary(max)
)
RETURNS real
WITH CALLED ON NULL INPUT
AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.VectorFunctions].[Maximum];
GO

-- create function dbo.VectorIsFinite
CREATE FUNCTION [dbo].[VectorIsFinite] (
    @vector varbinary(max)
)
RETURNS bit
WITH CALLED ON NULL INPUT
AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.VectorFunctions].[IsFinite];
GO

-- create function dbo.HammingDistance
CREATE FUNCTION [dbo].[HammingDistance] (
    @left varbinary(max),
    @right varbinary(max)
)
RETURNS int
WITH CALLED ON NULL INPUT
AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.VectorFunctions].[HammingDistance];
GO

-- create function dbo.VectorElements
CREATE FUNCTION [dbo].[VectorElements] (
    @vector varbinary(max)
)
RETURNS TABLE (
    [Position] int,
    [Value] real
)
AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.TableFunctions].[Elements];
GO

-- create function dbo.SplitText
CREATE FUNCTION [dbo].[SplitText] (
    @text nvarchar(max),
    @separator nvarchar(16)
)
RETURNS TABLE (
    [Position] int,
    [Part] nvarchar(max)
)
AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.TableFunctions].[Split];
GO

-- create procedure dbo.DescribeVector
CREATE PROCEDURE [dbo].[DescribeVector]
    @vector varbinary(max),
    @dimensions int OUTPUT,
    @norm float OUTPUT
AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.VectorFunctions].[Describe];
GO
