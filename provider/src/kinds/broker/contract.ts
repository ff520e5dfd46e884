/**
 * Kind BrokerContract: which message types a conversation may carry, and who sends each. Reads sys.service_contracts and
 * sys.service_contract_message_usages. SQL Server changes nothing of a contract but its owner: another set of messages means DROP and
 * CREATE in one transaction, which ends its conversations. https://learn.microsoft.com/sql/t-sql/statements/create-contract-transact-sql
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
import { quoteName } from "../../engine/quoting";
import type { BrokerContractEntry, SentBy } from "../../engine/snapshot/broker";
import { statement } from "../../engine/statement";
import { InputIssues } from "../input-issues";
import { nameInput } from "../name-input";
import { hosts, refusalsOfPlatform } from "./availability";
import { amount, conversationsOfContract, countedConversations, lossHazards } from "./loss";
import {
  byName,
  checkOwnName,
  describe,
  isSystemName,
  key,
  owned,
  refusalsOfName,
  type BrokerIdentity,
} from "./naming";
import {
  authorizationClause,
  authorizationInput,
  ownerStatements,
  permissionClasses,
  permissionsAgain,
  principalRequirement,
  type Securable,
} from "./owner";
import { topologyObservations } from "./topology-catalog";

const noun = "contract";

// ---- Inputs ----------------------------------------------------------------------------------------------------------

const BrokerContractInputs = z.strictObject({
  ...commonInputs,
  database: databaseInput,
  name: nameInput("Name of the contract, compared byte by byte with the far side's. Cannot change."),
  authorization: authorizationInput,
  messages: z
    .record(nameInput("Message type; DEFAULT is the one of SQL Server."), z.enum(["initiator", "target", "any"]))
    .describe(
      "Message types with who sends each; at least one that the initiator may send. A change ends the conversations on the contract and needs the consent messages-lost where there are any; without loss: a second contract beside it.",
    ),
});
export type BrokerContractInputs = z.infer<typeof BrokerContractInputs>;

// ---- Change rules ----------------------------------------------------------------------------------------------------

const renameRefusal =
  "SQL Server renames no contracts: make a second one, add it to the services, let the initiators use it, and remove this one when its conversations have ended";

const changes = {
  ...commonChanges,
  database: databaseChange,
  name: { refuse: renameRefusal },
  authorization: "plan",
  messages: "plan",
} as const satisfies Record<keyof BrokerContractInputs, ChangeRule>;

// ---- Desired ---------------------------------------------------------------------------------------------------------

export interface DesiredContract {
  readonly database: string;
  readonly name: string;
  readonly authorization: string | undefined;
  readonly messages: ReadonlyMap<string, SentBy>;
}

function desired({ database, name, authorization, messages }: BrokerContractInputs): DesiredContract {
  const issues = new InputIssues();
  checkOwnName(noun, name, issues);
  const entries = Object.entries(messages);
  if (!entries.some(([, sentBy]) => sentBy !== "target"))
    issues.add(
      "messages",
      "nothing that the initiator may send, so no conversation could begin (8492); give one message initiator or any",
    );
  for (const [message] of entries.filter(([message]) => message !== "DEFAULT" && isSystemName(message)))
    issues.add("messages", `"${message}" is a message of SQL Server that every conversation may carry; leave it out`);
  issues.throwIfAny();
  return { database, name, authorization, messages: new Map(entries) };
}

// ---- Read ------------------------------------------------------------------------------------------------------------

export interface LiveContract {
  readonly database: string;
  readonly contract: BrokerContractEntry;
  readonly names: NameComparer;
}

function read(catalog: CatalogSnapshot, { database, name }: BrokerIdentity): LiveContract | undefined {
  const contract = byName(catalog.database.broker.contracts, name);
  if (contract === undefined) return undefined;
  return { database: catalog.databaseRow?.name ?? database, contract, names: catalog.names };
}

function isSame(left: ReadonlyMap<string, SentBy>, right: ReadonlyMap<string, SentBy>): boolean {
  return left.size === right.size && [...left].every(([message, sentBy]) => right.get(message) === sentBy);
}

// ---- Probes ----------------------------------------------------------------------------------------------------------

function probes(desired: DesiredContract | undefined, live: LiveContract | undefined): readonly Probe[] {
  if (live === undefined || (desired !== undefined && isSame(desired.messages, live.contract.messages))) return [];
  return [conversationsOfContract(live.database, live.contract.contractId)];
}

// ---- Plan ------------------------------------------------------------------------------------------------------------

function createBatch(name: string, authorization: string | undefined, messages: ReadonlyMap<string, SentBy>): string {
  const lines = [...messages]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([message, sentBy]) => `  ${quoteName(message)} SENT BY ${sentBy.toUpperCase()}`);
  return `CREATE CONTRACT ${quoteName(name)}${authorizationClause(authorization)} (\n${lines.join(",\n")}\n);`;
}

function securable({ database, contract }: LiveContract): Securable {
  return {
    database,
    text: `CONTRACT::${quoteName(contract.name)}`,
    permissionClass: permissionClasses.contract,
    id: contract.contractId,
    object: owned(noun, contract.name),
  };
}

function messageTypeRequirements({ name, messages }: DesiredContract): Requirement[] {
  return [...messages.keys()]
    .filter((message) => !isSystemName(message))
    .map((message) => ({ type: "message type", name: message, neededBy: `contract "${name}"` }));
}

function plan(desired: DesiredContract, live: LiveContract | undefined, context: PlanContext): Plan {
  const { database, name, authorization, messages } = desired;
  const refusals = refusalsOfPlatform(context);
  const requires = [...principalRequirement(authorization, `contract "${name}"`), ...messageTypeRequirements(desired)];
  const outcome = { notes: [] as string[], owns: [owned(noun, name)], requires };
  if (live === undefined) {
    refusals.push(...refusalsOfName(noun, name, context.catalog.database.broker.contracts, context, renameRefusal));
    const create = statement(database, `create contract ${name}`, createBatch(name, authorization, messages), {
      object: owned(noun, name),
      reverse: `DROP CONTRACT ${quoteName(name)};`,
    });
    return { ...outcome, statements: refusals.length > 0 ? [] : [create], refusals };
  }
  if (!isSame(messages, live.contract.messages)) {
    return {
      ...outcome,
      statements: replacement(desired, live, context),
      refusals,
      notes: [
        "A contract never changes: it is dropped and made again, and the services and priorities that name it are changed around that in the same transaction. " +
          "To keep its conversations, make a second contract, add it to the services, and remove this one when its conversations have ended.",
      ],
    };
  }
  const statements = ownerStatements(securable(live), live.contract.owner, authorization, context);
  return {
    ...outcome,
    statements,
    refusals,
    observations: statements.length > 0 ? [] : topologyObservations(context, { type: noun, name }),
  };
}

/** Whatever names the contract lets go of it first (3716) and takes it up again. */
function replacement(desired: DesiredContract, live: LiveContract, context: PlanContext): Statement[] {
  const { name } = desired;
  const { database, contract } = live;
  const { broker } = context.catalog.database;
  const services = broker.services.filter((service) => service.contracts.includes(name));
  const priorities = broker.priorities.filter((priority) => priority.contract === name);
  const owner = desired.authorization ?? (contract.owner === "" ? undefined : contract.owner);
  const alterService = (service: string, what: string): string =>
    `ALTER SERVICE ${quoteName(service)} (${what} CONTRACT ${quoteName(name)});`;
  const alterPriority = (priority: string, to: string): string =>
    `ALTER BROKER PRIORITY ${quoteName(priority)} FOR CONVERSATION SET (CONTRACT_NAME = ${to});`;
  const count = countedConversations(context);
  const again = permissionsAgain(securable(live), owner ?? "", context);
  return [
    ...services.map((service) =>
      statement(database, `take contract ${name} out of service ${service.name}`, alterService(service.name, "DROP")),
    ),
    ...priorities.map((priority) =>
      statement(
        database,
        `take contract ${name} out of priority ${priority.name}`,
        alterPriority(priority.name, "ANY"),
      ),
    ),
    statement(database, `drop contract ${name}`, `DROP CONTRACT ${quoteName(name)};`, {
      object: owned(noun, name),
      hazards: lossHazards(
        name,
        [count],
        `ends the conversations on the contract with an error: ${amount(count, "conversation")}`,
      ),
    }),
    statement(database, `create contract ${name}`, createBatch(name, owner, desired.messages), {
      object: owned(noun, name),
    }),
    ...(again.length === 0
      ? []
      : [
          statement(database, `give the permissions on contract ${name} again`, again.join("\n"), {
            object: owned(noun, name),
          }),
        ]),
    ...priorities.map((priority) =>
      statement(
        database,
        `put contract ${name} into priority ${priority.name}`,
        alterPriority(priority.name, quoteName(name)),
      ),
    ),
    ...services.map((service) =>
      statement(database, `put contract ${name} into service ${service.name}`, alterService(service.name, "ADD")),
    ),
  ];
}

// ---- Plan of the delete ----------------------------------------------------------------------------------------------

function planDelete({ database, contract }: LiveContract, context: PlanContext): Plan {
  const { name } = contract;
  const { broker } = context.catalog.database;
  const users = [
    ...broker.services
      .filter((service) => service.contracts.includes(name))
      .map((service) => `service "${service.name}"`),
    ...broker.priorities
      .filter((priority) => priority.contract === name)
      .map((priority) => `broker priority "${priority.name}"`),
  ];
  const outcome = { notes: [], owns: [] };
  if (users.length > 0) {
    const reason = `contract "${name}" is used by ${users.join(", ")}; take it out there first`;
    return { ...outcome, statements: [], refusals: [{ property: "", reason }] };
  }
  const count = countedConversations(context);
  const drop = statement(database, `drop contract ${name}`, `DROP CONTRACT ${quoteName(name)};`, {
    object: owned(noun, name),
    hazards: lossHazards(
      name,
      [count],
      `ends the conversations on the contract with an error: ${amount(count, "conversation")}`,
    ),
    reverse: createBatch(name, contract.owner === "" ? undefined : contract.owner, contract.messages),
  });
  return { ...outcome, statements: [drop], refusals: [] };
}

// ---- Inputs from live, outputs ---------------------------------------------------------------------------------------

function inputsFromLive({ contract, names }: LiveContract, old: BrokerContractInputs): BrokerContractInputs {
  const inputs = { ...old };
  if (old.authorization !== undefined && !names.equals(old.authorization, contract.owner))
    inputs.authorization = contract.owner;
  if (!isSame(new Map(Object.entries(old.messages)), contract.messages))
    inputs.messages = Object.fromEntries(contract.messages);
  return inputs;
}

// ---- Documentation and registration ----------------------------------------------------------------------------------

export const brokerContractKind: Kind<BrokerContractInputs, DesiredContract, BrokerIdentity, LiveContract> = {
  name: "BrokerContract",
  inputs: BrokerContractInputs,
  changes,
  documentation: {
    summary: "A contract of Service Broker: message types and who sends them.",
    changesInPlace: ["owner (permissions are kept)"],
    refused: [
      "rename",
      "other messages while conversations use it, without messages-lost",
      "drop while a service or a priority names it",
      "drop while conversations use it, without messages-lost",
    ],
    hosts,
  },
  database: (inputs) => inputs.database,
  desired,
  identity: ({ database, name }) => ({ database, name }),
  key,
  describe: describe(noun),
  read,
  existing: (live) => [owned(noun, live.contract.name)],
  probes,
  plan,
  planDelete,
  inputsFromLive,
  outputs: (_desired, { contract }) => ({ contractId: contract.contractId }),
  outputNames: ["contractId"],
};
