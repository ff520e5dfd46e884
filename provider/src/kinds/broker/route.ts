/**
 * Kind BrokerRoute: where the messages for a service go. Reads sys.routes. ALTER ROUTE only sets another value: back to "any service",
 * "any instance" or "for ever" leads DROP and CREATE in one transaction, during which messages wait and none is lost. What arrives from
 * other servers is routed by msdb, so `database` may be msdb. https://learn.microsoft.com/sql/t-sql/statements/create-route-transact-sql
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
  type Refusal,
  type Statement,
} from "../../contract";
import type { NameComparer } from "../../engine/names";
import { quoteName, quoteText } from "../../engine/quoting";
import type { BrokerRouteRow } from "../../engine/snapshot/broker";
import { statement } from "../../engine/statement";
import { InputIssues } from "../input-issues";
import { nameInput } from "../name-input";
import { hosts, refusalsOfPlatform } from "./availability";
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
import { checkAddress, isLocalOrTransport, isSameAddress, isSameTime, timeText } from "./route-address";

const noun = "route";
/** Made with every database: local delivery stands on it. */
const defaultRoute = "AutoCreatedLocal";

// ---- Inputs ----------------------------------------------------------------------------------------------------------

const BrokerRouteInputs = z.strictObject({
  ...commonInputs,
  database: databaseInput,
  name: nameInput("Name of the route. Cannot change."),
  authorization: authorizationInput,
  serviceName: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe(
      "Service that it leads to, compared byte by byte. Changes in place; taking it away replaces. Default: any service.",
    ),
  brokerInstance: z
    .guid()
    .optional()
    .describe(
      "Broker identifier of the far database (output serviceBrokerGuid); needs serviceName. Changes in place; taking it away replaces. Default: any instance.",
    ),
  expiresAt: z.iso
    .datetime({ message: "give a time in UTC, as 2027-01-01T00:00:00Z" })
    .optional()
    .describe("From then on the route is not used, UTC. Changes in place; taking it away replaces. Default: never."),
  address: z
    .string()
    .min(1)
    .max(256)
    .describe(
      "TCP://host:port of the far broker endpoint, LOCAL, or TRANSPORT (the service name is the address). Changes in place.",
    ),
  mirrorAddress: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe(
      "TCP://host:port of the mirror of the far database; needs serviceName and brokerInstance. Changes in place; taking it away replaces. Default none.",
    ),
});
export type BrokerRouteInputs = z.infer<typeof BrokerRouteInputs>;

// ---- Change rules ----------------------------------------------------------------------------------------------------

const renameRefusal = "SQL Server renames no routes: make a second one, then remove this one";

const changes = {
  ...commonChanges,
  database: databaseChange,
  name: { refuse: renameRefusal },
  authorization: "plan",
  serviceName: "plan",
  brokerInstance: "plan",
  expiresAt: "plan",
  address: "plan",
  mirrorAddress: "plan",
} as const satisfies Record<keyof BrokerRouteInputs, ChangeRule>;

// ---- Desired ---------------------------------------------------------------------------------------------------------

interface RouteTarget {
  readonly serviceName: string | undefined;
  readonly brokerInstance: string | undefined;
  readonly expiresAt: string | undefined;
  readonly address: string;
  readonly mirrorAddress: string | undefined;
}
export interface DesiredRoute extends RouteTarget {
  readonly database: string;
  readonly name: string;
  readonly authorization: string | undefined;
}

function desired(inputs: BrokerRouteInputs): DesiredRoute {
  const issues = new InputIssues();
  const { database, name, authorization, serviceName, brokerInstance, expiresAt, address, mirrorAddress } = inputs;
  checkAddress("address", address, issues);
  if (brokerInstance !== undefined && serviceName === undefined)
    issues.add("brokerInstance", "needs serviceName (9662); give that too");
  if (serviceName !== undefined && address.toUpperCase() === "TRANSPORT")
    issues.add(
      "serviceName",
      "goes not with address TRANSPORT, which is for any service (9745); leave one of them out",
    );
  if (mirrorAddress !== undefined) {
    checkAddress("mirrorAddress", mirrorAddress, issues);
    if (serviceName === undefined || brokerInstance === undefined)
      issues.add("mirrorAddress", "needs serviceName and brokerInstance (9661); give those too");
    if (isLocalOrTransport(address))
      issues.add("mirrorAddress", `goes not with address ${address} (9743); leave it out`);
    if (isSameAddress(address, mirrorAddress))
      issues.add("mirrorAddress", "is the same as the address (9747); leave it out");
  }
  issues.throwIfAny();
  return { database, name, authorization, serviceName, brokerInstance, expiresAt, address, mirrorAddress };
}

// ---- Read ------------------------------------------------------------------------------------------------------------

export interface LiveRoute extends RouteTarget {
  readonly database: string;
  readonly row: BrokerRouteRow;
  readonly names: NameComparer;
}

function read(catalog: CatalogSnapshot, { database, name }: BrokerIdentity): LiveRoute | undefined {
  const row = byName(catalog.database.broker.routes, name);
  if (row === undefined) return undefined;
  return {
    database: catalog.databaseRow?.name ?? database,
    row,
    names: catalog.names,
    serviceName: row.serviceName ?? undefined,
    brokerInstance: row.brokerInstance ?? undefined,
    expiresAt: row.expiresAt ?? undefined,
    address: row.address,
    mirrorAddress: row.mirrorAddress ?? undefined,
  };
}

interface RouteDifference {
  readonly serviceName: boolean;
  readonly brokerInstance: boolean;
  readonly expiresAt: boolean;
  readonly address: boolean;
  readonly mirrorAddress: boolean;
}

function differences(wanted: RouteTarget, has: RouteTarget): RouteDifference {
  return {
    serviceName: wanted.serviceName !== has.serviceName,
    brokerInstance: wanted.brokerInstance?.toLowerCase() !== has.brokerInstance?.toLowerCase(),
    expiresAt: !isSameTime(wanted.expiresAt, has.expiresAt),
    address: !isSameAddress(wanted.address, has.address),
    mirrorAddress: !isSameAddress(wanted.mirrorAddress, has.mirrorAddress),
  };
}

/** An ALTER ROUTE leaves out what stays, so nothing can be taken away with it. */
function isReplaced(wanted: RouteTarget, has: RouteTarget): boolean {
  return (["serviceName", "brokerInstance", "expiresAt", "mirrorAddress"] as const).some(
    (part) => wanted[part] === undefined && has[part] !== undefined,
  );
}

// ---- Probes ----------------------------------------------------------------------------------------------------------

const timeLeftKey = "timeLeft";
/** LIFETIME is an int (9746): 68 years. */
const longestLifetime = 2_147_483_647;

function probes(desired: DesiredRoute | undefined, live: LiveRoute | undefined): readonly Probe[] {
  if (desired?.expiresAt === undefined || (live !== undefined && isSameTime(desired.expiresAt, live.expiresAt)))
    return [];
  const query = `SELECT DATEDIFF_BIG(SECOND, SYSUTCDATETIME(), ${timeLiteral(desired.expiresAt)}) AS secondsLeft;`;
  return [{ key: timeLeftKey, query }];
}

function timeLiteral(expiresAt: string): string {
  return `CONVERT(datetime2(0), ${quoteText(timeText(expiresAt).replace("Z", ""))}, 126)`;
}

// ---- Plan ------------------------------------------------------------------------------------------------------------

/** The words after WITH. LIFETIME is a number of seconds from now: the statement computes it where it runs. */
function routeBatch(head: string, parts: Partial<RouteTarget>): string {
  const before = [
    ...(parts.serviceName === undefined ? [] : [`SERVICE_NAME = ${quoteText(parts.serviceName)}`]),
    ...(parts.brokerInstance === undefined ? [] : [`BROKER_INSTANCE = ${quoteText(parts.brokerInstance)}`]),
  ];
  const after = [
    ...(parts.address === undefined ? [] : [`ADDRESS = ${quoteText(parts.address)}`]),
    ...(parts.mirrorAddress === undefined ? [] : [`MIRROR_ADDRESS = ${quoteText(parts.mirrorAddress)}`]),
  ];
  if (parts.expiresAt === undefined) return `${head} WITH ${[...before, ...after].join(", ")};`;
  const first = `${head} WITH ${before.map((item) => `${item}, `).join("")}LIFETIME = `;
  const last = `${after.map((item) => `, ${item}`).join("")};`;
  return [
    `DECLARE @seconds int = DATEDIFF(SECOND, SYSUTCDATETIME(), ${timeLiteral(parts.expiresAt)});`,
    `DECLARE @batch nvarchar(max) = ${quoteText(first)} + CONVERT(nvarchar(11), @seconds) + ${quoteText(last)};`,
    "EXEC (@batch);",
  ].join("\n");
}

function createStatement(database: string, name: string, owner: string | undefined, target: RouteTarget): Statement {
  return statement(
    database,
    `create route ${name}`,
    routeBatch(`CREATE ROUTE ${quoteName(name)}${authorizationClause(owner)}`, target),
    {
      object: owned(noun, name),
      reverse: `DROP ROUTE ${quoteName(name)};`,
    },
  );
}

function securable({ database, row }: LiveRoute): Securable {
  return {
    database,
    text: `ROUTE::${quoteName(row.name)}`,
    permissionClass: permissionClasses.route,
    id: row.routeId,
    object: owned(noun, row.name),
  };
}

function plan(desired: DesiredRoute, live: LiveRoute | undefined, context: PlanContext): Plan {
  const { database, name, authorization } = desired;
  const outcome = {
    owns: [owned(noun, name)],
    requires: principalRequirement(authorization, `route "${name}"`),
    notes: [],
  };
  const refusals = refusalsToSet(desired, live, context);
  if (live === undefined) {
    refusals.push(...refusalsOfName(noun, name, context.catalog.database.broker.routes, context, renameRefusal));
    const statements = refusals.length > 0 ? [] : [createStatement(database, name, authorization, desired)];
    return { ...outcome, statements, refusals };
  }
  const different = differences(desired, live);
  if (isReplaced(desired, live)) {
    return {
      ...outcome,
      statements: refusals.length > 0 ? [] : replacement(desired, live, context),
      refusals,
      notes: [
        "ALTER ROUTE cannot take a service name, an instance, a lifetime or a mirror away, so the route is dropped and made again in one transaction; messages wait and none is lost.",
      ],
    };
  }
  const changed = changedParts(desired, different);
  const alter =
    Object.keys(changed).length === 0
      ? []
      : [
          statement(database, `change route ${name}`, routeBatch(`ALTER ROUTE ${quoteName(name)}`, changed), {
            object: owned(noun, name),
            idempotent: true,
          }),
        ];
  const statements = [...ownerStatements(securable(live), live.row.owner, authorization, context), ...alter];
  return { ...outcome, statements: refusals.length > 0 ? [] : statements, refusals };
}

function changedParts(wanted: RouteTarget, different: RouteDifference): Partial<RouteTarget> {
  return {
    ...(different.serviceName ? { serviceName: wanted.serviceName } : {}),
    ...(different.brokerInstance ? { brokerInstance: wanted.brokerInstance } : {}),
    ...(different.expiresAt ? { expiresAt: wanted.expiresAt } : {}),
    ...(different.address ? { address: wanted.address } : {}),
    ...(different.mirrorAddress ? { mirrorAddress: wanted.mirrorAddress } : {}),
  };
}

function replacement(desired: DesiredRoute, live: LiveRoute, context: PlanContext): Statement[] {
  const { database, name } = desired;
  const owner = desired.authorization ?? (live.row.owner === "" ? undefined : live.row.owner);
  const again = permissionsAgain(securable(live), owner ?? "", context);
  return [
    statement(database, `drop route ${name}`, `DROP ROUTE ${quoteName(name)};`, { object: owned(noun, name) }),
    createStatement(database, name, owner, desired),
    ...(again.length === 0
      ? []
      : [
          statement(database, `give the permissions on route ${name} again`, again.join("\n"), {
            object: owned(noun, name),
          }),
        ]),
  ];
}

function refusalsToSet(desired: DesiredRoute, live: LiveRoute | undefined, context: PlanContext): Refusal[] {
  const { capabilities, catalog, answers } = context;
  const refusals = refusalsOfPlatform(context);
  if (desired.mirrorAddress !== undefined && capabilities.platform === "linux")
    refusals.push({
      property: "mirrorAddress",
      reason: "SQL Server on Linux has no database mirroring; leave it out there",
    });
  const left = answers.get(timeLeftKey)?.["secondsLeft"];
  if (left !== undefined && Number(left) <= 0)
    refusals.push({
      property: "expiresAt",
      reason: `${desired.expiresAt!} is past on the server's clock; give a later time, or leave it out`,
    });
  if (left !== undefined && Number(left) > longestLifetime)
    refusals.push({
      property: "expiresAt",
      reason: `${desired.expiresAt!} is more than 68 years away (9746); leave it out`,
    });
  if (live === undefined || catalog.databaseRow?.containment !== "PARTIAL") return refusals;
  const different = differences(desired, live);
  for (const property of ["brokerInstance", "address", "mirrorAddress"] as const)
    if (different[property])
      refusals.push({
        property,
        reason: "cannot change in a contained database; make a second route and remove this one",
      });
  return refusals;
}

// ---- Plan of the delete ----------------------------------------------------------------------------------------------

function planDelete(live: LiveRoute): Plan {
  const { database, row } = live;
  if (row.name === defaultRoute) {
    const reason = `route "${defaultRoute}" comes with the database, and local delivery stands on it; set retainOnDelete: true to let go of it`;
    return { statements: [], refusals: [{ property: "", reason }], notes: [], owns: [] };
  }
  const owner = row.owner === "" ? "" : authorizationClause(row.owner);
  const drop = statement(database, `drop route ${row.name}`, `DROP ROUTE ${quoteName(row.name)};`, {
    object: owned(noun, row.name),
    reverse: routeBatch(`CREATE ROUTE ${quoteName(row.name)}${owner}`, live),
  });
  return { statements: [drop], refusals: [], notes: [], owns: [] };
}

// ---- Inputs from live, outputs ---------------------------------------------------------------------------------------

function inputsFromLive(live: LiveRoute, old: BrokerRouteInputs): BrokerRouteInputs {
  const inputs = { ...old };
  const different = differences(desired(old), live);
  if (old.authorization !== undefined && !live.names.equals(old.authorization, live.row.owner))
    inputs.authorization = live.row.owner;
  if (different.address) inputs.address = live.address;
  const set = (
    part: "serviceName" | "brokerInstance" | "expiresAt" | "mirrorAddress",
    value: string | undefined,
  ): void => {
    if (!different[part]) return;
    if (value === undefined) delete inputs[part];
    else inputs[part] = value;
  };
  set("serviceName", live.serviceName);
  set("brokerInstance", live.brokerInstance);
  set("expiresAt", live.expiresAt === undefined ? undefined : timeText(live.expiresAt));
  set("mirrorAddress", live.mirrorAddress);
  return inputs;
}

// ---- Documentation and registration ----------------------------------------------------------------------------------

export const brokerRouteKind: Kind<BrokerRouteInputs, DesiredRoute, BrokerIdentity, LiveRoute> = {
  name: "BrokerRoute",
  inputs: BrokerRouteInputs,
  changes,
  documentation: {
    summary: "A route of Service Broker: where messages for a service go.",
    changesInPlace: [
      "service, instance, expiry, address, mirror (taken away: made again without loss)",
      "owner (permissions are kept)",
    ],
    refused: [
      "rename",
      "an expiry that is past",
      "mirror address on Linux",
      "address and instance in a contained database",
      "drop of AutoCreatedLocal",
    ],
    hosts,
  },
  database: (inputs) => inputs.database,
  desired,
  identity: ({ database, name }) => ({ database, name }),
  key,
  describe: describe(noun),
  read,
  existing: (live) => [owned(noun, live.row.name)],
  probes,
  plan,
  planDelete,
  inputsFromLive,
  outputs: (_desired, { row }) => ({ routeId: row.routeId }),
  outputNames: ["routeId"],
};
