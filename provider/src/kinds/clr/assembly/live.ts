/** Assemblies as the server has them, and what must be asked before they can be planned. */
import { AssemblyFormatError } from "../../../errors";
import type { AssemblyMetadata } from "../../../clr/model";
import { readAssembly } from "../../../clr/read-assembly";
import type { CatalogSnapshot, OwnedObject, PlanContext, Probe } from "../../../contract";
import type { NameComparer } from "../../../engine/names";
import { quoteName, quoteText } from "../../../engine/quoting";
import type { AssemblyRow } from "../../../engine/snapshot/clr";
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
    mark: `pulumi-sqlserver ${owner} in ${database}: `,
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
/** More databases than this are not searched for users of an entry of the list: it stays. */
const mostDatabases = 100;

/**
 * Which wanted hashes are trusted, which entries of this resource no database needs, and what the login may. Another database may
 * rest on an entry that was made for this one, so that all are searched; only a sysadmin can.
 */
export function probes(desired: DesiredAssemblies | undefined, live: LiveAssemblies | undefined, catalog: CatalogSnapshot): readonly Probe[] {
  if (catalog.server.properties.engineEdition === 5) return [];
  const hashes = (desired?.assemblies ?? []).map(({ hash }) => `0x${hash}`);
  // Where a signature vouches, no entry is needed, those of an earlier deployment neither.
  const kept = desired?.trust === "hash" ? hashes : [];
  const mark = live?.mark ?? (desired === undefined ? undefined : identity(desired).mark);
  const list = (condition: string): string =>
    `(SELECT STRING_AGG(CONVERT(varchar(max), t.hash, 2), ',') FROM sys.trusted_assemblies AS t WHERE ${condition})`;
  const others = catalog.server.databases.filter((row) => row.state === "ONLINE" && !catalog.names.equals(row.name, catalog.databaseName ?? ""));
  const searchable = catalog.server.properties.isSysadmin && others.length <= mostDatabases && mark !== undefined;
  const unused = others.map((row) => ` AND NOT EXISTS (SELECT 1 FROM ${quoteName(row.name)}.sys.assembly_files AS f WHERE f.file_id = 1 AND HASHBYTES('SHA2_512', f.content) = t.hash)`);
  const stale = `CHARINDEX(${quoteText(mark ?? "")}, t.description) = 1${kept.length === 0 ? "" : ` AND t.hash NOT IN (${kept.join(", ")})`}${unused.join("")}`;
  const trust: Probe = {
    key: trustKey,
    database: "master",
    query:
      "SELECT HAS_PERMS_BY_NAME(NULL, NULL, N'CONTROL SERVER') AS control, HAS_PERMS_BY_NAME(NULL, NULL, N'UNSAFE ASSEMBLY') AS unsafeAssembly, " +
      `${hashes.length === 0 ? "NULL" : list(`t.hash IN (${hashes.join(", ")})`)} AS trusted, ${searchable ? list(stale) : "NULL"} AS stale;`,
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

export interface TrustAnswer {
  readonly mayTrust: boolean;
  readonly mayUnsafe: boolean;
  readonly trusted: ReadonlySet<string>;
  readonly stale: readonly string[];
}

export function trustAnswer({ answers, capabilities }: PlanContext): TrustAnswer {
  const row = answers.get(trustKey);
  const hashes = (value: unknown): string[] =>
    typeof value === "string" ? value.toUpperCase().split(",").filter(Boolean).sort() : [];
  return {
    mayTrust: capabilities.isSysadmin || Number(row?.["control"] ?? 0) === 1,
    mayUnsafe: capabilities.isSysadmin || Number(row?.["unsafeAssembly"] ?? 0) === 1,
    trusted: new Set(hashes(row?.["trusted"])),
    stale: hashes(row?.["stale"]),
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
