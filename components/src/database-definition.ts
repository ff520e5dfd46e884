/** A database as plain data: the same for every host, which only leaves out what it cannot have. */
import type * as sqlserver from "pulumi-sqlserver";
import type { BrokerConversationArgs } from "./broker-conversation";
import type { ClrLibraryArgs } from "./clr-library";
import type { HostFeature } from "./host-profile";
import type { TemporalTableArgs } from "./temporal-table";

/** What HostDatabase gives to every resource itself. */
type Own = "server" | "database" | "name" | "allow" | "adopt";

export interface FilegroupDefinition {
  /** What its files hold; FILESTREAM needs a host that has it. Default "rows". */
  readonly contains?: "rows" | "filestream" | "memory-optimized";
  /** Size of its file, MB; only where rows are held. Default: the server's. */
  readonly sizeMb?: number;
  /** Automatic growth, MB; only where rows are held. Default: the server's. */
  readonly growthMb?: number;
}

/** A table without its period, and how its history is kept where that is not as everywhere. */
export type TemporalTableDefinition = Omit<TemporalTableArgs, Own | "schema" | "after">;

/** One DLL, its references and what is bound to it. */
export type AssemblyDefinition = Omit<ClrLibraryArgs, Own | "assembly" | "after">;

export type ConversationDefinition = Omit<BrokerConversationArgs, Own | "after">;

export type UserDefinition = Omit<sqlserver.UserArgs, Own>;

export interface RoleDefinition {
  /** All members. Default: members are left alone. */
  readonly members?: readonly string[];
  /** All that the role may do. Default: its permissions are left alone. */
  readonly permissions?: sqlserver.GrantsArgs["permissions"];
}

type Value = string | number | boolean | null;

/** A question and its answer, as the kind Verification has them. */
export interface CheckDefinition {
  readonly name: string;
  readonly query: string;
  /** Exactly one of scalar, rows, rowCount, empty and error; tolerance only with scalar. */
  readonly expect: {
    readonly scalar?: Value;
    readonly tolerance?: number;
    readonly rows?: readonly (readonly Value[])[];
    readonly rowCount?: number;
    readonly empty?: true;
    readonly error?: number;
  };
  /** Seconds, 1 to 3600. Default 30. */
  readonly timeoutSeconds?: number;
  /** Asked only on hosts that have this. Default: on every host. */
  readonly needs?: HostFeature;
}

export interface DatabaseDefinition {
  readonly name: string;
  /** Options of the database. Default: the server's. */
  readonly options?: Omit<sqlserver.DatabaseArgs, Own>;
  /** Filegroups besides PRIMARY by name, each with one file. */
  readonly filegroups?: Readonly<Record<string, FilegroupDefinition>>;
  /** Schemas besides dbo; some only where the host has what lies in them. */
  readonly schemas?: readonly (string | { readonly name: string; readonly needs: HostFeature })[];
  /** Tables in one plan, in which foreign keys may form cycles. */
  readonly tables?: Readonly<Record<string, sqlserver.TableDefinition>>;
  /** System-versioned tables to which no foreign key of `tables` refers, by name: each is a resource of its own. */
  readonly temporalTables?: Readonly<Record<string, TemporalTableDefinition>>;
  /** Bundles of modules by name. They may use the tables and the assemblies, and one another only within a bundle. */
  readonly bundles?: Readonly<Record<string, Omit<sqlserver.ProcedureBundleArgs, Own>>>;
  /** By the name that the assembly has in the database. */
  readonly assemblies?: Readonly<Record<string, AssemblyDefinition>>;
  /** By name. One that shares a queue comes after the one that makes it. */
  readonly conversations?: Readonly<Record<string, ConversationDefinition>>;
  readonly users?: Readonly<Record<string, UserDefinition>>;
  readonly roles?: Readonly<Record<string, RoleDefinition>>;
  /** Asked after everything else; one that fails, fails the deployment. */
  readonly verification?: {
    readonly checks?: readonly CheckDefinition[];
    readonly generate?: sqlserver.VerificationArgs["generate"];
  };
}
