/** Tables of the planner tests, and what one case says: the change, the T-SQL that it must be, its dangers. */
import type { ProbeRow } from "../../../provider/src/contract";
import type { TableBody } from "../../../provider/src/kinds/table";
import { inputsOf, planOf, type Case } from "./table-rows";

export const orders: TableBody = {
  columns: [
    { name: "Id", type: "int" },
    { name: "Code", type: "nvarchar(100)", nullable: true },
    { name: "Note", type: "nvarchar(50)", nullable: true },
    { name: "Total", type: "decimal(18,2)", default: "0" },
  ],
  primaryKey: { columns: ["Id"] },
  indexes: [{ columns: ["Code"] }],
  checks: { CK_Total: "Total >= 0" },
};
export const lines: TableBody = {
  columns: [
    { name: "OrderId", type: "int" },
    { name: "Line", type: "int" },
  ],
  primaryKey: { columns: ["OrderId", "Line"] },
  foreignKeys: [{ columns: ["OrderId"], references: { table: "Orders" } }],
};

type Column = TableBody["columns"][number];
/** `orders` with some columns changed; undefined takes one away. */
export function withColumns(changes: Record<string, Partial<Column> | undefined>, ...added: Column[]): TableBody {
  const columns = orders.columns.flatMap((column) =>
    column.name in changes ? (changes[column.name] ? [{ ...column, ...changes[column.name] }] : []) : [column],
  );
  return { ...orders, columns: [...columns, ...added] };
}
export const one = (body: TableBody): ReturnType<typeof inputsOf> => inputsOf({ Orders: body });
export const alter = (to: TableBody, given: Case = {}, from = orders): ReturnType<typeof planOf> =>
  planOf(one(from), one(to), { rows: 10, ...given });
/** Object ids of the builder: the first table in order of name is 1000. */
export const answers = (key: string, row: ProbeRow, table = 1000): Record<string, ProbeRow> => ({
  [key.replace("#", String(table))]: row,
});
export const refusals = (plan: ReturnType<typeof planOf>): string[] =>
  plan.refusals.map((refusal) => `${refusal.property}: ${refusal.reason}`);

export interface Change {
  readonly what: string;
  readonly golden?: string;
  readonly from?: TableBody;
  readonly to: TableBody;
  readonly given?: Case;
  readonly batches: readonly string[];
  readonly hazards?: readonly string[];
}
