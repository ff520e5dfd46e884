/**
 * Kind BrokerMessageType: a type of message and how its bodies are checked. Reads sys.service_message_types.
 * Both ends of a conversation need the same name, byte for byte; there is no rename.
 * https://learn.microsoft.com/sql/t-sql/statements/create-message-type-transact-sql
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
} from "../../contract";
import type { NameComparer } from "../../engine/names";
import { quoteName, quoteNames } from "../../engine/quoting";
import type { BrokerMessageTypeRow } from "../../engine/snapshot/broker";
import { statement } from "../../engine/statement";
import { InputIssues } from "../input-issues";
import { nameInput } from "../name-input";
import { hosts, refusalsOfPlatform } from "./availability";
import {
  byName,
  checkOwnName,
  describe,
  key,
  owned,
  refusalsOfName,
  SchemaObjectInput,
  schemaObject,
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

const noun = "message type";

// ---- Inputs ----------------------------------------------------------------------------------------------------------

const validations = ["none", "empty", "well-formed-xml", "valid-xml"] as const;

const BrokerMessageTypeInputs = z.strictObject({
  ...commonInputs,
  database: databaseInput,
  name: nameInput("Name of the message type, compared byte by byte with the far side's. Cannot change."),
  authorization: authorizationInput,
  validation: z
    .enum(validations)
    .optional()
    .describe(
      'How a body is checked on arrival: anything, nothing at all, XML that parses, XML that fits schemaCollection. Changes in place, for messages not yet delivered. Default "none".',
    ),
  schemaCollection: SchemaObjectInput.optional().describe(
    'XML schema collection of the validation "valid-xml". Changes in place. Default none.',
  ),
});
export type BrokerMessageTypeInputs = z.infer<typeof BrokerMessageTypeInputs>;

// ---- Change rules ----------------------------------------------------------------------------------------------------

const renameRefusal =
  "SQL Server renames no message types, and the far side knows it by name: make a second one, put it into a new contract, and remove this one when no contract uses it";

const changes = {
  ...commonChanges,
  database: databaseChange,
  name: { refuse: renameRefusal },
  authorization: "plan",
  validation: "plan",
  schemaCollection: "plan",
} as const satisfies Record<keyof BrokerMessageTypeInputs, ChangeRule>;

// ---- Desired ---------------------------------------------------------------------------------------------------------

export interface DesiredMessageType {
  readonly database: string;
  readonly name: string;
  readonly authorization: string | undefined;
  readonly validation: (typeof validations)[number];
  readonly schemaCollection: SchemaObject | undefined;
}

function desired(inputs: BrokerMessageTypeInputs): DesiredMessageType {
  const issues = new InputIssues();
  const { database, name, authorization, validation = "none", schemaCollection } = inputs;
  checkOwnName(noun, name, issues);
  if ((validation === "valid-xml") !== (schemaCollection !== undefined))
    issues.add("schemaCollection", 'goes with validation: "valid-xml" and only with it');
  issues.throwIfAny();
  return {
    database,
    name,
    authorization,
    validation,
    schemaCollection: schemaCollection === undefined ? undefined : schemaObject(schemaCollection),
  };
}

// ---- Read ------------------------------------------------------------------------------------------------------------

export interface LiveMessageType {
  readonly database: string;
  readonly row: BrokerMessageTypeRow;
  readonly names: NameComparer;
}

function read(catalog: CatalogSnapshot, { database, name }: BrokerIdentity): LiveMessageType | undefined {
  const row = byName(catalog.database.broker.messageTypes, name);
  return row === undefined ? undefined : { database: catalog.databaseRow?.name ?? database, row, names: catalog.names };
}

function validationOf(row: BrokerMessageTypeRow): Pick<DesiredMessageType, "validation" | "schemaCollection"> {
  if (row.validation === "E") return { validation: "empty", schemaCollection: undefined };
  if (row.validation !== "X") return { validation: "none", schemaCollection: undefined };
  if (row.collectionName === null) return { validation: "well-formed-xml", schemaCollection: undefined };
  return {
    validation: "valid-xml",
    schemaCollection: { schema: row.collectionSchema ?? "dbo", name: row.collectionName },
  };
}

// ---- Plan ------------------------------------------------------------------------------------------------------------

function validationClause({
  validation,
  schemaCollection,
}: Pick<DesiredMessageType, "validation" | "schemaCollection">): string {
  if (schemaCollection !== undefined)
    return `VALIDATION = VALID_XML WITH SCHEMA COLLECTION ${quoteNames(schemaCollection.schema, schemaCollection.name)}`;
  return `VALIDATION = ${validation === "none" ? "NONE" : validation === "empty" ? "EMPTY" : "WELL_FORMED_XML"}`;
}

function securable({ database, row }: LiveMessageType): Securable {
  return {
    database,
    text: `MESSAGE TYPE::${quoteName(row.name)}`,
    permissionClass: permissionClasses.messageType,
    id: row.messageTypeId,
    object: owned(noun, row.name),
  };
}

function plan(desired: DesiredMessageType, live: LiveMessageType | undefined, context: PlanContext): Plan {
  const { database, name, authorization } = desired;
  const refusals = refusalsOfPlatform(context);
  const requires = principalRequirement(authorization, `message type "${name}"`);
  const outcome = { notes: [] as string[], owns: [owned(noun, name)], requires };
  if (live === undefined) {
    refusals.push(...refusalsOfName(noun, name, context.catalog.database.broker.messageTypes, context, renameRefusal));
    const create = statement(
      database,
      `create message type ${name}`,
      `CREATE MESSAGE TYPE ${quoteName(name)}${authorizationClause(authorization)} ${validationClause(desired)};`,
      { object: owned(noun, name), reverse: `DROP MESSAGE TYPE ${quoteName(name)};` },
    );
    return { ...outcome, statements: refusals.length > 0 ? [] : [create], refusals };
  }
  const clause = validationClause(desired);
  const was = validationClause(validationOf(live.row));
  const alter = (to: string): string => `ALTER MESSAGE TYPE ${quoteName(name)} ${to};`;
  const validation =
    clause === was
      ? []
      : [
          statement(database, `set the validation of message type ${name}`, alter(clause), {
            object: owned(noun, name),
            reverse: alter(was),
            idempotent: true,
          }),
        ];
  if (validation.length > 0)
    outcome.notes.push(
      "Messages that are in a queue already are not checked again; the far side keeps its own validation.",
    );
  const statements = [...ownerStatements(securable(live), live.row.owner, authorization, context), ...validation];
  return {
    ...outcome,
    statements,
    refusals,
    observations: statements.length > 0 ? [] : topologyObservations(context, { type: noun, name }),
  };
}

// ---- Plan of the delete ----------------------------------------------------------------------------------------------

function planDelete({ database, row }: LiveMessageType, context: PlanContext): Plan {
  const { name } = row;
  const users = context.catalog.database.broker.contracts.filter((contract) => contract.messages.has(name));
  const outcome = { notes: [], owns: [] };
  if (users.length > 0) {
    const named = users.map((contract) => `"${contract.name}"`).join(", ");
    const reason = `message type "${name}" is part of ${users.length === 1 ? "contract" : "contracts"} ${named}; remove those first`;
    return { ...outcome, statements: [], refusals: [{ property: "", reason }] };
  }
  const drop = statement(database, `drop message type ${name}`, `DROP MESSAGE TYPE ${quoteName(name)};`, {
    object: owned(noun, name),
    reverse: `CREATE MESSAGE TYPE ${quoteName(name)}${row.owner === "" ? "" : authorizationClause(row.owner)} ${validationClause(validationOf(row))};`,
  });
  return { ...outcome, statements: [drop], refusals: [] };
}

// ---- Inputs from live, outputs ---------------------------------------------------------------------------------------

function inputsFromLive({ row, names }: LiveMessageType, old: BrokerMessageTypeInputs): BrokerMessageTypeInputs {
  const inputs = { ...old };
  const { validation, schemaCollection } = validationOf(row);
  if (old.authorization !== undefined && !names.equals(old.authorization, row.owner)) inputs.authorization = row.owner;
  if (validation !== (old.validation ?? "none")) inputs.validation = validation;
  if (schemaCollection === undefined) delete inputs.schemaCollection;
  else if (
    old.schemaCollection?.name !== schemaCollection.name ||
    (old.schemaCollection.schema ?? "dbo") !== schemaCollection.schema
  )
    inputs.schemaCollection = schemaCollection;
  return inputs;
}

// ---- Documentation and registration ----------------------------------------------------------------------------------

export const brokerMessageTypeKind: Kind<BrokerMessageTypeInputs, DesiredMessageType, BrokerIdentity, LiveMessageType> =
  {
    name: "BrokerMessageType",
    inputs: BrokerMessageTypeInputs,
    changes,
    documentation: {
      summary: "A message type of Service Broker.",
      changesInPlace: ["validation", "owner (permissions are kept)"],
      refused: ["rename", "drop while a contract uses it", "a name that differs only in case from another"],
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
    outputs: (_desired, { row }) => ({ messageTypeId: row.messageTypeId }),
    outputNames: ["messageTypeId"],
  };
