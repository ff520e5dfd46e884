/** Everything that the reference database holds, as the stacks deploy it. */
import type { TableDefinition } from "pulumi-sqlserver";
import type { DatabaseDefinition } from "pulumi-sqlserver-components";
import { conversations } from "./conversations";
import { billing } from "./tables/billing";
import { broker } from "./tables/broker";
import { dbo } from "./tables/dbo";
import { graph } from "./tables/graph";
import { provenance } from "./tables/provenance";

export const database = "Hartonomous";

/** Schemas besides dbo, which every database has. */
export const schemas = ["graph", "provenance", "billing", "broker"] as const;

/** Filegroups besides PRIMARY. */
export const filegroups = ["AtomData", "Provenance"] as const;

export const tables: Readonly<Record<string, TableDefinition>> = {
  ...dbo,
  ...graph,
  ...provenance,
  ...billing,
  ...broker,
};

/** Where the modules are, seen from the directory of the Pulumi programs: the provider works there. */
export const moduleDirectory = "../sql/hartonomous/modules";

export { conversations };

/** All of it, for every host. */
export const definition: DatabaseDefinition = {
  name: database,
  options: {
    recoveryModel: "SIMPLE",
    readCommittedSnapshot: true,
    brokerEnabled: true,
    pageVerify: "CHECKSUM",
    queryStore: { mode: "READ_WRITE", captureMode: "AUTO", maxStorageSizeMb: 256 },
  },
  filegroups: Object.fromEntries(filegroups.map((filegroup) => [filegroup, { sizeMb: 64, growthMb: 64 }])),
  schemas,
  tables,
  bundles: { modules: { directory: moduleDirectory } },
  conversations,
};
