/** The only list of kinds. A kind may leave it only when no stack holds one: stored states load today's registry. */
import type { AnyKind } from "./contract";
import { procedureBundleKind } from "./kinds/bundle";
import { databaseKind } from "./kinds/database";
import { filegroupKind } from "./kinds/filegroup";
import { schemaKind } from "./kinds/schema";
import { tableKind, tableSetKind } from "./kinds/table";

export const registry = {
  Database: databaseKind,
  Filegroup: filegroupKind,
  Schema: schemaKind,
  TableSet: tableSetKind,
  Table: tableKind,
  ProcedureBundle: procedureBundleKind,
} as const satisfies Record<string, unknown>;

export type KindName = keyof typeof registry;

export function findKind(name: string): AnyKind | undefined {
  return Object.hasOwn(registry, name) ? (registry[name as KindName] as unknown as AnyKind) : undefined;
}
