/* First day after the month of a date: periods hold their start and not their end. */
CREATE FUNCTION billing.PeriodEnd (@date date)
RETURNS date
WITH SCHEMABINDING
AS
BEGIN
    RETURN DATEADD(MONTH, 1, billing.PeriodStart(@date));
END;
