/**
 * Kind BrokerService: an end of conversations, with its queue and the contracts that it accepts as target. Reads sys.services,
 * sys.service_queue_usages and sys.service_contract_usages. Queue and contracts change by ALTER SERVICE.
 * https://learn.microsoft.com/sql/t-sql/statements/alter-service-transact-sql
 */
import { z } from "zod";
import type {
  CatalogSnapshot,
  ChangeRule,
  Kind,
  Plan,
  PlanContext,
  Probe,
  Requirement,
  Statement,
} from "../../contract";
import { quoteName, quoteNames } from "../../engine/quoting";
import type { BrokerServiceEntry } from "../../engine/snapshot/broker";
import { InputIssues } from "../input-issues";
import { nameInput } from "../name-input";
import { hosts, refusalsOfPlatform } from "./availability";
import {
  amount,
  conversationsAtTarget,
  conversationsOfService,
  countedConversations,
  countedMessages,
  lossHazards,
  messagesInQueue,
} from "./loss";
import {
  changeOf,
  creation,
  dropOf,
  dropPlan,
  keptPlan,
  listed,
  namedKind,
  ownedChanges,
  ownedInputs,
  ownerChange,
  ownerOf,
  readNamed,
  withOwner,
  type LiveNamed,
  type NamedIdentity,
  type OwnedForm,
} from "./named-object";
import { checkOwnName, isSystemName, owned, SchemaObjectInput, schemaObject, shown, type SchemaObject } from "./naming";
import { authorizationClause, permissionClasses, principalRequirement } from "./owner";
import { topologyObservations } from "./topology-catalog";

const form: OwnedForm<BrokerServiceEntry> = {
  noun: "service",
  rows: ({ services }) => services,
  rename:
    "SQL Server renames no services, and others know it by name: make a second one on the same queue, let the others use it, and remove this one when its conversations have ended",
  permissionClass: permissionClasses.service,
  id: ({ serviceId }) => serviceId,
};

// ---- Inputs ----------------------------------------------------------------------------------------------------------

const BrokerServiceInputs = z.strictObject({
  ...ownedInputs("Name of the service, compared byte by byte with what others call it."),
  queue: SchemaObjectInput.describe("Queue of the same database. Changes in place: the messages move along."),
  contracts: z
    .array(nameInput("Contract; DEFAULT is the one of SQL Server."))
    .optional()
    .describe(
      "All contracts that it accepts as target; an initiator needs none. Changes in place; taking one away that conversations use needs the consent messages-lost. Default none.",
    ),
});
export type BrokerServiceInputs = z.infer<typeof BrokerServiceInputs>;

// ---- Change rules ----------------------------------------------------------------------------------------------------

const changes = {
  ...ownedChanges(form.rename),
  queue: "plan",
  contracts: "plan",
} as const satisfies Record<keyof BrokerServiceInputs, ChangeRule>;

// ---- Desired ---------------------------------------------------------------------------------------------------------

export interface DesiredService {
  readonly database: string;
  readonly name: string;
  readonly authorization: string | undefined;
  readonly queue: SchemaObject;
  readonly contracts: readonly string[];
}

function desired({ database, name, authorization, queue, contracts = [] }: BrokerServiceInputs): DesiredService {
  const issues = new InputIssues();
  checkOwnName(form.noun, name, issues);
  contracts.forEach((contract, index) => {
    if (contracts.indexOf(contract) !== index)
      issues.add(`contracts[${index}]`, `"${contract}" is named twice (8404); leave it out`);
  });
  issues.throwIfAny();
  return { database, name, authorization, queue: schemaObject(queue), contracts: [...contracts].sort() };
}

// ---- Read ------------------------------------------------------------------------------------------------------------

export interface LiveService extends LiveNamed<BrokerServiceEntry> {
  /** Ids of the contracts by name, for counting. */
  readonly contractIds: ReadonlyMap<string, number>;
}

function read(catalog: CatalogSnapshot, identity: NamedIdentity): LiveService | undefined {
  const live = readNamed(form, catalog, identity);
  const { contracts } = catalog.database.broker;
  return live && { ...live, contractIds: new Map(contracts.map(({ name, contractId }) => [name, contractId])) };
}

/** The queue that it is bound to now. */
function queueOf({ row }: LiveService): SchemaObject {
  return { schema: row.queueSchema, name: row.queueName };
}

function isSameQueue({ queue }: DesiredService, { row, names }: LiveService): boolean {
  return names.equals(queue.schema, row.queueSchema) && names.equals(queue.name, row.queueName);
}

function removedContracts({ contracts }: DesiredService, { row }: LiveService): string[] {
  return row.contracts.filter((contract) => !contracts.includes(contract)).sort();
}

// ---- Probes ----------------------------------------------------------------------------------------------------------

function probes(desired: DesiredService | undefined, live: LiveService | undefined): readonly Probe[] {
  if (live === undefined) return [];
  const { database, row, contractIds } = live;
  if (desired === undefined) {
    return [conversationsOfService(database, row.serviceId), messagesInQueue(database, queueOf(live), row.serviceId)];
  }
  const removed = removedContracts(desired, live);
  if (removed.length === 0) return [];
  const ids = removed.map((contract) => contractIds.get(contract));
  // The id of a built-in contract is not in the catalog's rows: then all conversations of the target count.
  const isKnown = ids.every((id) => id !== undefined);
  return [conversationsAtTarget(database, row.serviceId, isKnown ? ids : [])];
}

// ---- Plan ------------------------------------------------------------------------------------------------------------

function createBatch({ name, authorization, queue, contracts }: Omit<DesiredService, "database">): string {
  const accepted = contracts.length === 0 ? "" : ` (${contracts.map(quoteName).join(", ")})`;
  return `CREATE SERVICE ${quoteName(name)}${authorizationClause(authorization)} ON QUEUE ${quoteNames(queue.schema, queue.name)}${accepted};`;
}

function requirements({ name, authorization, queue, contracts }: DesiredService): Requirement[] {
  const neededBy = `service "${name}"`;
  return [
    { type: "object", name: shown(queue), neededBy },
    ...contracts
      .filter((contract) => !isSystemName(contract))
      .map((contract) => ({ type: "contract", name: contract, neededBy }) as const),
    ...principalRequirement(authorization, neededBy),
  ];
}

function plan(desired: DesiredService, live: LiveService | undefined, context: PlanContext): Plan {
  const { name, authorization, queue } = desired;
  const refusals = refusalsOfPlatform(context);
  const outcome = { notes: [], owns: [owned(form.noun, name)], requires: requirements(desired) };
  const other = context.catalog.database.findTable(queue.schema, queue.name);
  if (other !== undefined) refusals.push({ property: "queue", reason: `"${shown(queue)}" is a table; name a queue` });
  if (live === undefined) return { ...outcome, ...creation(form, desired, createBatch(desired), refusals, context) };
  const statements = [...ownerChange(form, live, authorization, context), ...alterStatements(desired, live, context)];
  return {
    ...outcome,
    statements,
    refusals,
    notes: isSameQueue(desired, live)
      ? []
      : ["The messages of the service move to the new queue; whoever reads the old one finds them no more."],
    observations: statements.length > 0 ? [] : topologyObservations(context, { type: form.noun, name }),
  };
}

/** ALTER SERVICE without an effect is an error (8493). */
function alterStatements(desired: DesiredService, live: LiveService, context: PlanContext): Statement[] {
  const { name, queue, contracts } = desired;
  const moves = !isSameQueue(desired, live);
  const added = contracts.filter((contract) => !live.row.contracts.includes(contract));
  const removed = removedContracts(desired, live);
  if (!moves && added.length === 0 && removed.length === 0) return [];
  const alter = (to: SchemaObject, add: readonly string[], drop: readonly string[]): string => {
    const items = [
      ...add.map((each) => `ADD CONTRACT ${quoteName(each)}`),
      ...drop.map((each) => `DROP CONTRACT ${quoteName(each)}`),
    ];
    const onQueue = moves ? ` ON QUEUE ${quoteNames(to.schema, to.name)}` : "";
    return `ALTER SERVICE ${quoteName(name)}${onQueue}${items.length === 0 ? "" : ` (${items.join(", ")})`};`;
  };
  const count = countedConversations(context);
  const detail = `the service accepts ${removed.map((each) => `"${each}"`).join(", ")} no more, which may end conversations with an error: ${amount(count, "conversation")}`;
  return [
    changeOf(form, live, alter(queue, added, removed), {
      idempotent: false,
      hazards: removed.length === 0 ? [] : lossHazards(name, [count], detail),
      reverse: alter(queueOf(live), removed, added),
    }),
  ];
}

// ---- Plan of the delete ----------------------------------------------------------------------------------------------

function planDelete(live: LiveService, context: PlanContext): Plan {
  const { name, contracts } = live.row;
  const priorities = context.catalog.database.broker.priorities.filter(({ localService }) => localService === name);
  if (priorities.length > 0)
    return keptPlan(
      `service "${name}" is named by broker ${listed("priority", "priorities", priorities)}; remove them or take it out there first`,
    );
  const conversations = countedConversations(context);
  const messages = countedMessages(context);
  const detail = `ends its conversations (the far sides get an error) and throws its messages away: ${amount(conversations, "conversation")}, ${amount(messages, "message")}`;
  return dropPlan(
    dropOf(form, live, {
      hazards: lossHazards(name, [conversations, messages], detail),
      reverse: createBatch({ name, authorization: ownerOf(live.row), queue: queueOf(live), contracts }),
    }),
  );
}

// ---- Inputs from live, outputs ---------------------------------------------------------------------------------------

function inputsFromLive(live: LiveService, old: BrokerServiceInputs): BrokerServiceInputs {
  const { contracts } = live.row;
  const inputs = withOwner(old, live);
  const was = desired(old);
  if (!isSameQueue(was, live)) inputs.queue = queueOf(live);
  const isSame = was.contracts.length === contracts.length && removedContracts(was, live).length === 0;
  if (!isSame) inputs.contracts = [...contracts].sort();
  return inputs;
}

// ---- Documentation and registration ----------------------------------------------------------------------------------

export const brokerServiceKind: Kind<BrokerServiceInputs, DesiredService, NamedIdentity, LiveService> = {
  ...namedKind(form),
  name: "BrokerService",
  inputs: BrokerServiceInputs,
  changes,
  documentation: {
    summary: "A service of Service Broker: its queue and the contracts that it accepts.",
    changesInPlace: ["queue (messages move along)", "contracts", "owner (permissions are kept)"],
    refused: [
      "rename",
      "drop while a priority names it",
      "drop with conversations or messages, without messages-lost",
      "a contract taken away while conversations use it, without messages-lost",
    ],
    hosts,
  },
  desired,
  read,
  probes,
  plan,
  planDelete,
  inputsFromLive,
  outputs: (_desired, { row }) => ({ serviceId: row.serviceId }),
  outputNames: ["serviceId"],
};
