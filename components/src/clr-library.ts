/**
 * A .NET library in a database: the assembly with the DLLs that it needs, and the T-SQL objects bound to it.
 * https://learn.microsoft.com/sql/relational-databases/clr-integration/common-language-runtime-clr-integration-programming-concepts
 */
import * as pulumi from "@pulumi/pulumi";
import * as sqlserver from "pulumi-sqlserver";

type Own = "server" | "database" | "allow" | "adopt";
/** How the members of the DLL are bound; without inputs everything that has an attribute of SQL Server, in schema dbo. */
export type LibraryBindings = Omit<sqlserver.ClrBindingsArgs, Own | "assembly" | "file">;

export interface ClrLibraryArgs extends Omit<sqlserver.ClrAssemblyArgs, Own | "name"> {
  readonly server: string;
  /** The Database resource, or the name of a database. */
  readonly database: sqlserver.DatabaseReference;
  /** Name of the assembly in the database. Default the name of the component. */
  readonly assembly?: string;
  readonly bindings?: LibraryBindings;
  /** Resources that make what the objects need: schemas, tables of triggers, and the owner of the assembly. */
  readonly after?: readonly pulumi.Resource[];
  /** Hazards that are accepted, as "unsafe-code:<assembly>". */
  readonly allow?: readonly string[];
  /** Take over what exists already. Default false. */
  readonly adopt?: boolean;
}

export class ClrLibrary extends pulumi.ComponentResource {
  /** Version, MVID and SHA2-512 of the assembly and of each DLL that it brings along, by assembly. */
  readonly assemblies: pulumi.Output<Record<string, sqlserver.AssemblyBuild>>;
  readonly bindingCount: pulumi.Output<number>;
  /** Changes when any bound object does. */
  readonly definitionHash: pulumi.Output<string>;
  readonly resources: { readonly assembly: sqlserver.ClrAssembly; readonly bindings: sqlserver.ClrBindings };

  constructor(name: string, args: ClrLibraryArgs, options?: pulumi.ComponentResourceOptions) {
    super("sqlserver:components:ClrLibrary", name, {}, options);
    const { server, database, assembly: assemblyName = name, bindings: given, after = [], allow, adopt, ...dll } = args;
    const common = {
      server,
      database,
      ...(allow === undefined ? {} : { allow: [...allow] }),
      ...(adopt === undefined ? {} : { adopt }),
    };
    // What lies in a database goes with it, and need not be taken out of it first.
    const inside: pulumi.CustomResourceOptions = {
      parent: this,
      ...(pulumi.Resource.isInstance(database) ? { deletedWith: database } : {}),
    };
    const assembly = new sqlserver.ClrAssembly(
      `${name}-assembly`,
      { ...common, ...dll, name: assemblyName },
      { ...inside, dependsOn: dll.authorization === undefined ? [] : [...after] },
    );
    const bindings = new sqlserver.ClrBindings(
      `${name}-bindings`,
      { ...common, ...given, assembly: assemblyName, file: args.file },
      { ...inside, dependsOn: [assembly, ...after] },
    );
    this.assemblies = assembly.assemblies;
    this.bindingCount = bindings.bindingCount;
    this.definitionHash = bindings.definitionHash;
    this.resources = { assembly, bindings };
    this.registerOutputs({
      assemblies: this.assemblies,
      bindingCount: this.bindingCount,
      definitionHash: this.definitionHash,
    });
  }
}
