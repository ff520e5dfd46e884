/** The bundle in normal form. */
import type { LoadedAssembly } from "../../clr/load-assembly";
import type { ModuleSource } from "../../tsql/module-source";

export interface BundleDesired {
  readonly database: string;
  /** Name of the resource in its program. */
  readonly bundle: string;
  readonly defaultSchema: string;
  readonly removeMissing: boolean;
  readonly missingReferences: "refuse" | "ignore";
  readonly modules: readonly ModuleSource[];
  /** DLLs that external modules are checked against. */
  readonly assemblies: readonly LoadedAssembly[];
}
