/** What has to happen to each module: its definition against the live object and the recorded hash. */
import type { DatabaseCatalog, OwnedObject, PlanContext } from "../../contract";
import type { NameComparer } from "../../engine/names";
import { equalStoredHashes } from "../../tsql/definition";
import type { ModuleSource } from "../../tsql/module-source";
import {
  findLiveModule,
  functionKindOf,
  isExternal,
  liveHash,
  moduleName,
  recordedHash,
  shapeHash,
  type LiveModule,
} from "./live-module";
import { describeAlias, describeSequence, describeSynonym, sameColumns } from "./shape";

/**
 * keep: nothing; create: it is not there; alter: same object, new definition; recreate: drop and create (another kind of
 * object, a synonym, a trigger on another table); rotate: a type, whose users are moved over; enable: a disabled trigger.
 */
export type Action = "keep" | "create" | "alter" | "recreate" | "rotate" | "enable";

export interface Change {
  action: Action;
  readonly module: ModuleSource;
  readonly live: LiveModule | undefined;
  /** What iac.object keeps once the plan is applied. */
  readonly definitionHash: string;
}

export function changesOf(modules: readonly ModuleSource[], context: PlanContext): Change[] {
  const owned = new Map<string, OwnedObject>(
    context.owned.map((row) => [`${row.type}\0${context.names.key(row.name)}`, row]),
  );
  return modules.map((module) => {
    const live = findLiveModule(context.catalog.database, module.kind, module.schema, module.name);
    const recorded = owned.get(`${module.kind}\0${context.names.key(moduleName(module))}`)?.definitionHash;
    return changeOf(module, live, recorded, context.catalog.database, context.names);
  });
}

function changeOf(
  module: ModuleSource,
  live: LiveModule | undefined,
  recorded: string | undefined,
  catalog: DatabaseCatalog,
  names: NameComparer,
): Change {
  const expected = expectedHash(module);
  const as = (action: Action, definitionHash = expected): Change => ({ action, module, live, definitionHash });
  if (!live) return as("create");
  if (live.kind !== module.kind) return as("recreate");
  if (module.shape?.shape === "table-type" || live.type?.isTableType === true)
    return as(sameTableType(module, live, recorded, expected, catalog, names) ? "keep" : "rotate");
  const current = liveHash(live);
  if (module.shape) {
    if (current === expected) return as("keep");
    return as(module.kind === "type" ? "rotate" : module.kind === "synonym" ? "recreate" : "alter");
  }
  const row = live.object!;
  if (cannotBeAltered(module, row, names)) return as("recreate");
  const disabled = row.isTriggerDisabled ? "enable" : "keep";
  // Encrypted and CLR modules, and modules that the login may not see, cannot be compared: what was deployed last decides.
  if (current === undefined)
    return as(recorded === expected && row.isEncrypted === module.encrypted ? disabled : "alter");
  if (module.encrypted) return as("alter");
  if (current === expected) return as(disabled);
  return as(meansTheSame(module, current) ? disabled : "alter", meansTheSame(module, current) ? current : expected);
}

function meansTheSame(module: ModuleSource, current: string): boolean {
  for (const hash of equalStoredHashes(module.text, module.verb))
    if (recordedHash(hash, module.ansiNulls, module.quotedIdentifier) === current) return true;
  return false;
}

/** https://learn.microsoft.com/sql/relational-databases/in-memory-oltp/altering-natively-compiled-t-sql-modules */
function cannotBeAltered(module: ModuleSource, row: NonNullable<LiveModule["object"]>, names: NameComparer): boolean {
  if (module.native !== row.isNativelyCompiled || module.external !== isExternal(row)) return true;
  if (module.kind === "function" && module.functionKind !== functionKindOf(row)) return true;
  if (!module.parent) return false;
  return (
    !names.equals(module.parent.schema, row.parentSchema ?? "") ||
    !names.equals(module.parent.name, row.parentName ?? "")
  );
}

function sameTableType(
  module: ModuleSource,
  live: LiveModule,
  recorded: string | undefined,
  expected: string,
  catalog: DatabaseCatalog,
  names: NameComparer,
): boolean {
  const type = live.type;
  if (module.shape?.shape !== "table-type" || !type?.isTableType || type.tableObjectId === null) return false;
  if (module.shape.memoryOptimized !== type.isMemoryOptimized) return false;
  // Without a record (an adopted type) the columns must do: the catalog does not show a type's keys and checks.
  return (
    (recorded === undefined || recorded === expected) &&
    sameColumns(module.shape, catalog.columnsOf(type.tableObjectId), names)
  );
}

function expectedHash(module: ModuleSource): string {
  switch (module.shape?.shape) {
    case "sequence":
      return shapeHash(describeSequence(module.shape));
    case "synonym":
      return shapeHash(describeSynonym(module.shape));
    case "alias":
      return shapeHash(describeAlias(module.shape));
    default:
      return recordedHash(module.hash, module.ansiNulls, module.quotedIdentifier);
  }
}
