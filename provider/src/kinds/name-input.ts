/** Zod pieces for names that reach T-SQL. https://learn.microsoft.com/sql/relational-databases/databases/database-identifiers */
import { z } from "zod";

/** A delimited identifier: any 1 to 128 characters but U+0000. `description` says what it names and what a change does. */
export function nameInput(description: string): z.ZodString {
  return z
    .string()
    .min(1)
    .max(128)
    .regex(/^[^\0]*$/, "a name cannot hold the character U+0000")
    .describe(description);
}

/**
 * A collation is a bare word in T-SQL and cannot stand in brackets, so only the letters that collation names consist of pass.
 * https://learn.microsoft.com/sql/t-sql/statements/collations
 */
export function collationInput(description: string): z.ZodString {
  return z
    .string()
    .max(128)
    .regex(/^[A-Za-z][A-Za-z0-9_]*$/, "a collation name has letters, digits and _, as in Latin1_General_100_CI_AS")
    .describe(description);
}
