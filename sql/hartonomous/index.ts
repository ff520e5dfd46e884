/** Everything that the reference database holds, as the stacks deploy it. */
import type { TableDefinition } from "pulumi-sqlserver";
import { temporal, type DatabaseDefinition } from "pulumi-sqlserver-components";
import { files, vectors } from "../clr";
import { conversations } from "./conversations";
import { billing, ratePlanPrice } from "./tables/billing";
import { broker } from "./tables/broker";
import { dbo } from "./tables/dbo";
import { graph } from "./tables/graph";
import { payload } from "./tables/payload";
import { provenance } from "./tables/provenance";
import { roles, users } from "./security";
import { checks } from "./verification";

export const database = "Hartonomous";

/** Schemas besides dbo, which every database has. */
export const schemas = ["graph", "provenance", "billing", "broker"] as const;

/** Filegroups besides PRIMARY. */
export const filegroups = ["AtomData", "Provenance"] as const;

/** In one plan, because their foreign keys form cycles. */
const together: Readonly<Record<string, TableDefinition>> = {
  ...dbo,
  ...graph,
  ...provenance,
  ...billing,
  ...broker,
};

/** All tables that every host has. */
export const tables: Readonly<Record<string, TableDefinition>> = {
  ...together,
  "billing.RatePlanPrice": temporal(ratePlanPrice),
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
  filegroups: {
    ...Object.fromEntries(filegroups.map((filegroup) => [filegroup, { sizeMb: 64, growthMb: 64 }])),
    Payloads: { contains: "filestream" },
  },
  schemas: [...schemas, { name: "files", needs: "unsafeClr" }],
  tables: { ...together, ...payload },
  temporalTables: { "billing.RatePlanPrice": { table: ratePlanPrice } },
  bundles: { modules: { directory: moduleDirectory } },
  assemblies: {
    [vectors.name]: { file: vectors.file },
    // In a schema of its own, on which nobody has a permission: its functions act as the account of the server.
    [files.name]: { file: files.file, permissionSet: files.permissionSet, bindings: { schema: "files" } },
  },
  conversations,
  users,
  roles,
  verification: { checks, generate: ["procedures", "clr", "queues"] },
};
