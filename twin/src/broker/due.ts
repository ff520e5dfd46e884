/** What happens to conversations when time passes: timers, lifetimes, the end of closed ones. */
import { sqlError } from "../session/messages";
import type { Queue, SqlServer } from "../storage/model";
import type { Transaction } from "../storage/transaction";
import { DIALOG_TIMER } from "./built-in";
import { hasPassed, millisecondsOf } from "./clock";
import { failConversation, putIntoQueue } from "./conversation";

/** A target that is closed stays that long: reference sheet "service broker" 18. */
const CLOSED_MS = 30 * 60_000;

/** When something happens next, in ms since 1970; Infinity = nothing ever does. */
export function nextDue(server: SqlServer): number {
  let next = Infinity;
  for (const database of server.databases.values())
    for (const conversation of database.conversations.values()) {
      if (conversation.closed) next = Math.min(next, millisecondsOf(conversation.closed) + CLOSED_MS);
      else if (!conversation.endedThere) next = Math.min(next, millisecondsOf(conversation.expires));
      if (conversation.timer) next = Math.min(next, millisecondsOf(conversation.timer));
    }
  return next;
}

/** The queues that got messages. */
export function fireDueTimers(server: SqlServer, transaction: Transaction): Set<Queue> {
  const filled = new Set<Queue>();
  for (const database of server.databases.values())
    for (const conversation of [...database.conversations.values()]) {
      if (conversation.closed) {
        if (millisecondsOf(conversation.closed) + CLOSED_MS <= Date.now())
          transaction.remove(database.conversations, conversation.handle);
        continue;
      }
      let queue: Queue | undefined;
      if (conversation.timer && hasPassed(conversation.timer)) {
        transaction.set(conversation, "timer", null);
        if (!conversation.endedHere)
          queue = putIntoQueue(database, conversation, { type: DIALOG_TIMER, body: null, sequence: -1 }, transaction);
        if (queue) filled.add(queue);
      }
      if (!conversation.endedThere && hasPassed(conversation.expires)) {
        queue = failConversation(database, conversation, sqlError(8489), transaction);
        if (queue) filled.add(queue);
      }
    }
  return filled;
}
