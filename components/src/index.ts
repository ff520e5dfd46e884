/** Components composed from the kinds of pulumi-sqlserver. */
export {
  BrokerConversation,
  conversationProblems,
  type BrokerConversationArgs,
  type ConversationEnd,
  type ConversationMessage,
  type SchemaObjectName,
} from "./broker-conversation";
export { DockerSqlServer, type DockerSqlServerArgs } from "./docker-sql-server";
