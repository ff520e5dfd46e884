/** Names, ids and properties of objects, types, columns, files. https://learn.microsoft.com/sql/t-sql/functions/metadata-functions-transact-sql */
import { findSystemObject, systemObjectById } from "../catalog/system-objects";
import { typeFacts, systemTypes } from "../catalog/system-types";
import { Visibility } from "../catalog/visibility";
import { childrenOf, findColumn, isModule } from "../ddl/registry";
import { findUserType } from "../ddl/resolve-type";
import { schemaOf } from "../ddl/naming";
import { findTemporaryTable } from "../query/objects";
import { databaseIdentity } from "../security/identity";
import { ownerOf, typeOwner } from "../security/ownership";
import { findObjectByName } from "../security/securable-names";
import { parseName } from "../session/parse-name";
import type { Session } from "../session/runtime";
import { notImplemented } from "../session/sql-error";
import type { Column, Database, DbObject, Index, Table } from "../storage/model";
import { INT, SQL_VARIANT, isCharacter, nvarchar } from "../types/format-type";
import type { SqlType } from "../types/sql-type";
import { Decimal, Variant, type SqlValue } from "../types/value";
import { always, asInt, asText, defineFamily } from "./arguments";
import type { FunctionContext } from "./registry";
import { sessionOf } from "./session-context";

const SOURCE = "https://learn.microsoft.com/sql/t-sql/functions/metadata-functions-transact-sql";
const NAME = nvarchar(128);
const SYS = 4;

type Found = { object: DbObject; database: Database };

/** Kinds that OBJECT_ID's second argument names, as sys.objects writes them. */
function isKind(object: DbObject, kind: string): boolean {
  return object.type.trim() === kind.trim().toUpperCase();
}

function temporaryTable(session: Session, name: string): Found | undefined {
  const tempdb = session.server.databases.get(session.server.key("tempdb"));
  const execution = session.currentExecution?.();
  const object = execution && findTemporaryTable(execution, name);
  return tempdb && object ? { object, database: tempdb } : undefined;
}

/** Metadata that the session may not see does not exist for it. */
function seen(found: Found | undefined, session: Session): Found | undefined {
  if (!found) return undefined;
  if (found.object.name.startsWith("#")) return found;
  if (!databaseIdentity(session, found.database)) return undefined;
  return new Visibility(session, found.database).object(found.object) ? found : undefined;
}

function findByName(text: string, session: Session): Found | undefined {
  const parts = parseName(text);
  const last = parts.at(-1)!;
  if (last.startsWith("#")) {
    const inTempdb = parts.length === 1 ? session.database.name === "tempdb" : parts[0]!.toLowerCase() === "tempdb";
    return inTempdb ? temporaryTable(session, last) : undefined;
  }
  return findObjectByName(session, parts);
}

function systemId(text: string): number | null {
  const parts = parseName(text);
  const schema = parts.at(-2)?.toLowerCase();
  if (schema !== "sys" && schema !== "information_schema") return null;
  return findSystemObject(schema === "sys" ? SYS : 3, parts.at(-1)!)?.id ?? null;
}

function objectId(text: string, kind: string | null, session: Session): number | null {
  const found = seen(findByName(text, session), session);
  if (found && (kind === null || isKind(found.object, kind))) return found.object.id;
  return kind === null || kind.trim().toUpperCase() === "V" ? systemId(text) : null;
}

function databaseById(id: number | null, session: Session): Database | undefined {
  if (id === null) return session.database;
  for (const database of session.server.databases.values()) if (database.id === id) return database;
  return undefined;
}

function findById(id: number, session: Session, database: Database = session.database): Found | undefined {
  const object = database.objects.get(id);
  return seen(object && { object, database }, session);
}

/** Names that end in blanks and letters in any case are the same property. */
const propertyName = (value: SqlValue, type: SqlType): string => asText(value, type).trim().toLowerCase();

type IntArguments = [values: readonly SqlValue[], types: readonly SqlType[]];
const int = ([values, types]: IntArguments, i: number): number | null =>
  values[i] === undefined || values[i] === null ? null : asInt(values[i], types[i]!);
const str = ([values, types]: IntArguments, i: number): string | null =>
  values[i] === undefined || values[i] === null ? null : asText(values[i], types[i]!);

function columnsOf(object: DbObject): readonly Column[] {
  return "columns" in object && object.type !== "F " ? object.columns : [];
}

/** A user type by name, or a system type. */
function typeByName(
  name: string,
  session: Session,
):
  | {
      systemTypeId: number;
      userTypeId: number;
      maxLength: number;
      precision: number;
      scale: number;
      nullable: boolean;
      ownerId: number;
    }
  | undefined {
  const parts = parseName(name);
  const last = parts.at(-1)!.toLowerCase();
  const schema = parts.at(-2)?.toLowerCase();
  if (schema === undefined || schema === "" || schema === "sys") {
    if (last === "sysname")
      return {
        systemTypeId: 231,
        userTypeId: 256,
        maxLength: 256,
        precision: 128,
        scale: 0,
        nullable: false,
        ownerId: 1,
      };
    const system = systemTypes.get(
      (last === "rowversion" ? "timestamp" : last === "integer" ? "int" : last) as SqlType["name"],
    );
    if (system && !(system.since2025 && session.server.version < "2025"))
      return { ...system, nullable: true, ownerId: 1 };
  }
  const type = findUserType(parts, session.database);
  if (!type || !new Visibility(session, session.database).type(type)) return undefined;
  const facts = typeFacts(type.base);
  return { ...facts, userTypeId: type.id, nullable: type.nullable, ownerId: typeOwner(session.database, type) };
}

function typeName(id: number, session: Session): string | null {
  if (id === 256) return "sysname";
  for (const [name, type] of systemTypes)
    if (type.userTypeId === id && !(type.since2025 && session.server.version < "2025")) return name;
  const type = session.database.types.get(id);
  return type && new Visibility(session, session.database).type(type) ? type.name : null;
}

const bit = (value: boolean): number => (value ? 1 : 0);

const isFunction = (object: DbObject): boolean => object.type === "FN" || object.type === "IF" || object.type === "TF";

function hasChild(found: Found, accept: (child: DbObject) => boolean): number | null {
  if (found.object.type !== "U" && found.object.type !== "V ") return null;
  for (const child of childrenOf(found.database, found.object.id)) if (accept(child)) return 1;
  return 0;
}

function ofTable(found: Found, read: (table: Table) => number | null): number | null {
  return found.object.type === "U" ? read(found.object) : null;
}

const setting = (object: DbObject, read: (module: Extract<DbObject, { parsed: unknown }>) => boolean): number | null =>
  isModule(object) ? bit(read(object)) : null;

/** https://learn.microsoft.com/sql/t-sql/functions/objectproperty-transact-sql. NULL: not a property of this kind of object. */
const objectProperties: Readonly<Record<string, (found: Found) => number | null>> = {
  cnstisclustkey: ({ object, database }) =>
    object.type === "PK" || object.type === "UQ" ? bit(indexOfKey(object, database)?.type === "CLUSTERED") : null,
  cnstisnonclustkey: ({ object, database }) =>
    object.type === "PK" || object.type === "UQ" ? bit(indexOfKey(object, database)?.type === "NONCLUSTERED") : null,
  cnstiscolumn: ({ object }) => (object.type === "C " || object.type === "D " ? bit(object.columnId !== 0) : null),
  cnstisdeletecascade: ({ object }) => (object.type === "F " ? bit(object.onDelete === "CASCADE") : null),
  cnstisupdatecascade: ({ object }) => (object.type === "F " ? bit(object.onUpdate === "CASCADE") : null),
  cnstisdisabled: ({ object }) => (object.type === "F " || object.type === "C " ? bit(object.disabled) : null),
  cnstisnottrusted: ({ object }) => (object.type === "F " || object.type === "C " ? bit(object.notTrusted) : null),
  cnstisnotrepl: ({ object }) => (object.type === "F " || object.type === "C " ? bit(object.notForReplication) : null),
  execisansinullson: ({ object }) => setting(object, (module) => module.usesAnsiNulls),
  execisquotedidenton: ({ object }) => setting(object, (module) => module.usesQuotedIdentifier),
  execisinsteadoftrigger: ({ object }) => (object.type === "TR" ? bit(object.trigger?.insteadOf ?? false) : null),
  execisaftertrigger: ({ object }) => (object.type === "TR" ? bit(!(object.trigger?.insteadOf ?? false)) : null),
  execisinserttrigger: ({ object }) => triggerOn(object, "INSERT"),
  execisupdatetrigger: ({ object }) => triggerOn(object, "UPDATE"),
  execisdeletetrigger: ({ object }) => triggerOn(object, "DELETE"),
  execistriggerdisabled: ({ object }) => (object.type === "TR" ? bit(object.trigger?.disabled ?? false) : null),
  execisstartup: ({ object }) => (object.type === "P " ? 0 : null),
  isansinullson: ({ object }) =>
    object.type === "U" ? bit(object.usesAnsiNulls) : setting(object, (module) => module.usesAnsiNulls),
  isquotedidenton: ({ object }) => (object.type === "U" ? 1 : setting(object, (module) => module.usesQuotedIdentifier)),
  ischeckcnst: ({ object }) => bit(object.type === "C "),
  isconstraint: ({ object }) => bit(["C ", "D ", "F ", "PK", "UQ"].includes(object.type)),
  isdefault: () => 0,
  isdefaultcnst: ({ object }) => bit(object.type === "D "),
  isencrypted: ({ object }) => (isModule(object) ? bit(object.definition === null) : null),
  isexecuted: ({ object }) => bit(isModule(object)),
  isextendedproc: () => 0,
  isforeignkey: ({ object }) => bit(object.type === "F "),
  isinlinefunction: ({ object }) => bit(object.type === "IF"),
  ismsshipped: ({ object }) => bit(object.isMsShipped),
  isprimarykey: ({ object }) => bit(object.type === "PK"),
  isprocedure: ({ object }) => bit(object.type === "P "),
  isqueue: ({ object }) => bit((object.type as string) === "SQ"),
  isreplproc: ({ object }) => (object.type === "P " ? 0 : null),
  isrule: () => 0,
  isscalarfunction: ({ object }) => bit(object.type === "FN"),
  isschemabound: ({ object }) =>
    isModule(object) && (isFunction(object) || object.type === "V ") ? bit(object.schemaBound) : null,
  issystemtable: () => 0,
  issystemverified: ({ object }) => (isFunction(object) || object.type === "V " ? 0 : null),
  istable: ({ object }) => bit(object.type === "U"),
  istablefunction: ({ object }) => bit(object.type === "IF" || object.type === "TF"),
  istrigger: ({ object }) => bit(object.type === "TR"),
  isuniquecnst: ({ object }) => bit(object.type === "UQ"),
  isusertable: ({ object }) => bit(object.type === "U"),
  isview: ({ object }) => bit(object.type === "V "),
  isindexed: ({ object }) => ("indexes" in object ? bit(object.indexes.some((index) => index.name !== null)) : null),
  ownerid: ({ object, database }) => ownerOf(database, object),
  schemaid: ({ object }) => object.schemaId,
  tabledeletetrigger: (found) => triggersOn(found, "DELETE"),
  tableinserttrigger: (found) => triggersOn(found, "INSERT"),
  tableupdatetrigger: (found) => triggersOn(found, "UPDATE"),
  tablehasaftertrigger: (found) => hasChild(found, (child) => child.type === "TR" && !child.trigger?.insteadOf),
  tablehasinserttrigger: (found) => hasChild(found, (child) => triggerOn(child, "INSERT") === 1),
  tablehasupdatetrigger: (found) => hasChild(found, (child) => triggerOn(child, "UPDATE") === 1),
  tablehasdeletetrigger: (found) => hasChild(found, (child) => triggerOn(child, "DELETE") === 1),
  tablehasinsteadoftrigger: (found) =>
    hasChild(found, (child) => child.type === "TR" && (child.trigger?.insteadOf ?? false)),
  tablehascheckcnst: (found) => ofTable(found, () => hasChild(found, (child) => child.type === "C ")),
  tablehasdefaultcnst: (found) => ofTable(found, () => hasChild(found, (child) => child.type === "D ")),
  tablehasforeignkey: (found) => ofTable(found, () => hasChild(found, (child) => child.type === "F ")),
  tablehasforeignref: (found) =>
    ofTable(found, (table) =>
      bit(
        [...found.database.objects.values()].some((object) => object.type === "F " && object.referencedId === table.id),
      ),
    ),
  tablehasprimarykey: (found) => ofTable(found, () => hasChild(found, (child) => child.type === "PK")),
  tablehasuniquecnst: (found) => ofTable(found, () => hasChild(found, (child) => child.type === "UQ")),
  tablehasclustindex: (found) => ofTable(found, (table) => bit(table.indexes.some((index) => index.id === 1))),
  tablehasnonclustindex: (found) => ofTable(found, (table) => bit(table.indexes.some((index) => index.id > 1))),
  tablehasindex: (found) => ofTable(found, (table) => bit(table.indexes.some((index) => index.id > 0))),
  tablehasidentity: (found) => ofTable(found, (table) => bit(table.columns.some((column) => column.identity))),
  tablehasrowguidcol: (found) => ofTable(found, (table) => bit(table.columns.some((column) => column.rowGuidCol))),
  tablehastimestamp: (found) =>
    ofTable(found, (table) => bit(table.columns.some((column) => column.type.name === "timestamp"))),
  tablehastextimage: (found) =>
    ofTable(found, (table) =>
      bit(table.columns.some((column) => ["text", "ntext", "image"].includes(column.type.name))),
    ),
  tablehascolumnset: (found) => ofTable(found, (table) => bit(table.columns.some((column) => column.columnSet))),
  tableisfake: (found) => ofTable(found, () => 0),
  tableismemoryoptimized: (found) => ofTable(found, (table) => bit(table.memoryOptimized)),
  tableispinned: (found) => ofTable(found, () => 0),
  tableislockedonbulkload: (found) => ofTable(found, () => 0),
  tabletextinrowlimit: (found) => ofTable(found, () => 0),
  tablefulltextpopulatestatus: (found) => ofTable(found, () => 0),
  tablehasactivefulltextindex: (found) => ofTable(found, () => 0),
  tablefulltextcatalogid: (found) => ofTable(found, () => 0),
  tabletemporaltype: (found) => ofTable(found, () => 0),
};

function indexOfKey(object: Extract<DbObject, { type: "PK" | "UQ" }>, database: Database): Index | undefined {
  const table = database.objects.get(object.parentId);
  return table && "indexes" in table ? table.indexes.find((index) => index.id === object.indexId) : undefined;
}

function triggerOn(object: DbObject, event: string): number | null {
  return object.type === "TR" ? bit(object.trigger?.events.includes(event) ?? false) : null;
}

/** Id of the first trigger for an event. */
function triggersOn(found: Found, event: string): number | null {
  if (found.object.type !== "U") return null;
  for (const child of childrenOf(found.database, found.object.id)) if (triggerOn(child, event) === 1) return child.id;
  return 0;
}

/** Properties that only OBJECTPROPERTYEX has, with types of their own. */
const extended: Readonly<Record<string, (found: Found) => Variant | null>> = {
  basetype: ({ object }) => new Variant({ name: "char", length: 2 }, object.type.padEnd(2)),
  cardinality: ({ object }) => (object.type === "U" ? new Variant({ name: "bigint" }, BigInt(object.rows.size)) : null),
  isprecise: () => null,
  systemdataaccess: () => null,
  userdataaccess: () => null,
};

function objectProperty(args: IntArguments, context: FunctionContext): { found: Found; name: string } | null {
  const session = sessionOf(context);
  const id = int(args, 0)!;
  const found = findById(id, session);
  return found ? { found, name: propertyName(args[0][1]!, args[1][1]!) } : null;
}

/** A property that exists and that the twin cannot answer must not look like one that does not exist. */
const unanswered = new Set([
  "execwithnativecompilation",
  "isdeterministic",
  "isprecise",
  "systemdataaccess",
  "userdataaccess",
  "tablehasvardecimalstorageformat",
  "tablefulltextitemcount",
]);

function answerObjectProperty(args: IntArguments, context: FunctionContext): number | null {
  const known = objectProperty(args, context);
  if (!known) return null;
  if (unanswered.has(known.name)) throw notImplemented(`OBJECTPROPERTY ${known.name}`);
  return objectProperties[known.name]?.(known.found) ?? null;
}

/** https://learn.microsoft.com/sql/t-sql/functions/columnproperty-transact-sql */
const columnProperties: Readonly<Record<string, (column: Column, ordinal: number) => number | null>> = {
  allowsnull: (column) => bit(column.nullable),
  columnid: (column) => column.id,
  generatedalwaystype: (column) => column.generatedAlways,
  ishidden: (column) => bit(column.hidden),
  iscolumnset: (column) => bit(column.columnSet),
  iscomputed: (column) => bit(column.computed !== undefined),
  iscursortype: () => 0,
  isfulltextindexed: () => 0,
  isidentity: (column) => bit(column.identity !== undefined),
  isidnotforrepl: (column) => bit(column.identity?.notForReplication ?? false),
  isoutparam: () => null,
  isrowguidcol: (column) => bit(column.rowGuidCol),
  issparse: (column) => bit(column.sparse),
  isxmlindexable: (column) => bit(column.type.name === "xml"),
  ordinal: (_column, ordinal) => ordinal,
  precision: (column) => declaredPrecision(column.type),
  scale: (column) =>
    ["decimal", "numeric", "time", "datetime2", "datetimeoffset", "money", "smallmoney"].includes(column.type.name)
      ? typeFacts(column.type).scale
      : null,
  usesansitrim: (column) =>
    isCharacter(column.type) || column.type.name.endsWith("binary") ? bit(column.ansiPadded) : null,
};

/** Length of text in characters, of other types their digits; -1 for MAX types and xml. */
function declaredPrecision(type: SqlType): number {
  const facts = typeFacts(type);
  if (isCharacter(type) || type.name.endsWith("binary")) return type.length ?? facts.maxLength;
  return facts.precision === 0 ? facts.maxLength : facts.precision;
}

function columnProperty(args: IntArguments, context: FunctionContext): number | null {
  const found = findById(int(args, 0)!, sessionOf(context));
  const name = str(args, 1)!;
  const property = propertyName(args[0][2]!, args[1][2]!);
  if (!found) return null;
  if (isModule(found.object)) {
    const parameter = found.object.parameters.find((one) => found.database.key(one.name) === found.database.key(name));
    if (parameter)
      return (
        {
          allowsnull: 1,
          isoutparam: bit(parameter.output),
          precision: declaredPrecision(parameter.type),
          scale: typeFacts(parameter.type).scale,
          iscursortype: 0,
        }[property] ?? null
      );
  }
  const columns = columnsOf(found.object);
  const column = findColumn({ columns: [...columns] }, found.database, name);
  if (!column) return null;
  if (
    [
      "isdeterministic",
      "isindexable",
      "isprecise",
      "issystemverified",
      "systemdataaccess",
      "userdataaccess",
      "fulltexttypecolumn",
      "statisticalsemantics",
    ].includes(property)
  )
    throw notImplemented(`COLUMNPROPERTY ${property}`);
  return columnProperties[property]?.(column, columns.indexOf(column) + 1) ?? null;
}

function indexNamed(found: Found, name: string): Index | undefined {
  if (!("indexes" in found.object)) return undefined;
  const key = found.database.key(name);
  return found.object.indexes.find((index) => index.name !== null && found.database.key(index.name) === key);
}

/** https://learn.microsoft.com/sql/t-sql/functions/indexproperty-transact-sql */
const indexProperties: Readonly<Record<string, (index: Index) => number>> = {
  indexdepth: () => 1,
  indexfillfactor: (index) => index.fillFactor,
  indexid: (index) => index.id,
  isautostatistics: () => 0,
  isclustered: (index) => bit(index.type === "CLUSTERED" || index.type === "CLUSTERED COLUMNSTORE"),
  isdisabled: (index) => bit(index.disabled),
  isfulltextkey: () => 0,
  ishypothetical: () => 0,
  ispadindex: (index) => bit(index.padded),
  ispagelockdisallowed: (index) => bit(!index.allowPageLocks),
  isrowlockdisallowed: (index) => bit(!index.allowRowLocks),
  isstatistics: () => 0,
  isunique: (index) => bit(index.unique),
  iscolumnstore: (index) => bit(index.type.endsWith("COLUMNSTORE")),
  isoptimizedforsequentialkey: (index) => bit(index.optimizeForSequentialKey),
};

function keyColumn(
  found: Found,
  indexId: number,
  position: number,
): { column: Column; descending: boolean } | undefined {
  const { object } = found;
  if (!("indexes" in object)) return undefined;
  const key = object.indexes.find((index) => index.id === indexId)?.columns.filter((one) => !one.included)[
    position - 1
  ];
  const column = key && object.columns.find((one) => one.id === key.columnId);
  return key && column ? { column, descending: key.descending } : undefined;
}

/** IDENT_SEED, IDENT_INCR, IDENT_CURRENT of a table by name. */
function identityOf(text: string, context: FunctionContext): NonNullable<Column["identity"]> | undefined {
  const session = sessionOf(context);
  const found = seen(findByName(text, session), session);
  return found && columnsOf(found.object).find((column) => column.identity)?.identity;
}

const IDENTITY: SqlType = { name: "numeric", precision: 38, scale: 0 };

function schemaByName(name: string | null, context: FunctionContext): number | null {
  const session = sessionOf(context);
  return schemaOf(session.database, name ?? session.user.defaultSchema ?? "dbo")?.id ?? null;
}

function filegroup(args: IntArguments, context: FunctionContext) {
  const { database } = sessionOf(context);
  const name = str(args, 0)!;
  for (const space of database.dataSpaces.values())
    if (space.type !== "PS" && database.key(space.name) === database.key(name)) return space;
  return undefined;
}

function file(args: IntArguments, context: FunctionContext) {
  const { database } = sessionOf(context);
  const name = str(args, 0)!;
  for (const one of database.files.values()) if (database.key(one.name) === database.key(name)) return one;
  return undefined;
}

defineFamily(SOURCE, {
  "OBJECT_ID/1-2": {
    deterministic: false,
    acceptsNull: true,
    resultType: always(INT),
    evaluate: (values, types, _result, context) =>
      values[0] === null ? null : objectId(str([values, types], 0)!, str([values, types], 1), sessionOf(context)),
  },
  "OBJECT_NAME/1-2": {
    deterministic: false,
    resultType: always(NAME),
    evaluate: (values, types, _result, context) => {
      const session = sessionOf(context);
      const id = int([values, types], 0)!;
      const database = databaseById(int([values, types], 1), session);
      return (database && findById(id, session, database)?.object.name) ?? systemObjectById(id)?.name ?? null;
    },
  },
  "OBJECT_SCHEMA_NAME/1-2": {
    deterministic: false,
    resultType: always(NAME),
    evaluate: (values, types, _result, context) => {
      const session = sessionOf(context);
      const id = int([values, types], 0)!;
      const found = findById(id, session, databaseById(int([values, types], 1), session));
      if (found) return found.database.schemas.get(found.object.schemaId)?.name ?? null;
      const system = systemObjectById(id);
      return system ? (system.schemaId === SYS ? "sys" : "INFORMATION_SCHEMA") : null;
    },
  },
  "OBJECT_DEFINITION/1": {
    deterministic: false,
    resultType: always(nvarchar(4001)),
    evaluate: (values, types, _result, context) => {
      const session = sessionOf(context);
      const found = findById(int([values, types], 0)!, session);
      if (!found || !new Visibility(session, found.database).definition(found.object)) return null;
      return "definition" in found.object ? found.object.definition : null;
    },
  },
  "OBJECTPROPERTY/2": {
    deterministic: false,
    resultType: always(INT),
    evaluate: (values, types, _result, context) => answerObjectProperty([values, types], context),
  },
  "OBJECTPROPERTYEX/2": {
    deterministic: false,
    resultType: always(SQL_VARIANT),
    evaluate: (values, types, _result, context) => {
      const known = objectProperty([values, types], context);
      if (!known) return null;
      const own = extended[known.name];
      if (own && !unanswered.has(known.name)) return own(known.found);
      const value = answerObjectProperty([values, types], context);
      return value === null ? null : new Variant(INT, value);
    },
  },
  "SCHEMA_ID/0-1": {
    deterministic: false,
    resultType: always(INT),
    evaluate: (values, types, _result, context) => schemaByName(str([values, types], 0), context),
  },
  "SCHEMA_NAME/0-1": {
    deterministic: false,
    resultType: always(NAME),
    evaluate: (values, types, _result, context) => {
      const session = sessionOf(context);
      const id = int([values, types], 0);
      return id === null ? (session.user.defaultSchema ?? "dbo") : (session.database.schemas.get(id)?.name ?? null);
    },
  },
  "DB_ID/0-1": {
    deterministic: false,
    resultType: always({ name: "smallint" }),
    evaluate: (values, types, _result, context) => {
      const { server, database } = sessionOf(context);
      const name = str([values, types], 0);
      return (name === null ? database : server.databases.get(server.key(name)))?.id ?? null;
    },
  },
  "DB_NAME/0-1": {
    deterministic: false,
    resultType: always(NAME),
    evaluate: (values, types, _result, context) =>
      databaseById(int([values, types], 0), sessionOf(context))?.name ?? null,
  },
  "ORIGINAL_DB_NAME/0": {
    deterministic: false,
    resultType: always(NAME),
    evaluate: (_values, _types, _result, context) => sessionOf(context).login.defaultDatabase,
  },
  "TYPE_ID/1": {
    deterministic: false,
    resultType: always(INT),
    evaluate: (values, types, _result, context) =>
      typeByName(str([values, types], 0)!, sessionOf(context))?.userTypeId ?? null,
  },
  "TYPE_NAME/1": {
    deterministic: false,
    resultType: always(NAME),
    evaluate: (values, types, _result, context) => typeName(int([values, types], 0)!, sessionOf(context)),
  },
  "TYPEPROPERTY/2": {
    deterministic: false,
    resultType: always(INT),
    evaluate: (values, types, _result, context) => {
      const type = typeByName(str([values, types], 0)!, sessionOf(context));
      if (!type) return null;
      const scale = [41, 42, 43, 106, 108, 60, 122].includes(type.systemTypeId) ? type.scale : null;
      return (
        {
          allowsnull: bit(type.nullable),
          ownerid: type.ownerId,
          precision: type.precision || type.maxLength,
          scale,
          usesansitrim: [165, 167, 173, 175].includes(type.systemTypeId) ? 1 : null,
        }[propertyName(values[1]!, types[1]!)] ?? null
      );
    },
  },
  "COL_NAME/2": {
    deterministic: false,
    resultType: always(NAME),
    evaluate: (values, types, _result, context) => {
      const found = findById(int([values, types], 0)!, sessionOf(context));
      const id = int([values, types], 1);
      return (
        (found && columnsOf(found.object).find((column) => column.id === id)?.name) ??
        systemObjectById(int([values, types], 0)!)?.columns[(id ?? 0) - 1]?.name ??
        null
      );
    },
  },
  "COL_LENGTH/2": {
    deterministic: false,
    resultType: always({ name: "smallint" }),
    evaluate: (values, types, _result, context) => {
      const session = sessionOf(context);
      const found = seen(findByName(str([values, types], 0)!, session), session);
      const column =
        found && findColumn({ columns: [...columnsOf(found.object)] }, found.database, str([values, types], 1)!);
      return column ? typeFacts(column.type).maxLength : null;
    },
  },
  "COLUMNPROPERTY/3": {
    deterministic: false,
    resultType: always(INT),
    evaluate: (values, types, _result, context) => columnProperty([values, types], context),
  },
  "INDEXPROPERTY/3": {
    deterministic: false,
    resultType: always(INT),
    evaluate: (values, types, _result, context) => {
      const found = findById(int([values, types], 0)!, sessionOf(context));
      const name = str([values, types], 1)!;
      const property = propertyName(values[2]!, types[2]!);
      const index = found && indexNamed(found, name);
      if (index) return indexProperties[property]?.(index) ?? null;
      const statistic =
        found?.object.type === "U"
          ? found.object.statistics.find((one) => found.database.key(one.name) === found.database.key(name))
          : undefined;
      return statistic
        ? ({ isstatistics: 1, isautostatistics: bit(statistic.autoCreated), indexid: statistic.id }[property] ?? 0)
        : null;
    },
  },
  "INDEX_COL/3": {
    deterministic: false,
    resultType: always(NAME),
    evaluate: (values, types, _result, context) => {
      const session = sessionOf(context);
      const found = seen(findByName(str([values, types], 0)!, session), session);
      return (found && keyColumn(found, int([values, types], 1)!, int([values, types], 2)!)?.column.name) ?? null;
    },
  },
  "INDEXKEY_PROPERTY/4": {
    deterministic: false,
    resultType: always(INT),
    evaluate: (values, types, _result, context) => {
      const found = findById(int([values, types], 0)!, sessionOf(context));
      const key = found && keyColumn(found, int([values, types], 1)!, int([values, types], 2)!);
      return key
        ? ({ columnid: key.column.id, isdescending: bit(key.descending) }[propertyName(values[3]!, types[3]!)] ?? null)
        : null;
    },
  },
  "STATS_DATE/2": {
    deterministic: false,
    resultType: always({ name: "datetime" }),
    evaluate: (values, types, _result, context) => {
      const found = findById(int([values, types], 0)!, sessionOf(context));
      const id = int([values, types], 1);
      if (found?.object.type !== "U" || found.object.rows.size === 0) return null;
      return found.object.statistics.some((one) => one.id === id) ||
        found.object.indexes.some((one) => one.id === id && one.name !== null)
        ? found.object.modified
        : null;
    },
  },
  "FILE_ID/1": {
    deterministic: false,
    resultType: always({ name: "smallint" }),
    evaluate: (values, types, _result, context) => file([values, types], context)?.id ?? null,
  },
  "FILE_IDEX/1": {
    deterministic: false,
    resultType: always(INT),
    evaluate: (values, types, _result, context) => file([values, types], context)?.id ?? null,
  },
  "FILE_NAME/1": {
    deterministic: false,
    resultType: always(NAME),
    evaluate: (values, types, _result, context) =>
      sessionOf(context).database.files.get(int([values, types], 0)!)?.name ?? null,
  },
  "FILEPROPERTY/2": {
    deterministic: false,
    resultType: always(INT),
    evaluate: (values, types, _result, context) => {
      const one = file([values, types], context);
      if (!one) return null;
      // Nothing is ever written to the files; what a new one holds stands for it.
      return (
        {
          isreadonly: bit(one.readOnly),
          isprimaryfile: bit(one.id === 1),
          islogfile: bit(one.type === "LOG"),
          spaceused: Math.min(one.sizePages, one.type === "LOG" ? 64 : 320),
        }[propertyName(values[1]!, types[1]!)] ?? null
      );
    },
  },
  "FILEGROUP_ID/1": {
    deterministic: false,
    resultType: always(INT),
    evaluate: (values, types, _result, context) => filegroup([values, types], context)?.id ?? null,
  },
  "FILEGROUP_NAME/1": {
    deterministic: false,
    resultType: always(NAME),
    evaluate: (values, types, _result, context) => {
      const space = sessionOf(context).database.dataSpaces.get(int([values, types], 0)!);
      return space && space.type !== "PS" ? space.name : null;
    },
  },
  "FILEGROUPPROPERTY/2": {
    deterministic: false,
    resultType: always(INT),
    evaluate: (values, types, _result, context) => {
      const space = filegroup([values, types], context);
      return space
        ? ({ isreadonly: bit(space.readOnly), isuserdefinedfg: bit(space.id !== 1), isdefault: bit(space.isDefault) }[
            propertyName(values[1]!, types[1]!)
          ] ?? null)
        : null;
    },
  },
  "IDENT_SEED/1": {
    deterministic: false,
    resultType: always(IDENTITY),
    evaluate: (values, types, _result, context) => {
      const identity = identityOf(str([values, types], 0)!, context);
      return identity ? new Decimal(identity.seed, 0) : null;
    },
  },
  "IDENT_INCR/1": {
    deterministic: false,
    resultType: always(IDENTITY),
    evaluate: (values, types, _result, context) => {
      const identity = identityOf(str([values, types], 0)!, context);
      return identity ? new Decimal(identity.increment, 0) : null;
    },
  },
  "IDENT_CURRENT/1": {
    deterministic: false,
    resultType: always(IDENTITY),
    evaluate: (values, types, _result, context) => {
      const identity = identityOf(str([values, types], 0)!, context);
      return identity ? new Decimal(identity.last ?? identity.seed, 0) : null;
    },
  },
  "ASSEMBLYPROPERTY/2": { deterministic: false, resultType: always(SQL_VARIANT), evaluate: () => null },
  "PARSENAME/2": {
    resultType: always(NAME),
    evaluate: (values, types) => {
      const name = str([values, types], 0)!;
      const parts = parseName(name);
      const piece = int([values, types], 1)!;
      if (parts.length > 4 || piece < 1 || piece > 4 || parts.some((part) => part.length > 128)) return null;
      return parts[parts.length - piece] || null;
    },
  },
});
