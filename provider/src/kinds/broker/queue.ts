/**
 * Kind BrokerQueue: a queue with its switches and its activation. Reads sys.service_queues. Everything but the name changes by
 * ALTER QUEUE; a queue is never made anew. The server switches a queue off after five rolled-back receives: that is drift, and the next
 * apply switches it on again. https://learn.microsoft.com/sql/t-sql/statements/alter-queue-transact-sql
 */
import { z } from "zod";
import {
  type CatalogSnapshot,
  type ChangeRule,
  type Kind,
  type Plan,
  type PlanContext,
  type Probe,
  type Refusal,
  type Requirement,
} from "../../contract";
import { nameComparer, type NameComparer } from "../../engine/names";
import { displayName, quoteName, quoteNames, quoteText } from "../../engine/quoting";
import type { BrokerQueueRow } from "../../engine/snapshot/broker";
import { statement } from "../../engine/statement";
import { InputIssues } from "../input-issues";
import { nameInput } from "../name-input";
import { hosts, refusalsOfPlatform } from "./availability";
import { amount, countedMessages, lossHazards, messagesInQueue } from "./loss";
import { dropPlan, keptPlan, listed, ownedChanges, ownedInputs, withOwner } from "./named-object";
import { owned, shown } from "./naming";
import { ownerStatements, permissionClasses, principalRequirement, refusalsOfUser, type Securable } from "./owner";
import {
  ActivationInput,
  activationOf,
  changedActivationClause,
  isOwner,
  isSameProcedure,
  liveActivation,
  type Activation,
  type LiveActivation,
} from "./queue-activation";
import { createBatch, isEnabled, queueChanges, shownQueue, type QueueName } from "./queue-changes";
import { topologyObservations } from "./topology-catalog";

const noun = "queue";

// ---- Inputs ----------------------------------------------------------------------------------------------------------

const BrokerQueueInputs = z.strictObject({
  ...ownedInputs("Name of the queue."),
  schema: nameInput('Schema of the queue. Cannot change. Default "dbo".').optional(),
  enabled: z
    .boolean()
    .optional()
    .describe("Messages enter and leave. false: they wait at their senders. Changes in place. Default true."),
  retention: z
    .boolean()
    .optional()
    .describe("Every message stays in the queue until its conversation has ended. Changes in place. Default false."),
  poisonMessageHandling: z
    .boolean()
    .optional()
    .describe("Five receives in a row that are rolled back switch the queue off. Changes in place. Default true."),
  filegroup: nameInput(
    "Filegroup of the messages. Changes in place, with the queue locked while they move. Default: left where it is; at first the default filegroup.",
  ).optional(),
  activation: ActivationInput.optional().describe(
    "Procedure that the server starts when messages wait. Changes in place; taking it away drops the activation. Default none.",
  ),
});
export type BrokerQueueInputs = z.infer<typeof BrokerQueueInputs>;

// ---- Change rules ----------------------------------------------------------------------------------------------------

const renameRefusal =
  "SQL Server documents no rename of queues: make a second queue, point the services at it (ALTER SERVICE ON QUEUE takes their messages along), and remove this one";

const changes = {
  ...ownedChanges(renameRefusal),
  schema: { refuse: renameRefusal },
  enabled: "plan",
  retention: "plan",
  poisonMessageHandling: "plan",
  filegroup: "plan",
  activation: "plan",
} as const satisfies Record<keyof BrokerQueueInputs, ChangeRule>;

// ---- Desired ---------------------------------------------------------------------------------------------------------

export interface DesiredQueue {
  readonly database: string;
  readonly schema: string;
  readonly name: string;
  readonly authorization: string | undefined;
  readonly enabled: boolean;
  readonly retention: boolean;
  readonly poisonMessageHandling: boolean;
  readonly filegroup: string | undefined;
  readonly activation: Activation | undefined;
}

function desired(inputs: BrokerQueueInputs): DesiredQueue {
  const issues = new InputIssues();
  const { database, schema = "dbo", name, authorization, filegroup } = inputs;
  if (name.startsWith("#")) issues.add("name", `"${name}" begins with #, which no queue may; choose another name`);
  if (filegroup?.toUpperCase() === "DEFAULT")
    issues.add("filegroup", `"${filegroup}" means whichever is the default; name the filegroup, or leave it out`);
  const procedure = inputs.activation?.procedure.name;
  if (procedure?.startsWith("#") === true)
    issues.add("activation.procedure", `"${procedure}" is temporary (9742); name a procedure that stays`);
  if (inputs.activation?.executeAs?.toUpperCase() === "SELF")
    issues.add(
      "activation.executeAs",
      "SELF is whoever deploys, so two people would undo each other's; name the user, or OWNER",
    );
  issues.throwIfAny();
  return {
    database,
    schema,
    name,
    authorization,
    enabled: inputs.enabled ?? true,
    retention: inputs.retention ?? false,
    poisonMessageHandling: inputs.poisonMessageHandling ?? true,
    filegroup,
    activation: inputs.activation === undefined ? undefined : activationOf(inputs.activation),
  };
}

// ---- Identity --------------------------------------------------------------------------------------------------------

type QueueIdentity = { readonly database: string; readonly schema: string; readonly name: string };

// ---- Read ------------------------------------------------------------------------------------------------------------

export interface LiveQueue {
  readonly database: string;
  readonly row: BrokerQueueRow;
  readonly activation: LiveActivation | undefined;
  readonly names: NameComparer;
}

/** The name of a queue never leaves the database, so it compares in its collation. */
function read(catalog: CatalogSnapshot, { database, schema, name }: QueueIdentity): LiveQueue | undefined {
  const { names, server } = catalog;
  const row = catalog.database.broker.queues.find(
    (queue) => names.equals(queue.schemaName, schema) && names.equals(queue.name, name),
  );
  if (row === undefined) return undefined;
  const here = catalog.databaseRow?.name ?? database;
  return {
    database: here,
    row,
    activation: liveActivation(row, here, nameComparer(server.properties.collation)),
    names,
  };
}

// ---- Probes ----------------------------------------------------------------------------------------------------------

const procedureKey = "activationProcedure";

function probes(desired: DesiredQueue | undefined, live: LiveQueue | undefined): readonly Probe[] {
  if (desired === undefined) {
    return live === undefined
      ? []
      : [messagesInQueue(live.database, { schema: live.row.schemaName, name: live.row.name })];
  }
  const { activation } = desired;
  if (
    activation === undefined ||
    (live !== undefined && isSameProcedure(activation.procedure, live.activation?.procedure, live.names))
  )
    return [];
  const { schema, name } = activation.procedure;
  const query = `SELECT COUNT(*) AS parameters FROM sys.parameters AS p WHERE p.object_id = OBJECT_ID(${quoteText(quoteNames(schema, name))});`;
  return [{ key: procedureKey, query }];
}

// ---- Plan ------------------------------------------------------------------------------------------------------------

const offNote =
  "The queue is off although it should be on: the server does that after five rolled-back receives (poison message), or a person did. " +
  "It is switched on again; look for the message that cannot be processed first, or it goes off again.";

function plan(desired: DesiredQueue, live: LiveQueue | undefined, context: PlanContext): Plan {
  const { database, schema, name, activation, authorization, filegroup } = desired;
  const text = displayName(schema, name);
  const needs = `queue "${text}"`;
  const user = activation === undefined || isOwner(activation.executeAs) ? undefined : activation.executeAs;
  const requires: Requirement[] = [
    { type: "schema", name: schema, neededBy: needs },
    ...(activation === undefined
      ? []
      : [{ type: "object", name: shown(activation.procedure), neededBy: needs } as const]),
    ...(filegroup === undefined ? [] : [{ type: "filegroup", name: filegroup, neededBy: needs } as const]),
    ...principalRequirement(user, needs),
    ...principalRequirement(authorization, needs),
  ];
  const refusals = [
    ...refusalsOfPlatform(context),
    ...activationRefusals(desired, context),
    ...(user === undefined ? [] : refusalsOfUser("activation.executeAs", user, 9611, context)),
    ...filegroupRefusals(desired, live, context),
  ];
  const outcome = { owns: [owned(noun, live === undefined ? text : shownQueue(live.row))], requires };
  if (live === undefined) {
    refusals.push(...refusalsToCreate(desired, context));
    const create = statement(database, `create queue ${text}`, createBatch(desired), {
      object: owned(noun, text),
      reverse: `DROP QUEUE ${quoteNames(schema, name)};`,
    });
    const queue = securable(database, { schemaName: schema, name, objectId: 0 });
    const statements = [create, ...ownerStatements(queue, undefined, authorization, context)];
    return { ...outcome, statements: refusals.length > 0 ? [] : statements, refusals, notes: [] };
  }
  const statements = [
    ...ownerStatements(securable(database, live.row), live.row.owner ?? undefined, authorization, context),
    ...queueChanges(desired, live),
  ];
  return {
    ...outcome,
    statements,
    refusals,
    notes: [
      ...(desired.enabled && !isEnabled(live.row) ? [offNote] : []),
      ...(desired.retention && !live.row.isRetentionEnabled
        ? ["RETENTION keeps every message until its conversation has ended and slows the queue down."]
        : []),
    ],
    observations:
      statements.length > 0 ? [] : topologyObservations(context, { type: noun, name: shownQueue(live.row) }),
  };
}

/** A queue that is made now has no permissions yet: `objectId` 0. */
function securable(database: string, row: QueueName & Pick<BrokerQueueRow, "objectId">): Securable {
  return {
    database,
    text: `OBJECT::${quoteNames(row.schemaName, row.name)}`,
    permissionClass: permissionClasses.object,
    id: row.objectId,
    object: owned(noun, shownQueue(row)),
  };
}

function refusalsToCreate({ schema, name }: DesiredQueue, { owned: rows, catalog, names }: PlanContext): Refusal[] {
  const refusals: Refusal[] = [];
  const text = displayName(schema, name);
  const earlier = rows.find((object) => object.type === noun && !names.equals(object.name, text));
  if (earlier !== undefined) {
    const reason = `this resource owns queue "${earlier.name}", and a changed name would leave it behind: ${renameRefusal}`;
    refusals.push({ property: "name", reason });
  }
  const other = catalog.database.findTable(schema, name) ?? catalog.database.findObject(schema, name);
  if (other !== undefined)
    refusals.push({ property: "name", reason: `"${text}" exists and is no queue; choose another name` });
  return refusals;
}

function filegroupRefusals(
  { filegroup }: DesiredQueue,
  live: LiveQueue | undefined,
  { catalog, names }: PlanContext,
): Refusal[] {
  const found = catalog.database.filegroups.find(
    ({ name }) => filegroup !== undefined && names.equals(name, filegroup),
  );
  const isThere = live?.row.filegroup != null && found !== undefined && names.equals(live.row.filegroup, found.name);
  if (found === undefined || isThere) return [];
  const refuse = (reason: string): Refusal[] => [{ property: "filegroup", reason }];
  if (found.type !== "FG") return refuse(`filegroup "${found.name}" is not for rows; name one that is`);
  return found.isReadOnly ? refuse(`filegroup "${found.name}" is read-only; name another`) : [];
}

/** Types of sys.objects that can be activated: procedures in T-SQL and CLR. */
const procedureTypes = ["P", "PC"];

/** What of the procedure the catalog shows; one that is not there yet is a requirement. */
function activationRefusals({ activation }: DesiredQueue, { catalog, answers }: PlanContext): Refusal[] {
  if (activation === undefined) return [];
  const { schema, name } = activation.procedure;
  const object = catalog.database.findObject(schema, name) ?? catalog.database.findTable(schema, name);
  if (object === undefined) return [];
  const refuse = (reason: string): Refusal[] => [{ property: "activation.procedure", reason }];
  if (!("type" in object) || !procedureTypes.includes(object.type))
    return refuse(`"${displayName(schema, name)}" is no procedure (9614, 9620); name one`);
  const parameters = Number(answers.get(procedureKey)?.["parameters"] ?? 0);
  return parameters > 0
    ? refuse(
        `"${displayName(schema, name)}" has ${parameters === 1 ? "a parameter" : `${parameters} parameters`}, and the server starts only procedures without any (9653)`,
      )
    : [];
}

// ---- Plan of the delete ----------------------------------------------------------------------------------------------

function planDelete(live: LiveQueue, context: PlanContext): Plan {
  const { database, row, names } = live;
  const text = shownQueue(row);
  const services = context.catalog.database.broker.services.filter(
    (service) => names.equals(service.queueSchema, row.schemaName) && names.equals(service.queueName, row.name),
  );
  if (services.length > 0)
    return keptPlan(
      `queue "${text}" is bound to ${listed("service", "services", services)}; remove them or give them another queue first`,
    );
  const count = countedMessages(context);
  return dropPlan(
    statement(database, `drop queue ${text}`, `DROP QUEUE ${quoteNames(row.schemaName, row.name)};`, {
      object: owned(noun, text),
      hazards: lossHazards(text, [count], `throws away what is in the queue: ${amount(count, "message")}`),
    }),
  );
}

// ---- Inputs from live, outputs ---------------------------------------------------------------------------------------

function inputsFromLive(live: LiveQueue, old: BrokerQueueInputs): BrokerQueueInputs {
  const { row, names, activation } = live;
  const inputs = withOwner(old, live);
  if (old.filegroup !== undefined && row.filegroup !== null && !names.equals(old.filegroup, row.filegroup))
    inputs.filegroup = row.filegroup;
  if ((old.enabled ?? true) !== isEnabled(row)) inputs.enabled = isEnabled(row);
  if ((old.retention ?? false) !== row.isRetentionEnabled) inputs.retention = row.isRetentionEnabled;
  if ((old.poisonMessageHandling ?? true) !== row.isPoisonMessageHandlingEnabled)
    inputs.poisonMessageHandling = row.isPoisonMessageHandlingEnabled;
  const wanted = old.activation === undefined ? undefined : activationOf(old.activation);
  if (activation === undefined) delete inputs.activation;
  else if (wanted === undefined || changedActivationClause(wanted, activation, names) !== undefined) {
    const { maxReaders, executeAs, enabled } = activation;
    const procedure = activation.procedure ?? { name: row.activationProcedure ?? "" };
    inputs.activation = { procedure, maxReaders, enabled, ...(executeAs === "" ? {} : { executeAs }) };
  }
  return inputs;
}

// ---- Documentation and registration ----------------------------------------------------------------------------------

export const brokerQueueKind: Kind<BrokerQueueInputs, DesiredQueue, QueueIdentity, LiveQueue> = {
  name: "BrokerQueue",
  inputs: BrokerQueueInputs,
  changes,
  documentation: {
    summary: "A queue of Service Broker: switches and activation.",
    changesInPlace: [
      "on and off",
      "retention",
      "poison message handling",
      "filegroup",
      "activation, its procedure, readers and user",
      "owner (permissions are kept)",
    ],
    refused: [
      "rename and move to another schema",
      "activation of what is no procedure or has parameters",
      "EXECUTE AS SELF, a role or a group",
      "a filegroup that is read-only or not for rows",
      "drop while a service uses it",
      "drop with messages, without messages-lost",
    ],
    hosts,
  },
  database: (inputs) => inputs.database,
  desired,
  identity: ({ database, schema, name }) => ({ database, schema, name }),
  key: ({ database, schema, name }) => `${database}/${displayName(schema, name)}`,
  describe: ({ database, schema, name }) => `queue "${displayName(schema, name)}" in database "${database}"`,
  read,
  existing: (live) => [owned(noun, shownQueue(live.row))],
  probes,
  plan,
  planDelete,
  inputsFromLive,
  outputs: (_desired, { row }) => ({
    queueId: row.objectId,
    queueName: `${quoteName(row.schemaName)}.${quoteName(row.name)}`,
  }),
  outputNames: ["queueId", "queueName"],
};
