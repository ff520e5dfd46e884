/** Everything that the reference database holds, as the stacks deploy it. */
import type { TableDefinition } from "pulumi-sqlserver";
import { billing } from "./tables/billing";
import { dbo } from "./tables/dbo";
import { graph } from "./tables/graph";
import { provenance } from "./tables/provenance";

export const database = "Hartonomous";

/** Schemas besides dbo, which every database has. */
export const schemas = ["graph", "provenance", "billing"] as const;

/** Filegroups besides PRIMARY. */
export const filegroups = ["AtomData", "Provenance"] as const;

export const tables: Readonly<Record<string, TableDefinition>> = { ...dbo, ...graph, ...provenance, ...billing };

/** Where the modules are, seen from the directory of the Pulumi programs: the provider works there. */
export const moduleDirectory = "../sql/hartonomous/modules";
