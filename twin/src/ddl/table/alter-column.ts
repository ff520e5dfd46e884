/** ALTER TABLE ALTER COLUMN with a type. Rules: reference sheet "tables and indexes" 1.6. */
import type { AlterTableAction, Option } from "../../language/ast";
import { sqlError } from "../../session/messages";
import { notImplemented } from "../../session/sql-error";
import type { Column } from "../../storage/model";
import { canConvert, refuseConversion } from "../../types/convert";
import type { SqlType } from "../../types/sql-type";
import { at } from "../naming";
import { findColumn } from "../registry";
import { resolveType } from "../resolve-type";
import { isPeriodColumn } from "../temporal/tables";
import { columnCollation } from "./columns";
import { dependencyError, dependentsOf, type ColumnUse } from "./column-dependents";
import { isLarge } from "./create-table";
import { readIndexOptions } from "./index-options";
import { requireRowFits } from "./row-size";
import { requireValue, rewriteRows, storedValue } from "./row-values";
import { requireCompressibleTable } from "./sparse-compression";
import { transactionOf, type TableTarget } from "./target";

type Action = Extract<AlterTableAction, { kind: "alter-column" }>;

interface Change {
  /** widen: a longer varchar, nvarchar or varbinary. facets: another length, precision or scale of the same type. */
  readonly type: "none" | "widen" | "facets" | "other";
  readonly toNotNull: boolean;
  readonly toNull: boolean;
  readonly collation: boolean;
}

const identityTypes = new Set(["tinyint", "smallint", "int", "bigint", "decimal", "numeric"]);
/** What the old large types may become. */
const fromLegacy: Record<string, readonly string[]> = {
  text: ["varchar", "nvarchar", "xml"],
  ntext: ["varchar", "nvarchar", "xml"],
  image: ["varbinary"],
};
const noSparse = new Set(["text", "ntext", "image", "geometry", "geography"]);

export function alterColumn(action: Action, target: TableTarget, line: number): void {
  const { table, database, execution } = target;
  const column = findColumn(table, database, action.column);
  if (!column) throw at(sqlError(4924, ["ALTER TABLE ALTER COLUMN", action.column, target.shownName]), line);
  if (isPeriodColumn(table, column)) throw at(sqlError(13599, [column.name]), line);
  requireAlterable(column, line);
  readOptions(action.options, target);
  const resolved = resolveType(action.type, database, column.id, execution.session.server.version);
  if (resolved.tableTypeId !== undefined) throw at(sqlError(350, [column.name]), line);
  const collation = columnCollation(
    { ...(action.collation !== undefined && { collation: action.collation }), line },
    resolved.type,
    target,
  );
  const next: Column = {
    ...column,
    type: collation === null ? resolved.type : { ...resolved.type, collation },
    collation,
    // Nothing said is NULL, except that an identity column stays what it has to be.
    nullable: action.nullable ?? column.identity === undefined,
    sparse: action.sparse ?? column.sparse,
    ansiPadded:
      column.ansiPadded || collation !== null || resolved.type.name === "binary" || resolved.type.name === "varbinary",
  };
  requireTarget(column, next, target, line);
  const change = changeOf(column, next);
  const blocking = dependentsOf(column, target).filter((dependent) => blocks[dependent.use](change));
  if (blocking.length > 0) throw at(dependencyError("ALTER TABLE ALTER COLUMN", column, blocking), line);
  requireRowFits(
    table.columns.map((other) => (other === column ? next : other)),
    target.shownName,
  );
  apply(column, next, change, target);
}

function requireAlterable(column: Column, line: number): void {
  const is = column.computed
    ? "COMPUTED"
    : column.type.name === "timestamp"
      ? "timestamp"
      : column.columnSet
        ? "COLUMN SET"
        : column.rowGuidCol
          ? "ROWGUIDCOL"
          : undefined;
  if (is) throw at(sqlError(4928, [column.name, is]), line);
}

function readOptions(options: readonly Option[], target: TableTarget): void {
  for (const option of options)
    if (option.name.toUpperCase() !== "ONLINE") throw notImplemented(`ALTER COLUMN ... WITH (${option.name})`);
  readIndexOptions(options, target.execution);
}

function requireTarget(column: Column, next: Column, target: TableTarget, line: number): void {
  const { type } = next;
  if (type.name === "timestamp") throw at(sqlError(4927, [column.name, "timestamp"]), line);
  if (column.filestream && (type.name !== "varbinary" || type.length !== -1))
    throw at(sqlError(4990, [column.name, target.shownName]), line);
  const legacy = fromLegacy[column.type.name];
  if (
    legacy &&
    type.name !== column.type.name &&
    !(legacy.includes(type.name) && (type.name === "xml" || type.length === -1))
  )
    throw at(sqlError(4927, [column.name, type.name]), line);
  if (!canConvert(column.type, type, false)) throw at(refuseConversion(column.type, type, false), line);
  // A vector keeps its number of dimensions.
  if (column.type.name === "vector" && type.length !== column.type.length)
    throw at(sqlError(4927, [column.name, `vector(${type.length})`]), line);
  if (column.identity) {
    if (!identityTypes.has(type.name) || (type.scale ?? 0) !== 0) throw at(sqlError(2749, [column.name]), line);
    if (next.nullable) throw at(sqlError(8147, [column.name, target.shownName]), line);
  }
  if (next.sparse && (!next.nullable || next.identity || next.filestream || noSparse.has(type.name)))
    throw at(sqlError(1731, [column.name, target.shownName]), line);
}

function changeOf(before: Column, after: Column): Change {
  return {
    type: typeChange(before.type, after.type),
    toNotNull: before.nullable && !after.nullable,
    toNull: !before.nullable && after.nullable,
    collation: before.collation !== null && after.collation !== null && before.collation !== after.collation,
  };
}

const variable = new Set(["varchar", "nvarchar", "varbinary"]);

function typeChange(a: SqlType, b: SqlType): Change["type"] {
  if (a.name !== b.name) return "other";
  if (a.length === b.length && a.precision === b.precision && a.scale === b.scale) return "none";
  if (variable.has(a.name) && a.length !== -1 && b.length !== -1 && (b.length ?? 1) >= (a.length ?? 1)) return "widen";
  return "facets";
}

const isAny = (change: Change): boolean =>
  change.type !== "none" || change.toNotNull || change.toNull || change.collation;
const isRetyped = (change: Change): boolean => change.type === "other" || change.type === "facets";

/** Does a dependent of this use stand in the way? */
const blocks: Record<ColumnUse, (change: Change) => boolean> = {
  "primary-key": isAny,
  "foreign-key": isAny,
  unique: (change) => isRetyped(change) || change.toNotNull || change.toNull || change.collation,
  index: (change) => isRetyped(change) || change.toNotNull || change.collation,
  filter: isAny,
  partition: (change) => change.type !== "none" || change.collation,
  check: (change) => isRetyped(change) || change.toNotNull || change.toNull || change.collation,
  default: (change) => change.type === "other",
  statistics: (change) => isRetyped(change) || change.toNotNull || change.collation,
  computed: isAny,
  module: isAny,
};

function apply(column: Column, next: Column, change: Change, target: TableTarget): void {
  const { table } = target;
  const transaction = transactionOf(target);
  const position = table.columns.indexOf(column);
  const retyped = isRetyped(change);
  transaction.set(
    table,
    "columns",
    table.columns.map((other) => (other === column ? next : other)),
  );
  requireCompressibleTable(table, target.shownName, "alter");
  if (change.toNotNull) for (const row of table.rows.values()) requireValue(row[position]!, next, target);
  if (retyped && table.rows.size > 0)
    rewriteRows(
      target,
      (row) => row.map((value, i) => (i === position ? storedValue(value, column.type, next, target) : value)),
      [next],
    );
  // Statistics that the server made itself do not survive a new type.
  if (retyped || change.collation)
    for (let i = table.statistics.length - 1; i >= 0; i--)
      if (table.statistics[i]!.autoCreated && table.statistics[i]!.columnIds.includes(column.id))
        transaction.splice(table.statistics, i, 1);
  if (table.lobDataSpaceId === 0 && isLarge(next))
    transaction.set(table, "lobDataSpaceId", table.indexes[0]!.dataSpaceId);
}
