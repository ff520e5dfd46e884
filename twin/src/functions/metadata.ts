/** Names, ids and properties of objects, types, columns, files. https://learn.microsoft.com/sql/t-sql/functions/metadata-functions-transact-sql */
import { systemObjectById } from "../catalog/system-objects";
import { typeFacts } from "../catalog/system-types";
import { Visibility } from "../catalog/visibility";
import { schemaOf } from "../ddl/naming";
import { findColumn } from "../ddl/registry";
import { parseName } from "../session/parse-name";
import type { Column } from "../storage/model";
import { INT, SQL_VARIANT, nvarchar } from "../types/format-type";
import type { SqlType } from "../types/sql-type";
import { Decimal, Variant } from "../types/value";
import { assemblyProperty } from "./assembly-property";
import { always, defineFamily } from "./arguments";
import { columnProperty, indexNamed, indexProperties, keyColumn } from "./column-properties";
import {
  type IntArguments,
  SYS,
  bit,
  columnsOf,
  databaseById,
  findById,
  findByName,
  int,
  objectId,
  propertyName,
  seen,
  str,
  typeByName,
  typeName,
} from "./metadata-lookup";
import { answerObjectProperty, extended, objectProperty, unanswered } from "./object-properties";
import type { FunctionContext } from "./registry";
import { sessionOf } from "./session-context";

const SOURCE = "https://learn.microsoft.com/sql/t-sql/functions/metadata-functions-transact-sql";
const NAME = nvarchar(128);

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
  "ASSEMBLYPROPERTY/2": {
    deterministic: false,
    resultType: always(SQL_VARIANT),
    evaluate: (values, types, _result, context) =>
      assemblyProperty(str([values, types], 0)!, str([values, types], 1)!, sessionOf(context)),
  },
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
