/** Finds the live counterpart of a module, and what the catalog says about its definition. */
import { createHash } from "node:crypto";
import type { DatabaseCatalog, ObjectName, OwnedObject } from "../../contract";
import { displayName } from "../../engine/quoting";
import type { ObjectRow, TypeRow } from "../../engine/snapshot/modules";
import type { FunctionKind } from "../../tsql/module-source";
import type { ModuleKind } from "../../tsql/module-header";
import { describeLiveAlias, describeLiveSequence, describeLiveSynonym } from "./shape";

export interface LiveModule {
  readonly kind: ModuleKind;
  /** Empty for DDL triggers of the database. */
  readonly schema: string;
  readonly name: string;
  /** Exactly one of the two. */
  readonly object: ObjectRow | undefined;
  readonly type: TypeRow | undefined;
}

const kinds = new Map<string, ModuleKind>([
  ["P", "procedure"],
  ["PC", "procedure"],
  ["RF", "procedure"],
  ["FN", "function"],
  ["IF", "function"],
  ["TF", "function"],
  ["FS", "function"],
  ["FT", "function"],
  ["V", "view"],
  ["TR", "trigger"],
  ["TA", "trigger"],
  ["SN", "synonym"],
  ["SO", "sequence"],
]);
const functionKinds = new Map<string, FunctionKind>([
  ["FN", "scalar"],
  ["FS", "scalar"],
  ["IF", "inline"],
  ["TF", "table"],
  ["FT", "table"],
]);
const externalTypes = new Set(["PC", "FS", "FT", "TA"]);

export function kindOfObject(row: ObjectRow): ModuleKind | undefined {
  return kinds.get(row.type.trim());
}

export function functionKindOf(row: ObjectRow): FunctionKind | undefined {
  return functionKinds.get(row.type.trim());
}

export function isExternal(row: ObjectRow): boolean {
  return externalTypes.has(row.type.trim());
}

/** undefined also where the name belongs to an object that is no module, such as a queue. */
export function findLiveModule(
  catalog: DatabaseCatalog,
  kind: ModuleKind,
  schema: string,
  name: string,
): LiveModule | undefined {
  if (kind === "type") {
    const type = catalog.findType(schema, name);
    return type && { kind, schema: type.schemaName, name: type.name, object: undefined, type };
  }
  const object = catalog.findObject(schema, name);
  const liveKind = object && kindOfObject(object);
  return (
    object && liveKind && { kind: liveKind, schema: object.schemaName, name: object.name, object, type: undefined }
  );
}

/** Schema and name of a row of iac.object: both may hold dots, so that the catalog decides; the first dot if nothing is there. */
export function findOwnedModule(catalog: DatabaseCatalog, owned: ObjectName): LiveModule | undefined {
  const kind = owned.type as ModuleKind;
  for (let dot = owned.name.indexOf("."); dot > 0; dot = owned.name.indexOf(".", dot + 1)) {
    const found = findLiveModule(catalog, kind, owned.name.slice(0, dot), owned.name.slice(dot + 1));
    if (found) return found;
  }
  return kind === "trigger" ? findLiveModule(catalog, kind, "", owned.name) : undefined;
}

export function moduleName(module: { readonly schema: string; readonly name: string }): string {
  return module.schema === "" ? module.name : displayName(module.schema, module.name);
}

/** What iac.object keeps of a definition; the two SET options that the server captures count too. */
export function recordedHash(hash: string, ansiNulls: boolean, quotedIdentifier: boolean): string {
  if (ansiNulls && quotedIdentifier) return hash;
  return createHash("sha256")
    .update(`${hash}/${Number(ansiNulls)}${Number(quotedIdentifier)}`)
    .digest("hex");
}

export function shapeHash(description: string): string {
  return createHash("sha256").update(description).digest("hex");
}

/** Comparable with the recorded hash; undefined = the catalog cannot tell (encrypted, CLR, table type). */
export function liveHash(live: LiveModule): string | undefined {
  if (live.type) return live.type.isTableType ? undefined : shapeHash(describeLiveAlias(live.type));
  const row = live.object;
  if (!row) return undefined;
  if (live.kind === "sequence") return shapeHash(describeLiveSequence(row));
  if (live.kind === "synonym") return shapeHash(describeLiveSynonym(row));
  if (row.definitionHash === null) return undefined;
  return recordedHash(row.definitionHash.toLowerCase(), row.usesAnsiNulls, row.usesQuotedIdentifier);
}

export type Drift = "changed" | "missing" | "disabled";

/** What was done by hand since the last apply, by name. */
export function driftOf(catalog: DatabaseCatalog, owned: readonly OwnedObject[]): Record<string, Drift> {
  const drift: Record<string, Drift> = {};
  for (const row of owned) {
    const live = findOwnedModule(catalog, row);
    const hash = live && liveHash(live);
    if (live?.kind !== row.type) drift[row.name] = "missing";
    else if (hash !== undefined && row.definitionHash !== undefined && hash !== row.definitionHash)
      drift[row.name] = "changed";
    else if (live.object?.isTriggerDisabled) drift[row.name] = "disabled";
  }
  return drift;
}
