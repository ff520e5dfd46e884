/** Assemblies and what is bound to them. Reference sheet "CLR assemblies" 11. */
import { demandServerState } from "./sessions";
import { SYSTEM_ASSEMBLY } from "../../clr/framework";
import { clrName } from "../../clr/identity";
import { imageOf } from "../../clr/registered";
import type { Row } from "../../session/runtime";
import type { Module } from "../../storage/model";
import type { Assembly } from "../../storage/model-clr";
import { bit, datetime, view, type Reader, type ViewDefinition } from "../view";
import { ofType } from "./objects";

const SYS_PRINCIPAL = 4;
const permissionSets = { SAFE: 1, EXTERNAL_ACCESS: 2, UNSAFE: 3 } as const;
/** The server's own assembly carries the server's version. */
const versions = { "2019": "15.0.0.0", "2022": "16.0.0.0", "2025": "17.0.0.0" } as const;

function* visible({ database, visible }: Reader): Iterable<Assembly> {
  for (const assembly of database.assemblies.values()) if (visible.assembly(assembly)) yield assembly;
}

function* assemblyRows(reader: Reader): Iterable<Row> {
  const { server } = reader;
  const { id, name, clrName: text } = SYSTEM_ASSEMBLY;
  const created = datetime(server.started);
  const ownName = text.replace(/version=[\d.]+/, `version=${versions[server.version]}`);
  yield [name, SYS_PRINCIPAL, id, ownName, permissionSets.UNSAFE, "UNSAFE_ACCESS", 1, created, created, 0];
  for (const assembly of visible(reader))
    yield [
      assembly.name,
      assembly.principalId,
      assembly.id,
      clrName(imageOf(assembly)),
      permissionSets[assembly.permissionSet],
      assembly.permissionSet === "EXTERNAL_ACCESS" ? "EXTERNAL_ACCESS" : `${assembly.permissionSet}_ACCESS`,
      bit(assembly.visible),
      datetime(assembly.created),
      datetime(assembly.modified),
      1,
    ];
}

function* fileRows(reader: Reader): Iterable<Row> {
  for (const { id, files } of visible(reader)) for (const file of files) yield [id, file.name, file.id, file.content];
}

function* referenceRows(reader: Reader): Iterable<Row> {
  for (const { id, referencedIds } of visible(reader)) for (const referenced of referencedIds) yield [id, referenced];
}

const isBound = (object: object): object is Module => "clr" in object && object.clr !== undefined && "parsed" in object;

function* moduleRows(reader: Reader): Iterable<Row> {
  for (const module of ofType(reader, isBound)) {
    const { assemblyId, className, method } = module.clr!;
    const nullInput = module.type === "FS" ? bit(module.nullOnNullInput) : null;
    yield [module.id, assemblyId, className, method, nullInput, module.executeAsPrincipalId];
  }
}

function* orderRows(reader: Reader): Iterable<Row> {
  for (const module of ofType(reader, isBound))
    for (const [i, { columnId, descending }] of (module.clr!.order ?? []).entries())
      yield [module.id, i + 1, columnId, bit(descending)];
}

function* trustedRows({ session, server }: Reader): Iterable<Row> {
  demandServerState(session, "SECURITY");
  for (const { hash, created, createdBy, description } of server.trustedAssemblies.values())
    yield [hash, created, createdBy, description];
}

export const clrViews: readonly ViewDefinition[] = [
  view(
    "assemblies",
    "system-catalog-views/sys-assemblies-transact-sql",
    `name sysname, principal_id int?, assembly_id int, clr_name nvarchar(4000)?, permission_set tinyint?, permission_set_desc desc?, is_visible bit, create_date datetime,
    modify_date datetime, is_user_defined bit?`,
    assemblyRows,
  ),
  view(
    "assembly_files",
    "system-catalog-views/sys-assembly-files-transact-sql",
    "assembly_id int, name nvarchar(260)?, file_id int, content varbinary(max)?",
    fileRows,
  ),
  view(
    "assembly_references",
    "system-catalog-views/sys-assembly-references-transact-sql",
    "assembly_id int, referenced_assembly_id int",
    referenceRows,
  ),
  view(
    "assembly_modules",
    "system-catalog-views/sys-assembly-modules-transact-sql",
    "object_id int, assembly_id int, assembly_class sysname?, assembly_method sysname?, null_on_null_input bit?, execute_as_principal_id int?",
    moduleRows,
  ),
  view(
    "trusted_assemblies",
    "system-catalog-views/sys-trusted-assemblies-transact-sql",
    "hash varbinary(8000)?, create_date datetime2(7), created_by nvarchar(128), description nvarchar(4000)?",
    trustedRows,
  ),
  view(
    "function_order_columns",
    "system-catalog-views/sys-function-order-columns-transact-sql",
    "object_id int, order_column_id int, column_id int, is_descending bit?",
    orderRows,
  ),
];
