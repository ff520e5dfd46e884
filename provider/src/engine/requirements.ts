/** What a plan needs and the catalog does not have. Pure. */
import type { Plan, Probe, ProbeRow, Requirement } from "../contract";
import type { CatalogSnapshot } from "./catalog-snapshot";
import { quoteText } from "./quoting";

/** Principals are not in the snapshot: they are asked for by name, all in one request. */
export function requirementProbes(plan: Plan): Probe[] {
  const names = new Set((plan.requires ?? []).filter(({ type }) => type === "principal").map(({ name }) => name));
  return [...names].map((name) => ({ key: principalKey(name), query: `SELECT DATABASE_PRINCIPAL_ID(${quoteText(name)}) AS id;` }));
}

function principalKey(name: string): string {
  return `principal ${name}`;
}

/** One sentence for each requirement that is not met. */
export function unmetRequirements(plan: Plan, catalog: CatalogSnapshot, answers: ReadonlyMap<string, ProbeRow>): string[] {
  return (plan.requires ?? [])
    .filter((requirement) => !isMet(requirement, catalog, answers))
    .map(({ neededBy, type, name }) => `${neededBy} needs ${type} "${name}", which is not there`);
}

function isMet({ type, name }: Requirement, { database }: CatalogSnapshot, answers: ReadonlyMap<string, ProbeRow>): boolean {
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
      return typeof answers.get(principalKey(name))?.["id"] === "number";
  }
}
