/** Rows of Service Broker: message types, contracts, queues, services, routes, bindings, priorities; and the endpoint of the server. */
import { z } from "zod";
import { bit, nullableText, text } from "./row";

export const BrokerMessageTypeRow = z.object({
  messageTypeId: z.number(),
  name: text,
  owner: text,
  /** N none, E empty, X XML: well-formed, or valid where a schema collection is named. */
  validation: text,
  collectionSchema: nullableText,
  collectionName: nullableText,
});
export type BrokerMessageTypeRow = z.infer<typeof BrokerMessageTypeRow>;

/** One row for each message type of a contract. */
export const BrokerContractMessageRow = z.object({
  contractId: z.number(),
  name: text,
  owner: text,
  messageType: nullableText,
  isSentByInitiator: bit,
  isSentByTarget: bit,
});
export type BrokerContractMessageRow = z.infer<typeof BrokerContractMessageRow>;

export const BrokerQueueRow = z.object({
  objectId: z.number(),
  schemaName: text,
  name: text,
  /** null = it belongs to the owner of its schema. */
  owner: nullableText,
  isReceiveEnabled: bit,
  isEnqueueEnabled: bit,
  isRetentionEnabled: bit,
  isPoisonMessageHandlingEnabled: bit,
  isActivationEnabled: bit,
  /** Three parts in brackets; null = no activation. */
  activationProcedure: nullableText,
  maxReaders: z.number().nullable(),
  /** The name of a user. */
  executeAs: nullableText,
  isExecutedAsOwner: bit,
  /** null = the catalog does not show it. */
  filegroup: nullableText,
});
export type BrokerQueueRow = z.infer<typeof BrokerQueueRow>;

/** One row for each contract of a service, one for a service without contracts. */
export const BrokerServiceContractRow = z.object({
  serviceId: z.number(),
  name: text,
  owner: text,
  queueSchema: text,
  queueName: text,
  contract: nullableText,
});
export type BrokerServiceContractRow = z.infer<typeof BrokerServiceContractRow>;

export const BrokerRouteRow = z.object({
  routeId: z.number(),
  name: text,
  owner: text,
  serviceName: nullableText,
  brokerInstance: nullableText,
  /** UTC, "2027-01-01T00:00:00" with or without a fraction. */
  expiresAt: nullableText,
  address: text,
  mirrorAddress: nullableText,
});
export type BrokerRouteRow = z.infer<typeof BrokerRouteRow>;

export const RemoteServiceBindingRow = z.object({
  bindingId: z.number(),
  name: text,
  owner: text,
  serviceName: text,
  user: text,
  isAnonymous: bit,
});
export type RemoteServiceBindingRow = z.infer<typeof RemoteServiceBindingRow>;

/** null = any. */
export const BrokerPriorityRow = z.object({
  name: text,
  contract: nullableText,
  localService: nullableText,
  remoteService: nullableText,
  level: z.number(),
});
export type BrokerPriorityRow = z.infer<typeof BrokerPriorityRow>;

export const BrokerEndpointRow = z.object({
  endpointId: z.number(),
  name: text,
  owner: text,
  /** STARTED, STOPPED, DISABLED. */
  state: text,
  port: z.number(),
  /** null = all addresses. */
  ipAddress: nullableText,
  /** sys.service_broker_endpoints.connection_auth, 1 to 10. */
  authentication: z.number(),
  certificate: nullableText,
  /** sys.service_broker_endpoints.encryption_algorithm, 0 to 8. */
  encryption: z.number(),
  isForwarding: bit,
  forwardSizeMb: z.number(),
});
export type BrokerEndpointRow = z.infer<typeof BrokerEndpointRow>;

// ---- Objects of several rows -----------------------------------------------------------------------------------------

export type SentBy = "initiator" | "target" | "any";

export interface BrokerContractEntry {
  readonly contractId: number;
  readonly name: string;
  readonly owner: string;
  readonly messages: ReadonlyMap<string, SentBy>;
}

export interface BrokerServiceEntry {
  readonly serviceId: number;
  readonly name: string;
  readonly owner: string;
  readonly queueSchema: string;
  readonly queueName: string;
  readonly contracts: readonly string[];
}

export function groupContracts(rows: readonly BrokerContractMessageRow[]): BrokerContractEntry[] {
  const contracts = new Map<number, BrokerContractEntry & { messages: Map<string, SentBy> }>();
  for (const { contractId, name, owner, messageType, isSentByInitiator, isSentByTarget } of rows) {
    const entry = contracts.get(contractId) ?? { contractId, name, owner, messages: new Map<string, SentBy>() };
    contracts.set(contractId, entry);
    if (messageType === null) continue;
    entry.messages.set(
      messageType,
      isSentByInitiator && isSentByTarget ? "any" : isSentByTarget ? "target" : "initiator",
    );
  }
  return [...contracts.values()];
}

export function groupServices(rows: readonly BrokerServiceContractRow[]): BrokerServiceEntry[] {
  const services = new Map<number, BrokerServiceEntry & { contracts: string[] }>();
  for (const { contract, ...service } of rows) {
    const entry = services.get(service.serviceId) ?? { ...service, contracts: [] };
    services.set(service.serviceId, entry);
    if (contract !== null) entry.contracts.push(contract);
  }
  return [...services.values()];
}

/** What a database holds of Service Broker, without what every database is born with. */
export interface BrokerCatalog {
  readonly messageTypes: readonly BrokerMessageTypeRow[];
  readonly contracts: readonly BrokerContractEntry[];
  readonly queues: readonly BrokerQueueRow[];
  readonly services: readonly BrokerServiceEntry[];
  readonly routes: readonly BrokerRouteRow[];
  readonly bindings: readonly RemoteServiceBindingRow[];
  readonly priorities: readonly BrokerPriorityRow[];
}
