/** How a system procedure is written down. */
import type { SystemProcedure, Execution, Work } from "../session/runtime";
import type { Table } from "../storage/model";
import type { SqlType } from "../types/sql-type";
import type { SqlValue } from "../types/value";

export type Parameter = SystemProcedure["parameters"][number];
export type Arguments = Parameters<SystemProcedure["run"]>[0];

export const NTEXT: SqlType = { name: "nvarchar", length: -1 };
export const NAME: SqlType = { name: "nvarchar", length: 128 };
export const OBJECT_NAME: SqlType = { name: "nvarchar", length: 776 };
export const INT: SqlType = { name: "int" };
export const BIT: SqlType = { name: "bit" };
export const VARIANT: SqlType = { name: "sql_variant" };
export const varchar = (length: number): SqlType => ({ name: "varchar", length });
export const nvarchar = (length: number): SqlType => ({ name: "nvarchar", length });

export const required = (name: string, type: SqlType): Parameter => ({ name, type });
export const optional = (name: string, type: SqlType): Parameter => ({ name, type, optional: true });
export const output = (name: string, type: SqlType): Parameter => ({ name, type, output: true });

const registry = new Map<string, SystemProcedure>();

/** Procedures whose names are known but which are not there: said so instead of 2812. */
export function defineProcedure(
  name: string,
  parameters: readonly Parameter[],
  run: (args: Arguments, execution: Execution) => Work<number>,
  variadic = false,
): void {
  if (registry.has(name.toLowerCase())) throw new Error(`procedure ${name} defined twice`);
  registry.set(name.toLowerCase(), { name, parameters, run, ...(variadic ? { variadic } : {}) });
}

export function findDefinition(name: string): SystemProcedure | undefined {
  return registry.get(name.toLowerCase());
}

export function text(args: Arguments, name: string): string | undefined {
  const value = args.get(name.toLowerCase())?.value;
  return value === null || value === undefined ? undefined : String(value as SqlValue);
}

export function integer(args: Arguments, name: string): number | undefined {
  const value = args.get(name.toLowerCase())?.value;
  return value === null || value === undefined ? undefined : Number(value as SqlValue);
}

export function isTable(value: SqlValue | Table | undefined): value is Table {
  return typeof value === "object" && value !== null && "rows" in value;
}
