/** Where the first message of a conversation goes: the routes of the sender's database. Rules: reference sheet "service broker" 6. */
import { sqlError } from "../session/messages";
import type { Database, SqlServer } from "../storage/model";
import type { Conversation, Route, Service } from "../storage/model-broker";
import { named } from "./built-in";
import { hasPassed } from "./clock";

export interface Destination {
  readonly database: Database;
  readonly service: Service;
}

/** The destination, or why there is none. */
export function destinationOf(server: SqlServer, from: Database, conversation: Conversation): Destination | string {
  const route = bestRoute(from, conversation);
  if (!route) return sqlError(9750).message;
  if (route.address.toUpperCase() !== "LOCAL") return sqlError(9753).message;
  const { farService, farBroker } = conversation;
  if (farBroker !== null) {
    const database = databaseOfBroker(server, farBroker);
    if (!database) return sqlError(9795).message;
    const service = named(database.services.values(), farService);
    return service ? { database, service } : sqlError(9793).message;
  }
  for (const database of [from, ...server.databases.values()]) {
    const service = isOpen(database) ? named(database.services.values(), farService) : undefined;
    if (service) return { database, service };
  }
  return sqlError(9793).message;
}

const isOpen = (database: Database): boolean => database.options.state === "ONLINE";

export function databaseOfBroker(server: SqlServer, guid: string): Database | undefined {
  for (const database of server.databases.values())
    if (isOpen(database) && database.serviceBrokerGuid === guid.toUpperCase()) return database;
  return undefined;
}

/** A route that names the service before one that does not; with an instance asked for, one that names it, else one that names none. */
function bestRoute(database: Database, { farService, farBroker }: Conversation): Route | undefined {
  let best: Route | undefined;
  let bestRank = -1;
  for (const route of database.routes.values()) {
    if (route.expires && hasPassed(route.expires)) continue;
    if (route.serviceName !== null && route.serviceName !== farService) continue;
    const instance = route.brokerInstance?.toUpperCase() ?? null;
    if (farBroker !== null && instance !== null && instance !== farBroker.toUpperCase()) continue;
    const rank = (route.serviceName !== null ? 2 : 0) + ((instance !== null) === (farBroker !== null) ? 1 : 0);
    if (rank <= bestRank) continue;
    best = route;
    bestRank = rank;
  }
  return best;
}
