/** ALTER DATABASE and DROP DATABASE. Rules: reference sheet "databases" 1.2 to 1.4. */
import { brokerOf } from "../../broker/broker";
import type { Definition } from "../../language/ast";
import { collation as knownCollation, validCollation } from "../../types/collation";
import { sqlError } from "../../session/messages";
import type { Execution, Work } from "../../session/runtime";
import { SqlError } from "../../session/sql-error";
import type { Database } from "../../storage/model";

import { hasPermission } from "../permission";
import { isModule } from "../registry";
import { alterTarget, failed, isSystemDatabase, requireNoTransaction, tryExclusiveUse } from "./access";
import { addFilegroup, addFiles, modifyFile, modifyFilegroup, removeFile, removeFilegroup } from "./files";
import { setScopedConfiguration } from "./scoped-configuration";
import { setOptions } from "./set-options";

type Alter = Extract<Definition, { kind: "alter-database" }>;

const levels = {
  "2019": [100, 110, 120, 130, 140, 150],
  "2022": [100, 110, 120, 130, 140, 150, 160],
  "2025": [100, 110, 120, 130, 140, 150, 160, 170],
} as const;

export function* alterDatabase(statement: Alter, execution: Execution): Work<void> {
  const { action } = statement;
  if (action.kind === "scoped-configuration") {
    setScopedConfiguration(action.words, execution);
    return;
  }
  requireNoTransaction(execution, "ALTER DATABASE");
  const database = alterTarget(statement.name, execution);
  if (
    action.kind === "set" ||
    action.kind === "compatibility-level" ||
    action.kind === "collate" ||
    action.kind === "modify-name"
  ) {
    try {
      yield* alterState(action, database, execution);
    } catch (error) {
      if (error instanceof SqlError && error.severity >= 16 && error.number !== 49999 && error.number !== 226)
        throw failed(error);
      throw error;
    }
    return;
  }
  switch (action.kind) {
    case "add-file":
      return addFiles(action, database, execution);
    case "remove-file":
      return removeFile(action.file, database, execution);
    case "modify-file":
      return modifyFile(action.file, database, execution);
    case "add-filegroup":
      return addFilegroup(action, database, execution);
    case "remove-filegroup":
      return removeFilegroup(action.name, database, execution);
    case "modify-filegroup":
      return yield* modifyFilegroup(action, database, execution);
  }
}

function* alterState(
  action: Extract<Alter["action"], { kind: "set" | "compatibility-level" | "collate" | "modify-name" }>,
  database: Database,
  execution: Execution,
): Work<void> {
  const { server, transaction } = execution.session;
  switch (action.kind) {
    case "set":
      return yield* setOptions(action.options, action.termination, database, execution);
    case "compatibility-level": {
      const allowed: readonly number[] = levels[server.version];
      if (!allowed.includes(action.level))
        throw new SqlError(
          15048,
          16,
          1,
          sqlError(15048, [`${allowed.slice(0, -1).join(", ")} or ${allowed.at(-1)}`]).message,
        );
      return transaction.set(database.options, "compatibilityLevel", action.level);
    }
    case "modify-name": {
      if (isSystemDatabase(database)) throw sqlError(5016, [database.name]);
      if (server.key(action.name) !== server.key(database.name) && server.databases.has(server.key(action.name)))
        throw sqlError(1801, [action.name], 3);
      yield* requireExclusiveUse(database, execution);
      transaction.remove(server.databases, server.key(database.name));
      transaction.put(server.databases, server.key(action.name), database);
      return transaction.set(database, "name", action.name);
    }
    case "collate":
      return yield* collate(action.collation, database, execution);
  }
}

/** COLLATE and MODIFY NAME do not wait for other sessions. */
function* requireExclusiveUse(database: Database, execution: Execution): Work<void> {
  if (!(yield* tryExclusiveUse(database, execution))) throw sqlError(5030, [database.name], 2);
}

function* collate(name: string, database: Database, execution: Execution): Work<void> {
  const { transaction } = execution.session;
  if (!validCollation(name)) throw sqlError(448, [name]);
  if (isSystemDatabase(database)) throw sqlError(5072, [database.name, name]);
  if (database.options.readOnly || database.options.state !== "ONLINE") throw sqlError(5073, [database.name]);
  yield* requireExclusiveUse(database, execution);
  const blockers: SqlError[] = [];
  for (const object of database.objects.values()) {
    if (isModule(object) && object.schemaBound) blockers.push(sqlError(5075, ["object", object.name]));
    else if (object.type === "C ") blockers.push(sqlError(5075, ["object", object.name]));
    else if (object.type === "U")
      for (const column of object.columns)
        if (column.computed && column.collation !== null)
          blockers.push(sqlError(5075, ["column", `${object.name}.${column.name}`]));
  }
  if (blockers.length > 0) {
    const last = sqlError(5072, [database.name, name]);
    last.preceding = blockers;
    throw last;
  }
  const next = knownCollation(name);
  // Names that were different may be the same now.
  const names = new Map<string, number>();
  const key = (text: string): string => next.key(text);
  for (const object of database.objects.values()) {
    const own = `${object.schemaId}.${key(object.name)}`;
    if (names.has(own)) throw sqlError(1505, ["sys.sysschobjs", "nc1", `(0, ${object.schemaId}, ${object.name})`]);
    names.set(own, object.id);
  }
  transaction.set(database, "collation", next);
  transaction.set(database, "key", key);
  transaction.set(database, "objectNames", names);
}

export function* dropDatabase(name: string, ifExists: boolean, execution: Execution): Work<void> {
  const { session } = execution;
  const { server } = session;
  requireNoTransaction(execution, "DROP DATABASE");
  const database = server.databases.get(server.key(name));
  if (!database) {
    if (ifExists) return;
    throw sqlError(3701, ["drop", "database", name]);
  }
  if (!hasPermission(session, "CONTROL", { kind: "database", database }))
    throw sqlError(3701, ["drop", "database", name]);
  if (isSystemDatabase(database)) throw sqlError(3708, ["drop", "database", name]);
  // The server's own readers are no users: they end with the database.
  const { activator } = brokerOf(server);
  if (activator && session.database !== database && [...activator.tasks].some((task) => task.database === database))
    yield activator.stop(database);
  if (session.database === database || !(yield* tryExclusiveUse(database, execution))) throw sqlError(3702, [name], 3);
  session.transaction.remove(server.databases, server.key(name));
}
