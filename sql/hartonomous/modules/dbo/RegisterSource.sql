/* Names a place that content comes from; a known name only takes the new facts. */
CREATE PROCEDURE dbo.RegisterSource
    @name nvarchar(200),
    @uri nvarchar(400) = NULL,
    @trustLevel tinyint = 50,
    @atomSourceId int OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    BEGIN TRY
        BEGIN TRANSACTION;

        UPDATE dbo.AtomSource WITH (HOLDLOCK)
        SET Uri = COALESCE(@uri, Uri),
            TrustLevel = @trustLevel,
            @atomSourceId = AtomSourceId
        WHERE Name = @name;

        IF @@ROWCOUNT = 0
        BEGIN
            INSERT INTO dbo.AtomSource (Name, Uri, TrustLevel)
            VALUES (@name, @uri, @trustLevel);

            SET @atomSourceId = SCOPE_IDENTITY();
        END;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
