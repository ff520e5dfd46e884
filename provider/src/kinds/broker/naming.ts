/**
 * Names of Service Broker: message types, contracts and services are compared byte by byte, on the wire and by the server, whatever
 * the collation of the database. https://learn.microsoft.com/sql/database-engine/service-broker/naming-service-broker-objects
 */
import { z } from "zod";
import type { OwnedObject } from "../../contract";
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

export function owned(noun: BrokerNoun, name: string): OwnedObject {
  return { type: noun, name };
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
