/**
 * Kind BrokerRoute: where the messages for a service go. Reads sys.routes. ALTER ROUTE only sets another value: back to "any service",
 * "any instance" or "for ever" leads DROP and CREATE in one transaction, during which messages wait and none is lost. What arrives from
 * other servers is routed by msdb, so `database` may be msdb. https://learn.microsoft.com/sql/t-sql/statements/create-route-transact-sql
 */
import { z } from "zod";
import type { CatalogSnapshot, ChangeRule, Kind, Plan, PlanContext, Probe, Refusal } from "../../contract";
import { quoteName, quoteText } from "../../engine/quoting";
import type { BrokerRouteRow } from "../../engine/snapshot/broker";
import { InputIssues } from "../input-issues";
import { hosts, refusalsOfPlatform } from "./availability";
import {
  changeOf,
  creation,
  dropOf,
  dropPlan,
  keptPlan,
  namedKind,
  ownedChanges,
  ownedInputs,
  ownerChange,
  ownerOf,
  readNamed,
  remade,
  withOwner,
  type LiveNamed,
  type NamedIdentity,
  type OwnedForm,
} from "./named-object";
import { owned } from "./naming";
import { authorizationClause, permissionClasses, principalRequirement } from "./owner";
import { checkAddress, isLocalOrTransport, isSameAddress, isSameTime, timeText } from "./route-address";

const form: OwnedForm<BrokerRouteRow> = {
  noun: "route",
  rows: ({ routes }) => routes,
  rename: "SQL Server renames no routes: make a second one, then remove this one",
  permissionClass: permissionClasses.route,
  id: ({ routeId }) => routeId,
};
/** Made with every database: local delivery stands on it. */
const defaultRoute = "AutoCreatedLocal";

// ---- Inputs ----------------------------------------------------------------------------------------------------------

const BrokerRouteInputs = z.strictObject({
  ...ownedInputs("Name of the route."),
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

const changes = {
  ...ownedChanges(form.rename),
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

export interface LiveRoute extends RouteTarget, LiveNamed<BrokerRouteRow> {}

function read(catalog: CatalogSnapshot, identity: NamedIdentity): LiveRoute | undefined {
  const live = readNamed(form, catalog, identity);
  if (live === undefined) return undefined;
  const { serviceName, brokerInstance, expiresAt, address, mirrorAddress } = live.row;
  return {
    ...live,
    serviceName: serviceName ?? undefined,
    brokerInstance: brokerInstance ?? undefined,
    expiresAt: expiresAt ?? undefined,
    address,
    mirrorAddress: mirrorAddress ?? undefined,
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

function createBatch(name: string, owner: string | undefined, target: RouteTarget): string {
  return routeBatch(`CREATE ROUTE ${quoteName(name)}${authorizationClause(owner)}`, target);
}

function plan(desired: DesiredRoute, live: LiveRoute | undefined, context: PlanContext): Plan {
  const { name, authorization } = desired;
  const outcome = {
    owns: [owned(form.noun, name)],
    requires: principalRequirement(authorization, `route "${name}"`),
    notes: [],
  };
  const refusals = refusalsToSet(desired, live, context);
  if (live === undefined)
    return { ...outcome, ...creation(form, desired, createBatch(name, authorization, desired), refusals, context) };
  if (refusals.length > 0) return { ...outcome, statements: [], refusals };
  if (isReplaced(desired, live)) {
    return {
      ...outcome,
      statements: remade(form, live, authorization, (owner) => createBatch(name, owner, desired), context),
      refusals,
      notes: [
        "ALTER ROUTE cannot take a service name, an instance, a lifetime or a mirror away, so the route is dropped and made again in one transaction; messages wait and none is lost.",
      ],
    };
  }
  const changed = changedParts(desired, differences(desired, live));
  const alter =
    Object.keys(changed).length === 0
      ? []
      : [changeOf(form, live, routeBatch(`ALTER ROUTE ${quoteName(name)}`, changed))];
  return { ...outcome, statements: [...ownerChange(form, live, authorization, context), ...alter], refusals };
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
  const { name } = live.row;
  if (name === defaultRoute)
    return keptPlan(
      `route "${defaultRoute}" comes with the database, and local delivery stands on it; set retainOnDelete: true to let go of it`,
    );
  return dropPlan(dropOf(form, live, { reverse: createBatch(name, ownerOf(live.row), live) }));
}

// ---- Inputs from live, outputs ---------------------------------------------------------------------------------------

function inputsFromLive(live: LiveRoute, old: BrokerRouteInputs): BrokerRouteInputs {
  const inputs = withOwner(old, live);
  const different = differences(desired(old), live);
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

export const brokerRouteKind: Kind<BrokerRouteInputs, DesiredRoute, NamedIdentity, LiveRoute> = {
  ...namedKind(form),
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
  desired,
  read,
  probes,
  plan,
  planDelete,
  inputsFromLive,
  outputs: (_desired, { row }) => ({ routeId: row.routeId }),
  outputNames: ["routeId"],
};
