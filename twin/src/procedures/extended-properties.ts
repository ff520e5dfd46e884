/** sp_addextendedproperty and its relatives. https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-addextendedproperty-transact-sql */
import { level1Types } from "../catalog/functions/extended-properties";
import { holdCatalog } from "../ddl/locking";
import { childrenOf, findColumn, isConstraint, isModule } from "../ddl/registry";
import { findIn } from "../ddl/naming";
import { schemaByName } from "../query/objects";
import { sqlError } from "../session/messages";
import type { Execution, PermissionTarget, Work } from "../session/runtime";
import { notImplemented } from "../session/sql-error";
import type { Database, DbObject, ExtendedProperty } from "../storage/model";
import { Variant, type SqlValue } from "../types/value";
import {
  defineProcedure,
  NAME,
  optional,
  required,
  text,
  varchar,
  VARIANT,
  type Arguments,
  type Parameter,
} from "./definition";

interface Target {
  readonly classId: number;
  readonly majorId: number;
  readonly minorId: number;
  readonly shown: string;
  readonly securable: PermissionTarget;
}

interface Level {
  readonly type: string;
  readonly name: string;
}

const LEVELS: Parameter[] = [0, 1, 2].flatMap((level) => [
  optional(`@level${level}type`, varchar(128)),
  optional(`@level${level}name`, NAME),
]);

function levelsOf(args: Arguments, procedure: string): Level[] {
  const levels: Level[] = [];
  for (const level of [0, 1, 2]) {
    const type = text(args, `@level${level}type`);
    const name = text(args, `@level${level}name`);
    if (type === undefined && name === undefined) continue;
    // A level without its name, or below one that is missing.
    if (type === undefined || name === undefined || levels.length !== level) throw sqlError(15600, [procedure]);
    levels.push({ type: type.toUpperCase(), name });
  }
  return levels;
}

function resolve(levels: readonly Level[], database: Database): Target {
  const shown = levels.map(({ name }) => name).join(".");
  const missing = (): Error => sqlError(15135, [shown]);
  const [outer, middle, inner] = levels;
  const whole: PermissionTarget = { kind: "database", database };
  if (!outer) return { classId: 0, majorId: 0, minorId: 0, shown: "object specified", securable: whole };
  const make = (classId: number, majorId: number, minorId: number, securable: PermissionTarget): Target => ({
    classId,
    majorId,
    minorId,
    shown,
    securable,
  });
  if (outer.type !== "SCHEMA") {
    if (middle) throw notImplemented(`extended property below ${outer.type}`);
    const id = outside(outer, database);
    if (!id) throw missing();
    return make(id.classId, id.id, 0, whole);
  }
  const schemaId = schemaByName(database, outer.name);
  if (schemaId === undefined) throw missing();
  if (!middle) return make(3, schemaId, 0, { kind: "schema", schemaId });
  if (middle.type === "TYPE") {
    const type = [...database.types.values()].find(
      (one) => one.schemaId === schemaId && database.key(one.name) === database.key(middle.name),
    );
    if (!type || inner) throw missing();
    return make(6, type.id, 0, { kind: "type", typeId: type.id });
  }
  const types = middle.type === "DEFAULT" ? ["D "] : level1Types[middle.type];
  if (!types) throw notImplemented(`extended property on ${middle.type}`);
  const object = findIn(database, schemaId, middle.name);
  if (!object || !types.includes(object.type)) throw missing();
  const securable: PermissionTarget = { kind: "object", objectId: object.id, schemaId, name: object.name };
  if (!inner) return make(1, object.id, 0, securable);
  const below = within(object, inner, database);
  if (!below) throw missing();
  return make(below.classId, below.majorId, below.minorId, securable);
}

function outside(level: Level, database: Database): { classId: number; id: number } | undefined {
  const key = database.key(level.name);
  const find = <T extends { id: number; name: string }>(items: Iterable<T>): number | undefined =>
    [...items].find((item) => database.key(item.name) === key)?.id;
  const kinds: Record<string, (() => { classId: number; id: number | undefined }) | undefined> = {
    USER: () => ({ classId: 4, id: find(database.principals.values()) }),
    FILEGROUP: () => ({
      classId: 20,
      id: find([...database.dataSpaces.values()].filter((space) => space.type !== "PS")),
    }),
    "PARTITION SCHEME": () => ({
      classId: 20,
      id: find([...database.dataSpaces.values()].filter((space) => space.type === "PS")),
    }),
    "PARTITION FUNCTION": () => ({ classId: 21, id: find(database.partitionFunctions.values()) }),
  };
  const found = kinds[level.type]?.();
  if (!found) throw notImplemented(`extended property on ${level.type}`);
  return found.id === undefined ? undefined : { classId: found.classId, id: found.id };
}

function within(
  object: DbObject,
  level: Level,
  database: Database,
): { classId: number; majorId: number; minorId: number } | undefined {
  const key = database.key(level.name);
  if (level.type === "COLUMN") {
    const column = object.type === "U" || isModule(object) ? findColumn(object, database, level.name) : undefined;
    return column && { classId: 1, majorId: object.id, minorId: column.id };
  }
  if (level.type === "INDEX") {
    const index =
      "indexes" in object
        ? object.indexes.find((one) => one.name !== null && database.key(one.name) === key)
        : undefined;
    return index && { classId: 7, majorId: object.id, minorId: index.id };
  }
  if (level.type === "PARAMETER") {
    const parameter = isModule(object) ? object.parameters.find((one) => database.key(one.name) === key) : undefined;
    return parameter && { classId: 2, majorId: object.id, minorId: parameter.id };
  }
  if (level.type !== "CONSTRAINT" && level.type !== "TRIGGER")
    throw notImplemented(`extended property on ${level.type}`);
  const child = [...childrenOf(database, object.id)].find(
    (one) =>
      database.key(one.name) === key &&
      (level.type === "TRIGGER" ? one.type === "TR" || one.type === "TA" : isConstraint(one)),
  );
  return child && { classId: 1, majorId: child.id, minorId: 0 };
}

function find(name: string, target: Target, database: Database): number {
  const key = database.key(name);
  return database.extendedProperties.findIndex(
    (one) =>
      one.classId === target.classId &&
      one.majorId === target.majorId &&
      one.minorId === target.minorId &&
      database.key(one.name) === key,
  );
}

function* change(
  procedure: string,
  args: Arguments,
  execution: Execution,
  act: (name: string, target: Target, at: number, list: ExtendedProperty[]) => void,
): Work<number> {
  const { session } = execution;
  const { database } = session;
  const name = text(args, "@name");
  if (name === undefined || name === "") throw sqlError(15600, [procedure]);
  const target = resolve(levelsOf(args, procedure), database);
  session.demand(
    "ALTER",
    target.securable.kind === "type"
      ? { kind: "schema", schemaId: database.types.get(target.majorId)!.schemaId }
      : target.securable,
  );
  act(name, target, find(name, target, database), database.extendedProperties);
  yield* holdCatalog(execution, database);
  return 0;
}

function valueOf(args: Arguments): Pick<ExtendedProperty, "value" | "valueType"> {
  const argument = args.get("@value");
  const value = (argument?.value ?? null) as SqlValue;
  const given =
    value instanceof Variant
      ? { value: value.value, valueType: value.type }
      : { value, valueType: argument?.type ?? NAME };
  if (size(given) > 7500) throw sqlError(15097);
  return given;
}

/** Bytes of a text or binary value; the others are short. */
function size({ value, valueType }: Pick<ExtendedProperty, "value" | "valueType">): number {
  if (typeof value === "string") return valueType.name.startsWith("n") ? value.length * 2 : value.length;
  return value instanceof Uint8Array ? value.length : 0;
}

defineProcedure(
  "sp_addextendedproperty",
  [required("@name", NAME), optional("@value", VARIANT), ...LEVELS],
  (args, execution) =>
    change("sp_addextendedproperty", args, execution, (name, { classId, majorId, minorId, shown }, at, list) => {
      if (at >= 0) throw sqlError(15233, [name, shown]);
      execution.session.transaction.push(list, { classId, majorId, minorId, name, ...valueOf(args) });
    }),
);

defineProcedure(
  "sp_updateextendedproperty",
  [required("@name", NAME), optional("@value", VARIANT), ...LEVELS],
  (args, execution) =>
    change("sp_updateextendedproperty", args, execution, (name, { shown }, at, list) => {
      if (at < 0) throw sqlError(15217, [name, shown]);
      execution.session.transaction.splice(list, at, 1, { ...list[at]!, ...valueOf(args) });
    }),
);

defineProcedure("sp_dropextendedproperty", [required("@name", NAME), ...LEVELS], (args, execution) =>
  change("sp_dropextendedproperty", args, execution, (name, { shown }, at, list) => {
    if (at < 0) throw sqlError(15217, [name, shown]);
    execution.session.transaction.splice(list, at, 1);
  }),
);
