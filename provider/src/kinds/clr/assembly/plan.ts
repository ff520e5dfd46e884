/**
 * Plans of the kind ClrAssembly: trust first, then in one transaction what must go, what is made, what changes, and at last the
 * trust that nobody needs any more.
 */
import { checkBinding } from "../../../clr/check-binding";
import { checkReferences, type RegisteredAssembly } from "../../../clr/references";
import { unsafeReasons } from "../../../clr/safety";
import { boundMemberChange, changeText, replaceReasons, surfaceChanges } from "../../../clr/upgrade";
import type { OwnedObject, Plan, PlanContext, Refusal, Requirement, Statement } from "../../../contract";
import type { AssemblyRow } from "../../../engine/snapshot/clr";
import { dropBinding, ownedBinding } from "../binding-statements";
import { bindingName, bindingsOf, storedUsersOf, usersOf, type LiveBinding } from "../live-binding";
import { clrDisabled, noUserAssemblies } from "../platform";
import { dropTrust } from "../trusted-list";
import type { DesiredAssemblies, DesiredAssembly } from "./inputs";
import { hasBytes, identity, liveMetadata, permissionSetOf, trustAnswer, type LiveAssemblies } from "./live";
import {
  addTrust,
  alterBytes,
  createAssembly,
  dropAssembly,
  dropExtraFiles,
  makeVisible,
  ownedAssembly,
  setOwner,
  setPermissions,
  trustForDba,
} from "./statements";

// ---- Plan ------------------------------------------------------------------------------------------------------------

type Action = "create" | "keep" | "alter" | "replace";

interface Change {
  readonly assembly: DesiredAssembly;
  readonly row: AssemblyRow | undefined;
  action: Action;
  /** Bound objects that the new build breaks, each with the reason. */
  readonly broken: readonly { readonly binding: LiveBinding; readonly reason: string }[];
  /** Why the bytes cannot change in place. */
  readonly reasons: string[];
}

export function plan(desired: DesiredAssemblies, live: LiveAssemblies | undefined, context: PlanContext): Plan {
  const { database, assemblies } = desired;
  const catalog = context.catalog.database;
  const owns: OwnedObject[] = assemblies.map(({ name }) => ownedAssembly(catalog.findAssembly(name)?.name ?? name));
  const own = new Set(assemblies.map(({ name }) => context.names.key(name)));
  const checked = checkReferences(assemblies, availableAssemblies(desired, own, context));
  const refusals: Refusal[] = [
    ...noUserAssemblies(context),
    ...checked.problems.map((reason) => ({ property: "references", reason })),
    ...permissionRefusals(desired, context),
  ];
  if (refusals.length > 0) return { statements: [], refusals, notes: [], owns };

  const notes: string[] = [];
  const changes = checked.order.map((assembly) => changeOf(desired, assembly, context, notes));
  spreadReplacement(changes);
  refusals.push(...clashes(changes, context));
  const removed = removedAssemblies(live, desired, context);
  const gone: Statement[] = [];
  for (const { binding, reason } of droppedBindings(changes)) {
    const blocked = whyKept(binding, desired.owner, changes, context);
    if (blocked !== undefined) refusals.push({ property: "file", reason: `${reason}, and ${blocked}` });
    else
      gone.push(
        dropBinding(database, binding, [
          {
            type: "data-loss",
            object: bindingName(binding),
            detail: `${reason}: ${ownedBinding(binding).type} ${bindingName(binding)} and the permissions on it go; a ClrBindings or ProcedureBundle that still declares it makes it again`,
          },
        ]),
      );
  }
  refusals.push(...removed.flatMap((row) => whyNotDropped(row, new Set([...removed, ...replacedRows(changes)]), context)));
  for (const row of replacedRows(changes)) refusals.push(...whyNotDropped(row, new Set([...removed, ...replacedRows(changes)]), context, true));

  const uploaded = changes.filter(({ action }) => action !== "keep");
  const trust = trustStatements(desired, uploaded, [...uploaded.flatMap(({ row }) => row ?? []), ...removed], context);
  refusals.push(...trust.refusals);
  const replaced = changes.filter(({ action }) => action === "replace");
  const inDatabase: Statement[] = [
    ...gone,
    ...[...replaced].reverse().map(({ row }) => dropAssembly(database, row!.name)),
    ...changes.flatMap((change) => assemblyStatements(desired, change, context)),
    ...referencingFirst(removed, context).map((row) => dropAssembly(database, row.name)),
  ];
  const statements = [...trust.before, ...inDatabase, ...trust.after];
  return {
    statements: refusals.length > 0 ? [] : statements,
    refusals,
    notes: [...notes, ...trust.notes],
    observations: clrDisabled(context),
    owns,
    requires: requirementsOf(desired, context),
  };
} // prettier-ignore

function requirementsOf(desired: DesiredAssemblies, context: PlanContext): Requirement[] {
  const neededBy = `assembly "${desired.name}"`;
  const present = new Set(registeredAssemblies(context).map(({ name }) => name.toLowerCase()));
  const missing = desired.elsewhere.filter(({ metadata }) => !present.has(metadata.name.toLowerCase()));
  return [
    ...(desired.authorization === undefined
      ? []
      : [{ type: "principal", name: desired.authorization, neededBy } as const]),
    ...missing.map(({ metadata }) => ({ type: "assembly", name: metadata.name, neededBy }) as const),
  ];
}

/** What is in the database, and what another resource is about to bring. */
function availableAssemblies(
  desired: DesiredAssemblies,
  own: ReadonlySet<string>,
  context: PlanContext,
): RegisteredAssembly[] {
  const present = registeredAssemblies(context).filter(({ sqlName }) => !own.has(context.names.key(sqlName)));
  const expected = desired.elsewhere
    .filter(({ metadata }) => !present.some(({ name }) => name.toLowerCase() === metadata.name.toLowerCase()))
    .map(({ metadata }) => ({ ...metadata, sqlName: metadata.name }));
  return [...present, ...expected];
}

/** Version, culture and key as the server says them: of an assembly without strong name the version is not told. */
export function registeredAssemblies({ catalog }: PlanContext): RegisteredAssembly[] {
  return catalog.database.rows.assemblies.map((row) => {
    const [name = "", ...parts] = (row.clrName ?? row.name).split(",").map((part) => part.trim());
    const value = (key: string): string =>
      parts.find((part) => part.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1) ?? "";
    const [culture, token] = [value("culture"), value("publickeytoken")];
    return {
      sqlName: row.name,
      name,
      version: value("version"),
      culture: culture === "neutral" ? "" : culture,
      publicKeyToken: token === "null" ? "" : token.toLowerCase(),
    };
  });
}

function permissionRefusals(desired: DesiredAssemblies, context: PlanContext): Refusal[] {
  const { capabilities, catalog } = context;
  const { permissionSet, assemblies } = desired;
  const refusals: Refusal[] = [];
  const refuse = (reason: string): void => void refusals.push({ property: "permissionSet", reason });
  const isUnsafeHere = capabilities.clrPermissionSets.includes("UNSAFE");
  if (!capabilities.clrPermissionSets.includes(permissionSet))
    refuse(`SQL Server on Linux runs SAFE assemblies only, and this one is to be ${permissionSet} (10342): deploy it on a server on Windows`);
  else if (permissionSet !== "SAFE" && catalog.databaseRow !== undefined && catalog.databaseRow.containment !== "NONE")
    refuse(`a contained database takes no ${permissionSet} assembly; take containment away from the database first`);
  else if (permissionSet === "UNSAFE" && !trustAnswer(context).mayUnsafe)
    refuse(`login "${capabilities.login}" may not make UNSAFE assemblies. A DBA grants it in master: GRANT UNSAFE ASSEMBLY TO [${capabilities.login.replaceAll("]", "]]")}];`);
  if (permissionSet !== "UNSAFE")
    for (const { file, metadata } of assemblies)
      for (const reason of unsafeReasons(metadata)) {
        const next = isUnsafeHere ? `with permissionSet "${permissionSet}" the server refuses it; change the code, or set "UNSAFE" by consent` : "the server refuses it under SAFE, and on Linux there is nothing else";
        refuse(`${file}: ${reason}: ${next}`);
      }
  return refusals;
} // prettier-ignore

function changeOf(desired: DesiredAssemblies, assembly: DesiredAssembly, context: PlanContext, notes: string[]): Change {
  const catalog = context.catalog.database;
  const row = catalog.findAssembly(assembly.name);
  if (row === undefined) return { assembly, row, action: "create", broken: [], reasons: [] };
  if (hasBytes(row, assembly)) return { assembly, row, action: "keep", broken: [], reasons: [] };
  const before = liveMetadata(assembly.name, context);
  const reasons = before === undefined ? [] : replaceReasons(before, assembly.metadata);
  if (before === undefined && row.mvid?.toLowerCase() === assembly.metadata.mvid)
    reasons.push(`both builds have the MVID ${assembly.metadata.mvid}, and ALTER ASSEMBLY takes them for one (6285)`);
  if (before !== undefined) {
    const changed = surfaceChanges(before, assembly.metadata);
    if (changed.length > 0) notes.push(`assembly ${assembly.name}, ${before.version} to ${assembly.metadata.version}:`, ...changed.map((change) => `  ${changeText(change)}`));
  }
  const classOf = (schema: string, name: string): string | undefined => classOfType(schema, name, context);
  const broken = bindingsOf(row.assemblyId, catalog).flatMap((binding) => {
    const change = before === undefined ? undefined : boundMemberChange(before, assembly.metadata, binding.className, binding.method);
    const [reason] = change !== undefined ? [change] : checkBinding(binding, assembly.metadata, classOf);
    return reason === undefined ? [] : [{ binding, reason }];
  });
  return { assembly, row, action: reasons.length > 0 ? "replace" : "alter", broken, reasons };
} // prettier-ignore

export function classOfType(schema: string, name: string, { catalog }: PlanContext): string | undefined {
  const type = catalog.database.findType(schema, name);
  const bound = type && catalog.database.rows.assemblyTypes.find(({ userTypeId }) => userTypeId === type.userTypeId);
  return bound?.className ?? undefined;
}

/** What refers to an assembly that is dropped and made again must be dropped and made again too. */
function spreadReplacement(changes: readonly Change[]): void {
  const replaced = new Map<string, string>();
  // The order is that of uploading, so that a reference is seen before what refers to it.
  for (const change of changes) {
    const { metadata } = change.assembly;
    const reference = metadata.references.find(({ name }) => replaced.has(name.toLowerCase()));
    if (reference !== undefined && (change.action === "keep" || change.action === "alter")) {
      change.action = "replace";
      change.reasons.push(`it refers to ${reference.name}, which is replaced`);
    }
    if (change.action === "replace") replaced.set(metadata.name.toLowerCase(), change.assembly.name);
  }
}

function replacedRows(changes: readonly Change[]): AssemblyRow[] {
  return changes.flatMap(({ action, row }) => (action === "replace" && row !== undefined ? [row] : []));
}

function droppedBindings(changes: readonly Change[]): { binding: LiveBinding; reason: string }[] {
  return changes.flatMap((change) => (change.action === "alter" ? change.broken : []));
}

/** Why a bound object may not be dropped here; undefined = it may. */
function whyKept(
  binding: LiveBinding,
  owner: string,
  changes: readonly Change[],
  context: PlanContext,
): string | undefined {
  const what = `${ownedBinding(binding).type} ${bindingName(binding)}`;
  const stack = owner.split("/").slice(0, 2).join("/");
  const row = context.catalog.database.ownerOf(ownedBinding(binding).type, bindingName(binding));
  if (row !== undefined && !row.owner.startsWith(`${stack}/`))
    return `${what} belongs to ${row.owner}: change it there first`;
  const falling = new Set(droppedBindings(changes).map((each) => bindingName(each.binding)));
  const users = usersOf(binding, context.catalog.database).filter((user) => !falling.has(user));
  if (users.length > 0) return `${what} is used by ${users.join(", ")}: take that away first`;
  return undefined;
}

/** A build may be in a database once, and so may a name. */
function clashes(changes: readonly Change[], context: PlanContext): Refusal[] {
  const registered = registeredAssemblies(context);
  return changes.flatMap(({ assembly, row, action, reasons }): Refusal[] => {
    if (action === "alter" && row !== undefined) return storedRefusal(assembly, row, context);
    if (action === "replace" && row !== undefined) return replaceRefusal(assembly, row, reasons, context);
    if (action !== "create") return [];
    const other = context.catalog.database.rows.assemblies.find((each) => each.mvid?.toLowerCase() === assembly.metadata.mvid);
    if (other !== undefined)
      return [{ property: "name", reason: `this build is in the database already, as assembly [${other.name}], and the server takes no second one (6285): bind to that, or adopt it under its name` }];
    const twin = registered.find((each) => each.name.toLowerCase() === assembly.metadata.name.toLowerCase() && each.publicKeyToken === assembly.metadata.publicKeyToken);
    if (twin !== undefined)
      return [{ property: "name", reason: `another version of ${assembly.metadata.name} is in the database as assembly [${twin.sqlName}] (10326): use its name here, so that it is changed in place` }];
    return [];
  });
} // prettier-ignore

/** https://learn.microsoft.com/sql/t-sql/statements/alter-assembly-transact-sql#unchecked-data */
function storedRefusal(assembly: DesiredAssembly, row: AssemblyRow, { catalog }: PlanContext): Refusal[] {
  const users = bindingsOf(row.assemblyId, catalog.database).flatMap((binding) =>
    storedUsersOf(binding, catalog.database),
  );
  if (users.length === 0) return [];
  const reason = `rows hold values that assembly ${assembly.name} made: ${users.join(", ")}. The server would have to trust them unchecked (6280), so a person decides: ALTER ASSEMBLY ... WITH UNCHECKED DATA, then DBCC CHECKTABLE; the next preview finds the new build`;
  return [{ property: "file", reason }];
}

/** To replace means to drop everything bound, which only an assembly without bound objects survives unharmed. */
function replaceRefusal(
  assembly: DesiredAssembly,
  row: AssemblyRow,
  reasons: readonly string[],
  context: PlanContext,
): Refusal[] {
  const bound = bindingsOf(row.assemblyId, context.catalog.database);
  if (bound.length === 0) return [];
  const names = bound.map((binding) => `${ownedBinding(binding).type} ${bindingName(binding)}`);
  return [
    {
      property: "file",
      reason: `assembly ${assembly.name} cannot change in place: ${reasons.join("; ")}. It would have to be dropped with everything bound to it: ${names.join(", ")}. Remove those first (take them out of their ClrBindings or ProcedureBundle), deploy, and bind them again`,
    },
  ];
}

function removedAssemblies(
  live: LiveAssemblies | undefined,
  desired: DesiredAssemblies,
  context: PlanContext,
): AssemblyRow[] {
  const wanted = new Set(desired.assemblies.map(({ name }) => context.names.key(name)));
  const owned = new Set(
    context.owned.filter(({ type }) => type === "assembly").map(({ name }) => context.names.key(name)),
  );
  return (live?.assemblies ?? []).filter(
    ({ name }) => owned.has(context.names.key(name)) && !wanted.has(context.names.key(name)),
  );
}

/** `rebuilt`: bound objects are dealt with elsewhere. */
function whyNotDropped(
  row: AssemblyRow,
  leaving: ReadonlySet<AssemblyRow>,
  { catalog }: PlanContext,
  rebuilt = false,
): Refusal[] {
  const ids = new Set([...leaving].map(({ assemblyId }) => assemblyId));
  const referring = catalog.database.rows.assemblyReferences
    .filter(({ assemblyId, referencedId }) => referencedId === row.assemblyId && !ids.has(assemblyId))
    .map(
      ({ assemblyId }) =>
        `assembly ${catalog.database.rows.assemblies.find((each) => each.assemblyId === assemblyId)?.name ?? assemblyId}`,
    );
  const bound = rebuilt
    ? []
    : bindingsOf(row.assemblyId, catalog.database).map(
        (binding) => `${ownedBinding(binding).type} ${bindingName(binding)}`,
      );
  const users = [...referring, ...bound];
  if (users.length === 0) return [];
  return [
    {
      property: "references",
      reason: `assembly ${row.name} cannot be dropped while these need it (6589, 6590, 6598): ${users.join(", ")}`,
    },
  ];
}

function referencingFirst(rows: readonly AssemblyRow[], { catalog }: PlanContext): AssemblyRow[] {
  const references = catalog.database.rows.assemblyReferences;
  const ordered: AssemblyRow[] = [];
  const visit = (row: AssemblyRow): void => {
    if (ordered.includes(row)) return;
    for (const { assemblyId } of references.filter(({ referencedId }) => referencedId === row.assemblyId)) {
      const referring = rows.find((each) => each.assemblyId === assemblyId);
      if (referring !== undefined && referring !== row) visit(referring);
    }
    ordered.push(row);
  };
  for (const row of rows) visit(row);
  return ordered;
}

function assemblyStatements(desired: DesiredAssemblies, { assembly, row, action }: Change, { names }: PlanContext): Statement[] {
  const { database, permissionSet, authorization } = desired;
  if (row === undefined || action === "replace") return [createAssembly(desired, assembly)];
  const statements: Statement[] = [];
  const current = permissionSetOf(row);
  if (authorization !== undefined && !names.equals(authorization, row.owner ?? "")) statements.push(setOwner(database, row.name, row.owner, authorization));
  if (action === "alter") {
    if (row.extraFiles > 0) statements.push(dropExtraFiles(database, row.name, row.extraFiles));
    statements.push(alterBytes(desired, { ...assembly, name: row.name }, current !== permissionSet));
  } else if (current !== permissionSet) statements.push(setPermissions(database, row.name, current, permissionSet));
  if (names.equals(row.name, desired.name) && !row.isVisible) statements.push(makeVisible(database, row.name));
  return statements;
} // prettier-ignore

// ---- Trust -----------------------------------------------------------------------------------------------------------

interface TrustPlan {
  readonly before: readonly Statement[];
  readonly after: readonly Statement[];
  readonly refusals: readonly Refusal[];
  readonly notes: readonly string[];
}

/** https://learn.microsoft.com/sql/database-engine/configure-windows/clr-strict-security */
function trustStatements(desired: DesiredAssemblies, uploaded: readonly Change[], leaving: readonly AssemblyRow[], context: PlanContext): TrustPlan {
  const { mayTrust, isHidden, trusted } = trustAnswer(context);
  const { login, majorVersion } = context.capabilities;
  const { mark } = identity(desired);
  const isStrict = context.catalog.server.properties.isClrStrictSecurity;
  const needed = desired.trust === "hash" && (isStrict || desired.permissionSet !== "SAFE");
  const missing = needed ? desired.assemblies.filter(({ hash }) => !trusted.has(hash)) : [];
  if (missing.length > 0 && !mayTrust) {
    const reason =
      `clr strict security is on, and login "${login}" may not add to sys.trusted_assemblies (CONTROL SERVER or sysadmin)${isHidden ? " nor see what is on it" : ""}. ` +
      `A DBA runs this once for this build, and the deployment goes on:\n${trustForDba(missing, mark, isHidden ? { login, majorVersion } : undefined)}`;
    return { before: [], after: [], refusals: [{ property: "trust", reason }], notes: [] };
  }
  // What is sent is trusted first, trusted already or not: another resource of the same program may take its entry away or make it meanwhile.
  const trusting = desired.assemblies.filter((assembly) => missing.includes(assembly) || (needed && mayTrust && uploaded.some((change) => change.assembly === assembly)));
  const { after, notes } = untrust(desired.database, leaving, desired.trust, context);
  return { before: trusting.map((assembly) => addTrust(assembly, mark)), after, refusals: [], notes };
} // prettier-ignore

/** Entries of builds that leave the database, and those of earlier deployments that were cut off before their end. */
function untrust(database: string, leaving: readonly AssemblyRow[], trust: DesiredAssemblies["trust"], context: PlanContext): { after: Statement[]; notes: string[] } {
  const { mayTrust, present, stale } = trustAnswer(context);
  const gone = leaving.flatMap(({ contentHash }) => contentHash?.toUpperCase() ?? []).filter((hash) => present.has(hash));
  const hashes = [...new Set([...gone, ...stale])];
  if (mayTrust) return { after: hashes.map((hash) => dropTrust(hash, trust === "signature" ? database : undefined)), notes: [] };
  return { after: [], notes: hashes.map((hash) => `a DBA may take the earlier build off the list, unless another database has it: EXEC sys.sp_drop_trusted_assembly @hash = 0x${hash};`) };
} // prettier-ignore

// ---- Plan of the delete ----------------------------------------------------------------------------------------------

export function planDelete(live: LiveAssemblies, context: PlanContext): Plan {
  const mine = new Set(context.owned.filter(({ type }) => type === "assembly").map(({ name }) => context.names.key(name)));
  const rows = live.assemblies.filter(({ name }) => mine.has(context.names.key(name)));
  const refusals = rows.flatMap((row) => whyNotDropped(row, new Set(rows), context));
  const drops = referencingFirst(rows, context).map((row) => dropAssembly(live.database, row.name));
  const statements = [...drops, ...untrust(live.database, rows, "hash", context).after];
  return { statements: refusals.length > 0 ? [] : statements, refusals, notes: [], owns: [] };
} // prettier-ignore
