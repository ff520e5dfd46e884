/**
 * The built-in permissions: code, class, and what implies each of them on the same class and on the class around it.
 * https://learn.microsoft.com/sql/relational-databases/security/permissions-database-engine and the GRANT pages per class.
 */
export type SecurableClass =
  | "SERVER"
  | "LOGIN"
  | "SERVER ROLE"
  | "ENDPOINT"
  | "DATABASE"
  | "USER"
  | "ROLE"
  | "APPLICATION ROLE"
  | "SCHEMA"
  | "OBJECT"
  | "TYPE"
  | "XML SCHEMA COLLECTION"
  | "ASSEMBLY"
  | "MESSAGE TYPE"
  | "CONTRACT"
  | "SERVICE"
  | "REMOTE SERVICE BINDING"
  | "ROUTE"
  | "FULLTEXT CATALOG"
  | "FULLTEXT STOPLIST"
  | "SEARCH PROPERTY LIST"
  | "SYMMETRIC KEY"
  | "CERTIFICATE"
  | "ASYMMETRIC KEY"
  | "DATABASE SCOPED CREDENTIAL";

interface BuiltInPermission {
  readonly class: SecurableClass;
  readonly name: string;
  /** Four letters at most, as sys.database_permissions.type without its blanks. */
  readonly code: string;
  readonly covering: string | null;
  readonly parentClass: SecurableClass | null;
  readonly parentCovering: string | null;
  readonly since2022: boolean;
}

/** sys.database_permissions.class, sys.server_permissions.class. */
export const classIds: Partial<Record<SecurableClass, number>> = {
  DATABASE: 0,
  OBJECT: 1,
  SCHEMA: 3,
  USER: 4,
  ROLE: 4,
  "APPLICATION ROLE": 4,
  ASSEMBLY: 5,
  TYPE: 6,
  "XML SCHEMA COLLECTION": 10,
  "MESSAGE TYPE": 15,
  CONTRACT: 16,
  SERVICE: 17,
  "REMOTE SERVICE BINDING": 18,
  ROUTE: 19,
  "FULLTEXT CATALOG": 23,
  "SYMMETRIC KEY": 24,
  CERTIFICATE: 25,
  "ASYMMETRIC KEY": 26,
  "FULLTEXT STOPLIST": 29,
  "SEARCH PROPERTY LIST": 31,
  "DATABASE SCOPED CREDENTIAL": 32,
  SERVER: 100,
  LOGIN: 101,
  "SERVER ROLE": 101,
  ENDPOINT: 105,
};

export const classDescriptions: Readonly<Record<number, string>> = {
  0: "DATABASE",
  1: "OBJECT_OR_COLUMN",
  3: "SCHEMA",
  4: "DATABASE_PRINCIPAL",
  5: "ASSEMBLY",
  6: "TYPE",
  10: "XML_SCHEMA_COLLECTION",
  15: "MESSAGE_TYPE",
  16: "SERVICE_CONTRACT",
  17: "SERVICE",
  18: "REMOTE_SERVICE_BINDING",
  19: "ROUTE",
  23: "FULLTEXT_CATALOG",
  24: "SYMMETRIC_KEYS",
  25: "CERTIFICATE",
  26: "ASYMMETRIC_KEY",
  29: "FULLTEXT_STOPLIST",
  31: "SEARCH_PROPERTY_LIST",
  32: "DATABASE_SCOPED_CREDENTIAL",
  100: "SERVER",
  101: "SERVER_PRINCIPAL",
  105: "ENDPOINT",
};

/** code, name, covering permission, covering permission of the parent class; + marks SQL Server 2022. */
type Line = readonly [code: string, name: string, covering: string | null, parentCovering: string | null];

const SERVER: Line[] = [
  ["CL", "CONTROL SERVER", null, null],
  ["ADBO", "ADMINISTER BULK OPERATIONS", "CONTROL SERVER", null],
  ["ALAG", "ALTER ANY AVAILABILITY GROUP", "CONTROL SERVER", null],
  ["ALCO", "ALTER ANY CONNECTION", "CONTROL SERVER", null],
  ["ALCD", "ALTER ANY CREDENTIAL", "CONTROL SERVER", null],
  ["ALDB", "ALTER ANY DATABASE", "CONTROL SERVER", null],
  ["ALHE", "ALTER ANY ENDPOINT", "CONTROL SERVER", null],
  ["ALES", "ALTER ANY EVENT NOTIFICATION", "CONTROL SERVER", null],
  ["AAES", "ALTER ANY EVENT SESSION", "CONTROL SERVER", null],
  ["ALLS", "ALTER ANY LINKED SERVER", "CONTROL SERVER", null],
  ["ALLG", "ALTER ANY LOGIN", "CONTROL SERVER", null],
  ["ALAA", "ALTER ANY SERVER AUDIT", "CONTROL SERVER", null],
  ["ALSR", "ALTER ANY SERVER ROLE", "CONTROL SERVER", null],
  ["ALRS", "ALTER RESOURCES", "CONTROL SERVER", null],
  ["ALSS", "ALTER SERVER STATE", "CONTROL SERVER", null],
  ["ALST", "ALTER SETTINGS", "CONTROL SERVER", null],
  ["ALTR", "ALTER TRACE", "CONTROL SERVER", null],
  ["AUTH", "AUTHENTICATE SERVER", "CONTROL SERVER", null],
  ["CADB", "CONNECT ANY DATABASE", "CONTROL SERVER", null],
  ["COSQ", "CONNECT SQL", "CONTROL SERVER", null],
  ["CRDB", "CREATE ANY DATABASE", "ALTER ANY DATABASE", null],
  ["CRAC", "CREATE AVAILABILITY GROUP", "ALTER ANY AVAILABILITY GROUP", null],
  ["CRDE", "CREATE DDL EVENT NOTIFICATION", "ALTER ANY EVENT NOTIFICATION", null],
  ["CRHE", "CREATE ENDPOINT", "ALTER ANY ENDPOINT", null],
  ["CRLG+", "CREATE LOGIN", "ALTER ANY LOGIN", null],
  ["CRSR", "CREATE SERVER ROLE", "ALTER ANY SERVER ROLE", null],
  ["CRTE", "CREATE TRACE EVENT NOTIFICATION", "ALTER ANY EVENT NOTIFICATION", null],
  ["XA", "EXTERNAL ACCESS ASSEMBLY", "UNSAFE ASSEMBLY", null],
  ["IAL", "IMPERSONATE ANY LOGIN", "CONTROL SERVER", null],
  ["SUS", "SELECT ALL USER SECURABLES", "CONTROL SERVER", null],
  ["SHDN", "SHUTDOWN", "CONTROL SERVER", null],
  ["XU", "UNSAFE ASSEMBLY", "CONTROL SERVER", null],
  ["VWDB", "VIEW ANY DATABASE", "VIEW ANY DEFINITION", null],
  ["VWAD", "VIEW ANY DEFINITION", "CONTROL SERVER", null],
  ["VAP+", "VIEW ANY PERFORMANCE DEFINITION", "VIEW ANY DEFINITION", null],
  ["VWAS+", "VIEW ANY SECURITY DEFINITION", "VIEW ANY DEFINITION", null],
  ["VSP+", "VIEW SERVER PERFORMANCE STATE", "VIEW SERVER STATE", null],
  ["VSS+", "VIEW SERVER SECURITY STATE", "VIEW SERVER STATE", null],
  ["VWSS", "VIEW SERVER STATE", "ALTER SERVER STATE", null],
];

const DATABASE: Line[] = [
  ["CL", "CONTROL", null, "CONTROL SERVER"],
  ["DABO", "ADMINISTER DATABASE BULK OPERATIONS", "CONTROL", "CONTROL SERVER"],
  ["AL", "ALTER", "CONTROL", "ALTER ANY DATABASE"],
  ["ALAR", "ALTER ANY APPLICATION ROLE", "ALTER", "CONTROL SERVER"],
  ["ALAS", "ALTER ANY ASSEMBLY", "ALTER", "CONTROL SERVER"],
  ["ALAK", "ALTER ANY ASYMMETRIC KEY", "ALTER", "CONTROL SERVER"],
  ["ALCF", "ALTER ANY CERTIFICATE", "ALTER", "CONTROL SERVER"],
  ["ALCK", "ALTER ANY COLUMN ENCRYPTION KEY", "ALTER", "CONTROL SERVER"],
  ["ALCM", "ALTER ANY COLUMN MASTER KEY", "ALTER", "CONTROL SERVER"],
  ["ALSC", "ALTER ANY CONTRACT", "ALTER", "CONTROL SERVER"],
  ["ALDA", "ALTER ANY DATABASE AUDIT", "ALTER", "ALTER ANY SERVER AUDIT"],
  ["ALTG", "ALTER ANY DATABASE DDL TRIGGER", "ALTER", "CONTROL SERVER"],
  ["ALED", "ALTER ANY DATABASE EVENT NOTIFICATION", "ALTER", "ALTER ANY EVENT NOTIFICATION"],
  ["AADS", "ALTER ANY DATABASE EVENT SESSION", "ALTER", "ALTER ANY EVENT SESSION"],
  ["ALDC", "ALTER ANY DATABASE SCOPED CONFIGURATION", "CONTROL", "CONTROL SERVER"],
  ["ALDS", "ALTER ANY DATASPACE", "ALTER", "CONTROL SERVER"],
  ["AEDS", "ALTER ANY EXTERNAL DATA SOURCE", "ALTER", "CONTROL SERVER"],
  ["AEFF", "ALTER ANY EXTERNAL FILE FORMAT", "ALTER", "CONTROL SERVER"],
  ["ALFT", "ALTER ANY FULLTEXT CATALOG", "ALTER", "CONTROL SERVER"],
  ["AAMK", "ALTER ANY MASK", "CONTROL", "CONTROL SERVER"],
  ["ALMT", "ALTER ANY MESSAGE TYPE", "ALTER", "CONTROL SERVER"],
  ["ALSB", "ALTER ANY REMOTE SERVICE BINDING", "ALTER", "CONTROL SERVER"],
  ["ALRL", "ALTER ANY ROLE", "ALTER", "CONTROL SERVER"],
  ["ALRT", "ALTER ANY ROUTE", "ALTER", "CONTROL SERVER"],
  ["ALSM", "ALTER ANY SCHEMA", "ALTER", "CONTROL SERVER"],
  ["ALSP", "ALTER ANY SECURITY POLICY", "CONTROL", "CONTROL SERVER"],
  ["AASC", "ALTER ANY SENSITIVITY CLASSIFICATION", "CONTROL", "CONTROL SERVER"],
  ["ALSV", "ALTER ANY SERVICE", "ALTER", "CONTROL SERVER"],
  ["ALSK", "ALTER ANY SYMMETRIC KEY", "ALTER", "CONTROL SERVER"],
  ["ALUS", "ALTER ANY USER", "ALTER", "CONTROL SERVER"],
  ["AUTH", "AUTHENTICATE", "CONTROL", "AUTHENTICATE SERVER"],
  ["BADB", "BACKUP DATABASE", "CONTROL", "CONTROL SERVER"],
  ["BALO", "BACKUP LOG", "CONTROL", "CONTROL SERVER"],
  ["CP", "CHECKPOINT", "CONTROL", "CONTROL SERVER"],
  ["CO", "CONNECT", "CONNECT REPLICATION", "CONTROL SERVER"],
  ["CORP", "CONNECT REPLICATION", "CONTROL", "CONTROL SERVER"],
  ["CRAG", "CREATE AGGREGATE", "ALTER", "CONTROL SERVER"],
  ["CRAS", "CREATE ASSEMBLY", "ALTER ANY ASSEMBLY", "CONTROL SERVER"],
  ["CRAK", "CREATE ASYMMETRIC KEY", "ALTER ANY ASYMMETRIC KEY", "CONTROL SERVER"],
  ["CRCF", "CREATE CERTIFICATE", "ALTER ANY CERTIFICATE", "CONTROL SERVER"],
  ["CRSC", "CREATE CONTRACT", "ALTER ANY CONTRACT", "CONTROL SERVER"],
  ["CRDB", "CREATE DATABASE", "CONTROL", "CREATE ANY DATABASE"],
  [
    "CRED",
    "CREATE DATABASE DDL EVENT NOTIFICATION",
    "ALTER ANY DATABASE EVENT NOTIFICATION",
    "CREATE DDL EVENT NOTIFICATION",
  ],
  ["CRDF", "CREATE DEFAULT", "ALTER", "CONTROL SERVER"],
  ["CRFT", "CREATE FULLTEXT CATALOG", "ALTER ANY FULLTEXT CATALOG", "CONTROL SERVER"],
  ["CRFN", "CREATE FUNCTION", "ALTER", "CONTROL SERVER"],
  ["CRMT", "CREATE MESSAGE TYPE", "ALTER ANY MESSAGE TYPE", "CONTROL SERVER"],
  ["CRPR", "CREATE PROCEDURE", "ALTER", "CONTROL SERVER"],
  ["CRQU", "CREATE QUEUE", "ALTER", "CONTROL SERVER"],
  ["CRSB", "CREATE REMOTE SERVICE BINDING", "ALTER ANY REMOTE SERVICE BINDING", "CONTROL SERVER"],
  ["CRRL", "CREATE ROLE", "ALTER ANY ROLE", "CONTROL SERVER"],
  ["CRRT", "CREATE ROUTE", "ALTER ANY ROUTE", "CONTROL SERVER"],
  ["CRRU", "CREATE RULE", "ALTER", "CONTROL SERVER"],
  ["CRSM", "CREATE SCHEMA", "ALTER ANY SCHEMA", "CONTROL SERVER"],
  ["CRSV", "CREATE SERVICE", "ALTER ANY SERVICE", "CONTROL SERVER"],
  ["CRSK", "CREATE SYMMETRIC KEY", "ALTER ANY SYMMETRIC KEY", "CONTROL SERVER"],
  ["CRSN", "CREATE SYNONYM", "ALTER", "CONTROL SERVER"],
  ["CRTB", "CREATE TABLE", "ALTER", "CONTROL SERVER"],
  ["CRTY", "CREATE TYPE", "ALTER", "CONTROL SERVER"],
  ["CUSR+", "CREATE USER", "ALTER ANY USER", "CONTROL SERVER"],
  ["CRVW", "CREATE VIEW", "ALTER", "CONTROL SERVER"],
  ["CRXS", "CREATE XML SCHEMA COLLECTION", "ALTER", "CONTROL SERVER"],
  ["DL", "DELETE", "CONTROL", "CONTROL SERVER"],
  ["EX", "EXECUTE", "CONTROL", "CONTROL SERVER"],
  ["EAES", "EXECUTE ANY EXTERNAL SCRIPT", "CONTROL", "CONTROL SERVER"],
  ["IN", "INSERT", "CONTROL", "CONTROL SERVER"],
  ["RF", "REFERENCES", "CONTROL", "CONTROL SERVER"],
  ["SL", "SELECT", "CONTROL", "SELECT ALL USER SECURABLES"],
  ["SPLN", "SHOWPLAN", "CONTROL", "ALTER TRACE"],
  ["SUQN", "SUBSCRIBE QUERY NOTIFICATIONS", "CONTROL", "CONTROL SERVER"],
  ["TO", "TAKE OWNERSHIP", "CONTROL", "CONTROL SERVER"],
  ["UMSK", "UNMASK", "CONTROL", "CONTROL SERVER"],
  ["UP", "UPDATE", "CONTROL", "CONTROL SERVER"],
  ["VWCK", "VIEW ANY COLUMN ENCRYPTION KEY DEFINITION", "VIEW DEFINITION", "VIEW ANY DEFINITION"],
  ["VWCM", "VIEW ANY COLUMN MASTER KEY DEFINITION", "VIEW DEFINITION", "VIEW ANY DEFINITION"],
  ["VWCT", "VIEW CHANGE TRACKING", "CONTROL", "CONTROL SERVER"],
  ["VDP+", "VIEW DATABASE PERFORMANCE STATE", "VIEW DATABASE STATE", "VIEW SERVER PERFORMANCE STATE"],
  ["VDSS+", "VIEW DATABASE SECURITY STATE", "VIEW DATABASE STATE", "VIEW SERVER SECURITY STATE"],
  ["VWDS", "VIEW DATABASE STATE", "CONTROL", "VIEW SERVER STATE"],
  ["VW", "VIEW DEFINITION", "CONTROL", "VIEW ANY DEFINITION"],
  ["VWP+", "VIEW PERFORMANCE DEFINITION", "VIEW DEFINITION", "VIEW ANY PERFORMANCE DEFINITION"],
  ["VWS+", "VIEW SECURITY DEFINITION", "VIEW DEFINITION", "VIEW ANY SECURITY DEFINITION"],
];

const SCHEMA: Line[] = [
  ["CL", "CONTROL", null, "CONTROL"],
  ["AL", "ALTER", "CONTROL", "ALTER ANY SCHEMA"],
  ["CRSO", "CREATE SEQUENCE", "ALTER", "ALTER ANY SCHEMA"],
  ["DL", "DELETE", "CONTROL", "DELETE"],
  ["EX", "EXECUTE", "CONTROL", "EXECUTE"],
  ["IN", "INSERT", "CONTROL", "INSERT"],
  ["RF", "REFERENCES", "CONTROL", "REFERENCES"],
  ["SL", "SELECT", "CONTROL", "SELECT"],
  ["TO", "TAKE OWNERSHIP", "CONTROL", "CONTROL"],
  ["UMSK+", "UNMASK", "CONTROL", "UNMASK"],
  ["UP", "UPDATE", "CONTROL", "UPDATE"],
  ["VWCT", "VIEW CHANGE TRACKING", "CONTROL", "CONTROL"],
  ["VW", "VIEW DEFINITION", "CONTROL", "VIEW DEFINITION"],
];

const OBJECT: Line[] = [
  ["CL", "CONTROL", null, "CONTROL"],
  ["AL", "ALTER", "CONTROL", "ALTER"],
  ["DL", "DELETE", "CONTROL", "DELETE"],
  ["EX", "EXECUTE", "CONTROL", "EXECUTE"],
  ["IN", "INSERT", "CONTROL", "INSERT"],
  ["RC", "RECEIVE", "CONTROL", "CONTROL"],
  ["RF", "REFERENCES", "CONTROL", "REFERENCES"],
  ["SL", "SELECT", "RECEIVE", "SELECT"],
  ["TO", "TAKE OWNERSHIP", "CONTROL", "CONTROL"],
  ["UMSK+", "UNMASK", "CONTROL", "UNMASK"],
  ["UP", "UPDATE", "CONTROL", "UPDATE"],
  ["VWCT", "VIEW CHANGE TRACKING", "CONTROL", "VIEW CHANGE TRACKING"],
  ["VW", "VIEW DEFINITION", "CONTROL", "VIEW DEFINITION"],
];

const control = (parent: string): Line => ["CL", "CONTROL", null, parent];
const alter = (parent: string): Line => ["AL", "ALTER", "CONTROL", parent];
const view = (parent = "VIEW DEFINITION"): Line => ["VW", "VIEW DEFINITION", "CONTROL", parent];
const ownership = (parent = "CONTROL"): Line => ["TO", "TAKE OWNERSHIP", "CONTROL", parent];
const references: Line = ["RF", "REFERENCES", "CONTROL", "REFERENCES"];
const execute: Line = ["EX", "EXECUTE", "CONTROL", "EXECUTE"];
const owned = (alterAny: string): Line[] => [control("CONTROL"), alter(alterAny), references, ownership(), view()];

const tables: readonly (readonly [SecurableClass, SecurableClass | null, readonly Line[]])[] = [
  ["SERVER", null, SERVER],
  [
    "LOGIN",
    "SERVER",
    [
      control("CONTROL SERVER"),
      alter("ALTER ANY LOGIN"),
      ["IM", "IMPERSONATE", "CONTROL", "IMPERSONATE ANY LOGIN"],
      view("VIEW ANY DEFINITION"),
    ],
  ],
  [
    "SERVER ROLE",
    "SERVER",
    [
      control("CONTROL SERVER"),
      alter("ALTER ANY SERVER ROLE"),
      ownership("CONTROL SERVER"),
      view("VIEW ANY DEFINITION"),
    ],
  ],
  [
    "ENDPOINT",
    "SERVER",
    [
      control("CONTROL SERVER"),
      alter("ALTER ANY ENDPOINT"),
      ["CO", "CONNECT", "CONTROL", "CONTROL SERVER"],
      ownership("CONTROL SERVER"),
      view("VIEW ANY DEFINITION"),
    ],
  ],
  ["DATABASE", "SERVER", DATABASE],
  [
    "USER",
    "DATABASE",
    [control("CONTROL"), alter("ALTER ANY USER"), ["IM", "IMPERSONATE", "CONTROL", "CONTROL"], view()],
  ],
  ["ROLE", "DATABASE", [control("CONTROL"), alter("ALTER ANY ROLE"), ownership(), view()]],
  ["APPLICATION ROLE", "DATABASE", [control("CONTROL"), alter("ALTER ANY APPLICATION ROLE"), view()]],
  ["SCHEMA", "DATABASE", SCHEMA],
  ["OBJECT", "SCHEMA", OBJECT],
  ["TYPE", "SCHEMA", [control("CONTROL"), execute, references, ownership(), view()]],
  ["XML SCHEMA COLLECTION", "SCHEMA", [control("CONTROL"), alter("ALTER"), execute, references, ownership(), view()]],
  ["ASSEMBLY", "DATABASE", owned("ALTER ANY ASSEMBLY")],
  ["MESSAGE TYPE", "DATABASE", owned("ALTER ANY MESSAGE TYPE")],
  ["CONTRACT", "DATABASE", owned("ALTER ANY CONTRACT")],
  [
    "SERVICE",
    "DATABASE",
    [control("CONTROL"), alter("ALTER ANY SERVICE"), ["SN", "SEND", "CONTROL", "CONTROL"], ownership(), view()],
  ],
  [
    "REMOTE SERVICE BINDING",
    "DATABASE",
    [control("CONTROL"), alter("ALTER ANY REMOTE SERVICE BINDING"), ownership(), view()],
  ],
  ["ROUTE", "DATABASE", [control("CONTROL"), alter("ALTER ANY ROUTE"), ownership(), view()]],
  ["FULLTEXT CATALOG", "DATABASE", owned("ALTER ANY FULLTEXT CATALOG")],
  ["FULLTEXT STOPLIST", "DATABASE", owned("ALTER ANY FULLTEXT CATALOG")],
  ["SEARCH PROPERTY LIST", "DATABASE", owned("ALTER ANY FULLTEXT CATALOG")],
  ["SYMMETRIC KEY", "DATABASE", owned("ALTER ANY SYMMETRIC KEY")],
  ["CERTIFICATE", "DATABASE", owned("ALTER ANY CERTIFICATE")],
  ["ASYMMETRIC KEY", "DATABASE", owned("ALTER ANY ASYMMETRIC KEY")],
  ["DATABASE SCOPED CREDENTIAL", "DATABASE", owned("CONTROL")],
];

export const builtInPermissions: readonly BuiltInPermission[] = tables.flatMap(([securableClass, parentClass, lines]) =>
  lines.map(([code, name, covering, parentCovering]) => ({
    class: securableClass,
    name,
    code: code.replace("+", ""),
    covering,
    parentClass,
    parentCovering,
    since2022: code.endsWith("+"),
  })),
);

const byClass = new Map<SecurableClass, Map<string, BuiltInPermission>>();
for (const permission of builtInPermissions) {
  const list = byClass.get(permission.class) ?? new Map<string, BuiltInPermission>();
  list.set(permission.name, permission);
  byClass.set(permission.class, list);
}

export function findPermission(securableClass: SecurableClass, name: string): BuiltInPermission | undefined {
  return byClass.get(securableClass)?.get(name);
}

export function permissionsOf(securableClass: SecurableClass): BuiltInPermission[] {
  return [...(byClass.get(securableClass)?.values() ?? [])];
}

export function isSecurableClass(name: string): name is SecurableClass {
  return byClass.has(name as SecurableClass);
}

const closures = new Map<string, ReadonlyMap<SecurableClass, ReadonlySet<string>>>();

/** Everything that implies a permission, the permission itself included, by class. */
export function implying(
  securableClass: SecurableClass,
  name: string,
): ReadonlyMap<SecurableClass, ReadonlySet<string>> {
  const key = `${securableClass}.${name}`;
  let closure = closures.get(key);
  if (!closure) {
    const found = new Map<SecurableClass, Set<string>>();
    collect(securableClass, name, found);
    closures.set(key, (closure = found));
  }
  return closure;
}

function collect(securableClass: SecurableClass, name: string, found: Map<SecurableClass, Set<string>>): void {
  const names = found.get(securableClass) ?? new Set<string>();
  if (names.has(name)) return;
  found.set(securableClass, names.add(name));
  const permission = findPermission(securableClass, name);
  if (!permission) throw new Error(`no permission ${name} on ${securableClass}`);
  if (permission.covering) collect(securableClass, permission.covering, found);
  if (permission.parentClass && permission.parentCovering)
    collect(permission.parentClass, permission.parentCovering, found);
}
