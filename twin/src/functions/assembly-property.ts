/** https://learn.microsoft.com/sql/t-sql/functions/assemblyproperty-transact-sql */
import { clrName, catalogVersion } from "../clr/identity";
import { findAssembly, imageOf } from "../clr/registered";
import type { AssemblyImage } from "../clr/assembly-image";
import { Visibility } from "../catalog/visibility";
import type { Session } from "../session/runtime";
import { Variant } from "../types/value";

const text = (value: string): Variant => new Variant({ name: "nvarchar", length: Math.max(1, value.length) }, value);
const number = (value: number): Variant => new Variant({ name: "int" }, value);

const properties: Readonly<Record<string, (image: AssemblyImage) => Variant>> = {
  cultureinfo: ({ culture }) => text(culture || "neutral"),
  publickey: ({ publicKey }) => new Variant({ name: "varbinary", length: Math.max(1, publicKey.length) }, publicKey),
  mvid: ({ mvid }) => new Variant({ name: "uniqueidentifier" }, mvid),
  versionmajor: (image) => number(catalogVersion(image)[0]!),
  versionminor: (image) => number(catalogVersion(image)[1]!),
  versionbuild: (image) => number(catalogVersion(image)[2]!),
  versionrevision: (image) => number(catalogVersion(image)[3]!),
  simplename: ({ name }) => text(name),
  architecture: ({ architecture }) => text(architecture),
  clrname: (image) => text(clrName(image)),
};

/** NULL for an unknown property, or an assembly that is not there or not to be seen. */
export function assemblyProperty(name: string, property: string, session: Session): Variant | null {
  const { database } = session;
  const assembly = findAssembly(database, name);
  if (!assembly || !new Visibility(session, database).assembly(assembly)) return null;
  return properties[property.toLowerCase()]?.(imageOf(assembly)) ?? null;
}
