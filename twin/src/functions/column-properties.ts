/** COLUMNPROPERTY, INDEXPROPERTY and the columns of index keys. https://learn.microsoft.com/sql/t-sql/functions/columnproperty-transact-sql */
import { typeFacts } from "../catalog/system-types";
import { findColumn, isModule } from "../ddl/registry";
import { isNondeterministic, isPrecise } from "../ddl/table/determinism";
import { isKeyType } from "../ddl/table/indexes";
import type { Expression } from "../language/ast";
import { notImplemented } from "../session/sql-error";
import type { Column, Database, DbObject, Index } from "../storage/model";
import { isCharacter } from "../types/format-type";
import type { SqlType } from "../types/sql-type";
import { type Found, type IntArguments, bit, columnsOf, findById, int, propertyName, str } from "./metadata-lookup";
import type { FunctionContext } from "./registry";
import { sessionOf } from "./session-context";

/** https://learn.microsoft.com/sql/t-sql/functions/columnproperty-transact-sql */
const columnProperties: Readonly<Record<string, (column: Column, ordinal: number) => number | null>> = {
  allowsnull: (column) => bit(column.nullable),
  columnid: (column) => column.id,
  generatedalwaystype: (column) => column.generatedAlways,
  ishidden: (column) => bit(column.hidden),
  iscolumnset: (column) => bit(column.columnSet),
  iscomputed: (column) => bit(column.computed !== undefined),
  iscursortype: () => 0,
  isfulltextindexed: () => 0,
  isidentity: (column) => bit(column.identity !== undefined),
  isidnotforrepl: (column) => bit(column.identity?.notForReplication ?? false),
  isoutparam: () => null,
  isrowguidcol: (column) => bit(column.rowGuidCol),
  issparse: (column) => bit(column.sparse),
  isxmlindexable: (column) => bit(column.type.name === "xml"),
  ordinal: (_column, ordinal) => ordinal,
  precision: (column) => declaredPrecision(column.type),
  scale: (column) =>
    ["decimal", "numeric", "time", "datetime2", "datetimeoffset", "money", "smallmoney"].includes(column.type.name)
      ? typeFacts(column.type).scale
      : null,
  usesansitrim: (column) =>
    isCharacter(column.type) || column.type.name.endsWith("binary") ? bit(column.ansiPadded) : null,
};

interface Place {
  readonly columns: readonly Column[];
  readonly database: Database;
  readonly object: DbObject;
}

/** NULL for columns that are neither computed nor a view's. */
const computedProperties: Readonly<Record<string, ((column: Column, place: Place) => number | null) | undefined>> = {
  isdeterministic: (column, place) => ofComputed(column, place, (item) => isDeterministic(item, place)),
  isprecise: (column, place) => ofComputed(column, place, (item) => isPreciseColumn(column, item, place)),
  isindexable: (column, place) => {
    if (place.object.type !== "U") throw notImplemented("COLUMNPROPERTY isindexable of what is no table");
    if (!isKeyType(column.type)) return 0;
    const { computed } = column;
    if (!computed) return 1;
    return bit(
      isDeterministic(computed.expression, place) &&
        (computed.persisted || isPreciseColumn(column, computed.expression, place)),
    );
  },
};

function ofComputed(column: Column, { object }: Place, answer: (expression: Expression) => boolean): number | null {
  if (object.type === "V ") throw notImplemented("determinism of a view's column");
  return column.computed ? bit(answer(column.computed.expression)) : null;
}

function isPreciseColumn({ type }: Column, expression: Expression, { columns, database }: Place): boolean {
  return type.name !== "float" && type.name !== "real" && isPrecise(expression, columns, database);
}

function isDeterministic(expression: Expression, { columns, database }: Place): boolean {
  const typeOf = (operand: Expression): SqlType | undefined => {
    if (operand.kind === "string") return { name: "varchar", length: 8000 };
    if (operand.kind === "integer" || operand.kind === "decimal") return { name: "decimal" };
    if (operand.kind !== "column") throw notImplemented("determinism of a conversion of an expression");
    return findColumn({ columns: [...columns] }, database, operand.name.parts.at(-1)!)?.type;
  };
  return !isNondeterministic(expression, { database, typeOf });
}

/** Length of text in characters, of other types their digits; -1 for MAX types and xml. */
function declaredPrecision(type: SqlType): number {
  const facts = typeFacts(type);
  if (isCharacter(type) || type.name.endsWith("binary")) return type.length ?? facts.maxLength;
  return facts.precision === 0 ? facts.maxLength : facts.precision;
}

export function columnProperty(args: IntArguments, context: FunctionContext): number | null {
  const found = findById(int(args, 0)!, sessionOf(context));
  const name = str(args, 1)!;
  const property = propertyName(args[0][2]!, args[1][2]!);
  if (!found) return null;
  if (isModule(found.object)) {
    const parameter = found.object.parameters.find((one) => found.database.key(one.name) === found.database.key(name));
    if (parameter)
      return (
        {
          allowsnull: 1,
          isoutparam: bit(parameter.output),
          precision: declaredPrecision(parameter.type),
          scale: typeFacts(parameter.type).scale,
          iscursortype: 0,
        }[property] ?? null
      );
  }
  const columns = columnsOf(found.object);
  const column = findColumn({ columns: [...columns] }, found.database, name);
  if (!column) return null;
  if (
    ["issystemverified", "systemdataaccess", "userdataaccess", "fulltexttypecolumn", "statisticalsemantics"].includes(
      property,
    )
  )
    throw notImplemented(`COLUMNPROPERTY ${property}`);
  const computed = computedProperties[property];
  if (computed) return computed(column, { columns, database: found.database, object: found.object });
  return columnProperties[property]?.(column, columns.indexOf(column) + 1) ?? null;
}

export function indexNamed(found: Found, name: string): Index | undefined {
  if (!("indexes" in found.object)) return undefined;
  const key = found.database.key(name);
  return found.object.indexes.find((index) => index.name !== null && found.database.key(index.name) === key);
}

/** https://learn.microsoft.com/sql/t-sql/functions/indexproperty-transact-sql */
export const indexProperties: Readonly<Record<string, (index: Index) => number>> = {
  indexdepth: () => 1,
  indexfillfactor: (index) => index.fillFactor,
  indexid: (index) => index.id,
  isautostatistics: () => 0,
  isclustered: (index) => bit(index.type === "CLUSTERED" || index.type === "CLUSTERED COLUMNSTORE"),
  isdisabled: (index) => bit(index.disabled),
  isfulltextkey: () => 0,
  ishypothetical: () => 0,
  ispadindex: (index) => bit(index.padded),
  ispagelockdisallowed: (index) => bit(!index.allowPageLocks),
  isrowlockdisallowed: (index) => bit(!index.allowRowLocks),
  isstatistics: () => 0,
  isunique: (index) => bit(index.unique),
  iscolumnstore: (index) => bit(index.type.endsWith("COLUMNSTORE")),
  isoptimizedforsequentialkey: (index) => bit(index.optimizeForSequentialKey),
};

export function keyColumn(
  found: Found,
  indexId: number,
  position: number,
): { column: Column; descending: boolean } | undefined {
  const { object } = found;
  if (!("indexes" in object)) return undefined;
  const key = object.indexes.find((index) => index.id === indexId)?.columns.filter((one) => !one.included)[
    position - 1
  ];
  const column = key && object.columns.find((one) => one.id === key.columnId);
  return key && column ? { column, descending: key.descending } : undefined;
}
