/**
 * Kinds TableSet and Table: tables with columns, keys, constraints and indexes, in one plan for all of them.
 * The history table of a system-versioned table belongs to it. Reads sys.tables, sys.periods, sys.columns, sys.indexes, sys.check_constraints, sys.foreign_keys and their companions.
 * A table is never replaced: a new name is a rename (renamedFrom), a new schema a move (movedFrom), or a refusal.
 * https://learn.microsoft.com/sql/t-sql/statements/alter-table-transact-sql
 */
import type { CatalogSnapshot, Kind, KindDocumentation, JsonValue, ObjectName } from "../../contract";
import { displayName, quoteNames } from "../../engine/quoting";
import { InputIssues } from "../input-issues";
import { normalizeTables, type GivenTable } from "./desired";
import type { DiffFacts } from "./diff";
import { bodyFromLive } from "./inputs-from-live";
import { TableInputs, TableSetInputs, tableChanges, tableSetChanges, type TableBody } from "./inputs";
import { readSet } from "./live";
import type { DesiredSet, LiveSet, LiveTable, SetIdentity } from "./model";
import { planSet, planSetDelete, probesOfSet } from "./plan-set";
import { parseTableName } from "./table-name";
import { validateTables } from "./validate";

// ---- Desired ---------------------------------------------------------------------------------------------------------

const systemSchemas = ["sys", "information_schema", "iac"];

function toSet(given: readonly GivenTable[], issues: InputIssues, set: Omit<DesiredSet, "tables">): DesiredSet {
  const found: { property: string; reason: string }[] = [];
  const report = (property: string, reason: string): void => void found.push({ property, reason });
  for (const { identity, path, body } of given) {
    if (systemSchemas.includes(identity.schema.toLowerCase()))
      report(
        path === "" ? "schema" : path.slice(0, -1),
        `schema ${identity.schema} is not for tables of yours; choose another schema`,
      );
    body.columns.forEach((column, at) => {
      if (column.type === undefined && column.computed === undefined)
        report(`${path}columns[${at}].type`, "give the type, or the expression of a computed column");
    });
  }
  const tables = normalizeTables(given, found);
  validateTables(tables, report);
  for (const { property, reason } of found) issues.add(property, reason);
  issues.throwIfAny();
  return { ...set, tables };
}

function givenTables(inputs: TableSetInputs, issues?: InputIssues): GivenTable[] {
  return Object.entries(inputs.tables).flatMap(([written, body]) => {
    const identity = parseTableName(written);
    const path = `tables[${JSON.stringify(written)}]`;
    if (identity) return { path: `${path}.`, identity, body };
    issues?.add(
      path,
      `"${written}" is not the name of a table; write "schema.name", "name", or "[schema].[name]" where a name holds a dot`,
    );
    return [];
  });
}

function desiredSet(inputs: TableSetInputs): DesiredSet {
  const issues = new InputIssues();
  const description = `tables of ${inputs.owner.split("/").at(-1) ?? inputs.owner}`;
  return toSet(givenTables(inputs, issues), issues, {
    database: inputs.database,
    key: `${inputs.database}/${inputs.owner}`,
    description,
  });
}

function givenTable(inputs: TableInputs): GivenTable {
  const { server: _s, allow: _a, adopt: _d, owner: _o, plan: _p, database: _b, schema, name, ...body } = inputs;
  return { path: "", identity: { schema: schema ?? "dbo", name }, body };
}

function desiredTable(inputs: TableInputs): DesiredSet {
  const given = givenTable(inputs);
  const display = displayName(given.identity.schema, given.identity.name);
  return toSet([given], new InputIssues(), {
    database: inputs.database,
    key: `${inputs.database}/${display}`,
    description: `table "${display}"`,
  });
}

// ---- Identity --------------------------------------------------------------------------------------------------------

function identityOf(desired: DesiredSet): SetIdentity {
  return {
    database: desired.database,
    key: desired.key,
    description: desired.description,
    tables: desired.tables.map(({ schema, name, from, versioning }) => ({
      schema,
      name,
      ...(from && { fromSchema: from.schema, fromName: from.name }),
      ...(versioning && { historySchema: versioning.history.schema, historyName: versioning.history.name }),
    })),
  };
}

const describe = (identity: SetIdentity): string => `${identity.description} in database "${identity.database}"`;
const existing = (live: LiveSet): ObjectName[] => live.tables.map((table) => ({ type: "table", name: table.display }));

// ---- Inputs from live, outputs ---------------------------------------------------------------------------------------

/** Without the catalog an alias type is compared by its name only, which is what its inputs say. */
const factsOf = (live: LiveSet): DiffFacts => ({
  names: live.names,
  databaseCollation: live.databaseCollation,
  findType: () => undefined,
});

const allByName = (given: readonly GivenTable[]): Map<string, GivenTable> =>
  new Map(given.map((table) => [displayName(table.identity.schema, table.identity.name).toLowerCase(), table]));

function findLive(live: LiveSet, given: GivenTable): LiveTable | undefined {
  const at = (schema: string, name: string): LiveTable | undefined =>
    live.tables.find((table) => live.names.equals(table.schema, schema) && live.names.equals(table.name, name));
  const { schema, name } = given.identity;
  const { renamedFrom, movedFrom } = given.body;
  return (
    at(schema, name) ??
    (renamedFrom !== undefined || movedFrom !== undefined ? at(movedFrom ?? schema, renamedFrom ?? name) : undefined)
  );
}

function setFromLive(live: LiveSet, old: TableSetInputs): TableSetInputs {
  const given = givenTables(old);
  const all = allByName(given);
  const facts = factsOf(live);
  const tables: Record<string, TableBody> = {};
  for (const [written, body] of Object.entries(old.tables)) {
    const table = given.find((one) => one.body === body);
    const there = table && findLive(live, table);
    if (table && there) tables[written] = bodyFromLive(there, table, all, facts);
  }
  return { ...old, tables };
}

function tableFromLive(live: LiveSet, old: TableInputs): TableInputs {
  const given = givenTable(old);
  const there = findLive(live, given);
  return there ? { ...old, ...bodyFromLive(there, given, allByName([given]), factsOf(live)) } : old;
}

function setOutputs(_desired: DesiredSet | undefined, live: LiveSet): Record<string, JsonValue> {
  const named = live.tables
    .filter((table) => table.foundBy === "name")
    .sort((left, right) => (left.display < right.display ? -1 : 1));
  return {
    qualifiedNames: Object.fromEntries(named.map((table) => [table.display, quoteNames(table.schema, table.name)])),
  };
}

function tableOutputs(_desired: DesiredSet | undefined, live: LiveSet): Record<string, JsonValue | undefined> {
  const table = live.tables.find((one) => one.foundBy === "name") ?? live.tables[0];
  return { qualifiedName: table && quoteNames(table.schema, table.name), objectId: table?.objectId };
}

// ---- Documentation and registration ----------------------------------------------------------------------------------

const documentation: KindDocumentation = {
  summary:
    "Tables with columns, keys, constraints, row-store and columnstore indexes, partitions, FILESTREAM columns and system versioning; many tables share one plan, so foreign keys may form cycles.",
  changesInPlace: [
    "columns added, altered, renamed, dropped",
    "keys, constraints and indexes",
    "compression, fill factor, filegroup of an index",
    "columnstore indexes: columns, order, filter, compression and its delay",
    "system versioning on and off, retention, history table: name, index, compression and filegroup",
    "rename and move to another schema",
    "the order of columns in an existing table is not a difference",
  ],
  refused: [
    "identity switched on, off or to another seed or increment",
    "type changes that the engine does not do (vector, rowversion, explicit conversions)",
    "changes of what a schema-bound module reads",
    "filegroup of a heap and of large values; another partition scheme",
    "precision and names of period columns; identities and ROWGUIDCOL added to a system-versioned table",
    "a history table that is there already and has keys, constraints, triggers or an identity; INSTEAD OF triggers on a table that becomes system-versioned",
    "FILESTREAM given to or taken from a column, and where it is off",
    "tables of other kinds (memory-optimized, graph, ledger, external)",
  ],
  hosts: ["Windows", "Linux", "Azure SQL Managed Instance", "Azure SQL Database"],
};

const shared = {
  documentation,
  identity: identityOf,
  key: (identity: SetIdentity) => identity.key,
  describe,
  read: (catalog: CatalogSnapshot, identity: SetIdentity, owned: Parameters<typeof readSet>[2]) =>
    readSet(catalog, identity, owned),
  existing,
  probes: probesOfSet,
  plan: planSet,
  planDelete: planSetDelete,
} as const;

export const tableSetKind: Kind<TableSetInputs, DesiredSet, SetIdentity, LiveSet> = {
  ...shared,
  name: "TableSet",
  inputs: TableSetInputs,
  changes: tableSetChanges,
  database: (inputs) => inputs.database,
  desired: desiredSet,
  inputsFromLive: setFromLive,
  outputs: setOutputs,
  outputNames: ["qualifiedNames"],
};

export const tableKind: Kind<TableInputs, DesiredSet, SetIdentity, LiveSet> = {
  ...shared,
  name: "Table",
  inputs: TableInputs,
  changes: tableChanges,
  database: (inputs) => inputs.database,
  desired: desiredTable,
  inputsFromLive: tableFromLive,
  outputs: tableOutputs,
  outputNames: ["qualifiedName", "objectId"],
};

export type { ColumnInputs, TableBody, TableSetInputs } from "./inputs";
