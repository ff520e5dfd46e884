/**
 * pulumi-sqlserver: one class for each kind of object in a SQL Server. Every class takes `server`, a name in the secret
 * configuration `sqlserver:servers`, and shows its T-SQL as the property `plan` in `pulumi preview --diff`.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { BrokerContractInputs } from "./kinds/broker/contract";
import type { BrokerEndpointInputs } from "./kinds/broker/endpoint";
import type { BrokerMessageTypeInputs } from "./kinds/broker/message-type";
import type { BrokerPriorityInputs } from "./kinds/broker/priority";
import type { BrokerQueueInputs } from "./kinds/broker/queue";
import type { RemoteServiceBindingInputs } from "./kinds/broker/remote-service-binding";
import type { BrokerRouteInputs } from "./kinds/broker/route";
import type { BrokerServiceInputs } from "./kinds/broker/service";
import type { BundleInputs } from "./kinds/bundle/inputs";
import type { ClrAssemblyInputs } from "./kinds/clr/assembly/inputs";
import type { ClrBindingsInputs } from "./kinds/clr/bindings/inputs";
import type { DatabaseInputs } from "./kinds/database/inputs";
import type { FilegroupInputs } from "./kinds/filegroup/inputs";
import type { PartitionSchemeInputs } from "./kinds/partition-scheme/inputs";
import type { SchemaInputs } from "./kinds/schema";
import type { GrantsInputs } from "./kinds/security/grants/inputs";
import type { LoginInputs } from "./kinds/security/login/inputs";
import type { DatabaseRoleInputs } from "./kinds/security/role/inputs";
import type { UserInputs } from "./kinds/security/user/inputs";
import type { TableBody, TableInputs, TableSetInputs } from "./kinds/table/inputs";
import type { VerificationInputs } from "./kinds/verification";
import { SqlServerResource, type ArgumentsOf, type DatabaseResource } from "./resource";

export type DatabaseArgs = ArgumentsOf<DatabaseInputs>;
export type FilegroupArgs = ArgumentsOf<FilegroupInputs>;
export type PartitionSchemeArgs = ArgumentsOf<PartitionSchemeInputs>;
export type SchemaArgs = ArgumentsOf<SchemaInputs>;
export type TableSetArgs = ArgumentsOf<TableSetInputs>;
export type TableArgs = ArgumentsOf<TableInputs>;
export type ProcedureBundleArgs = ArgumentsOf<BundleInputs>;
export type ClrAssemblyArgs = ArgumentsOf<ClrAssemblyInputs>;
export type ClrBindingsArgs = ArgumentsOf<ClrBindingsInputs>;
export type LoginArgs = ArgumentsOf<LoginInputs>;
export type UserArgs = ArgumentsOf<UserInputs>;
export type DatabaseRoleArgs = ArgumentsOf<DatabaseRoleInputs>;
export type GrantsArgs = ArgumentsOf<GrantsInputs>;
export type VerificationArgs = ArgumentsOf<VerificationInputs>;
export type BrokerMessageTypeArgs = ArgumentsOf<BrokerMessageTypeInputs>;
export type BrokerContractArgs = ArgumentsOf<BrokerContractInputs>;
export type BrokerQueueArgs = ArgumentsOf<BrokerQueueInputs>;
export type BrokerServiceArgs = ArgumentsOf<BrokerServiceInputs>;
export type BrokerRouteArgs = ArgumentsOf<BrokerRouteInputs>;
export type RemoteServiceBindingArgs = ArgumentsOf<RemoteServiceBindingInputs>;
export type BrokerPriorityArgs = ArgumentsOf<BrokerPriorityInputs>;
export type BrokerEndpointArgs = ArgumentsOf<BrokerEndpointInputs>;
/** One table of a TableSet, as plain data. */
export type TableDefinition = TableBody;

/**
 * A database: options, primary data files and log. An option that is not given is left alone. Deleting it needs the consent
 * `data-loss:<name>`. https://learn.microsoft.com/sql/t-sql/statements/create-database-transact-sql
 */
export class Database extends SqlServerResource implements DatabaseResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly databaseId: pulumi.Output<number>;
  /** Carried by all its files; not known on Azure SQL Database, or to a login that may not alter the database. */
  declare readonly databaseGuid: pulumi.Output<string | undefined>;
  declare readonly serviceBrokerGuid: pulumi.Output<string>;
  readonly databaseName: pulumi.Input<string>;

  constructor(name: string, args: DatabaseArgs, options?: pulumi.CustomResourceOptions) {
    super("Database", name, args, options);
    this.databaseName = args.name;
  }
}

/**
 * A filegroup with its files, for rows, FILESTREAM or memory-optimized data.
 * https://learn.microsoft.com/sql/relational-databases/databases/database-files-and-filegroups
 */
export class Filegroup extends SqlServerResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly dataSpaceId: pulumi.Output<number>;
  declare readonly filePaths: pulumi.Output<string[]>;

  constructor(name: string, args: FilegroupArgs, options?: pulumi.CustomResourceOptions) {
    super("Filegroup", name, args, options);
  }
}

/**
 * A partition scheme with its partition function. A boundary that moves rows needs the consent `table-rewrite:<name>`.
 * https://learn.microsoft.com/sql/relational-databases/partitions/partitioned-tables-and-indexes
 */
export class PartitionScheme extends SqlServerResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly dataSpaceId: pulumi.Output<number>;
  declare readonly partitionCount: pulumi.Output<number>;

  constructor(name: string, args: PartitionSchemeArgs, options?: pulumi.CustomResourceOptions) {
    super("PartitionScheme", name, args, options);
  }
}

/** A schema and its owner. https://learn.microsoft.com/sql/t-sql/statements/create-schema-transact-sql */
export class Schema extends SqlServerResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly schemaId: pulumi.Output<number>;
  declare readonly schemaOwner: pulumi.Output<string>;

  constructor(name: string, args: SchemaArgs, options?: pulumi.CustomResourceOptions) {
    super("Schema", name, args, options);
  }
}

/**
 * Many tables with one plan: foreign keys in any order and in cycles, and a type changed on both sides of a key.
 * https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql
 */
export class TableSet extends SqlServerResource {
  declare readonly tables: pulumi.Output<Record<string, TableDefinition>>;
  declare readonly qualifiedNames: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: TableSetArgs, options?: pulumi.CustomResourceOptions) {
    super("TableSet", name, args, options);
  }
}

/** One table: the TableSet of one; its history table, where it is system-versioned, belongs to it. https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql */
export class Table extends SqlServerResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly columns: pulumi.Output<TableDefinition["columns"]>;
  declare readonly qualifiedName: pulumi.Output<string>;
  declare readonly objectId: pulumi.Output<number>;

  constructor(name: string, args: TableArgs, options?: pulumi.CustomResourceOptions) {
    super("Table", name, args, options);
  }
}

/**
 * A directory of .sql files with procedures, functions, views, triggers, types, synonyms and sequences, deployed in the
 * order of their references; only what changed runs. https://learn.microsoft.com/sql/t-sql/statements/create-procedure-transact-sql
 */
export class ProcedureBundle extends SqlServerResource {
  declare readonly directory: pulumi.Output<string | string[]>;
  declare readonly moduleCount: pulumi.Output<number>;
  /** Changes when the definition of any module does. */
  declare readonly definitionHash: pulumi.Output<string>;

  constructor(name: string, args: ProcedureBundleArgs, options?: pulumi.CustomResourceOptions) {
    super("ProcedureBundle", name, args, options);
  }
}

/**
 * A message type of Service Broker and how its bodies are checked. Removing it is refused while a contract uses it.
 * https://learn.microsoft.com/sql/t-sql/statements/create-message-type-transact-sql
 */
export class BrokerMessageType extends SqlServerResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly messageTypeId: pulumi.Output<number>;

  constructor(name: string, args: BrokerMessageTypeArgs, options?: pulumi.CustomResourceOptions) {
    super("BrokerMessageType", name, args, options);
  }
}

/**
 * A contract of Service Broker: message types and who sends each. Other messages end its conversations, which needs the consent
 * `messages-lost:<name>` where there are any. https://learn.microsoft.com/sql/t-sql/statements/create-contract-transact-sql
 */
export class BrokerContract extends SqlServerResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly contractId: pulumi.Output<number>;

  constructor(name: string, args: BrokerContractArgs, options?: pulumi.CustomResourceOptions) {
    super("BrokerContract", name, args, options);
  }
}

/**
 * A queue of Service Broker with its activation. A queue that poison messages have switched off shows as drift, and `up` switches it on.
 * https://learn.microsoft.com/sql/t-sql/statements/create-queue-transact-sql
 */
export class BrokerQueue extends SqlServerResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly queueId: pulumi.Output<number>;
  declare readonly queueName: pulumi.Output<string>;

  constructor(name: string, args: BrokerQueueArgs, options?: pulumi.CustomResourceOptions) {
    super("BrokerQueue", name, args, options);
  }
}

/**
 * A service of Service Broker: its queue and the contracts that it accepts. Removing it while conversations run needs the consent
 * `messages-lost:<name>`. https://learn.microsoft.com/sql/t-sql/statements/create-service-transact-sql
 */
export class BrokerService extends SqlServerResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly serviceId: pulumi.Output<number>;

  constructor(name: string, args: BrokerServiceArgs, options?: pulumi.CustomResourceOptions) {
    super("BrokerService", name, args, options);
  }
}

/**
 * Where the messages for a service go; with database `msdb` for what arrives from other servers.
 * https://learn.microsoft.com/sql/t-sql/statements/create-route-transact-sql
 */
export class BrokerRoute extends SqlServerResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly routeId: pulumi.Output<number>;

  constructor(name: string, args: BrokerRouteArgs, options?: pulumi.CustomResourceOptions) {
    super("BrokerRoute", name, args, options);
  }
}

/**
 * Whose certificate stands for a far service, in the database of the initiator.
 * https://learn.microsoft.com/sql/t-sql/statements/create-remote-service-binding-transact-sql
 */
export class RemoteServiceBinding extends SqlServerResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly bindingId: pulumi.Output<number>;

  constructor(name: string, args: RemoteServiceBindingArgs, options?: pulumi.CustomResourceOptions) {
    super("RemoteServiceBinding", name, args, options);
  }
}

/** Which conversations are served first. https://learn.microsoft.com/sql/t-sql/statements/create-broker-priority-transact-sql */
export class BrokerPriority extends SqlServerResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly priorityLevel: pulumi.Output<number>;

  constructor(name: string, args: BrokerPriorityArgs, options?: pulumi.CustomResourceOptions) {
    super("BrokerPriority", name, args, options);
  }
}

/**
 * The port through which conversations reach other servers; it belongs to the server, which has one at most.
 * https://learn.microsoft.com/sql/t-sql/statements/create-endpoint-transact-sql
 */
export class BrokerEndpoint extends SqlServerResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly endpointId: pulumi.Output<number>;

  constructor(name: string, args: BrokerEndpointArgs, options?: pulumi.CustomResourceOptions) {
    super("BrokerEndpoint", name, args, options);
  }
}

export {
  checkTopology,
  type Topology,
  type TopologyContract,
  type TopologyConversation,
  type TopologyIssue,
  type TopologyProblem,
  type TopologyQueue,
  type TopologyService,
} from "./kinds/broker/topology";
/**
 * A login of the server: SQL, Windows or Entra ID. Its password is named by `passwordFrom` and comes from the secret
 * configuration `sqlserver:passwords`; it is in no state, plan or error, and a changed one is set at the next deployment.
 * https://learn.microsoft.com/sql/t-sql/statements/create-login-transact-sql
 */
export class Login extends SqlServerResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly principalId: pulumi.Output<number>;
  /** "0x..."; with it a login on another server is the same for users of restored databases. */
  declare readonly loginSid: pulumi.Output<string>;

  constructor(name: string, args: LoginArgs, options?: pulumi.CustomResourceOptions) {
    super("Login", name, args, options);
  }
}

/**
 * A database user: for a login, without one, with a password of its own, or of Entra ID. A user whose login was made anew is
 * mapped to it again. https://learn.microsoft.com/sql/t-sql/statements/create-user-transact-sql
 */
export class User extends SqlServerResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly principalId: pulumi.Output<number>;
  declare readonly userSid: pulumi.Output<string | undefined>;

  constructor(name: string, args: UserArgs, options?: pulumi.CustomResourceOptions) {
    super("User", name, args, options);
  }
}

/**
 * A database role with its members, as the exact set or beside others; of a fixed role only the members.
 * https://learn.microsoft.com/sql/t-sql/statements/create-role-transact-sql
 */
export class DatabaseRole extends SqlServerResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly principalId: pulumi.Output<number>;
  declare readonly roleOwner: pulumi.Output<string | undefined>;
  declare readonly roleMembers: pulumi.Output<string[]>;

  constructor(name: string, args: DatabaseRoleArgs, options?: pulumi.CustomResourceOptions) {
    super("DatabaseRole", name, args, options);
  }
}

/**
 * Permissions of one user or role, or on one securable: granted, denied, by column, with grant option; the exact set or beside
 * others. https://learn.microsoft.com/sql/t-sql/statements/grant-transact-sql
 */
export class Grants extends SqlServerResource {
  declare readonly permissionCount: pulumi.Output<number>;
  declare readonly isExact: pulumi.Output<boolean>;

  constructor(name: string, args: GrantsArgs, options?: pulumi.CustomResourceOptions) {
    super("Grants", name, args, options);
  }
}

/**
 * Read-only checks after the deploy, written or generated. A failed one fails the deployment, and the next one asks again;
 * results are in iac.verification and in `npx pulumi-sqlserver verify`. Give it `dependsOn`, and `after` with outputs whose
 * change is a reason to check again: `after: [bundle.planHash]`.
 */
export class Verification extends SqlServerResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly verified: pulumi.Output<boolean>;
  declare readonly checksPassed: pulumi.Output<number>;
  declare readonly checksFailed: pulumi.Output<{ name: string; detail: string }[]>;

  constructor(name: string, args: VerificationArgs, options?: pulumi.CustomResourceOptions) {
    super("Verification", name, args, options);
  }
}

/** One build of an assembly. */
export interface AssemblyBuild {
  /** As the server says it: 0.0.0.0 without a strong name. */
  readonly version: string;
  /** GUID of the build. */
  readonly mvid: string;
  /** 128 hexadecimal digits. */
  readonly sha512: string;
}

/**
 * A .NET assembly with the DLLs that it needs, uploaded in order and only when they changed. Needs the right to CREATE ASSEMBLY, and
 * CONTROL SERVER for the list of trusted assemblies. https://learn.microsoft.com/sql/t-sql/statements/create-assembly-transact-sql
 */
export class ClrAssembly extends SqlServerResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly version: pulumi.Output<string>;
  declare readonly mvid: pulumi.Output<string>;
  declare readonly sha512: pulumi.Output<string>;
  declare readonly assemblies: pulumi.Output<Record<string, AssemblyBuild>>;

  constructor(name: string, args: ClrAssemblyArgs, options?: pulumi.CustomResourceOptions) {
    super("ClrAssembly", name, args, options);
  }
}

/**
 * Functions, procedures, aggregates, types and triggers bound to an assembly, from its attributes or declared. Let it depend on its
 * ClrAssembly. https://learn.microsoft.com/sql/t-sql/statements/create-function-transact-sql
 */
export class ClrBindings extends SqlServerResource {
  declare readonly bindingCount: pulumi.Output<number>;
  declare readonly definitionHash: pulumi.Output<string>;
  declare readonly objects: pulumi.Output<string[]>;

  constructor(name: string, args: ClrBindingsArgs, options?: pulumi.CustomResourceOptions) {
    super("ClrBindings", name, args, options);
  }
}

export { SqlServerResource, type Argument, type DatabaseReference, type DatabaseResource } from "./resource";
