/** The server's endpoint for Service Broker. The twin records it and listens on nothing. Rules: reference sheet "service broker" 9. */
import type { BrokerDefinition, EndpointSettings } from "../../language/ast-broker";
import type { Name } from "../../language/ast";
import { holds } from "../../security/permissions";
import { sqlError } from "../../session/messages";
import type { Execution } from "../../session/runtime";
import { notImplemented } from "../../session/sql-error";
import type { BrokerEndpoint } from "../../storage/model-broker";
import { requireNoTransaction } from "../database/access";
import { onePart } from "./broker-object";

type Of<K extends BrokerDefinition["kind"]> = Extract<BrokerDefinition, { kind: K }>;

const ENDPOINT_CLASS = 105;
const FIRST_ID = 65536;
const PORTS = [1024, 32767] as const;

function find(name: string, verb: "alter" | "drop", { session }: Execution): BrokerEndpoint {
  const key = session.server.key(name);
  for (const endpoint of session.server.endpoints.values())
    if (session.server.key(endpoint.name) === key && holds(session, "ALTER", { class: "ENDPOINT", id: endpoint.id }))
      return endpoint;
  throw sqlError(15151, [verb, "endpoint", name]);
}

function apply(endpoint: BrokerEndpoint, settings: EndpointSettings): BrokerEndpoint {
  if (settings.certificate !== undefined) throw sqlError(15151, ["find", "certificate", settings.certificate]);
  if (settings.port !== undefined && (settings.port < PORTS[0] || settings.port > PORTS[1]))
    throw notImplemented(`an endpoint on port ${settings.port}, outside ${PORTS[0]} to ${PORTS[1]}`);
  return {
    ...endpoint,
    state: settings.state ?? endpoint.state,
    port: settings.port ?? endpoint.port,
    ip: settings.ip === undefined ? endpoint.ip : settings.ip,
    authentication: settings.authentication ?? endpoint.authentication,
    encryption: settings.encryption ?? endpoint.encryption,
    forwarding: settings.forwarding ?? endpoint.forwarding,
    forwardSize: settings.forwardSize ?? endpoint.forwardSize,
  };
}

export function createEndpoint(statement: Of<"create-endpoint">, execution: Execution): void {
  const { session } = execution;
  const { server, transaction } = session;
  requireNoTransaction(execution, "CREATE ENDPOINT");
  const name = onePart(statement.name, "endpoint");
  session.demand("CREATE ENDPOINT", { kind: "server" });
  const owner =
    statement.authorization === undefined
      ? session.effectiveLogin
      : server.logins.get(server.key(statement.authorization));
  if (!owner || owner.type === "R") throw sqlError(15151, ["find", "login", statement.authorization ?? ""]);
  for (const other of server.endpoints.values())
    if (server.key(other.name) === server.key(name)) throw sqlError(15530, ["endpoint", name]);
  if (server.endpoints.size > 0) throw sqlError(7862);
  const id = Math.max(FIRST_ID - 1, ...server.endpoints.keys()) + 1;
  const plain: BrokerEndpoint = {
    id,
    name,
    principalId: owner.id,
    state: "STOPPED",
    port: 0,
    ip: null,
    authentication: 3,
    encryption: 2,
    forwarding: false,
    forwardSize: 10,
  };
  transaction.put(server.endpoints, id, apply(plain, statement.settings));
}

export function alterEndpoint(statement: Of<"alter-endpoint">, execution: Execution): void {
  const { server, transaction } = execution.session;
  requireNoTransaction(execution, "ALTER ENDPOINT");
  const endpoint = find(onePart(statement.name, "endpoint"), "alter", execution);
  transaction.put(server.endpoints, endpoint.id, apply(endpoint, statement.settings));
}

export function dropEndpoint(name: Name, execution: Execution): void {
  const { server, transaction } = execution.session;
  requireNoTransaction(execution, "DROP ENDPOINT");
  const endpoint = find(onePart(name, "endpoint"), "drop", execution);
  transaction.remove(server.endpoints, endpoint.id);
  const { serverPermissions } = server;
  for (let i = serverPermissions.length - 1; i >= 0; i--)
    if (serverPermissions[i]!.classId === ENDPOINT_CLASS && serverPermissions[i]!.majorId === endpoint.id)
      transaction.splice(serverPermissions, i, 1);
}
