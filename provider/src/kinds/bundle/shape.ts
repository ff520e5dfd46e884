/**
 * Types, synonyms and sequences in one line of text, from the source and from the catalog: equal lines mean equal objects.
 * https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-sequences-transact-sql
 */
import type { ObjectRow, TypeRow } from "../../engine/snapshot/modules";
import type { ColumnRow } from "../../engine/snapshot/tables";
import type { NameComparer } from "../../engine/names";
import type { DataType } from "../../tsql/data-type";
import type { AliasShape, SequenceShape, SynonymShape, TableTypeShape } from "../../tsql/declared";
import { tokenize } from "../../tsql/lexer";
import { readName } from "../../tsql/module-header";

interface StoredType {
  readonly maxLength: number;
  readonly precision: number;
  readonly scale: number;
}

const WITH_LENGTH = new Set(["char", "varchar", "binary", "varbinary", "nchar", "nvarchar"]);
const WITH_SCALE = new Set(["time", "datetime2", "datetimeoffset"]);

function describeType(
  name: string,
  type: { maxLength?: number | undefined; precision?: number | undefined; scale?: number | undefined },
): string {
  if (WITH_LENGTH.has(name)) return `${name}(${type.maxLength ?? ""})`;
  if (name === "decimal" || name === "numeric") return `decimal(${type.precision ?? ""},${type.scale ?? ""})`;
  if (WITH_SCALE.has(name)) return `${name}(${type.scale ?? ""})`;
  return name;
}

export function describeAlias(shape: AliasShape): string {
  // Without NULL or NOT NULL an alias type allows NULL.
  return `${describeType(shape.base.name, shape.base)} ${shape.nullable === false ? "not null" : "null"}`;
}

export function describeLiveAlias(row: TypeRow): string {
  return `${describeType((row.baseTypeName ?? "").toLowerCase(), row)} ${row.isNullable ? "null" : "not null"}`;
}

export function describeSynonym(shape: SynonymShape): string {
  return shape.base.join("\0");
}

/** The catalog holds the name as text with quotes. */
export function describeLiveSynonym(row: ObjectRow): string {
  const text = row.baseObjectName ?? "";
  return (readName(text, tokenize(text), 0)?.parts ?? [text]).join("\0");
}

/** The part that ALTER SEQUENCE can change, and the type, which it cannot. START WITH counts at creation only. */
export interface SequenceOptions {
  readonly type: string;
  readonly increment: bigint;
  readonly minimum: bigint;
  readonly maximum: bigint;
  readonly cycles: boolean;
  readonly cache: SequenceShape["cache"];
}

export function sequenceOptions(shape: SequenceShape): SequenceOptions {
  const { increment, minimum, maximum, cycles, cache } = shape;
  const { schema, name, isSystem } = shape.type;
  const type = isSystem ? describeType(name, shape.type) : `${schema ?? "dbo"}.${name}`.toLowerCase();
  return { type, increment, minimum, maximum, cycles, cache };
}

export function liveSequenceOptions(row: ObjectRow): SequenceOptions {
  const type = (row.sequenceType ?? "").toLowerCase();
  return {
    type: describeType(type, { precision: row.sequencePrecision ?? 0, scale: 0 }),
    increment: wholeNumber(row.sequenceIncrement),
    minimum: wholeNumber(row.sequenceMinimum),
    maximum: wholeNumber(row.sequenceMaximum),
    cycles: row.sequenceCycles,
    cache: row.sequenceIsCached ? (row.sequenceCacheSize ?? "default") : "none",
  };
}

export function wholeNumber(text: string | null): bigint {
  return BigInt((text ?? "0").split(".")[0]!);
}

function describeSequenceOptions(options: SequenceOptions): string {
  return [options.type, options.increment, options.minimum, options.maximum, options.cycles, options.cache].join(" ");
}

export function describeSequence(shape: SequenceShape): string {
  return describeSequenceOptions(sequenceOptions(shape));
}

export function describeLiveSequence(row: ObjectRow): string {
  return describeSequenceOptions(liveSequenceOptions(row));
}

/** Columns by name, type and NULL; keys and checks are known by the recorded hash only. */
export function sameColumns(shape: TableTypeShape, live: readonly ColumnRow[], names: NameComparer): boolean {
  return (
    shape.columns.length === live.length &&
    shape.columns.every((column, index) => {
      const row = live[index]!;
      if (!names.equals(column.name, row.name)) return false;
      if (column.type === undefined) return row.isComputed;
      if (!sameType(column.type, row, row.typeName, names)) return false;
      return column.nullable === undefined || column.nullable === row.isNullable;
    })
  );
}

function sameType(type: DataType, row: StoredType, typeName: string, names: NameComparer): boolean {
  if (!type.isSystem) return names.equals(type.name, typeName);
  return describeType(type.name, type) === describeType(typeName.toLowerCase(), row);
}
