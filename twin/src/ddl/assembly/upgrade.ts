/** Whether what is bound to an assembly finds itself in its new bytes. Rules: reference sheet "CLR assemblies" 3. */
import type { AssemblyImage, MethodImage, TypeImage } from "../../clr/assembly-image";
import { attributeOf, fillRowName, isIndexable, namedValue, signatureOf } from "../../clr/members";
import { imageOf, modulesOf, typesOf } from "../../clr/registered";
import { serializationOf } from "../../clr/serialization";
import { sqlError } from "../../session/messages";
import { SqlError } from "../../session/sql-error";
import type { Database, Module } from "../../storage/model";
import type { Assembly, ClrTypeBinding } from "../../storage/model-clr";
import { computedColumnOf } from "./data-dependents";

/** Throws 6270, 6287, 6273, 6269 and 6274 to 6278. */
export function requireUpgradable(assembly: Assembly, after: AssemblyImage, database: Database): void {
  const before = imageOf(assembly);
  for (const module of modulesOf(database, assembly.id))
    if (module.type === "AF") requireAggregateKept(module, before, after);
    else requireMethodKept(module, before, after, database);
  for (const type of typesOf(database, assembly.id)) requireTypeKept(type.clr!, before, after);
}

function methods(type: TypeImage | undefined, name: string): MethodImage[] {
  return type?.methods.filter((one) => one.name === name) ?? [];
}

function requireMethodKept(module: Module, before: AssemblyImage, after: AssemblyImage, database: Database): void {
  const { className, method } = module.clr!;
  const type = after.types.get(className);
  if (!type?.isPublic) throw sqlError(6273, [className]);
  const kept = (name: string): MethodImage => {
    const [old] = methods(before.types.get(className), name);
    const [found, ...others] = methods(type, name);
    if (!old || !found || others.length > 0 || signatureOf(old) !== signatureOf(found))
      throw sqlError(6270, [name, className]);
    return found;
  };
  const found = kept(method!);
  const computed = isIndexable(found) ? undefined : computedColumnOf(module, database);
  if (computed) throw sqlError(6287, [method!, className, computed.column, computed.table]);
  const fillRow = fillRowName(methods(before.types.get(className), method!)[0]!);
  if (fillRow === undefined) return;
  // The name of FillRow is fixed with the function.
  if (fillRowName(found) !== fillRow) throw sqlError(6270, [fillRow, className]);
  kept(fillRow);
}

const AGGREGATE_METHODS = ["Init", "Accumulate", "Merge", "Terminate"];

function requireAggregateKept({ clr, name }: Module, before: AssemblyImage, after: AssemblyImage): void {
  const { className } = clr!;
  const [old, type] = [before.types.get(className), after.types.get(className)];
  const shape = (image: TypeImage | undefined): string =>
    AGGREGATE_METHODS.map((one) => methods(image, one).map(signatureOf).join("|")).join(";");
  const attribute = type && attributeOf(type, "SqlUserDefinedAggregate");
  if (!type?.isPublic || !attribute || shape(old) !== shape(type)) throw sqlError(6269, [name]);
  try {
    serializationOf(type, attribute);
  } catch (error) {
    throw error instanceof SqlError ? sqlError(6269, [name]) : error;
  }
}

function fields(type: TypeImage): string {
  return type.fields
    .filter((field) => !field.isStatic)
    .map((field) => `${field.type} ${field.name}`)
    .join("|");
}

function requireTypeKept(clr: ClrTypeBinding, before: AssemblyImage, after: AssemblyImage): void {
  const { className } = clr;
  const [old, type] = [before.types.get(className), after.types.get(className)];
  const attribute = type && attributeOf(type, "SqlUserDefinedType");
  if (!old || !type?.isPublic || !attribute) throw sqlError(6273, [className]);
  const { format, maxByteSize } = serializationOf(type, attribute);
  if (format !== clr.format) throw sqlError(6274, [className]);
  if ((namedValue(attribute, "IsByteOrdered") === true) !== clr.isByteOrdered) throw sqlError(6275, [className]);
  if (format === "NATIVE" && fields(old) !== fields(type)) throw sqlError(6276, [className]);
  if (maxByteSize !== clr.storage.length) throw sqlError(6277, [className]);
  if ((format === "NATIVE" || namedValue(attribute, "IsFixedLength") === true) !== clr.isFixedLength)
    throw sqlError(6278, [className]);
}
