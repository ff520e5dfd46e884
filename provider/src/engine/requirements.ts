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
  switch (type) {
    case "schema":
      return database.findSchema(name) !== undefined;
    case "filegroup":
      return database.findFilegroup(name) !== undefined;
    case "object":
      return twoParts(name).some(([schema, own]) => database.findTable(schema, own) !== undefined || database.findObject(schema, own) !== undefined);
    case "type":
      return twoParts(name).some(([schema, own]) => database.findType(schema, own) !== undefined);
    case "principal":
      return typeof answers.get(principalKey(name))?.["id"] === "number";
  }
}

/** Every way to read "a.b" as schema and name: both may hold dots themselves. */
function twoParts(name: string): [schema: string, own: string][] {
  const pairs: [string, string][] = [];
  for (let dot = name.indexOf("."); dot >= 0; dot = name.indexOf(".", dot + 1)) pairs.push([name.slice(0, dot), name.slice(dot + 1)]);
  return pairs;
}
