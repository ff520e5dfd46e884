/** What must hold after each deployment, whatever the rows are. */
import type { CheckDefinition } from "pulumi-sqlserver-components";

const none = (name: string, query: string): CheckDefinition => ({ name, query, expect: { empty: true } });
const scalar = (
  name: string,
  query: string,
  value: string | number | boolean | null,
  tolerance?: number,
): CheckDefinition => ({ name, query, expect: { scalar: value, ...(tolerance === undefined ? {} : { tolerance }) } });
const refused = (name: string, query: string, error: number): CheckDefinition => ({ name, query, expect: { error } });

const database: readonly CheckDefinition[] = [
  scalar(
    "readers do not wait for writers",
    "SELECT is_read_committed_snapshot_on FROM sys.databases WHERE database_id = DB_ID();",
    true,
  ),
  scalar(
    "pages have checksums",
    "SELECT page_verify_option_desc FROM sys.databases WHERE database_id = DB_ID();",
    "CHECKSUM",
  ),
  scalar("messages are delivered", "SELECT is_broker_enabled FROM sys.databases WHERE database_id = DB_ID();", true),
  scalar("queries are captured", "SELECT actual_state_desc FROM sys.database_query_store_options;", "READ_WRITE"),
];

const tables: readonly CheckDefinition[] = [
  none(
    "every table has a primary key",
    "SELECT t.name FROM sys.tables AS t INNER JOIN sys.schemas AS s ON s.schema_id = t.schema_id WHERE s.name <> N'iac' AND t.temporal_type <> 1 AND NOT EXISTS (SELECT 1 FROM sys.key_constraints AS k WHERE k.parent_object_id = t.object_id AND k.type = 'PK');",
  ),
  none(
    "no table is a heap",
    "SELECT OBJECT_NAME(object_id) FROM sys.indexes WHERE index_id = 0 AND OBJECTPROPERTY(object_id, N'IsUserTable') = 1;",
  ),
  none("foreign keys are trusted", "SELECT name FROM sys.foreign_keys WHERE is_disabled = 1 OR is_not_trusted = 1;"),
  none(
    "check constraints are trusted",
    "SELECT name FROM sys.check_constraints WHERE is_disabled = 1 OR is_not_trusted = 1;",
  ),
  none("triggers are on", "SELECT name FROM sys.triggers WHERE is_disabled = 1;"),
  none("indexes are on", "SELECT name FROM sys.indexes WHERE is_disabled = 1;"),
  scalar("four tables keep their history", "SELECT COUNT(*) FROM sys.tables WHERE temporal_type = 2;", 4),
  none(
    "history is kept for 90 days",
    "SELECT name FROM sys.tables WHERE temporal_type = 2 AND (history_retention_period <> 90 OR history_retention_period_unit_desc <> N'DAY');",
  ),
  none(
    "history is a columnstore",
    "SELECT t.name FROM sys.tables AS t WHERE t.temporal_type = 1 AND NOT EXISTS (SELECT 1 FROM sys.indexes AS i WHERE i.object_id = t.object_id AND i.type = 5);",
  ),
  scalar(
    "old history is cleaned up",
    "SELECT is_temporal_history_retention_enabled FROM sys.databases WHERE database_id = DB_ID();",
    true,
  ),
  none(
    "atoms lie in their own filegroup",
    "SELECT i.name FROM sys.indexes AS i INNER JOIN sys.data_spaces AS d ON d.data_space_id = i.data_space_id WHERE i.object_id = OBJECT_ID(N'dbo.Atom') AND i.index_id = 1 AND d.name <> N'AtomData';",
  ),
  {
    ...scalar(
      "payloads are files",
      "SELECT is_filestream FROM sys.columns WHERE object_id = OBJECT_ID(N'dbo.AtomPayload') AND name = N'Content';",
      true,
    ),
    needs: "filestream",
  },
];

const functions: readonly CheckDefinition[] = [
  scalar(
    "content has the SHA-256 of the standard",
    "SELECT CASE WHEN dbo.ContentHash(0x616263) = 0xBA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD THEN 1 ELSE 0 END;",
    1,
  ),
  scalar("no content has no hash", "SELECT CASE WHEN dbo.ContentHash(NULL) IS NULL THEN 1 ELSE 0 END;", 1),
  scalar(
    "white space is one space",
    "SELECT dbo.NormalizeText(CONCAT(N'  a', NCHAR(9), NCHAR(10), N'b  c '));",
    "a b c",
  ),
  scalar("vectors that point one way have the cosine 1", "SELECT dbo.CosineOf(6.0, 2.0, 3.0);", 1, 1e-12),
  scalar("a vector without length has no cosine", "SELECT dbo.CosineOf(0.0, 0.0, 3.0);", null),
  scalar("a model is called name@version", "SELECT dbo.ModelLabel(N'small', '1.2');", "small@1.2"),
  scalar("a model without layers has no parameters", "SELECT CONVERT(int, dbo.ModelParameterCount(-1));", 0),
  scalar(
    "a month begins with its first day",
    "SELECT CONVERT(char(10), billing.PeriodStart('2024-02-29'), 23);",
    "2024-02-01",
  ),
  scalar(
    "a month ends before the next",
    "SELECT CONVERT(char(10), billing.PeriodEnd('2024-12-31'), 23);",
    "2025-01-01",
  ),
  scalar("what is included costs nothing", "SELECT CONVERT(float, billing.Excess(90, 100));", 0),
  scalar("what is beyond is billed", "SELECT CONVERT(float, billing.Excess(100.5, 100));", 0.5, 1e-9),
  none("an unknown node reaches nothing", "SELECT NodeId FROM graph.Closure(-1);"),
  none(
    "no model has layers that do not fit",
    "SELECT d.ModelId FROM dbo.ModelDefect AS d INNER JOIN dbo.ActiveModel AS a ON a.ModelId = d.ModelId;",
  ),
];

const procedures: readonly CheckDefinition[] = [
  refused("an unknown operation takes no records", "EXEC provenance.RequireOpenOperation @operationId = -1;", 51051),
  refused(
    "an unknown edge kind is refused",
    "EXEC graph.AddEdge @fromNodeId = 1, @toNodeId = 2, @edgeKind = 'no such kind';",
    51040,
  ),
  refused(
    "an atom without embedding has no neighbours",
    "EXEC dbo.FindSimilarAtoms @atomId = -1, @modelId = -1;",
    51021,
  ),
  refused(
    "an unknown kind of usage is refused",
    "DECLARE @id tinyint; EXEC billing.FindUsageKind @name = 'no such kind', @usageKindId = @id OUTPUT;",
    51060,
  ),
];

const broker: readonly CheckDefinition[] = [
  scalar("three contracts", "SELECT COUNT(*) FROM sys.service_contracts WHERE name LIKE N'//hartonomous/%';", 3),
  scalar("six services", "SELECT COUNT(*) FROM sys.services WHERE name LIKE N'//hartonomous/%';", 6),
  none(
    "every queue has somebody who takes from it",
    "SELECT name FROM sys.service_queues WHERE is_ms_shipped = 0 AND (is_activation_enabled = 0 OR activation_procedure IS NULL);",
  ),
];

const security: readonly CheckDefinition[] = [
  none(
    "nobody but roles has permissions on schemas",
    "SELECT p.permission_name FROM sys.database_permissions AS p INNER JOIN sys.database_principals AS u ON u.principal_id = p.grantee_principal_id WHERE p.class = 3 AND u.type <> 'R';",
  ),
  scalar(
    "weights are denied to readers",
    "SELECT state_desc FROM sys.database_permissions WHERE class = 1 AND major_id = OBJECT_ID(N'dbo.LayerWeight') AND grantee_principal_id = DATABASE_PRINCIPAL_ID(N'HartonomousReader');",
    "DENY",
  ),
  none(
    "guests stay outside",
    "SELECT permission_name FROM sys.database_permissions WHERE grantee_principal_id = DATABASE_PRINCIPAL_ID(N'guest') AND permission_name = N'CONNECT' AND state IN ('G', 'W');",
  ),
];

export const checks: readonly CheckDefinition[] = [
  ...database,
  ...tables,
  ...functions,
  ...procedures,
  ...broker,
  ...security,
];
