/** T-SQL that makes a queue and changes it. https://learn.microsoft.com/sql/t-sql/statements/alter-queue-transact-sql */
import type { Statement } from "../../contract";
import { displayName, quoteName, quoteNames, quoteText } from "../../engine/quoting";
import type { BrokerQueueRow } from "../../engine/snapshot/broker";
import { dataTimeoutSeconds, statement } from "../../engine/statement";
import { owned } from "./naming";
import type { DesiredQueue, LiveQueue } from "./queue";
import { activationClause, changedActivationClause, type Activation } from "./queue-activation";

const onOff = (value: boolean): string => (value ? "ON" : "OFF");

export type QueueName = Pick<BrokerQueueRow, "schemaName" | "name">;

export function shownQueue({ schemaName, name }: QueueName): string {
  return displayName(schemaName, name);
}

export function isEnabled({ isReceiveEnabled, isEnqueueEnabled }: BrokerQueueRow): boolean {
  return isReceiveEnabled && isEnqueueEnabled;
}

export function createBatch(desired: DesiredQueue): string {
  const { schema, name, enabled, retention, poisonMessageHandling, activation, filegroup } = desired;
  const options = [
    `STATUS = ${onOff(enabled)}`,
    `RETENTION = ${onOff(retention)}`,
    ...(activation === undefined ? [] : [activationClause(activation)]),
    `POISON_MESSAGE_HANDLING (STATUS = ${onOff(poisonMessageHandling)})`,
  ];
  const place = filegroup === undefined ? "" : ` ON ${quoteName(filegroup)}`;
  return `CREATE QUEUE ${quoteNames(schema, name)} WITH ${options.join(", ")}${place};`;
}

interface ChangedOption {
  readonly clause: string;
  readonly reverse: string;
}

function changedOptions(desired: DesiredQueue, live: LiveQueue): ChangedOption[] {
  const { row } = live;
  const found: ChangedOption[] = [];
  const change = (wanted: boolean, has: boolean, words: (value: boolean) => string): void => {
    if (wanted !== has) found.push({ clause: words(wanted), reverse: words(has) });
  };
  change(desired.retention, row.isRetentionEnabled, (value) => `RETENTION = ${onOff(value)}`);
  const activation = changedActivation(desired.activation, live);
  if (activation !== undefined) found.push(activation);
  change(
    desired.poisonMessageHandling,
    row.isPoisonMessageHandlingEnabled,
    (value) => `POISON_MESSAGE_HANDLING (STATUS = ${onOff(value)})`,
  );
  // One half of the switch alone cannot be said: STATUS sets both.
  const isHalf = row.isReceiveEnabled !== row.isEnqueueEnabled;
  if (desired.enabled !== isEnabled(row) || (isHalf && !desired.enabled))
    found.unshift({ clause: `STATUS = ${onOff(desired.enabled)}`, reverse: `STATUS = ${onOff(isEnabled(row))}` });
  return found;
}

const noActivation = "ACTIVATION (DROP)";

function changedActivation(
  wanted: Activation | undefined,
  { activation: has, names }: LiveQueue,
): ChangedOption | undefined {
  const procedure = has?.procedure;
  const back = has === undefined || procedure === undefined ? noActivation : activationClause({ ...has, procedure });
  if (wanted === undefined) return has === undefined ? undefined : { clause: noActivation, reverse: back };
  const clause = has === undefined ? activationClause(wanted) : changedActivationClause(wanted, has, names);
  return clause === undefined ? undefined : { clause, reverse: back };
}

/** Everything but the owner: where the messages lie first, because what is switched on may start readers at once. */
export function queueChanges(desired: DesiredQueue, live: LiveQueue): Statement[] {
  const { database, row, names } = live;
  const text = shownQueue(row);
  const alter = (what: string): string => `ALTER QUEUE ${quoteNames(row.schemaName, row.name)} ${what};`;
  const special = { object: owned("queue", text), idempotent: true };
  const statements: Statement[] = [];
  const { filegroup } = desired;
  if (filegroup !== undefined && !(row.filegroup !== null && names.equals(filegroup, row.filegroup))) {
    // As a text, because Microsoft's published grammar (ScriptDom) does not know MOVE TO; the server does from 2016 on.
    const move = (to: string): string => `EXEC (${quoteText(alter(`MOVE TO ${quoteName(to)}`))});`;
    statements.push(
      statement(database, `move queue ${text} to filegroup ${filegroup}`, move(filegroup), {
        ...special,
        timeoutSeconds: dataTimeoutSeconds,
        hazards: [
          { type: "long-lock", object: text, detail: "the queue is locked while its messages move to the filegroup" },
        ],
        ...(row.filegroup === null ? {} : { reverse: move(row.filegroup) }),
      }),
    );
  }
  const options = changedOptions(desired, live);
  if (options.length > 0) {
    const set = (clauses: readonly string[]): string => alter(`WITH ${clauses.join(", ")}`);
    statements.push(
      statement(database, `change queue ${text}`, set(options.map(({ clause }) => clause)), {
        ...special,
        reverse: set(options.map(({ reverse }) => reverse)),
      }),
    );
  }
  return statements;
}
