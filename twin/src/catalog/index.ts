/**
 * The catalog as the query compiler asks for it: views and table functions of schema sys, and INFORMATION_SCHEMA.
 * A name that the twin does not know is 208; a name of the product that it does not have is refused by name (49999).
 */
import { sqlError } from "../session/messages";
import type { CatalogFunction, CatalogPart, CatalogView } from "../session/runtime";
import { notImplemented } from "../session/sql-error";
import { tableFunctions, type FunctionDefinition } from "./functions";
import { registerSystemObjects } from "./system-objects";
import { build, plain, readerOf, type Version, type ViewDefinition } from "./view";
import { clrViews } from "./views/clr";
import { columnViews } from "./views/columns";
import { constraintViews } from "./views/constraints";
import { databaseViews } from "./views/databases";
import { endpointViews } from "./views/endpoints";
import { featureViews } from "./views/features";
import { hostViews } from "./views/host";
import { indexViews } from "./views/indexes";
import { informationSchemaViews } from "./views/information-schema";
import { routineViews } from "./views/information-schema-routines";
import { moduleViews } from "./views/modules";
import { objectViews } from "./views/objects";
import { securityViews } from "./views/security";
import { serverViews } from "./views/server";
import { serviceBrokerViews } from "./views/service-broker";
import { sessionViews } from "./views/sessions";
import { storageViews } from "./views/storage";
import { typeViews } from "./views/types";

export const viewDefinitions: readonly ViewDefinition[] = [
  ...objectViews,
  ...columnViews,
  ...constraintViews,
  ...indexViews,
  ...moduleViews,
  ...typeViews,
  ...databaseViews,
  ...storageViews,
  ...securityViews,
  ...sessionViews,
  ...hostViews,
  ...serverViews,
  ...serviceBrokerViews,
  ...endpointViews,
  ...clrViews,
  ...featureViews,
  ...informationSchemaViews,
  ...routineViews,
];

registerSystemObjects(viewDefinitions);

const byName = new Map(
  viewDefinitions.map((definition) => [
    `${definition.schema.toLowerCase()}.${definition.name.toLowerCase()}`,
    definition,
  ]),
);
const functionsByName = new Map(tableFunctions.map((definition) => [definition.name.toLowerCase(), definition]));

/** Names that the product has and the twin does not: their answer would be an invention. */
const refused =
  /^(sys(objects|columns|indexes|comments|types|users|logins|databases|files|altfiles|processes|depends|foreignkeys|indexkeys|members|messages|permissions|protects|references|constraints|configures|curconfigs|filegroups|servers|perfinfo|lockinfo)|system_(internals_\w+|sql_modules|parameters)|sql_dependencies|dm_\w+|time_zone_info|servers|endpoints|\w*_endpoints|availability_\w+|audits?|server_audits|\w*audit_\w+|column_(master|encryption)_\w+|asymmetric_keys|key_encryptions|openkeys|linked_logins|remote_logins|query_store_\w+|resource_\w+|workload_\w+|ledger_\w+|json_indexes|vector_indexes|selective_xml_\w+|spatial_index_\w+|xml_schema_\w+|fulltext_\w+|memory_optimized_\w+|server_(event|assembly|sql|trigger)\w*|events?|event_\w+|trigger_event_types|traces|trace_\w+|backup_devices|database_(audit|event|ledger|credentials|filestream)\w*|column_type_usages|parameter_type_usages|type_assembly_usages|sensitivity_classifications|external_\w+|message_type_xml_schema_collection_usages)$/i;

const parts = new Map<Version, CatalogPart>();

/** The catalog of one version of the server: columns that came later are not there. */
export function catalogOf(version: Version): CatalogPart {
  let part = parts.get(version);
  if (!part) parts.set(version, (part = makePart(version)));
  return part;
}

function makePart(version: Version): CatalogPart {
  const views = new Map<string, CatalogView>();
  return {
    view(schema, name) {
      const schemaKey = schema.toLowerCase();
      if (schemaKey !== "sys" && schemaKey !== "information_schema") return undefined;
      const key = `${schemaKey}.${name.toLowerCase()}`;
      const known = views.get(key);
      if (known) return known;
      const definition = byName.get(key);
      if (!definition) throw unknown(schema, name);
      const made = build(definition, version);
      views.set(key, made);
      return made;
    },
    tableFunction(schema, name) {
      if (schema.toLowerCase() !== "sys") return undefined;
      const definition = functionsByName.get(name.toLowerCase());
      if (!definition) throw unknown(schema, name);
      return buildFunction(definition, version);
    },
  };
}

function unknown(schema: string, name: string): Error {
  if (
    schema.toLowerCase() === "information_schema"
      ? /^(COLUMN_PRIVILEGES|TABLE_PRIVILEGES|VIEW_COLUMN_USAGE|ROUTINE_COLUMNS|DOMAIN_CONSTRAINTS)$/i.test(name)
      : refused.test(name)
  )
    return notImplemented(`${schema}.${name}`);
  return sqlError(208, [`${schema}.${name}`]);
}

function buildFunction(definition: FunctionDefinition, version: Version): CatalogFunction {
  const kept = definition.columns.flatMap((column, index) => (column.since <= version ? [index] : []));
  return {
    name: definition.name,
    columns: kept.map((index) => plain(definition.columns[index]!)),
    rows: function* (args, session, database) {
      if (args.length < definition.minimum || args.length > definition.maximum)
        throw sqlError(args.length < definition.minimum ? 313 : 8144, [`sys.${definition.name}`]);
      for (const row of definition.rows(args, readerOf(session, database)))
        yield kept.length === definition.columns.length ? row : kept.map((index) => row[index]!);
    },
  };
}
