/** One plan for all tables of a resource: which live table is which wanted one, what is created, changed, dropped. Pure. */
import type { CatalogSnapshot, ObjectName, Plan, PlanContext, Probe } from "../../contract";
import { emptyPlan } from "../../contract";
import { quoteNames } from "../../engine/quoting";
import type { NameComparer } from "../../engine/names";
import { typeOfFunction } from "../partition-scheme/live-type";
import { needsVersion17, sameType, typeText } from "./data-type";
import { diffTable, type DiffFacts, type TableDiff } from "./diff";
import { Draft } from "./draft";
import { readHistory } from "./live";
import type { DesiredSet, DesiredTable, LiveHistory, LiveSet, LiveTable, Partitioning } from "./model";
import { isTableOfHistory } from "./ownership";
import { createTable } from "./plan-create";
import { planForeignKeys, type SetChange } from "./plan-foreign-keys";
import { planTable } from "./plan-table";
import { historyObject } from "./plan-versioning";
import { agedProbes, answer, probeKey, probesOf, rowsProbe } from "./probes";
import { checkNames, indexesOf } from "./validate";

function factsOf(catalog: CatalogSnapshot): DiffFacts {
  return {
    names: catalog.names,
    databaseCollation: catalog.databaseRow?.collation ?? undefined,
    findType: (schema, name) => catalog.database.findType(schema, name),
  };
}

export function planSet(desired: DesiredSet, live: LiveSet | undefined, context: PlanContext): Plan {
  const draft = new Draft(desired.database, context);
  const { names } = context;
  checkNames(desired.tables, names.key, names.key, (property, reason) => draft.refuse(property, reason));
  const facts = factsOf(context.catalog);
  const isOurs = (table: LiveTable): boolean =>
    context.owned.some((object) => object.type === "table" && names.equals(object.name, table.display));
  const change = compare(desired, live, facts, isOurs);

  for (const table of desired.tables) requirements(table, change, draft);
  for (const diff of change.diffs) planTable(diff, draft, facts);
  for (const table of change.created) createTable(table, change, draft, facts);
  for (const table of change.leaving) dropTable(table, draft);
  planForeignKeys(change, draft, facts);
  return draft.plan(
    desired.tables.flatMap((table) => [
      { type: "table", name: table.display },
      ...(table.versioning ? [historyObject(table.versioning.historyDisplay)] : []),
    ]),
  );
}

export function planSetDelete(live: LiveSet, context: PlanContext): Plan {
  const draft = new Draft(live.database, context);
  // A table under an old name is only a candidate for a rename, never ours to drop.
  const leaving = live.tables.filter((table) => table.foundBy !== "old-name");
  if (leaving.length === 0) return emptyPlan;
  for (const table of leaving) dropTable(table, draft);
  planForeignKeys({ diffs: [], created: [], leaving }, draft, factsOf(context.catalog));
  return draft.plan([]);
}

export function probesOfSet(
  desired: DesiredSet | undefined,
  live: LiveSet | undefined,
  catalog: CatalogSnapshot,
): readonly Probe[] {
  if (!desired) return (live?.tables ?? []).filter((table) => table.foundBy !== "old-name").flatMap(rowsProbes);
  const facts = factsOf(catalog);
  // Whether an unclaimed table is ours is known when planning; its rows are counted in any case.
  const { created, diffs, leaving } = compare(desired, live, facts, () => true);
  const adopted = created.flatMap(({ versioning }) => {
    const there = versioning && catalog.database.findTable(versioning.history.schema, versioning.history.name);
    return there ? agedProbes(readHistory(catalog.database, there), versioning) : [];
  });
  const probes = [...diffs.flatMap((diff) => probesOf(diff, facts)), ...adopted, ...leaving.flatMap(rowsProbes)];
  return [...new Map(probes.map((probe) => [probe.key, { ...probe, database: desired.database }])).values()];
}

const rowsProbes = (table: LiveTable): Probe[] => [
  rowsProbe(table),
  ...(table.history ? [rowsProbe(table.history)] : []),
];

function compare(
  desired: DesiredSet,
  live: LiveSet | undefined,
  facts: DiffFacts,
  isOurs: (table: LiveTable) => boolean,
): SetChange {
  const pairs = pairTables(desired.tables, live?.tables ?? [], facts.names);
  const claimed = new Set(pairs.values());
  return {
    diffs: inRenameOrder(
      [...pairs].map(([wanted, there]) => diffTable(wanted, there, facts)),
      facts.names,
    ),
    created: desired.tables.filter((table) => !pairs.has(table)),
    leaving: (live?.tables ?? []).filter((table) => !claimed.has(table) && isOurs(table)),
  };
}

function pairTables(
  desired: readonly DesiredTable[],
  live: readonly LiveTable[],
  names: NameComparer,
): Map<DesiredTable, LiveTable> {
  const key = (table: { schema: string; name: string }): string =>
    `${names.key(table.schema)}\0${names.key(table.name)}`;
  const byName = new Map(live.map((table) => [key(table), table]));
  const pairs = new Map<DesiredTable, LiveTable>();
  const renamedAway = new Set<string>();
  // As for columns: a rename is due while the old name is there and the new one is free or becomes free.
  for (let before = -1; before !== pairs.size;) {
    before = pairs.size;
    for (const table of desired) {
      if (!table.from || pairs.has(table)) continue;
      const [from, to] = [key(table.from), key(table)];
      const there = byName.get(from);
      if (!there || from === to || renamedAway.has(from) || (byName.has(to) && !renamedAway.has(to))) continue;
      pairs.set(table, there);
      renamedAway.add(from);
    }
  }
  for (const table of desired) {
    const there = renamedAway.has(key(table)) ? undefined : byName.get(key(table));
    if (there && !pairs.has(table)) pairs.set(table, there);
  }
  return pairs;
}

/** A table whose new name is still taken waits for the one that frees it. */
function inRenameOrder(diffs: readonly TableDiff[], names: NameComparer): TableDiff[] {
  const stays = diffs.filter((diff) => !diff.renamed && !diff.moved);
  const waiting = diffs.filter((diff) => diff.renamed || diff.moved);
  const ordered: TableDiff[] = [];
  while (waiting.length > 0) {
    const free = waiting.findIndex(
      (diff) =>
        !waiting.some(
          (other) =>
            other !== diff &&
            names.equals(other.live.name, diff.desired.name) &&
            names.equals(other.live.schema, diff.desired.schema),
        ),
    );
    ordered.push(...waiting.splice(Math.max(free, 0), 1));
  }
  return [...ordered, ...stays];
}

function requirements(table: DesiredTable, change: SetChange, draft: Draft): void {
  const { catalog, capabilities } = draft.context;
  const neededBy = `table "${table.display}"`;
  if (!catalog.database.findSchema(table.schema)) draft.require("schema", table.schema, neededBy);
  const filegroup = (name: string | undefined): void => {
    if (name !== undefined && !catalog.database.findFilegroup(name)) draft.require("filegroup", name, neededBy);
  };
  filegroup(table.filegroup);
  filegroup(table.textFilegroup);
  filegroup(table.filestreamFilegroup);
  if (table.partition) {
    draft.require("partition scheme", table.partition.scheme, neededBy);
    if (change.created.includes(table)) refuseOtherPartitionType(table, table.partition, draft);
  }
  requireFeatures(table, draft);
  filegroup(table.versioning?.filegroup);
  for (const index of indexesOf(table)) filegroup(index.filegroup);
  for (const column of table.columns) {
    const { type } = column;
    if (type?.schema !== undefined && !catalog.database.findType(type.schema, type.name))
      draft.require("type", `${type.schema}.${type.name}`, neededBy);
    if (type && needsVersion17(type) && capabilities.majorVersion < 17 && capabilities.flavor === "server")
      draft.refuse(
        `${column.path}.type`,
        `type ${type.name} needs SQL Server 2025 (17.x); this server is version ${capabilities.majorVersion}`,
      );
  }
  // Tables, views, procedures and the rest share the names of a schema.
  const other = change.created.includes(table) ? catalog.database.findObject(table.schema, table.name) : undefined;
  if (other)
    draft.refuse(
      table.path === "" ? "name" : table.path.slice(0, -1),
      `${table.display} is there already, as an object of type ${other.type.trim()}; give the table another name`,
    );
}

/** 7726: the column has the type of the partition function, to the letter. */
function refuseOtherPartitionType(table: DesiredTable, { scheme, column }: Partitioning, draft: Draft): void {
  const { names } = draft.context;
  const { schemes, functions } = draft.context.catalog.database.partitions;
  const there = schemes.find(({ name }) => names.equals(name, scheme));
  const spread = functions.find(({ functionId }) => functionId === there?.functionId);
  const type = table.columns.find(({ name }) => names.equals(name, column))?.type;
  if (!spread || !type || type.schema !== undefined) return;
  const wanted = typeOfFunction(spread);
  if (!sameType(type, wanted, names))
    draft.refuse(
      `${table.path}partitionScheme.column`,
      `column ${column} of ${table.display} is ${typeText(type)}, and partition scheme ${scheme} spreads rows by ${typeText(wanted)} (7726); make them the same`,
    );
}

/** What this server lacks. */
function requireFeatures(table: DesiredTable, draft: Draft): void {
  const { catalog, capabilities } = draft.context;
  const { majorVersion, flavor, platform, filestream } = capabilities;
  const { versioning } = table;
  if (versioning && !catalog.database.findSchema(versioning.history.schema))
    draft.require("schema", versioning.history.schema, `history table "${versioning.historyDisplay}"`);
  const other = versioning && catalog.database.findObject(versioning.history.schema, versioning.history.name);
  if (other)
    draft.refuse(
      `${versioning.path}.historyTable`,
      `${versioning.historyDisplay} is there already, as an object of type ${other.type.trim()}; give the history table another name`,
    );
  const streams = table.columns.find((column) => column.filestream);
  if (streams && !filestream)
    draft.refuse(
      `${streams.path}.filestream`,
      platform === "linux"
        ? "SQL Server on Linux has no FILESTREAM; leave the column out on this host, or make it varbinary(max)"
        : flavor === "server"
          ? "FILESTREAM is off on this server; a DBA switches it on in SQL Server Configuration Manager and with sp_configure 'filestream access level'"
          : "Azure has no FILESTREAM; leave the column out on this host, or make it varbinary(max)",
    );
  if (flavor !== "server") return;
  for (const index of table.indexes) {
    const least = index.clustered ? 16 : 17;
    if (index.orderBy.length > 0 && majorVersion < least)
      draft.refuse(
        `${index.path}.orderBy`,
        `an ordered ${index.clustered ? "clustered" : "nonclustered"} columnstore index needs SQL Server ${least === 16 ? "2022 (16.x)" : "2025 (17.x)"}; this server is version ${majorVersion}`,
      );
  }
}

function dropTable(table: LiveTable, draft: Draft): void {
  if (table.row.temporalType === 1) {
    draft.refuse("", `${table.display} is the history table of another table, and goes with that one`);
    return;
  }
  if (table.columns.some((column) => column.row.generatedAlwaysType > 2)) {
    draft.refuse("", `${table.display} is a ledger table; drop it by hand`);
    return;
  }
  if (table.bound.length > 0) {
    const readers = [
      ...new Set(
        table.bound.map(
          (module) =>
            `${module.referencingSchema === null ? "" : `${module.referencingSchema}.`}${module.referencingName}`,
        ),
      ),
    ].sort();
    draft.refuse(
      "",
      `table ${table.display} cannot be dropped while schema-bound modules read it: ${readers.join(", ")}; drop or alter them first`,
    );
  }
  if (table.versioned)
    draft.add(
      "versioning-off",
      table.display,
      `switch off versioning of ${table.display}`,
      `ALTER TABLE ${quoteNames(table.schema, table.name)} SET (SYSTEM_VERSIONING = OFF);`,
    );
  const drop = (dropped: LiveTable | LiveHistory, what: string, detail: string, object: ObjectName): void => {
    const rows = answer(draft.context, probeKey("rows", dropped.row)) ?? dropped.row.rows;
    draft.add(
      "drop-table",
      table.display,
      `drop ${what} ${dropped.display}`,
      `DROP TABLE ${quoteNames(dropped.schema, dropped.name)};`,
      { hazards: rows === 0 ? [] : [{ type: "data-loss", object: dropped.display, detail, rows }], object },
    );
  };
  drop(table, "table", "the table and its rows are dropped", { type: "table", name: table.display });
  const { history } = table;
  if (history && (table.versioned || isTableOfHistory(history.display, draft.context)))
    drop(history, "history table", "the former versions of the rows are dropped", historyObject(history.display));
}
