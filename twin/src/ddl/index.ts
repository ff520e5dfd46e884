/** The definition part of the engine: every CREATE, ALTER and DROP statement through one table, by its kind. */
import type { Definition, ModuleStatement } from "../language/ast";
import "../session/messages/databases";
import "../session/messages/columnstore";
import "../session/messages/ddl";
import "../session/messages/temporal";
import "../session/messages/language";
import "../session/messages/modules";
import "../session/messages/query";
import "../session/messages/security";
import "../session/messages/session";
import "../session/messages/types";
import { findPermission } from "../security/permission-hierarchy";
import { sqlError } from "../session/messages";
import type { DefinitionPart, Execution, Work } from "../session/runtime";
import { notImplemented } from "../session/sql-error";
import { assemblyDefinitions } from "./assembly";
import { alterAuthorization } from "./authorization";
import { eventOf, fireDatabaseTriggers } from "./database-triggers";
import { alterDatabase } from "./database/alter-database";
import { createDatabase } from "./database/create-database";
import { brokerDefinitions } from "./broker";
import { drop } from "./drop";
import { defineModule } from "./module/define-module";
import { enableTrigger } from "./module/enable-trigger";
import { holdCatalog } from "./locking";
import { at, isTemporary, lastPart } from "./naming";
import {
  alterPartitionFunction,
  alterPartitionScheme,
  createPartitionFunction,
  createPartitionScheme,
} from "./partition";
import { resolveType } from "./resolve-type";
import { createSchema, transferObject } from "./schema";
import { securityDefinitions } from "./security";
import { alterSequence, createSequence } from "./sequence";
import { createSynonym } from "./synonym";
import { alterTable } from "./table/alter-table";
import { addTable, buildLooseTable, createTable } from "./table/create-table";
import { alterIndex, createIndex, dropIndex } from "./table/index-statements";
import { createStatistics, dropStatistics, updateStatistics } from "./table/statistics";
import { createType } from "./user-type";

type Statement = Definition | ModuleStatement;
type Run<S> = (statement: S, execution: Execution) => Work<void>;

/** A definition that never waits. */
function immediate<S>(run: (statement: S, execution: Execution) => unknown): Run<S> {
  // eslint-disable-next-line require-yield -- the table holds generators
  return function* (statement, execution) {
    run(statement, execution);
  };
}

const definitions: { [K in Statement["kind"]]: Run<Extract<Statement, { kind: K }>> } = {
  ...securityDefinitions,
  ...brokerDefinitions,
  ...assemblyDefinitions,
  "create-table": createTable,
  "alter-table": alterTable,
  "create-index": createIndex,
  "alter-index": alterIndex,
  "drop-index": dropIndex,
  "create-statistics": createStatistics,
  "update-statistics": updateStatistics,
  "drop-statistics": dropStatistics,
  drop,
  "create-schema": createSchema,
  "alter-schema": transferObject,
  "alter-authorization": alterAuthorization,
  "create-sequence": immediate(createSequence),
  "alter-sequence": alterSequence,
  "create-synonym": immediate(createSynonym),
  "create-type": immediate(createType),
  "create-database": createDatabase,
  "alter-database": alterDatabase,
  "enable-trigger": enableTrigger,
  "create-partition-function": immediate(createPartitionFunction),
  "alter-partition-function": alterPartitionFunction,
  "create-partition-scheme": immediate(createPartitionScheme),
  "alter-partition-scheme": immediate(alterPartitionScheme),
  procedure: defineModule,
  "scalar-function": defineModule,
  "inline-function": defineModule,
  "table-function": defineModule,
  view: defineModule,
  trigger: defineModule,
  aggregate: defineModule,
};

const serverPrincipals = new Set(["login", "server-role"]);
const serverClasses = new Set(["DATABASE", "SERVER", "LOGIN", "SERVER ROLE", "ENDPOINT"]);
const serverDrops = new Set(["DATABASE", "LOGIN", "SERVER ROLE"]);

/** Statements about databases, logins and #tables leave the current database as it is. */
function writesDatabase(statement: Statement): boolean {
  switch (statement.kind) {
    case "create-database":
    case "alter-database":
      return false;
    case "create-principal":
    case "alter-principal":
      return !serverPrincipals.has(statement.what);
    case "drop":
      return !serverDrops.has(statement.what) && !statement.names.every((name) => isTemporary(lastPart(name)));
    case "create-table":
      return !isTemporary(lastPart(statement.name));
    case "alter-table":
      return !isTemporary(lastPart(statement.name));
    case "create-index":
      return !isTemporary(lastPart(statement.on));
    case "alter-authorization":
      return !serverClasses.has(statement.securable.class ?? "OBJECT");
    case "permission":
      return statement.securable
        ? !serverClasses.has(statement.securable.class ?? "OBJECT")
        : statement.permissions.some(({ name }) => findPermission("DATABASE", name) !== undefined);
    default:
      return true;
  }
}

export const definitionPart: DefinitionPart = {
  *execute(statement, execution) {
    if (!Object.hasOwn(definitions, statement.kind))
      throw at(notImplemented(`${statement.kind} statement`), statement.line);
    const { database } = execution.frame;
    if (database.options.readOnly && writesDatabase(statement))
      throw at(sqlError(3906, [database.name]), statement.line);
    const event = eventOf(statement);
    yield* (definitions[statement.kind] as Run<Statement>)(statement, execution);
    if (writesDatabase(statement)) yield* holdCatalog(execution, database);
    if (event) yield* fireDatabaseTriggers(event, database, execution);
  },
  buildTable: (name, definition, database, execution) =>
    buildLooseTable(name, definition, database, execution, "variable"),
  resolveType: (type, database) => resolveType(type, database),
  addTable,
};
