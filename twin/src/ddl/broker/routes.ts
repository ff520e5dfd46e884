/** Routes. Rules: reference sheet "service broker" 6. */
import { brokerOf } from "../../broker/broker";
import { secondsFromNow } from "../../broker/clock";
import type { BrokerDefinition, RouteSettings } from "../../language/ast-broker";
import type { Name } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Execution } from "../../session/runtime";
import type { Route } from "../../storage/model-broker";
import { dropBrokerDetails, newBrokerId, onePart, ownerFor, requireNew, requireOwn } from "./broker-object";

type Of<K extends BrokerDefinition["kind"]> = Extract<BrokerDefinition, { kind: K }>;

const ROUTE_CLASS = 19;
const LONGEST_NAME = 256;
const LONGEST_INSTANCE = 128;
const LONGEST_LIFETIME = 2147483647;
const TCP = /^TCP:\/\/[^\s:/]+:\d{1,5}$/i;

type Place = Pick<Route, "serviceName" | "brokerInstance" | "address" | "mirrorAddress">;

/** Throws 9659 to 9662, 9743 to 9747. */
function check(route: string, place: Place, lifetime: number | undefined): void {
  const texts: [clause: string, value: string | null, limit: number][] = [
    ["SERVICE_NAME", place.serviceName, LONGEST_NAME],
    ["BROKER_INSTANCE", place.brokerInstance, LONGEST_INSTANCE],
    ["ADDRESS", place.address, LONGEST_NAME],
    ["MIRROR_ADDRESS", place.mirrorAddress, LONGEST_NAME],
  ];
  for (const [clause, value, limit] of texts) {
    if (value === "") throw sqlError(9659, [clause, route]);
    if (value !== null && value.length > limit) throw sqlError(9660, [clause, route, limit + 1]);
  }
  if (place.brokerInstance !== null && place.serviceName === null) throw sqlError(9662, [route]);
  if (lifetime !== undefined && (lifetime < 1 || lifetime > LONGEST_LIFETIME))
    throw sqlError(9746, [route, 1, LONGEST_LIFETIME]);
  const address = place.address.toUpperCase();
  const special = address === "LOCAL" || address === "TRANSPORT";
  if (place.mirrorAddress !== null) {
    if (place.serviceName === null || place.brokerInstance === null) throw sqlError(9661, [route]);
    if (special) throw sqlError(9743, ["ADDRESS", route]);
    if (!TCP.test(place.mirrorAddress))
      throw sqlError(/^(LOCAL|TRANSPORT)$/i.test(place.mirrorAddress) ? 9743 : 9744, ["MIRROR_ADDRESS", route]);
    if (place.mirrorAddress.toUpperCase() === address) throw sqlError(9747, [route]);
  }
  if (address === "TRANSPORT" && place.serviceName !== null) throw sqlError(9745, [route]);
  if (!special && !TCP.test(place.address)) throw sqlError(9744, ["ADDRESS", route]);
}

export function createRoute(statement: Of<"create-route">, execution: Execution): void {
  const { session } = execution;
  const { database, transaction } = session;
  const name = onePart(statement.name, "route");
  const { settings } = statement;
  if (settings.address === undefined) throw sqlError(9659, ["ADDRESS", name]);
  session.demand("CREATE ROUTE", { kind: "database", database });
  const principalId = ownerFor(statement.authorization, execution);
  requireNew(database.routes.values(), name, "route");
  const place: Place = {
    serviceName: settings.serviceName ?? null,
    brokerInstance: settings.brokerInstance ?? null,
    address: settings.address,
    mirrorAddress: settings.mirrorAddress ?? null,
  };
  check(name, place, settings.lifetime);
  const id = newBrokerId(database, execution);
  const expires = settings.lifetime === undefined ? null : secondsFromNow(settings.lifetime);
  transaction.put(database.routes, id, { id, name, principalId, expires, ...place });
  brokerOf(session.server).afterCommit(transaction);
}

/** What is not written stays as it is. */
export function alterRoute(statement: Of<"alter-route">, execution: Execution): void {
  const { session } = execution;
  const { database, transaction } = session;
  const name = onePart(statement.name, "route");
  const route = requireOwn(database.routes.values(), name, "route", "ROUTE", "alter", execution);
  const { settings } = statement;
  const place = placeAfter(route, settings);
  check(name, place, settings.lifetime);
  for (const key of ["serviceName", "brokerInstance", "address", "mirrorAddress"] as const)
    transaction.set(route, key, place[key] as never);
  if (settings.lifetime !== undefined) transaction.set(route, "expires", secondsFromNow(settings.lifetime));
  brokerOf(session.server).afterCommit(transaction);
}

function placeAfter(route: Route, settings: RouteSettings): Place {
  return {
    serviceName: settings.serviceName ?? route.serviceName,
    brokerInstance: settings.brokerInstance ?? route.brokerInstance,
    address: settings.address ?? route.address,
    mirrorAddress: settings.mirrorAddress ?? route.mirrorAddress,
  };
}

export function dropRoute(name: Name, execution: Execution): void {
  const { database, transaction } = execution.session;
  const wanted = onePart(name, "route");
  const route = requireOwn(database.routes.values(), wanted, "route", "ROUTE", "drop", execution);
  transaction.remove(database.routes, route.id);
  dropBrokerDetails(database, ROUTE_CLASS, route.id, execution);
}
