/** What the catalog shows of the topology: said at preview for objects that are as they should be, and yet cannot work. */
import type { CatalogSnapshot, ObjectName, PlanContext } from "../../contract";
import { checkTopology, type Topology } from "./topology";
import { liveActivation } from "./queue-activation";
import { nameComparer } from "../../engine/names";

export function topologyOf({ database, databaseRow, databaseName, server }: CatalogSnapshot): Topology {
  const { messageTypes, contracts, queues, services, routes } = database.broker;
  const serverNames = nameComparer(server.properties.collation);
  const here = databaseRow?.name ?? databaseName ?? "";
  return {
    messageTypes: messageTypes.map(({ name }) => name),
    contracts: contracts.map(({ name, messages }) => ({ name, messages: Object.fromEntries(messages) })),
    queues: queues.map((row) => ({
      schema: row.schemaName,
      name: row.name,
      activation: liveActivation(row, here, serverNames)?.procedure,
    })),
    services: services.map(({ name, queueSchema, queueName, contracts: accepted }) => ({
      name,
      queue: { schema: queueSchema, name: queueName },
      contracts: accepted,
    })),
    reachesOthers: routes.some(({ address }) => address.toUpperCase() !== "LOCAL"),
    procedures: database.objects
      .filter(({ type }) => type === "P" || type === "PC")
      .map(({ schemaName, name }) => ({ schema: schemaName, name })),
  };
}

/** A catalog does not change, and each of a hundred resources asks about it. */
const known = new WeakMap<CatalogSnapshot, ReturnType<typeof checkTopology>>();

export function topologyObservations({ catalog }: PlanContext, object: ObjectName): string[] {
  const issues = known.get(catalog) ?? checkTopology(topologyOf(catalog));
  known.set(catalog, issues);
  return issues.filter(({ type, name }) => type === object.type && name === object.name).map(({ text }) => text);
}
