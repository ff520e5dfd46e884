/** What a system-versioned table needs. https://learn.microsoft.com/sql/relational-databases/tables/temporal-table-considerations-and-limitations */
import { isLegacyLob, typeText, type DataType } from "./data-type";
import type { DesiredColumn, DesiredTable, DesiredVersioning } from "./model";
import type { Report } from "./validate";
import { whyNotColumnstore } from "./validate-storage";

/** 1,000 years: 13749. */
const most = { days: 365_000, weeks: 52_000, months: 12_000, years: 1000 } as const;

export function isLarge(type: DataType): boolean {
  return type.length === -1 || isLegacyLob(type) || ["xml", "json", "geometry", "geography"].includes(type.name);
}

export function checkVersioning(
  table: DesiredTable,
  versioning: DesiredVersioning,
  find: (name: string) => DesiredColumn | undefined,
  report: Report,
): void {
  const no = (property: string, reason: string): void => report(`${versioning.path}${property}`, reason);
  if (!table.primaryKey) no("", `a system-versioned table needs a primary key; give ${table.display} one`);
  const { retention, index } = versioning;
  if (retention !== "infinite" && retention.value > most[retention.unit])
    no(
      ".historyRetention.value",
      `history is kept at most 1,000 years, which is ${most[retention.unit]} ${retention.unit}`,
    );
  const stream = table.columns.find((column) => column.filestream);
  if (stream) report(`${stream.path}.filestream`, "a system-versioned table cannot have a FILESTREAM column");
  if (index === "columnstore") {
    for (const column of table.columns) {
      // History holds the value of a computed column, whose type only the server knows.
      if (column.computed || column.filestream) continue;
      const reason = whyNotColumnstore(column, true);
      if (reason !== undefined) no(".historyIndex", `column ${column.name}: ${reason}; leave historyIndex out`);
      else if (retention !== "infinite" && isLarge(column.type!))
        no(
          ".historyIndex",
          `column ${column.name} is ${typeText(column.type!)}, and history in a columnstore index with large values cannot be aged out; keep it for ever, or leave historyIndex out`,
        );
    }
    return;
  }
  index.forEach((column, at) => {
    if (!find(column.name)) no(`.historyIndex.columns[${at}]`, `${table.display} has no column ${column.name}`);
  });
  if (retention !== "infinite" && find(index[0]?.name ?? "")?.period !== "end")
    no(
      ".historyIndex.columns",
      `history that is aged out needs an index that begins with ${versioning.end}, or a columnstore index`,
    );
}
