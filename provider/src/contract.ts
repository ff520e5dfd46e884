/**
 * What a kind must provide, and what its pure planner returns. Nothing here talks to a server.
 * The way of one resource: inputs -> desired; catalog -> live; plan(desired, live) -> statements with hazards.
 */
import { z } from "zod";
import type { Capabilities } from "./engine/capabilities";
import type { CatalogSnapshot, DatabaseCatalog } from "./engine/catalog-snapshot";
import type { NameComparer } from "./engine/names";

export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue | undefined };

export const hazardTypes = [
  "data-loss",
  "table-rewrite",
  "long-lock",
  "messages-lost",
  "index-build",
  "security-window",
  "server-restart",
  "unsafe-code",
] as const;
export type HazardType = (typeof hazardTypes)[number];

/** A danger that a person must see before it happens. `object` is what consent names: "dbo.Orders.Note". */
export interface Hazard {
  readonly type: HazardType;
  readonly object: string;
  readonly detail: string;
  /** How many rows are at stake, where that was counted. */
  readonly rows?: number;
}

/** Session settings that a module's definition keeps for ever; both ON unless stated. */
export interface ModuleSettings {
  readonly ansiNulls: boolean;
  readonly quotedIdentifier: boolean;
}

/** What iac.object records: `type` is the server's noun ("table", "procedure"), `name` is unquoted: "dbo.Orders". */
export interface ObjectName {
  readonly type: string;
  readonly name: string;
}
export interface OwnedObject extends ObjectName {
  readonly definitionHash?: string;
}

export interface Exclusive {
  readonly database: string;
  /** What to do about the sessions in the way. */
  readonly remedy: string;
  /** T-SQL for master that opens the database to others again when the batch ended before it did so. */
  readonly reopen?: string;
}

/** One batch of T-SQL, never with GO. */
export interface Statement {
  readonly batch: string;
  /** Where it runs: the resource's own database, or master (CREATE DATABASE). */
  readonly database: string;
  readonly hazards: readonly Hazard[];
  readonly timeoutSeconds: number;
  /** false: the server refuses it inside a transaction, or it must survive a later failure. */
  readonly inTransaction: boolean;
  /** Short words for progress and errors: "create table dbo.Orders". */
  readonly label: string;
  /** T-SQL that undoes it, where one exists. */
  readonly reverse?: string;
  /** Where the text comes from when a person wrote it; line 1 of the batch is this line. */
  readonly source?: { readonly file: string; readonly line: number };
  readonly settings?: ModuleSettings;
  /** Running it twice does no harm, so it may be retried after a deadlock or a lost connection. Default false. */
  readonly idempotent?: boolean;
  /** Literal texts inside `batch` that must never be shown. */
  readonly secrets?: readonly string[];
  /**
   * What is shown, compared and hashed in place of `batch`: for a batch with megabytes of bytes. It must differ whenever the
   * batch does, so it names a hash of what it leaves out.
   */
  readonly display?: string;
  /** The object that it makes, changes or drops; its ownership row commits together with it. */
  readonly object?: ObjectName;
  /** Outside a transaction: the name that `object` had before, whose ownership row goes when the statement is done. */
  readonly formerObject?: ObjectName;
  /** It works only while no other session is in this database; an error names those that were. */
  readonly exclusive?: Exclusive;
}

/** "No" as a normal result: where, why, and what to do about it. */
export interface Refusal {
  /** Input path the refusal belongs to: "columns[2].type"; empty = the whole resource. */
  readonly property: string;
  readonly reason: string;
}

/** Something that must exist when the plan is applied; missing at preview is fine, another resource may make it. */
export interface Requirement {
  readonly type:
    | "schema"
    | "filegroup"
    | "partition scheme"
    | "object"
    | "type"
    | "principal"
    | "login"
    | "database"
    | "assembly"
    | "message type"
    | "contract"
    | "service";
  readonly name: string;
  /** Who needs it: `table "dbo.Orders"`. */
  readonly neededBy: string;
}

export interface Plan {
  readonly statements: readonly Statement[];
  readonly refusals: readonly Refusal[];
  /** Shown as comments above the T-SQL. They must not depend on when the plan is made. */
  readonly notes: readonly string[];
  /** Facts of the moment (who is connected now): shown at preview, never part of the text that is compared before an apply. */
  readonly observations?: readonly string[];
  /** Everything that the resource owns once the plan is applied, whether a statement touches it or not. */
  readonly owns: readonly OwnedObject[];
  readonly requires?: readonly Requirement[];
}

export const emptyPlan: Plan = { statements: [], refusals: [], notes: [], owns: [] };

/**
 * What a changed input means. Every input has exactly one rule (`satisfies Record<keyof Inputs, ChangeRule>`).
 * - plan: the planner compares with the live object and decides
 * - provider: tells the provider how to work; changing it alone runs nothing
 * - refuse: cannot change; the text says what to do instead
 */
export type ChangeRule = "plan" | "provider" | { readonly refuse: string };

/** A read-only question to the server whose answer the planner needs: one row; the key is how the planner finds it. */
export interface Probe {
  readonly key: string;
  readonly query: string;
  readonly database?: string;
}
export type ProbeRow = Readonly<Record<string, string | number | boolean | null>>;

/** A password by the name that the inputs give it. Throws ConfigurationError, which says how to set it. */
export type SecretReader = (name: string) => string;

export interface PlanContext {
  /** The whole catalog, for facts around the object (collation, filegroups, schemas, other tables). */
  readonly catalog: CatalogSnapshot;
  readonly capabilities: Capabilities;
  /** Compares names as the database does. */
  readonly names: NameComparer;
  /** Answers by probe key; a probe that was not asked is absent. */
  readonly answers: ReadonlyMap<string, ProbeRow>;
  readonly allow: readonly string[];
  /** What iac.object says this resource owns now (rows of earlier applies). */
  readonly owned: readonly OwnedObject[];
  /** What it gives may stand in a batch only, and must be named in the statement's `secrets`. */
  readonly secret: SecretReader;
  /** The kind's `remembered` inputs as the last deployment had them; absent = never deployed. */
  readonly previous: Readonly<Record<string, unknown>>;
}

/** What a check must find. Rows are those of the first result. */
export type Expectation =
  | { readonly scalar: string | number | boolean | null; readonly tolerance?: number | undefined }
  | { readonly rows: readonly (readonly (string | number | boolean | null)[])[] }
  | { readonly rowCount: number }
  | { readonly empty: true }
  | { readonly error: number }
  /** Each row is one result: `name`, and `problem`, which is NULL where all is well. */
  | { readonly each: true };

/** A question to the deployed database that changes nothing. */
export interface VerificationCheck {
  readonly name: string;
  /** One batch; what it changes all the same is rolled back. */
  readonly query: string;
  readonly expect: Expectation;
  readonly timeoutSeconds: number;
}

/** Inputs that every kind takes; spread into the kind's z.strictObject and its change rules. */
export const commonInputs = {
  server: z
    .string()
    .min(1)
    .max(128)
    .describe("Name of the server in the configuration `sqlserver:servers`. Cannot change."),
  allow: z
    .array(
      z
        .string()
        .regex(
          new RegExp(`^\\s*(${hazardTypes.join("|")}):.`, "i"),
          `write a consent as type:object, as the refusal shows it; types are ${hazardTypes.join(", ")}`,
        ),
    )
    .optional()
    .describe('Hazards that are accepted, each as "type:object", e.g. "data-loss:dbo.Orders.Note". Default none.'),
  adopt: z
    .boolean()
    .optional()
    .describe("Take over an object that exists already and that no other stack owns. Default false."),
  owner: z
    .string()
    .min(1)
    .describe("Who owns the object, written by the resource class: project/stack/kind/name. Not for programs."),
  plan: z.string().optional().describe("The T-SQL that the preview showed, written by the provider. Not for programs."),
} as const;

export const commonChanges = {
  server: { refuse: "a resource stays on its server; make a new resource for the other server and remove this one" },
  allow: "provider",
  adopt: "provider",
  owner: "provider",
  plan: "provider",
} as const satisfies Record<keyof typeof commonInputs, ChangeRule>;

export const databaseInput = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^\0]*$/, "a name cannot hold the character U+0000")
  .describe("Database that holds the object. Cannot change.");
export const databaseChange = {
  refuse: "an object stays in its database; make a new resource for the other database and remove this one",
} as const satisfies ChangeRule;

/** For the table in README and `npm run docs`. */
export interface KindDocumentation {
  readonly summary: string;
  readonly changesInPlace: readonly string[];
  readonly refused: readonly string[];
  /** Where it works: "Windows", "Linux", "Azure SQL Managed Instance", "Azure SQL Database". */
  readonly hosts: readonly string[];
}

/**
 * One kind. All functions are pure but `desired` of kinds that read source files.
 * Identity is plain JSON, kept in the state: with it alone `read` finds the object for refresh and delete.
 */
export interface Kind<Inputs, Desired, Identity extends JsonValue, Live> {
  readonly name: string;
  readonly inputs: z.ZodType<Inputs>;
  readonly changes: Readonly<Record<keyof Inputs, ChangeRule>>;
  /** Inputs whose value must not appear in state, plan or errors. */
  readonly secretInputs?: readonly (keyof Inputs & string)[];
  /** Inputs of which the server keeps no trace, so that only their change tells what to do: PlanContext.previous has the old values. */
  readonly remembered?: readonly (keyof Inputs & string)[];
  readonly documentation: KindDocumentation;
  /** The object is the database itself: it may be closed, and after its deletion no books can be kept in it. */
  readonly isDatabase?: true;

  /** The database whose catalog is read; undefined = the object belongs to the server and only `catalog.server` is filled. */
  database(inputs: Inputs): string | undefined;
  /** The name that this database had before, where the inputs rename the database itself. */
  formerDatabase?(inputs: Inputs): string | undefined;
  /** Normal form. Throws InvalidInputsError with all issues at once. Bundles read their files here. */
  desired(inputs: Inputs): Desired;
  identity(desired: Desired): Identity;
  /** Last part of the resource id, unique per server and kind: "sales/dbo.Orders". */
  key(identity: Identity): string;
  /** What a person calls it: `table "dbo.Orders" in database "sales"`. */
  describe(identity: Identity): string;

  /** undefined = absent. `owned` are this resource's rows of iac.object. */
  read(catalog: CatalogSnapshot, identity: Identity, owned: readonly OwnedObject[]): Live | undefined;
  /** What a delete that was cut off may have left behind although `read` finds nothing; `probes` and `planDelete` get it. */
  remains?(catalog: CatalogSnapshot, identity: Identity): Live | undefined;
  /** Objects of `live` that make ObjectExistsError when this resource is created and does not own them. */
  existing(live: Live): readonly ObjectName[];
  /**
   * The name that still stands in iac.object when a rename outside a transaction was cut off before its row was written;
   * undefined when something else has that name now.
   */
  interruptedRename?(desired: Desired, catalog: CatalogSnapshot): ObjectName | undefined;
  /** desired undefined = before a delete. All probes of a resource go in one round trip. */
  probes(
    desired: Desired | undefined,
    live: Live | undefined,
    catalog: CatalogSnapshot,
    secret?: SecretReader,
  ): readonly Probe[];
  plan(desired: Desired, live: Live | undefined, context: PlanContext): Plan;
  planDelete(live: Live, context: PlanContext): Plan;

  /** What is asked once everything is applied; an answer that is not as expected fails the deployment, and the next one asks again. */
  verification?(desired: Desired): readonly VerificationCheck[];

  /** Inputs as the server has them now, for refresh: an input that was not given stays not given. */
  inputsFromLive(live: Live, old: Inputs): Inputs;
  /** What programs may read besides the inputs; plain JSON, no secrets. */
  outputs(desired: Desired | undefined, live: Live): Readonly<Record<string, JsonValue | undefined>>;
  /** Names of the outputs: the class must pass each as undefined, or programs cannot see it. */
  readonly outputNames: readonly string[];
}

/** A kind with its types forgotten: what the registry holds and the runtime drives. */
export type AnyKind = Kind<Record<string, unknown>, unknown, JsonValue, unknown>;

export type { CatalogSnapshot, DatabaseCatalog };
