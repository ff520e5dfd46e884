/**
 * Who needs whom among the modules of a bundle, and what they need from outside. An edge is hard where the server binds at
 * creation: views, inline functions, schema-bound and native modules, data types, the parent of a trigger. All other
 * references are resolved when the code runs; they only decide the order where they can.
 * https://learn.microsoft.com/sql/t-sql/statements/create-procedure-transact-sql#limitations-and-restrictions
 */
import type { DatabaseCatalog, PlanContext, Requirement } from "../../contract";
import { displayName } from "../../engine/quoting";
import { isSystemType } from "../../tsql/data-type";
import type { ModuleSource } from "../../tsql/module-source";
import type { Reference } from "../../tsql/references";
import type { BundleDesired } from "./desired";
import { nounOf, placeOf, type ModuleIndex, type NamedModule } from "./module-index";

export interface Dependencies {
  /** Positions of modules that must exist before, by position. */
  readonly hard: readonly (readonly number[])[];
  readonly soft: readonly (readonly number[])[];
  /** Data types of the bundle, by position; part of `hard`. */
  readonly types: readonly (readonly number[])[];
  /** Objects that are neither in the bundle nor in the database, by position of the module that mentions them. */
  readonly missing: ReadonlyMap<number, readonly Requirement[]>;
  /** Mentions of objects that this plan drops. */
  readonly removed: readonly RemovedMention[];
  /** Mentions of other databases and servers, which nobody checks. */
  readonly elsewhere: readonly { readonly position: number; readonly reference: Reference }[];
}

interface RemovedMention {
  readonly position: number;
  readonly reference: Reference;
  readonly name: string;
  /** The server looks at creation, not when the code runs. */
  readonly binds: boolean;
}

/** Objects in these schemas are the server's own, or this package's. */
const UNCHECKED_SCHEMAS = new Set(["sys", "information_schema", "cdc", "iac"]);

/** dbo.sp_executesql and dbo.sysobjects lead to the server's own objects. */
const systemName = /^(sp_|xp_|sys)/i;

function bindsAtCreation(module: ModuleSource): boolean {
  return (
    module.kind === "view" ||
    module.functionKind === "inline" ||
    module.schemaBound ||
    module.native ||
    module.kind === "type"
  );
}

export function findDependencies(
  desired: BundleDesired,
  index: ModuleIndex,
  removed: readonly NamedModule[],
  context: PlanContext,
): Dependencies {
  const catalog = context.catalog.database;
  const removedKeys = new Map(removed.map((module) => [index.key(module), module]));
  const schemas = new Set(desired.modules.map((module) => context.names.key(module.schema)));
  const hard: number[][] = [];
  const soft: number[][] = [];
  const types: number[][] = [];
  const missing = new Map<number, Requirement[]>();
  const mentionsOfRemoved: RemovedMention[] = [];
  const elsewhere: { position: number; reference: Reference }[] = [];

  desired.modules.forEach((module, position) => {
    const needs: number[] = [];
    const likes: number[] = [];
    const usedTypes: number[] = [];
    const binds = bindsAtCreation(module);
    const miss = (type: "object" | "type", name: string, line: number): void => {
      const neededBy = `${nounOf(module)} (${placeOf(module, line)})`;
      const list = missing.get(position);
      if (list) list.push({ type, name, neededBy });
      else missing.set(position, [{ type, name, neededBy }]);
    };
    if (module.parent) {
      const { schema, name } = module.parent;
      const parent = index.find("object", schema, name);
      if (parent !== undefined) needs.push(parent);
      else if (!exists(catalog, schema, name))
        miss("object", displayName(schema, name), module.headerLine - module.line + 1);
    }
    for (const reference of module.references) {
      const parts = ownParts(reference.parts);
      if (!parts) {
        elsewhere.push({ position, reference });
        continue;
      }
      const [schema, name] = parts;
      if (schema !== undefined && UNCHECKED_SCHEMAS.has(schema.toLowerCase())) continue;
      const isType = reference.place === "type";
      const found = candidates(schema, module)
        .map((candidate) => locate(isType, candidate, name))
        .find((place) => place !== undefined);
      if (typeof found === "number") {
        if (found === position) continue;
        if (isType) usedTypes.push(found);
        (binds || isType ? needs : likes).push(found);
      } else if (found === "removed") {
        const candidate = candidates(schema, module).find((each) => locate(isType, each, name) === "removed")!;
        mentionsOfRemoved.push({ position, reference, name: displayName(candidate, name), binds: binds || isType });
      } else if (found === undefined && isCertain(reference, schema, name, binds))
        miss(isType ? "type" : "object", displayName(schema!, name), reference.line);
    }
    hard.push(needs);
    soft.push(likes);
    types.push(usedTypes);
  });
  return { hard, soft, types, missing, removed: mentionsOfRemoved, elsewhere };

  /** Schema and name in this database; undefined = another database or server. */
  function ownParts(parts: readonly string[]): readonly [string | undefined, string] | undefined {
    const database = parts.at(-3);
    if (parts.length > 3 || (database !== undefined && !context.names.equals(database, desired.database)))
      return undefined;
    return [parts.at(-2) || undefined, parts.at(-1)!];
  }

  /** Where a name without a schema is looked up: beside the module, then in dbo. */
  function candidates(schema: string | undefined, module: ModuleSource): readonly string[] {
    return schema !== undefined ? [schema] : [...new Set([module.schema || desired.defaultSchema, "dbo"])];
  }

  function locate(isType: boolean, schema: string, name: string): number | "live" | "removed" | undefined {
    const position = index.find(isType ? "type" : "object", schema, name);
    if (position !== undefined) return position;
    if (removedKeys.size > 0 && removedKeys.has(index.key({ kind: isType ? "type" : "view", schema, name })))
      return "removed";
    const live = isType ? catalog.findType(schema, name) !== undefined : exists(catalog, schema, name);
    return live ? "live" : undefined;
  }

  /** Only a name with its schema, in a place where nothing but an object can stand. */
  function isCertain(reference: Reference, schema: string | undefined, name: string, binds: boolean): boolean {
    if (schema === undefined || systemName.test(name)) return false;
    if (!binds && reference.place !== "type" && desired.missingReferences === "ignore") return false;
    const known = catalog.findSchema(schema) !== undefined || schemas.has(context.names.key(schema));
    switch (reference.place) {
      case "relation":
      case "procedure":
      case "sequence":
        return true;
      case "type":
        return known && !isSystemType(name);
      // column.method() looks the same; a column is not named like a schema.
      case "call":
      case "table-function":
        return known;
    }
  }
}

function exists(catalog: DatabaseCatalog, schema: string, name: string): boolean {
  return catalog.findTable(schema, name) !== undefined || catalog.findObject(schema, name) !== undefined;
}
