/** OBJECTPROPERTY and OBJECTPROPERTYEX. https://learn.microsoft.com/sql/t-sql/functions/objectproperty-transact-sql */
import { childrenOf, isModule } from "../ddl/registry";
import { isDeterministicModule } from "../ddl/table/determinism";
import { ownerOf } from "../security/ownership";
import { notImplemented } from "../session/sql-error";
import type { Database, DbObject, Index, Module, Table } from "../storage/model";
import { Variant } from "../types/value";
import { type Found, type IntArguments, bit, findById, int, propertyName } from "./metadata-lookup";
import type { FunctionContext } from "./registry";
import { sessionOf } from "./session-context";

const isFunction = (object: DbObject): boolean => ["FN", "IF", "TF", "FS", "FT"].includes(object.type);
const isTrigger = (object: DbObject): object is Module => object.type === "TR" || object.type === "TA";

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
  execisinsteadoftrigger: ({ object }) => (isTrigger(object) ? bit(object.trigger?.insteadOf ?? false) : null),
  execisaftertrigger: ({ object }) => (isTrigger(object) ? bit(!(object.trigger?.insteadOf ?? false)) : null),
  execisinserttrigger: ({ object }) => triggerOn(object, "INSERT"),
  execisupdatetrigger: ({ object }) => triggerOn(object, "UPDATE"),
  execisdeletetrigger: ({ object }) => triggerOn(object, "DELETE"),
  execistriggerdisabled: ({ object }) => (isTrigger(object) ? bit(object.trigger?.disabled ?? false) : null),
  execisstartup: ({ object }) => (object.type === "P " ? 0 : null),
  isansinullson: ({ object }) =>
    object.type === "U" ? bit(object.usesAnsiNulls) : setting(object, (module) => module.usesAnsiNulls),
  isquotedidenton: ({ object }) => (object.type === "U" ? 1 : setting(object, (module) => module.usesQuotedIdentifier)),
  ischeckcnst: ({ object }) => bit(object.type === "C "),
  isconstraint: ({ object }) => bit(["C ", "D ", "F ", "PK", "UQ"].includes(object.type)),
  isdeterministic: ({ object, database }) => {
    if (object.type === "V ") throw notImplemented("OBJECTPROPERTY isdeterministic of a view");
    return isModule(object) && isFunction(object) ? bit(isDeterministicModule(object, database)) : null;
  },
  isdefault: () => 0,
  isdefaultcnst: ({ object }) => bit(object.type === "D "),
  isencrypted: ({ object }) => (isModule(object) ? bit(object.definition === null && !object.clr) : null),
  isexecuted: ({ object }) => bit(isModule(object)),
  isextendedproc: () => 0,
  isforeignkey: ({ object }) => bit(object.type === "F "),
  isinlinefunction: ({ object }) => bit(object.type === "IF"),
  ismsshipped: ({ object }) => bit(object.isMsShipped),
  isprimarykey: ({ object }) => bit(object.type === "PK"),
  isprocedure: ({ object }) => bit(object.type === "P " || object.type === "PC"),
  isqueue: ({ object }) => bit((object.type as string) === "SQ"),
  isreplproc: ({ object }) => (object.type === "P " ? 0 : null),
  isrule: () => 0,
  isscalarfunction: ({ object }) => bit(object.type === "FN" || object.type === "FS"),
  isschemabound: ({ object }) =>
    isModule(object) && (isFunction(object) || object.type === "V ") ? bit(object.schemaBound) : null,
  issystemtable: () => 0,
  issystemverified: ({ object }) => (isFunction(object) || object.type === "V " ? 0 : null),
  istable: ({ object }) => bit(object.type === "U"),
  istablefunction: ({ object }) => bit(["IF", "TF", "FT"].includes(object.type)),
  istrigger: ({ object }) => bit(isTrigger(object)),
  isuniquecnst: ({ object }) => bit(object.type === "UQ"),
  isusertable: ({ object }) => bit(object.type === "U"),
  isview: ({ object }) => bit(object.type === "V "),
  isindexed: ({ object }) => ("indexes" in object ? bit(object.indexes.some((index) => index.name !== null)) : null),
  ownerid: ({ object, database }) => ownerOf(database, object),
  schemaid: ({ object }) => object.schemaId,
  tabledeletetrigger: (found) => triggersOn(found, "DELETE"),
  tableinserttrigger: (found) => triggersOn(found, "INSERT"),
  tableupdatetrigger: (found) => triggersOn(found, "UPDATE"),
  tablehasaftertrigger: (found) => hasChild(found, (child) => isTrigger(child) && !child.trigger?.insteadOf),
  tablehasinserttrigger: (found) => hasChild(found, (child) => triggerOn(child, "INSERT") === 1),
  tablehasupdatetrigger: (found) => hasChild(found, (child) => triggerOn(child, "UPDATE") === 1),
  tablehasdeletetrigger: (found) => hasChild(found, (child) => triggerOn(child, "DELETE") === 1),
  tablehasinsteadoftrigger: (found) =>
    hasChild(found, (child) => isTrigger(child) && (child.trigger?.insteadOf ?? false)),
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
  tabletemporaltype: (found) =>
    ofTable(found, (table) => (table.versioning ? 2 : table.historyOf === undefined ? 0 : 1)),
};

function indexOfKey(object: Extract<DbObject, { type: "PK" | "UQ" }>, database: Database): Index | undefined {
  const table = database.objects.get(object.parentId);
  return table && "indexes" in table ? table.indexes.find((index) => index.id === object.indexId) : undefined;
}

function triggerOn(object: DbObject, event: string): number | null {
  return isTrigger(object) ? bit(object.trigger?.events.includes(event) ?? false) : null;
}

/** Id of the first trigger for an event. */
function triggersOn(found: Found, event: string): number | null {
  if (found.object.type !== "U") return null;
  for (const child of childrenOf(found.database, found.object.id)) if (triggerOn(child, event) === 1) return child.id;
  return 0;
}

/** Properties that only OBJECTPROPERTYEX has, with types of their own. */
export const extended: Readonly<Record<string, (found: Found) => Variant | null>> = {
  basetype: ({ object }) => new Variant({ name: "char", length: 2 }, object.type.padEnd(2)),
  cardinality: ({ object }) => (object.type === "U" ? new Variant({ name: "bigint" }, BigInt(object.rows.size)) : null),
  isprecise: () => null,
  systemdataaccess: () => null,
  userdataaccess: () => null,
};

export function objectProperty(args: IntArguments, context: FunctionContext): { found: Found; name: string } | null {
  const session = sessionOf(context);
  const id = int(args, 0)!;
  const found = findById(id, session);
  return found ? { found, name: propertyName(args[0][1]!, args[1][1]!) } : null;
}

/** A property that exists and that the twin cannot answer must not look like one that does not exist. */
export const unanswered = new Set([
  "execwithnativecompilation",
  "isprecise",
  "systemdataaccess",
  "userdataaccess",
  "tablehasvardecimalstorageformat",
  "tablefulltextitemcount",
]);

export function answerObjectProperty(args: IntArguments, context: FunctionContext): number | null {
  const known = objectProperty(args, context);
  if (!known) return null;
  if (unanswered.has(known.name)) throw notImplemented(`OBJECTPROPERTY ${known.name}`);
  return objectProperties[known.name]?.(known.found) ?? null;
}
