/**
 * RECEIVE, GET CONVERSATION GROUP, and both inside WAITFOR. Rules: reference sheet "service broker" 4 and 16.
 * https://learn.microsoft.com/sql/t-sql/statements/receive-transact-sql
 */
import { brokerOf, type Broker } from "../../broker/broker";
import { messageTable } from "../../broker/queue-rows";
import type { Query, Statement } from "../../language/ast";
import type { GetConversationGroup, Receive } from "../../language/ast-broker";
import type { Database, Queue } from "../../storage/model";
import type { QueuedMessage } from "../../storage/model-broker";
import { displayName } from "../../query/objects";
import { sqlError } from "../messages";
import { own } from "../own";
import type { Execution, StatementResult, Work } from "../runtime";
import { guidOf, integerOf, lockGroup, requireQueue, tryLockGroup } from "./conversation-values";

type WaitForMessage = Extract<Statement, { kind: "wait-for-message" }>;

/** No variable can have this name. */
const RECEIVED = "@ received";
const LONGEST_WAIT_MS = 2 ** 31 - 1;

export function* receive(statement: Receive, execution: Execution): Work<StatementResult> {
  const { queue, database } = openQueue(statement, execution);
  requireProjection(statement, execution);
  const messages = yield* take(statement, queue, database, execution);
  return yield* show(statement, messages, execution);
}

// eslint-disable-next-line require-yield -- every statement is driven as a generator
export function* getConversationGroup(statement: GetConversationGroup, execution: Execution): Work<StatementResult> {
  const { queue, database } = openQueue(statement, execution);
  return setGroup(statement, nextGroup(queue, database, execution), execution);
}

/** Tries, and again whenever the queue has changed, until there is something or the time is over. */
export function* waitForMessage({ statement, timeout }: WaitForMessage, execution: Execution): Work<StatementResult> {
  const { queue, database } = openQueue(statement, execution);
  if (statement.kind === "receive") requireProjection(statement, execution);
  const limit = timeout === undefined ? null : integerOf(timeout, execution);
  const deadline = limit === null || limit < 0 ? Infinity : Date.now() + limit;
  const broker = brokerOf(execution.session.server);
  for (;;) {
    if (database.objects.get(queue.id) !== queue) throw sqlError(208, [displayName(statement.queue.parts)]);
    if (!queue.receiveEnabled) throw sqlError(9617, [queue.name]);
    const change = broker.whenChanged(queue);
    try {
      if (statement.kind === "receive") {
        const messages = yield* take(statement, queue, database, execution);
        if (messages.length > 0 || Date.now() >= deadline) return yield* show(statement, messages, execution);
      } else {
        const group = nextGroup(queue, database, execution);
        if (group !== undefined || Date.now() >= deadline) return setGroup(statement, group, execution);
      }
      yield* pause(change.changed, deadline, broker, execution);
    } finally {
      change.cancel();
    }
  }
}

function* pause(changed: Promise<void>, deadline: number, broker: Broker, execution: Execution): Work<void> {
  const { interruption, spid } = own(execution);
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    if (deadline === Infinity) return;
    timer = setTimeout(resolve, Math.min(Math.max(deadline - Date.now(), 0), LONGEST_WAIT_MS));
    // Readers that the broker started do not keep a process alive.
    if ([...(broker.activator?.tasks ?? [])].some((task) => task.spid === spid)) timer.unref();
  });
  try {
    yield* interruption.waitFor(Promise.race([changed, over, interruption.whenEnded]));
  } finally {
    clearTimeout(timer);
  }
}

function openQueue(
  statement: Receive | GetConversationGroup,
  execution: Execution,
): { queue: Queue; database: Database } {
  const found = requireQueue(statement.queue, execution);
  if (!found.queue.receiveEnabled) throw sqlError(9617, [found.queue.name]);
  return found;
}

// ---- Choosing ------------------------------------------------------------------------------------------------------

function readyIn(queue: Queue, database: Database): QueuedMessage[] {
  return [...database.queuedMessages.values()].filter(
    (message) => message.queueId === queue.id && message.status === 1,
  );
}

/** Highest priority first, then the order of arrival. */
const byUrgency = (a: QueuedMessage, b: QueuedMessage): number => b.priority - a.priority || a.order - b.order;

/** The first group with messages that no other transaction holds. It is locked. */
function nextGroup(queue: Queue, database: Database, execution: Execution): string | undefined {
  const broker = brokerOf(execution.session.server);
  noticeRead(broker, queue, execution);
  const groups = new Set(
    readyIn(queue, database)
      .sort(byUrgency)
      .map((message) => message.groupId),
  );
  for (const group of groups) if (tryLockGroup(group, database, execution)) return group;
  broker.activity(queue).lastEmpty = Date.now();
  return undefined;
}

function noticeRead(broker: Broker, queue: Queue, execution: Execution): void {
  broker.activity(queue).ignored = false;
  for (const task of broker.activator?.tasks ?? []) {
    if (task.spid !== execution.session.spid || task.queue !== queue || task.received) continue;
    task.received = true;
    // One is at work now: whether there is enough for another is looked at again.
    broker.released();
  }
}

function* take(
  statement: Receive,
  queue: Queue,
  database: Database,
  execution: Execution,
): Work<readonly QueuedMessage[]> {
  const { session } = execution;
  const wanted = statement.where && (yield* lockWanted(statement.where, queue, database, execution));
  const broker = brokerOf(session.server);
  let messages: QueuedMessage[];
  if (wanted) {
    noticeRead(broker, queue, execution);
    messages = readyIn(queue, database).filter(wanted);
  } else {
    const group = nextGroup(queue, database, execution);
    messages = group === undefined ? [] : readyIn(queue, database).filter((message) => message.groupId === group);
  }
  const chosen = inOrder(messages).slice(0, limitOf(statement, execution));
  if (chosen.length === 0) return chosen;
  const { transaction } = session;
  broker.received(database, queue, transaction);
  for (const message of chosen)
    if (queue.retention) transaction.set(message, "status", 0);
    else transaction.remove(database.queuedMessages, message.order);
  return chosen;
}

/** Throws 8418, 8420, 8426 and 8436 for what is not of this queue. */
function* lockWanted(
  where: NonNullable<Receive["where"]>,
  queue: Queue,
  database: Database,
  execution: Execution,
): Work<(message: QueuedMessage) => boolean> {
  const id = guidOf(where.value, execution);
  const byHandle = where.column === "conversation_handle";
  if (id === null) throw sqlError(byHandle ? 8418 : 8420);
  const found = byHandle
    ? database.conversations.get(id)
    : [...database.conversations.values()].find((conversation) => conversation.groupId === id);
  if (!found || database.services.get(found.serviceId)?.queueId !== queue.id)
    throw sqlError(byHandle ? 8426 : 8436, [id]);
  yield* lockGroup(found.groupId, database, execution);
  return byHandle ? (message) => message.handle === id : (message) => message.groupId === id;
}

/** All of one conversation before another, the more urgent first; within one in the order in which they were sent. */
function inOrder(messages: readonly QueuedMessage[]): QueuedMessage[] {
  const conversations = new Map<string, QueuedMessage[]>();
  for (const message of messages) {
    const list = conversations.get(message.handle);
    if (list) list.push(message);
    else conversations.set(message.handle, [message]);
  }
  const lists = [...conversations.values()].map((list) => list.sort((a, b) => a.order - b.order));
  return lists.sort((a, b) => byUrgency(a[0]!, b[0]!)).flat();
}

function limitOf({ top }: Receive, execution: Execution): number {
  const { rowcount } = execution.session.options;
  const limit = rowcount > 0 ? rowcount : Infinity;
  if (!top) return limit;
  const count = integerOf(top, execution);
  if (count === null || count < 0) throw sqlError(127);
  return Math.min(limit, count);
}

// ---- Showing -------------------------------------------------------------------------------------------------------

/** Throws 8447 and 8450, and what is wrong with the columns before any message is taken. */
function requireProjection(statement: Receive, execution: Execution): void {
  const assigning = statement.items.filter((item) => item.kind === "assign").length;
  if (assigning > 0 && statement.into !== undefined) throw sqlError(8450);
  if (assigning > 0 && assigning < statement.items.length) throw sqlError(8447);
  const { tables } = execution.frame;
  tables.set(RECEIVED, messageTable([], execution));
  try {
    if (assigning === 0) execution.parts.query.describeQuery(projection(statement), execution);
  } finally {
    tables.delete(RECEIVED);
  }
}

function projection({ items, line }: Receive): Query {
  return {
    with: [],
    body: {
      kind: "select",
      distinct: false,
      items,
      from: [{ kind: "table-variable", variable: RECEIVED, line }],
      line,
    },
    orderBy: [],
    options: [],
    line,
  };
}

/** What RECEIVE gives is a SELECT over the messages that it took. */
function* show(statement: Receive, messages: readonly QueuedMessage[], execution: Execution): Work<StatementResult> {
  const { tables } = execution.frame;
  const { query } = execution.parts;
  tables.set(RECEIVED, messageTable(messages, execution));
  try {
    if (statement.into === undefined) return yield* query.select(projection(statement), execution);
    return yield* query.insert(
      {
        kind: "insert",
        with: [],
        target: { kind: "table-variable", variable: statement.into },
        source: { kind: "query", query: projection(statement) },
        line: statement.line,
      },
      execution,
    );
  } finally {
    tables.delete(RECEIVED);
  }
}

function setGroup(statement: GetConversationGroup, group: string | undefined, execution: Execution): StatementResult {
  const variable = execution.frame.variables.get(statement.variable.toLowerCase());
  if (!variable) throw sqlError(137, [statement.variable]);
  if (variable.type.name !== "uniqueidentifier")
    throw sqlError(8402, ["conversation group", "GET CONVERSATION GROUP", "uniqueidentifier", variable.type.name]);
  variable.value = group ?? null;
  return { hasResult: false };
}
