/**
 * Kind BrokerContract: which message types a conversation may carry, and who sends each. Reads sys.service_contracts and
 * sys.service_contract_message_usages. SQL Server changes nothing of a contract but its owner: another set of messages means DROP and
 * CREATE in one transaction, which ends its conversations. https://learn.microsoft.com/sql/t-sql/statements/create-contract-transact-sql
 */
import { z } from "zod";
import type { ChangeRule, Kind, Plan, PlanContext, Probe, Requirement, Statement } from "../../contract";
import { quoteName } from "../../engine/quoting";
import type { BrokerContractEntry, SentBy } from "../../engine/snapshot/broker";
import { statement } from "../../engine/statement";
import { InputIssues } from "../input-issues";
import { nameInput } from "../name-input";
import { hosts, refusalsOfPlatform } from "./availability";
import { amount, conversationsOfContract, countedConversations, lossHazards } from "./loss";
import {
  creation,
  dropOf,
  dropPlan,
  keptPlan,
  namedKind,
  ownedChanges,
  ownedInputs,
  ownerChange,
  ownerOf,
  remade,
  withOwner,
  type LiveNamed,
  type NamedIdentity,
  type OwnedForm,
} from "./named-object";
import { checkOwnName, isSystemName, owned } from "./naming";
import { authorizationClause, permissionClasses, principalRequirement } from "./owner";
import { topologyObservations } from "./topology-catalog";

const form: OwnedForm<BrokerContractEntry> = {
  noun: "contract",
  rows: ({ contracts }) => contracts,
  rename:
    "SQL Server renames no contracts: make a second one, add it to the services, let the initiators use it, and remove this one when its conversations have ended",
  permissionClass: permissionClasses.contract,
  id: ({ contractId }) => contractId,
};

// ---- Inputs ----------------------------------------------------------------------------------------------------------

const BrokerContractInputs = z.strictObject({
  ...ownedInputs("Name of the contract, compared byte by byte with the far side's."),
  messages: z
    .record(nameInput("Message type; DEFAULT is the one of SQL Server."), z.enum(["initiator", "target", "any"]))
    .describe(
      "Message types with who sends each; at least one that the initiator may send. A change ends the conversations on the contract and needs the consent messages-lost where there are any; without loss: a second contract beside it.",
    ),
});
export type BrokerContractInputs = z.infer<typeof BrokerContractInputs>;

// ---- Change rules ----------------------------------------------------------------------------------------------------

const changes = {
  ...ownedChanges(form.rename),
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
  checkOwnName(form.noun, name, issues);
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

type LiveContract = LiveNamed<BrokerContractEntry>;

function isSame(left: ReadonlyMap<string, SentBy>, right: ReadonlyMap<string, SentBy>): boolean {
  return left.size === right.size && [...left].every(([message, sentBy]) => right.get(message) === sentBy);
}

// ---- Probes ----------------------------------------------------------------------------------------------------------

function probes(desired: DesiredContract | undefined, live: LiveContract | undefined): readonly Probe[] {
  if (live === undefined || (desired !== undefined && isSame(desired.messages, live.row.messages))) return [];
  return [conversationsOfContract(live.database, live.row.contractId)];
}

// ---- Plan ------------------------------------------------------------------------------------------------------------

function createBatch(name: string, authorization: string | undefined, messages: ReadonlyMap<string, SentBy>): string {
  const lines = [...messages]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([message, sentBy]) => `  ${quoteName(message)} SENT BY ${sentBy.toUpperCase()}`);
  return `CREATE CONTRACT ${quoteName(name)}${authorizationClause(authorization)} (\n${lines.join(",\n")}\n);`;
}

function messageTypeRequirements({ name, messages }: DesiredContract): Requirement[] {
  return [...messages.keys()]
    .filter((message) => !isSystemName(message))
    .map((message) => ({ type: "message type", name: message, neededBy: `contract "${name}"` }));
}

/** What DROP CONTRACT takes away, as the probe counted it. */
function conversationLoss(name: string, context: PlanContext): Partial<Statement> {
  const count = countedConversations(context);
  const detail = `ends the conversations on the contract with an error: ${amount(count, "conversation")}`;
  return { hazards: lossHazards(name, [count], detail) };
}

function plan(desired: DesiredContract, live: LiveContract | undefined, context: PlanContext): Plan {
  const { name, authorization, messages } = desired;
  const refusals = refusalsOfPlatform(context);
  const requires = [...principalRequirement(authorization, `contract "${name}"`), ...messageTypeRequirements(desired)];
  const outcome = { notes: [], owns: [owned(form.noun, name)], requires };
  if (live === undefined)
    return { ...outcome, ...creation(form, desired, createBatch(name, authorization, messages), refusals, context) };
  if (!isSame(messages, live.row.messages)) {
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
  const statements = ownerChange(form, live, authorization, context);
  return {
    ...outcome,
    statements,
    refusals,
    observations: statements.length > 0 ? [] : topologyObservations(context, { type: form.noun, name }),
  };
}

/** Whatever names the contract lets go of it first (3716) and takes it up again. */
function replacement(
  { name, authorization, messages }: DesiredContract,
  live: LiveContract,
  context: PlanContext,
): Statement[] {
  const { broker } = context.catalog.database;
  const services = broker.services.filter(({ contracts }) => contracts.includes(name));
  const priorities = broker.priorities.filter(({ contract }) => contract === name);
  const alterServices = (label: string, verb: string): Statement[] =>
    services.map((service) =>
      statement(
        live.database,
        `${label} service ${service.name}`,
        `ALTER SERVICE ${quoteName(service.name)} (${verb} CONTRACT ${quoteName(name)});`,
      ),
    );
  const alterPriorities = (label: string, to: string): Statement[] =>
    priorities.map((priority) =>
      statement(
        live.database,
        `${label} priority ${priority.name}`,
        `ALTER BROKER PRIORITY ${quoteName(priority.name)} FOR CONVERSATION SET (CONTRACT_NAME = ${to});`,
      ),
    );
  const out = `take contract ${name} out of`;
  const back = `put contract ${name} into`;
  return [
    ...alterServices(out, "DROP"),
    ...alterPriorities(out, "ANY"),
    ...remade(
      form,
      live,
      authorization,
      (owner) => createBatch(name, owner, messages),
      context,
      conversationLoss(name, context),
    ),
    ...alterPriorities(back, quoteName(name)),
    ...alterServices(back, "ADD"),
  ];
}

// ---- Plan of the delete ----------------------------------------------------------------------------------------------

function planDelete(live: LiveContract, context: PlanContext): Plan {
  const { name, messages } = live.row;
  const { broker } = context.catalog.database;
  const users = [
    ...broker.services
      .filter((service) => service.contracts.includes(name))
      .map((service) => `service "${service.name}"`),
    ...broker.priorities
      .filter((priority) => priority.contract === name)
      .map((priority) => `broker priority "${priority.name}"`),
  ];
  if (users.length > 0) return keptPlan(`contract "${name}" is used by ${users.join(", ")}; take it out there first`);
  return dropPlan(
    dropOf(form, live, {
      ...conversationLoss(name, context),
      reverse: createBatch(name, ownerOf(live.row), messages),
    }),
  );
}

// ---- Inputs from live, outputs ---------------------------------------------------------------------------------------

function inputsFromLive(live: LiveContract, old: BrokerContractInputs): BrokerContractInputs {
  const inputs = withOwner(old, live);
  const { messages } = live.row;
  if (!isSame(new Map(Object.entries(old.messages)), messages)) inputs.messages = Object.fromEntries(messages);
  return inputs;
}

// ---- Documentation and registration ----------------------------------------------------------------------------------

export const brokerContractKind: Kind<BrokerContractInputs, DesiredContract, NamedIdentity, LiveContract> = {
  ...namedKind(form),
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
  desired,
  probes,
  plan,
  planDelete,
  inputsFromLive,
  outputs: (_desired, { row }) => ({ contractId: row.contractId }),
  outputNames: ["contractId"],
};
