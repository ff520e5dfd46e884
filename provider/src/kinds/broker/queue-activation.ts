/** Activation of a queue: the procedure that the server starts when messages wait. https://learn.microsoft.com/sql/t-sql/statements/create-queue-transact-sql */
import { z } from "zod";
import type { NameComparer } from "../../engine/names";
import { quoteNames, quoteText } from "../../engine/quoting";
import type { BrokerQueueRow } from "../../engine/snapshot/broker";
import { nameInput } from "../name-input";
import { SchemaObjectInput, schemaObject, type SchemaObject } from "./naming";

// ---- Inputs ----------------------------------------------------------------------------------------------------------

export const ActivationInput = z.strictObject({
  procedure: SchemaObjectInput.describe(
    "Procedure of the same database without parameters that receives from this queue. Changes in place; readers at work finish with the old one.",
  ),
  maxReaders: z
    .number()
    .int()
    .min(0)
    .max(32_767)
    .describe("How many readers run at most, 0 to 32767; 0 starts none. Changes in place."),
  executeAs: nameInput(
    "User as whom the procedure runs, or OWNER for the owner of the queue. Changes in place; needs IMPERSONATE on the user. Default OWNER.",
  ).optional(),
  enabled: z.boolean().optional().describe("Whether readers are started. Changes in place. Default true."),
});
export type ActivationInput = z.infer<typeof ActivationInput>;

export interface Activation {
  readonly procedure: SchemaObject;
  readonly maxReaders: number;
  /** "OWNER" or a user. */
  readonly executeAs: string;
  readonly enabled: boolean;
}

export function activationOf({
  procedure,
  maxReaders,
  executeAs = "OWNER",
  enabled = true,
}: ActivationInput): Activation {
  return {
    procedure: schemaObject(procedure),
    maxReaders,
    executeAs: isOwner(executeAs) ? "OWNER" : executeAs,
    enabled,
  };
}

/** A word of the grammar, not a user: as such it has no case. */
export function isOwner(executeAs: string): boolean {
  return executeAs.toUpperCase() === "OWNER";
}

// ---- Read ------------------------------------------------------------------------------------------------------------

export interface LiveActivation {
  /** The last parts of the catalog's three-part name; undefined = it lies in another database or cannot be read. */
  readonly procedure: SchemaObject | undefined;
  readonly maxReaders: number;
  readonly executeAs: string;
  readonly enabled: boolean;
}

export function liveActivation(
  row: BrokerQueueRow,
  database: string,
  serverNames: NameComparer,
): LiveActivation | undefined {
  if (row.activationProcedure === null || row.activationProcedure === "") return undefined;
  const parts = partsOf(row.activationProcedure);
  const [schema, name] = parts.slice(-2);
  const isHere = parts.length === 2 || (parts.length === 3 && serverNames.equals(parts[0]!, database));
  return {
    procedure: isHere && schema !== undefined && name !== undefined ? { schema, name } : undefined,
    maxReaders: row.maxReaders ?? 0,
    executeAs: row.isExecutedAsOwner ? "OWNER" : (row.executeAs ?? ""),
    enabled: row.isActivationEnabled,
  };
}

/** `[a]]b].[c].d` as its parts; the catalog quotes as QUOTENAME does. */
function partsOf(name: string): string[] {
  return [...name.matchAll(/\[((?:[^\]]|\]\])*)\]|([^.[\]]+)/g)].map(([, quoted, plain]) =>
    quoted === undefined ? plain! : quoted.replaceAll("]]", "]"),
  );
}

export function isSameProcedure(left: SchemaObject, right: SchemaObject | undefined, names: NameComparer): boolean {
  return right !== undefined && names.equals(left.schema, right.schema) && names.equals(left.name, right.name);
}

function isSameUser(left: string, right: string, names: NameComparer): boolean {
  return isOwner(left) || isOwner(right) ? left === right : names.equals(left, right);
}

// ---- Render ----------------------------------------------------------------------------------------------------------

const onOff = (value: boolean): string => (value ? "ON" : "OFF");

const statusClause = (enabled: boolean): string => `STATUS = ${onOff(enabled)}`;
const procedureClause = ({ schema, name }: SchemaObject): string => `PROCEDURE_NAME = ${quoteNames(schema, name)}`;
const readersClause = (maxReaders: number): string => `MAX_QUEUE_READERS = ${maxReaders}`;
const userClause = (executeAs: string): string => `EXECUTE AS ${isOwner(executeAs) ? "OWNER" : quoteText(executeAs)}`;

export function activationClause({ enabled, procedure, maxReaders, executeAs }: Activation): string {
  return clauseOf([
    statusClause(enabled),
    procedureClause(procedure),
    readersClause(maxReaders),
    userClause(executeAs),
  ]);
}

/** Only what differs; undefined when nothing does. */
export function changedActivationClause(
  wanted: Activation,
  live: LiveActivation,
  names: NameComparer,
): string | undefined {
  const members: string[] = [];
  if (live.enabled !== wanted.enabled) members.push(statusClause(wanted.enabled));
  if (!isSameProcedure(wanted.procedure, live.procedure, names)) members.push(procedureClause(wanted.procedure));
  if (live.maxReaders !== wanted.maxReaders) members.push(readersClause(wanted.maxReaders));
  if (!isSameUser(wanted.executeAs, live.executeAs, names)) members.push(userClause(wanted.executeAs));
  return members.length === 0 ? undefined : clauseOf(members);
}

function clauseOf(members: readonly string[]): string {
  return `ACTIVATION (${members.join(", ")})`;
}
