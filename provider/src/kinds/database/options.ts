/**
 * Options of a database that one `ALTER DATABASE ... SET` changes: each with its input, where it is read, its words in T-SQL, what it
 * needs and where it does not exist. The order of the list is the order of the plan.
 * https://learn.microsoft.com/sql/t-sql/statements/alter-database-transact-sql-set-options
 */
import { z } from "zod";
import type { Hazard, PlanContext } from "../../contract";
import type { Capabilities } from "../../engine/capabilities";
import { displayName } from "../../engine/quoting";
import type { DatabaseRow } from "../../engine/snapshot/server";

// ---- Inputs ----------------------------------------------------------------------------------------------------------

const flag = (description: string): z.ZodOptional<z.ZodBoolean> =>
  z.boolean().optional().describe(`${description} Changes in place. Default: left alone.`);
const choice = <const Words extends readonly [string, ...string[]]>(words: Words, description: string) =>
  z.enum(words).optional().describe(`${description} Changes in place. Default: left alone.`);

/** The server keeps milliseconds in an int (5005). */
const longestRecoverySeconds = 2_147_483;

export const optionInputs = {
  autoClose: flag("Closes the database when its last session leaves."),
  autoShrink: flag("Shrinks files by itself."),
  autoCreateStatistics: flag("Makes missing statistics of single columns."),
  autoCreateStatisticsIncremental: flag(
    "Makes them per partition where that is possible; needs autoCreateStatistics: true.",
  ),
  autoUpdateStatistics: flag("Updates statistics that are out of date."),
  autoUpdateStatisticsAsync: flag("Queries do not wait for that update."),
  compatibilityLevel: z
    .number()
    .int()
    .min(100)
    .max(170)
    .multipleOf(10)
    .optional()
    .describe("Behaviour of which version: 150 = 2019, 160 = 2022, 170 = 2025. Changes in place. Default: left alone."),
  recoveryModel: choice(["FULL", "BULK_LOGGED", "SIMPLE"], "How much of the log is kept for restores."),
  pageVerify: choice(["CHECKSUM", "TORN_PAGE_DETECTION", "NONE"], "How damaged pages are found."),
  delayedDurability: choice(
    ["DISABLED", "ALLOWED", "FORCED"],
    "Whether a commit may return before its log is on disk.",
  ),
  targetRecoveryTimeSeconds: z
    .number()
    .int()
    .min(0)
    .max(longestRecoverySeconds)
    .optional()
    .describe(
      "Longest time of crash recovery, seconds, up to 2,147,483; 0 = automatic checkpoints. Changes in place. Default: left alone.",
    ),
  trustworthy: flag(
    "Modules may act outside the database with the rights of its owner; true is the hazard unsafe-code.",
  ),
  databaseChaining: flag("Ownership chains may cross into other databases."),
  containment: choice(
    ["NONE", "PARTIAL"],
    "PARTIAL = users with passwords inside the database; needs exclusive access.",
  ),
  readCommittedSnapshot: flag(
    "READ COMMITTED reads row versions instead of waiting for locks; needs exclusive access.",
  ),
  acceleratedDatabaseRecovery: flag("Recovery and rollback in constant time; needs exclusive access."),
  brokerEnabled: flag("Service Broker delivers messages; needs exclusive access."),
  honorBrokerPriority: flag(
    "Messages on the way to other servers go in the order of their conversation's priority (BrokerPriority).",
  ),
  snapshotIsolation: flag("Transactions may use SNAPSHOT isolation; waits for all open transactions."),
  readOnly: flag("Nothing in the database can be written; needs exclusive access."),
} as const;
const OptionInputs = z.object(optionInputs);
export type OptionInputs = z.infer<typeof OptionInputs>;
type OptionName = keyof OptionInputs;
type OptionValue<Name extends OptionName = OptionName> = NonNullable<OptionInputs[Name]>;

// ---- The list --------------------------------------------------------------------------------------------------------

type Azure = Exclude<Capabilities["flavor"], "server">;

interface OptionDefinition<Name extends OptionName> {
  readonly value: (row: DatabaseRow) => OptionValue<Name>;
  /** The words after SET; undefined = another option's words carry it. */
  readonly clause: (value: OptionValue<Name>, all: OptionInputs) => string | undefined;
  readonly isExclusive?: true;
  /** What every new database has, whatever `model` says. */
  readonly initially?: OptionValue<Name>;
  /** Azure flavours where it cannot be set, and the value that it always has there if it has one. */
  readonly fixed?: Partial<Record<Azure, OptionValue<Name> | "absent">>;
  readonly hazards?: (value: OptionValue<Name>, database: string, context: PlanContext) => Hazard[];
  /** undefined = it can be set. `row` undefined = the database is made now. */
  readonly refusal?: (
    value: OptionValue<Name>,
    row: DatabaseRow | undefined,
    context: PlanContext,
  ) => string | undefined;
  readonly note?: (value: OptionValue<Name>) => string | undefined;
}

/** One option with the type of its value forgotten. */
interface DatabaseOption extends Omit<OptionDefinition<OptionName>, "fixed"> {
  readonly input: OptionName;
  readonly fixed: Partial<Record<Azure, OptionValue | "absent">>;
}

const onOff = (value: boolean): string => (value ? "ON" : "OFF");

const definitions: { readonly [Name in OptionName]: OptionDefinition<Name> } = {
  autoClose: {
    value: (row) => row.isAutoClose,
    clause: (value) => `AUTO_CLOSE ${onOff(value)}`,
    fixed: { "managed-instance": false, "azure-sql-database": false },
    refusal: (value, row, { catalog }) =>
      value && catalog.database.filegroups.some((filegroup) => filegroup.type === "FX")
        ? "a database with a memory-optimized filegroup cannot close by itself; give false"
        : undefined,
  },
  autoShrink: { value: (row) => row.isAutoShrink, clause: (value) => `AUTO_SHRINK ${onOff(value)}` },
  autoCreateStatistics: {
    value: (row) => row.isAutoCreateStatistics,
    clause: (value, { autoCreateStatisticsIncremental: incremental }) =>
      `AUTO_CREATE_STATISTICS ${onOff(value)}` +
      (value && incremental !== undefined ? ` (INCREMENTAL = ${onOff(incremental)})` : ""),
  },
  autoCreateStatisticsIncremental: { value: (row) => row.isAutoCreateStatisticsIncremental, clause: () => undefined },
  autoUpdateStatistics: {
    value: (row) => row.isAutoUpdateStatistics,
    clause: (value) => `AUTO_UPDATE_STATISTICS ${onOff(value)}`,
  },
  // Before the exclusive ones: its background session may sit in the database.
  autoUpdateStatisticsAsync: {
    value: (row) => row.isAutoUpdateStatisticsAsync,
    clause: (value) => `AUTO_UPDATE_STATISTICS_ASYNC ${onOff(value)}`,
  },
  compatibilityLevel: {
    value: (row) => row.compatibilityLevel,
    clause: (value) => `COMPATIBILITY_LEVEL = ${value}`,
    refusal: (value, _row, { capabilities }) =>
      // Azure calls itself version 12 whatever it can do.
      capabilities.flavor === "server" && value > capabilities.maximumCompatibilityLevel
        ? `this server knows levels up to ${capabilities.maximumCompatibilityLevel}; give that or less`
        : undefined,
  },
  recoveryModel: {
    value: (row) => row.recoveryModel as OptionValue<"recoveryModel">,
    clause: (value) => `RECOVERY ${value}`,
    fixed: { "managed-instance": "FULL", "azure-sql-database": "FULL" },
    note: (value) =>
      value === "SIMPLE"
        ? "RECOVERY SIMPLE ends the chain of log backups: a restore reaches only the last full or differential backup."
        : "Log backups work only after the next full or differential backup under the new recovery model.",
  },
  pageVerify: {
    value: (row) => row.pageVerify as OptionValue<"pageVerify">,
    clause: (value) => `PAGE_VERIFY ${value}`,
    fixed: { "managed-instance": "CHECKSUM", "azure-sql-database": "CHECKSUM" },
  },
  delayedDurability: {
    value: (row) => row.delayedDurability as OptionValue<"delayedDurability">,
    clause: (value) => `DELAYED_DURABILITY = ${value}`,
    note: (value) =>
      value === "DISABLED"
        ? undefined
        : "With delayed durability a crash can lose transactions that were reported as committed.",
  },
  targetRecoveryTimeSeconds: {
    value: (row) => row.targetRecoveryTimeSeconds,
    clause: (value) => `TARGET_RECOVERY_TIME = ${value} SECONDS`,
  },
  trustworthy: {
    value: (row) => row.isTrustworthy,
    clause: (value) => `TRUSTWORTHY ${onOff(value)}`,
    initially: false,
    fixed: { "azure-sql-database": false },
    hazards: (value, database) =>
      value
        ? [
            {
              type: "unsafe-code",
              object: database,
              detail: "modules of the database may act on the whole server with the rights of its owner",
            },
          ]
        : [],
  },
  databaseChaining: {
    value: (row) => row.isDatabaseChaining,
    clause: (value) => `DB_CHAINING ${onOff(value)}`,
    initially: false,
    fixed: { "azure-sql-database": false },
  },
  containment: {
    value: (row) => row.containment as OptionValue<"containment">,
    clause: (value) => `CONTAINMENT = ${value}`,
    isExclusive: true,
    fixed: { "azure-sql-database": "absent" },
    refusal: (value, row, { catalog }) => {
      if (value === "NONE") return undefined;
      if (!catalog.server.properties.isContainedAuthenticationEnabled) {
        return "the server forbids contained users; run EXEC sp_configure 'contained database authentication', 1; RECONFIGURE; first";
      }
      return row?.isCdcEnabled === true
        ? "a database with change data capture cannot be contained; switch that off first"
        : undefined;
    },
  },
  readCommittedSnapshot: {
    value: (row) => row.isReadCommittedSnapshot,
    clause: (value) => `READ_COMMITTED_SNAPSHOT ${onOff(value)}`,
    isExclusive: true,
    refusal: (_value, row, { catalog }) =>
      row !== undefined && catalog.databaseRow?.databaseId !== row.databaseId
        ? "the database is renamed in this plan, and its tables were not read; deploy the new name first"
        : undefined,
    hazards: (_value, _database, { catalog }) =>
      catalog.database.tables
        .filter((table) => table.isMemoryOptimized && table.durability === 1)
        .map((table) => ({
          type: "data-loss",
          object: displayName(table.schemaName, table.name),
          detail: "changing READ_COMMITTED_SNAPSHOT empties memory-optimized tables with DURABILITY = SCHEMA_ONLY",
          rows: table.rows,
        })),
  },
  acceleratedDatabaseRecovery: {
    value: (row) => row.isAcceleratedDatabaseRecovery,
    clause: (value) => `ACCELERATED_DATABASE_RECOVERY = ${onOff(value)}`,
    isExclusive: true,
    fixed: { "managed-instance": true, "azure-sql-database": true },
  },
  brokerEnabled: {
    value: (row) => row.isBrokerEnabled,
    clause: (value) => (value ? "ENABLE_BROKER" : "DISABLE_BROKER"),
    isExclusive: true,
    fixed: { "managed-instance": true, "azure-sql-database": "absent" },
    refusal: (value, row, { catalog }) => {
      if (!value || row === undefined) return undefined;
      const twin = catalog.server.databases.find(
        (other) =>
          other.databaseId !== row.databaseId &&
          other.isBrokerEnabled &&
          other.serviceBrokerGuid === row.serviceBrokerGuid,
      );
      if (twin === undefined) return undefined;
      return (
        `database "${twin.name}" has the same broker identifier (a restored copy); give the copy retiredBrokerGuid: ${JSON.stringify(row.serviceBrokerGuid)} (SET NEW_BROKER), ` +
        "which ends all its conversations and throws their messages away"
      );
    },
  },
  honorBrokerPriority: {
    value: (row) => row.isHonorBrokerPriority,
    clause: (value) => `HONOR_BROKER_PRIORITY ${onOff(value)}`,
    fixed: { "azure-sql-database": "absent" },
  },
  // Alone and without a termination clause (5082, 5083); 3 = going on, which is no reason to send it again.
  snapshotIsolation: {
    value: (row) => row.snapshotIsolationState === 1 || row.snapshotIsolationState === 3,
    clause: (value) => `ALLOW_SNAPSHOT_ISOLATION ${onOff(value)}`,
    hazards: (_value, database) => [
      { type: "long-lock", object: database, detail: "waits until every transaction that is open now has ended" },
    ],
  },
  readOnly: {
    value: (row) => row.isReadOnly,
    clause: (value) => (value ? "READ_ONLY" : "READ_WRITE"),
    isExclusive: true,
    initially: false,
    fixed: { "managed-instance": false },
  },
};

export const databaseOptions: readonly DatabaseOption[] = (Object.keys(definitions) as OptionName[]).map((input) => ({
  fixed: {},
  // The values of one option only ever meet their own functions, because both are found by the name of the input.
  ...(definitions[input] as unknown as Omit<DatabaseOption, "input" | "fixed">),
  input,
}));

// ---- Comparison ------------------------------------------------------------------------------------------------------

/** Options that were given, with the values that the server has. */
export function liveOptions(row: DatabaseRow, given: OptionInputs): OptionInputs {
  const entries = databaseOptions
    .filter((option) => given[option.input] !== undefined)
    .map((option) => [option.input, option.value(row)] as const);
  return Object.fromEntries(entries) as OptionInputs;
}

export interface OptionChange {
  readonly option: DatabaseOption;
  readonly value: OptionValue;
  readonly clause: string;
  /** The words that bring the present value back; undefined for a database that is made now. */
  readonly reverse: string | undefined;
}

/** `row` undefined = the database is made now and takes the rest from `model`, which may say anything. */
export function optionChanges(wanted: OptionInputs, row: DatabaseRow | undefined): OptionChange[] {
  const live = row === undefined ? undefined : liveOptions(row, wanted);
  return databaseOptions.flatMap((option) => {
    const value = wanted[option.input];
    if (value === undefined) return [];
    const clause = option.clause(value, wanted);
    if (clause === undefined) return [];
    if (row === undefined || live === undefined) {
      return option.initially === value ? [] : [{ option, value, clause, reverse: undefined }];
    }
    const reverse = option.clause(option.value(row), live);
    return reverse === clause ? [] : [{ option, value, clause, reverse }];
  });
}
