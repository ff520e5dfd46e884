/** How the reference database keeps former versions: for 90 days, in a columnstore, under hidden period columns. */
import type { TableDefinition } from "pulumi-sqlserver";

export const ninetyDays = {
  periodColumns: { hidden: true },
  historyRetention: { value: 90, unit: "days" },
  historyIndex: "columnstore",
} as const satisfies NonNullable<TableDefinition["systemVersioning"]>;
