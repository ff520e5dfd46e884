/**
 * What the server has itself: the .NET Framework libraries that it supports, which no CREATE ASSEMBLY is needed for, and its
 * own assemblies. https://learn.microsoft.com/sql/relational-databases/clr-integration/database-objects/supported-net-framework-libraries
 */
import type { AssemblyIdentity } from "./model";

const supported = new Set(
  (
    "CustomMarshalers Microsoft.VisualBasic Microsoft.VisualC mscorlib System System.Configuration System.Core System.Data " +
    "System.Data.OracleClient System.Data.SqlXml System.Deployment System.Security System.Transactions System.Web.Services " +
    "System.Xml System.Xml.Linq Microsoft.SqlServer.Types"
  )
    .toLowerCase()
    .split(" "),
);

/** Facades of .NET Standard and .NET Core: the server's host is .NET Framework and has no use for them. */
const foreignRuntimes = new Set(["netstandard", "system.runtime", "system.private.corelib"]);
/** Keys with which Microsoft signs the libraries of .NET Framework. */
const frameworkTokens = new Set(["b77a5c561934e089", "b03f5f7f11d50a3a"]);

/** Resolved by the server without a row in sys.assemblies. */
export function isKnownToServer({ name }: Pick<AssemblyIdentity, "name">): boolean {
  return supported.has(name.toLowerCase());
}

export function isForeignRuntime({ name }: Pick<AssemblyIdentity, "name">): boolean {
  return foreignRuntimes.has(name.toLowerCase());
}

/** Part of .NET Framework, and not on the server's list. Only its own 4.0.0.0 libraries: packages have the same keys. */
export function isUnsupportedFramework({ name, version, publicKeyToken }: AssemblyIdentity): boolean {
  return !isKnownToServer({ name }) && version === "4.0.0.0" && frameworkTokens.has(publicKeyToken);
}
