/** Statements about assemblies. Grammar: sql-docs, CREATE ASSEMBLY, ALTER ASSEMBLY, DROP ASSEMBLY. */
import type { Expression } from "./ast";

export type AssemblyOption =
  | { kind: "permission-set"; set: "SAFE" | "EXTERNAL_ACCESS" | "UNSAFE" }
  | { kind: "visibility"; on: boolean }
  | { kind: "unchecked-data" };

export interface CreateAssembly {
  kind: "create-assembly";
  name: string;
  authorization?: string;
  sources: Expression[];
  permissionSet?: "SAFE" | "EXTERNAL_ACCESS" | "UNSAFE";
  line: number;
}
export interface AlterAssembly {
  kind: "alter-assembly";
  name: string;
  source?: Expression;
  options: AssemblyOption[];
  dropFiles?: string[] | "all";
  addFiles: { source: Expression; name?: string }[];
  line: number;
}
export interface DropAssembly {
  kind: "drop-assembly";
  names: string[];
  ifExists: boolean;
  withNoDependents: boolean;
  line: number;
}

export type AssemblyDefinition = CreateAssembly | AlterAssembly | DropAssembly;
