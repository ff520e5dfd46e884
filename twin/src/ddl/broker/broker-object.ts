/** What the definitions of Service Broker have in common: one-part names that compare byte by byte, owners, permissions. */
import { FIRST_USER_ID, named } from "../../broker/built-in";
import { databaseIdentity } from "../../security/identity";
import type { SecurableClass } from "../../security/permission-hierarchy";
import { holds, type BrokerClass } from "../../security/permissions";
import type { Name } from "../../language/ast";
import { sqlError } from "../../session/messages";
import "../../session/messages/broker";
import type { Execution } from "../../session/runtime";
import type { Database } from "../../storage/model";
import { at, shown } from "../naming";
import { findPrincipal } from "../schema";

/** As messages name them. */
export type BrokerNoun =
  "message type" | "contract" | "service" | "route" | "remote service binding" | "broker priority";

/** Throws 9609 for a name with a schema or database. */
export function onePart(name: Name, noun: string): string {
  if (name.parts.length > 1) throw at(sqlError(9609, [noun, shown(name), 0]), name.line);
  return name.parts[0]!;
}

export function newBrokerId(database: Database, execution: Execution): number {
  const id = database.nextBrokerId;
  execution.session.transaction.set(database, "nextBrokerId", id + 1);
  return id;
}

export function requireNew(list: Iterable<{ name: string }>, name: string, noun: BrokerNoun): void {
  if (named(list, name)) throw sqlError(15530, [noun, name]);
}

/** The owner that AUTHORIZATION names, or who runs the statement. Throws 15151. */
export function ownerFor(authorization: string | undefined, execution: Execution): number {
  const { session } = execution;
  const { database } = session;
  if (authorization === undefined) return session.user.id;
  const owner = findPrincipal(database, authorization);
  const identity = databaseIdentity(session, database);
  if (!owner || !identity) throw sqlError(15151, ["find", "user", authorization]);
  const may =
    identity.ids.has(owner.id) ||
    (owner.type === "R"
      ? holds(session, "ALTER", { class: "ROLE", database, id: owner.id })
      : holds(session, "IMPERSONATE", { class: "USER", database, id: owner.id }));
  if (!may) throw sqlError(15151, ["find", "user", authorization]);
  return owner.id;
}

/** A definition to change or drop. Throws 15151 (missing, or no permission) and 9663 (built in). */
export function requireOwn<T extends { id: number; name: string }>(
  list: Iterable<T>,
  name: string,
  noun: BrokerNoun,
  securableClass: BrokerClass,
  verb: "alter" | "drop",
  execution: Execution,
): T {
  const { session } = execution;
  const found = named(list, name);
  if (!found || !holds(session, "ALTER", { class: securableClass, database: session.database, id: found.id }))
    throw sqlError(15151, [verb, noun, name]);
  if (found.id < FIRST_USER_ID) throw sqlError(9663);
  return found;
}

/** REFERENCES on what a definition names; built-in ones are everybody's. */
export function requireReference<T extends { id: number; name: string }>(
  list: Iterable<T>,
  name: string,
  noun: BrokerNoun,
  securableClass: Extract<SecurableClass, "MESSAGE TYPE" | "CONTRACT">,
  missing: number,
  execution: Execution,
): T {
  const { session } = execution;
  const found = named(list, name);
  if (!found) throw sqlError(missing, [name]);
  const may =
    found.id < FIRST_USER_ID ||
    holds(session, "REFERENCES", { class: securableClass, database: session.database, id: found.id });
  if (!may) throw sqlError(15151, ["find", noun, name]);
  return found;
}

/** Permissions and extended properties go with their object. */
export function dropBrokerDetails(database: Database, classId: number, id: number, execution: Execution): void {
  const { transaction } = execution.session;
  for (const list of [database.permissions, database.extendedProperties])
    for (let i = list.length - 1; i >= 0; i--)
      if (list[i]!.classId === classId && list[i]!.majorId === id) transaction.splice(list as unknown[], i, 1);
}
