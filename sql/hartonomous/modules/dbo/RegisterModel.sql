/* Registers a model as a draft with all its layers; the last layer becomes its output. */
CREATE PROCEDURE dbo.RegisterModel
    @name nvarchar(128),
    @version varchar(32),
    @architecture varchar(64),
    @settings nvarchar(4000) = NULL,
    @layers dbo.LayerList READONLY,
    @modelId int OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    IF NOT EXISTS (SELECT 1 FROM @layers)
        THROW 51010, N'dbo.RegisterModel: a model needs at least one layer.', 1;

    BEGIN TRY
        BEGIN TRANSACTION;

        INSERT INTO dbo.Model (Name, Version, Architecture, Settings)
        VALUES (@name, @version, @architecture, @settings);

        SET @modelId = SCOPE_IDENTITY();

        INSERT INTO dbo.ModelLayer (ModelId, Ordinal, Kind, InputDimension, OutputDimension, HasBias)
        SELECT @modelId, l.Ordinal, l.Kind, l.InputDimension, l.OutputDimension, l.HasBias
        FROM @layers AS l
        ORDER BY l.Ordinal;

        EXEC dbo.CheckModel @modelId = @modelId;

        UPDATE dbo.Model
        SET OutputLayerId = (SELECT TOP (1) l.ModelLayerId FROM dbo.ModelLayer AS l WHERE l.ModelId = @modelId ORDER BY l.Ordinal DESC)
        WHERE ModelId = @modelId;

        EXEC graph.EnsureModelNode @modelId = @modelId;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
