/**
 * A whole database on one host, from a definition that is the same for all hosts: what the host cannot have is left out and named in
 * the outputs. Databases of a stack have names of their own.
 */
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as sqlserver from "pulumi-sqlserver";
import { requireArguments } from "./arguments";
import { BrokerConversation } from "./broker-conversation";
import { ClrLibrary } from "./clr-library";
import type { DatabaseDefinition, FilegroupDefinition } from "./database-definition";
import { pathOn, type HostProfile } from "./host-profile";
import { fitToHost, type LeftOut } from "./left-out";
import { TemporalTable } from "./temporal-table";

export interface HostDatabaseArgs {
  readonly host: HostProfile;
  readonly definition: DatabaseDefinition;
  /** Hazards that are accepted, as "data-loss:dbo.Orders.Note". Default: those of the stack. */
  readonly allow?: readonly string[];
  /** Take over what exists already. Default false. */
  readonly adopt?: boolean;
}

/** Numbers of objects by kind. */
export type Counts = Readonly<
  Record<
    | "filegroups"
    | "schemas"
    | "tables"
    | "modules"
    | "assemblies"
    | "clrObjects"
    | "conversations"
    | "queues"
    | "users"
    | "roles"
    | "permissions"
    | "checks",
    number
  >
>;

/** What other stacks read by StackReference; nothing of it is secret. */
export interface HostDatabaseOutputs {
  readonly connection: pulumi.Output<{ readonly server: string; readonly database: string }>;
  readonly platform: HostProfile["platform"];
  readonly databaseId: pulumi.Output<number>;
  /** Carried by all its files. */
  readonly databaseGuid: pulumi.Output<string | undefined>;
  /** Changes when a copy of the database is given another identity in Service Broker. */
  readonly brokerGuid: pulumi.Output<string>;
  /** Version, MVID and SHA2-512 by assembly. */
  readonly assemblies: pulumi.Output<Readonly<Record<string, sqlserver.AssemblyBuild>>>;
  /** Hash of the definitions by bundle: of T-SQL by its name, of what is bound to an assembly by the assembly's. */
  readonly bundles: pulumi.Output<Readonly<Record<string, string>>>;
  readonly counts: pulumi.Output<Counts>;
  /** Of the last T-SQL of each resource: equal hashes mean that the same statements made the database. */
  readonly planHash: pulumi.Output<string>;
  /** Number of the last deployment in iac.deployment. */
  readonly historyId: pulumi.Output<number>;
  readonly leftOut: readonly LeftOut[];
}

export class HostDatabase extends pulumi.ComponentResource {
  readonly database: sqlserver.Database;
  readonly outputs: HostDatabaseOutputs;
  private readonly made: sqlserver.SqlServerResource[] = [];

  constructor(name: string, args: HostDatabaseArgs, options?: pulumi.ComponentResourceOptions) {
    super("sqlserver:components:HostDatabase", name, {}, options);
    requireArguments(`HostDatabase "${name}"`, args, {
      host: "required",
      definition: "required",
      allow: "optional",
      adopt: "optional",
    });
    const { host, allow, adopt } = args;
    const { definition, leftOut } = fitToHost(args.definition, host);
    for (const { what, why } of leftOut) void pulumi.log.info(`${what} is left out: ${why}`, this);
    const common = {
      server: host.server,
      ...(allow === undefined ? {} : { allow: [...allow] }),
      ...(adopt === undefined ? {} : { adopt }),
    };
    const keep = <T extends sqlserver.SqlServerResource>(resource: T): T => (this.made.push(resource), resource);

    const database = keep(
      new sqlserver.Database(
        name,
        { ...common, ...filesOnHost(host, definition), ...definition.options, name: definition.name },
        { parent: this },
      ),
    );
    this.database = database;
    const own = { ...common, database };
    // What lies in a database goes with it, and need not be taken out of it first.
    const after = (...needed: readonly pulumi.Resource[]): pulumi.CustomResourceOptions => ({
      parent: this,
      deletedWith: database,
      dependsOn: [...needed],
    });

    const filegroups = each(definition.filegroups, (filegroup, given) =>
      keep(
        new sqlserver.Filegroup(
          `${name}-${filegroup}`,
          { ...own, name: filegroup, ...filegroupInputs(host, definition.name, filegroup, given) },
          after(),
        ),
      ),
    );
    const schemas = definition.schemas.map((schema) =>
      keep(new sqlserver.Schema(`${name}-${schema}`, { ...own, name: schema }, after())),
    );
    const users = each(definition.users, (user, given) =>
      keep(new sqlserver.User(`${name}-${user}`, { ...own, ...given, name: user }, after(...schemas))),
    );
    const roles = each(definition.roles, (role, { members }) =>
      keep(
        new sqlserver.DatabaseRole(
          `${name}-${role}`,
          { ...own, name: role, ...(members === undefined ? {} : { members }) },
          after(...users),
        ),
      ),
    );
    const places = [...filegroups, ...schemas];
    const owners = [...users, ...roles];
    const libraries = each(definition.assemblies, (assembly, given) => {
      const library = new ClrLibrary(
        `${name}-${assembly}`,
        { ...own, ...given, assembly, after: [...schemas, ...owners] },
        { parent: this },
      );
      keep(library.resources.assembly);
      keep(library.resources.bindings);
      return library;
    });
    const { tables = {} } = definition;
    const tableSets =
      Object.keys(tables).length === 0
        ? []
        : [keep(new sqlserver.TableSet(`${name}-tables`, { ...own, tables }, after(...places)))];
    const temporalTables = each(definition.temporalTables, (written, given) => {
      const { schema, name: table } = nameParts(written);
      const made = new TemporalTable(
        `${name}-${written}`,
        { ...own, ...given, schema, name: table, after: [...places, ...tableSets] },
        { parent: this },
      );
      keep(made.table);
      return made;
    });
    const bundles = each(definition.bundles, (bundle, given) =>
      keep(
        new sqlserver.ProcedureBundle(
          `${name}-${bundle}`,
          { ...own, ...given },
          after(...tableSets, ...temporalTables, ...libraries, ...users),
        ),
      ),
    );
    const conversations: BrokerConversation[] = [];
    for (const [conversation, given] of Object.entries(definition.conversations ?? {})) {
      const shares = [given.initiator, given.target].some(({ sharesQueue }) => sharesQueue === true);
      const made = new BrokerConversation(
        `${name}-${conversation}`,
        { ...own, ...given, after: [...places, ...owners, ...bundles, ...(shares ? conversations : [])] },
        { parent: this },
      );
      made.resources.forEach(keep);
      conversations.push(made);
    }
    const contents = [...tableSets, ...temporalTables, ...libraries, ...bundles, ...conversations];
    const grants = each(definition.roles, (role, { permissions }) =>
      permissions === undefined
        ? []
        : [
            keep(
              new sqlserver.Grants(
                `${name}-${role}`,
                { ...own, principal: role, permissions, exact: true },
                after(...roles, ...contents),
              ),
            ),
          ],
    ).flat();

    const { checks = [], generate } = definition.verification ?? {};
    const verifications =
      checks.length === 0 && generate === undefined
        ? []
        : [
            keep(
              new sqlserver.Verification(
                `${name}-verification`,
                {
                  ...own,
                  name,
                  checks: checks.map(({ needs: _needs, ...check }) => check),
                  ...(generate === undefined ? {} : { generate }),
                  // A change of anything that was made is a reason to ask again.
                  after: this.made.map(({ planHash }) => planHash),
                },
                after(...contents, ...grants),
              ),
            ),
          ];

    this.outputs = {
      connection: database.name.apply((databaseName) => ({ server: host.server, database: databaseName })),
      platform: host.platform,
      databaseId: database.databaseId,
      databaseGuid: database.databaseGuid,
      brokerGuid: database.serviceBrokerGuid,
      assemblies: pulumi
        .all(libraries.map(({ assemblies }) => assemblies))
        .apply((builds): Record<string, sqlserver.AssemblyBuild> => Object.assign({}, ...builds) as never),
      bundles: pulumi.all({
        ...Object.fromEntries(
          Object.keys(definition.bundles ?? {}).map((bundle, at) => [bundle, bundles[at]!.definitionHash]),
        ),
        ...Object.fromEntries(
          Object.keys(definition.assemblies ?? {}).map((assembly, at) => [assembly, libraries[at]!.definitionHash]),
        ),
      }),
      counts: pulumi.output({
        filegroups: filegroups.length,
        schemas: schemas.length,
        tables: sum(tableSets.map(({ tables }) => tables.apply((all) => Object.keys(all).length))).apply(
          (together) => together + temporalTables.length,
        ),
        modules: sum(bundles.map(({ moduleCount }) => moduleCount)),
        assemblies: sum(libraries.map(({ assemblies }) => assemblies.apply((all) => Object.keys(all).length))),
        clrObjects: sum(libraries.map(({ bindingCount }) => bindingCount)),
        conversations: conversations.length,
        queues: sum(conversations.map(({ queueNames }) => queueNames.apply(({ length }) => length))),
        users: users.length,
        roles: roles.length,
        permissions: sum(grants.map(({ permissionCount }) => permissionCount)),
        checks: sum(verifications.map(({ checksPassed }) => checksPassed)),
      }),
      planHash: pulumi
        .all(this.made.map(({ planHash }) => planHash))
        .apply((hashes) => createHash("sha256").update(hashes.join("\n")).digest("hex")),
      historyId: pulumi
        .all(this.made.map(({ deploymentId }) => deploymentId))
        .apply((numbers) => Math.max(...numbers.map((number) => number ?? 0))),
      leftOut,
    };
    this.registerOutputs(this.outputs);
  }
}

function each<Given, Made>(
  record: Readonly<Record<string, Given>> | undefined,
  make: (name: string, given: Given) => Made,
): Made[] {
  return Object.entries(record ?? {}).map(([name, given]) => make(name, given));
}

/** "schema.name", or a name in dbo. */
function nameParts(written: string): { readonly schema: string; readonly name: string } {
  const dot = written.indexOf(".");
  return dot < 0 ? { schema: "dbo", name: written } : { schema: written.slice(0, dot), name: written.slice(dot + 1) };
}

function sum(numbers: pulumi.Output<number>[]): pulumi.Output<number> {
  return pulumi.all(numbers).apply((all) => all.reduce((total, number) => total + number, 0));
}

/** Files of the database itself, where the host says directories; their logical names are those that the server chooses too. */
function filesOnHost(
  host: HostProfile,
  { name }: DatabaseDefinition,
): Pick<sqlserver.DatabaseArgs, "files" | "logFiles"> {
  const data = pathOn(host, host.dataDirectory, `${name}.mdf`);
  const log = pathOn(host, host.logDirectory, `${name}_log.ldf`);
  return {
    ...(data === undefined ? {} : { files: [{ name, path: data }] }),
    ...(log === undefined ? {} : { logFiles: [{ name: `${name}_log`, path: log }] }),
  };
}

function filegroupInputs(
  host: HostProfile,
  database: string,
  filegroup: string,
  { contains = "rows", sizeMb, growthMb }: FilegroupDefinition,
): Pick<sqlserver.FilegroupArgs, "contains" | "files"> {
  const name = `${database}_${filegroup}_1`;
  // The other two hold a folder.
  const path = pathOn(host, host.dataDirectory, contains === "rows" ? `${name}.ndf` : name);
  return {
    ...(contains === "rows" ? {} : { contains }),
    files: [
      {
        name,
        ...(path === undefined ? {} : { path }),
        ...(sizeMb === undefined ? {} : { sizeMb }),
        ...(growthMb === undefined ? {} : { growthMb }),
      },
    ],
  };
}
