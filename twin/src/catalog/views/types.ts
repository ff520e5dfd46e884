/** Types. Reference sheet "tables and indexes" 1.2 and 7. */
import { SYSTEM_ASSEMBLY } from "../../clr/framework";
import { clrName } from "../../clr/identity";
import { imageOf } from "../../clr/registered";
import type { UserType } from "../../storage/model";
import type { Row } from "../../session/runtime";
import type { SqlValue } from "../../types/value";
import { isCharacter } from "../../types/format-type";
import { systemTypes, typeFacts } from "../system-types";
import { bit, view, type Reader, type ViewDefinition } from "../view";

const SYS = 4;
const CLR = new Set(["hierarchyid", "geometry", "geography"]);

const TYPE_COLUMNS = `name sysname, system_type_id tinyint, user_type_id int, schema_id int, principal_id int?, max_length smallint, precision tinyint, scale tinyint,
  collation_name sysname?, is_nullable bit?, is_user_defined bit, is_assembly_type bit, default_object_id int, rule_object_id int, is_table_type bit`;

function userTypeRow(type: UserType, collation: string): SqlValue[] {
  const table = type.tableObjectId !== undefined;
  const facts = typeFacts(type.base);
  return [
    type.name,
    facts.systemTypeId,
    type.id,
    type.schemaId,
    type.principalId,
    facts.maxLength,
    facts.precision,
    facts.scale,
    isCharacter(type.base) ? (type.base.collation ?? collation) : null,
    bit(type.nullable),
    1,
    bit(type.clr !== undefined),
    0,
    0,
    bit(table),
  ];
}

function* systemTypeRows({ server, database }: Reader): Iterable<Row> {
  const collation = database.collation.name;
  for (const [name, type] of systemTypes) {
    if (type.since2025 && server.version < "2025") continue;
    const text = isCharacter({ name }) ? collation : null;
    yield [
      name,
      type.systemTypeId,
      type.userTypeId,
      SYS,
      null,
      type.maxLength,
      type.precision,
      type.scale,
      text,
      bit(name !== "timestamp"),
      0,
      bit(CLR.has(name)),
      0,
      0,
      0,
    ];
  }
  yield ["sysname", 231, 256, SYS, null, 256, 0, 0, collation, 0, 0, 0, 0, 0, 0];
}

const serversOwn: Readonly<Record<string, string>> = {
  hierarchyid: "SqlHierarchyId",
  geometry: "SqlGeometry",
  geography: "SqlGeography",
};

function* assemblyTypeRows(reader: Reader): Iterable<Row> {
  const { database } = reader;
  for (const row of systemTypeRows(reader)) {
    const own = serversOwn[row[0] as string];
    if (own === undefined) continue;
    const className = `${SYSTEM_ASSEMBLY.name}.${own}`;
    yield [
      ...row,
      SYSTEM_ASSEMBLY.id,
      className,
      bit(own === "SqlHierarchyId"),
      0,
      null,
      `${className}, ${SYSTEM_ASSEMBLY.name}`,
    ];
  }
  for (const type of database.types.values()) {
    const assembly = type.clr && database.assemblies.get(type.clr.assemblyId);
    if (!assembly || !reader.visible.type(type)) continue;
    const { className, isByteOrdered, isFixedLength } = type.clr!;
    yield [
      ...userTypeRow(type, database.collation.name),
      assembly.id,
      className,
      bit(isByteOrdered),
      bit(isFixedLength),
      null,
      `${className}, ${clrName(imageOf(assembly))}`,
    ];
  }
}

export const typeViews: readonly ViewDefinition[] = [
  view("types", "system-catalog-views/sys-types-transact-sql", TYPE_COLUMNS, function* (reader) {
    yield* systemTypeRows(reader);
    for (const type of reader.database.types.values())
      if (reader.visible.type(type)) yield userTypeRow(type, reader.database.collation.name);
  }),
  view(
    "table_types",
    "system-catalog-views/sys-table-types-transact-sql",
    `${TYPE_COLUMNS}, type_table_object_id int, is_memory_optimized bit?`,
    function* ({ database, visible }) {
      for (const type of database.types.values()) {
        const object = type.tableObjectId === undefined ? undefined : database.objects.get(type.tableObjectId);
        if (object?.type === "TT" && visible.type(type))
          yield [...userTypeRow(type, database.collation.name), object.id, bit(object.memoryOptimized)];
      }
    },
  ),
  view(
    "assembly_types",
    "system-catalog-views/sys-assembly-types-transact-sql",
    `${TYPE_COLUMNS}, assembly_id int, assembly_class sysname?, is_binary_ordered bit?, is_fixed_length bit?, prog_id nvarchar(40)?, assembly_qualified_name nvarchar(4000)?`,
    assemblyTypeRows,
  ),
];
