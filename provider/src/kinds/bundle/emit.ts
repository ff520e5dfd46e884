/** The statements of one module that is not as it should be. */
import type { PlanContext, Statement } from "../../contract";
import { displayName } from "../../engine/quoting";
import type { TypeRow } from "../../engine/snapshot/modules";
import type { Change } from "./changes";
import { moduleName, type LiveModule } from "./live-module";
import { nounOf } from "./module-index";
import { regrant, regrantColumns } from "./permissions";
import { columnsOfType, sequenceHazards } from "./removal";
import { liveSequenceOptions, sequenceOptions, wholeNumber } from "./shape";
import {
  alterModule,
  alterSequence,
  createModule,
  createViewIndex,
  dropModule,
  enableTrigger,
  permissionStatement,
  renameType,
} from "./statements";

interface Emitted {
  readonly statements: readonly Statement[];
  readonly refusal?: string;
}

/** `dropped`, `unbound`: an earlier statement of the plan has done that already. */
export function emitModule(
  change: Change,
  dropped: boolean,
  unbound: boolean,
  isInBundle: (type: TypeRow) => boolean,
  context: PlanContext,
  database: string,
): Emitted {
  const { action, module, live } = change;
  const catalog = context.catalog.database;
  switch (action) {
    case "keep":
      return { statements: [] };
    case "create":
      return { statements: [createModule(database, module)] };
    case "enable":
      return { statements: [enableTrigger(database, module)] };
    case "rotate":
      return rotate();
    case "recreate":
      return recreate();
    case "alter":
      return module.kind === "sequence" ? alterSequenceOptions() : alter();
  }

  function recreate(): Emitted {
    const { batches, lost } = regrant(catalog, live!, module);
    const hazards = [...sequenceHazards(live!)];
    if (lost.length > 0)
      hazards.push({
        type: "data-loss",
        object: moduleName(module),
        detail:
          `the new ${module.functionKind ?? ""} ${module.kind} cannot have these permissions: ${lost.join(", ")}`.replace(
            "  ",
            " ",
          ),
      });
    const drop = dropModule(database, live!, hazards);
    const grants = batches.map((batch) => permissionStatement(database, module, batch));
    return { statements: [...(dropped ? [] : [drop]), createModule(database, module), ...grants] };
  }

  function alter(): Emitted {
    const indexes =
      live?.object && module.kind === "view"
        ? catalog.indexesOf(live.object.objectId).filter((index) => index.type > 0)
        : [];
    if (indexes.length > 0 && !module.schemaBound)
      return {
        statements: [],
        refusal: `${nounOf(module)} has indexes, and they need WITH SCHEMABINDING: keep it, or drop the indexes first`,
      };
    // The clustered index comes first: the others stand on it.
    const rebuilt = [...indexes]
      .sort((left, right) => left.indexId - right.indexId)
      .map((index) => createViewIndex(database, module, index));
    const grants = unbound
      ? regrantColumns(catalog, live!, module).map((batch) => permissionStatement(database, module, batch))
      : [];
    // ALTER switches a disabled trigger on; where a version does not, this does.
    const enabled = live?.object?.isTriggerDisabled ? [enableTrigger(database, module)] : [];
    return { statements: [alterModule(database, module), ...enabled, ...rebuilt, ...grants] };
  }

  function alterSequenceOptions(): Emitted {
    const row = live?.object;
    if (module.shape?.shape !== "sequence" || !row) return { statements: [] };
    const wanted = sequenceOptions(module.shape);
    const current = liveSequenceOptions(row);
    if (wanted.type !== current.type)
      return {
        statements: [],
        refusal: `${nounOf(module)} is ${current.type}: its type cannot change; make a sequence with another name`,
      };
    const position = wholeNumber(row.sequenceCurrent);
    if (position < wanted.minimum || position > wanted.maximum)
      return {
        statements: [],
        refusal: `${nounOf(module)} stands at ${position}, outside ${wanted.minimum} to ${wanted.maximum}; a bundle never restarts a sequence`,
      };
    return { statements: [alterSequence(database, module, wanted, current)] };
  }

  function rotate(): Emitted {
    const users = columnsOfType(catalog, live!, isInBundle);
    if (users.length > 0)
      return {
        statements: [],
        refusal: `${nounOf(module)} cannot change while it is the type of ${users.join(", ")}: make a type with another name and change the columns to it`,
      };
    const old = oldTypeName(live!);
    if (catalog.findType(live!.schema, old))
      return {
        statements: [],
        refusal: `${displayName(live!.schema, old)} is in the way: an earlier replacement was broken off; drop it first`,
      };
    const grants = regrant(catalog, live!, module).batches.map((batch) => permissionStatement(database, module, batch));
    return { statements: [renameType(database, live!, old), createModule(database, module), ...grants] };
  }
}

/** Where the old type waits until nobody uses it. */
export function oldTypeName(live: LiveModule): string {
  const suffix = "__replaced";
  return live.name.slice(0, 128 - suffix.length) + suffix;
}
