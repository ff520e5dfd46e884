/**
 * What the planners see of a server and one database: plain rows, read once per process and database, looked up by name or id.
 * Pure data: tests build one with `databaseCatalog({ tables: [...] }, names)`. Loading is in catalog-reader.ts.
 */
import { nameComparer, type NameComparer } from "./names";
import {
  groupContracts,
  groupServices,
  type BrokerCatalog,
  type BrokerContractMessageRow,
  type BrokerEndpointRow,
  type BrokerMessageTypeRow,
  type BrokerPriorityRow,
  type BrokerQueueRow,
  type BrokerRouteRow,
  type BrokerServiceContractRow,
  type RemoteServiceBindingRow,
} from "./snapshot/broker";
import type {
  AssemblyModuleRow,
  AssemblyParameterRow,
  AssemblyReferenceRow,
  AssemblyRow,
  AssemblyTypeRow,
} from "./snapshot/clr";
import {
  groupFilegroups,
  type FileEntry,
  type FilegroupEntry,
  type FilegroupFileRow,
  type OwnershipRow,
  type SchemaRow,
} from "./snapshot/database";
import {
  groupPartitions,
  type PartitionCatalog,
  type PartitionFunctionRow,
  type PartitionSchemeRow,
} from "./snapshot/partitions";
import type { BoundReferenceRow, ObjectRow, PermissionRow, TypeRow } from "./snapshot/modules";
import type { LoginRow, PrincipalRow, RoleMemberRow } from "./snapshot/security";
import type { DatabaseGuidRow, DatabaseRow, MasterFileRow, QueryStoreRow, ServerRow } from "./snapshot/server";
import { groupForeignKeys, groupIndexes } from "./snapshot/tables";
import type {
  CheckConstraintRow,
  ColumnRow,
  ForeignKeyColumnRow,
  ForeignKeyEntry,
  IndexColumnRow,
  IndexEntry,
  TableRow,
} from "./snapshot/tables";

/** Raw rows by query; the property names are the names of the files in src/catalog. */
export interface DatabaseRows {
  readonly tables: readonly TableRow[];
  readonly columns: readonly ColumnRow[];
  readonly checkConstraints: readonly CheckConstraintRow[];
  readonly indexes: readonly IndexColumnRow[];
  readonly foreignKeys: readonly ForeignKeyColumnRow[];
  readonly objects: readonly ObjectRow[];
  readonly types: readonly TypeRow[];
  readonly boundReferences: readonly BoundReferenceRow[];
  readonly permissions: readonly PermissionRow[];
  readonly principals: readonly PrincipalRow[];
  readonly roleMembers: readonly RoleMemberRow[];
  readonly schemas: readonly SchemaRow[];
  readonly filegroups: readonly FilegroupFileRow[];
  readonly partitionFunctions: readonly PartitionFunctionRow[];
  readonly partitionSchemes: readonly PartitionSchemeRow[];
  readonly ownership: readonly OwnershipRow[];
  /** One row; none on servers without Query Store. */
  readonly queryStore: readonly QueryStoreRow[];
  /** One row; none on Azure SQL Database. */
  readonly databaseGuids: readonly DatabaseGuidRow[];
  readonly brokerMessageTypes: readonly BrokerMessageTypeRow[];
  readonly brokerContracts: readonly BrokerContractMessageRow[];
  readonly brokerQueues: readonly BrokerQueueRow[];
  readonly brokerServices: readonly BrokerServiceContractRow[];
  readonly brokerRoutes: readonly BrokerRouteRow[];
  readonly remoteServiceBindings: readonly RemoteServiceBindingRow[];
  readonly brokerPriorities: readonly BrokerPriorityRow[];
  readonly assemblies: readonly AssemblyRow[];
  readonly assemblyReferences: readonly AssemblyReferenceRow[];
  readonly assemblyModules: readonly AssemblyModuleRow[];
  readonly assemblyTypes: readonly AssemblyTypeRow[];
  readonly assemblyParameters: readonly AssemblyParameterRow[];
}

/** A catalog query of a database by its name. */
export type CatalogArea = keyof DatabaseRows;

export interface ServerCatalog {
  readonly properties: ServerRow;
  readonly databases: readonly DatabaseRow[];
  /** sys.master_files of all databases. */
  readonly files: readonly MasterFileRow[];
  readonly logins: readonly LoginRow[];
  /** Service Broker's way to other servers: one at most. */
  readonly brokerEndpoints: readonly BrokerEndpointRow[];
  /** In the server's collation, as database names compare. */
  findDatabase(name: string): DatabaseRow | undefined;
  /** In the server's collation. */
  findLogin(name: string): LoginRow | undefined;
}

export interface DatabaseCatalog {
  readonly rows: DatabaseRows;
  readonly schemas: readonly SchemaRow[];
  readonly filegroups: readonly FilegroupEntry[];
  readonly logFiles: readonly FileEntry[];
  readonly tables: readonly TableRow[];
  readonly objects: readonly ObjectRow[];
  readonly types: readonly TypeRow[];
  readonly indexes: readonly IndexEntry[];
  readonly foreignKeys: readonly ForeignKeyEntry[];
  readonly broker: BrokerCatalog;
  readonly partitions: PartitionCatalog;

  findSchema(name: string): SchemaRow | undefined;
  findFilegroup(name: string): FilegroupEntry | undefined;
  findTable(schema: string, name: string): TableRow | undefined;
  findObject(schema: string, name: string): ObjectRow | undefined;
  findType(schema: string, name: string): TypeRow | undefined;
  findAssembly(name: string): AssemblyRow | undefined;
  /** How an object is bound to an assembly. */
  assemblyModule(objectId: number): AssemblyModuleRow | undefined;
  /** Parameters and result columns of a module in an assembly. */
  assemblyParametersOf(objectId: number): readonly AssemblyParameterRow[];
  /** A user or role. */
  findPrincipal(name: string): PrincipalRow | undefined;
  /** Of a role, in no order. */
  membersOf(roleId: number): readonly PrincipalRow[];
  tableById(objectId: number): TableRow | undefined;
  objectById(objectId: number): ObjectRow | undefined;
  /** In column order; also for table types, by their tableObjectId. */
  columnsOf(objectId: number): readonly ColumnRow[];
  checksOf(tableId: number): readonly CheckConstraintRow[];
  /** The heap (type 0) too. */
  indexesOf(tableId: number): readonly IndexEntry[];
  foreignKeysOf(tableId: number): readonly ForeignKeyEntry[];
  foreignKeysTo(tableId: number): readonly ForeignKeyEntry[];
  /** Schema-bound references to an object, of all its columns. */
  referencesTo(objectId: number): readonly BoundReferenceRow[];
  /** Class 1 (object), 3 (schema) or 6 (type) with the id of that class. */
  permissionsOn(permissionClass: number, majorId: number): readonly PermissionRow[];
  /** Row of iac.object. */
  ownerOf(objectType: string, objectName: string): OwnershipRow | undefined;
  ownedBy(owner: string): readonly OwnershipRow[];
}

export interface CatalogSnapshot {
  readonly server: ServerCatalog;
  /** undefined for kinds that belong to the server. */
  readonly databaseName: string | undefined;
  /** false: the database is not there (yet), and `database` is an empty one with the server's collation. */
  readonly databaseExists: boolean;
  readonly databaseRow: DatabaseRow | undefined;
  readonly database: DatabaseCatalog;
  /** Compares names inside the database. */
  readonly names: NameComparer;
}

function builtInPrincipal(principalId: number, name: string, type: "S" | "R"): PrincipalRow {
  return {
    principalId,
    name,
    type,
    defaultSchema: null,
    owner: type === "R" ? "dbo" : null,
    sid: null,
    isFixedRole: principalId >= 16384,
    authentication: "NONE",
    login: null,
  };
}

const noRows: DatabaseRows = {
  tables: [],
  columns: [],
  checkConstraints: [],
  indexes: [],
  foreignKeys: [],
  objects: [],
  types: [],
  boundReferences: [],
  permissions: [],
  principals: [
    builtInPrincipal(0, "public", "R"),
    builtInPrincipal(1, "dbo", "S"),
    builtInPrincipal(2, "guest", "S"),
    builtInPrincipal(3, "INFORMATION_SCHEMA", "S"),
    builtInPrincipal(4, "sys", "S"),
    // https://learn.microsoft.com/sql/relational-databases/security/authentication-access/database-level-roles
    ...["db_owner", "db_accessadmin", "db_securityadmin", "db_ddladmin"].map((name, index) =>
      builtInPrincipal(16384 + index, name, "R"),
    ),
    ...["db_backupoperator", "db_datareader", "db_datawriter", "db_denydatareader", "db_denydatawriter"].map(
      (name, index) => builtInPrincipal(16389 + index, name, "R"),
    ),
  ],
  roleMembers: [],
  schemas: [
    { schemaId: 1, name: "dbo", owner: "dbo" },
    { schemaId: 4, name: "sys", owner: "sys" },
    { schemaId: 3, name: "INFORMATION_SCHEMA", owner: "INFORMATION_SCHEMA" },
  ],
  filegroups: [],
  partitionFunctions: [],
  partitionSchemes: [],
  ownership: [],
  queryStore: [],
  databaseGuids: [],
  brokerMessageTypes: [],
  brokerContracts: [],
  brokerQueues: [],
  brokerServices: [],
  brokerRoutes: [],
  remoteServiceBindings: [],
  brokerPriorities: [],
  assemblies: [],
  assemblyReferences: [],
  assemblyModules: [],
  assemblyTypes: [],
  assemblyParameters: [],
};

export const catalogAreas = Object.keys(noRows) as readonly CatalogArea[];

/** Computed at the first use: a stack that holds no tables never pays for the index of columns. */
function lazy<T>(compute: () => T): () => T {
  let value: { readonly of: T } | undefined;
  return () => (value ??= { of: compute() }).of;
}

function by<Row>(rows: readonly Row[], key: (row: Row) => string): Map<string, Row> {
  return new Map(rows.map((row) => [key(row), row]));
}

function groupBy<Row, Key>(rows: readonly Row[], key: (row: Row) => Key): Map<Key, Row[]> {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group) group.push(row);
    else groups.set(key(row), [row]);
  }
  return groups;
}

export function databaseCatalog(given: Partial<DatabaseRows>, names: NameComparer): DatabaseCatalog {
  const isWhole = (catalogAreas as readonly string[]).every((area) => area in given);
  const rows = isWhole ? (given as DatabaseRows) : { ...noRows, ...given };
  /** Every use is a look at the areas that it was computed from: what was looked at is noted (database-contents.ts). */
  const from = <T>(areas: readonly CatalogArea[], compute: () => T): (() => T) => {
    const computed = lazy(compute);
    return () => {
      for (const area of areas) void rows[area];
      return computed();
    };
  };
  const twoParts = (row: { schemaName: string; name: string }): string => pair(row.schemaName, row.name);
  // U+0000 cannot stand in a name, so the pair is unambiguous even where a name holds a dot.
  const pair = (schema: string, name: string): string => `${names.key(schema)}\0${names.key(name)}`;

  const storage = from(["filegroups"], () => groupFilegroups(rows.filegroups));
  const partitions = from(["partitionFunctions", "partitionSchemes"], () =>
    groupPartitions(rows.partitionFunctions, rows.partitionSchemes),
  );
  const indexes = from(["indexes"], () => groupIndexes(rows.indexes));
  const foreignKeys = from(["foreignKeys"], () => groupForeignKeys(rows.foreignKeys));
  const contracts = from(["brokerContracts"], () => groupContracts(rows.brokerContracts));
  const services = from(["brokerServices"], () => groupServices(rows.brokerServices));
  const broker: BrokerCatalog = {
    get messageTypes() {
      return rows.brokerMessageTypes;
    },
    get contracts() {
      return contracts();
    },
    get queues() {
      return rows.brokerQueues;
    },
    get services() {
      return services();
    },
    get routes() {
      return rows.brokerRoutes;
    },
    get bindings() {
      return rows.remoteServiceBindings;
    },
    get priorities() {
      return rows.brokerPriorities;
    },
  };
  const schemaByName = from(["schemas"], () => by(rows.schemas, (row) => names.key(row.name)));
  const filegroupByName = from(["filegroups"], () => by(storage().filegroups, (row) => names.key(row.name)));
  const tableByName = from(["tables"], () => by(rows.tables, twoParts));
  const objectByName = from(["objects"], () => by(rows.objects, twoParts));
  const typeByName = from(["types"], () => by(rows.types, twoParts));
  const assemblyByName = from(["assemblies"], () => by(rows.assemblies, (row) => names.key(row.name)));
  const assemblyModuleById = from(
    ["assemblyModules"],
    () => new Map(rows.assemblyModules.map((row) => [row.objectId, row])),
  );
  const assemblyParameters = from(["assemblyParameters"], () =>
    groupBy(rows.assemblyParameters, (row) => row.objectId),
  );
  const principalByName = from(["principals"], () => by(rows.principals, (row) => names.key(row.name)));
  const principalById = from(["principals"], () => new Map(rows.principals.map((row) => [row.principalId, row])));
  const membersByRole = from(["roleMembers"], () => groupBy(rows.roleMembers, (row) => row.roleId));
  const tableById = from(["tables"], () => new Map(rows.tables.map((row) => [row.objectId, row])));
  const objectById = from(["objects"], () => new Map(rows.objects.map((row) => [row.objectId, row])));
  const columnsByObject = from(["columns"], () => groupBy(rows.columns, (row) => row.objectId));
  const checksByTable = from(["checkConstraints"], () => groupBy(rows.checkConstraints, (row) => row.tableId));
  const indexesByTable = from(["indexes"], () => groupBy(indexes(), (row) => row.tableId));
  const keysByTable = from(["foreignKeys"], () => groupBy(foreignKeys(), (row) => row.tableId));
  const keysByReferenced = from(["foreignKeys"], () => groupBy(foreignKeys(), (row) => row.referencedTableId));
  const referencesByObject = from(["boundReferences"], () => groupBy(rows.boundReferences, (row) => row.referencedId));
  const permissionsByObject = from(["permissions"], () =>
    groupBy(rows.permissions, (row) => `${row.class}/${row.majorId}`),
  );
  const ownership = from(["ownership"], () =>
    by(rows.ownership, (row) => `${row.objectType}\0${names.key(row.objectName)}`),
  );
  const ownershipByOwner = from(["ownership"], () => groupBy(rows.ownership, (row) => row.owner));

  return {
    rows,
    get schemas() {
      return rows.schemas;
    },
    get tables() {
      return rows.tables;
    },
    get objects() {
      return rows.objects;
    },
    get types() {
      return rows.types;
    },
    get filegroups() {
      return storage().filegroups;
    },
    get logFiles() {
      return storage().logFiles;
    },
    get indexes() {
      return indexes();
    },
    get foreignKeys() {
      return foreignKeys();
    },
    get partitions() {
      return partitions();
    },
    broker,
    findSchema: (name) => schemaByName().get(names.key(name)),
    findFilegroup: (name) => filegroupByName().get(names.key(name)),
    findTable: (schema, name) => tableByName().get(pair(schema, name)),
    findObject: (schema, name) => objectByName().get(pair(schema, name)),
    findType: (schema, name) => typeByName().get(pair(schema, name)),
    findAssembly: (name) => assemblyByName().get(names.key(name)),
    assemblyModule: (objectId) => assemblyModuleById().get(objectId),
    assemblyParametersOf: (objectId) => assemblyParameters().get(objectId) ?? [],
    findPrincipal: (name) => principalByName().get(names.key(name)),
    membersOf: (roleId) =>
      (membersByRole().get(roleId) ?? []).flatMap(({ memberId }) => principalById().get(memberId) ?? []),
    tableById: (objectId) => tableById().get(objectId),
    objectById: (objectId) => objectById().get(objectId),
    columnsOf: (objectId) => columnsByObject().get(objectId) ?? [],
    checksOf: (tableId) => checksByTable().get(tableId) ?? [],
    indexesOf: (tableId) => indexesByTable().get(tableId) ?? [],
    foreignKeysOf: (tableId) => keysByTable().get(tableId) ?? [],
    foreignKeysTo: (tableId) => keysByReferenced().get(tableId) ?? [],
    referencesTo: (objectId) => referencesByObject().get(objectId) ?? [],
    permissionsOn: (permissionClass, majorId) => permissionsByObject().get(`${permissionClass}/${majorId}`) ?? [],
    ownerOf: (objectType, objectName) => ownership().get(`${objectType}\0${names.key(objectName)}`),
    ownedBy: (owner) => ownershipByOwner().get(owner) ?? [],
  };
}

export function serverCatalog(
  properties: ServerRow,
  databases: readonly DatabaseRow[],
  files: readonly MasterFileRow[],
  brokerEndpoints: readonly BrokerEndpointRow[] = [],
  logins: readonly LoginRow[] = [],
): ServerCatalog {
  const names = nameComparer(properties.collation);
  const byName = by(databases, (row) => names.key(row.name));
  const loginByName = lazy(() => by(logins, (row) => names.key(row.name)));
  return {
    properties,
    databases,
    files,
    brokerEndpoints,
    logins,
    findDatabase: (name) => byName.get(names.key(name)),
    findLogin: (name) => loginByName().get(names.key(name)),
  };
}

/** `rows` undefined = the database does not exist: an empty one stands in, so that a first preview shows everything. */
export function catalogSnapshot(
  server: ServerCatalog,
  databaseName?: string,
  rows?: Partial<DatabaseRows>,
): CatalogSnapshot {
  const databaseRow = databaseName === undefined ? undefined : server.findDatabase(databaseName);
  const names = nameComparer(databaseRow?.collation ?? server.properties.collation);
  return {
    server,
    databaseName,
    databaseExists: rows !== undefined,
    databaseRow,
    database: databaseCatalog(rows ?? {}, names),
    names,
  };
}
