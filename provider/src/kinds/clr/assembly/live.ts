/** Assemblies as the server has them, and what must be asked before they can be planned. */
import { AssemblyFormatError } from "../../../errors";
import type { AssemblyMetadata } from "../../../clr/model";
import { readAssembly } from "../../../clr/read-assembly";
import type { CatalogSnapshot, OwnedObject, PlanContext, Probe } from "../../../contract";
import type { NameComparer } from "../../../engine/names";
import { quoteText } from "../../../engine/quoting";
import type { AssemblyRow } from "../../../engine/snapshot/clr";
import { anyMark, findUnused, hashesIn, isMarked, listOf, markOf, maySeeList } from "../trusted-list";
import type { DesiredAssemblies, DesiredAssembly, PermissionSet } from "./inputs";

// ---- Identity --------------------------------------------------------------------------------------------------------

export type ClrAssemblyIdentity = {
  readonly database: string;
  readonly name: string;
  /** Names of all assemblies, so that a first `up` sees which of them exist already. */
  readonly assemblies: readonly string[];
  /** How entries of sys.trusted_assemblies begin that are this resource's. */
  readonly mark: string;
};

export function identity({ database, name, owner, assemblies }: DesiredAssemblies): ClrAssemblyIdentity {
  return {
    database,
    name,
    assemblies: assemblies.map((assembly) => assembly.name),
    mark: markOf(owner, database),
  };
}

// ---- Read ------------------------------------------------------------------------------------------------------------

export interface LiveAssemblies {
  readonly database: string;
  readonly name: string;
  readonly mark: string;
  readonly assemblies: readonly AssemblyRow[];
  readonly names: NameComparer;
}

export function read(catalog: CatalogSnapshot, { database, name, assemblies, mark }: ClrAssemblyIdentity, owned: readonly OwnedObject[]): LiveAssemblies | undefined {
  if (!catalog.databaseExists) return undefined;
  const wanted = new Map([...assemblies, ...owned.filter(({ type }) => type === "assembly").map((each) => each.name)].map((each) => [catalog.names.key(each), each]));
  const found = [...wanted.values()].flatMap((each) => catalog.database.findAssembly(each) ?? []).filter((row) => row.isUserDefined);
  if (found.length === 0) return undefined;
  return { database: catalog.databaseRow?.name ?? database, name, mark, assemblies: found, names: catalog.names };
} // prettier-ignore

/** The server's list is no part of the database: an entry may outlive the assembly that it was made for. */
export function remains(catalog: CatalogSnapshot, { database, name, mark }: ClrAssemblyIdentity): LiveAssemblies | undefined {
  if (!catalog.databaseExists) return undefined;
  return { database: catalog.databaseRow?.name ?? database, name, mark, assemblies: [], names: catalog.names };
} // prettier-ignore

export function permissionSetOf(row: AssemblyRow): PermissionSet {
  if (row.permissionSet === "UNSAFE_ACCESS") return "UNSAFE";
  return row.permissionSet === "EXTERNAL_ACCESS" ? "EXTERNAL_ACCESS" : "SAFE";
}

/** Whether the server has these very bytes; where it does not show them, the build's number must do. */
export function hasBytes(row: AssemblyRow, wanted: DesiredAssembly): boolean {
  if (row.contentHash !== null) return row.contentHash.toUpperCase() === wanted.hash;
  return row.mvid?.toLowerCase() === wanted.metadata.mvid;
}

// ---- Probes ----------------------------------------------------------------------------------------------------------

const trustKey = "trust";
const bytesKey = (name: string): string => `bytes ${name}`;

/** Which wanted hashes are trusted, which of the builds in the database are so by a deployment, which entries of this resource no database needs, and what the login may. */
export function probes(desired: DesiredAssemblies | undefined, live: LiveAssemblies | undefined, catalog: CatalogSnapshot): readonly Probe[] {
  if (catalog.server.properties.engineEdition === 5) return [];
  const among = (hashes: readonly string[]): string => `t.hash IN (${hashes.map((hash) => `0x${hash}`).join(", ")})`;
  const wanted = (desired?.assemblies ?? []).map(({ hash }) => hash);
  const present = (live?.assemblies ?? []).flatMap(({ contentHash }) => contentHash ?? []);
  // Where a signature vouches, no entry is needed, those of an earlier deployment neither.
  const isSigned = desired?.trust === "signature";
  const mark = live?.mark ?? (desired === undefined ? undefined : identity(desired).mark);
  const stale = mark === undefined ? "1 = 0" : `${isMarked(mark)}${isSigned || wanted.length === 0 ? "" : ` AND NOT ${among(wanted)}`}`;
  const trust: Probe = {
    key: trustKey,
    database: "master",
    query: `DECLARE @trusted varchar(max), @present varchar(max), @unused varchar(max), @search nvarchar(max), @hidden bit = 1;
IF ${maySeeList}
BEGIN
  SET @hidden = 0;
  SET @trusted = ${wanted.length === 0 ? "NULL" : listOf(among(wanted))};
  SET @present = ${present.length === 0 ? "NULL" : listOf(`${isMarked(anyMark)} AND ${among(present)}`)};
${findUnused(stale, isSigned ? desired.database : undefined)}
END;
SELECT HAS_PERMS_BY_NAME(NULL, NULL, N'CONTROL SERVER') AS control, HAS_PERMS_BY_NAME(NULL, NULL, N'UNSAFE ASSEMBLY') AS unsafeAssembly,
  @hidden AS hidden, @trusted AS trusted, @present AS present, @unused AS stale;`,
  };
  const changed = (desired?.assemblies ?? []).filter((assembly) => {
    const row = live?.assemblies.find((each) => live.names.equals(each.name, assembly.name));
    return row !== undefined && !hasBytes(row, assembly);
  });
  return [
    trust,
    ...changed.map(({ name }) => ({
      key: bytesKey(name),
      query: `SELECT CONVERT(varchar(max), f.content, 2) AS content FROM sys.assemblies AS a INNER JOIN sys.assembly_files AS f ON f.assembly_id = a.assembly_id WHERE f.file_id = 1 AND a.name = ${quoteText(name)};`,
    })),
  ];
} // prettier-ignore

interface TrustAnswer {
  readonly mayTrust: boolean;
  readonly mayUnsafe: boolean;
  /** The login may not read the list. */
  readonly isHidden: boolean;
  readonly trusted: ReadonlySet<string>;
  /** Of the builds in the database, those that a deployment made trusted. */
  readonly present: ReadonlySet<string>;
  readonly stale: readonly string[];
}

export function trustAnswer({ answers, capabilities }: PlanContext): TrustAnswer {
  const row = answers.get(trustKey);
  return {
    mayTrust: capabilities.isSysadmin || Number(row?.["control"] ?? 0) === 1,
    mayUnsafe: capabilities.isSysadmin || Number(row?.["unsafeAssembly"] ?? 0) === 1,
    isHidden: Number(row?.["hidden"] ?? 0) === 1,
    trusted: new Set(hashesIn(row?.["trusted"])),
    present: new Set(hashesIn(row?.["present"])),
    stale: hashesIn(row?.["stale"]),
  };
}

/** The build that is on the server; undefined where the login may not read its bytes. */
export function liveMetadata(name: string, { answers }: PlanContext): AssemblyMetadata | undefined {
  const content = answers.get(bytesKey(name))?.["content"];
  if (typeof content !== "string" || content === "") return undefined;
  try {
    return readAssembly(Buffer.from(content, "hex"));
  } catch (error) {
    if (error instanceof AssemblyFormatError) return undefined;
    throw error;
  }
}
