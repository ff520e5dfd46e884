/**
 * Kind RemoteServiceBinding: which user's certificate stands for a far service, in the database of the initiator. Reads
 * sys.remote_service_bindings. The far service itself never changes: then DROP and CREATE in one transaction; dialogs that run keep
 * their keys. https://learn.microsoft.com/sql/t-sql/statements/create-remote-service-binding-transact-sql
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
  type Refusal,
  type Statement,
} from "../../contract";
import type { NameComparer } from "../../engine/names";
import { quoteName, quoteText } from "../../engine/quoting";
import type { RemoteServiceBindingRow } from "../../engine/snapshot/broker";
import { statement } from "../../engine/statement";
import { nameInput } from "../name-input";
import { refusalsOfPlatform } from "./availability";
import { byName, describe, key, owned, refusalsOfName, type BrokerIdentity } from "./naming";
import {
  authorizationClause,
  authorizationInput,
  ownerStatements,
  permissionClasses,
  permissionsAgain,
  principalRequirement,
  type Securable,
} from "./owner";

const noun = "remote service binding";

// ---- Inputs ----------------------------------------------------------------------------------------------------------

const RemoteServiceBindingInputs = z.strictObject({
  ...commonInputs,
  database: databaseInput,
  name: nameInput("Name of the binding. Cannot change."),
  authorization: authorizationInput,
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

const renameRefusal =
  "SQL Server renames no remote service bindings, and one service has one: remove this one, then make the other";

const changes = {
  ...commonChanges,
  database: databaseChange,
  name: { refuse: renameRefusal },
  authorization: "plan",
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

export interface LiveBinding {
  readonly database: string;
  readonly row: RemoteServiceBindingRow;
  readonly names: NameComparer;
}

function read(catalog: CatalogSnapshot, { database, name }: BrokerIdentity): LiveBinding | undefined {
  const row = byName(catalog.database.broker.bindings, name);
  return row === undefined ? undefined : { database: catalog.databaseRow?.name ?? database, row, names: catalog.names };
}

// ---- Plan ------------------------------------------------------------------------------------------------------------

const onOff = (value: boolean): string => (value ? "ON" : "OFF");

function createStatement(
  { database, name, toService, user, anonymous }: DesiredBinding,
  owner: string | undefined,
): Statement {
  const batch =
    `CREATE REMOTE SERVICE BINDING ${quoteName(name)}${authorizationClause(owner)} TO SERVICE ${quoteText(toService)} ` +
    `WITH USER = ${quoteName(user)}, ANONYMOUS = ${onOff(anonymous)};`;
  return statement(database, `create remote service binding ${name}`, batch, {
    object: owned(noun, name),
    reverse: `DROP REMOTE SERVICE BINDING ${quoteName(name)};`,
  });
}

function securable({ database, row }: LiveBinding): Securable {
  return {
    database,
    text: `REMOTE SERVICE BINDING::${quoteName(row.name)}`,
    permissionClass: permissionClasses.binding,
    id: row.bindingId,
    object: owned(noun, row.name),
  };
}

function refusalsToSet({ name, toService }: DesiredBinding, context: PlanContext): Refusal[] {
  const refusals = refusalsOfPlatform(context);
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
  const { database, name, authorization, toService, user, anonymous } = desired;
  const neededBy = `remote service binding "${name}"`;
  const outcome = {
    owns: [owned(noun, name)],
    requires: [...principalRequirement(user, neededBy), ...principalRequirement(authorization, neededBy)],
    notes: [],
  };
  const refusals = refusalsToSet(desired, context);
  if (live === undefined) {
    refusals.push(...refusalsOfName(noun, name, context.catalog.database.broker.bindings, context, renameRefusal));
    return { ...outcome, statements: refusals.length > 0 ? [] : [createStatement(desired, authorization)], refusals };
  }
  if (refusals.length > 0) return { ...outcome, statements: [], refusals };
  const { row } = live;
  if (row.serviceName !== toService) {
    const owner = authorization ?? (row.owner === "" ? undefined : row.owner);
    const again = permissionsAgain(securable(live), owner ?? "", context);
    const drop = statement(
      database,
      `drop remote service binding ${name}`,
      `DROP REMOTE SERVICE BINDING ${quoteName(name)};`,
      {
        object: owned(noun, name),
      },
    );
    const grants =
      again.length === 0
        ? []
        : [
            statement(database, `give the permissions on remote service binding ${name} again`, again.join("\n"), {
              object: owned(noun, name),
            }),
          ];
    return { ...outcome, statements: [drop, createStatement(desired, owner), ...grants], refusals };
  }
  const alter = (to: readonly string[]): string =>
    `ALTER REMOTE SERVICE BINDING ${quoteName(name)} WITH ${to.join(", ")};`;
  const isOtherUser = !context.names.equals(row.user, user);
  const isOtherMode = row.isAnonymous !== anonymous;
  const words = (who: string, mode: boolean): string[] => [
    ...(isOtherUser ? [`USER = ${quoteName(who)}`] : []),
    ...(isOtherMode ? [`ANONYMOUS = ${onOff(mode)}`] : []),
  ];
  const altered =
    isOtherUser || isOtherMode
      ? [
          statement(database, `change remote service binding ${name}`, alter(words(user, anonymous)), {
            object: owned(noun, name),
            idempotent: true,
            ...(row.user === "" ? {} : { reverse: alter(words(row.user, row.isAnonymous)) }),
          }),
        ]
      : [];
  return {
    ...outcome,
    statements: [...ownerStatements(securable(live), row.owner, authorization, context), ...altered],
    refusals,
  };
}

// ---- Plan of the delete ----------------------------------------------------------------------------------------------

function planDelete({ database, row }: LiveBinding): Plan {
  const drop = statement(
    database,
    `drop remote service binding ${row.name}`,
    `DROP REMOTE SERVICE BINDING ${quoteName(row.name)};`,
    {
      object: owned(noun, row.name),
    },
  );
  return { statements: [drop], refusals: [], notes: [], owns: [] };
}

// ---- Inputs from live, outputs ---------------------------------------------------------------------------------------

function inputsFromLive({ row, names }: LiveBinding, old: RemoteServiceBindingInputs): RemoteServiceBindingInputs {
  const inputs = { ...old, toService: row.serviceName };
  if (old.authorization !== undefined && !names.equals(old.authorization, row.owner)) inputs.authorization = row.owner;
  if (!names.equals(old.user, row.user)) inputs.user = row.user;
  if ((old.anonymous ?? false) !== row.isAnonymous) inputs.anonymous = row.isAnonymous;
  return inputs;
}

// ---- Documentation and registration ----------------------------------------------------------------------------------

export const remoteServiceBindingKind: Kind<RemoteServiceBindingInputs, DesiredBinding, BrokerIdentity, LiveBinding> = {
  name: "RemoteServiceBinding",
  inputs: RemoteServiceBindingInputs,
  changes,
  documentation: {
    summary: "A remote service binding: whose certificate stands for a far service.",
    changesInPlace: ["user", "anonymous", "far service (made again)", "owner (permissions are kept)"],
    refused: ["rename", "a second one for the same service", "Azure SQL Managed Instance"],
    hosts: ["Windows", "Linux"],
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
  outputs: (_desired, { row }) => ({ bindingId: row.bindingId }),
  outputNames: ["bindingId"],
};
