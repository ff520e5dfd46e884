/**
 * Kind BrokerPriority: which conversations are served first, from 1 to 10. Reads sys.conversation_priorities. Everything but the name
 * changes in place; a conversation keeps the level that it began with.
 * https://learn.microsoft.com/sql/t-sql/statements/create-broker-priority-transact-sql
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
  type Requirement,
} from "../../contract";
import { quoteName, quoteText } from "../../engine/quoting";
import type { BrokerPriorityRow } from "../../engine/snapshot/broker";
import { statement } from "../../engine/statement";
import { nameInput } from "../name-input";
import { hosts, refusalsOfPlatform } from "./availability";
import { byName, describe, isSystemName, key, owned, refusalsOfName, type BrokerIdentity } from "./naming";

const noun = "broker priority";

// ---- Inputs ----------------------------------------------------------------------------------------------------------

const BrokerPriorityInputs = z.strictObject({
  ...commonInputs,
  database: databaseInput,
  name: nameInput("Name of the priority. Cannot change."),
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
    .describe("1 to 10, the highest first. Changes in place, for conversations that begin later. Default 5."),
});
export type BrokerPriorityInputs = z.infer<typeof BrokerPriorityInputs>;

// ---- Change rules ----------------------------------------------------------------------------------------------------

const renameRefusal = "SQL Server renames no priorities: make a second one, then remove this one";

const changes = {
  ...commonChanges,
  database: databaseChange,
  name: { refuse: renameRefusal },
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

export interface LivePriority extends PriorityScope {
  readonly database: string;
  readonly row: BrokerPriorityRow;
}

function read(catalog: CatalogSnapshot, { database, name }: BrokerIdentity): LivePriority | undefined {
  const row = byName(catalog.database.broker.priorities, name);
  if (row === undefined) return undefined;
  return {
    database: catalog.databaseRow?.name ?? database,
    row,
    contract: row.contract ?? undefined,
    localService: row.localService ?? undefined,
    remoteService: row.remoteService ?? undefined,
    level: row.level,
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

function plan(desired: DesiredPriority, live: LivePriority | undefined, context: PlanContext): Plan {
  const { database, name } = desired;
  const outcome = { owns: [owned(noun, name)], requires: requirements(desired), notes: [] };
  const refusals = refusalsOfPlatform(context);
  if (live === undefined) {
    refusals.push(...refusalsOfName(noun, name, context.catalog.database.broker.priorities, context, renameRefusal));
    const create = statement(database, `create broker priority ${name}`, createBatch(name, desired), {
      object: owned(noun, name),
      reverse: `DROP BROKER PRIORITY ${quoteName(name)};`,
    });
    return { ...outcome, statements: refusals.length > 0 ? [] : [create], refusals };
  }
  const changed = clauses(desired, live);
  if (changed.length === 0) return { ...outcome, statements: [], refusals };
  const alter = (to: readonly string[]): string =>
    `ALTER BROKER PRIORITY ${quoteName(name)} FOR CONVERSATION SET (${to.join(", ")});`;
  const change = statement(database, `change broker priority ${name}`, alter(changed), {
    object: owned(noun, name),
    reverse: alter(clauses(live, desired)),
    idempotent: true,
  });
  return {
    ...outcome,
    statements: [change],
    refusals,
    notes: ["Conversations that run keep the priority that they began with."],
  };
}

// ---- Plan of the delete ----------------------------------------------------------------------------------------------

function planDelete(live: LivePriority): Plan {
  const { database, row } = live;
  const drop = statement(database, `drop broker priority ${row.name}`, `DROP BROKER PRIORITY ${quoteName(row.name)};`, {
    object: owned(noun, row.name),
    reverse: createBatch(row.name, live),
  });
  return { statements: [drop], refusals: [], notes: [], owns: [] };
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

export const brokerPriorityKind: Kind<BrokerPriorityInputs, DesiredPriority, BrokerIdentity, LivePriority> = {
  name: "BrokerPriority",
  inputs: BrokerPriorityInputs,
  changes,
  documentation: {
    summary: "A priority of conversations.",
    changesInPlace: ["contract, services, level"],
    refused: ["rename"],
    hosts,
  },
  database: (inputs) => inputs.database,
  desired,
  identity: ({ database, name }) => ({ database, name }),
  key,
  describe: describe(noun),
  read,
  existing: (live) => [owned(noun, live.row.name)],
  probes: () => [],
  plan,
  planDelete,
  inputsFromLive,
  outputs: (_desired, { row }) => ({ priorityLevel: row.level }),
  outputNames: ["priorityLevel"],
};
