/** How a table function of schema sys is declared. */
import type { Row } from "../../session/runtime";
import type { SqlValue } from "../../types/value";
import { columnList, type CatalogColumn, type Reader } from "../view";

export interface FunctionDefinition {
  readonly name: string;
  readonly source: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly columns: readonly CatalogColumn[];
  rows(args: readonly SqlValue[], reader: Reader): Iterable<Row>;
}

/** "name/2" or "name/0-1": the number of arguments. `page` is below learn.microsoft.com/sql/relational-databases. */
export function tableFunction(
  signature: string,
  page: string,
  columns: string,
  rows: FunctionDefinition["rows"],
): FunctionDefinition {
  const [name, count] = signature.split("/") as [string, string];
  const [minimum, maximum] = count.split("-").map(Number) as [number, number | undefined];
  return {
    name,
    source: `https://learn.microsoft.com/sql/relational-databases/${page}`,
    minimum,
    maximum: maximum ?? minimum,
    columns: columnList(columns),
    rows,
  };
}

export const text = (value: SqlValue | undefined): string | null => (typeof value === "string" ? value : null);
export const number = (value: SqlValue | undefined): number | null =>
  typeof value === "number" ? value : typeof value === "bigint" ? Number(value) : null;
