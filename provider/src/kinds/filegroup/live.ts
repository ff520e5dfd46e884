/** A filegroup as the server has it, and what must be asked before it can be planned. */
import type { CatalogSnapshot, Probe } from "../../contract";
import type { Capabilities } from "../../engine/capabilities";
import type { NameComparer } from "../../engine/names";
import type { FilegroupEntry } from "../../engine/snapshot/database";
import { sessionsProbe } from "../exclusive-access";
import { partitionSchemesProbe } from "./contents";
import type { Contents, DesiredFilegroup } from "./inputs";
import { exclusiveChanges } from "./exclusive-changes";

// ---- Identity --------------------------------------------------------------------------------------------------------

export type FilegroupIdentity = { readonly database: string; readonly name: string; readonly renamedFrom?: string };

export function identity({ database, name, renamedFrom }: DesiredFilegroup): FilegroupIdentity {
  return renamedFrom === undefined ? { database, name } : { database, name, renamedFrom };
}

// ---- Read ------------------------------------------------------------------------------------------------------------

export interface LiveFilegroup {
  readonly database: string;
  readonly filegroup: FilegroupEntry;
  readonly names: NameComparer;
  readonly platform: Capabilities["platform"];
}

const contentOfType: Readonly<Record<string, Contents>> = { FG: "rows", FD: "filestream", FX: "memory-optimized" };

export function contentOf(filegroup: FilegroupEntry): Contents {
  return contentOfType[filegroup.type] ?? "rows";
}

export function read(
  catalog: CatalogSnapshot,
  { database, name, renamedFrom }: FilegroupIdentity,
): LiveFilegroup | undefined {
  const { findFilegroup } = catalog.database;
  const filegroup = findFilegroup(name) ?? (renamedFrom === undefined ? undefined : findFilegroup(renamedFrom));
  if (!catalog.databaseExists || filegroup === undefined) return undefined;
  const platform = catalog.server.properties.hostPlatform.toLowerCase() === "linux" ? "linux" : "windows";
  // The name that the database has now: an earlier one while it waits for its rename.
  return { database: catalog.databaseRow?.name ?? database, filegroup, names: catalog.names, platform };
}

// ---- Probes ----------------------------------------------------------------------------------------------------------

export function probes(desired: DesiredFilegroup | undefined, live: LiveFilegroup | undefined): readonly Probe[] {
  if (live === undefined) return [];
  if (desired === undefined || losesFiles(desired, live)) return [partitionSchemesProbe(live.database, live.filegroup)];
  return exclusiveChanges(desired, live.filegroup).length > 0 ? [sessionsProbe(live.database)] : [];
}

export function losesFiles({ files }: DesiredFilegroup, { filegroup, names }: LiveFilegroup): boolean {
  if (files === undefined) return false;
  const kept = files.flatMap((file) => [file.name, file.renamedFrom ?? file.name]);
  return filegroup.files.some((file) => !kept.some((known) => names.equals(known, file.name)));
}
