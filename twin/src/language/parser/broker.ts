/**
 * Definitions of Service Broker objects.
 * https://learn.microsoft.com/sql/t-sql/statements/create-queue-transact-sql and its neighbours
 */
import type { Name } from "../ast";
import type {
  ActivationSettings,
  BrokerDefinition,
  EndpointSettings,
  MessageValidation,
  PrioritySettings,
  QueueSettings,
  RouteSettings,
} from "../ast-broker";
import type { Cursor } from "./cursor";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The definition that the words after CREATE begin; undefined when it is none of Service Broker's. */
export function parseCreateBroker(c: Cursor, line: number): BrokerDefinition | undefined {
  if (c.takeSequence("MESSAGE", "TYPE")) return createMessageType(c, line);
  if (c.take("CONTRACT")) return createContract(c, line);
  if (c.take("QUEUE")) return createQueue(c, line);
  if (!c.is("MASTER", 1) && c.take("SERVICE")) return createService(c, line);
  if (c.take("ROUTE")) return { kind: "create-route", ...named(c), settings: routeSettings(c), line };
  if (c.takeSequence("REMOTE", "SERVICE", "BINDING")) return createBinding(c, line);
  if (c.takeSequence("BROKER", "PRIORITY")) return priority(c, "create-broker-priority", line);
  if (c.take("ENDPOINT")) return { kind: "create-endpoint", ...named(c), settings: endpointSettings(c, true), line };
  return undefined;
}

export function parseAlterBroker(c: Cursor, line: number): BrokerDefinition | undefined {
  if (c.takeSequence("MESSAGE", "TYPE"))
    return { kind: "alter-message-type", name: c.name(), validation: validation(c), line };
  if (c.take("QUEUE")) return alterQueue(c, line);
  if (!c.is("MASTER", 1) && c.take("SERVICE")) return alterService(c, line);
  if (c.take("ROUTE")) return { kind: "alter-route", name: c.name(), settings: routeSettings(c), line };
  if (c.takeSequence("REMOTE", "SERVICE", "BINDING")) return alterBinding(c, line);
  if (c.takeSequence("BROKER", "PRIORITY")) return priority(c, "alter-broker-priority", line);
  if (c.take("ENDPOINT")) return { kind: "alter-endpoint", name: c.name(), settings: endpointSettings(c, false), line };
  return undefined;
}

function named(c: Cursor): { name: Name; authorization?: string } {
  const name = c.name();
  return c.take("AUTHORIZATION") ? { name, authorization: c.identifier() } : { name };
}

function text(c: Cursor): string {
  if (c.token.kind !== "string") throw c.unexpected();
  return c.next().value;
}

function number(c: Cursor): number {
  if (c.token.kind !== "integer") throw c.unexpected();
  return Number(c.next().text);
}

function word<T extends string>(c: Cursor, ...words: T[]): T {
  const found = words.find((one) => c.is(one));
  if (!found) throw c.unexpected();
  c.next();
  return found;
}

function onOff(c: Cursor): boolean {
  c.expectSymbol("=");
  return word(c, "ON", "OFF") === "ON";
}

// ---- Message types and contracts -----------------------------------------------------------------------------------

function createMessageType(c: Cursor, line: number): BrokerDefinition {
  const head = named(c);
  return { kind: "create-message-type", ...head, validation: c.is("VALIDATION") ? validation(c) : "NONE", line };
}

function validation(c: Cursor): MessageValidation {
  c.expect("VALIDATION");
  c.expectSymbol("=");
  const found = word(c, "NONE", "EMPTY", "WELL_FORMED_XML", "VALID_XML");
  if (found === "VALID_XML") {
    c.expect("WITH", "SCHEMA", "COLLECTION");
    c.name();
  }
  return found;
}

function createContract(c: Cursor, line: number): BrokerDefinition {
  const head = named(c);
  const messages = c.parenthesized(() => {
    const type = c.identifier();
    c.expect("SENT", "BY");
    return { type, by: word(c, "INITIATOR", "TARGET", "ANY") };
  });
  return { kind: "create-contract", ...head, messages, line };
}

// ---- Queues --------------------------------------------------------------------------------------------------------

function createQueue(c: Cursor, line: number): BrokerDefinition {
  const name = c.name();
  const settings = c.take("WITH") ? queueSettings(c, false) : {};
  const on = c.take("ON") ? filegroup(c) : undefined;
  return { kind: "create-queue", name, settings, ...(on === undefined ? {} : { on }), line };
}

function filegroup(c: Cursor): string {
  return c.is("PRIMARY") ? c.next().value : c.identifier();
}

function alterQueue(c: Cursor, line: number): BrokerDefinition {
  const name = c.name();
  if (c.takeSequence("MOVE", "TO"))
    return { kind: "alter-queue", name, action: { kind: "move", filegroup: filegroup(c) }, line };
  const maintenance = c.take("REBUILD") ? "rebuild" : c.take("REORGANIZE") ? "reorganize" : undefined;
  if (!maintenance) {
    c.expect("WITH");
    return { kind: "alter-queue", name, action: { kind: "set", settings: queueSettings(c, true) }, line };
  }
  if (c.take("WITH")) {
    c.expectSymbol("(");
    if (maintenance === "rebuild") {
      c.expect("MAXDOP");
      c.expectSymbol("=");
      number(c);
    } else {
      c.expect("LOB_COMPACTION");
      onOff(c);
    }
    c.expectSymbol(")");
  }
  return { kind: "alter-queue", name, action: { kind: maintenance }, line };
}

function queueSettings(c: Cursor, alter: boolean): QueueSettings {
  const settings: Writable<QueueSettings> = {};
  const once = (key: keyof QueueSettings): void => {
    if (key in settings) throw c.unexpected();
  };
  do {
    if (c.is("STATUS")) {
      once("status");
      c.next();
      settings.status = onOff(c);
    } else if (c.is("RETENTION")) {
      once("retention");
      c.next();
      settings.retention = onOff(c);
    } else if (c.is("ACTIVATION")) {
      once("activation");
      c.next();
      settings.activation = activation(c, alter);
    } else if (c.is("POISON_MESSAGE_HANDLING")) {
      once("poisonHandling");
      c.next();
      c.expectSymbol("(");
      c.expect("STATUS");
      settings.poisonHandling = onOff(c);
      c.expectSymbol(")");
    } else throw c.unexpected();
  } while (c.takeSymbol(",") || c.isAny("STATUS", "RETENTION", "ACTIVATION", "POISON_MESSAGE_HANDLING"));
  return settings;
}

function activation(c: Cursor, alter: boolean): "drop" | ActivationSettings {
  c.expectSymbol("(");
  if (alter && c.take("DROP")) {
    c.expectSymbol(")");
    return "drop";
  }
  const settings: Writable<ActivationSettings> = {};
  do {
    if (c.take("STATUS")) settings.status = onOff(c);
    else if (c.take("PROCEDURE_NAME")) {
      c.expectSymbol("=");
      settings.procedure = c.name();
    } else if (c.take("MAX_QUEUE_READERS")) {
      c.expectSymbol("=");
      settings.maxReaders = number(c);
    } else if (c.takeSequence("EXECUTE", "AS") || c.takeSequence("EXEC", "AS")) {
      if (c.token.kind === "string") settings.executeAs = { kind: "user", name: text(c) };
      else settings.executeAs = { kind: word(c, "SELF", "OWNER") === "SELF" ? "self" : "owner" };
    } else throw c.unexpected();
  } while (c.takeSymbol(","));
  c.expectSymbol(")");
  return settings;
}

// ---- Services ------------------------------------------------------------------------------------------------------

function createService(c: Cursor, line: number): BrokerDefinition {
  const head = named(c);
  c.expect("ON", "QUEUE");
  const queue = c.name();
  const contracts = c.isSymbol("(") ? c.parenthesized(() => c.identifier()) : [];
  return { kind: "create-service", ...head, queue, contracts, line };
}

function alterService(c: Cursor, line: number): BrokerDefinition {
  const name = c.name();
  const queue = c.takeSequence("ON", "QUEUE") ? c.name() : undefined;
  const changes = c.isSymbol("(")
    ? c.parenthesized(() => {
        const add = word(c, "ADD", "DROP") === "ADD";
        c.expect("CONTRACT");
        return { add, contract: c.identifier() };
      })
    : [];
  if (!queue && changes.length === 0) throw c.unexpected();
  return { kind: "alter-service", name, ...(queue ? { queue } : {}), changes, line };
}

// ---- Routes, bindings, priorities ----------------------------------------------------------------------------------

function routeSettings(c: Cursor): RouteSettings {
  c.expect("WITH");
  const settings: Writable<RouteSettings> = {};
  do {
    const key = word(c, "SERVICE_NAME", "BROKER_INSTANCE", "LIFETIME", "ADDRESS", "MIRROR_ADDRESS");
    c.expectSymbol("=");
    if (key === "LIFETIME") settings.lifetime = number(c);
    else if (key === "SERVICE_NAME") settings.serviceName = text(c);
    else if (key === "BROKER_INSTANCE") settings.brokerInstance = text(c);
    else if (key === "ADDRESS") settings.address = text(c);
    else settings.mirrorAddress = text(c);
  } while (c.takeSymbol(","));
  return settings;
}

function createBinding(c: Cursor, line: number): BrokerDefinition {
  const head = named(c);
  c.expect("TO", "SERVICE");
  const service = text(c);
  c.expect("WITH");
  const { user, anonymous = false } = bindingSettings(c);
  if (user === undefined) throw c.unexpected();
  return { kind: "create-remote-service-binding", ...head, service, user, anonymous, line };
}

function alterBinding(c: Cursor, line: number): BrokerDefinition {
  const name = c.name();
  c.expect("WITH");
  return { kind: "alter-remote-service-binding", name, ...bindingSettings(c), line };
}

function bindingSettings(c: Cursor): { user?: string; anonymous?: boolean } {
  const settings: { user?: string; anonymous?: boolean } = {};
  do {
    if (word(c, "USER", "ANONYMOUS") === "ANONYMOUS") settings.anonymous = onOff(c);
    else {
      c.expectSymbol("=");
      settings.user = c.identifier();
    }
  } while (c.takeSymbol(","));
  return settings;
}

function priority(c: Cursor, kind: "create-broker-priority" | "alter-broker-priority", line: number): BrokerDefinition {
  const name = c.name();
  c.expect("FOR", "CONVERSATION");
  const settings: Writable<PrioritySettings> = {};
  if (kind === "create-broker-priority" && !c.is("SET")) return { kind, name, settings, line };
  c.expect("SET");
  c.expectSymbol("(");
  do {
    const key = word(c, "CONTRACT_NAME", "LOCAL_SERVICE_NAME", "REMOTE_SERVICE_NAME", "PRIORITY_LEVEL");
    c.expectSymbol("=");
    if (key === "PRIORITY_LEVEL") settings.level = c.take("DEFAULT") ? 5 : number(c);
    else if (key === "REMOTE_SERVICE_NAME") settings.remoteService = c.take("ANY") ? null : text(c);
    else {
      const named = c.token.kind !== "quoted" && c.take("ANY") ? null : c.identifier();
      if (key === "CONTRACT_NAME") settings.contract = named;
      else settings.localService = named;
    }
  } while (c.takeSymbol(","));
  c.expectSymbol(")");
  return { kind, name, settings, line };
}

// ---- Endpoints -----------------------------------------------------------------------------------------------------

function endpointSettings(c: Cursor, create: boolean): EndpointSettings {
  const settings: Writable<EndpointSettings> = {};
  if (c.take("STATE")) {
    c.expectSymbol("=");
    settings.state = word(c, "STARTED", "STOPPED", "DISABLED");
  }
  if (create || c.is("AS")) {
    c.expect("AS");
    if (!c.take("TCP")) throw c.notImplemented(`endpoints AS ${c.token.upper}`);
    c.expectSymbol("(");
    do tcpOption(c, settings);
    while (c.takeSymbol(","));
    c.expectSymbol(")");
    if (create && settings.port === undefined) throw c.unexpected();
  }
  if (!create && !c.is("FOR")) {
    if (Object.keys(settings).length === 0) throw c.unexpected();
    return settings;
  }
  c.expect("FOR");
  if (!c.take("SERVICE_BROKER")) throw c.notImplemented(`endpoints FOR ${c.token.upper}`);
  c.expectSymbol("(");
  if (!c.isSymbol(")"))
    do brokerOption(c, settings);
    while (c.takeSymbol(","));
  c.expectSymbol(")");
  return settings;
}

function tcpOption(c: Cursor, settings: Writable<EndpointSettings>): void {
  const key = word(c, "LISTENER_PORT", "LISTENER_IP");
  c.expectSymbol("=");
  if (key === "LISTENER_PORT") settings.port = number(c);
  else if (c.take("ALL")) settings.ip = null;
  else {
    c.expectSymbol("(");
    const from = c.token;
    while (!c.isSymbol(")") && !c.atEnd) c.next();
    settings.ip = c.slice(from).replace(/^'|'$/g, "");
    c.expectSymbol(")");
  }
}

const WINDOWS = { NTLM: 1, KERBEROS: 2, NEGOTIATE: 3 } as const;
const CERTIFICATE = 4;

function brokerOption(c: Cursor, settings: Writable<EndpointSettings>): void {
  const key = word(c, "AUTHENTICATION", "ENCRYPTION", "MESSAGE_FORWARDING", "MESSAGE_FORWARD_SIZE");
  c.expectSymbol("=");
  if (key === "AUTHENTICATION") authentication(c, settings);
  else if (key === "ENCRYPTION") settings.encryption = encryption(c);
  else if (key === "MESSAGE_FORWARDING") settings.forwarding = word(c, "ENABLED", "DISABLED") === "ENABLED";
  else settings.forwardSize = number(c);
}

/** The codes of connection_auth: the Windows ones, the certificate, and either followed by the other. */
function authentication(c: Cursor, settings: Writable<EndpointSettings>): void {
  const certificate = (): boolean => {
    if (!c.take("CERTIFICATE")) return false;
    settings.certificate = c.identifier();
    return true;
  };
  const windows = (): number => {
    c.expect("WINDOWS");
    return c.isAny("NTLM", "KERBEROS", "NEGOTIATE") ? WINDOWS[word(c, "NTLM", "KERBEROS", "NEGOTIATE")] : 3;
  };
  if (certificate()) settings.authentication = c.is("WINDOWS") ? 7 + windows() : CERTIFICATE;
  else {
    const first = windows();
    settings.authentication = certificate() ? CERTIFICATE + first : first;
  }
}

function encryption(c: Cursor): number {
  const mode = word(c, "DISABLED", "SUPPORTED", "REQUIRED");
  if (mode === "DISABLED") return 0;
  let algorithms = "AES";
  if (c.take("ALGORITHM")) {
    const first = word(c, "AES", "RC4");
    algorithms = c.isAny("AES", "RC4") ? `${first} ${word(c, "AES", "RC4")}` : first;
  }
  const codes: Record<string, [required: number, supported: number] | undefined> = {
    RC4: [1, 3],
    AES: [2, 4],
    "RC4 AES": [5, 7],
    "AES RC4": [6, 8],
  };
  const found = codes[algorithms];
  if (!found) throw c.unexpected();
  return found[mode === "REQUIRED" ? 0 : 1];
}
