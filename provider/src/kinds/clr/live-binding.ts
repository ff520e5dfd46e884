/**
 * What is bound to an assembly, rebuilt from the catalog: CLR modules have no stored text.
 * https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-assembly-modules-transact-sql
 */
import type { Binding, BindingKind } from "../../clr/binding";
import type { DatabaseCatalog } from "../../engine/catalog-snapshot";
import { displayName } from "../../engine/quoting";
import type { AssemblyParameterRow } from "../../engine/snapshot/clr";
import type { ObjectRow, TypeRow } from "../../engine/snapshot/modules";
import { systemTypeFromCatalog, type DataType } from "../table/data-type";

export interface LiveBinding extends Binding {
  /** Exactly one of the two. */
  readonly object: ObjectRow | undefined;
  readonly type: TypeRow | undefined;
}

const kinds: Readonly<Record<string, BindingKind>> = {
  FS: "function",
  FT: "table-function",
  PC: "procedure",
  TA: "trigger",
  AF: "aggregate",
};

function bindingKindOf(row: ObjectRow): BindingKind | undefined {
  return kinds[row.type.trim()];
}

export function bindingName({ schema, name }: Pick<Binding, "schema" | "name">): string {
  return displayName(schema, name);
}

/** undefined = the object is none of an assembly. */
export function liveBinding(row: ObjectRow, catalog: DatabaseCatalog): LiveBinding | undefined {
  const kind = bindingKindOf(row);
  const module = catalog.assemblyModule(row.objectId);
  if (kind === undefined || module === undefined) return undefined;
  const rows = [...catalog.assemblyParametersOf(row.objectId)].sort((left, right) => left.ordinal - right.ordinal);
  const parameters = rows.filter((each) => !each.isColumn);
  const columns = rows.filter((each) => each.isColumn);
  const result = parameters.find(({ ordinal }) => ordinal === 0);
  const ordered = columns.filter(({ orderPosition }) => orderPosition !== null).sort((left, right) => left.orderPosition! - right.orderPosition!); // prettier-ignore
  return {
    object: row,
    type: undefined,
    kind,
    schema: row.schemaName,
    name: row.name,
    assembly: catalog.rows.assemblies.find(({ assemblyId }) => assemblyId === module.assemblyId)?.name ?? "",
    className: module.className ?? "",
    method: module.method ?? undefined,
    parameters: parameters
      .filter(({ ordinal }) => ordinal > 0)
      .map((each) => ({
        name: each.name ?? "",
        type: typeOf(each),
        output: each.isOutput,
        default: each.hasDefault ? (each.defaultValue ?? "NULL") : undefined,
      })),
    returns: result === undefined || kind === "procedure" ? undefined : typeOf(result),
    columns:
      kind === "table-function" ? columns.map((each) => ({ name: each.name ?? "", type: typeOf(each) })) : undefined,
    order:
      ordered.length === 0
        ? undefined
        : ordered.map((each) => ({ column: each.name ?? "", descending: each.isDescending })),
    nullOnNullInput: module.nullOnNullInput,
    executeAs: module.executeAs ?? undefined,
    trigger:
      kind !== "trigger"
        ? undefined
        : {
            schema: row.parentSchema ?? "",
            table: row.parentName ?? "",
            timing: row.isInsteadOfTrigger ? "INSTEAD OF" : "AFTER",
            events: [
              ...(module.onInsert ? (["INSERT"] as const) : []),
              ...(module.onUpdate ? (["UPDATE"] as const) : []),
              ...(module.onDelete ? (["DELETE"] as const) : []),
            ],
          },
    where: "the catalog",
  };
}

export function liveTypeBinding(row: TypeRow, catalog: DatabaseCatalog): LiveBinding | undefined {
  const bound = catalog.rows.assemblyTypes.find(({ userTypeId }) => userTypeId === row.userTypeId);
  if (bound === undefined) return undefined;
  return {
    object: undefined,
    type: row,
    kind: "type",
    schema: row.schemaName,
    name: row.name,
    assembly: catalog.rows.assemblies.find(({ assemblyId }) => assemblyId === bound.assemblyId)?.name ?? "",
    className: bound.className ?? "",
    parameters: [],
    nullOnNullInput: false,
    where: "the catalog",
  };
}

/** Everything bound to one assembly. */
export function bindingsOf(assemblyId: number, catalog: DatabaseCatalog): LiveBinding[] {
  const modules = catalog.rows.assemblyModules
    .filter((row) => row.assemblyId === assemblyId)
    .flatMap((row) => catalog.objectById(row.objectId) ?? [])
    .flatMap((row) => liveBinding(row, catalog) ?? []);
  const types = catalog.rows.assemblyTypes
    .filter((row) => row.assemblyId === assemblyId)
    .flatMap((row) => catalog.types.find(({ userTypeId }) => userTypeId === row.userTypeId) ?? [])
    .flatMap((row) => liveTypeBinding(row, catalog) ?? []);
  const byName = (left: LiveBinding, right: LiveBinding): number => (bindingName(left) < bindingName(right) ? -1 : 1);
  return [...modules.sort(byName), ...types.sort(byName)];
}

function typeOf(row: AssemblyParameterRow): DataType {
  return row.isUserDefinedType
    ? { schema: row.typeSchema, name: row.typeName }
    : systemTypeFromCatalog(row.typeName, row);
}

/**
 * In words, where rows of tables hold its values: columns of a type, persisted computed columns, checks. With any of them the server
 * takes no new build unless it may leave the rows unchecked (6280).
 */
export function storedUsersOf(binding: LiveBinding, catalog: DatabaseCatalog): string[] {
  if (binding.type !== undefined) return usersOf(binding, catalog).filter((user) => user.startsWith("column "));
  return catalog.referencesTo(binding.object!.objectId).flatMap((reference) => {
    const name = displayName(reference.referencingSchema ?? "", reference.referencingName);
    if (reference.referencingType.trim() === "C") return [`check ${name}`];
    const column = catalog
      .columnsOf(reference.referencingId)
      .find(({ columnId }) => columnId === reference.referencingMinorId);
    return column?.isPersisted === true ? [`column ${name}.${column.name}`] : [];
  });
}

/** In words, what stands in the way of dropping it: bound views, constraints, columns of a type. */
export function usersOf(binding: LiveBinding, catalog: DatabaseCatalog): string[] {
  const users = new Set<string>();
  const id = binding.object?.objectId ?? binding.type?.userTypeId;
  for (const reference of id === undefined ? [] : catalog.referencesTo(id)) {
    if ((reference.referencedClass === 6) !== (binding.type !== undefined)) continue;
    users.add(displayName(reference.referencingSchema ?? "", reference.referencingName));
  }
  if (binding.type !== undefined) {
    const { schemaName, name } = binding.type;
    for (const column of catalog.rows.columns) {
      if (!column.isUserDefinedType || column.typeName !== name || column.typeSchema !== schemaName) continue;
      const table = catalog.tableById(column.objectId);
      users.add(
        `column ${table === undefined ? column.name : `${displayName(table.schemaName, table.name)}.${column.name}`}`,
      );
    }
    for (const row of catalog.rows.assemblyParameters) {
      if (!row.isUserDefinedType || row.typeName !== name || row.typeSchema !== schemaName) continue;
      const object = catalog.objectById(row.objectId);
      if (object !== undefined) users.add(displayName(object.schemaName, object.name));
    }
  }
  return [...users];
}
