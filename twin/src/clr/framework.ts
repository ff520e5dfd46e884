/**
 * What every database has without an upload: libraries of the server's .NET Framework, and its own assembly.
 * https://learn.microsoft.com/sql/relational-databases/clr-integration/database-objects/supported-net-framework-libraries
 */
import type { AssemblyIdentity } from "./assembly-image";

/** The union of the two pages that list them. */
const supported = new Set(
  `custommarshalers microsoft.visualbasic microsoft.visualc mscorlib system system.configuration system.core system.data system.data.oracleclient
  system.data.sqlxml system.deployment system.security system.transactions system.web.services system.xml system.xml.linq`.split(
    /\s+/,
  ),
);

export const SYSTEM_ASSEMBLY = {
  id: 1,
  name: "Microsoft.SqlServer.Types",
  clrName:
    "microsoft.sqlserver.types, version=16.0.0.0, culture=neutral, publickeytoken=89845dcd8080cc91, processorarchitecture=msil",
} as const;

export function isServersOwn(name: string): boolean {
  const key = name.toLowerCase();
  return supported.has(key) || key === SYSTEM_ASSEMBLY.name.toLowerCase();
}

const microsoftKeys = new Set(["b77a5c561934e089", "b03f5f7f11d50a3a", "31bf3856ad364e35"]);

/** Part of the .NET Framework, but not of what the server supports: 10308. */
export function isUntestedFramework(identity: AssemblyIdentity): boolean {
  return /^(System|Microsoft)\./.test(identity.name) && microsoftKeys.has(identity.publicKeyToken);
}

/** A version that the v4 host does not load: 10332. Older ones load with the warning 6266. */
export const HOST_VERSION = "v4.0.30319";
