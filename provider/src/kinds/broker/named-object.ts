/**
 * What message types, contracts, services, routes, bindings and priorities have in common: a name of one part that is compared byte by
 * byte and never changes, CREATE and DROP in the words of their noun, and an owner and permissions that outlive both.
 * https://learn.microsoft.com/sql/database-engine/service-broker/naming-service-broker-objects
 */
import {
  commonChanges,
  commonInputs,
  databaseChange,
  databaseInput,
  type CatalogSnapshot,
  type ObjectName,
  type Plan,
  type PlanContext,
  type Refusal,
  type Statement,
} from "../../contract";
import type { NameComparer } from "../../engine/names";
import { quoteName } from "../../engine/quoting";
import type { BrokerCatalog } from "../../engine/snapshot/broker";
import { statement } from "../../engine/statement";
import { nameInput } from "../name-input";
import { owned, type BrokerNoun } from "./naming";
import { authorizationInput, ownerStatements, permissionsAgain, type Securable } from "./owner";

/** What a kind says about itself. */
export interface NamedForm<Row extends { readonly name: string }> {
  readonly noun: Exclude<BrokerNoun, "queue" | "endpoint">;
  readonly rows: (broker: BrokerCatalog) => readonly Row[];
  /** That there is no rename, and what to do instead. */
  readonly rename: string;
}

interface OwnedRow {
  readonly name: string;
  readonly owner: string;
}
export interface OwnedForm<Row extends OwnedRow> extends NamedForm<Row> {
  readonly permissionClass: number;
  readonly id: (row: Row) => number;
}

export type NamedIdentity = { readonly database: string; readonly name: string };

export interface LiveNamed<Row> {
  readonly database: string;
  readonly row: Row;
  readonly names: NameComparer;
}

// ---- Inputs and change rules -----------------------------------------------------------------------------------------

export const namedInputs = (name: string) => ({
  ...commonInputs,
  database: databaseInput,
  name: nameInput(`${name} Cannot change.`),
});

export const ownedInputs = (name: string) => ({ ...namedInputs(name), authorization: authorizationInput });

export const namedChanges = (rename: string) =>
  ({ ...commonChanges, database: databaseChange, name: { refuse: rename } }) as const;

export const ownedChanges = (rename: string) => ({ ...namedChanges(rename), authorization: "plan" }) as const;

// ---- Read ------------------------------------------------------------------------------------------------------------

export function readNamed<Row extends { readonly name: string }>(
  { rows }: NamedForm<Row>,
  { database, databaseRow, names }: CatalogSnapshot,
  identity: NamedIdentity,
): LiveNamed<Row> | undefined {
  const row = rows(database.broker).find(({ name }) => name === identity.name);
  return row === undefined ? undefined : { database: databaseRow?.name ?? identity.database, row, names };
}

/** Members of a kind that are the same for all. */
export function namedKind<Row extends { readonly name: string }>(form: NamedForm<Row>) {
  return {
    database: (inputs: { readonly database: string }): string => inputs.database,
    identity: ({ database, name }: NamedIdentity): NamedIdentity => ({ database, name }),
    key: ({ database, name }: NamedIdentity): string => `${database}/${name}`,
    describe: ({ database, name }: NamedIdentity): string => `${form.noun} "${name}" in database "${database}"`,
    read: (catalog: CatalogSnapshot, identity: NamedIdentity): LiveNamed<Row> | undefined =>
      readNamed(form, catalog, identity),
    existing: ({ row }: LiveNamed<Row>): ObjectName[] => [owned(form.noun, row.name)],
    probes: (): [] => [],
  };
}

/** The old inputs with the owner that the object has now, where the program gave one. */
export function withOwner<Inputs extends { authorization?: string | undefined }>(
  old: Inputs,
  { row: { owner }, names }: LiveNamed<{ readonly owner: string | null }>,
): Inputs {
  const isSame = old.authorization === undefined || owner === null || names.equals(old.authorization, owner);
  return isSame ? { ...old } : { ...old, authorization: owner };
}

// ---- Plan ------------------------------------------------------------------------------------------------------------

function statementOn(
  { noun }: Pick<NamedForm<never>, "noun">,
  verb: string,
  { database, name }: NamedIdentity,
  batch: string,
  special: Partial<Statement> = {},
): Statement {
  return statement(database, `${verb} ${noun} ${name}`, batch, { object: owned(noun, name), ...special });
}

function dropBatch({ noun }: Pick<NamedForm<never>, "noun">, name: string): string {
  return `DROP ${noun.toUpperCase()} ${quoteName(name)};`;
}

/** What is planned for an object that is not there; `refusals` are the kind's own. */
export function creation<Row extends { readonly name: string }>(
  form: NamedForm<Row>,
  desired: NamedIdentity,
  batch: string,
  refusals: readonly Refusal[],
  context: PlanContext,
): Pick<Plan, "statements" | "refusals"> {
  const all = [...refusals, ...refusalsOfName(form, desired.name, context)];
  const create = statementOn(form, "create", desired, batch, { reverse: dropBatch(form, desired.name) });
  return { statements: all.length > 0 ? [] : [create], refusals: all };
}

/** ALTER of the object; it may run twice unless `special` says otherwise. */
export function changeOf<Row extends { readonly name: string }>(
  form: NamedForm<Row>,
  { database, row: { name } }: LiveNamed<Row>,
  batch: string,
  special: Partial<Statement> = {},
): Statement {
  return statementOn(form, "change", { database, name }, batch, { idempotent: true, ...special });
}

export function dropOf<Row extends { readonly name: string }>(
  form: NamedForm<Row>,
  { database, row: { name } }: LiveNamed<Row>,
  special: Partial<Statement> = {},
): Statement {
  return statementOn(form, "drop", { database, name }, dropBatch(form, name), special);
}

/** DROP and CREATE in one transaction, with the owner (unless another is wanted) and the permissions that the object has. */
export function remade<Row extends OwnedRow>(
  form: OwnedForm<Row>,
  live: LiveNamed<Row>,
  authorization: string | undefined,
  create: (owner: string | undefined) => string,
  context: PlanContext,
  special: Partial<Statement> = {},
): Statement[] {
  const { database, row } = live;
  const owner = authorization ?? ownerOf(row);
  const again = permissionsAgain(securable(form, live), owner ?? "", context);
  return [
    dropOf(form, live, special),
    statementOn(form, "create", { database, name: row.name }, create(owner), { reverse: dropBatch(form, row.name) }),
    ...(again.length === 0
      ? []
      : [
          statement(database, `give the permissions on ${form.noun} ${row.name} again`, again.join("\n"), {
            object: owned(form.noun, row.name),
          }),
        ]),
  ];
}

/** undefined = the catalog does not show it. */
export function ownerOf({ owner }: OwnedRow): string | undefined {
  return owner === "" ? undefined : owner;
}

/** Empty when no other owner is wanted. */
export function ownerChange<Row extends OwnedRow>(
  form: OwnedForm<Row>,
  live: LiveNamed<Row>,
  wanted: string | undefined,
  context: PlanContext,
): Statement[] {
  return ownerStatements(securable(form, live), live.row.owner, wanted, context);
}

function securable<Row extends OwnedRow>(form: OwnedForm<Row>, { database, row }: LiveNamed<Row>): Securable {
  return {
    database,
    text: `${form.noun.toUpperCase()}::${quoteName(row.name)}`,
    permissionClass: form.permissionClass,
    id: form.id(row),
    object: owned(form.noun, row.name),
  };
}

/** What stands against making an object under this name. */
function refusalsOfName<Row extends { readonly name: string }>(
  { noun, rows, rename }: NamedForm<Row>,
  name: string,
  { owned: ownedNow, catalog, names }: PlanContext,
): Refusal[] {
  const refusals: Refusal[] = [];
  const earlier = ownedNow.find((object) => object.type === noun && object.name !== name);
  if (earlier !== undefined) {
    refusals.push({
      property: "name",
      reason: `this resource owns ${noun} "${earlier.name}", and a changed name would leave it behind: ${rename}`,
    });
  }
  const like = rows(catalog.database.broker).find((row) => row.name !== name && names.equals(row.name, name));
  if (like !== undefined && like.name !== earlier?.name) {
    refusals.push({
      property: "name",
      reason: `${noun} "${like.name}" exists and differs only in case or accents; Service Broker compares byte by byte, so the two would never meet. Write it the same way, or choose another name`,
    });
  }
  return refusals;
}

// ---- Plan of the delete ----------------------------------------------------------------------------------------------

export function dropPlan(drop: Statement, notes: readonly string[] = []): Plan {
  return { statements: [drop], refusals: [], notes, owns: [] };
}

export function keptPlan(reason: string): Plan {
  return { statements: [], refusals: [{ property: "", reason }], notes: [], owns: [] };
}

/** `contract "a"`, `contracts "a", "b"`. */
export function listed(noun: string, plural: string, rows: readonly { readonly name: string }[]): string {
  return `${rows.length === 1 ? noun : plural} ${rows.map(({ name }) => `"${name}"`).join(", ")}`;
}
