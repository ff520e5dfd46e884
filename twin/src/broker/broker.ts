/**
 * The part of Service Broker that lives beside the model: who waits for messages, what is due when, which queues have rolled back how often, and
 * the log. One for each server. Rules: reference sheet "service broker" 16 and 17.
 */
import { sqlError } from "../session/messages";
import "../session/messages/broker";
import type { SqlError } from "../session/sql-error";
import type { Database, Queue, SqlServer } from "../storage/model";
import { Transaction } from "../storage/transaction";
import { fireDueTimers, nextDue } from "./due";
import { deliverAll } from "./delivery";

/** Consecutive rollbacks of transactions that received from a queue, after which it is switched off. */
const POISON_LIMIT = 5;
const RETRY_MS = 1000;
/** Longest time that a timer can wait. */
const LONGEST_MS = 2 ** 31 - 1;

/** What the server's error log would hold. */
interface BrokerLogEntry {
  readonly number: number;
  readonly message: string;
  readonly database: string;
  readonly queue: string;
}

export interface ActivatedTask {
  readonly spid: number;
  readonly database: Database;
  readonly queue: Queue;
  readonly procedure: string;
  readonly executeAs: number;
  /** The procedure has run RECEIVE on the queue. */
  received: boolean;
}

/** Starts activation procedures; the engine is one. */
export interface Activator {
  /** Called when the queue may have work for one more reader. */
  consider(database: Database, queue: Queue): void;
  /** Ends the readers of one database, or all of them for good. */
  stop(database?: Database): Promise<void>;
  readonly tasks: Iterable<ActivatedTask>;
}

/** When a queue was last read and filled, for the queue monitors. */
interface QueueActivity {
  lastEmpty: number | undefined;
  lastActivated: number | undefined;
  rollbacks: number;
  waiting: number;
  /** Its last reader left without RECEIVE: none is started until somebody receives or alters the queue. */
  ignored: boolean;
}

export class Broker {
  readonly log: BrokerLogEntry[] = [];
  activator: Activator | undefined;
  /** Who waits, by queue. */
  private readonly listeners = new Map<Queue, Set<() => void>>();
  private readonly activities = new WeakMap<Queue, QueueActivity>();
  private readonly scheduled = new WeakSet<Transaction>();
  private dueAt = Infinity;
  private dueTimer: NodeJS.Timeout | undefined;
  private retryTimer: NodeJS.Timeout | undefined;
  private stopped = false;
  private delivering = false;
  private again = false;
  private releasing = false;

  constructor(readonly server: SqlServer) {}

  /** Takes up what a server that was stored left: messages on their way, timers, queues with work. */
  start(): void {
    this.schedule(nextDue(this.server));
    this.deliver();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.dueTimer);
    clearTimeout(this.retryTimer);
    await this.activator?.stop();
  }

  // ---- Changes -----------------------------------------------------------------------------------------------------

  /** A change of the broker's own, outside of any session. */
  change<T>(work: (transaction: Transaction) => T): T {
    const transaction = new Transaction(0);
    try {
      const result = work(transaction);
      transaction.commit();
      return result;
    } catch (error) {
      transaction.rollbackTo(0);
      throw error;
    }
  }

  /** Messages leave, and queues are looked at, once the transaction is committed. */
  afterCommit(transaction: Transaction): void {
    if (this.scheduled.has(transaction)) return;
    this.scheduled.add(transaction);
    transaction.onCommit(() => this.deliver());
  }

  /** Puts what has been sent where it belongs; what cannot be delivered stays with its reason and is tried again. */
  deliver(): void {
    if (this.stopped) return;
    if (this.delivering) {
      this.again = true;
      return;
    }
    this.delivering = true;
    try {
      do {
        this.again = false;
        const arrived = deliverAll(this);
        for (const queue of arrived) this.wake(queue);
      } while (this.again);
    } finally {
      this.delivering = false;
    }
    this.lookAround();
    this.retryLater();
  }

  private retryLater(): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
    if ([...this.server.databases.values()].every((database) => database.unsentMessages.size === 0)) return;
    this.retryTimer = setTimeout(() => this.deliver(), RETRY_MS);
    this.retryTimer.unref();
  }

  /** Group locks have gone or queues have changed: those who wait look again, and so does activation. */
  released(): void {
    if (this.releasing) return;
    this.releasing = true;
    setImmediate(() => {
      this.releasing = false;
      if (this.stopped) return;
      for (const queue of [...this.listeners.keys()]) this.wake(queue);
      this.lookAround();
    });
  }

  private lookAround(): void {
    if (!this.activator) return;
    for (const database of this.server.databases.values()) {
      if (database.queuedMessages.size === 0) continue;
      const filled = new Set([...database.queuedMessages.values()].map((message) => message.queueId));
      for (const id of filled) {
        const queue = database.objects.get(id);
        if (queue?.type === "SQ") this.activator.consider(database, queue);
      }
    }
  }

  // ---- Waiting -----------------------------------------------------------------------------------------------------

  activity(queue: Queue): QueueActivity {
    let found = this.activities.get(queue);
    if (!found)
      this.activities.set(
        queue,
        (found = { lastEmpty: undefined, lastActivated: undefined, rollbacks: 0, waiting: 0, ignored: false }),
      );
    return found;
  }

  /** Resolves when the queue has changed; `cancel` when nobody waits any more. */
  whenChanged(queue: Queue): { changed: Promise<void>; cancel(): void } {
    const listeners = this.listeners.get(queue) ?? new Set<() => void>();
    this.listeners.set(queue, listeners);
    const activity = this.activity(queue);
    activity.waiting++;
    let listener = (): void => undefined;
    const changed = new Promise<void>((resolve) => listeners.add((listener = resolve)));
    return {
      changed,
      cancel: () => {
        activity.waiting--;
        listeners.delete(listener);
        if (listeners.size === 0) this.listeners.delete(queue);
      },
    };
  }

  wake(queue: Queue): void {
    for (const listener of this.listeners.get(queue) ?? []) listener();
  }

  // ---- Poison messages ---------------------------------------------------------------------------------------------

  /** A transaction took messages from the queue; its end is counted. */
  received(database: Database, queue: Queue, transaction: Transaction): void {
    transaction.onRollback(() => this.rolledBack(database, queue));
    transaction.onCommit(() => void (this.activity(queue).rollbacks = 0));
  }

  private rolledBack(database: Database, queue: Queue): void {
    const activity = this.activity(queue);
    activity.rollbacks++;
    if (activity.rollbacks < POISON_LIMIT || !queue.poisonHandling || !queue.receiveEnabled) return;
    activity.rollbacks = 0;
    this.change((transaction) => {
      transaction.set(queue, "receiveEnabled", false);
      transaction.set(queue, "enqueueEnabled", false);
    });
    this.write(sqlError(9617, [queue.name]), database, queue);
    this.released();
  }

  // ---- Time --------------------------------------------------------------------------------------------------------

  /** Something is due at this time (ms since 1970). */
  schedule(at: number): void {
    if (this.stopped || at >= this.dueAt) return;
    this.dueAt = at;
    clearTimeout(this.dueTimer);
    this.dueTimer = setTimeout(() => this.due(), Math.min(Math.max(at - Date.now(), 0), LONGEST_MS));
    this.dueTimer.unref();
  }

  private due(): void {
    this.dueAt = Infinity;
    for (const queue of this.change((transaction) => fireDueTimers(this.server, transaction))) this.wake(queue);
    this.schedule(nextDue(this.server));
    this.deliver();
  }

  // ---- Log ---------------------------------------------------------------------------------------------------------

  write(error: SqlError, database: Database, queue: Queue): void {
    this.log.push({ number: error.number, message: error.message, database: database.name, queue: queue.name });
  }
}

const brokers = new WeakMap<SqlServer, Broker>();

export function brokerOf(server: SqlServer): Broker {
  let broker = brokers.get(server);
  if (!broker) brokers.set(server, (broker = new Broker(server)));
  return broker;
}
