/**
 * Kind BrokerEndpoint: the port through which conversations reach other servers; a server has one at most. Reads
 * sys.service_broker_endpoints and sys.tcp_endpoints. Everything but the name changes by ALTER ENDPOINT, which runs outside of
 * transactions. https://learn.microsoft.com/sql/t-sql/statements/create-endpoint-transact-sql
 */
import { z } from "zod";
import {
  commonChanges,
  commonInputs,
  type CatalogSnapshot,
  type ChangeRule,
  type Kind,
  type OwnedObject,
  type Plan,
  type PlanContext,
  type Probe,
  type Refusal,
  type Statement,
} from "../../contract";
import { nameComparer, type NameComparer } from "../../engine/names";
import { quoteName, quoteText } from "../../engine/quoting";
import type { BrokerEndpointRow } from "../../engine/snapshot/broker";
import { statement } from "../../engine/statement";
import { InputIssues } from "../input-issues";
import { nameInput } from "../name-input";
import { isClientOnly } from "./availability";
import {
  authenticationClause,
  authenticationOf,
  encryptionAlgorithms,
  encryptionClause,
  encryptionModes,
  encryptionOf,
  windowsProtocols,
  type EndpointAuthentication,
  type EndpointEncryption,
} from "./endpoint-words";
import { dropPlan } from "./named-object";
import { owned } from "./naming";
import { authorizationClause } from "./owner";

// ---- Inputs ----------------------------------------------------------------------------------------------------------

const states = ["started", "stopped", "disabled"] as const;

const BrokerEndpointInputs = z.strictObject({
  ...commonInputs,
  name: nameInput("Name of the endpoint. Cannot change."),
  authorization: nameInput(
    "Login that owns it. Changes in place. Default: left as it is; at first the login that makes it.",
  ).optional(),
  state: z
    .enum(states)
    .optional()
    .describe(
      'Whether it listens: "stopped" does not, "disabled" listens and turns everybody away. Changes in place. Default "started".',
    ),
  port: z
    .number()
    .int()
    .min(1024)
    .max(32_767)
    .optional()
    .describe("TCP port, 1024 to 32767. Changes in place; connections are made again. Default 4022."),
  listenerIp: z
    .union([z.ipv4(), z.ipv6()])
    .optional()
    .describe("The only address that it listens on. Changes in place. Default: all."),
  authentication: z
    .strictObject({
      windows: z
        .enum(windowsProtocols)
        .optional()
        .describe("Windows accounts, with which protocol. Default: not, where a certificate is given."),
      certificate: nameInput("Certificate in master whose private key is there. Default none.").optional(),
      first: z
        .enum(["windows", "certificate"])
        .optional()
        .describe('What is tried first where both are given. Default "windows".'),
    })
    .optional()
    .describe("Whom it trusts. Changes in place. Default { windows: negotiate }."),
  encryption: z
    .enum(encryptionModes)
    .optional()
    .describe('Whether traffic is encrypted. Changes in place. Default "required".'),
  algorithm: z
    .enum(encryptionAlgorithms)
    .optional()
    .describe('Ciphers in the order of preference; RC4 is weak and deprecated. Changes in place. Default "aes".'),
  messageForwarding: z
    .boolean()
    .optional()
    .describe("Messages for other servers are passed on. Changes in place. Default false."),
  forwardSizeMb: z
    .number()
    .int()
    .min(1)
    .max(2_147_483_647)
    .optional()
    .describe("Space in tempdb for messages that are passed on, MB. Changes in place. Default 10."),
});
export type BrokerEndpointInputs = z.infer<typeof BrokerEndpointInputs>;

// ---- Change rules ----------------------------------------------------------------------------------------------------

const renameRefusal =
  "SQL Server renames no endpoints, and a server has one for Service Broker: remove this one, then make the other";

const changes = {
  ...commonChanges,
  name: { refuse: renameRefusal },
  authorization: "plan",
  state: "plan",
  port: "plan",
  listenerIp: "plan",
  authentication: "plan",
  encryption: "plan",
  algorithm: "plan",
  messageForwarding: "plan",
  forwardSizeMb: "plan",
} as const satisfies Record<keyof BrokerEndpointInputs, ChangeRule>;

// ---- Desired ---------------------------------------------------------------------------------------------------------

interface EndpointSettings {
  readonly state: (typeof states)[number];
  readonly port: number;
  readonly listenerIp: string | undefined;
  readonly authentication: EndpointAuthentication;
  readonly encryption: EndpointEncryption;
  readonly messageForwarding: boolean;
  readonly forwardSizeMb: number;
}
export interface DesiredEndpoint extends EndpointSettings {
  readonly name: string;
  readonly authorization: string | undefined;
}

function desired(inputs: BrokerEndpointInputs): DesiredEndpoint {
  const issues = new InputIssues();
  const { windows, certificate, first } = inputs.authentication ?? {};
  const isBoth = windows !== undefined && certificate !== undefined;
  if (first !== undefined && !isBoth)
    issues.add("authentication.first", "has a meaning only with both windows and certificate; leave it out");
  if (inputs.authentication !== undefined && windows === undefined && certificate === undefined)
    issues.add("authentication", "names neither windows nor certificate; give one");
  if (inputs.algorithm !== undefined && inputs.encryption === "disabled")
    issues.add("algorithm", "goes not with encryption: disabled; leave it out");
  if (inputs.forwardSizeMb !== undefined && inputs.messageForwarding !== true)
    issues.add("forwardSizeMb", "has a meaning only with messageForwarding: true; give that too");
  issues.throwIfAny();
  return {
    name: inputs.name,
    authorization: inputs.authorization,
    state: inputs.state ?? "started",
    port: inputs.port ?? 4022,
    listenerIp: inputs.listenerIp,
    authentication: {
      windows: windows ?? (certificate === undefined ? "negotiate" : undefined),
      certificate,
      first: isBoth ? (first ?? "windows") : certificate === undefined ? "windows" : "certificate",
    },
    encryption: { mode: inputs.encryption ?? "required", algorithm: inputs.algorithm ?? "aes" },
    messageForwarding: inputs.messageForwarding ?? false,
    forwardSizeMb: inputs.forwardSizeMb ?? 10,
  };
}

// ---- Identity --------------------------------------------------------------------------------------------------------

type EndpointIdentity = { readonly name: string };

function ownedEndpoint(name: string): OwnedObject {
  return owned("endpoint", name);
}

// ---- Read ------------------------------------------------------------------------------------------------------------

export interface LiveEndpoint extends EndpointSettings {
  readonly row: BrokerEndpointRow;
  /** Endpoints and logins compare in the server's collation. */
  readonly names: NameComparer;
}

function read({ server }: CatalogSnapshot, { name }: EndpointIdentity): LiveEndpoint | undefined {
  const names = nameComparer(server.properties.collation);
  const row = server.brokerEndpoints.find((endpoint) => names.equals(endpoint.name, name));
  if (row === undefined) return undefined;
  return {
    row,
    names,
    state: states.find((state) => state.toUpperCase() === row.state) ?? "stopped",
    port: row.port,
    listenerIp: row.ipAddress ?? undefined,
    authentication: authenticationOf(row),
    encryption: encryptionOf(row),
    messageForwarding: row.isForwarding,
    forwardSizeMb: row.forwardSizeMb,
  };
}

// ---- Probes ----------------------------------------------------------------------------------------------------------

const certificateKey = "certificate";

/** In words of the server's clock: the private key must be there and open by itself, and the dates are checked in UTC (28055). */
function probes(desired: DesiredEndpoint | undefined, live: LiveEndpoint | undefined): readonly Probe[] {
  const certificate = desired?.authentication.certificate;
  if (desired === undefined || certificate === undefined) return [];
  if (live !== undefined && differences(desired, live).length === 0) return [];
  const query =
    "SELECT COUNT(*) AS certificates, MIN(c.pvt_key_encryption_type) AS privateKey,\n" +
    "  MIN(CASE WHEN c.start_date <= SYSUTCDATETIME() AND c.expiry_date > SYSUTCDATETIME() THEN 1 ELSE 0 END) AS isCurrent\n" +
    `FROM sys.certificates AS c WHERE c.name = ${quoteText(certificate)};`;
  return [{ key: certificateKey, database: "master", query }];
}

function certificateRefusals(
  { authentication: { certificate } }: DesiredEndpoint,
  { answers }: PlanContext,
): Refusal[] {
  const answer = answers.get(certificateKey);
  if (certificate === undefined || answer === undefined) return [];
  const refuse = (reason: string): Refusal[] => [{ property: "authentication.certificate", reason }];
  if (Number(answer["certificates"] ?? 0) === 0)
    return refuse(
      `master has no certificate "${certificate}"; make it there first (CREATE CERTIFICATE, its private key encrypted by the master key of master)`,
    );
  if (String(answer["privateKey"] ?? "").trim() !== "MK")
    return refuse(
      `the private key of certificate "${certificate}" is not there or not encrypted by the master key of master (28055); restore it with ALTER CERTIFICATE ... WITH PRIVATE KEY`,
    );
  if (Number(answer["isCurrent"] ?? 0) !== 1)
    return refuse(`certificate "${certificate}" is not valid now (28055); make a new one and name that`);
  return [];
}

// ---- Plan ------------------------------------------------------------------------------------------------------------

function differences(wanted: EndpointSettings, has: EndpointSettings): string[] {
  const isSameIp = wanted.listenerIp?.toLowerCase() === has.listenerIp?.toLowerCase();
  return [
    ...(wanted.state === has.state ? [] : ["state"]),
    ...(wanted.port === has.port && isSameIp ? [] : ["listener"]),
    ...(authenticationClause(wanted.authentication) === authenticationClause(has.authentication)
      ? []
      : ["authentication"]),
    ...(encryptionClause(wanted.encryption) === encryptionClause(has.encryption) ? [] : ["encryption"]),
    ...(wanted.messageForwarding === has.messageForwarding ? [] : ["forwarding"]),
    ...(wanted.messageForwarding && wanted.forwardSizeMb !== has.forwardSizeMb ? ["forward size"] : []),
  ];
}

function settingsText(
  verb: "CREATE" | "ALTER",
  name: string,
  owner: string | undefined,
  settings: EndpointSettings,
): string {
  const { state, port, listenerIp, authentication, encryption, messageForwarding, forwardSizeMb } = settings;
  // An IPv4 address stands bare, an IPv6 address as a text.
  const ip =
    listenerIp === undefined ? "ALL" : listenerIp.includes(":") ? `(${quoteText(listenerIp)})` : `(${listenerIp})`;
  const payload = [
    authenticationClause(authentication),
    encryptionClause(encryption),
    `MESSAGE_FORWARDING = ${messageForwarding ? "ENABLED" : "DISABLED"}`,
    ...(messageForwarding ? [`MESSAGE_FORWARD_SIZE = ${forwardSizeMb}`] : []),
  ];
  return (
    `${verb} ENDPOINT ${quoteName(name)}${authorizationClause(owner)} STATE = ${state.toUpperCase()}\n` +
    `AS TCP (LISTENER_PORT = ${port}, LISTENER_IP = ${ip})\n` +
    `FOR SERVICE_BROKER (${payload.join(", ")});`
  );
}

function alone(label: string, name: string, batch: string, special: Partial<Statement> = {}): Statement {
  return statement("master", label, batch, { inTransaction: false, object: ownedEndpoint(name), ...special });
}

function refusalsOfServer(desired: DesiredEndpoint, live: LiveEndpoint | undefined, context: PlanContext): Refusal[] {
  const { capabilities, catalog } = context;
  if (capabilities.flavor !== "server") {
    const where =
      capabilities.flavor === "managed-instance"
        ? "Azure SQL Managed Instance has its own endpoint on port 4022"
        : "Azure SQL Database has no endpoints";
    return [{ property: "", reason: `${where}; leave the resource out there` }];
  }
  const refusals = certificateRefusals(desired, context);
  if (!catalog.server.properties.seesEndpoints)
    refusals.push({
      property: "server",
      reason: `login "${capabilities.login}" of sqlserver:servers does not see endpoints of others, and what is not seen looks like what is not there; a DBA can allow it: GRANT VIEW ANY DEFINITION TO ${quoteName(capabilities.login)};`,
    });
  const other = live === undefined ? catalog.server.brokerEndpoints[0] : undefined;
  if (other !== undefined)
    refusals.push({
      property: "name",
      reason: `the server has an endpoint for Service Broker, "${other.name}", and can have only one; use that (name: ${JSON.stringify(other.name)}, adopt: true)`,
    });
  return refusals;
}

function notesOf({ authentication, encryption }: EndpointSettings, { capabilities }: PlanContext): string[] {
  return [
    ...(capabilities.platform === "linux" && authentication.windows !== undefined
      ? [
          "Windows authentication on Linux works only where the server is joined to Active Directory; a certificate works everywhere.",
        ]
      : []),
    ...(encryption.mode !== "disabled" && encryption.algorithm.includes("rc4")
      ? ["RC4 is weak and deprecated; use AES."]
      : []),
    ...(isClientOnly(capabilities.edition)
      ? [
          `${capabilities.edition} only talks to servers of a paid edition: messages between two such servers need one in the middle.`,
        ]
      : []),
  ];
}

function plan(desired: DesiredEndpoint, live: LiveEndpoint | undefined, context: PlanContext): Plan {
  const { name, authorization } = desired;
  const refusals = refusalsOfServer(desired, live, context);
  const outcome = {
    owns: [ownedEndpoint(live?.row.name ?? name)],
    requires:
      authorization === undefined
        ? []
        : [{ type: "login" as const, name: authorization, neededBy: `endpoint "${name}"` }],
    refusals,
  };
  if (refusals.length > 0) return { ...outcome, statements: [], notes: [] };
  if (live === undefined) {
    const create = alone(`create endpoint ${name}`, name, settingsText("CREATE", name, authorization, desired), {
      reverse: `DROP ENDPOINT ${quoteName(name)};`,
    });
    return { ...outcome, statements: [create], notes: notesOf(desired, context) };
  }
  const { row, names } = live;
  const give = (to: string): string => `ALTER AUTHORIZATION ON ENDPOINT::${quoteName(row.name)} TO ${quoteName(to)};`;
  const owner =
    authorization === undefined || names.equals(authorization, row.owner)
      ? []
      : [
          alone(`give endpoint ${row.name} to ${authorization}`, row.name, give(authorization), {
            idempotent: true,
            ...(row.owner === "" ? {} : { reverse: give(row.owner) }),
          }),
        ];
  const different = differences(desired, live);
  const isStateOnly = different.length === 1 && different[0] === "state";
  const state = (of: EndpointSettings): string =>
    `ALTER ENDPOINT ${quoteName(row.name)} STATE = ${of.state.toUpperCase()};`;
  const all = (of: EndpointSettings): string => settingsText("ALTER", row.name, undefined, of);
  const render = isStateOnly ? state : all;
  const altered =
    different.length === 0
      ? []
      : [alone(`change endpoint ${row.name}`, row.name, render(desired), { idempotent: true, reverse: render(live) })];
  const isInterrupting = different.some((part) => part !== "forward size");
  return {
    ...outcome,
    statements: [...owner, ...altered],
    notes: [
      ...(altered.length > 0 ? notesOf(desired, context) : []),
      ...(isInterrupting
        ? ["Connections to other servers may be closed and made again; messages wait meanwhile and none is lost."]
        : []),
    ],
  };
}

// ---- Plan of the delete ----------------------------------------------------------------------------------------------

function planDelete({ row }: LiveEndpoint): Plan {
  const drop = alone(`drop endpoint ${row.name}`, row.name, `DROP ENDPOINT ${quoteName(row.name)};`);
  return dropPlan(drop, [
    "Messages for other servers wait in sys.transmission_queue until there is an endpoint again.",
  ]);
}

// ---- Inputs from live, outputs ---------------------------------------------------------------------------------------

function inputsFromLive(live: LiveEndpoint, old: BrokerEndpointInputs): BrokerEndpointInputs {
  const inputs = { ...old };
  const was = desired(old);
  const different = differences(was, live);
  if (old.authorization !== undefined && !live.names.equals(old.authorization, live.row.owner))
    inputs.authorization = live.row.owner;
  if (different.includes("state")) inputs.state = live.state;
  if (was.port !== live.port) inputs.port = live.port;
  if (was.listenerIp?.toLowerCase() !== live.listenerIp?.toLowerCase()) {
    if (live.listenerIp === undefined) delete inputs.listenerIp;
    else inputs.listenerIp = live.listenerIp;
  }
  if (different.includes("authentication")) {
    const { windows, certificate, first } = live.authentication;
    inputs.authentication = {
      ...(windows === undefined ? {} : { windows }),
      ...(certificate === undefined ? {} : { certificate }),
      ...(windows === undefined || certificate === undefined ? {} : { first }),
    };
  }
  if (different.includes("encryption")) {
    inputs.encryption = live.encryption.mode;
    if (live.encryption.mode === "disabled") delete inputs.algorithm;
    else inputs.algorithm = live.encryption.algorithm;
  }
  if (different.includes("forwarding")) {
    inputs.messageForwarding = live.messageForwarding;
    if (!live.messageForwarding) delete inputs.forwardSizeMb;
  }
  if (live.messageForwarding && was.forwardSizeMb !== live.forwardSizeMb) inputs.forwardSizeMb = live.forwardSizeMb;
  return inputs;
}

// ---- Documentation and registration ----------------------------------------------------------------------------------

export const brokerEndpointKind: Kind<BrokerEndpointInputs, DesiredEndpoint, EndpointIdentity, LiveEndpoint> = {
  name: "BrokerEndpoint",
  inputs: BrokerEndpointInputs,
  changes,
  documentation: {
    summary: "The endpoint of Service Broker: how conversations reach other servers.",
    changesInPlace: ["state", "port and address", "authentication", "encryption", "forwarding", "owner"],
    refused: [
      "rename",
      "a second endpoint for Service Broker",
      "a certificate that is not in master, has no usable private key or is not valid now",
      "the Azure flavours",
    ],
    hosts: ["Windows", "Linux"],
  },
  database: () => undefined,
  desired,
  identity: ({ name }) => ({ name }),
  key: ({ name }) => name,
  describe: ({ name }) => `endpoint "${name}"`,
  read,
  existing: (live) => [ownedEndpoint(live.row.name)],
  probes,
  plan,
  planDelete,
  inputsFromLive,
  outputs: (_desired, { row }) => ({ endpointId: row.endpointId }),
  outputNames: ["endpointId"],
};
