/**
 * Kind BrokerService: an end of conversations, with its queue and the contracts that it accepts as target. Reads sys.services,
 * sys.service_queue_usages and sys.service_contract_usages. Queue and contracts change by ALTER SERVICE.
 * https://learn.microsoft.com/sql/t-sql/statements/alter-service-transact-sql
 */
import { z } from "zod";
import {
  commonChanges,
  commonInputs,
  databaseChange,
  databaseInput,
  type CatalogSnapshot,
  type ChangeRule,
  type Kind,
  type Plan,
  type PlanContext,
  type Probe,
  type Requirement,
  type Statement,
} from "../../contract";
import type { NameComparer } from "../../engine/names";
import { quoteName, quoteNames } from "../../engine/quoting";
import type { BrokerServiceEntry } from "../../engine/snapshot/broker";
import { statement } from "../../engine/statement";
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
  byName,
  checkOwnName,
  describe,
  isSystemName,
  key,
  owned,
  refusalsOfName,
  SchemaObjectInput,
  schemaObject,
  shown,
  type BrokerIdentity,
  type SchemaObject,
} from "./naming";
import {
  authorizationClause,
  authorizationInput,
  ownerStatements,
  permissionClasses,
  principalRequirement,
  type Securable,
} from "./owner";
import { topologyObservations } from "./topology-catalog";

const noun = "service";

// ---- Inputs ----------------------------------------------------------------------------------------------------------

const BrokerServiceInputs = z.strictObject({
  ...commonInputs,
  database: databaseInput,
  name: nameInput("Name of the service, compared byte by byte with what others call it. Cannot change."),
  authorization: authorizationInput,
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

const renameRefusal =
  "SQL Server renames no services, and others know it by name: make a second one on the same queue, let the others use it, and remove this one when its conversations have ended";

const changes = {
  ...commonChanges,
  database: databaseChange,
  name: { refuse: renameRefusal },
  authorization: "plan",
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
  checkOwnName(noun, name, issues);
  contracts.forEach((contract, index) => {
    if (contracts.indexOf(contract) !== index)
      issues.add(`contracts[${index}]`, `"${contract}" is named twice (8404); leave it out`);
  });
  issues.throwIfAny();
  return { database, name, authorization, queue: schemaObject(queue), contracts: [...contracts].sort() };
}

// ---- Read ------------------------------------------------------------------------------------------------------------

export interface LiveService {
  readonly database: string;
  readonly service: BrokerServiceEntry;
  /** Ids of the contracts by name, for counting. */
  readonly contractIds: ReadonlyMap<string, number>;
  readonly names: NameComparer;
}

function read(catalog: CatalogSnapshot, { database, name }: BrokerIdentity): LiveService | undefined {
  const { broker } = catalog.database;
  const service = byName(broker.services, name);
  if (service === undefined) return undefined;
  return {
    database: catalog.databaseRow?.name ?? database,
    service,
    contractIds: new Map(broker.contracts.map((contract) => [contract.name, contract.contractId])),
    names: catalog.names,
  };
}

function isSameQueue({ queue }: DesiredService, { service, names }: LiveService): boolean {
  return names.equals(queue.schema, service.queueSchema) && names.equals(queue.name, service.queueName);
}

function removedContracts({ contracts }: DesiredService, { service }: LiveService): string[] {
  return service.contracts.filter((contract) => !contracts.includes(contract)).sort();
}

// ---- Probes ----------------------------------------------------------------------------------------------------------

function probes(desired: DesiredService | undefined, live: LiveService | undefined): readonly Probe[] {
  if (live === undefined) return [];
  const { database, service, contractIds } = live;
  if (desired === undefined) {
    return [
      conversationsOfService(database, service.serviceId),
      messagesInQueue(database, { schema: service.queueSchema, name: service.queueName }, service.serviceId),
    ];
  }
  const removed = removedContracts(desired, live);
  if (removed.length === 0) return [];
  const ids = removed.map((contract) => contractIds.get(contract));
  // The id of a built-in contract is not in the catalog's rows: then all conversations of the target count.
  const isKnown = ids.every((id) => id !== undefined);
  return [conversationsAtTarget(database, service.serviceId, isKnown ? ids : [])];
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

function securable({ database, service }: LiveService): Securable {
  return {
    database,
    text: `SERVICE::${quoteName(service.name)}`,
    permissionClass: permissionClasses.service,
    id: service.serviceId,
    object: owned(noun, service.name),
  };
}

function plan(desired: DesiredService, live: LiveService | undefined, context: PlanContext): Plan {
  const { database, name, authorization, queue } = desired;
  const refusals = refusalsOfPlatform(context);
  const outcome = { owns: [owned(noun, name)], requires: requirements(desired) };
  const other = context.catalog.database.findTable(queue.schema, queue.name);
  if (other !== undefined) refusals.push({ property: "queue", reason: `"${shown(queue)}" is a table; name a queue` });
  if (live === undefined) {
    refusals.push(...refusalsOfName(noun, name, context.catalog.database.broker.services, context, renameRefusal));
    const create = statement(database, `create service ${name}`, createBatch(desired), {
      object: owned(noun, name),
      reverse: `DROP SERVICE ${quoteName(name)};`,
    });
    return { ...outcome, statements: refusals.length > 0 ? [] : [create], refusals, notes: [] };
  }
  const moves = !isSameQueue(desired, live);
  const statements = [
    ...ownerStatements(securable(live), live.service.owner, authorization, context),
    ...alterStatements(desired, live, context),
  ];
  return {
    ...outcome,
    statements,
    refusals,
    notes: moves
      ? ["The messages of the service move to the new queue; whoever reads the old one finds them no more."]
      : [],
    observations: statements.length > 0 ? [] : topologyObservations(context, { type: noun, name }),
  };
}

/** ALTER SERVICE without an effect is an error (8493). */
function alterStatements(desired: DesiredService, live: LiveService, context: PlanContext): Statement[] {
  const { database, name, queue, contracts } = desired;
  const { service } = live;
  const moves = !isSameQueue(desired, live);
  const added = contracts.filter((contract) => !service.contracts.includes(contract));
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
    statement(database, `change service ${name}`, alter(queue, added, removed), {
      object: owned(noun, name),
      hazards: removed.length === 0 ? [] : lossHazards(name, [count], detail),
      reverse: alter({ schema: service.queueSchema, name: service.queueName }, removed, added),
    }),
  ];
}

// ---- Plan of the delete ----------------------------------------------------------------------------------------------

function planDelete({ database, service }: LiveService, context: PlanContext): Plan {
  const { name } = service;
  const outcome = { notes: [], owns: [] };
  const priorities = context.catalog.database.broker.priorities.filter((priority) => priority.localService === name);
  if (priorities.length > 0) {
    const named = priorities.map((priority) => `"${priority.name}"`).join(", ");
    const reason = `service "${name}" is named by broker ${priorities.length === 1 ? "priority" : "priorities"} ${named}; remove them or take it out there first`;
    return { ...outcome, statements: [], refusals: [{ property: "", reason }] };
  }
  const conversations = countedConversations(context);
  const messages = countedMessages(context);
  const drop = statement(database, `drop service ${name}`, `DROP SERVICE ${quoteName(name)};`, {
    object: owned(noun, name),
    hazards: lossHazards(
      name,
      [conversations, messages],
      `ends its conversations (the far sides get an error) and throws its messages away: ${amount(conversations, "conversation")}, ${amount(messages, "message")}`,
    ),
    reverse: createBatch({
      name,
      authorization: service.owner === "" ? undefined : service.owner,
      queue: { schema: service.queueSchema, name: service.queueName },
      contracts: service.contracts,
    }),
  });
  return { ...outcome, statements: [drop], refusals: [] };
}

// ---- Inputs from live, outputs ---------------------------------------------------------------------------------------

function inputsFromLive(live: LiveService, old: BrokerServiceInputs): BrokerServiceInputs {
  const { service, names } = live;
  const inputs = { ...old };
  const was = desired(old);
  if (old.authorization !== undefined && !names.equals(old.authorization, service.owner))
    inputs.authorization = service.owner;
  if (!isSameQueue(was, live)) inputs.queue = { schema: service.queueSchema, name: service.queueName };
  const isSame = was.contracts.length === service.contracts.length && removedContracts(was, live).length === 0;
  if (!isSame) inputs.contracts = [...service.contracts].sort();
  return inputs;
}

// ---- Documentation and registration ----------------------------------------------------------------------------------

export const brokerServiceKind: Kind<BrokerServiceInputs, DesiredService, BrokerIdentity, LiveService> = {
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
  database: (inputs) => inputs.database,
  desired,
  identity: ({ database, name }) => ({ database, name }),
  key,
  describe: describe(noun),
  read,
  existing: (live) => [owned(noun, live.service.name)],
  probes,
  plan,
  planDelete,
  inputsFromLive,
  outputs: (_desired, { service }) => ({ serviceId: service.serviceId }),
  outputNames: ["serviceId"],
};
