/**
 * Kind BrokerPriority: which conversations are served first, from 1 to 10. Reads sys.conversation_priorities. Everything but the name
 * changes in place; a conversation keeps the level that it began with.
 * https://learn.microsoft.com/sql/t-sql/statements/create-broker-priority-transact-sql
 */
import { z } from "zod";
import type { CatalogSnapshot, ChangeRule, Kind, Plan, PlanContext, Requirement } from "../../contract";
import { quoteName, quoteText } from "../../engine/quoting";
import type { BrokerPriorityRow } from "../../engine/snapshot/broker";
import { nameInput } from "../name-input";
import { hosts, refusalsOfPlatform } from "./availability";
import {
  changeOf,
  creation,
  dropOf,
  dropPlan,
  namedChanges,
  namedInputs,
  namedKind,
  readNamed,
  type LiveNamed,
  type NamedForm,
  type NamedIdentity,
} from "./named-object";
import { isSystemName, owned } from "./naming";

const form: NamedForm<BrokerPriorityRow> = {
  noun: "broker priority",
  rows: ({ priorities }) => priorities,
  rename: "SQL Server renames no priorities: make a second one, then remove this one",
};

// ---- Inputs ----------------------------------------------------------------------------------------------------------

const BrokerPriorityInputs = z.strictObject({
  ...namedInputs("Name of the priority."),
  contract: nameInput("Contract of the conversations. Changes in place. Default: any.").optional(),
  localService: nameInput("Service of this database at one end. Changes in place. Default: any.").optional(),
  remoteService: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe("Service at the other end, compared byte by byte. Changes in place. Default: any."),
  level: z
    .number()
    .int()
    .min(1)
    .max(10)
    .optional()
    .describe(
      "1 to 10, the highest first; between servers only with honorBrokerPriority of the database. Changes in place, for conversations that begin later. Default 5.",
    ),
});
export type BrokerPriorityInputs = z.infer<typeof BrokerPriorityInputs>;

// ---- Change rules ----------------------------------------------------------------------------------------------------

const changes = {
  ...namedChanges(form.rename),
  contract: "plan",
  localService: "plan",
  remoteService: "plan",
  level: "plan",
} as const satisfies Record<keyof BrokerPriorityInputs, ChangeRule>;

// ---- Desired ---------------------------------------------------------------------------------------------------------

interface PriorityScope {
  readonly contract: string | undefined;
  readonly localService: string | undefined;
  readonly remoteService: string | undefined;
  readonly level: number;
}
export interface DesiredPriority extends PriorityScope {
  readonly database: string;
  readonly name: string;
}

function desired({
  database,
  name,
  contract,
  localService,
  remoteService,
  level = 5,
}: BrokerPriorityInputs): DesiredPriority {
  return { database, name, contract, localService, remoteService, level };
}

// ---- Read ------------------------------------------------------------------------------------------------------------

export interface LivePriority extends PriorityScope, LiveNamed<BrokerPriorityRow> {}

function read(catalog: CatalogSnapshot, identity: NamedIdentity): LivePriority | undefined {
  const live = readNamed(form, catalog, identity);
  if (live === undefined) return undefined;
  const { contract, localService, remoteService, level } = live.row;
  return {
    ...live,
    contract: contract ?? undefined,
    localService: localService ?? undefined,
    remoteService: remoteService ?? undefined,
    level,
  };
}

// ---- Plan ------------------------------------------------------------------------------------------------------------

const words: { readonly [Part in keyof PriorityScope]: (value: PriorityScope[Part]) => string } = {
  contract: (value) => `CONTRACT_NAME = ${value === undefined ? "ANY" : quoteName(value)}`,
  localService: (value) => `LOCAL_SERVICE_NAME = ${value === undefined ? "ANY" : quoteName(value)}`,
  remoteService: (value) => `REMOTE_SERVICE_NAME = ${value === undefined ? "ANY" : quoteText(value)}`,
  level: (value) => `PRIORITY_LEVEL = ${value}`,
};

function clauses(wanted: PriorityScope, has: PriorityScope | undefined): string[] {
  const clause = <Part extends keyof PriorityScope>(part: Part): string[] =>
    has !== undefined && wanted[part] === has[part] ? [] : [words[part](wanted[part])];
  return [...clause("contract"), ...clause("localService"), ...clause("remoteService"), ...clause("level")];
}

function requirements({ name, contract, localService }: DesiredPriority): Requirement[] {
  const neededBy = `broker priority "${name}"`;
  return [
    ...(contract === undefined || isSystemName(contract)
      ? []
      : [{ type: "contract", name: contract, neededBy } as const]),
    ...(localService === undefined || isSystemName(localService)
      ? []
      : [{ type: "service", name: localService, neededBy } as const]),
  ];
}

function createBatch(name: string, scope: PriorityScope): string {
  return `CREATE BROKER PRIORITY ${quoteName(name)} FOR CONVERSATION SET (${clauses(scope, undefined).join(", ")});`;
}

/** Between servers a level counts only with HONOR_BROKER_PRIORITY; where messages are received it always does. */
function transmissionObservations({ remoteService, level }: DesiredPriority, { catalog }: PlanContext): string[] {
  const { database, databaseRow } = catalog;
  const isNear = database.broker.services.some(({ name }) => name === remoteService);
  if (databaseRow === undefined || databaseRow.isHonorBrokerPriority || isNear) return [];
  return [
    `the database has HONOR_BROKER_PRIORITY OFF: level ${level} counts where messages are received, and not on their way to another server; honorBrokerPriority: true of the Database switches it on`,
  ];
}

function plan(desired: DesiredPriority, live: LivePriority | undefined, context: PlanContext): Plan {
  const { name } = desired;
  const outcome = {
    notes: [],
    owns: [owned(form.noun, name)],
    requires: requirements(desired),
    observations: transmissionObservations(desired, context),
  };
  const refusals = refusalsOfPlatform(context);
  if (live === undefined)
    return { ...outcome, ...creation(form, desired, createBatch(name, desired), refusals, context) };
  const changed = clauses(desired, live);
  if (changed.length === 0) return { ...outcome, statements: [], refusals };
  const alter = (to: readonly string[]): string =>
    `ALTER BROKER PRIORITY ${quoteName(name)} FOR CONVERSATION SET (${to.join(", ")});`;
  return {
    ...outcome,
    statements: [changeOf(form, live, alter(changed), { reverse: alter(clauses(live, desired)) })],
    refusals,
    notes: ["Conversations that run keep the priority that they began with."],
  };
}

// ---- Plan of the delete ----------------------------------------------------------------------------------------------

function planDelete(live: LivePriority): Plan {
  return dropPlan(dropOf(form, live, { reverse: createBatch(live.row.name, live) }));
}

// ---- Inputs from live, outputs ---------------------------------------------------------------------------------------

function inputsFromLive(live: LivePriority, old: BrokerPriorityInputs): BrokerPriorityInputs {
  const inputs = { ...old };
  const set = (part: "contract" | "localService" | "remoteService", value: string | undefined): void => {
    if (value === undefined) delete inputs[part];
    else inputs[part] = value;
  };
  set("contract", live.contract);
  set("localService", live.localService);
  set("remoteService", live.remoteService);
  if ((old.level ?? 5) !== live.level) inputs.level = live.level;
  return inputs;
}

// ---- Documentation and registration ----------------------------------------------------------------------------------

export const brokerPriorityKind: Kind<BrokerPriorityInputs, DesiredPriority, NamedIdentity, LivePriority> = {
  ...namedKind(form),
  name: "BrokerPriority",
  inputs: BrokerPriorityInputs,
  changes,
  documentation: {
    summary: "A priority of conversations.",
    changesInPlace: ["contract, services, level"],
    refused: ["rename"],
    hosts,
  },
  desired,
  read,
  plan,
  planDelete,
  inputsFromLive,
  outputs: (_desired, { row }) => ({ priorityLevel: row.level }),
  outputNames: ["priorityLevel"],
};
