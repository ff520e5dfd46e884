/**
 * Checks that nobody has to write: one query for each sort of object, one result for each object. Compiling without running is what
 * sys.dm_exec_describe_first_result_set does; sp_refreshsqlmodule would change metadata, and SET NOEXEC needs the arguments.
 * https://learn.microsoft.com/sql/relational-databases/system-dynamic-management-views/sys-dm-exec-describe-first-result-set-for-object-transact-sql
 */
import type { VerificationCheck } from "../../contract";
import { quoteText } from "../../engine/quoting";

export const generatedSorts = ["procedures", "clr", "queues"] as const;
export type GeneratedSort = (typeof generatedSorts)[number];

/**
 * Errors that say "this does not compile": MISC and SYNTAX. The others only say that the first result cannot be told beforehand,
 * as with dynamic SQL and temporary tables.
 */
const compileErrors = "(1, 2)";

const problem =
  "CASE WHEN d.error_number IS NOT NULL THEN CONCAT(N'error ', d.error_number, N': ', d.error_message) END";

function inSchemas(schemas: readonly string[] | undefined): string {
  return schemas === undefined ? "" : ` AND s.name IN (${schemas.map(quoteText).join(", ")})`;
}

const shippedSchemas = "s.name NOT IN (N'iac', N'sys', N'cdc')";

const queries: Readonly<Record<GeneratedSort, (schemas: readonly string[] | undefined) => string>> = {
  procedures: (schemas) => `SELECT s.name + N'.' + o.name AS name, ${problem} AS problem
FROM sys.procedures AS o
INNER JOIN sys.schemas AS s ON s.schema_id = o.schema_id
OUTER APPLY (
  SELECT TOP (1) r.error_number, r.error_message
  FROM sys.dm_exec_describe_first_result_set_for_object(o.object_id, 0) AS r
  WHERE r.error_type IN ${compileErrors}
) AS d
WHERE o.type = 'P' AND o.is_ms_shipped = 0 AND ${shippedSchemas}${inSchemas(schemas)}
ORDER BY s.name, o.name;`,
  // A call is compiled with NULL for every argument: that binds the function to its assembly and runs nothing.
  clr: (schemas) => `SELECT s.name + N'.' + o.name AS name,
  CASE
    WHEN a.assembly_id IS NULL THEN N'no assembly stands behind it'
    WHEN d.error_number IS NOT NULL THEN CONCAT(N'error ', d.error_number, N': ', d.error_message)
  END AS problem
FROM sys.objects AS o
INNER JOIN sys.schemas AS s ON s.schema_id = o.schema_id
LEFT JOIN sys.assembly_modules AS m ON m.object_id = o.object_id
LEFT JOIN sys.assemblies AS a ON a.assembly_id = m.assembly_id
OUTER APPLY (
  SELECT COALESCE(STRING_AGG(N'NULL', N', '), N'') AS list FROM sys.parameters AS p WHERE p.object_id = o.object_id AND p.parameter_id > 0
) AS n
OUTER APPLY (
  SELECT TOP (1) r.error_number, r.error_message
  FROM sys.dm_exec_describe_first_result_set(
    CASE o.type
      WHEN 'FS' THEN CONCAT(N'SELECT ', QUOTENAME(s.name), N'.', QUOTENAME(o.name), N'(', n.list, N') AS result;')
      WHEN 'FT' THEN CONCAT(N'SELECT * FROM ', QUOTENAME(s.name), N'.', QUOTENAME(o.name), N'(', n.list, N');')
    END, NULL, 0) AS r
  WHERE r.error_type IN ${compileErrors}
) AS d
WHERE o.type IN ('FS', 'FT', 'PC', 'AF') AND ${shippedSchemas}${inSchemas(schemas)}
ORDER BY s.name, o.name;`,
  queues: (schemas) => `SELECT s.name + N'.' + q.name AS name,
  CASE
    WHEN q.is_receive_enabled = 0 OR q.is_enqueue_enabled = 0 THEN N'the queue is off (STATUS = OFF, perhaps after five rollbacks of the same message)'
    WHEN q.is_activation_enabled = 1 AND OBJECT_ID(q.activation_procedure) IS NULL THEN CONCAT(N'its activation procedure ', q.activation_procedure, N' is not there')
  END AS problem
FROM sys.service_queues AS q
INNER JOIN sys.schemas AS s ON s.schema_id = q.schema_id
WHERE q.is_ms_shipped = 0 AND ${shippedSchemas}${inSchemas(schemas)}
ORDER BY s.name, q.name;`,
};

const nouns: Readonly<Record<GeneratedSort, string>> = { procedures: "procedure", clr: "CLR module", queues: "queue" };

export function generatedCheck(
  sort: GeneratedSort,
  schemas: readonly string[] | undefined,
  timeoutSeconds: number,
): VerificationCheck {
  return { name: nouns[sort], query: queries[sort](schemas), expect: { each: true }, timeoutSeconds };
}
