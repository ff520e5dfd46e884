/** Catalog rows of assemblies and of what is bound to them, from the metadata of a DLL: as the server would show them. */
import type { Binding } from "../../../provider/src/clr/binding";
import { loadAssembly, type LoadedAssembly } from "../../../provider/src/clr/load-assembly";
import { clrName } from "../../../provider/src/clr/model";
import type { DatabaseRows } from "../../../provider/src/engine/catalog-snapshot";
import type { AssemblyParameterRow, AssemblyRow } from "../../../provider/src/engine/snapshot/clr";
import type { DataType } from "../../../provider/src/kinds/table/data-type";
import { objectRow } from "../../catalog-rows";

export function load(file: string): LoadedAssembly {
  const loaded = loadAssembly(file);
  if (typeof loaded === "string") throw new Error(loaded);
  return loaded;
}

export function assemblyRow(
  assemblyId: number,
  name: string,
  file: string,
  special: Partial<AssemblyRow> = {},
): AssemblyRow {
  const { metadata, hash, bytes } = load(file);
  return {
    assemblyId,
    name,
    owner: "dbo",
    clrName: clrName(metadata.publicKeyToken === "" ? { ...metadata, version: "0.0.0.0" } : metadata),
    permissionSet: "SAFE_ACCESS",
    isVisible: true,
    isUserDefined: true,
    mvid: metadata.mvid.toUpperCase(),
    contentHash: hash,
    contentLength: bytes.length,
    extraFiles: 0,
    ...special,
  };
}

const typeCodes = {
  function: "FS",
  "table-function": "FT",
  procedure: "PC",
  trigger: "TA",
  aggregate: "AF",
  type: "",
} as const;

/** Adds rows for bindings of one assembly; ids count up from 5001. */
export function boundRows(
  rows: Partial<DatabaseRows>,
  assemblyId: number,
  bindings: readonly Binding[],
): Partial<DatabaseRows> {
  let id = 5000 + (rows.objects?.length ?? 0) + (rows.types?.length ?? 0);
  const result = {
    ...rows,
    objects: [...(rows.objects ?? [])],
    types: [...(rows.types ?? [])],
    assemblyModules: [...(rows.assemblyModules ?? [])],
    assemblyTypes: [...(rows.assemblyTypes ?? [])],
    assemblyParameters: [...(rows.assemblyParameters ?? [])],
  };
  for (const binding of bindings) {
    const { kind, schema: schemaName, name, className } = binding;
    const objectId = ++id;
    if (kind === "type") {
      result.types.push({ userTypeId: objectId, schemaName, name, isTableType: false, isAssemblyType: true, isMemoryOptimized: false, tableObjectId: null, baseTypeName: null, maxLength: 17, precision: 0, scale: 0, isNullable: true }); // prettier-ignore
      result.assemblyTypes.push({ userTypeId: objectId, assemblyId, className });
      continue;
    }
    const { trigger } = binding;
    result.objects.push(objectRow({ objectId, schemaName, name, type: typeCodes[kind], parentSchema: trigger?.schema ?? null, parentName: trigger?.table ?? null, isInsteadOfTrigger: trigger?.timing === "INSTEAD OF" })); // prettier-ignore
    const on = (event: "INSERT" | "UPDATE" | "DELETE"): boolean => trigger?.events.includes(event) ?? false;
    result.assemblyModules.push({ objectId, assemblyId, className, method: binding.method ?? null, nullOnNullInput: binding.nullOnNullInput, executeAs: binding.executeAs ?? null, onInsert: on("INSERT"), onUpdate: on("UPDATE"), onDelete: on("DELETE") }); // prettier-ignore
    if (binding.returns !== undefined) result.assemblyParameters.push(parameterRow(objectId, 0, "", binding.returns));
    binding.parameters.forEach((parameter, at) =>
      result.assemblyParameters.push(
        parameterRow(objectId, at + 1, parameter.name, parameter.type, {
          isOutput: parameter.output,
          hasDefault: parameter.default !== undefined,
          defaultValue: parameter.default === undefined ? null : parameter.default.replace(/^N?'(.*)'$/, "$1"),
        }),
      ),
    );
    binding.columns?.forEach((column, at) => {
      const place = binding.order?.findIndex((each) => each.column === column.name) ?? -1;
      result.assemblyParameters.push(
        parameterRow(objectId, at + 1, column.name, column.type, {
          isColumn: true,
          orderPosition: place < 0 ? null : place + 1,
          isDescending: binding.order?.[place]?.descending ?? false,
        }),
      );
    });
  }
  return result;
}

function parameterRow(
  objectId: number,
  ordinal: number,
  name: string,
  type: DataType,
  special: Partial<AssemblyParameterRow> = {},
): AssemblyParameterRow {
  const national = type.name.startsWith("n") && type.length !== undefined && type.length > 0;
  return {
    objectId,
    isColumn: false,
    ordinal,
    name,
    typeSchema: type.schema ?? "sys",
    typeName: type.name,
    isUserDefinedType: type.schema !== undefined,
    maxLength: type.length === undefined ? 8 : national ? type.length * 2 : type.length,
    precision: type.precision ?? 0,
    scale: type.scale ?? 0,
    isOutput: false,
    hasDefault: false,
    defaultValue: null,
    orderPosition: null,
    isDescending: false,
    ...special,
  };
}
