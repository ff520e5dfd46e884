/** Bound objects as the server has them. */
import { createHash } from "node:crypto";
import { nounOf, type Binding } from "../../../clr/binding";
import type { CatalogSnapshot, OwnedObject } from "../../../contract";
import type { DatabaseCatalog } from "../../../engine/catalog-snapshot";
import type { NameComparer } from "../../../engine/names";
import { typeText, type DataType } from "../../table/data-type";
import { liveBinding, liveTypeBinding, type LiveBinding } from "../live-binding";
import type { DesiredBindings } from "./inputs";

// ---- Identity --------------------------------------------------------------------------------------------------------

export type ClrBindingsIdentity = {
  readonly database: string;
  readonly resource: string;
  readonly assembly: string;
  /** Noun, schema, name: so that a first `up` sees which of them exist already. */
  readonly objects: readonly (readonly [noun: string, schema: string, name: string])[];
};

export function identity({ database, resource, assembly, bindings }: DesiredBindings): ClrBindingsIdentity {
  return { database, resource, assembly, objects: bindings.map(({ kind, schema, name }) => [nounOf(kind), schema, name] as const) };
} // prettier-ignore

// ---- Read ------------------------------------------------------------------------------------------------------------

export type Drift = "changed" | "missing" | "disabled";

export interface LiveBindings {
  readonly database: string;
  readonly bindings: readonly LiveBinding[];
  readonly owned: readonly OwnedObject[];
  readonly drift: Readonly<Record<string, Drift>>;
  readonly names: NameComparer;
}

const nouns = new Set(["function", "procedure", "aggregate", "trigger", "type"]);

export function read(catalog: CatalogSnapshot, identity: ClrBindingsIdentity, owned: readonly OwnedObject[]): LiveBindings | undefined {
  if (!catalog.databaseExists) return undefined;
  const { database, names } = catalog;
  const mine = owned.filter(({ type }) => nouns.has(type));
  const found = new Map<unknown, LiveBinding>();
  const add = (live: LiveBinding | undefined): void => {
    if (live !== undefined) found.set(live.object ?? live.type, live);
  };
  for (const [noun, schema, name] of identity.objects) add(findBinding(database, noun, schema, name));
  const drift: Record<string, Drift> = {};
  for (const row of mine) {
    const live = findOwnedBinding(database, row);
    add(live);
    if (live === undefined) drift[row.name] = "missing";
    else if (row.definitionHash !== undefined && row.definitionHash !== bindingHash(live, names)) drift[row.name] = "changed";
    else if (live.object?.isTriggerDisabled === true) drift[row.name] = "disabled";
  }
  if (found.size === 0 && mine.length === 0) return undefined;
  return { database: catalog.databaseRow?.name ?? identity.database, bindings: [...found.values()], owned: mine, drift, names };
} // prettier-ignore

/** undefined also where the object is no assembly's. */
export function findBinding(
  catalog: DatabaseCatalog,
  noun: string,
  schema: string,
  name: string,
): LiveBinding | undefined {
  if (noun === "type") {
    const type = catalog.findType(schema, name);
    return type && liveTypeBinding(type, catalog);
  }
  const object = catalog.findObject(schema, name);
  const live = object && liveBinding(object, catalog);
  return live !== undefined && nounOf(live.kind) === noun ? live : undefined;
}

/** Schema and name may both hold dots, so that the catalog decides. */
export function findOwnedBinding(catalog: DatabaseCatalog, owned: OwnedObject): LiveBinding | undefined {
  for (let dot = owned.name.indexOf("."); dot > 0; dot = owned.name.indexOf(".", dot + 1)) {
    const found = findBinding(catalog, owned.type, owned.name.slice(0, dot), owned.name.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

// ---- Comparison ------------------------------------------------------------------------------------------------------

/** Everything but the values of defaults; equal texts mean equal objects. */
function shapeOf(binding: Binding, names: NameComparer): string {
  const type = (each: DataType): string => (each.schema === undefined ? typeText(each) : `${names.key(each.schema)}.${names.key(each.name)}`);
  const { trigger } = binding;
  return JSON.stringify([
    binding.kind,
    names.key(binding.schema),
    names.key(binding.name),
    names.key(binding.assembly),
    binding.className,
    binding.method ?? null,
    binding.parameters.map((each) => [names.key(each.name), type(each.type), each.output, each.default !== undefined]),
    binding.returns === undefined || binding.kind === "procedure" ? null : type(binding.returns),
    binding.columns?.map((each) => [names.key(each.name), type(each.type)]) ?? null,
    binding.order?.map((each) => [names.key(each.column), each.descending]) ?? null,
    binding.kind === "function" && binding.nullOnNullInput,
    binding.executeAs === undefined ? null : names.key(binding.executeAs),
    trigger === undefined ? null : [names.key(trigger.schema), names.key(trigger.table), trigger.timing, [...trigger.events].sort()],
  ]);
} // prettier-ignore

export function bindingHash(binding: Binding, names: NameComparer): string {
  return createHash("sha256").update(shapeOf(binding, names)).digest("hex");
}

export function sameBinding(wanted: Binding, live: Binding, names: NameComparer): boolean {
  if (shapeOf(wanted, names) !== shapeOf(live, names)) return false;
  return wanted.parameters.every((parameter, at) => sameDefault(parameter.default, live.parameters[at]!.default));
}

/** `live` is the value as text. Bytes are not compared: the catalog's text of them is not readable. */
function sameDefault(wanted: string | undefined, live: string | undefined): boolean {
  if (wanted === undefined || live === undefined) return wanted === live;
  if (/^null$/i.test(wanted)) return live === "NULL";
  const quoted = /^N?'(.*)'$/is.exec(wanted);
  if (quoted !== null) return quoted[1]!.replaceAll("''", "'") === live;
  if (/^0x/i.test(wanted)) return true;
  return Number(wanted) === Number(live);
}
