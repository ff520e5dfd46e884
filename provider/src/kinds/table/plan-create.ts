/** Statements that make one table: with its history, with indexes, or over a history table that is there already. */
import { quoteName, quoteNames } from "../../engine/quoting";
import type { TableRow } from "../../engine/snapshot/tables";
import type { DiffFacts } from "./diff";
import type { Draft } from "./draft";
import { takenHistory, unfitHistory, whyNotHistory } from "./history-adoption";
import { engineIndexName, renderHistoryIndex } from "./history-index";
import { readHistory } from "./live";
import type { DesiredTable, DesiredVersioning, LiveTable } from "./model";
import type { SetChange } from "./plan-foreign-keys";
import { HistoryPlanner } from "./plan-history";
import { agedHazards, noCleanup, versioningOption } from "./plan-versioning";
import {
  compressionOption,
  nameList,
  renderCheck,
  renderColumn,
  renderCreateIndex,
  renderKey,
  renderPlace,
} from "./render";
import { indexesOf } from "./validate";

export function createTable(table: DesiredTable, change: SetChange, draft: Draft, facts: DiffFacts): void {
  const name = quoteNames(table.schema, table.name);
  const { versioning } = table;
  const there =
    versioning && draft.context.catalog.database.findTable(versioning.history.schema, versioning.history.name);
  const batch = renderCreateTable(table, there ? "off" : "on");
  draft.add("create-table", table.display, `create table ${table.display}`, batch, {
    ...((!versioning || there) && { reverse: `DROP TABLE ${name};` }),
  });
  if (versioning && there) adoptHistory(table, versioning, there, draft, facts);
  else if (versioning) buildHistory(table, versioning, draft);
  for (const index of table.indexes)
    draft.add(
      index.clustered ? "clustered" : "index",
      table.display,
      `create index ${table.display}.${index.name}`,
      renderCreateIndex(name, index),
      {
        reverse: `DROP INDEX ${quoteName(index.name)} ON ${name};`,
      },
    );
  if (table.lockEscalation !== "table")
    draft.add(
      "table-option",
      table.display,
      `set lock escalation of ${table.display}`,
      `ALTER TABLE ${name} SET (LOCK_ESCALATION = ${table.lockEscalation.toUpperCase()});`,
    );
  const same = (left: LiveTable): boolean =>
    left.columns.length === table.columns.length &&
    left.columns.every((column) => table.columns.some((wanted) => wanted.name === column.name));
  const twin = change.leaving.find(same);
  if (twin)
    draft.note(
      `${twin.display} is dropped and ${table.display} with the same columns is created. If the table was renamed or moved, say renamedFrom or movedFrom.`,
    );
}

/** CREATE TABLE makes the history table; its index is made anew where another one is wanted. */
function buildHistory(table: DesiredTable, versioning: DesiredVersioning, draft: Draft): void {
  noteRetention(table, versioning, draft);
  const index = renderHistoryIndex(versioning, engineIndexName(versioning.history.name), true);
  if (index !== undefined)
    draft.add("history-late", table.display, `build the index of history table ${versioning.historyDisplay}`, index);
}

/** A history table that exists is brought to the columns of the new table, and gets its index, before it is taken up. */
function adoptHistory(
  table: DesiredTable,
  versioning: DesiredVersioning,
  there: TableRow,
  draft: Draft,
  facts: DiffFacts,
): void {
  const path = `${versioning.path}.historyTable`;
  if (!versioning.adoptHistory)
    return draft.refuse(path, takenHistory(versioning.historyDisplay, there, table.display));
  const history = readHistory(draft.context.catalog.database, there);
  const reasons = whyNotHistory(history, versioning, draft.context.catalog);
  if (reasons.length > 0) return draft.refuse(path, unfitHistory(history, table.display, reasons));
  noteRetention(table, versioning, draft);
  const name = quoteNames(table.schema, table.name);
  const planner = new HistoryPlanner(
    {
      display: table.display,
      table: name,
      draft,
      ...facts,
      finalColumns: table.columns,
      effects: new Map(),
      rename: (column) => column,
    },
    history,
    versioning,
  );
  planner.dropIndex();
  planner.match();
  planner.index("history-index");
  draft.add(
    "versioning-on",
    table.display,
    `switch on versioning of ${table.display}`,
    `ALTER TABLE ${name} SET (${versioningOption(versioning, versioning.checkConsistency ? "ON" : "OFF")});`,
    {
      hazards: agedHazards(history, versioning, draft.context),
      sizeOfData: true,
      reverse: `ALTER TABLE ${name} SET (SYSTEM_VERSIONING = OFF);`,
    },
  );
}

function noteRetention(table: DesiredTable, { retention }: DesiredVersioning, draft: Draft): void {
  if (retention !== "infinite" && draft.context.catalog.databaseRow?.isTemporalHistoryRetention === false)
    draft.note(noCleanup(table.display));
}

/** `versioning` "off": with its period, to be switched on once its history is ready. */
function renderCreateTable(table: DesiredTable, versioning: "on" | "off" = "on"): string {
  const constraints = [...(table.primaryKey ? [table.primaryKey] : []), ...table.uniques];
  const parts = [
    ...table.columns.map((column) => renderColumn(column)),
    ...constraints.map((index) => renderKey(index)),
    ...table.checks.map(renderCheck),
    ...(table.versioning
      ? [`PERIOD FOR SYSTEM_TIME (${nameList([table.versioning.start, table.versioning.end])})`]
      : []),
  ];
  const clustered = indexesOf(table).find((index) => index.clustered);
  // The filegroup of a clustered constraint is said in the constraint; the table must not say another one.
  const inConstraint = clustered !== undefined && clustered.role !== "index";
  const on = inConstraint ? "" : renderPlace(table);
  const textOn = table.textFilegroup === undefined ? "" : ` TEXTIMAGE_ON ${quoteName(table.textFilegroup)}`;
  const streamOn =
    table.filestreamFilegroup === undefined ? "" : ` FILESTREAM_ON ${quoteName(table.filestreamFilegroup)}`;
  const options = [
    ...(clustered || table.compression === "none" ? [] : [compressionOption(table.compression)]),
    ...(table.versioning && versioning === "on" ? [versioningOption(table.versioning)] : []),
  ];
  const withOptions = options.length === 0 ? "" : ` WITH (${options.join(", ")})`;
  return `CREATE TABLE ${quoteNames(table.schema, table.name)} (\n${parts.map((part) => `  ${part}`).join(",\n")}\n)${on}${textOn}${streamOn}${withOptions};`;
}
