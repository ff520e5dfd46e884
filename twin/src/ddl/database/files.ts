/** ALTER DATABASE: files and filegroups. Rules: reference sheet "databases" 2.2 and 2.3. */
import type { AlterDatabaseAction, FileSpecification } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Execution, Work } from "../../session/runtime";
import type { Database, DataSpace, DatabaseFile } from "../../storage/model";
import { findDataSpace } from "../table/data-space";
import { exclusiveUse } from "./access";
import { newFilegroup } from "./create-database";
import {
  findFile,
  growthOf,
  logCapPages,
  makeFile,
  maxSizeInPages,
  nextFileId,
  requirePath,
  sizeInPages,
} from "./file-specification";

type ActionOf<K extends AlterDatabaseAction["kind"]> = Extract<AlterDatabaseAction, { kind: K }>;
type Filegroup = Exclude<DataSpace, { type: "PS" }>;

function filegroup(database: Database, name: string): Filegroup {
  const space = findDataSpace(database, name);
  if (!space || space.type === "PS") throw sqlError(5014, ["filegroup", name, database.name]);
  return space;
}

function filesOf(database: Database, space: DataSpace): DatabaseFile[] {
  return [...database.files.values()].filter((file) => file.dataSpaceId === space.id);
}

export function addFiles(action: ActionOf<"add-file">, database: Database, execution: Execution): void {
  const { server, transaction } = execution.session;
  if (database.name === "master" || database.name === "model") throw sqlError(5013);
  const space = action.log
    ? undefined
    : action.filegroup === undefined
      ? primary(database)
      : filegroup(database, action.filegroup);
  if (space?.readOnly) throw sqlError(5048, [space.name]);
  const type = action.log ? "LOG" : space!.type === "FG" ? "ROWS" : "FILESTREAM";
  for (const specification of action.files) {
    const id = nextFileId(database);
    const name = specification.name ?? `${database.name}_${id}`;
    const extension = type === "LOG" ? ".ldf" : type === "ROWS" ? ".ndf" : "";
    const path = `${action.log ? server.logPath : server.dataPath}${name}${extension}`;
    const file = makeFile(
      id,
      specification,
      { type, dataSpaceId: space?.id ?? 0, name, path },
      server,
      database.files.values(),
    );
    transaction.put(database.files, id, file);
  }
}

function primary(database: Database): Filegroup {
  return filegroup(database, "PRIMARY");
}

export function modifyFile(specification: FileSpecification, database: Database, execution: Execution): void {
  const { server, transaction } = execution.session;
  if (specification.name === undefined) throw sqlError(5036);
  const file = findFile(database, specification.name);
  if (!file) throw sqlError(5041, [specification.name]);
  const { newName, filename, size, maxSize, growth } = specification;
  if (newName === undefined && filename === undefined && !size && !maxSize && !growth)
    throw sqlError(5038, [specification.name]);
  const space = database.dataSpaces.get(file.dataSpaceId);
  if (space && space.type !== "PS" && space.readOnly) throw sqlError(5048, [space.name]);
  const stream = file.type === "FILESTREAM";
  if (stream && (size || growth)) throw sqlError(5509, [file.name]);
  let sizePages = file.sizePages;
  if (size) {
    sizePages = sizeInPages(size);
    // Shrinking is the work of DBCC SHRINKFILE; equal sizes are refused too.
    if (sizePages <= file.sizePages) throw sqlError(5039);
  }
  const maxSizePages = maxSize ? maxSizeInPages(maxSize, file.type === "LOG") : file.maxSizePages;
  if (maxSizePages !== -1 && maxSizePages !== logCapPages && sizePages > maxSizePages) {
    if (maxSize) throw sqlError(5103, [file.name]);
    throw sqlError(5040, [database.name, file.id, sizePages * 8, maxSizePages * 8]);
  }
  const grown = growth ? growthOf(growth) : { growth: file.growth, isPercentGrowth: file.isPercentGrowth };
  if (growth && !grown.isPercentGrowth && maxSizePages !== -1 && grown.growth > maxSizePages)
    throw sqlError(5169, [file.name]);
  if (newName !== undefined && database.key(newName) !== database.key(file.name) && findFile(database, newName))
    throw sqlError(1828, [newName]);
  if (filename !== undefined) requirePath(filename, server);
  transaction.set(file, "sizePages", sizePages);
  transaction.set(file, "maxSizePages", maxSizePages);
  transaction.set(file, "growth", grown.growth);
  transaction.set(file, "isPercentGrowth", grown.isPercentGrowth);
  if (filename !== undefined) {
    transaction.set(file, "physicalName", filename);
    execution.output.message(sqlError(5018, [file.name]));
  }
  if (newName !== undefined) {
    transaction.set(file, "name", newName);
    execution.output.message(sqlError(5021, ["file", newName]));
  }
}

export function removeFile(name: string, database: Database, execution: Execution): void {
  const file = findFile(database, name);
  if (!file) throw sqlError(5009);
  if (file.id === 1 || file.id === 2) throw sqlError(5020);
  const space = database.dataSpaces.get(file.dataSpaceId);
  if (space && space.type !== "PS") {
    if (space.readOnly) throw sqlError(5048, [space.name]);
    const last = filesOf(database, space).length === 1;
    if (last && space.isDefault && space.type === "FG") throw sqlError(5031, [file.name]);
    if (last && holdsData(database, space)) throw sqlError(5042, ["file", file.name]);
  }
  execution.session.transaction.remove(database.files, file.id);
  execution.output.message(sqlError(5044, ["file", file.name]));
}

/** True when a table, index, large object column or queue is kept there. */
function holdsData(database: Database, space: DataSpace): boolean {
  const schemes = new Set([space.id]);
  for (const other of database.dataSpaces.values())
    if (other.type === "PS" && other.filegroupIds.includes(space.id)) schemes.add(other.id);
  for (const object of database.objects.values()) {
    if (object.type === "U") {
      if (space.type === "FX" && object.memoryOptimized) return true;
      if (object.lobDataSpaceId === space.id || object.filestreamDataSpaceId === space.id) return true;
      if (object.indexes.some((index) => schemes.has(index.dataSpaceId))) return true;
    } else if (object.type === "V " && object.indexes.some((index) => schemes.has(index.dataSpaceId))) return true;
    else if (object.type === "SQ" && object.dataSpaceId === space.id) return true;
  }
  return false;
}

export function addFilegroup(action: ActionOf<"add-filegroup">, database: Database, execution: Execution): void {
  const space = newFilegroup(database, action.name, action.contains, execution.session.server);
  execution.session.transaction.put(database.dataSpaces, space.id, space);
}

export function removeFilegroup(name: string, database: Database, execution: Execution): void {
  const space = filegroup(database, name);
  const used = [...database.dataSpaces.values()].some(
    (other) => other.type === "PS" && (other.filegroupIds.includes(space.id) || other.nextUsedId === space.id),
  );
  if (space.id === 1 || used || filesOf(database, space).length > 0) throw sqlError(5042, ["filegroup", name]);
  execution.session.transaction.remove(database.dataSpaces, space.id);
  execution.output.message(sqlError(5044, ["filegroup", name]));
}

export function* modifyFilegroup(
  action: ActionOf<"modify-filegroup">,
  database: Database,
  execution: Execution,
): Work<void> {
  const space = filegroup(database, action.name);
  const { transaction } = execution.session;
  const isPrimary = space.id === 1;
  const { change } = action;
  if (typeof change === "object") {
    if (isPrimary) throw sqlError(5012);
    const key = database.key(change.newName);
    for (const other of database.dataSpaces.values())
      if (other !== space && database.key(other.name) === key) throw sqlError(5035, [change.newName]);
    transaction.set(space, "name", change.newName);
    execution.output.message(sqlError(5021, ["filegroup", change.newName]));
    return;
  }
  const word = {
    default: "DEFAULT",
    "read-only": "READONLY",
    "read-write": "READWRITE",
    "autogrow-all": "AUTOGROW_ALL_FILES",
    "autogrow-single": "AUTOGROW_SINGLE_FILE",
  }[change];
  if (change === "autogrow-all" || change === "autogrow-single") {
    if (space.type !== "FG") throw sqlError(5017);
    const all = change === "autogrow-all";
    if (space.autogrowAll === all) throw sqlError(5045, ["filegroup", word]);
    yield* exclusiveUse(database, action.termination, execution);
    transaction.set(space, "autogrowAll", all);
  } else {
    if (filesOf(database, space).length === 0) throw sqlError(5050, [space.name]);
    if (change === "default") {
      if (space.isDefault) throw sqlError(5045, ["filegroup", word]);
      for (const other of database.dataSpaces.values())
        if (other.type === space.type) transaction.set(other as Filegroup, "isDefault", other === space);
    } else {
      const readOnly = change === "read-only";
      if (isPrimary) throw sqlError(5047);
      if (space.type === "FX") throw sqlError(41361);
      if (space.readOnly === readOnly) throw sqlError(5045, ["filegroup", word]);
      yield* exclusiveUse(database, action.termination, execution);
      transaction.set(space, "readOnly", readOnly);
      for (const file of filesOf(database, space)) transaction.set(file, "readOnly", readOnly);
    }
  }
  execution.output.message(sqlError(5046, ["filegroup", word]));
}
