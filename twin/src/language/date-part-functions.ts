/** Functions whose first argument is a date part, a bare word that reads like a column. Source: sql-docs, date and time functions. */
export const datePartFunctions: ReadonlySet<string> = new Set([
  "DATEADD",
  "DATEDIFF",
  "DATEDIFF_BIG",
  "DATENAME",
  "DATEPART",
  "DATETRUNC",
  "DATE_BUCKET",
]);
