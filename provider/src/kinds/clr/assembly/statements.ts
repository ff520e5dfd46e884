/** The T-SQL of assemblies. https://learn.microsoft.com/sql/t-sql/statements/create-assembly-transact-sql */
import { clrName, identityText } from "../../../clr/model";
import type { Hazard, OwnedObject, Statement } from "../../../contract";
import { quoteName, quoteText } from "../../../engine/quoting";
import { dataTimeoutSeconds, statement } from "../../../engine/statement";
import type { DesiredAssemblies, DesiredAssembly, PermissionSet } from "./inputs";

export function ownedAssembly(name: string): OwnedObject {
  return { type: "assembly", name };
}

function unsafeHazards(name: string, permissionSet: PermissionSet): Hazard[] {
  if (permissionSet === "SAFE") return [];
  const reach = permissionSet === "UNSAFE" ? "anything that the server's process may, native code included" : "files, network, registry and environment as the server's account";
  return [{ type: "unsafe-code", object: name, detail: `PERMISSION_SET = ${permissionSet}: its code reaches ${reach}` }];
} // prettier-ignore

/** The bytes reach the server; people see how many there are and what their hash is. */
function withBytes(database: string, label: string, assembly: DesiredAssembly, text: (bits: string) => string, special: Parameters<typeof statement>[3]): Statement {
  return statement(database, label, text(`0x${Buffer.from(assembly.bytes).toString("hex").toUpperCase()}`), {
    display: text(`0x /* ${assembly.bytes.length} bytes, SHA2-512 ${assembly.hash} */`),
    timeoutSeconds: dataTimeoutSeconds,
    object: ownedAssembly(assembly.name),
    ...special,
  });
} // prettier-ignore

export function createAssembly(
  { database, permissionSet, authorization }: DesiredAssemblies,
  assembly: DesiredAssembly,
): Statement {
  const name = quoteName(assembly.name);
  const owner = authorization === undefined ? "" : `\nAUTHORIZATION ${quoteName(authorization)}`;
  return withBytes(
    database,
    `create assembly ${assembly.name} (${identityText(assembly.metadata)})`,
    assembly,
    (bits) => `CREATE ASSEMBLY ${name}${owner}\nFROM ${bits}\nWITH PERMISSION_SET = ${permissionSet};`,
    { hazards: unsafeHazards(assembly.name, permissionSet), reverse: `DROP ASSEMBLY ${name} WITH NO DEPENDENTS;` },
  );
}

export function alterBytes(
  { database, permissionSet }: DesiredAssemblies,
  assembly: DesiredAssembly,
  changesSet: boolean,
): Statement {
  const set = changesSet ? `\nWITH PERMISSION_SET = ${permissionSet}` : "";
  return withBytes(
    database,
    `alter assembly ${assembly.name} to ${identityText(assembly.metadata)}`,
    assembly,
    (bits) => `ALTER ASSEMBLY ${quoteName(assembly.name)}\nFROM ${bits}${set};`,
    { hazards: unsafeHazards(assembly.name, permissionSet) },
  );
}

function alter(
  database: string,
  name: string,
  label: string,
  clause: string,
  special: Parameters<typeof statement>[3] = {},
): Statement {
  return statement(database, label, `ALTER ASSEMBLY ${quoteName(name)} ${clause};`, {
    object: ownedAssembly(name),
    ...special,
  });
}

export function setPermissions(database: string, name: string, from: PermissionSet, to: PermissionSet): Statement {
  return alter(database, name, `set permissions of assembly ${name}`, `WITH PERMISSION_SET = ${to}`, {
    hazards: unsafeHazards(name, to),
    reverse: `ALTER ASSEMBLY ${quoteName(name)} WITH PERMISSION_SET = ${from};`,
  });
}

export function makeVisible(database: string, name: string): Statement {
  return alter(database, name, `make assembly ${name} visible`, "WITH VISIBILITY = ON");
}

/** Sources and debug symbols stand in the way of new bytes (6541). */
export function dropExtraFiles(database: string, name: string, count: number): Statement {
  const detail = `${count} ${count === 1 ? "file" : "files"} besides the DLL (sources, debug symbols) would be out of step with it and go`;
  return alter(database, name, `drop extra files of assembly ${name}`, "DROP FILE ALL", {
    hazards: [{ type: "data-loss", object: `${name}.files`, detail }],
  });
}

export function setOwner(database: string, name: string, from: string | null, to: string): Statement {
  const text = (owner: string): string => `ALTER AUTHORIZATION ON ASSEMBLY::${quoteName(name)} TO ${quoteName(owner)};`;
  return statement(database, `give assembly ${name} to ${to}`, text(to), {
    object: ownedAssembly(name),
    ...(from === null ? {} : { reverse: text(from) }),
  });
}

/** Without NO DEPENDENTS the server would drop what it refers to as well. */
export function dropAssembly(database: string, name: string): Statement {
  return statement(database, `drop assembly ${name}`, `DROP ASSEMBLY ${quoteName(name)} WITH NO DEPENDENTS;`, {
    object: ownedAssembly(name),
  });
}

// ---- Trust -----------------------------------------------------------------------------------------------------------

function addTrustText(assembly: DesiredAssembly, mark: string): string {
  return `EXEC sys.sp_add_trusted_assembly @hash = 0x${assembly.hash}, @description = ${quoteText(`${mark}${clrName(assembly.metadata)}`)};`;
}

function unlessTrusted(assembly: DesiredAssembly, mark: string): string {
  return `IF NOT EXISTS (SELECT 1 FROM sys.trusted_assemblies WHERE hash = 0x${assembly.hash})\n  ${addTrustText(assembly, mark)}`;
}

/** The list belongs to the server: no transaction of the database covers it, and it must be there before the bytes come. */
export function addTrust(assembly: DesiredAssembly, mark: string): Statement {
  return statement(
    "master",
    `trust assembly ${assembly.name} (${identityText(assembly.metadata)})`,
    unlessTrusted(assembly, mark),
    {
      inTransaction: false,
      idempotent: true,
      reverse: `EXEC sys.sp_drop_trusted_assembly @hash = 0x${assembly.hash};`,
    },
  );
}

/** For a person with the right that the login lacks. `blind` = a login that may not read the list: it would ask again for ever. */
export function trustForDba(assemblies: readonly DesiredAssembly[], mark: string, blind: { readonly login: string; readonly majorVersion: number } | undefined): string {
  if (blind === undefined) return ["USE master;", ...assemblies.map((assembly) => addTrustText(assembly, mark))].join("\n");
  const sight = blind.majorVersion >= 16 ? "VIEW SERVER SECURITY STATE" : "VIEW SERVER STATE";
  return ["USE master;", `GRANT ${sight} TO ${quoteName(blind.login)};`, ...assemblies.map((assembly) => unlessTrusted(assembly, mark))].join("\n");
} // prettier-ignore
