/**
 * Which assemblies need which: the order of uploading, and every reference that SQL Server could not resolve, with the way
 * that leads to it. There are no binding redirects: a strong-named reference means exactly its version.
 * https://learn.microsoft.com/sql/t-sql/statements/create-assembly-transact-sql
 */
import { isForeignRuntime, isKnownToServer, isUnsupportedFramework } from "./framework";
import { identityText, type AssemblyIdentity, type AssemblyMetadata } from "./model";

export interface AssemblyFile {
  /** As the program names it. */
  readonly file: string;
  readonly metadata: AssemblyMetadata;
}

/** An assembly that the database has already. */
export interface RegisteredAssembly extends AssemblyIdentity {
  readonly sqlName: string;
}

interface ReferenceCheck<File extends AssemblyFile> {
  /** What is needed comes before what needs it. */
  readonly order: readonly File[];
  /** One sentence for each reference that cannot be resolved. */
  readonly problems: readonly string[];
  /** Files that nothing before them needs; the first file is the root. */
  readonly unused: readonly File[];
}

const key = ({ name }: Pick<AssemblyIdentity, "name">): string => name.toLowerCase();

/** The first file is the root of the chain. */
export function checkReferences<File extends AssemblyFile>(
  files: readonly File[],
  registered: readonly RegisteredAssembly[],
): ReferenceCheck<File> {
  const byName = new Map(files.map((file) => [key(file.metadata), file]));
  const inDatabase = new Map(registered.map((assembly) => [key(assembly), assembly]));
  const order: File[] = [];
  const problems = new Map<string, string>();
  const visited = new Set<File>();
  const root = files[0];
  if (root !== undefined) visit(root, []);
  return { order, problems: [...problems.values()], unused: files.filter((file) => !visited.has(file)) };

  function visit(file: File, before: readonly AssemblyIdentity[]): void {
    if (visited.has(file)) return;
    visited.add(file);
    const way = [...before, file.metadata];
    for (const reference of file.metadata.references) {
      const found = byName.get(key(reference));
      if (found !== undefined) {
        clash(reference, found.metadata, `in ${found.file}`, way);
        visit(found, way);
        continue;
      }
      if (isKnownToServer(reference)) continue;
      const present = inDatabase.get(key(reference));
      if (present !== undefined) clash(reference, present, `in the database as [${present.sqlName}]`, way);
      else problem(reference, way, missing(reference));
    }
    order.push(file);
  }

  function clash(
    wanted: AssemblyIdentity,
    found: AssemblyIdentity,
    where: string,
    way: readonly AssemblyIdentity[],
  ): void {
    // Without a strong name .NET binds by name alone.
    if (wanted.publicKeyToken === "") return;
    if (wanted.publicKeyToken !== found.publicKeyToken) {
      const has = found.publicKeyToken === "" ? "has no strong name" : `is signed with ${found.publicKeyToken}`;
      problem(wanted, way, `wants the one signed with ${wanted.publicKeyToken}; the one ${where} ${has}`);
    } else if (wanted.version !== found.version)
      problem(
        wanted,
        way,
        `${wanted.version} is wanted and ${found.version} is ${where}: SQL CLR has no binding redirects, so take versions that were built for one another (the server's errors 6286 and 10326)`,
      );
  }

  function problem(reference: AssemblyIdentity, way: readonly AssemblyIdentity[], reason: string): void {
    const chain = [...way, reference].map(identityText).join(" -> ");
    const from = `${key(way.at(-1)!)}\0${key(reference)}`;
    if (!problems.has(from)) problems.set(from, `${chain}: ${reason}`);
  }
}

function missing(reference: AssemblyIdentity): string {
  if (isForeignRuntime(reference))
    return "the server's host is .NET Framework and cannot load this: build for .NET Framework (net481), not for .NET Standard, .NET Core or .NET 5 and later";
  if (isUnsupportedFramework(reference))
    return "it is part of .NET Framework but not on SQL Server's list of supported libraries: add the server's own file of it to `references`, which needs UNSAFE and ties the database to the server's patch level, or do without it";
  return "it is neither among `references` nor in the database nor one of the server's own: add its DLL to `references`";
}
