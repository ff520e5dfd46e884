/**
 * What is wrong with wanted tables whatever the server holds: the engine's rules on columns, keys and constraints, all issues at once.
 * https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql
 */
import { nameComparer } from "../../engine/names";
import { checkCascades } from "./cascades";
import { isIntegerLike, isLegacyLob, isString, keyBytes, sameType, typeText, whyNotKey } from "./data-type";
import { checkVersioning } from "./validate-versioning";
import { checkColumnstore, checkStorage } from "./validate-storage";
import type { DesiredColumn, DesiredForeignKey, DesiredIndex, DesiredTable } from "./model";

export type Report = (property: string, reason: string) => void;

/** Before the database is known names are looked up without case, and only equal texts are duplicates. */
const lookup = nameComparer("Latin1_General_100_CI_AS");

export function validateTables(tables: readonly DesiredTable[], report: Report): void {
  checkNames(tables, (name) => name, lookup.key, report);
  for (const table of tables) {
    for (const column of table.columns) checkColumn(column, report);
    checkTable(table, report);
    const find = columnFinder(table, lookup.key);
    for (const index of indexesOf(table))
      if (index.columnstore) checkColumnstore(index, table, find, report);
      else checkIndex(index, find, report);
    checkStorage(table, find, report);
    if (table.versioning) checkVersioning(table, table.versioning, find, report);
    for (const key of table.foreignKeys) checkForeignKey(key, table, tables, report);
  }
  checkCascades(tables, lookup.key, report);
}

export const indexesOf = (table: DesiredTable): DesiredIndex[] => [
  ...(table.primaryKey ? [table.primaryKey] : []),
  ...table.uniques,
  ...table.indexes,
];

export function columnFinder(
  table: DesiredTable,
  key: (name: string) => string,
): (name: string) => DesiredColumn | undefined {
  const columns = new Map(table.columns.map((column) => [key(column.name), column]));
  return (name) => columns.get(key(name));
}

/** Duplicates and unknown columns; run again with the collation of the database when that is known. */
export function checkNames(
  tables: readonly DesiredTable[],
  duplicateKey: (name: string) => string,
  lookupKey: (name: string) => string,
  report: Report,
): void {
  const objects = new Map<string, string>();
  const claim = (schema: string, name: string, property: string, what: string): void => {
    const key = `${duplicateKey(schema)}\0${duplicateKey(name)}`;
    const other = objects.get(key);
    if (other !== undefined)
      report(property, `the name ${schema}.${name} of ${what} is taken by ${other}; give another name`);
    else objects.set(key, what);
  };
  for (const table of tables)
    claim(table.schema, table.name, table.path === "" ? "name" : table.path.slice(0, -1), `table "${table.display}"`);
  for (const { versioning, display } of tables)
    if (versioning)
      claim(
        versioning.history.schema,
        versioning.history.name,
        `${versioning.path}.historyTable`,
        `the history table of "${display}"`,
      );
  for (const table of tables) {
    const columns = new Set<string>();
    for (const column of table.columns) {
      const key = duplicateKey(column.name);
      if (columns.has(key)) report(`${column.path}.name`, `the table has two columns ${column.name}`);
      columns.add(key);
      if (column.default)
        claim(
          table.schema,
          column.default.name,
          `${column.path}.default`,
          `the default of ${table.display}.${column.name}`,
        );
    }
    const indexNames = new Set<string>();
    const find = columnFinder(table, lookupKey);
    const known = (name: string, property: string): void => {
      if (!find(name)) report(property, `${table.display} has no column ${name}`);
    };
    for (const index of indexesOf(table)) {
      const property = index.named ? `${index.path}.name` : index.path;
      index.orderBy.forEach((column, at) => known(column, `${index.path}.orderBy[${at}]`));
      if (index.role !== "index") claim(table.schema, index.name, property, `a constraint of ${table.display}`);
      const key = duplicateKey(index.name);
      if (indexNames.has(key))
        report(property, `${table.display} has two indexes ${index.name}; give one of them another name`);
      indexNames.add(key);
      const used = new Set<string>();
      const use = (name: string, where: string): void => {
        known(name, where);
        if (used.has(lookupKey(name))) report(where, `column ${name} stands twice in the index`);
        used.add(lookupKey(name));
      };
      index.columns.forEach((column, at) => use(column.name, `${index.path}.columns[${at}]`));
      index.include.forEach((column, at) => use(column, `${index.path}.include[${at}]`));
    }
    for (const check of table.checks) claim(table.schema, check.name, check.path, `a constraint of ${table.display}`);
    for (const key of table.foreignKeys) {
      claim(table.schema, key.name, key.named ? `${key.path}.name` : key.path, `a constraint of ${table.display}`);
      key.columns.forEach((column, at) => known(column, `${key.path}.columns[${at}]`));
    }
    for (const cycle of renameCycles(table, lookupKey))
      report(
        `${cycle.path}.renamedFrom`,
        `columns cannot swap names in one step, because afterwards nobody can tell that it was done; use a third name first`,
      );
  }
}

/** a from b while b from a: after it the table looks as before. */
function renameCycles(table: DesiredTable, key: (name: string) => string): DesiredColumn[] {
  const from = new Map(
    table.columns.filter((c) => c.renamedFrom !== undefined).map((c) => [key(c.name), key(c.renamedFrom!)]),
  );
  return table.columns.filter((column) => {
    let at = from.get(key(column.name));
    for (let steps = 0; at !== undefined && steps <= from.size; steps++) {
      if (at === key(column.name))
        return column.renamedFrom !== undefined && key(column.renamedFrom) !== key(column.name);
      at = from.get(at);
    }
    return false;
  });
}

function checkColumn(column: DesiredColumn, report: Report): void {
  const { type, path } = column;
  const no = (property: string, reason: string): void => report(`${path}.${property}`, reason);
  if (column.computed) {
    if (type)
      no(
        "type",
        "a computed column takes the type of its expression; leave type out, or use CONVERT in the expression",
      );
    if (column.identity) no("identity", "a computed column cannot be an identity");
    if (column.default) no("default", "a computed column takes no default");
    if (column.collation !== undefined) no("collation", "write COLLATE in the expression");
    if (column.sparse) no("sparse", "a computed column cannot be sparse");
    if (column.rowGuid) no("rowGuid", "a computed column cannot be ROWGUIDCOL");
    if (column.nullable) no("nullable", "the expression decides; computed.notNull makes a persisted column NOT NULL");
    if (column.renamedFrom !== undefined)
      no("renamedFrom", "a computed column cannot be renamed; it is dropped and added without any loss");
    if (column.backfill !== undefined) no("backfill", "a computed column is never filled");
    if (column.computed.notNull && !column.computed.persisted)
      no("computed.notNull", "only a persisted column can be NOT NULL");
    return;
  }
  if (!type) return; // missing or wrong: reported where it was read, or by checkTable
  if (column.identity) {
    if (type.schema === undefined && !isIntegerLike(type))
      no(
        "identity",
        `${typeText(type)} cannot be an identity; use tinyint, smallint, int, bigint, or decimal and numeric with scale 0`,
      );
    if (column.nullable) no("nullable", "an identity column cannot be nullable");
    if (column.default) no("default", "an identity column takes no default");
    if (/^-?0+$/.test(column.identity.increment))
      no("identity.increment", "the increment is 0; give any other whole number");
  }
  if (type.name === "rowversion" && column.default) no("default", "a rowversion column takes no default");
  if (type.name === "vector" && column.default) no("default", "a vector column takes no default");
  if (column.collation !== undefined && !isString(type)) no("collation", `${typeText(type)} has no collation`);
  if (column.rowGuid && type.schema === undefined && type.name !== "uniqueidentifier")
    no("rowGuid", "only a uniqueidentifier column can be ROWGUIDCOL");
  if (column.backfill !== undefined && column.nullable) no("backfill", "it serves a NOT NULL column only");
  if (column.sparse) {
    if (!column.nullable) no("sparse", "a sparse column must be nullable");
    if (column.default) no("sparse", "a sparse column takes no default");
    if (column.rowGuid) no("sparse", "a ROWGUIDCOL column cannot be sparse");
    if (
      type.schema !== undefined ||
      isLegacyLob(type) ||
      ["geometry", "geography", "rowversion", "vector", "json"].includes(type.name)
    )
      no("sparse", `${typeText(type)} cannot be sparse`);
  }
}

function checkTable(table: DesiredTable, report: Report): void {
  const more = (what: string, has: (column: DesiredColumn) => boolean): void => {
    const all = table.columns.filter(has);
    if (all.length > 1) report(all[1]!.path, `a table has one ${what} column; ${all[0]!.name} is it already`);
  };
  more("identity", (column) => column.identity !== undefined);
  more("rowversion", (column) => column.type?.schema === undefined && column.type?.name === "rowversion");
  more("ROWGUIDCOL", (column) => column.rowGuid);
  if (table.columns.every((column) => column.computed))
    report(`${table.path}columns`, "a table needs at least one column that is not computed");
  if (table.columns.length > 1024)
    report(`${table.path}columns`, `a table has at most 1,024 columns, this one ${table.columns.length}`);
  const least = table.columns.reduce(
    (sum, { type, sparse }) => sum + (type && !sparse ? (keyBytes(type)?.fixed ?? 0) : 0),
    0,
  );
  // Before the row's own overhead: a row of fixed-length columns must fit into one page (error 1701).
  if (least > 8060)
    report(
      `${table.path}columns`,
      `the fixed-length columns take ${least} bytes and a row has at most 8,060; use variable-length types`,
    );
  const clustered = indexesOf(table).filter((index) => index.clustered);
  if (clustered.length > 1)
    report(clustered[1]!.path, `a table has one clustered index; ${clustered[0]!.name} is it already`);
  const others = indexesOf(table).length - clustered.length;
  if (others > 999) report(`${table.path}indexes`, `a table has at most 999 nonclustered indexes, this one ${others}`);
  const canBeLarge = table.columns.some(
    (c) =>
      c.type &&
      (c.type.schema !== undefined ||
        c.type.length === -1 ||
        isLegacyLob(c.type) ||
        ["xml", "json", "geometry", "geography"].includes(c.type.name)),
  );
  if (table.textFilegroup !== undefined && !canBeLarge)
    report(`${table.path}textFilegroup`, "the table has no column for large values");
}

function checkIndex(index: DesiredIndex, find: (name: string) => DesiredColumn | undefined, report: Report): void {
  if (index.columns.length === 0) report(`${index.path}.columns`, "an index needs at least one column");
  if (index.columns.length > 32)
    report(`${index.path}.columns`, `an index has at most 32 key columns, this one ${index.columns.length}`);
  if (index.orderBy.length > 0) report(`${index.path}.orderBy`, "only a columnstore index takes it");
  let most = 0;
  let fixed = 0;
  index.columns.forEach((key, at) => {
    const column = find(key.name);
    if (!column) return;
    const property = `${index.path}.columns[${at}]`;
    if (
      index.role === "primary-key" &&
      (column.computed ? !column.computed.notNull && !column.computed.persisted : column.nullable)
    )
      report(
        property,
        column.computed
          ? `computed column ${column.name} must be persisted to be in a primary key`
          : `column ${column.name} is nullable and cannot be in the primary key`,
      );
    if (!column.type) return;
    const reason = whyNotKey(column.type);
    if (reason !== null) report(property, `column ${column.name}: ${reason}`);
    if (column.sparse && (index.clustered || index.role === "primary-key"))
      report(property, `sparse column ${column.name} cannot be in a primary key or clustered index`);
    const bytes = keyBytes(column.type);
    most += reason === null ? (bytes?.most ?? 0) : 0;
    fixed += reason === null ? (bytes?.fixed ?? 0) : 0;
  });
  const limit = index.clustered ? 900 : 1700;
  // The server warns only, until a row is too long; a key that can fail at any insert is no key to deploy.
  if (most > limit)
    report(
      `${index.path}.columns`,
      `the key of ${index.name} takes up to ${most} bytes${fixed > limit ? "" : " (with its longest values)"}; the limit is ${limit}`,
    );
  index.include.forEach((name, at) => {
    const type = find(name)?.type;
    if (type && isLegacyLob(type)) report(`${index.path}.include[${at}]`, `${typeText(type)} cannot be included`);
  });
  if (index.clustered && index.include.length > 0)
    report(`${index.path}.include`, "a clustered index holds every column; include nothing");
  if (index.clustered && index.where !== undefined)
    report(`${index.path}.where`, "only a nonclustered index takes a filter");
  if (index.ignoreDuplicateKey && !index.unique)
    report(`${index.path}.ignoreDuplicateKey`, "only a unique index takes it");
  if (index.ignoreDuplicateKey && index.where !== undefined)
    report(`${index.path}.ignoreDuplicateKey`, "a filtered index does not take it");
  if (index.padIndex && index.fillFactor === 0)
    report(`${index.path}.padIndex`, "it applies fillFactor; give one below 100");
}

function checkForeignKey(
  key: DesiredForeignKey,
  table: DesiredTable,
  tables: readonly DesiredTable[],
  report: Report,
): void {
  const own = columnFinder(table, lookup.key);
  const target = tables.find(
    (other) => lookup.equals(other.schema, key.referencedSchema) && lookup.equals(other.name, key.referencedTable),
  );
  if (key.referencedColumns.length > 0 && key.referencedColumns.length !== key.columns.length)
    report(`${key.path}.references.columns`, `${key.columns.length} columns refer to ${key.referencedColumns.length}`);
  for (const [event, action] of [["onDelete", key.onDelete], ["onUpdate", key.onUpdate]] as const) {
    if (action === "set null" && key.columns.some((name) => own(name)?.nullable === false)) report(`${key.path}.${event}`, "set null needs nullable columns");
    if (action === "set default" && key.columns.some((name) => own(name) && !own(name)!.default && !own(name)!.nullable))
      report(`${key.path}.${event}`, "set default needs a default on every column that is not nullable");
  } // prettier-ignore
  if (!target) return;
  const theirs = columnFinder(target, lookup.key);
  key.referencedColumns.forEach((name, at) => {
    const column = theirs(name);
    if (!column) return report(`${key.path}.references.columns[${at}]`, `${target.display} has no column ${name}`);
    const mine = own(key.columns[at] ?? "");
    if (mine?.type && column.type && !sameType(mine.type, column.type, lookup))
      report(
        `${key.path}.columns[${at}]`,
        `${mine.name} is ${typeText(mine.type)} and ${target.display}.${column.name} is ${typeText(column.type)}; they must be the same`,
      );
    if (mine && column.type && isString(column.type) && mine.collation !== column.collation)
      report(
        `${key.path}.columns[${at}]`,
        `${mine.name} and ${target.display}.${column.name} must have the same collation`,
      );
  });
  const wanted = key.referencedColumns.map(lookup.key).sort().join("\0");
  const unique = indexesOf(target).some(
    (index) =>
      index.unique &&
      index.where === undefined &&
      index.columns
        .map((c) => lookup.key(c.name))
        .sort()
        .join("\0") === wanted,
  );
  if (key.referencedColumns.length > 0 && !unique)
    report(
      `${key.path}.references.columns`,
      `${target.display} has no primary key, unique constraint or unique index on exactly these columns`,
    );
}
