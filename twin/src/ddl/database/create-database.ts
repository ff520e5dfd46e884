/** CREATE DATABASE. Rules: reference sheet "databases" 1.1. */
import { randomUUID } from "node:crypto";
import type { Definition, FilegroupSpecification } from "../../language/ast";
import { addDefaultFiles, createDatabase as newDatabase } from "../../storage/bootstrap";
import { collation as knownCollation, validCollation } from "../../types/collation";
import { sqlError } from "../../session/messages";
import type { Execution, Work } from "../../session/runtime";
import { notImplemented, SqlError } from "../../session/sql-error";
import type { Database, DataSpace, SqlServer } from "../../storage/model";
import { at } from "../naming";
import { requirePermission } from "../permission";
import { requireNoTransaction } from "./access";
import { makeFile, nextFileId, type FileDefaults } from "./file-specification";

type Create = Extract<Definition, { kind: "create-database" }>;

// eslint-disable-next-line require-yield -- the dispatcher drives every statement as a generator
export function* createDatabase(statement: Create, execution: Execution): Work<void> {
  const { session } = execution;
  const { server } = session;
  requireNoTransaction(execution, "CREATE DATABASE");
  requirePermission("CREATE ANY DATABASE", { kind: "server" }, execution);
  if (server.databases.has(server.key(statement.name))) throw sqlError(1801, [statement.name], 3);
  if (statement.log.length === 0 && statement.name.length > 123) throw sqlError(1836);
  if (statement.collation !== undefined && !validCollation(statement.collation))
    throw at(sqlError(448, [statement.collation]), statement.line);
  if (
    statement.containment === "PARTIAL" &&
    server.configurations.get("contained database authentication")?.inUse !== 1
  )
    throw sqlError(12824, ["contained database authentication", "create"]);
  const database = newDatabase(server, {
    name: statement.name,
    collation: knownCollation(statement.collation ?? server.collation),
    ownerSid: session.effectiveLogin.sid,
  });
  database.options.containment = statement.containment === "PARTIAL" ? "PARTIAL" : "NONE";
  applyOptions(statement, database);
  try {
    createFiles(statement, database, server);
  } catch (error) {
    if (!(error instanceof SqlError) || error.number === 49999) throw error;
    const last = sqlError(1802);
    last.preceding = [error];
    throw at(last, statement.line);
  }
  session.transaction.put(server.databases, server.key(database.name), database);
}

function applyOptions(statement: Create, database: Database): void {
  for (const option of statement.options) {
    const word = String(option.value).toUpperCase();
    switch (option.name.toUpperCase()) {
      case "TRUSTWORTHY":
        database.options.trustworthy = word === "ON";
        break;
      case "DB_CHAINING":
        database.options.dbChaining = word === "ON";
        break;
      case "LEDGER":
        if (word === "ON") throw notImplemented("CREATE DATABASE ... WITH LEDGER = ON");
        break;
      default:
        throw notImplemented(`CREATE DATABASE ... WITH ${option.name}`);
    }
  }
}

function createFiles(statement: Create, database: Database, server: SqlServer): void {
  const defaultGroup: FilegroupSpecification = { name: "PRIMARY", isDefault: false, files: [{}] };
  const groups = statement.primary.length > 0 ? statement.primary : [defaultGroup];
  // For PRIMARY itself; its files are the ones below.
  addDefaultFiles(server, database);
  database.files.clear();
  const primarySpace = [...database.dataSpaces.values()].find((space) => space.type === "FG")!;
  for (const [i, group] of groups.entries()) {
    const space = i === 0 ? primarySpace : addFilegroup(database, group, server);
    const type = space.type === "FG" ? "ROWS" : "FILESTREAM";
    for (const specification of group.files) {
      const first = database.files.size === 0;
      const id = first ? 1 : nextFileId(database);
      const name = first ? statement.name : `${statement.name}_${id}`;
      const defaults: FileDefaults = {
        type,
        dataSpaceId: space.id,
        name,
        path: `${server.dataPath}${specification.name ?? name}${first ? ".mdf" : type === "ROWS" ? ".ndf" : ""}`,
      };
      const file = makeFile(id, specification, defaults, server, database.files.values());
      requireUnusedPath(file.physicalName, database);
      // The primary file holds a copy of model, which is 8 MB.
      if (first && specification.size && file.sizePages < 1024) throw sqlError(1803, [8]);
      database.files.set(id, file);
    }
  }
  const logs = statement.log.length > 0 ? statement.log : [{}];
  for (const [i, specification] of logs.entries()) {
    const id = i === 0 ? 2 : nextFileId(database);
    const name = i === 0 ? `${statement.name}_log` : `${statement.name}_log${i + 1}`;
    const defaults: FileDefaults = {
      type: "LOG",
      dataSpaceId: 0,
      name,
      path: `${server.logPath}${specification.name ?? name}.ldf`,
    };
    const file = makeFile(id, specification, defaults, server, database.files.values());
    requireUnusedPath(file.physicalName, database);
    database.files.set(id, file);
  }
}

function requireUnusedPath(path: string, database: Database): void {
  for (const file of database.files.values()) if (file.physicalName === path) throw sqlError(5170, [path]);
}

function addFilegroup(database: Database, group: FilegroupSpecification, server: SqlServer): DataSpace {
  const space = newFilegroup(database, group.name, group.contains, server);
  if (group.isDefault && space.type !== "PS") {
    for (const other of database.dataSpaces.values()) if (other.type === space.type) other.isDefault = false as never;
    space.isDefault = true;
  }
  database.dataSpaces.set(space.id, space);
  return space;
}

/** A filegroup that is not yet in the database: 5035, 5051, 10797, and FILESTREAM where the platform has it. */
export function newFilegroup(
  database: Database,
  name: string,
  contains: "filestream" | "memory-optimized" | undefined,
  server: SqlServer,
): DataSpace {
  const key = database.key(name);
  if (name.toUpperCase() === "DEFAULT") throw sqlError(5051);
  for (const space of database.dataSpaces.values())
    if (space.type !== "PS" && database.key(space.name) === key) throw sqlError(5035, [name]);
  const type = contains === "filestream" ? "FD" : contains === "memory-optimized" ? "FX" : "FG";
  if (type === "FX" && [...database.dataSpaces.values()].some((space) => space.type === "FX")) throw sqlError(10797);
  if (
    type === "FD" &&
    (server.platform === "linux" || (server.configurations.get("filestream access level")?.inUse ?? 0) === 0)
  )
    throw sqlError(5591);
  const id =
    Math.max(0, ...[...database.dataSpaces.values()].filter((space) => space.type !== "PS").map((space) => space.id)) +
    1;
  const first = ![...database.dataSpaces.values()].some((space) => space.type === type);
  return {
    id,
    name,
    type,
    isDefault: type !== "FG" && first,
    readOnly: false,
    autogrowAll: false,
    guid: randomUUID().toUpperCase(),
  };
}
