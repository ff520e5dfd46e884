/** CREATE, ALTER and DROP INDEX. Rules: reference sheet "tables and indexes" 5.2 and 5.3. */
import type { Definition, Option } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Execution, Work } from "../../session/runtime";
import { notImplemented } from "../../session/sql-error";
import type { Database, Index, Table } from "../../storage/model";
import { lockObject } from "../locking";
import { at, isTemporary, lastPart, locate, qualified, shown } from "../naming";
import { mayAlter } from "../permission";
import { createViewIndex, dropViewIndex } from "../module/view-index";
import { touch } from "../registry";
import { requireCleanupKept, requireNoCleanup } from "../temporal/history-index";
import { isColumnstore, requireRebuildOptions } from "./columnstore";
import { partitionCount, placement } from "./data-space";
import { referencing } from "./foreign-keys";
import { applyCompression, readIndexOptions } from "./index-options";
import { buildIndex, fillEntries, heap, specificationOf, type KeySpecification } from "./indexes";
import { requireCompressibleIndex } from "./sparse-compression";
import { transactionOf, type TableTarget } from "./target";

type StatementOf<K extends Definition["kind"]> = Extract<Definition, { kind: K }>;

export function targetOf(table: Table, database: Database, execution: Execution, written: string): TableTarget {
  return { table, database, execution, kind: isTemporary(written) ? "temporary" : "base", shownName: written };
}

function findIndex(table: { indexes: Index[] }, database: Database, name: string): Index | undefined {
  const key = database.key(name);
  return table.indexes.find((index) => index.name !== null && database.key(index.name) === key);
}

export function* createIndex(statement: StatementOf<"create-index">, execution: Execution): Work<void> {
  const { index: definition } = statement;
  const found = locate(statement.on, execution);
  if (!found || !mayAlter(execution, found.database, found.object))
    throw at(sqlError(1088, [shown(statement.on)], 12), statement.line);
  const { object, database } = found;
  if (object.type === "V ") {
    yield* lockObject(execution, database, object.id, "Sch-M");
    return createViewIndex(statement, object, database, execution);
  }
  if (object.type !== "U") throw at(sqlError(1914, [shown(statement.on)]), statement.line);
  yield* lockObject(execution, database, object.id, "Sch-M");
  const written = lastPart(statement.on);
  const target = targetOf(object, database, execution, written);
  const spec = specificationOf(definition, target);
  if (spec.options.online && isTemporary(written) && !written.startsWith("##")) throw sqlError(1917);
  const existing = findIndex(object, database, definition.name);
  if (!spec.options.dropExisting || !existing) {
    if (spec.options.dropExisting) throw sqlError(7999, [definition.name, qualified(database, object)]);
    buildIndex(target, spec);
  } else replaceIndex(target, spec, existing);
  touch(object, execution);
}

/** CREATE ... WITH (DROP_EXISTING = ON) over an index of that name. */
function replaceIndex(target: TableTarget, spec: KeySpecification, existing: Index): void {
  const { table, database } = target;
  if (existing.id === 1 && !spec.clustered) throw sqlError(1925);
  if (existing.primaryKey || existing.uniqueConstraint) {
    const before = existing.columns
      .filter((column) => !column.included)
      .map((column) => `${column.columnId}${column.descending}`);
    const after = spec.columns.map(
      ({ name, descending }) =>
        `${table.columns.find((column) => database.key(column.name) === database.key(name))?.id}${descending}`,
    );
    if (
      !spec.unique ||
      spec.filter ||
      spec.include.length > 0 ||
      before.join() !== after.join() ||
      spec.clustered !== (existing.id === 1)
    )
      throw sqlError(1907, [existing.name!]);
  }
  if (
    spec.clustered &&
    existing.id !== 1 &&
    referencing(database, table.id).some((key) => key.keyIndexId === existing.id)
  )
    throw sqlError(1930);
  const built = buildIndex(target, {
    ...spec,
    name: existing.name!,
    primaryKey: existing.primaryKey,
    uniqueConstraint: existing.uniqueConstraint,
    replaces: existing,
  });
  requireCleanupKept(existing, built, target);
}

export function* alterIndex(statement: StatementOf<"alter-index">, execution: Execution): Work<void> {
  const found = locate(statement.on, execution);
  if (found?.object.type === "V ") throw at(notImplemented("ALTER INDEX on a view"), statement.line);
  if (!found || found.object.type !== "U" || !mayAlter(execution, found.database, found.object))
    throw at(sqlError(1088, [shown(statement.on)], 9), statement.line);
  const { object: table, database } = found;
  yield* lockObject(execution, database, table.id, "Sch-M");
  const named =
    statement.name === "all"
      ? table.indexes.filter((index) => index.id > 0 || statement.action === "rebuild")
      : [findIndex(table, database, statement.name)];
  if (named.some((index) => index === undefined)) throw at(sqlError(2727, [statement.name]), statement.line);
  const target = targetOf(table, database, execution, lastPart(statement.on));
  for (const index of named as Index[]) alterOne(index, statement, target);
  touch(table, execution);
}

function alterOne(index: Index, statement: StatementOf<"alter-index">, target: TableTarget): void {
  const { database, table } = target;
  const transaction = transactionOf(target);
  const name = index.name ?? target.shownName;
  switch (statement.action) {
    case "rebuild": {
      requireRebuildOptions(statement.options, index, table);
      const options = readIndexOptions(statement.options, target.execution);
      requireIgnoreDupKey(index, options.ignoreDupKey);
      setStored(index, options, target);
      const count = partitionCount(database, index.dataSpaceId);
      const scoped = statement.partition !== undefined && statement.partition !== "all";
      if (scoped && count === 1) throw sqlError(7729, ["ALTER", "INDEX", "index", name]);
      let compression = options.compression;
      if (scoped && compression) {
        const partition = Number(target.execution.parts.query.scalar(statement.partition as never, target.execution));
        if (partition < 1 || partition > count) throw sqlError(7722, [partition, "index", name, count]);
        compression = compression.map((one) => ({ ...one, partitions: [partition] }));
      }
      transaction.set(
        index,
        "compression",
        applyCompression(
          { ...(compression && { compression }) },
          count,
          index.compression,
          index.type.endsWith("COLUMNSTORE"),
          { statement: "INDEX", object: name },
        ),
      );
      requireCompressibleIndex(table.columns, name, index.compression);
      if (index.disabled) {
        transaction.set(index, "disabled", false);
        if (index.unique) fillEntries(target, index);
      }
      return;
    }
    case "disable": {
      transaction.set(index, "disabled", true);
      if (index.id === 1)
        for (const other of table.indexes)
          if (other.id > 1 && !other.disabled) {
            transaction.set(other, "disabled", true);
            target.execution.output.message(
              sqlError(3750, [other.name!, qualified(database, { schemaId: table.schemaId, name: target.shownName })]),
            );
          }
      for (const key of referencing(database, table.id))
        if (key.keyIndexId === index.id || index.id === 1) transaction.set(key, "disabled", true);
      return;
    }
    case "reorganize":
      if (index.disabled)
        throw sqlError(1973, [name, qualified(database, { schemaId: table.schemaId, name: target.shownName })]);
      if (!index.allowPageLocks && !index.type.endsWith("COLUMNSTORE")) throw sqlError(1943, [name, target.shownName]);
      return;
    case "set": {
      if (index.disabled)
        throw sqlError(1973, [name, qualified(database, { schemaId: table.schemaId, name: target.shownName })]);
      const options = readIndexOptions(statement.options, target.execution);
      requireIgnoreDupKey(index, options.ignoreDupKey);
      setStored(index, options, target);
      return;
    }
    default:
      throw at(notImplemented(`ALTER INDEX ... ${statement.action.toUpperCase()}`), statement.line);
  }
}

function requireIgnoreDupKey(index: Index, value: boolean | undefined): void {
  if (value === undefined) return;
  if (index.primaryKey || index.uniqueConstraint) throw sqlError(1979, [index.name!]);
  if (value && !index.unique) throw sqlError(1915, [index.name!]);
}

function setStored(index: Index, options: ReturnType<typeof readIndexOptions>, target: TableTarget): void {
  const transaction = transactionOf(target);
  if (options.compressionDelay !== undefined && !isColumnstore(index)) throw sqlError(35364);
  const keys = [
    "fillFactor",
    "padded",
    "ignoreDupKey",
    "noRecompute",
    "allowRowLocks",
    "allowPageLocks",
    "optimizeForSequentialKey",
    "compressionDelay",
  ] as const;
  for (const key of keys) if (options[key] !== undefined) transaction.set(index, key, options[key] as never);
}

export function* dropIndex(statement: StatementOf<"drop-index">, execution: Execution): Work<void> {
  for (const item of statement.items) yield* dropOne(item.name, item.on, statement, execution);
}

function* dropOne(
  name: string,
  on: StatementOf<"drop-index">["items"][number]["on"],
  statement: StatementOf<"drop-index">,
  execution: Execution,
): Work<void> {
  const found = locate(on, execution);
  const shownName = `${shown(on)}.${name}`;
  if (found?.object.type === "V " && mayAlter(execution, found.database, found.object)) {
    const index = findIndex(found.object, found.database, name);
    if (index) {
      yield* lockObject(execution, found.database, found.object.id, "Sch-M");
      return dropViewIndex(found.object, index, execution);
    }
    if (statement.ifExists) return;
    throw at(sqlError(3701, ["drop", "index", shownName], 7), statement.line);
  }
  if (!found || found.object.type !== "U" || !mayAlter(execution, found.database, found.object)) {
    if (statement.ifExists && !found) return;
    throw at(sqlError(3701, ["drop", "index", shownName], 7), statement.line);
  }
  const { object: table, database } = found;
  const index = findIndex(table, database, name);
  if (!index) {
    if (statement.ifExists) return;
    throw at(sqlError(3701, ["drop", "index", shownName], 7), statement.line);
  }
  yield* lockObject(execution, database, table.id, "Sch-M");
  if (index.primaryKey || index.uniqueConstraint)
    throw at(sqlError(3723, [shownName, index.primaryKey ? "PRIMARY KEY" : "UNIQUE KEY"], 4), statement.line);
  if (referencing(database, table.id).some((one) => one.keyIndexId === index.id))
    throw at(sqlError(3723, [shownName, "FOREIGN KEY"], 6), statement.line);
  dropWithOptions(targetOf(table, database, execution, lastPart(on)), index, statement.options, shownName);
  touch(table, execution);
}

/** MAXDOP, ONLINE and MOVE TO belong to clustered indexes: 3748 for another. */
export function dropWithOptions(target: TableTarget, index: Index, options: readonly Option[], name: string): void {
  const move = options.find((option) => option.name === "MOVE TO");
  if (options.length > 0 && index.id !== 1) throw sqlError(3748, [name]);
  requireNoCleanup(index, target);
  readIndexOptions(
    options.filter((option) => option !== move),
    target.execution,
  );
  removeIndex(target, index);
  if (!move) return;
  const { table, database } = target;
  const place = placement(
    { name: String(move.value), ...(move.unit !== undefined && { column: move.unit }) },
    table,
    database,
  );
  transactionOf(target).set(table, "indexes", [
    heap(place.dataSpaceId, partitionCount(database, place.dataSpaceId), place.partitionColumnId),
    ...table.indexes.slice(1),
  ]);
}

/**
 * Without its clustered index a table is a heap, in the place where the index was, compressed as the index was.
 * https://learn.microsoft.com/sql/relational-databases/data-compression/data-compression
 */
function removeIndex(target: TableTarget, index: Index): void {
  const { table, database } = target;
  const rest = table.indexes.filter((other) => other !== index);
  if (index.id === 1)
    rest.unshift({
      ...heap(index.dataSpaceId, partitionCount(database, index.dataSpaceId), index.partitionColumnId),
      // A heap knows no columnstore compression.
      ...(isColumnstore(index) ? {} : { compression: [...index.compression] }),
    });
  transactionOf(target).set(table, "indexes", rest);
  for (let i = database.extendedProperties.length - 1; i >= 0; i--) {
    const property = database.extendedProperties[i]!;
    if (property.classId === 7 && property.majorId === table.id && property.minorId === index.id)
      transactionOf(target).splice(database.extendedProperties, i, 1);
  }
}
