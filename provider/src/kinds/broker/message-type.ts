/**
 * Kind BrokerMessageType: a type of message and how its bodies are checked. Reads sys.service_message_types.
 * Both ends of a conversation need the same name, byte for byte; there is no rename.
 * https://learn.microsoft.com/sql/t-sql/statements/create-message-type-transact-sql
 */
import { z } from "zod";
import type { ChangeRule, Kind, Plan, PlanContext } from "../../contract";
import { quoteName, quoteNames } from "../../engine/quoting";
import type { BrokerMessageTypeRow } from "../../engine/snapshot/broker";
import { InputIssues } from "../input-issues";
import { hosts, refusalsOfPlatform } from "./availability";
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
  withOwner,
  type LiveNamed,
  type NamedIdentity,
  type OwnedForm,
} from "./named-object";
import { checkOwnName, owned, SchemaObjectInput, schemaObject, type SchemaObject } from "./naming";
import { authorizationClause, permissionClasses, principalRequirement } from "./owner";
import { topologyObservations } from "./topology-catalog";

const form: OwnedForm<BrokerMessageTypeRow> = {
  noun: "message type",
  rows: ({ messageTypes }) => messageTypes,
  rename:
    "SQL Server renames no message types, and the far side knows it by name: make a second one, put it into a new contract, and remove this one when no contract uses it",
  permissionClass: permissionClasses.messageType,
  id: ({ messageTypeId }) => messageTypeId,
};

// ---- Inputs ----------------------------------------------------------------------------------------------------------

const validations = ["none", "empty", "well-formed-xml", "valid-xml"] as const;

const BrokerMessageTypeInputs = z.strictObject({
  ...ownedInputs("Name of the message type, compared byte by byte with the far side's."),
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

const changes = {
  ...ownedChanges(form.rename),
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
  checkOwnName(form.noun, name, issues);
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

type LiveMessageType = LiveNamed<BrokerMessageTypeRow>;

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

function createBatch(
  name: string,
  authorization: string | undefined,
  validation: Pick<DesiredMessageType, "validation" | "schemaCollection">,
): string {
  return `CREATE MESSAGE TYPE ${quoteName(name)}${authorizationClause(authorization)} ${validationClause(validation)};`;
}

function plan(desired: DesiredMessageType, live: LiveMessageType | undefined, context: PlanContext): Plan {
  const { name, authorization } = desired;
  const refusals = refusalsOfPlatform(context);
  const outcome = {
    notes: [],
    owns: [owned(form.noun, name)],
    requires: principalRequirement(authorization, `message type "${name}"`),
  };
  if (live === undefined)
    return { ...outcome, ...creation(form, desired, createBatch(name, authorization, desired), refusals, context) };
  const clause = validationClause(desired);
  const was = validationClause(validationOf(live.row));
  const alter = (to: string): string => `ALTER MESSAGE TYPE ${quoteName(name)} ${to};`;
  const isSame = clause === was;
  const statements = [
    ...ownerChange(form, live, authorization, context),
    ...(isSame
      ? []
      : [
          changeOf(form, live, alter(clause), {
            label: `set the validation of message type ${name}`,
            reverse: alter(was),
          }),
        ]),
  ];
  return {
    ...outcome,
    statements,
    refusals,
    notes: isSame
      ? []
      : ["Messages that are in a queue already are not checked again; the far side keeps its own validation."],
    observations: statements.length > 0 ? [] : topologyObservations(context, { type: form.noun, name }),
  };
}

// ---- Plan of the delete ----------------------------------------------------------------------------------------------

function planDelete(live: LiveMessageType, context: PlanContext): Plan {
  const { row } = live;
  const users = context.catalog.database.broker.contracts.filter(({ messages }) => messages.has(row.name));
  if (users.length > 0)
    return keptPlan(
      `message type "${row.name}" is part of ${listed("contract", "contracts", users)}; remove those first`,
    );
  return dropPlan(dropOf(form, live, { reverse: createBatch(row.name, ownerOf(row), validationOf(row)) }));
}

// ---- Inputs from live, outputs ---------------------------------------------------------------------------------------

function inputsFromLive(live: LiveMessageType, old: BrokerMessageTypeInputs): BrokerMessageTypeInputs {
  const inputs = withOwner(old, live);
  const { validation, schemaCollection } = validationOf(live.row);
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

export const brokerMessageTypeKind: Kind<BrokerMessageTypeInputs, DesiredMessageType, NamedIdentity, LiveMessageType> =
  {
    ...namedKind(form),
    name: "BrokerMessageType",
    inputs: BrokerMessageTypeInputs,
    changes,
    documentation: {
      summary: "A message type of Service Broker.",
      changesInPlace: ["validation", "owner (permissions are kept)"],
      refused: ["rename", "drop while a contract uses it", "a name that differs only in case from another"],
      hosts,
    },
    desired,
    plan,
    planDelete,
    inputsFromLive,
    outputs: (_desired, { row }) => ({ messageTypeId: row.messageTypeId }),
    outputNames: ["messageTypeId"],
  };
