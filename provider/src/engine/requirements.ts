/** What a plan needs and the catalog does not have. Pure. */
import type { Plan, Requirement } from "../contract";
import type { CatalogSnapshot } from "./catalog-snapshot";

/** One sentence for each requirement that is not met. */
export function unmetRequirements(plan: Plan, catalog: CatalogSnapshot): string[] {
  return (plan.requires ?? [])
    .filter((requirement) => !isMet(requirement, catalog))
    .map(({ neededBy, type, name }) => `${neededBy} needs ${type} "${name}", which is not there`);
}

function isMet({ type, name }: Requirement, { server, database, names }: CatalogSnapshot): boolean {
  switch (type) {
    case "schema":
      return database.findSchema(name) !== undefined;
    case "filegroup":
      return database.findFilegroup(name) !== undefined;
    case "partition scheme":
      return database.partitions.schemes.some((scheme) => names.equals(scheme.name, name));
    case "object":
      return twoParts(name).some(
        ([schema, own]) =>
          database.findTable(schema, own) !== undefined || database.findObject(schema, own) !== undefined,
      );
    case "type":
      return twoParts(name).some(([schema, own]) => database.findType(schema, own) !== undefined);
    case "assembly":
      return database.findAssembly(name) !== undefined;
    // Service Broker compares these byte by byte.
    case "message type":
      return database.broker.messageTypes.some((row) => row.name === name);
    case "contract":
      return database.broker.contracts.some((row) => row.name === name);
    case "service":
      return database.broker.services.some((row) => row.name === name);
    case "principal":
      return database.findPrincipal(name) !== undefined;
    case "login":
      // What is not seen may be there: logins of Azure SQL Database are in master of its logical server, and elsewhere few may list them.
      return (
        server.properties.engineEdition === 5 || !server.properties.seesLogins || server.findLogin(name) !== undefined
      );
    case "database":
      return server.findDatabase(name) !== undefined;
  }
}

/** Every way to read "a.b" as schema and name: both may hold dots themselves. */
function twoParts(name: string): [schema: string, own: string][] {
  const pairs: [string, string][] = [];
  for (let dot = name.indexOf("."); dot >= 0; dot = name.indexOf(".", dot + 1))
    pairs.push([name.slice(0, dot), name.slice(dot + 1)]);
  return pairs;
}
