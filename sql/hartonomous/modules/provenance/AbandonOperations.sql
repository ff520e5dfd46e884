/* Closes operations whose worker is gone: still open after @olderThanMinutes. */
CREATE PROCEDURE provenance.AbandonOperations
    @olderThanMinutes int,
    @abandoned int = NULL OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @now datetime2(3) = SYSUTCDATETIME();

    UPDATE provenance.Operation
    SET EndedAt = @now, Outcome = 'abandoned', Detail = CONCAT(N'Open for more than ', @olderThanMinutes, N' minutes.')
    WHERE EndedAt IS NULL
      AND StartedAt <= DATEADD(MINUTE, -@olderThanMinutes, @now);

    SET @abandoned = @@ROWCOUNT;
END;
