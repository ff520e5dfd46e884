/**
 * Kind RemoteServiceBinding: which user's certificate stands for a far service, in the database of the initiator. Reads
 * sys.remote_service_bindings. The far service itself never changes: then DROP and CREATE in one transaction; dialogs that run keep
 * their keys. https://learn.microsoft.com/sql/t-sql/statements/create-remote-service-binding-transact-sql
 */
import { z } from "zod";
import type { ChangeRule, Kind, Plan, PlanContext, Refusal } from "../../contract";
import { quoteName, quoteText } from "../../engine/quoting";
import type { RemoteServiceBindingRow } from "../../engine/snapshot/broker";
import { nameInput } from "../name-input";
import { refusalsOfPlatform } from "./availability";
import {
  changeOf,
  creation,
  dropOf,
  dropPlan,
  namedKind,
  ownedChanges,
  ownedInputs,
  ownerChange,
  remade,
  withOwner,
  type LiveNamed,
  type NamedIdentity,
  type OwnedForm,
} from "./named-object";
import { owned } from "./naming";
import { authorizationClause, permissionClasses, principalRequirement, refusalsOfUser } from "./owner";

const form: OwnedForm<RemoteServiceBindingRow> = {
  noun: "remote service binding",
  rows: ({ bindings }) => bindings,
  rename:
    "SQL Server renames no remote service bindings, and one service has one: remove this one, then make the other",
  permissionClass: permissionClasses.binding,
  id: ({ bindingId }) => bindingId,
};

// ---- Inputs ----------------------------------------------------------------------------------------------------------

const RemoteServiceBindingInputs = z.strictObject({
  ...ownedInputs("Name of the binding."),
  toService: z
    .string()
    .min(1)
    .max(256)
    .describe(
      "The far service, compared byte by byte. A change makes the binding again; dialogs that run keep their keys.",
    ),
  user: nameInput("Database user that owns the public certificate of the far service's owner. Changes in place."),
  anonymous: z
    .boolean()
    .optional()
    .describe("The far side sees the initiator as public. Changes in place. Default false."),
});
export type RemoteServiceBindingInputs = z.infer<typeof RemoteServiceBindingInputs>;

// ---- Change rules ----------------------------------------------------------------------------------------------------

const changes = {
  ...ownedChanges(form.rename),
  toService: "plan",
  user: "plan",
  anonymous: "plan",
} as const satisfies Record<keyof RemoteServiceBindingInputs, ChangeRule>;

// ---- Desired ---------------------------------------------------------------------------------------------------------

export interface DesiredBinding {
  readonly database: string;
  readonly name: string;
  readonly authorization: string | undefined;
  readonly toService: string;
  readonly user: string;
  readonly anonymous: boolean;
}

function desired({
  database,
  name,
  authorization,
  toService,
  user,
  anonymous = false,
}: RemoteServiceBindingInputs): DesiredBinding {
  return { database, name, authorization, toService, user, anonymous };
}

// ---- Read ------------------------------------------------------------------------------------------------------------

export type LiveBinding = LiveNamed<RemoteServiceBindingRow>;

// ---- Plan ------------------------------------------------------------------------------------------------------------

const onOff = (value: boolean): string => (value ? "ON" : "OFF");

function createBatch({ name, toService, user, anonymous }: DesiredBinding, owner: string | undefined): string {
  return (
    `CREATE REMOTE SERVICE BINDING ${quoteName(name)}${authorizationClause(owner)} TO SERVICE ${quoteText(toService)} ` +
    `WITH USER = ${quoteName(user)}, ANONYMOUS = ${onOff(anonymous)};`
  );
}

function refusalsToSet({ name, toService, user }: DesiredBinding, context: PlanContext): Refusal[] {
  const refusals = [...refusalsOfPlatform(context), ...refusalsOfUser("user", user, 28083, context)];
  if (context.capabilities.flavor === "managed-instance")
    refusals.push({
      property: "",
      reason: "Azure SQL Managed Instance has no remote service bindings; leave the resource out there",
    });
  const other = context.catalog.database.broker.bindings.find(
    (row) => row.serviceName === toService && row.name !== name,
  );
  if (other !== undefined)
    refusals.push({
      property: "toService",
      reason: `binding "${other.name}" is for service "${toService}" already, and a service has one (9619); use that (adopt: true)`,
    });
  return refusals;
}

function plan(desired: DesiredBinding, live: LiveBinding | undefined, context: PlanContext): Plan {
  const { name, authorization, toService, user, anonymous } = desired;
  const neededBy = `remote service binding "${name}"`;
  const outcome = {
    owns: [owned(form.noun, name)],
    requires: [...principalRequirement(user, neededBy), ...principalRequirement(authorization, neededBy)],
    notes: [],
  };
  const refusals = refusalsToSet(desired, context);
  if (live === undefined)
    return { ...outcome, ...creation(form, desired, createBatch(desired, authorization), refusals, context) };
  if (refusals.length > 0) return { ...outcome, statements: [], refusals };
  const { row } = live;
  if (row.serviceName !== toService) {
    const statements = remade(form, live, authorization, (owner) => createBatch(desired, owner), context);
    return { ...outcome, statements, refusals };
  }
  const isOtherUser = !context.names.equals(row.user, user);
  const isOtherMode = row.isAnonymous !== anonymous;
  const alter = (who: string, mode: boolean): string => {
    const words = [
      ...(isOtherUser ? [`USER = ${quoteName(who)}`] : []),
      ...(isOtherMode ? [`ANONYMOUS = ${onOff(mode)}`] : []),
    ];
    return `ALTER REMOTE SERVICE BINDING ${quoteName(name)} WITH ${words.join(", ")};`;
  };
  const reverse = row.user === "" ? {} : { reverse: alter(row.user, row.isAnonymous) };
  const altered = isOtherUser || isOtherMode ? [changeOf(form, live, alter(user, anonymous), reverse)] : [];
  return { ...outcome, statements: [...ownerChange(form, live, authorization, context), ...altered], refusals };
}

// ---- Inputs from live, outputs ---------------------------------------------------------------------------------------

function inputsFromLive(live: LiveBinding, old: RemoteServiceBindingInputs): RemoteServiceBindingInputs {
  const { row, names } = live;
  const inputs = { ...withOwner(old, live), toService: row.serviceName };
  if (!names.equals(old.user, row.user)) inputs.user = row.user;
  if ((old.anonymous ?? false) !== row.isAnonymous) inputs.anonymous = row.isAnonymous;
  return inputs;
}

// ---- Documentation and registration ----------------------------------------------------------------------------------

export const remoteServiceBindingKind: Kind<RemoteServiceBindingInputs, DesiredBinding, NamedIdentity, LiveBinding> = {
  ...namedKind(form),
  name: "RemoteServiceBinding",
  inputs: RemoteServiceBindingInputs,
  changes,
  documentation: {
    summary: "A remote service binding: whose certificate stands for a far service.",
    changesInPlace: ["user", "anonymous", "far service (made again)", "owner (permissions are kept)"],
    refused: [
      "rename",
      "a second one for the same service",
      "a role, a group or a user of a certificate as its user",
      "Azure SQL Managed Instance",
    ],
    hosts: ["Windows", "Linux"],
  },
  desired,
  plan,
  planDelete: (live) => dropPlan(dropOf(form, live)),
  inputsFromLive,
  outputs: (_desired, { row }) => ({ bindingId: row.bindingId }),
  outputNames: ["bindingId"],
};
