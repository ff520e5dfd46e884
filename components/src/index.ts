/** Components composed from the kinds of pulumi-sqlserver. */
export {
  BrokerConversation,
  conversationProblems,
  type BrokerConversationArgs,
  type ConversationEnd,
  type ConversationMessage,
  type SchemaObjectName,
} from "./broker-conversation";
export { ClrLibrary, type ClrLibraryArgs, type LibraryBindings } from "./clr-library";
export type {
  AssemblyDefinition,
  CheckDefinition,
  ConversationDefinition,
  DatabaseDefinition,
  FilegroupDefinition,
  RoleDefinition,
  TemporalTableDefinition,
  UserDefinition,
} from "./database-definition";
export { DockerSqlServer, type DockerSqlServerArgs } from "./docker-sql-server";
export { HostDatabase, type Counts, type HostDatabaseArgs, type HostDatabaseOutputs } from "./host-database";
export { hostProfile, parseHostProfile, type HostFeature, type HostProfile } from "./host-profile";
export { fitToHost, type Fitted, type LeftOut } from "./left-out";
export { TemporalTable, temporal, type TemporalPreset, type TemporalTableArgs } from "./temporal-table";
