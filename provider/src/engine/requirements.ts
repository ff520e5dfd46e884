/** What a plan needs and the catalog does not have. Pure. */
import type { Plan, Requirement } from "../contract";
import type { CatalogSnapshot } from "./catalog-snapshot";

export function unmetRequirements(plan: Plan, catalog: CatalogSnapshot): string[] {
  return (plan.requires ?? []).filter((requirement) => !isMet(requirement, catalog)).map((requirement) => `${requirement.neededBy} needs ${requirement.type} "${requirement.name}", which is not there`);
}

function isMet({ type, name }: Requirement, { database }: CatalogSnapshot): boolean {
  const dot = name.indexOf(".");
  const [schema, own] = dot < 0 ? ["dbo", name] : [name.slice(0, dot), name.slice(dot + 1)];
  switch (type) {
    case "schema":
      return database.findSchema(name) !== undefined;
    case "filegroup":
      return database.findFilegroup(name) !== undefined;
    case "object":
      return database.findTable(schema, own) !== undefined || database.findObject(schema, own) !== undefined;
    case "type":
      return database.findType(schema, own) !== undefined;
    case "principal":
      return true;
  }
}
