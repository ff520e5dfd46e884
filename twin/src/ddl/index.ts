/** The definition part of the engine: every CREATE, ALTER and DROP statement through one table, by its kind. */
import type { Definition, ModuleStatement } from "../language/ast";
import "../session/messages/databases";
import "../session/messages/ddl";
import "../session/messages/language";
import "../session/messages/modules";
import "../session/messages/query";
import "../session/messages/security";
import "../session/messages/session";
import "../session/messages/types";
import type { DefinitionPart, Execution, Work } from "../session/runtime";
import { notImplemented } from "../session/sql-error";
import { alterAuthorization } from "./authorization";
import { eventOf, fireDatabaseTriggers } from "./database-triggers";
import { alterDatabase } from "./database/alter-database";
import { createDatabase } from "./database/create-database";
import { drop } from "./drop";
import { defineModule } from "./module/define-module";
import { enableTrigger } from "./module/enable-trigger";
import { at } from "./naming";
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

export { refreshModule } from "./module/define-module";
export { renameObject, type RenameKind } from "./rename";
export {
  constraintReferences,
  databaseReferences,
  moduleReferences,
  objectReferences,
  tableReferences,
  type DependencyRow,
} from "./dependency-rows";

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
};

export const definitionPart: DefinitionPart = {
  *execute(statement, execution) {
    if (!Object.hasOwn(definitions, statement.kind))
      throw at(notImplemented(`${statement.kind} statement`), statement.line);
    const { database } = execution.frame;
    const event = eventOf(statement);
    yield* (definitions[statement.kind] as Run<Statement>)(statement, execution);
    if (event) yield* fireDatabaseTriggers(event, database, execution);
  },
  buildTable: (name, definition, database, execution) =>
    buildLooseTable(name, definition, database, execution, "variable"),
  resolveType: (type, database) => resolveType(type, database),
  addTable,
};
