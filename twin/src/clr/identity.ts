/** Identity of assemblies as the server compares and prints it. Reference sheet "CLR assemblies" 5. */
import type { AssemblyIdentity, AssemblyImage } from "./assembly-image";

/** The version of an unsigned assembly says nothing: the catalog shows zeros. */
export function catalogVersion(identity: AssemblyIdentity): readonly number[] {
  return identity.publicKeyToken === "" ? [0, 0, 0, 0] : identity.version;
}

export function clrName(image: AssemblyImage): string {
  return `${identityText(image)}, processorarchitecture=${image.architecture}`;
}

/** simple, version=a.b.c.d, culture=neutral, publickeytoken=null. */
export function identityText(identity: AssemblyIdentity): string {
  const { name, culture, publicKeyToken } = identity;
  const version = catalogVersion(identity).join(".");
  return `${name}, version=${version}, culture=${culture || "neutral"}, publickeytoken=${publicKeyToken || "null"}`.toLowerCase();
}

/** Name, culture and key; versions are another question. */
export function isSameAssembly(one: AssemblyIdentity, other: AssemblyIdentity): boolean {
  return (
    one.name.toLowerCase() === other.name.toLowerCase() &&
    one.culture.toLowerCase() === other.culture.toLowerCase() &&
    one.publicKeyToken === other.publicKeyToken
  );
}

export function compareVersions(one: AssemblyIdentity, other: AssemblyIdentity): number {
  for (let i = 0; i < 4; i++) if (one.version[i] !== other.version[i]) return one.version[i]! - other.version[i]!;
  return 0;
}

/** SQL CLR has no binding redirects: the version of a signed reference has to be met exactly. */
export function meets(reference: AssemblyIdentity, candidate: AssemblyIdentity): boolean {
  return (
    isSameAssembly(reference, candidate) &&
    (reference.publicKeyToken === "" || compareVersions(reference, candidate) === 0)
  );
}
