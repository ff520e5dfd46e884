/** Remote service bindings and broker priorities. Rules: reference sheet "service broker" 7 and 8. */
import { contractsOf, named, servicesOf } from "../../broker/built-in";
import type { BrokerDefinition, PrioritySettings } from "../../language/ast-broker";
import type { Name } from "../../language/ast";
import { holds } from "../../security/permissions";
import { sqlError } from "../../session/messages";
import type { Execution } from "../../session/runtime";
import type { BrokerPriority } from "../../storage/model-broker";
import { findPrincipal } from "../schema";
import { dropBrokerDetails, newBrokerId, onePart, ownerFor, requireNew, requireOwn } from "./broker-object";

type Of<K extends BrokerDefinition["kind"]> = Extract<BrokerDefinition, { kind: K }>;

const BINDING_CLASS = 18;

/** Throws 15151 and 28083. */
function bindingUser(name: string, execution: Execution): number {
  const { session } = execution;
  const { database } = session;
  const user = findPrincipal(database, name);
  if (!user) throw sqlError(15151, ["find", "user", name]);
  if (!["S", "U", "E"].includes(user.type)) throw sqlError(28083, [name]);
  if (user.id !== session.user.id && !holds(session, "IMPERSONATE", { class: "USER", database, id: user.id }))
    throw sqlError(15151, ["find", "user", name]);
  return user.id;
}

export function createBinding(statement: Of<"create-remote-service-binding">, execution: Execution): void {
  const { session } = execution;
  const { database, transaction } = session;
  const name = onePart(statement.name, "remote service binding");
  session.demand("CREATE REMOTE SERVICE BINDING", { kind: "database", database });
  const principalId = ownerFor(statement.authorization, execution);
  const { service, anonymous } = statement;
  const userId = bindingUser(statement.user, execution);
  requireNew(database.remoteServiceBindings.values(), name, "remote service binding");
  for (const other of database.remoteServiceBindings.values())
    if (other.serviceName === service) throw sqlError(9619, [name, service]);
  const id = newBrokerId(database, execution);
  const binding = { id, name, principalId, serviceName: service, userId, anonymous };
  transaction.put(database.remoteServiceBindings, id, binding);
}

export function alterBinding(statement: Of<"alter-remote-service-binding">, execution: Execution): void {
  const { database, transaction } = execution.session;
  const name = onePart(statement.name, "remote service binding");
  const list = database.remoteServiceBindings.values();
  const binding = requireOwn(list, name, "remote service binding", "REMOTE SERVICE BINDING", "alter", execution);
  if (statement.user !== undefined) transaction.set(binding, "userId", bindingUser(statement.user, execution));
  if (statement.anonymous !== undefined) transaction.set(binding, "anonymous", statement.anonymous);
}

export function dropBinding(name: Name, execution: Execution): void {
  const { database, transaction } = execution.session;
  const wanted = onePart(name, "remote service binding");
  const list = database.remoteServiceBindings.values();
  const binding = requireOwn(list, wanted, "remote service binding", "REMOTE SERVICE BINDING", "drop", execution);
  transaction.remove(database.remoteServiceBindings, binding.id);
  dropBrokerDetails(database, BINDING_CLASS, binding.id, execution);
}

/** There is no permission of its own to grant: ALTER on the database is asked for. */
function demandPriority(verb: "CREATE" | "ALTER" | "DROP", execution: Execution): void {
  const { session } = execution;
  const { database } = session;
  if (!holds(session, "ALTER", { class: "DATABASE", database }))
    throw sqlError(262, [`${verb} BROKER PRIORITY`, database.name]);
}

function apply(priority: BrokerPriority, settings: PrioritySettings, { session }: Execution): BrokerPriority {
  const { database } = session;
  const { contract, localService, remoteService, level } = settings;
  const next = { ...priority };
  if (contract !== undefined)
    next.contractId = contract === null ? null : (named(contractsOf(database), contract)?.id ?? -1);
  if (next.contractId === -1) throw sqlError(8425, [contract!]);
  if (localService !== undefined)
    next.serviceId = localService === null ? null : (named(servicesOf(database), localService)?.id ?? -1);
  if (next.serviceId === -1) throw sqlError(8423, [localService!]);
  if (remoteService !== undefined) next.remoteService = remoteService;
  if (level !== undefined) next.level = level;
  if (next.level < 1 || next.level > 10) throw sqlError(102, [next.level]);
  return next;
}

export function createPriority(statement: Of<"create-broker-priority">, execution: Execution): void {
  const { database, transaction } = execution.session;
  const name = onePart(statement.name, "broker priority");
  demandPriority("CREATE", execution);
  requireNew(database.brokerPriorities.values(), name, "broker priority");
  const id = newBrokerId(database, execution);
  const empty = { id, name, contractId: null, serviceId: null, remoteService: null, level: 5 };
  transaction.put(database.brokerPriorities, id, apply(empty, statement.settings, execution));
}

export function alterPriority(statement: Of<"alter-broker-priority">, execution: Execution): void {
  const { database, transaction } = execution.session;
  const name = onePart(statement.name, "broker priority");
  demandPriority("ALTER", execution);
  const priority = named(database.brokerPriorities.values(), name);
  if (!priority) throw sqlError(15151, ["alter", "broker priority", name]);
  transaction.put(database.brokerPriorities, priority.id, apply(priority, statement.settings, execution));
}

export function dropPriority(name: Name, execution: Execution): void {
  const { database, transaction } = execution.session;
  const wanted = onePart(name, "broker priority");
  demandPriority("DROP", execution);
  const priority = named(database.brokerPriorities.values(), wanted);
  if (!priority) throw sqlError(15151, ["drop", "broker priority", wanted]);
  transaction.remove(database.brokerPriorities, priority.id);
}
