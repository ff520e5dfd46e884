/**
 * Names of Service Broker: message types, contracts and services are compared byte by byte, on the wire and by the server, whatever
 * the collation of the database. https://learn.microsoft.com/sql/database-engine/service-broker/naming-service-broker-objects
 */
import { z } from "zod";
import type { ObjectName, OwnedObject, PlanContext, Refusal } from "../../contract";
import { displayName } from "../../engine/quoting";
import type { InputIssues } from "../input-issues";
import { nameInput } from "../name-input";

/** Words of the server that stand for these objects in iac.object. */
export type BrokerNoun =
  | "message type"
  | "contract"
  | "queue"
  | "service"
  | "route"
  | "remote service binding"
  | "broker priority"
  | "endpoint";

export type BrokerIdentity = { readonly database: string; readonly name: string };

export function owned(noun: BrokerNoun, name: string): OwnedObject {
  return { type: noun, name };
}

export function describe(noun: BrokerNoun): (identity: BrokerIdentity) => string {
  return ({ database, name }) => `${noun} "${name}" in database "${database}"`;
}

export function key({ database, name }: BrokerIdentity): string {
  return `${database}/${name}`;
}

export function byName<Row extends { readonly name: string }>(rows: readonly Row[], name: string): Row | undefined {
  return rows.find((row) => row.name === name);
}

// ---- Inputs ----------------------------------------------------------------------------------------------------------

/** A queue or procedure of the same database. */
export const SchemaObjectInput = z.strictObject({
  schema: nameInput('Schema. Default "dbo".').optional(),
  name: nameInput("Name in that schema."),
});
export interface SchemaObject {
  readonly schema: string;
  readonly name: string;
}

export function schemaObject({ schema, name }: z.infer<typeof SchemaObjectInput>): SchemaObject {
  return { schema: schema ?? "dbo", name };
}

export function shown({ schema, name }: SchemaObject): string {
  return displayName(schema, name);
}

const systemPrefix = /^https?:\/\/schemas\.microsoft\.com\/SQL\/(ServiceBroker|Notifications)\//i;

/** Names that the server keeps for itself. */
export function isSystemName(name: string): boolean {
  return name === "DEFAULT" || systemPrefix.test(name);
}

export function checkOwnName(noun: BrokerNoun, name: string, issues: InputIssues): void {
  if (isSystemName(name)) issues.add("name", `"${name}" belongs to SQL Server; choose another name`);
  if (name.toUpperCase() === "ANY" && (noun === "contract" || noun === "service"))
    issues.add("name", '"ANY" means every one where a priority names it; choose another name');
}

// ---- Refusals --------------------------------------------------------------------------------------------------------

/** What stands against making an object under this name; call it when the object is absent. */
export function refusalsOfName(
  noun: BrokerNoun,
  name: string,
  rows: readonly { readonly name: string }[],
  context: PlanContext,
  remedy: string,
): Refusal[] {
  const refusals: Refusal[] = [];
  const earlier = context.owned.find((object: ObjectName) => object.type === noun && object.name !== name);
  if (earlier !== undefined) {
    refusals.push({
      property: "name",
      reason: `this resource owns ${noun} "${earlier.name}", and a changed name would leave it behind: ${remedy}`,
    });
  }
  const like = rows.find((row) => row.name !== name && context.names.equals(row.name, name));
  if (like !== undefined && like.name !== earlier?.name) {
    refusals.push({
      property: "name",
      reason: `${noun} "${like.name}" exists and differs only in case or accents; Service Broker compares byte by byte, so the two would never meet. Write it the same way, or choose another name`,
    });
  }
  return refusals;
}
