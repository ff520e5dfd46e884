/**
 * What a new version of an assembly means: routines that are gone, changed or new, and whether ALTER ASSEMBLY can take it.
 * https://learn.microsoft.com/sql/t-sql/statements/alter-assembly-transact-sql
 */
import {
  identityText,
  methodText,
  type AssemblyIdentity,
  type AssemblyMetadata,
  type MethodInfo,
  type TypeInfo,
} from "./model";

const server = "Microsoft.SqlServer.Server.Sql";

interface SurfaceChange {
  /** "Sample.Vectors.VectorFunctions.Obsolete". */
  readonly name: string;
  /** undefined = not there. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Everything with an attribute of SQL Server, by its name in EXTERNAL NAME: text that differs when the signature does. */
function surfaceOf(assembly: AssemblyMetadata): Map<string, string> {
  const surface = new Map<string, string>();
  for (const type of assembly.types) {
    if (!type.isPublic) continue;
    if (type.attributes.some((attribute) => attribute.type.startsWith(server))) surface.set(type.name, shapeText(type));
    for (const method of type.methods)
      if (
        method.isPublic &&
        method.isStatic &&
        method.attributes.some((attribute) => attribute.type.startsWith(server))
      )
        surface.set(`${type.name}.${method.name}`, methodText(method));
  }
  return surface;
}

/** In order: gone, changed, new. */
export function surfaceChanges(before: AssemblyMetadata, after: AssemblyMetadata): SurfaceChange[] {
  const [old, now] = [surfaceOf(before), surfaceOf(after)];
  const changes = [...new Set([...old.keys(), ...now.keys()])]
    .map((name): SurfaceChange => ({ name, before: old.get(name), after: now.get(name) }))
    .filter((change) => change.before !== change.after);
  const rank = (change: SurfaceChange): number =>
    change.after === undefined ? 0 : change.before === undefined ? 2 : 1;
  return changes.sort((left, right) => rank(left) - rank(right) || (left.name < right.name ? -1 : 1));
}

export function changeText({ name, before, after }: SurfaceChange): string {
  if (after === undefined) return `gone: ${name}: ${before}`;
  if (before === undefined) return `new: ${name}: ${after}`;
  return `changed: ${name}: ${before} becomes ${after}`;
}

/** What ALTER ASSEMBLY compares of a bound aggregate or type: fields, methods and the arguments of its attribute. */
function shapeText(type: TypeInfo): string {
  const attribute = type.attributes.find((each) => each.type.startsWith(server));
  const named = Object.entries(attribute?.named ?? {})
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name} = ${String(value)}`);
  const fields = type.fields.filter((field) => !field.isStatic).map((field) => `${field.type} ${field.name}`);
  const methods = type.methods
    .filter((method) => method.isPublic)
    .map(methodText)
    .sort();
  const values = (attribute?.arguments ?? []).map(String);
  return `${[...values, ...named].join(", ")} { ${[...fields, ...methods].join("; ")} }`;
}

/** Why the bound class or method is another thing in the new version; undefined = it is the same. */
export function boundMemberChange(
  before: AssemblyMetadata,
  after: AssemblyMetadata,
  className: string,
  method: string | undefined,
): string | undefined {
  const [oldType, newType] = [before, after].map((assembly) => assembly.types.find((type) => type.name === className));
  if (oldType === undefined) return undefined;
  if (newType === undefined) return `class ${className} is gone`;
  if (method === undefined)
    return shapeText(oldType) === shapeText(newType) ? undefined : `the shape of class ${className} changes`;
  const texts = (type: TypeInfo): string[] => type.methods.filter((each) => each.name === method).map(signatureText);
  const [old, now] = [texts(oldType), texts(newType)];
  if (old.length > 0 && old.join() === now.join()) return fillRowChange(oldType, newType, method);
  if (now.length === 0) return `method ${className}.${method} is gone`;
  const shown = (type: TypeInfo): string =>
    type.methods
      .filter((each) => each.name === method)
      .map(methodText)
      .join("; ");
  return `method ${className}.${method} changes from ${shown(oldType)} to ${shown(newType)}`;
}

/** The server holds on to the name and the parameters of what fills the rows of a table function. */
function fillRowChange(oldType: TypeInfo, newType: TypeInfo, name: string): string | undefined {
  const [old, now] = [oldType, newType].map((type) => {
    const method = type.methods.find((each) => each.name === name);
    const fillRow = method?.attributes.find((each) => each.type === `${server}FunctionAttribute`)?.named[
      "FillRowMethodName"
    ];
    if (typeof fillRow !== "string") return undefined;
    const filler = type.methods.find((each) => each.name === fillRow);
    return filler === undefined ? fillRow : methodText(filler);
  });
  return old === now ? undefined : `what fills the rows of ${oldType.name}.${name} changes from ${old} to ${now}`;
}

function signatureText(method: MethodInfo): string {
  return `${method.isPublic} ${method.isStatic} ${method.genericParameters} ${method.returns} (${method.parameters.map(({ type }) => type).join()})`;
}

/** Reasons why only DROP and CREATE can bring the new version in, besides what is bound. */
export function replaceReasons(before: AssemblyMetadata, after: AssemblyMetadata): string[] {
  const reasons: string[] = [];
  if (before.mvid === after.mvid)
    reasons.push(
      `both builds have the MVID ${after.mvid}, as after signing again, and ALTER ASSEMBLY takes them for one (6285)`,
    );
  if (
    before.publicKeyToken !== after.publicKeyToken ||
    before.culture !== after.culture ||
    before.name.toLowerCase() !== after.name.toLowerCase()
  )
    reasons.push("name, culture or public key change, and with them the identity");
  const [old, now] = [referencesText(before), referencesText(after)];
  const changed = [...now.filter((each) => !old.includes(each)), ...old.filter((each) => !now.includes(each))];
  if (changed.length > 0)
    reasons.push(`the list of references changes (${changed.join(", ")}), which ALTER ASSEMBLY refuses (6282)`);
  if (after.publicKeyToken !== "" && isLower(after, before))
    reasons.push(
      `the version goes down from ${before.version} to ${after.version}, which a strong-named assembly cannot do in place`,
    );
  return reasons;
}

function referencesText(assembly: AssemblyMetadata): string[] {
  return assembly.references.map(identityText).sort();
}

function isLower(left: AssemblyIdentity, right: AssemblyIdentity): boolean {
  const numbers = ({ version }: AssemblyIdentity): number[] => version.split(".").map(Number);
  const other = numbers(right);
  for (const [at, number] of numbers(left).entries()) if (number !== other[at]) return number < (other[at] ?? 0);
  return false;
}
