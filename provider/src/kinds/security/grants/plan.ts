/**
 * Plans of the kind Grants. Order: what is revoked, then denials, then grants; a whole table before its columns, because a
 * statement on the table ends what was said about its columns.
 * https://learn.microsoft.com/sql/t-sql/statements/grant-object-permissions-transact-sql
 */
import type { OwnedObject, Plan, PlanContext, Refusal, Requirement, Statement } from "../../../contract";
import { quoteName } from "../../../engine/quoting";
import { statement } from "../../../engine/statement";
import type { DesiredGrants, Subject } from "./inputs";
import {
  groupOf,
  isConnect,
  keyOf,
  livePermissions,
  ownedPermission,
  permissionWords,
  type LivePermission,
  type Permission,
} from "./permission";
import { unknownPermissions } from "./permission-names";
import { exists, securableText, securableWords } from "./securable";

// ---- Plan ------------------------------------------------------------------------------------------------------------

export function plan(desired: DesiredGrants, context: PlanContext): Plan {
  const owns: OwnedObject[] = [
    ...desired.permissions.map(ownedPermission),
    ...(desired.isExact ? [ownedSet(desired.subject)] : []),
  ];
  const refusals = refusalsOf(desired, context);
  if (refusals.length > 0) return { statements: [], refusals, notes: [], owns };
  const work = changesOf(desired.database, desired.subject, desired.permissions, desired.isExact, context);
  return { ...work, refusals: [], owns, requires: requirements(desired) };
}

/** Two resources that each want the exact set of one principal or securable would fight for ever. */
export function ownedSet(subject: Subject): OwnedObject {
  return {
    type: "permission set",
    name: "principal" in subject ? `principal ${subject.principal}` : securableWords(subject.securable).slice(0, 400),
  };
}

function requirements({ subject, permissions }: DesiredGrants): Requirement[] {
  const neededBy =
    "principal" in subject
      ? `permissions of "${subject.principal}"`
      : `permissions on ${securableWords(subject.securable)}`;
  const found = new Map<string, Requirement>();
  const add = (type: Requirement["type"], name: string): void =>
    void found.set(`${type}\0${name}`, { type, name, neededBy });
  for (const { securable, grantee } of permissions) {
    add("principal", grantee);
    const { class: securableClass, schema, name } = securable;
    if (name === undefined) continue;
    if (securableClass === "object" || securableClass === "type") add(securableClass, `${schema!}.${name}`);
    else if (securableClass === "schema") add("schema", name);
    else if (securableClass === "user" || securableClass === "role") add("principal", name);
    else if (securableClass === "message-type") add("message type", name);
    else if (securableClass === "assembly" || securableClass === "contract" || securableClass === "service")
      add(securableClass, name);
  }
  return [...found.values()];
}

function refusalsOf({ permissions }: DesiredGrants, context: PlanContext): Refusal[] {
  const { catalog, names } = context;
  const { database } = catalog;
  const refusals = new Map<string, Refusal>();
  for (const one of permissions) {
    const { securable, column, grantee } = one;
    const { class: securableClass, schema, name } = securable;
    const owner =
      name === undefined ? undefined : database.findSchema(schema ?? (securableClass === "schema" ? name : ""))?.owner;
    if (owner !== undefined && names.equals(owner, grantee))
      refusals.set(securableWords(securable), {
        property: "permissions",
        reason: `"${grantee}" owns ${securableWords(securable)} and may do everything with it; the server takes no grant to an owner (4624)`,
      });
    const principal = name === undefined ? undefined : database.findPrincipal(name);
    if ((securableClass === "user" || securableClass === "role") && principal !== undefined) {
      const is = principal.type === "R" ? "role" : "user";
      if (is !== securableClass && principal.type !== "A")
        refusals.set(securableWords(securable), {
          property: "permissions",
          reason: `"${principal.name}" is a ${is} (15151); write class: "${is}"`,
        });
    }
    if (column === undefined || !exists(securable, catalog)) continue;
    const table = database.findTable(schema!, name!) ?? database.findObject(schema!, name!);
    // A view's columns are not in the snapshot.
    const columns = table === undefined ? [] : database.columnsOf(table.objectId);
    if (columns.length > 0 && !columns.some((row) => names.equals(row.name, column)))
      refusals.set(`${securableWords(securable)} ${column}`, {
        property: "permissions",
        reason: `${securableWords(securable)} has no column "${column}"`,
      });
  }
  return [...unknownPermissions(permissions, context), ...refusals.values()];
}

// ---- From what is there to what is wanted ----------------------------------------------------------------------------

type State = LivePermission["state"];
interface Stated extends Permission {
  readonly state: State;
}

/** Statements of one plan in the order in which they must run. */
const phases = ["revoke", "deny", "grant", "deny column", "grant column", "revoke column"] as const;
type Phase = (typeof phases)[number];

interface Step {
  readonly phase: Phase;
  readonly change: Stated;
  readonly text: (columns: string) => string;
}

/** All that belongs to one permission of one principal on one thing: the whole and its columns. */
class Group {
  readonly wanted: Stated[] = [];
  readonly live: LivePermission[] = [];
}

export function changesOf(
  database: string,
  subject: Subject,
  wanted: readonly Stated[],
  isExact: boolean,
  context: PlanContext,
): Pick<Plan, "statements" | "notes"> {
  const { names } = context;
  const groups = new Map<string, Group>();
  const groupFor = (one: Permission): Group => {
    const key = groupOf(one, names);
    const group = groups.get(key) ?? new Group();
    groups.set(key, group);
    return group;
  };
  for (const one of wanted) groupFor(one).wanted.push(one);
  for (const one of livePermissions(context.catalog)) if (isOf(one, subject, context)) groupFor(one).live.push(one);
  const notes: string[] = [];
  const steps = [...groups.values()].flatMap((group) => stepsOf(group, isExact, database, notes, context));
  return { statements: merged(steps, database), notes };
}

export function isOf(permission: Permission, subject: Subject, { names }: Pick<PlanContext, "names">): boolean {
  if ("principal" in subject) return names.equals(permission.grantee, subject.principal);
  const [one, other] = [permission.securable, subject.securable];
  return (
    one.class === other.class &&
    names.equals(one.schema ?? "", other.schema ?? "") &&
    names.equals(one.name ?? "", other.name ?? "")
  );
}

function stepsOf(group: Group, isExact: boolean, database: string, notes: string[], context: PlanContext): Step[] {
  const { names, owned } = context;
  const key = (one: Permission): string => keyOf(one, names);
  const wantedKeys = new Set(group.wanted.map(key));
  const isOwned = (one: Permission): boolean => {
    const row = ownedPermission(one);
    return owned.some(({ type, name }) => type === row.type && names.equals(name, row.name));
  };
  const isOthers = (one: Permission): boolean => {
    const row = ownedPermission(one);
    return !isOwned(one) && context.catalog.database.ownerOf(row.type, row.name) !== undefined;
  };
  const goes = (one: LivePermission): boolean => {
    if (wantedKeys.has(key(one))) return false;
    if (isOwned(one)) return true;
    if (!isExact) return false;
    if (isOthers(one)) notes.push(`${permissionWords(one)} belongs to another resource and is left alone`);
    return !isOthers(one);
  };
  const gone = group.live.filter(goes);
  const kept: Stated[] = group.live.filter((one) => !wantedKeys.has(key(one)) && !gone.includes(one));
  const all = [...group.wanted, ...kept];
  const whole = all.find(({ column }) => column === undefined);
  const columns = all.filter(({ column }) => column !== undefined);
  const liveOf = (one: Permission): LivePermission[] => group.live.filter((row) => key(row) === key(one));

  const steps: Step[] = [];
  const wholeGone = gone.filter(({ column }) => column === undefined);
  for (const row of wholeGone) steps.push(...removal(row, database, context));
  const columnsGone = gone.filter(({ column }) => column !== undefined);
  // Revoking one column of a table that is granted whole would leave an exception; granting the table again leaves none.
  const isGrantedAgain = whole !== undefined && whole.state !== "DENY" && columnsGone.length > 0;
  const wholeSteps = whole === undefined ? [] : arrival(whole, liveOf(whole), isGrantedAgain, database);
  steps.push(...wholeSteps);
  const isTouched = wholeGone.length > 0 || wholeSteps.length > 0;
  if (!isTouched) for (const row of columnsGone) steps.push(...removal(row, database, context));
  for (const column of columns) steps.push(...arrival(column, liveOf(column), isTouched, database));
  return steps;
}

/** Nothing when it is there already, unless it must be said again. */
function arrival(one: Stated, live: readonly LivePermission[], isAgain: boolean, database: string): Step[] {
  const others = live.filter(({ state }) => state !== one.state);
  if (!isAgain && live.length > 0 && others.length === 0) return [];
  const steps: Step[] = [];
  // What another grantor said stays beside ours, and a denial of his would win.
  for (const row of others) if (row.grantor !== "dbo") steps.push(revocation(row, database));
  const fromOption = others.some(({ state, grantor }) => state === "GRANT_WITH_GRANT_OPTION" && grantor === "dbo");
  if (one.state === "GRANT" && fromOption) {
    const text = (columns: string): string =>
      `REVOKE GRANT OPTION FOR ${what(one, columns, database)} FROM ${quoteName(one.grantee)} CASCADE;`;
    steps.push({ phase: "revoke", change: { ...one, state: "REVOKE" }, text });
    if (!isAgain) return steps;
  }
  const isColumn = one.column !== undefined;
  const to = `TO ${quoteName(one.grantee)}`;
  switch (one.state) {
    case "DENY":
      steps.push({
        phase: isColumn ? "deny column" : "deny",
        change: one,
        text: (columns) => `DENY ${what(one, columns, database)} ${to}${fromOption ? " CASCADE" : ""};`,
      });
      break;
    case "REVOKE":
      steps.push({
        phase: "revoke column",
        change: one,
        text: (columns) => `REVOKE ${what(one, columns, database)} FROM ${quoteName(one.grantee)};`,
      });
      break;
    default:
      steps.push({
        phase: isColumn ? "grant column" : "grant",
        change: one,
        text: (columns) =>
          `GRANT ${what(one, columns, database)} ${to}${one.state === "GRANT_WITH_GRANT_OPTION" ? " WITH GRANT OPTION" : ""};`,
      });
  }
  return steps;
}

function removal(row: LivePermission, database: string, context: PlanContext): Step[] {
  const isUser = context.catalog.database.findPrincipal(row.grantee)?.type !== "R";
  if (!isConnect(row) || !isUser) return [revocation(row, database)];
  // Without a row a user could not connect at all: the state of a new user is the grant.
  return row.state === "GRANT" ? [] : arrival({ ...row, state: "GRANT" }, [row], false, database);
}

function revocation(row: LivePermission, database: string): Step {
  const cascade = row.state === "GRANT_WITH_GRANT_OPTION" ? " CASCADE" : "";
  const as = row.grantor === "dbo" ? "" : ` AS ${quoteName(row.grantor)}`;
  return {
    phase: "revoke",
    change: { ...row, state: "REVOKE" },
    text: (columns) => `REVOKE ${what(row, columns, database)} FROM ${quoteName(row.grantee)}${cascade}${as};`,
  };
}

/** @throws RangeError for a permission that is not plain words: the text would reach the server as it is. */
function what({ permission, securable }: Permission, columns: string, database: string): string {
  if (!/^[A-Z]+( [A-Z]+)*$/.test(permission)) throw new RangeError(`not the name of a permission: ${permission}`);
  return `${permission} ON ${securableText(securable, database)}${columns}`;
}

/** One statement for all columns of which the same is said. */
function merged(steps: readonly Step[], database: string): Statement[] {
  const found = new Map<string, { readonly step: Step; readonly columns: string[] }>();
  for (const step of steps) {
    const key = `${step.phase}\0${step.text("")}`;
    const same = found.get(key) ?? { step, columns: [] };
    if (step.change.column !== undefined) same.columns.push(step.change.column);
    found.set(key, same);
  }
  const verbs: Readonly<Record<State, string>> = {
    GRANT: "grant",
    GRANT_WITH_GRANT_OPTION: "grant",
    DENY: "deny",
    REVOKE: "revoke",
  };
  return [...found.values()]
    .sort((one, other) => phases.indexOf(one.step.phase) - phases.indexOf(other.step.phase))
    .map(({ step, columns }) => {
      const { change } = step;
      const list = columns.length === 0 ? "" : ` (${columns.map(quoteName).join(", ")})`;
      const words = `${verbs[change.state]} ${change.permission} on ${securableWords(change.securable)}${columns.length === 0 ? "" : ` (${columns.join(", ")})`}`;
      return statement(
        database,
        `${words} ${change.state === "REVOKE" ? "from" : "to"} ${change.grantee}`,
        step.text(list),
      );
    });
}
