/** What permissions are on: as inputs write it, as T-SQL writes it, and as rows of the catalog have it. */
import { z } from "zod";
import type { CatalogSnapshot } from "../../../contract";
import { displayName, quoteName, quoteNames } from "../../../engine/quoting";
import type { PermissionRow } from "../../../engine/snapshot/modules";
import { nameInput } from "../../name-input";

/** Classes of sys.database_permissions: https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-database-permissions-transact-sql */
const classes = {
  database: { id: 0, words: "DATABASE", parts: 0 },
  object: { id: 1, words: "OBJECT", parts: 2 },
  schema: { id: 3, words: "SCHEMA", parts: 1 },
  user: { id: 4, words: "USER", parts: 1 },
  role: { id: 4, words: "ROLE", parts: 1 },
  assembly: { id: 5, words: "ASSEMBLY", parts: 1 },
  type: { id: 6, words: "TYPE", parts: 2 },
  "message-type": { id: 15, words: "MESSAGE TYPE", parts: 1 },
  contract: { id: 16, words: "CONTRACT", parts: 1 },
  service: { id: 17, words: "SERVICE", parts: 1 },
  "remote-service-binding": { id: 18, words: "REMOTE SERVICE BINDING", parts: 1 },
  route: { id: 19, words: "ROUTE", parts: 1 },
} as const satisfies Record<string, { readonly id: number; readonly words: string; readonly parts: 0 | 1 | 2 }>;
type SecurableClass = keyof typeof classes;

export const SecurableInputs = z.strictObject({
  class: z
    .enum(Object.keys(classes) as [SecurableClass, ...SecurableClass[]])
    .optional()
    .describe('What it is. object: a table, view, procedure, function, queue, synonym or sequence. Default "object".'),
  schema: nameInput('Schema of an object or type. Default "dbo".').optional(),
  name: nameInput("Name of it; not for the database.").optional(),
});
export type SecurableInputs = z.infer<typeof SecurableInputs>;

export interface Securable {
  readonly class: SecurableClass;
  /** Of objects and types. */
  readonly schema: string | undefined;
  /** undefined = the database. */
  readonly name: string | undefined;
}

const wholeDatabase: Securable = { class: "database", schema: undefined, name: undefined };

/** A text is what is wrong. */
export function securableOf(given: SecurableInputs | undefined): Securable | string {
  if (given === undefined) return wholeDatabase;
  const securableClass = given.class ?? "object";
  const { parts } = classes[securableClass];
  if (parts === 0)
    return given.name === undefined && given.schema === undefined
      ? wholeDatabase
      : "the database is this one, and has no name here";
  if (given.name === undefined) return `name of the ${securableClass} is missing`;
  if (parts === 1 && given.schema !== undefined) return `a ${securableClass} stands in no schema; leave schema out`;
  return { class: securableClass, schema: parts === 2 ? (given.schema ?? "dbo") : undefined, name: given.name };
}

export function inputsOf(securable: Securable): SecurableInputs | undefined {
  if (securable.class === "database") return undefined;
  return {
    ...(securable.class === "object" ? {} : { class: securable.class }),
    ...(securable.schema === undefined || securable.schema === "dbo" ? {} : { schema: securable.schema }),
    name: securable.name,
  };
}

/** `OBJECT::[dbo].[Orders]`; `database` is the name of the database itself. */
export function securableText({ class: securableClass, schema, name }: Securable, database: string): string {
  const own = name ?? database;
  return `${classes[securableClass].words}::${schema === undefined ? quoteName(own) : quoteNames(schema, own)}`;
}

/** As the server names the class: "MESSAGE TYPE". */
export function classWords(securableClass: SecurableClass): string {
  return classes[securableClass].words;
}

/** For people and for iac.object: `object dbo.Orders`, `database`. */
export function securableWords({ class: securableClass, schema, name }: Securable): string {
  if (name === undefined) return "database";
  return `${securableClass} ${schema === undefined ? name : displayName(schema, name)}`;
}

/** undefined: of something that this kind does not manage, or that is gone. */
export function securableOfRow(row: PermissionRow, { database }: CatalogSnapshot): Securable | undefined {
  switch (row.class) {
    case classes.database.id:
      return wholeDatabase;
    case classes.object.id: {
      const object =
        database.tableById(row.majorId) ??
        database.objectById(row.majorId) ??
        database.broker.queues.find(({ objectId }) => objectId === row.majorId);
      return object === undefined ? undefined : { class: "object", schema: object.schemaName, name: object.name };
    }
    case classes.schema.id: {
      const schema = database.schemas.find(({ schemaId }) => schemaId === row.majorId);
      return schema === undefined ? undefined : { class: "schema", schema: undefined, name: schema.name };
    }
    case classes.type.id: {
      const type = database.types.find(({ userTypeId }) => userTypeId === row.majorId);
      return type === undefined ? undefined : { class: "type", schema: type.schemaName, name: type.name };
    }
    default:
      return named(row, database.rows.principals);
  }
}

function named(
  row: PermissionRow,
  principals: CatalogSnapshot["database"]["rows"]["principals"],
): Securable | undefined {
  if (row.securable === null) return undefined;
  const isRole = principals.some(({ principalId, type }) => principalId === row.majorId && type === "R");
  const found = (Object.keys(classes) as SecurableClass[]).find(
    (one) => classes[one].id === row.class && (row.class !== classes.user.id || (one === "role") === isRole),
  );
  return found === undefined ? undefined : { class: found, schema: undefined, name: row.securable };
}

/** Is it there? Of classes that the snapshot has no rows of, the server decides when the plan runs. */
export function exists({ class: securableClass, schema, name }: Securable, { database }: CatalogSnapshot): boolean {
  if (name === undefined) return true;
  switch (securableClass) {
    case "object":
      return (
        database.findTable(schema!, name) !== undefined ||
        database.findObject(schema!, name) !== undefined ||
        database.broker.queues.some((queue) => queue.schemaName === schema && queue.name === name)
      );
    case "type":
      return database.findType(schema!, name) !== undefined;
    case "schema":
      return database.findSchema(name) !== undefined;
    case "user":
    case "role":
      return database.findPrincipal(name) !== undefined;
    default:
      return true;
  }
}
