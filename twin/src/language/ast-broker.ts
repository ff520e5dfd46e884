/** Syntax of Service Broker: definitions and conversation statements. Joined to the statements in ast.ts. */
import type { Expression, Name, SelectItem } from "./ast";

/** Only what was written. */
export interface QueueSettings {
  readonly status?: boolean;
  readonly retention?: boolean;
  readonly poisonHandling?: boolean;
  readonly activation?: "drop" | ActivationSettings;
}
export interface ActivationSettings {
  readonly status?: boolean;
  readonly procedure?: Name;
  readonly maxReaders?: number;
  readonly executeAs?: { kind: "self" } | { kind: "owner" } | { kind: "user"; name: string };
}

export interface RouteSettings {
  readonly serviceName?: string;
  readonly brokerInstance?: string;
  readonly lifetime?: number;
  readonly address?: string;
  readonly mirrorAddress?: string;
}

export interface PrioritySettings {
  /** null = ANY. */
  readonly contract?: string | null;
  readonly localService?: string | null;
  readonly remoteService?: string | null;
  readonly level?: number;
}

export interface EndpointSettings {
  readonly state?: "STARTED" | "STOPPED" | "DISABLED";
  readonly port?: number;
  /** null = ALL. */
  readonly ip?: string | null;
  /** sys.service_broker_endpoints.connection_auth. */
  readonly authentication?: number;
  readonly certificate?: string;
  /** sys.service_broker_endpoints.encryption_algorithm. */
  readonly encryption?: number;
  readonly forwarding?: boolean;
  readonly forwardSize?: number;
}

export type MessageValidation = "NONE" | "EMPTY" | "WELL_FORMED_XML" | "VALID_XML";

interface Owned {
  readonly authorization?: string;
  readonly line: number;
}

export type BrokerDefinition =
  | ({ kind: "create-message-type"; name: Name; validation: MessageValidation } & Owned)
  | { kind: "alter-message-type"; name: Name; validation: MessageValidation; line: number }
  | ({ kind: "create-contract"; name: Name; messages: { type: string; by: "INITIATOR" | "TARGET" | "ANY" }[] } & Owned)
  | { kind: "create-queue"; name: Name; settings: QueueSettings; on?: string; line: number }
  | {
      kind: "alter-queue";
      name: Name;
      action:
        | { kind: "set"; settings: QueueSettings }
        | { kind: "rebuild" | "reorganize" }
        | { kind: "move"; filegroup: string };
      line: number;
    }
  | ({ kind: "create-service"; name: Name; queue: Name; contracts: string[] } & Owned)
  | { kind: "alter-service"; name: Name; queue?: Name; changes: { add: boolean; contract: string }[]; line: number }
  | ({ kind: "create-route"; name: Name; settings: RouteSettings } & Owned)
  | { kind: "alter-route"; name: Name; settings: RouteSettings; line: number }
  | ({ kind: "create-remote-service-binding"; name: Name; service: string; user: string; anonymous: boolean } & Owned)
  | { kind: "alter-remote-service-binding"; name: Name; user?: string; anonymous?: boolean; line: number }
  | { kind: "create-broker-priority"; name: Name; settings: PrioritySettings; line: number }
  | { kind: "alter-broker-priority"; name: Name; settings: PrioritySettings; line: number }
  | ({ kind: "create-endpoint"; name: Name; settings: EndpointSettings } & Owned)
  | { kind: "alter-endpoint"; name: Name; settings: EndpointSettings; line: number };

export interface Receive {
  kind: "receive";
  top?: Expression;
  items: SelectItem[];
  queue: Name;
  /** Table variable. */
  into?: string;
  where?: { column: "conversation_handle" | "conversation_group_id"; value: Expression };
  line: number;
}
export interface GetConversationGroup {
  kind: "get-conversation-group";
  variable: string;
  queue: Name;
  line: number;
}

export type ConversationStatement =
  | {
      kind: "begin-dialog";
      variable: string;
      /** A name, or a variable that holds one. */
      from: string | Expression;
      to: Expression;
      broker?: Expression;
      contract?: string | Expression;
      related?: { kind: "conversation" | "group"; value: Expression };
      lifetime?: Expression;
      encryption?: boolean;
      line: number;
    }
  | { kind: "begin-conversation-timer"; handle: Expression; timeout: Expression; line: number }
  | { kind: "send"; handles: Expression[]; messageType?: string | Expression; body?: Expression; line: number }
  | Receive
  | GetConversationGroup
  | { kind: "wait-for-message"; statement: Receive | GetConversationGroup; timeout?: Expression; line: number }
  | { kind: "move-conversation"; handle: Expression; group: Expression; line: number }
  | {
      kind: "end-conversation";
      handle: Expression;
      error?: { code: Expression; description: Expression };
      cleanup: boolean;
      line: number;
    };
