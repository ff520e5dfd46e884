/** A definition goes from under a conversation: both sides get an Error message, the far one after the commit. */
import type { Broker } from "../../broker/broker";
import { eraseConversation, failConversation } from "../../broker/conversation";
import { databaseOfBroker } from "../../broker/routing";
import type { Database } from "../../storage/model";
import type { Conversation } from "../../storage/model-broker";
import type { Transaction } from "../../storage/transaction";

export function breakConversation(
  broker: Broker,
  database: Database,
  conversation: Conversation,
  error: { number: number; message: string },
  here: "keep" | "erase",
  transaction: Transaction,
): void {
  const { farBroker, farHandle } = conversation;
  if (here === "erase") eraseConversation(database, conversation, transaction);
  else failConversation(database, conversation, error, transaction);
  transaction.onCommit(() => {
    const far = farBroker === null ? undefined : databaseOfBroker(broker.server, farBroker);
    const other = farHandle === null ? undefined : far?.conversations.get(farHandle);
    if (far && other) {
      const queue = broker.change((change) => failConversation(far, other, error, change));
      if (queue) broker.wake(queue);
    }
    broker.deliver();
  });
}
