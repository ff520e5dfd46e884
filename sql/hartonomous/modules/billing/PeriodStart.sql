/* First day of the month of a date. */
CREATE FUNCTION billing.PeriodStart (@date date)
RETURNS date
WITH SCHEMABINDING
AS
BEGIN
    RETURN DATEFROMPARTS(YEAR(@date), MONTH(@date), 1);
END;
