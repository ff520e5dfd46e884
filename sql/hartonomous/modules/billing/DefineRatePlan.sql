/* Makes a plan, or changes the facts of one that is there. */
CREATE PROCEDURE billing.DefineRatePlan
    @code varchar(32),
    @name nvarchar(100),
    @monthlyFee decimal(19, 4) = 0,
    @currency char(3) = 'USD',
    @ratePlanId int OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    BEGIN TRY
        BEGIN TRANSACTION;

        MERGE billing.RatePlan WITH (HOLDLOCK) AS t
        USING (VALUES (@code)) AS s (Code)
            ON t.Code = s.Code
        WHEN MATCHED THEN
            UPDATE SET Name = @name, MonthlyFee = @monthlyFee, Currency = @currency
        WHEN NOT MATCHED BY TARGET THEN
            INSERT (Code, Name, MonthlyFee, Currency) VALUES (s.Code, @name, @monthlyFee, @currency);

        SELECT @ratePlanId = p.RatePlanId
        FROM billing.RatePlan AS p
        WHERE p.Code = @code;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
