/** `systemVersioning` of the inputs: period columns as columns of the table, and the history table by its name. */
import { displayName } from "../../engine/quoting";
import type { SystemVersioningInputs, TableBody } from "./inputs";
import type { DesiredColumn, DesiredVersioning, TableIdentity } from "./model";
import { parseTableName } from "./table-name";

type Report = (property: string, reason: string) => void;

export const keyColumn = (
  column: string | { name: string; descending?: boolean | undefined },
): { name: string; descending: boolean } =>
  typeof column === "string"
    ? { name: column, descending: false }
    : { name: column.name, descending: column.descending ?? false };

const startName = (given: SystemVersioningInputs): string => given.periodColumns?.start ?? "ValidFrom";
const endName = (given: SystemVersioningInputs): string => given.periodColumns?.end ?? "ValidTo";

export function periodColumns(given: SystemVersioningInputs | undefined, path: string): DesiredColumn[] {
  if (!given) return [];
  const column = (name: string, period: "start" | "end"): DesiredColumn => ({
    path: `${path}.${period}`,
    name,
    type: { name: "datetime2", scale: given.periodColumns?.precision ?? 7 },
    nullable: false,
    collation: undefined,
    identity: undefined,
    default: undefined,
    defaultNamed: false,
    computed: undefined,
    sparse: false,
    rowGuid: false,
    filestream: false,
    period,
    hidden: given.periodColumns?.hidden ?? false,
    renamedFrom: undefined,
    backfill: undefined,
  });
  return [column(startName(given), "start"), column(endName(given), "end")];
}

export function normalizeVersioning(
  table: TableIdentity,
  body: TableBody,
  path: string,
  report: Report,
): DesiredVersioning | undefined {
  const given = body.systemVersioning;
  if (!given) return undefined;
  const named = given.historyTable === undefined ? undefined : parseTableName(given.historyTable);
  if (given.historyTable !== undefined && !named)
    report(
      `${path}.historyTable`,
      `"${given.historyTable}" is not the name of a table; give "schema.name" or "[schema].[name]"`,
    );
  const history = named ?? { schema: table.schema, name: `${table.name}History` };
  if (history.name.length > 128)
    report(`${path}.historyTable`, `${history.name} has more than 128 characters; name the history table`);
  const [start, end] = [startName(given), endName(given)];
  const index =
    given.historyIndex === "columnstore"
      ? given.historyIndex
      : (given.historyIndex?.columns.map(keyColumn) ?? [
          { name: end, descending: false },
          { name: start, descending: false },
        ]);
  const columnstore = index === "columnstore";
  const sparse = body.columns.some((column) => column.sparse);
  const compression = given.historyCompression ?? (columnstore ? "columnstore" : sparse ? "none" : "page");
  if (columnstore !== compression.startsWith("columnstore"))
    report(
      `${path}.historyCompression`,
      columnstore
        ? `a columnstore index is compressed as columnstore or columnstore-archive, not as ${compression}`
        : `${compression} needs historyIndex "columnstore"`,
    );
  return {
    path,
    start,
    end,
    history,
    historyDisplay: displayName(history.schema, history.name),
    retention: given.historyRetention ?? "infinite",
    index,
    compression,
    filegroup: given.historyFilegroup,
    checkConsistency: given.dataConsistencyCheck ?? true,
    adoptHistory: given.adoptHistory ?? false,
  };
}
