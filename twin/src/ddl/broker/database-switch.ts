/** ALTER DATABASE ... SET of the four broker options. Rules: reference sheet "service broker" 10. */
import { randomUUID } from "node:crypto";
import { brokerOf } from "../../broker/broker";
import { failConversation } from "../../broker/conversation";
import { sqlError } from "../../session/messages";
import "../../session/messages/broker";
import type { Execution } from "../../session/runtime";
import type { Database } from "../../storage/model";

type BrokerSwitch = "ENABLE_BROKER" | "DISABLE_BROKER" | "NEW_BROKER" | "ERROR_BROKER_CONVERSATIONS";

export function switchBroker(name: BrokerSwitch, database: Database, execution: Execution): void {
  const { transaction, server } = execution.session;
  if (name === "NEW_BROKER") {
    if (database.options.readOnly) throw sqlError(9775, [database.name]);
    transaction.set(database, "serviceBrokerGuid", randomUUID().toUpperCase());
    for (const map of [database.conversations, database.queuedMessages, database.unsentMessages])
      for (const key of [...map.keys()]) transaction.remove(map as Map<unknown, unknown>, key);
  }
  if (name === "ENABLE_BROKER" || name === "ERROR_BROKER_CONVERSATIONS")
    for (const other of server.databases.values())
      if (other !== database && other.options.brokerEnabled && other.serviceBrokerGuid === database.serviceBrokerGuid)
        throw sqlError(9772, [database.name]);
  if (name === "ERROR_BROKER_CONVERSATIONS")
    for (const conversation of [...database.conversations.values()])
      failConversation(database, conversation, sqlError(9719), transaction);
  transaction.set(database.options, "brokerEnabled", name !== "DISABLE_BROKER");
  const broker = brokerOf(server);
  broker.afterCommit(transaction);
  transaction.onCommit(() => broker.released());
}
