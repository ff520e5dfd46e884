/**
 * Kind Schema: a schema and who owns it. Reads sys.schemas; what a schema holds comes from the object queries.
 * SQL Server has no rename for schemas, and moving the objects (ALTER SCHEMA ... TRANSFER) drops their permissions and leaves the
 * old name inside every module: a changed name is refused. https://learn.microsoft.com/sql/t-sql/statements/create-schema-transact-sql
 */
import { z } from "zod";
import {
  commonChanges,
  commonInputs,
  databaseChange,
  databaseInput,
  type CatalogSnapshot,
  type ChangeRule,
  type Kind,
  type OwnedObject,
  type Plan,
  type PlanContext,
  type Statement,
} from "../contract";
import { quoteName, quoteNames } from "../engine/quoting";
import { statement } from "../engine/statement";
import type { NameComparer } from "../engine/names";
import type { SchemaRow } from "../engine/snapshot/database";
import { lostIdentity } from "./identity-change";
import { InputIssues } from "./input-issues";
import { nameInput } from "./name-input";
import { permissionStatement } from "./permission-statements";

// ---- Inputs ----------------------------------------------------------------------------------------------------------

const SchemaInputs = z.strictObject({
  ...commonInputs,
  database: databaseInput,
  name: nameInput("Name of the schema. Cannot change: SQL Server renames no schemas."),
  authorization: nameInput(
    "Database user or role that owns the schema. A change keeps the permissions on the schema and on what it holds. Default: left as it is; a new schema belongs to the login that makes it.",
  ).optional(),
});
export type SchemaInputs = z.infer<typeof SchemaInputs>;

// ---- Change rules ----------------------------------------------------------------------------------------------------

const renameRefusal =
  "SQL Server renames no schemas: make a second schema, move each table there with movedFrom, deploy the modules again, and then remove this one";

const changes = {
  ...commonChanges,
  database: databaseChange,
  name: { refuse: renameRefusal },
  authorization: "plan",
} as const satisfies Record<keyof SchemaInputs, ChangeRule>;

// ---- Desired ---------------------------------------------------------------------------------------------------------

export interface DesiredSchema {
  readonly database: string;
  readonly name: string;
  readonly authorization: string | undefined;
}

/** Schemas that SQL Server keeps for itself; compared without case, because no person may have a second one of them. */
const systemSchemas = ["sys", "information_schema"];
/** Made with every database: neither dropped nor given away. */
const builtInSchemas = ["dbo", "guest"];

function desired(inputs: SchemaInputs): DesiredSchema {
  const issues = new InputIssues();
  const folded = inputs.name.toLowerCase();
  if (systemSchemas.includes(folded))
    issues.add("name", `schema "${inputs.name}" belongs to SQL Server; choose another name`);
  if (folded === "iac")
    issues.add("name", 'schema "iac" is where the provider keeps its own records; choose another name');
  if (
    builtInSchemas.includes(folded) &&
    inputs.authorization !== undefined &&
    inputs.authorization.toLowerCase() !== folded
  ) {
    issues.add(
      "authorization",
      `the owner of the built-in schema "${inputs.name}" cannot change; leave authorization out`,
    );
  }
  issues.throwIfAny();
  return { database: inputs.database, name: inputs.name, authorization: inputs.authorization };
}

// ---- Identity --------------------------------------------------------------------------------------------------------

type SchemaIdentity = { readonly database: string; readonly name: string };

function describe(identity: SchemaIdentity): string {
  return `schema "${identity.name}" in database "${identity.database}"`;
}

// ---- Read ------------------------------------------------------------------------------------------------------------

export interface LiveSchema {
  readonly database: string;
  readonly row: SchemaRow;
  readonly names: NameComparer;
}

function read(catalog: CatalogSnapshot, identity: SchemaIdentity): LiveSchema | undefined {
  const row = catalog.database.findSchema(identity.name);
  if (!catalog.databaseExists || row === undefined) return undefined;
  return { database: identity.database, row, names: catalog.names };
}

// ---- Plan ------------------------------------------------------------------------------------------------------------

function owned(name: string): OwnedObject {
  return { type: "schema", name };
}

function plan(desired: DesiredSchema, live: LiveSchema | undefined, context: PlanContext): Plan {
  const { authorization } = desired;
  const requires: Plan["requires"] =
    authorization === undefined
      ? []
      : [{ type: "principal", name: authorization, neededBy: `schema "${desired.name}"` }];
  const outcome = { notes: [], owns: [owned(live?.row.name ?? desired.name)], requires };

  if (live === undefined) {
    const lost = lostIdentity(context, "schema", desired.name, renameRefusal);
    return { ...outcome, statements: [createStatement(desired)], refusals: lost === undefined ? [] : [lost] };
  }
  if (authorization === undefined || context.names.equals(authorization, live.row.owner)) {
    return { ...outcome, statements: [], refusals: [] };
  }
  if (builtInSchemas.includes(live.row.name.toLowerCase())) {
    const reason = `the owner of the built-in schema "${live.row.name}" cannot change; leave authorization out`;
    return { ...outcome, statements: [], refusals: [{ property: "authorization", reason }] };
  }
  return { ...outcome, statements: [ownerStatement(live, authorization, context)], refusals: [] };
}

/** CREATE SCHEMA must stand alone in its batch. */
function createStatement({ database, name, authorization }: DesiredSchema): Statement {
  const owner = authorization === undefined ? "" : ` AUTHORIZATION ${quoteName(authorization)}`;
  return statement(database, `create schema ${name}`, `CREATE SCHEMA ${quoteName(name)}${owner};`, {
    reverse: `DROP SCHEMA ${quoteName(name)};`,
    object: owned(name),
  });
}

/**
 * A new owner silently drops the permissions on the schema and on every contained object without an owner of its own, so they are
 * given again in the same batch and transaction. https://learn.microsoft.com/sql/t-sql/statements/alter-authorization-transact-sql
 */
function ownerStatement(live: LiveSchema, authorization: string, context: PlanContext): Statement {
  const change = (owner: string): string =>
    [
      `ALTER AUTHORIZATION ON SCHEMA::${quoteName(live.row.name)} TO ${quoteName(owner)};`,
      ...keptPermissions(live.row, owner, context),
    ].join("\n");
  return statement(live.database, `give schema ${live.row.name} to ${authorization}`, change(authorization), {
    object: owned(live.row.name),
    reverse: change(live.row.owner),
  });
}

function keptPermissions(schema: SchemaRow, owner: string, context: PlanContext): string[] {
  const { database } = context.catalog;
  const inSchema = (row: { readonly schemaName: string }): boolean => context.names.equals(row.schemaName, schema.name);
  const securables = [
    { class: 3, id: schema.schemaId, text: `SCHEMA::${quoteName(schema.name)}` },
    ...[...database.tables, ...database.objects]
      .filter(inSchema)
      .map((row) => ({ class: 1, id: row.objectId, text: `OBJECT::${quoteNames(row.schemaName, row.name)}` })),
    ...database.types
      .filter(inSchema)
      .map((row) => ({ class: 6, id: row.userTypeId, text: `TYPE::${quoteNames(row.schemaName, row.name)}` })),
  ];
  return securables.flatMap((securable) =>
    database
      .permissionsOn(securable.class, securable.id)
      // The owner has every permission, and the server refuses to grant one to an owner.
      .filter((row) => !context.names.equals(row.grantee, owner))
      // A permission on the whole object replaces those on its columns, so columns come last.
      .sort((left, right) => Number(left.minorId !== 0) - Number(right.minorId !== 0))
      .map((row) => permissionStatement(row, securable.text)),
  );
}

// ---- Plan of the delete ----------------------------------------------------------------------------------------------

const namedContents = 10;

function planDelete(live: LiveSchema, context: PlanContext): Plan {
  const name = live.row.name;
  const refuse = (reason: string): Plan => ({
    statements: [],
    refusals: [{ property: "", reason }],
    notes: [],
    owns: [],
  });
  if ([...builtInSchemas, ...systemSchemas].includes(name.toLowerCase())) {
    return refuse(
      `schema "${name}" comes with the database and cannot be dropped; set retainOnDelete: true to let go of it`,
    );
  }
  const contents = contentsOf(live, context);
  if (contents.length > 0) {
    const more = contents.length > namedContents ? ` and ${contents.length - namedContents} more` : "";
    return refuse(
      `schema "${name}" holds ${contents.slice(0, namedContents).join(", ")}${more}; drop them or move them to another schema first`,
    );
  }
  const drop = statement(live.database, `drop schema ${name}`, `DROP SCHEMA ${quoteName(name)};`, {
    reverse: `CREATE SCHEMA ${quoteName(name)} AUTHORIZATION ${quoteName(live.row.owner)};`,
    object: owned(name),
  });
  return { statements: [drop], refusals: [], notes: [], owns: [] };
}

function contentsOf(live: LiveSchema, context: PlanContext): string[] {
  const { tables, objects, types } = context.catalog.database;
  const inSchema = (row: { readonly schemaName: string }): boolean => live.names.equals(row.schemaName, live.row.name);
  const named = (noun: string) => (row: { readonly name: string }) => `${noun} "${row.name}"`;
  return [
    ...tables.filter(inSchema).map(named("table")),
    // A DML trigger goes with its table; naming both would be noise.
    ...objects.filter((row) => inSchema(row) && row.parentName === null).map(named("object")),
    ...types.filter(inSchema).map(named("type")),
  ];
}

// ---- Inputs from live, outputs ---------------------------------------------------------------------------------------

function inputsFromLive(live: LiveSchema, old: SchemaInputs): SchemaInputs {
  if (old.authorization === undefined || live.names.equals(old.authorization, live.row.owner)) return old;
  return { ...old, authorization: live.row.owner };
}

// ---- Documentation and registration ----------------------------------------------------------------------------------

export const schemaKind: Kind<SchemaInputs, DesiredSchema, SchemaIdentity, LiveSchema> = {
  name: "Schema",
  inputs: SchemaInputs,
  changes,
  documentation: {
    summary: "A schema and its owner.",
    changesInPlace: ["owner (permissions are kept)"],
    refused: ["rename", "drop while it holds objects", "drop or new owner of dbo and guest"],
    hosts: ["Windows", "Linux", "Azure SQL Managed Instance", "Azure SQL Database"],
  },
  database: (inputs) => inputs.database,
  desired,
  identity: ({ database, name }) => ({ database, name }),
  key: ({ database, name }) => `${database}/${name}`,
  describe,
  read,
  existing: (live) => [owned(live.row.name)],
  probes: () => [],
  plan,
  planDelete,
  inputsFromLive,
  outputs: (_desired, live) => ({ schemaId: live.row.schemaId, schemaOwner: live.row.owner }),
  outputNames: ["schemaId", "schemaOwner"],
};
