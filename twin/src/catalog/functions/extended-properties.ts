/** sys.fn_listextendedproperty. Levels: reference sheet "tables and indexes" 8. */
import { sqlError } from "../../session/messages";
import { notImplemented } from "../../session/sql-error";
import type { Database, DbObject } from "../../storage/model";
import type { Row } from "../../session/runtime";
import { variant, type Reader } from "../view";
import { tableFunction, text, type FunctionDefinition } from "./definition";

/** One thing that carries properties, as sys.extended_properties points at it. */
interface Carrier {
  readonly type: string;
  readonly name: string;
  readonly classId: number;
  readonly majorId: number;
  readonly minorId: number;
}

/** Object types that level 1 names, as sys.objects.type has them. */
export const level1Types: Readonly<Record<string, readonly string[] | undefined>> = {
  TABLE: ["U"],
  VIEW: ["V "],
  PROCEDURE: ["P ", "PC"],
  FUNCTION: ["FN", "IF", "TF", "FS", "FT"],
  SYNONYM: ["SN"],
  SEQUENCE: ["SO"],
};

/** NULL names everything of the kind. */
function named(database: Database, wanted: string | null, name: string): boolean {
  return wanted === null || database.key(wanted) === database.key(name);
}

function* level0(type: string, name: string | null, { database, visible }: Reader): Iterable<Carrier> {
  const carrier = (classId: number, majorId: number, own: string): Carrier => ({
    type,
    name: own,
    classId,
    majorId,
    minorId: 0,
  });
  switch (type) {
    case "SCHEMA":
      for (const schema of database.schemas.values())
        if (named(database, name, schema.name) && visible.schema(schema.id)) yield carrier(3, schema.id, schema.name);
      return;
    case "USER":
      for (const one of database.principals.values())
        if (named(database, name, one.name) && visible.principal(one)) yield carrier(4, one.id, one.name);
      return;
    case "FILEGROUP":
    case "PARTITION SCHEME":
      for (const space of database.dataSpaces.values())
        if ((space.type === "PS") === (type === "PARTITION SCHEME") && named(database, name, space.name))
          yield carrier(20, space.id, space.name);
      return;
    case "PARTITION FUNCTION":
      for (const one of database.partitionFunctions.values())
        if (named(database, name, one.name)) yield carrier(21, one.id, one.name);
      return;
    case "TRIGGER":
      for (const object of database.objects.values())
        if (object.type === "TR" && object.schemaId === 0 && named(database, name, object.name))
          yield carrier(1, object.id, object.name);
      return;
    default:
      throw notImplemented(`extended properties of level0type ${type}`);
  }
}

function* level1(
  schemaId: number,
  type: string,
  name: string | null,
  { database, visible }: Reader,
): Iterable<Carrier> {
  if (type === "TYPE") {
    for (const one of database.types.values())
      if (one.schemaId === schemaId && named(database, name, one.name) && visible.type(one))
        yield { type, name: one.name, classId: 6, majorId: one.id, minorId: 0 };
    return;
  }
  const types = level1Types[type];
  if (!types) throw notImplemented(`extended properties of level1type ${type}`);
  for (const object of database.objects.values())
    if (
      object.schemaId === schemaId &&
      types.includes(object.type) &&
      named(database, name, object.name) &&
      visible.object(object)
    )
      yield { type, name: object.name, classId: 1, majorId: object.id, minorId: 0 };
}

const constraintTypes = new Set(["PK", "UQ", "F ", "C ", "D "]);

function* level2(object: DbObject, type: string, name: string | null, { database }: Reader): Iterable<Carrier> {
  const carrier = (classId: number, majorId: number, minorId: number, own: string): Carrier => ({
    type,
    name: own,
    classId,
    majorId,
    minorId,
  });
  switch (type) {
    case "COLUMN":
      if ("columns" in object && object.type !== "F ")
        for (const column of object.columns)
          if (named(database, name, column.name)) yield carrier(1, object.id, column.id, column.name);
      return;
    case "PARAMETER":
      if ("parameters" in object)
        for (const parameter of object.parameters)
          if (named(database, name, parameter.name)) yield carrier(2, object.id, parameter.id, parameter.name);
      return;
    case "INDEX":
      if ("indexes" in object)
        for (const index of object.indexes)
          if (index.name !== null && named(database, name, index.name))
            yield carrier(7, object.id, index.id, index.name);
      return;
    case "CONSTRAINT":
    case "TRIGGER":
      for (const child of database.objects.values())
        if (
          child.parentId === object.id &&
          (type === "TRIGGER" ? child.type === "TR" || child.type === "TA" : constraintTypes.has(child.type)) &&
          named(database, name, child.name)
        )
          yield carrier(1, child.id, 0, child.name);
      return;
    default:
      throw notImplemented(`extended properties of level2type ${type}`);
  }
}

function* carriers(levels: readonly (string | null)[], reader: Reader): Iterable<Carrier> {
  const [type0, name0, type1, name1, type2, name2] = levels as [
    string | null,
    string | null,
    string | null,
    string | null,
    string | null,
    string | null,
  ];
  if (type0 === null) {
    yield { type: "", name: "", classId: 0, majorId: 0, minorId: 0 };
    return;
  }
  for (const first of level0(type0.toUpperCase(), name0, reader)) {
    if (type1 === null) yield first;
    else {
      if (first.type !== "SCHEMA") throw sqlError(15600, ["fn_listextendedproperty"]);
      for (const second of level1(first.majorId, type1.toUpperCase(), name1, reader)) {
        const object = second.classId === 1 ? reader.database.objects.get(second.majorId) : undefined;
        if (type2 === null) yield second;
        else if (object) yield* level2(object, type2.toUpperCase(), name2, reader);
      }
    }
  }
}

function* rows(args: readonly Parameters<typeof text>[0][], reader: Reader): Iterable<Row> {
  const { database } = reader;
  const wanted = text(args[0]);
  for (const carrier of carriers(args.slice(1).map(text), reader))
    for (const property of database.extendedProperties)
      if (
        property.classId === carrier.classId &&
        property.majorId === carrier.majorId &&
        property.minorId === carrier.minorId &&
        named(database, wanted, property.name)
      )
        yield [
          carrier.type === "" ? null : carrier.type,
          carrier.name === "" ? null : carrier.name,
          property.name,
          variant(property.valueType, property.value),
        ];
}

export const extendedPropertyFunctions: readonly FunctionDefinition[] = [
  tableFunction(
    "fn_listextendedproperty/7",
    "system-functions/sys-fn-listextendedproperty-transact-sql",
    "objtype sysname?, objname sysname?, name sysname, value sql_variant?",
    rows,
  ),
];
