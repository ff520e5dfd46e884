/** The temporal table that the tests of temporal tables begin with. */

/** A temporal table with a named history table, and two rows. */
export const STAFF = [
  `CREATE TABLE dbo.staff (
     id int NOT NULL CONSTRAINT pk_staff PRIMARY KEY,
     name nvarchar(20) NOT NULL,
     pay int NULL,
     valid_from datetime2(7) GENERATED ALWAYS AS ROW START HIDDEN NOT NULL,
     valid_to datetime2(7) GENERATED ALWAYS AS ROW END HIDDEN NOT NULL,
     PERIOD FOR SYSTEM_TIME (valid_from, valid_to))
   WITH (SYSTEM_VERSIONING = ON (HISTORY_TABLE = dbo.staff_history))`,
  "INSERT dbo.staff (id, name, pay) VALUES (1, N'Ann', 10), (2, N'Bob', 20)",
];
export const OFF = "ALTER TABLE dbo.staff SET (SYSTEM_VERSIONING = OFF)";
export const ON = "ALTER TABLE dbo.staff SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = dbo.staff_history))";
export const HISTORY = "SELECT id, name, pay FROM dbo.staff_history ORDER BY id, valid_to";
