/**
 * How a catalog view is declared: its columns as a compact list, and a generator of its rows. Rows hold a value for every
 * declared column; those of a later version than the emulated one are cut out where the view is built.
 */
import type { CatalogView, Row, Session } from "../session/runtime";
import type { ResultColumn } from "../session/port";
import type { Database, SqlServer } from "../storage/model";
import { roundToThreeHundredths } from "../types/date-time";
import type { SqlType, TypeName } from "../types/sql-type";
import { Decimal, Variant, type DateTime, type SqlValue } from "../types/value";
import { Visibility } from "./visibility";

export type Version = SqlServer["version"];

/** What a generator reads. */
export interface Reader {
  readonly session: Session;
  readonly server: SqlServer;
  readonly database: Database;
  readonly visible: Visibility;
}

export interface CatalogColumn extends ResultColumn {
  /** sysname is nvarchar(128) with a type id of its own. */
  readonly isSysname: boolean;
  readonly since: Version;
}

export interface ViewDefinition {
  readonly schema: "sys" | "INFORMATION_SCHEMA";
  readonly name: string;
  readonly source: string;
  readonly columns: readonly CatalogColumn[];
  rows(reader: Reader): Iterable<Row>;
}

/** Collation of the catalog's own words: type codes and descriptions. Names have the database's. */
const WORDS = "Latin1_General_CI_AS_KS_WS";

/**
 * "name type" pairs divided by commas. ? after the type: may be NULL. @2022: first in that version.
 * Types are T-SQL's, and: sysname; desc = nvarchar(60), code(n) = char(n), both in the catalog's collation.
 */
export function columnList(text: string): CatalogColumn[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((item) => item.trim())
    .filter((item) => item !== "")
    .map((item) => {
      const parsed = /^(\S+)\s+(\w+)(?:\(([^)]*)\))?(\?)?(?:\s*@(\d{4}))?$/.exec(item);
      if (!parsed) throw new Error(`not a column: ${item}`);
      const [, name, word, facets, nullable, since] = parsed;
      return {
        name: name!,
        type: typeOf(word!, facets),
        nullable: nullable !== undefined,
        isSysname: word === "sysname",
        since: (since as Version | undefined) ?? "2019",
      };
    });
}

function typeOf(word: string, facets: string | undefined): SqlType {
  const numbers = (facets ?? "")
    .split(",")
    .filter(Boolean)
    .map((one) => (one.trim() === "max" ? -1 : Number(one)));
  switch (word) {
    case "sysname":
      return { name: "nvarchar", length: 128 };
    case "desc":
      return { name: "nvarchar", length: numbers[0] ?? 60, collation: WORDS };
    case "code":
      return { name: "char", length: numbers[0] ?? 1, collation: WORDS };
    case "numeric":
    case "decimal":
      return { name: word, precision: numbers[0] ?? 18, scale: numbers[1] ?? 0 };
    case "datetime2":
    case "datetimeoffset":
    case "time":
      return { name: word, scale: numbers[0] ?? 7 };
    default:
      return numbers.length > 0 ? { name: word as TypeName, length: numbers[0]! } : { name: word as TypeName };
  }
}

const LEARN = "https://learn.microsoft.com/sql/relational-databases/";

/** A view of schema sys. `page` is below learn.microsoft.com/sql/relational-databases. */
export function view(
  name: string,
  page: string,
  columns: string | readonly CatalogColumn[],
  rows: (reader: Reader) => Iterable<Row>,
): ViewDefinition {
  return {
    schema: "sys",
    name,
    source: LEARN + page,
    columns: typeof columns === "string" ? columnList(columns) : columns,
    rows,
  };
}

export function informationView(
  name: string,
  page: string,
  columns: string,
  rows: (reader: Reader) => Iterable<Row>,
): ViewDefinition {
  return {
    schema: "INFORMATION_SCHEMA",
    name,
    source: `${LEARN}system-information-schema-views/${page}`,
    columns: columnList(columns),
    rows,
  };
}

/** A feature that the twin's model cannot hold: right columns, never a row. */
export function emptyView(name: string, page: string, columns: string | readonly CatalogColumn[]): ViewDefinition {
  return view(name, page, columns, () => []);
}

export function readerOf(session: Session, database: Database): Reader {
  return { session, server: session.server, database, visible: new Visibility(session, database) };
}

/** The view as one version of the server has it. */
export function build(definition: ViewDefinition, version: Version): CatalogView {
  const kept = definition.columns.flatMap((column, index) => (column.since <= version ? [index] : []));
  const columns = kept.map((index) => plain(definition.columns[index]!));
  const whole = kept.length === definition.columns.length;
  return {
    name: definition.name,
    columns,
    rows: (session, database) => {
      const rows = definition.rows(readerOf(session, database));
      return whole ? rows : cut(rows, kept);
    },
  };
}

export function plain({ name, type, nullable }: CatalogColumn): ResultColumn {
  return { name, type, nullable };
}

function* cut(rows: Iterable<Row>, kept: readonly number[]): Iterable<Row> {
  for (const row of rows) yield kept.map((index) => row[index]!);
}

export const bit = (value: boolean): number => (value ? 1 : 0);
export const datetime = (value: DateTime): DateTime => roundToThreeHundredths(value);
export const lsn = (value: number | bigint): Decimal => new Decimal(BigInt(value), 0);
export const variant = (type: SqlType, value: SqlValue): Variant | null =>
  value === null ? null : new Variant(type, value);
