/**
 * System types: ids and how sys.columns shows a type's facets.
 * Source: reference sheet "tables and indexes" 1.2 and sql-docs, sys.types.
 */
import type { SqlType, TypeName } from "../types/sql-type";

export interface SystemType {
  readonly systemTypeId: number;
  readonly userTypeId: number;
  /** sys.types.max_length, precision, scale of the type itself. */
  readonly maxLength: number;
  readonly precision: number;
  readonly scale: number;
  readonly since2025?: boolean;
}

const rows: [TypeName, number, number, number, number, number][] = [
  ["image", 34, 34, 16, 0, 0],
  ["text", 35, 35, 16, 0, 0],
  ["uniqueidentifier", 36, 36, 16, 0, 0],
  ["date", 40, 40, 3, 10, 0],
  ["time", 41, 41, 5, 16, 7],
  ["datetime2", 42, 42, 8, 27, 7],
  ["datetimeoffset", 43, 43, 10, 34, 7],
  ["tinyint", 48, 48, 1, 3, 0],
  ["smallint", 52, 52, 2, 5, 0],
  ["int", 56, 56, 4, 10, 0],
  ["smalldatetime", 58, 58, 4, 16, 0],
  ["real", 59, 59, 4, 24, 0],
  ["money", 60, 60, 8, 19, 4],
  ["datetime", 61, 61, 8, 23, 3],
  ["float", 62, 62, 8, 53, 0],
  ["sql_variant", 98, 98, 8016, 0, 0],
  ["ntext", 99, 99, 16, 0, 0],
  ["bit", 104, 104, 1, 1, 0],
  ["decimal", 106, 106, 17, 38, 38],
  ["numeric", 108, 108, 17, 38, 38],
  ["smallmoney", 122, 122, 4, 10, 4],
  ["bigint", 127, 127, 8, 19, 0],
  ["hierarchyid", 240, 128, 892, 0, 0],
  ["geometry", 240, 129, -1, 0, 0],
  ["geography", 240, 130, -1, 0, 0],
  ["varbinary", 165, 165, 8000, 0, 0],
  ["varchar", 167, 167, 8000, 0, 0],
  ["binary", 173, 173, 8000, 0, 0],
  ["char", 175, 175, 8000, 0, 0],
  ["timestamp", 189, 189, 8, 0, 0],
  ["nvarchar", 231, 231, 8000, 0, 0],
  ["nchar", 239, 239, 8000, 0, 0],
  ["xml", 241, 241, -1, 0, 0],
  ["json", 244, 244, -1, 0, 0],
  ["vector", 165, 255, 8000, 0, 0],
];

export const systemTypes: ReadonlyMap<TypeName, SystemType> = new Map(
  rows.map(([name, systemTypeId, userTypeId, maxLength, precision, scale]) => [
    name,
    {
      systemTypeId,
      userTypeId,
      maxLength,
      precision,
      scale,
      ...(name === "json" || name === "vector" ? { since2025: true } : {}),
    },
  ]),
);

interface TypeFacts {
  readonly systemTypeId: number;
  readonly userTypeId: number;
  readonly maxLength: number;
  readonly precision: number;
  readonly scale: number;
}

/** system_type_id of every type of an assembly. */
const ASSEMBLY_TYPE = 240;

/** What sys.columns, sys.parameters and sys.types show of a type with its facets. */
export function typeFacts(type: SqlType): TypeFacts {
  if (type.name === "table")
    return { systemTypeId: 243, userTypeId: type.userTypeId ?? 243, maxLength: -1, precision: 0, scale: 0 };
  const system = systemTypes.get(type.name);
  if (!system) throw new Error(`type ${type.name} has no catalog form`);
  const systemTypeId = type.isAssemblyType ? ASSEMBLY_TYPE : system.systemTypeId;
  const userTypeId = type.userTypeId ?? system.userTypeId;
  const length = type.length ?? 0;
  switch (type.name) {
    case "char":
    case "varchar":
    case "binary":
    case "varbinary":
      return { systemTypeId, userTypeId, maxLength: length, precision: 0, scale: 0 };
    case "nchar":
    case "nvarchar":
      return { systemTypeId, userTypeId, maxLength: length === -1 ? -1 : length * 2, precision: 0, scale: 0 };
    case "decimal":
    case "numeric": {
      const precision = type.precision ?? 18;
      const maxLength = precision <= 9 ? 5 : precision <= 19 ? 9 : precision <= 28 ? 13 : 17;
      return { systemTypeId, userTypeId, maxLength, precision, scale: type.scale ?? 0 };
    }
    case "time":
    case "datetime2":
    case "datetimeoffset": {
      const scale = type.scale ?? 7;
      const bytes = (scale <= 2 ? 3 : scale <= 4 ? 4 : 5) + { time: 0, datetime2: 3, datetimeoffset: 5 }[type.name];
      const precision = { time: 8, datetime2: 19, datetimeoffset: 26 }[type.name] + (scale === 0 ? 0 : scale + 1);
      return { systemTypeId, userTypeId, maxLength: bytes, precision, scale };
    }
    case "vector":
      return { systemTypeId, userTypeId, maxLength: 8 + 4 * length, precision: 0, scale: 0 };
    default:
      return {
        systemTypeId,
        userTypeId,
        maxLength: system.maxLength,
        precision: system.precision,
        scale: system.scale,
      };
  }
}
