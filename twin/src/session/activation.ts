/**
 * Activation: sessions of the server's own that run the procedures of queues. Nothing is sent to a client: what a procedure says goes to the
 * broker's log. Rules: reference sheet "service broker" 17.
 */
import type { ActivatedTask, Activator, Broker } from "../broker/broker";
import { groupResource } from "../broker/conversation";
import { ownerOf } from "../security/ownership";
import type { Database, Queue } from "../storage/model";
import type { QueueActivation } from "../storage/model-broker";
import type { SqlServerEngine } from "./engine";
import { callFound, findProcedure } from "./execute";
import { report } from "./interpreter";
import { sqlError } from "./messages";
import type { Sink } from "./port";
import type { Execution, Work } from "./runtime";
import type { EngineSession } from "./session";
import { SqlError } from "./sql-error";

const OWNER = -2;
/** A reader that has left makes way for the next after this time, so that a failing procedure cannot take the process for itself. */
const PAUSE_MS = 5;

interface Running {
  readonly session: EngineSession;
  readonly finished: Promise<void>;
}

export class EngineActivator implements Activator {
  private readonly running = new Map<ActivatedTask, Running>();
  private stopped = false;

  constructor(
    private readonly engine: SqlServerEngine,
    private readonly broker: Broker,
  ) {}

  get tasks(): Iterable<ActivatedTask> {
    return this.running.keys();
  }

  /** One more reader, when messages wait that nobody reads and the queue allows it. */
  consider(database: Database, queue: Queue): void {
    const { activation } = queue;
    if (!isThere(this.engine, database, queue)) return;
    if (this.stopped || !activation?.enabled || !queue.receiveEnabled || !database.options.brokerEnabled) return;
    const activity = this.broker.activity(queue);
    if (activity.waiting > 0 || activity.ignored) return;
    const readers = [...this.running.keys()].filter((task) => task.queue === queue);
    if (readers.length >= activation.maxReaders || readers.some((task) => !task.received)) return;
    if (!this.hasFreeMessage(database, queue)) return;
    this.start(database, queue, activation);
  }

  async stop(database?: Database): Promise<void> {
    if (!database) this.stopped = true;
    const ending = [...this.running].filter(([task]) => !database || task.database === database);
    for (const [, { session }] of ending) session.kill();
    await Promise.all(ending.map(([, { finished }]) => finished));
  }

  private hasFreeMessage(database: Database, queue: Queue): boolean {
    for (const message of database.queuedMessages.values()) {
      if (message.queueId !== queue.id || message.status !== 1) continue;
      if (this.engine.locks.others(groupResource(database, message.groupId), 0).length === 0) return true;
    }
    return false;
  }

  private start(database: Database, queue: Queue, activation: QueueActivation): void {
    const activity = this.broker.activity(queue);
    const userId = activation.executeAs === OWNER ? ownerOf(database, queue) : activation.executeAs;
    const user = database.principals.get(userId);
    if (!user) {
      activity.ignored = true;
      this.broker.write(sqlError(9613, [queue.name]), database, queue);
      return;
    }
    const session = this.engine.openInternal(database);
    const [, schema, name] = activation.procedure;
    const procedure = `[${activation.procedure.join("].[")}]`;
    const task: ActivatedTask = {
      spid: session.spid,
      database,
      queue,
      procedure: `[${schema}].[${name}]`,
      executeAs: userId,
      received: false,
    };
    activity.lastActivated = Date.now();
    const sink = new ActivationLog(this.broker, task);
    const finished = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() =>
        session.request(procedure, sink, () => {
          session.identities.push(session.loginOf(user), user, true);
          return runActivated(activation, session, sink);
        }),
      )
      .then(() => this.ended(task, session, sink));
    this.running.set(task, { session, finished });
  }

  private ended(task: ActivatedTask, session: EngineSession, sink: ActivationLog): void {
    const { database, queue } = task;
    if (session.transactionCount > 0) {
      session.rollbackAll();
      this.broker.write(sqlError(8415, [task.procedure]), database, queue);
    }
    const { killed } = session.interruption;
    session.close();
    this.running.delete(task);
    if (this.stopped) return;
    if (sink.failure) this.broker.write(sqlError(28088, [sink.failure.number, sink.failure.state]), database, queue);
    if (!task.received && !killed) {
      this.broker.activity(queue).ignored = true;
      this.broker.write(sqlError(28087, [task.procedure]), database, queue);
    }
    setTimeout(() => this.consider(database, queue), PAUSE_MS).unref();
  }
}

function isThere({ server }: SqlServerEngine, database: Database, queue: Queue): boolean {
  return server.databases.get(server.key(database.name)) === database && database.objects.get(queue.id) === queue;
}

function* runActivated(activation: QueueActivation, session: EngineSession, sink: Sink): Work<void> {
  const frame = (session.frame = session.batchFrame());
  const execution: Execution = session.execution(frame, {
    columns: () => undefined,
    row: () => undefined,
    message: (error) => sink.message(error),
  });
  try {
    const [database, schema, name] = activation.procedure;
    const parts = database === frame.database.name ? [schema, name] : [database, schema, name];
    yield* callFound(findProcedure({ parts, line: 1 }, execution), [], execution);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    report(error, 1, execution);
  }
}

/** Texts and errors of a procedure as lines of the log. */
class ActivationLog implements Sink {
  failure: SqlError | undefined;

  constructor(
    private readonly broker: Broker,
    private readonly task: ActivatedTask,
  ) {}

  message(error: SqlError): void {
    if (error.severity > 10) this.failure = error;
    const { database, queue, procedure } = this.task;
    this.broker.write(sqlError(9724, [procedure, queue.name, error.message]), database, queue);
  }
  columns(): void {}
  row(): void {}
  done(): void {}
  environment(): void {}
  returnStatus(): void {}
  returnValue(): void {}
}
