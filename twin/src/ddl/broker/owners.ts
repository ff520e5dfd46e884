/** ALTER AUTHORIZATION on Service Broker's objects. Names of the objects compare byte by byte; priorities have no owner. */
import { contractsOf, FIRST_USER_ID, messageTypesOf, named, servicesOf } from "../../broker/built-in";
import type { Definition } from "../../language/ast";
import { holds, type BrokerClass } from "../../security/permissions";
import { classIds } from "../../security/permission-hierarchy";
import { sqlError } from "../../session/messages";
import type { Execution } from "../../session/runtime";
import type { Database } from "../../storage/model";
import type { BrokerObject } from "../../storage/model-broker";
import { at } from "../naming";
import { findPrincipal } from "../schema";
import { onePart } from "./broker-object";

type Statement = Extract<Definition, { kind: "alter-authorization" }>;

export const brokerObjects: Record<BrokerClass, (database: Database) => Iterable<BrokerObject>> = {
  "MESSAGE TYPE": messageTypesOf,
  CONTRACT: contractsOf,
  SERVICE: servicesOf,
  "REMOTE SERVICE BINDING": (database) => database.remoteServiceBindings.values(),
  ROUTE: (database) => database.routes.values(),
};

export function isBrokerClass(name: string): name is BrokerClass {
  return Object.hasOwn(brokerObjects, name);
}

function revoke(list: { classId: number; majorId: number }[], classId: number, id: number, execution: Execution): void {
  for (let i = list.length - 1; i >= 0; i--)
    if (list[i]!.classId === classId && list[i]!.majorId === id) execution.session.transaction.splice(list, i, 1);
}

export function brokerOwner(statement: Statement, execution: Execution): void {
  const { session } = execution;
  const { database, transaction } = session;
  const securableClass = statement.securable.class as BrokerClass;
  const noun = securableClass.toLowerCase();
  const name = onePart(statement.securable.name, noun);
  const found = named(brokerObjects[securableClass](database), name);
  if (!found || !holds(session, "TAKE OWNERSHIP", { class: securableClass, database, id: found.id }))
    throw at(sqlError(15151, ["find", noun, name]), statement.line);
  if (found.id < FIRST_USER_ID) throw sqlError(9663);
  if (statement.owner === "schema-owner") throw at(sqlError(102, ["SCHEMA"]), statement.line);
  const owner = findPrincipal(database, statement.owner);
  if (!owner) throw at(sqlError(15151, ["find", "principal", statement.owner]), statement.line);
  transaction.set(found, "principalId", owner.id);
  revoke(database.permissions, classIds[securableClass]!, found.id, execution);
}

export function endpointOwner(statement: Statement, execution: Execution): void {
  const { session } = execution;
  const { server, transaction } = session;
  const name = onePart(statement.securable.name, "endpoint");
  const found = [...server.endpoints.values()].find((endpoint) => server.key(endpoint.name) === server.key(name));
  if (!found || !holds(session, "TAKE OWNERSHIP", { class: "ENDPOINT", id: found.id }))
    throw at(sqlError(15151, ["find", "endpoint", name]), statement.line);
  const login = statement.owner === "schema-owner" ? undefined : server.logins.get(server.key(statement.owner));
  if (!login || login.type === "R") throw at(sqlError(15151, ["find", "principal", statement.owner]), statement.line);
  transaction.set(found, "principalId", login.id);
  revoke(server.serverPermissions, classIds.ENDPOINT!, found.id, execution);
}
