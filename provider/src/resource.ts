/** The base of all resource classes: turns a program's arguments into the properties that Pulumi stores. */
import * as pulumi from "@pulumi/pulumi";
import { ThinProvider } from "./dynamic";
import { registry, type KindName } from "./registry";

/** An argument that may be, or hold, outputs of other resources. */
export type Argument<T> = pulumi.Input<
  T extends string | number | boolean | undefined
    ? T
    : T extends readonly (infer Item)[]
      ? readonly Argument<Item>[]
      : { [Key in keyof T]: Argument<T[Key]> }
>;

/** Arguments of a kind: its inputs without those that the class and the provider write themselves. */
export type ArgumentsOf<Inputs> = {
  [Key in keyof Omit<Inputs, "owner" | "plan" | "database">]: Argument<
    Omit<Inputs, "owner" | "plan" | "database">[Key]
  >;
} & ("database" extends keyof Inputs
  ? {
      /** The Database resource, which also makes it a dependency, or the name of a database. */
      readonly database: DatabaseReference;
    }
  : object);

/** A resource that stands for a database: its name is known before it exists, so that previews show everything. */
export interface DatabaseResource extends pulumi.Resource {
  readonly databaseName: pulumi.Input<string>;
}
export type DatabaseReference = pulumi.Input<string> | DatabaseResource;

function isDatabaseResource(value: unknown): value is DatabaseResource {
  return pulumi.Resource.isInstance(value) && "databaseName" in value;
}

/** One object a kind, because Pulumi serialises each provider object that it has not met. */
const providers = new Map<KindName, ThinProvider>();

function providerOf(kind: KindName): ThinProvider {
  const known = providers.get(kind) ?? new ThinProvider(kind);
  providers.set(kind, known);
  return known;
}

export abstract class SqlServerResource extends pulumi.dynamic.Resource {
  declare readonly server: pulumi.Output<string>;
  /** The T-SQL of the change: what `pulumi preview` shows and `pulumi up` runs; of the last change when there is none. */
  declare readonly plan: pulumi.Output<string>;
  /** SHA-256 of the T-SQL of the last change. */
  declare readonly planHash: pulumi.Output<string>;
  /** Number of the last change in iac.deployment; none for what belongs to the server itself. */
  declare readonly deploymentId: pulumi.Output<number | undefined>;

  protected constructor(
    kind: KindName,
    name: string,
    args: Readonly<Record<string, unknown>>,
    options: pulumi.CustomResourceOptions = {},
  ) {
    const { database, ...rest } = args;
    const outputs = Object.fromEntries(registry[kind].outputNames.map((output) => [output, undefined]));
    const properties = {
      ...outputs,
      ...rest,
      ...(isDatabaseResource(database)
        ? { database: database.databaseName }
        : database === undefined
          ? {}
          : { database }),
      owner: `${pulumi.getProject()}/${pulumi.getStack()}/${kind}/${name}`,
      plan: undefined,
      planHash: undefined,
      deploymentId: undefined,
    };
    const merged = isDatabaseResource(database) ? pulumi.mergeOptions(options, { dependsOn: database }) : options;
    super(providerOf(kind), name, properties, merged, "sqlserver", kind);
  }
}
