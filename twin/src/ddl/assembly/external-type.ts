/** CREATE TYPE ... EXTERNAL NAME. Rules: reference sheet "CLR assemblies" 9, aggregates and types. */
import { attributeOf, namedValue, requireType } from "../../clr/members";
import { serializationOf } from "../../clr/serialization";
import type { TypeImage } from "../../clr/assembly-image";
import { typesOf } from "../../clr/registered";
import type { ExternalName } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Execution } from "../../session/runtime";
import type { Database, UserType } from "../../storage/model";
import type { ClrTypeBinding } from "../../storage/model-clr";
import { requireBindable } from "../module/external";

const WORD = "CREATE TYPE";

/** Throws 6556, 6255, 6577, 6557, 6558, 6597 and what serializationOf throws. */
export function externalType(
  external: ExternalName,
  name: string,
  database: Database,
  execution: Execution,
): Pick<UserType, "base" | "clr" | "nullable"> {
  if (external.length > 2) throw sqlError(102, [external.at(-1)!]);
  const assembly = requireBindable(external[0]!, database, execution);
  const className = external[1] ?? name;
  const type = requireType(assembly, className, () => sqlError(6556, [WORD, className, assembly.name]));
  // One T-SQL type for a class.
  if (typesOf(database, assembly.id).some((one) => one.clr?.className === className)) throw sqlError(6597, ["TYPE"]);
  const clr = { assemblyId: assembly.id, className, ...requireConforming(type) };
  return { base: clr.storage, clr, nullable: true };
}

function requireConforming(type: TypeImage): Omit<ClrTypeBinding, "assemblyId" | "className"> {
  const attribute = attributeOf(type, "SqlUserDefinedType");
  if (!attribute) throw sqlError(6255, [WORD, type.name, "CLR type", "SqlUserDefinedTypeAttribute"]);
  if (!type.interfaces.includes("System.Data.SqlTypes.INullable")) throw sqlError(6577, [type.name, "INullable"]);
  const hasNull =
    type.methods.some((one) => one.name === "get_Null" && one.isStatic && one.isPublic && one.returns === type.name) ||
    type.fields.some((one) => one.name === "Null" && one.isStatic && one.isPublic && one.type === type.name);
  if (!hasNull) throw sqlError(6557, [WORD, type.name, "CLR type", "Null"]);
  const parses = type.methods.some(
    (one) =>
      one.name === "Parse" &&
      one.isStatic &&
      one.isPublic &&
      one.returns === type.name &&
      one.parameters.length === 1 &&
      one.parameters[0]!.name === "System.Data.SqlTypes.SqlString",
  );
  if (!parses) throw sqlError(6558, [WORD, type.name, "CLR type", "Parse"]);
  const { format, maxByteSize } = serializationOf(type, attribute);
  return {
    isByteOrdered: namedValue(attribute, "IsByteOrdered") === true,
    isFixedLength: format === "NATIVE" || namedValue(attribute, "IsFixedLength") === true,
    format,
    storage: { name: "varbinary", length: maxByteSize, isAssemblyType: true },
  };
}
