/** Column definitions -> columns. Rules: reference sheet "tables and indexes" 1.1 and sql-docs, CREATE TABLE. */
import { datePartFunctions } from "../../language/date-part-functions";
import type { ColumnDefinition } from "../../language/ast";
import { collation as knownCollation, validCollation } from "../../types/collation";
import { sqlError } from "../../session/messages";
import { notImplemented } from "../../session/sql-error";
import type { Column } from "../../storage/model";
import { newColumn } from "../../storage/new-column";
import type { SqlType } from "../../types/sql-type";
import { at } from "../naming";
import { printDefinition } from "../print-expression";
import { findColumn } from "../registry";
import { isCharacter, resolveType } from "../resolve-type";
import { requireMask } from "./mask";
import { generatedAlways } from "../temporal/period";
import { requireRowFits } from "./row-size";
import { isNondeterministic, settingOf } from "./determinism";
import type { TableTarget } from "./target";

const identityTypes = new Set(["tinyint", "smallint", "int", "bigint", "decimal", "numeric"]);
const noSparse = new Set(["text", "ntext", "image", "geometry", "geography"]);

/** Adds the columns to `target.table.columns` (the caller made that array its own). Defaults and constraints come later. */
export function defineColumns(
  definitions: readonly ColumnDefinition[],
  target: TableTarget,
  columns: Column[],
): Column[] {
  const { table, database } = target;
  const added: Column[] = [];
  const keys = new Set(columns.map((column) => database.key(column.name)));
  let id = table.maxColumnId;
  for (const definition of definitions) {
    const key = database.key(definition.name);
    if (keys.has(key)) throw at(sqlError(2705, [definition.name, target.shownName]), definition.line);
    keys.add(key);
    id++;
    if (definition.computed) {
      added.push(computedShell(definition, id));
      continue;
    }
    const column = plainColumn(definition, id, target);
    if (column.identity && (columns.some((c) => c.identity) || added.some((c) => c.identity)))
      throw at(sqlError(2744, [target.shownName]), definition.line);
    if (column.rowGuidCol && added.some((other) => other.rowGuidCol)) throw at(sqlError(8196), definition.line);
    if (column.type.name === "timestamp" && (columns.some(isTimestamp) || added.some(isTimestamp)))
      throw at(sqlError(2738, [target.shownName, column.name]), definition.line);
    added.push(column);
  }
  if (columns.length + added.length > 1024) throw sqlError(1702, [added.at(-1)!.name, target.shownName, 1024]);
  const all = [...columns, ...added];
  for (const [i, definition] of definitions.entries())
    if (definition.computed) fillComputed(definition, added[i]!, all, target);
  requireRowFits(all, target.shownName);
  return added;
}

function isTimestamp(column: Column): boolean {
  return column.type.name === "timestamp";
}

function plainColumn(definition: ColumnDefinition, id: number, target: TableTarget): Column {
  const { database, execution } = target;
  if (definition.nullableTwice) throw at(sqlError(8150, [definition.name, target.shownName]), definition.line);
  if (definition.defaultTwice)
    throw at(sqlError(8148, ["DEFAULT", definition.name, target.shownName]), definition.line);
  if (!definition.type) throw at(sqlError(173, [definition.name]), definition.line);
  if (definition.encrypted) throw at(notImplemented("Always Encrypted columns"), definition.line);
  const resolved = resolveType(definition.type, database, id, execution.session.server.version);
  if (resolved.tableTypeId !== undefined) throw at(sqlError(350, [definition.name]), definition.line);
  const { type } = resolved;
  const isPrimaryKey = definition.constraints.some((constraint) => constraint.kind === "primary-key");
  const nullable = nullability(definition, resolved, isPrimaryKey, target);
  if (definition.identity) {
    const { name } = type;
    if (!identityTypes.has(name) || (type.scale ?? 0) !== 0)
      throw at(sqlError(2749, [definition.name]), definition.line);
    if (definition.nullable === true) throw at(sqlError(8147, [definition.name, target.shownName]), definition.line);
    if (!holds(type, BigInt(definition.identity.seed))) throw at(sqlError(2752, [definition.name]), definition.line);
    if (BigInt(definition.identity.increment) === 0n) throw at(sqlError(2753, [definition.name]), definition.line);
  }
  if (definition.rowGuidCol && type.name !== "uniqueidentifier") throw at(sqlError(2761), definition.line);
  if (
    definition.sparse &&
    (definition.nullable === false ||
      definition.rowGuidCol ||
      definition.identity ||
      definition.filestream ||
      noSparse.has(type.name))
  )
    throw at(sqlError(1731, [definition.name, target.shownName]), definition.line);
  if (definition.columnSet && (type.name !== "xml" || definition.nullable === false))
    throw at(sqlError(1733, [definition.name, target.shownName]), definition.line);
  if (definition.filestream) requireFilestream(definition, target);
  if (definition.mask !== undefined) requireMask(definition.mask, definition.name, type);
  const collation = columnCollation(definition, type, target);
  return {
    id,
    name: definition.name,
    type: collation === null ? type : { ...type, collation },
    nullable,
    collation,
    ...(definition.identity && {
      identity: {
        seed: BigInt(definition.identity.seed),
        increment: BigInt(definition.identity.increment),
        last: null,
        notForReplication: definition.identity.notForReplication,
      },
    }),
    defaultObjectId: 0,
    rowGuidCol: definition.rowGuidCol,
    sparse: definition.sparse,
    filestream: definition.filestream,
    columnSet: definition.columnSet,
    hidden: definition.generated?.hidden ?? false,
    ...(definition.mask !== undefined && { mask: definition.mask }),
    generatedAlways: generatedAlways(definition, type),
    ansiPadded: isPadded(type),
  };
}

const identityRange: Record<string, readonly [bigint, bigint] | undefined> = {
  tinyint: [0n, 255n],
  smallint: [-32768n, 32767n],
  int: [-2147483648n, 2147483647n],
  bigint: [-9223372036854775808n, 9223372036854775807n],
};

function holds(type: SqlType, value: bigint): boolean {
  const limit = 10n ** BigInt(type.precision ?? 18) - 1n;
  const [low, high] = identityRange[type.name] ?? [-limit, limit];
  return value >= low && value <= high;
}

function isPadded(type: SqlType): boolean {
  return ["char", "varchar", "binary", "varbinary", "nchar", "nvarchar", "sql_variant"].includes(type.name);
}

function nullability(
  definition: ColumnDefinition,
  resolved: { type: SqlType; nullable: boolean; userTypeId: number },
  primaryKey: boolean,
  target: TableTarget,
): boolean {
  if (definition.nullable !== undefined) return definition.nullable;
  if (primaryKey || definition.identity || definition.generated || resolved.type.name === "timestamp") return false;
  if (definition.sparse || definition.columnSet) return true;
  if (resolved.type.userTypeId !== undefined) return resolved.nullable;
  const { execution, database } = target;
  // Temporary tables and table variables follow the session too. Source: sql-docs, SET ANSI_NULL_DFLT_ON.
  return execution.session.options.ansiNullDefaultOn || database.options.ansiNullDefault;
}

export function columnCollation(
  definition: { collation?: string; line: number },
  type: SqlType,
  target: Pick<TableTarget, "database">,
): string | null {
  if (!isCharacter(type.name)) {
    if (definition.collation) throw at(sqlError(447, [type.name]), definition.line);
    return null;
  }
  if (!definition.collation) return target.database.collation.name;
  if (definition.collation.toLowerCase() === "database_default") return target.database.collation.name;
  if (!validCollation(definition.collation)) throw at(sqlError(448, [definition.collation]), definition.line);
  return knownCollation(definition.collation).name;
}

function requireFilestream(definition: ColumnDefinition, target: TableTarget): void {
  const { server } = target.execution.session;
  const level = server.configurations.get("filestream access level")?.inUse ?? 0;
  if (server.platform === "linux" || level === 0) throw at(sqlError(1969, [target.database.name]), definition.line);
  if (![...target.database.dataSpaces.values()].some((space) => space.type === "FD" && space.isDefault))
    throw at(sqlError(1969, [target.database.name]), definition.line);
}

function computedShell(definition: ColumnDefinition, id: number): Column {
  return newColumn({
    id,
    name: definition.name,
    type: { name: "int" },
    nullable: true,
    collation: null,
    computed: {
      definition: "",
      expression: definition.computed!.expression,
      persisted: definition.computed!.persisted,
    },
    ansiPadded: false,
  });
}

/** The type of a computed column comes from its expression, over the columns that are not computed. */
function fillComputed(definition: ColumnDefinition, column: Column, all: Column[], target: TableTarget): void {
  const { database, execution, table } = target;
  const { expression, persisted } = definition.computed!;
  for (const name of columnNames(expression)) {
    const referenced = findColumn({ columns: all }, database, name);
    if (referenced?.computed) throw at(sqlError(1759, [referenced.name, target.shownName]), definition.line);
  }
  const plain = all.filter((other) => !other.computed);
  const compiled = execution.parts.query.compileForTable(
    expression,
    { name: table.name, columns: plain },
    database,
    execution,
  );
  if (persisted && isNondeterministic(expression, settingOf({ ...table, columns: plain }, database, execution)))
    throw at(sqlError(4936, [column.name, target.shownName]), definition.line);
  if (definition.nullable === false && !persisted) throw at(sqlError(8183), definition.line);
  column.type = isCharacter(compiled.type.name)
    ? { ...compiled.type, collation: compiled.type.collation ?? database.collation.name }
    : compiled.type;
  column.collation = column.type.collation ?? null;
  column.nullable = definition.nullable === false ? false : compiled.nullable;
  column.ansiPadded = isPadded(column.type);
  column.computed = { definition: printDefinition(expression), expression, persisted };
}

/** Single-part column names anywhere in an expression. */
/** A date part looks like a column and is none. */
function isDatePartCall(node: Record<string, unknown>): node is { arguments: unknown[] } {
  if (node["kind"] !== "call") return false;
  const { parts } = node["name"] as { parts: string[] };
  return parts.length === 1 && datePartFunctions.has(parts[0]!.toUpperCase());
}

export function columnNames(expression: unknown, found: string[] = []): string[] {
  if (Array.isArray(expression)) for (const item of expression) columnNames(item, found);
  else if (typeof expression === "object" && expression !== null) {
    const node = expression as Record<string, unknown>;
    if (node["kind"] === "column") {
      const { parts } = node["name"] as { parts: string[] };
      found.push(parts[parts.length - 1]!);
    } else if (isDatePartCall(node)) columnNames(node.arguments.slice(1), found);
    else for (const value of Object.values(node)) columnNames(value, found);
  }
  return found;
}
