/** What a database has of assemblies. */
import type { Database, Module, UserType } from "../storage/model";
import type { Assembly } from "../storage/model-clr";
import { type AssemblyImage, readAssembly } from "./assembly-image";

export function contentOf(assembly: Assembly): Uint8Array {
  return assembly.files[0]!.content;
}

export function imageOf(assembly: Assembly): AssemblyImage {
  return readAssembly(contentOf(assembly));
}

export function findAssembly(database: Database, name: string): Assembly | undefined {
  const key = database.key(name);
  for (const assembly of database.assemblies.values()) if (database.key(assembly.name) === key) return assembly;
  return undefined;
}

export function modulesOf(database: Database, assemblyId: number): Module[] {
  const found: Module[] = [];
  for (const object of database.objects.values())
    if ("clr" in object && object.clr?.assemblyId === assemblyId) found.push(object);
  return found;
}

export function typesOf(database: Database, assemblyId: number): UserType[] {
  return [...database.types.values()].filter((type) => type.clr?.assemblyId === assemblyId);
}

/** Assemblies that refer to one. */
export function referrersOf(database: Database, assemblyId: number): Assembly[] {
  return [...database.assemblies.values()].filter((one) => one.referencedIds.includes(assemblyId));
}

/** Routines and types of one assembly, for messages about what keeps it. */
export function boundNames(database: Database, assemblyId: number): string[] {
  return [...modulesOf(database, assemblyId), ...typesOf(database, assemblyId)].map(({ name }) => name);
}
