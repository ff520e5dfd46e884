/** Service Broker's records: definitions, conversations, messages. Plain data, as the rest of the model; names compare byte by byte. */
import type { DateTime } from "../types/value";

/** One of a database's broker definitions; ids from 65536 are the user's. */
export interface BrokerObject {
  id: number;
  name: string;
  principalId: number;
}

export interface MessageType extends BrokerObject {
  /** NONE, EMPTY, WELL_FORMED_XML. */
  validation: "N" | "E" | "X";
}

export interface Contract extends BrokerObject {
  messages: { typeId: number; initiator: boolean; target: boolean }[];
}

export interface Service extends BrokerObject {
  queueId: number;
  /** Contracts that it accepts as the target. */
  contractIds: number[];
}

export interface Route extends BrokerObject {
  serviceName: string | null;
  brokerInstance: string | null;
  /** UTC; null = never expires. */
  expires: DateTime | null;
  address: string;
  mirrorAddress: string | null;
}

export interface RemoteServiceBinding extends BrokerObject {
  serviceName: string;
  userId: number;
  anonymous: boolean;
}

export interface BrokerPriority {
  id: number;
  name: string;
  /** null = ANY, as in the two below. */
  contractId: number | null;
  serviceId: number | null;
  remoteService: string | null;
  /** 1 to 10. */
  level: number;
}

export interface QueueActivation {
  enabled: boolean;
  /** Database, schema and name. */
  procedure: [database: string, schema: string, name: string];
  maxReaders: number;
  /** database_principal_id; -2 = OWNER. */
  executeAs: number;
}

/** One side of a conversation. */
export interface Conversation {
  handle: string;
  conversationId: string;
  isInitiator: boolean;
  contractId: number;
  contractName: string;
  groupId: string;
  serviceId: number;
  /** UTC. */
  expires: DateTime;
  farService: string;
  /** GUID of the far database's broker, once it is known or was asked for. */
  farBroker: string | null;
  /** Handle of the other side, once there is one. */
  farHandle: string | null;
  encryption: boolean;
  ownerId: number;
  sendSequence: number;
  receiveSequence: number;
  /** END CONVERSATION was run on this side; a message said that it was on the other. */
  endedHere: boolean;
  endedThere: boolean;
  /** An Error message has arrived, or was made here. */
  failed: boolean;
  /** UTC; null = none runs. */
  timer: DateTime | null;
  priority: number;
  /** Both sides have ended: when, UTC. */
  closed: DateTime | null;
}

/** A message in a queue. Key: its order of arrival in the database. */
export interface QueuedMessage {
  order: number;
  queueId: number;
  /** 0 received and retained, 1 ready, 3 sent and retained. */
  status: 0 | 1 | 3;
  handle: string;
  groupId: string;
  sequence: number;
  priority: number;
  serviceId: number;
  serviceName: string;
  contractId: number;
  contractName: string;
  typeId: number;
  typeName: string;
  validation: "N" | "E" | "X";
  body: Uint8Array | null;
  messageId: string;
}

/** A message on its way: sys.transmission_queue. Key: its order in the database. */
export interface UnsentMessage {
  order: number;
  /** The sender's handle. */
  handle: string;
  toService: string;
  toBroker: string | null;
  fromService: string;
  contractName: string;
  typeName: string;
  enqueued: DateTime;
  sequence: number;
  kind: "message" | "end" | "error";
  body: Uint8Array | null;
  /** Why it could not be delivered; empty = not tried yet. */
  status: string;
  priority: number;
}

/** CREATE ENDPOINT ... FOR SERVICE_BROKER: of the server. */
export interface BrokerEndpoint {
  id: number;
  name: string;
  /** Login. */
  principalId: number;
  state: "STARTED" | "STOPPED" | "DISABLED";
  port: number;
  /** null = ALL. */
  ip: string | null;
  /** sys.service_broker_endpoints.connection_auth and encryption_algorithm. */
  authentication: number;
  encryption: number;
  forwarding: boolean;
  forwardSize: number;
}
