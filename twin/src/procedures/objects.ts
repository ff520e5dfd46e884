/** Procedures about objects: sp_rename, sp_refreshsqlmodule, sp_helptext, sp_settriggerorder, role members. */
/* eslint-disable require-yield -- procedures are driven as generators */
import type { Name } from "../language/ast";
import { refreshModule } from "../ddl/module/define-module";
import { renameObject, type RenameKind } from "../ddl/rename";
import { holdCatalog } from "../ddl/locking";
import { isModule } from "../ddl/registry";
import { locate, shown } from "../ddl/naming";
import { alterRole } from "../ddl/security/roles";
import { sqlError } from "../session/messages";
import { parseName } from "../session/parse-name";
import type { Execution, Work } from "../session/runtime";
import type { Module } from "../storage/model";
import { defineProcedure, NAME, OBJECT_NAME, optional, required, text, varchar } from "./definition";

const KINDS: Record<string, RenameKind | undefined> = {
  OBJECT: "OBJECT",
  COLUMN: "COLUMN",
  INDEX: "INDEX",
  STATISTICS: "STATISTICS",
  USERDATATYPE: "USERDATATYPE",
  DATABASE: "DATABASE",
};

function nameOf(value: string): Name {
  return { parts: parseName(value), line: 1 };
}

defineProcedure(
  "sp_rename",
  [required("@objname", nvarchar1035()), required("@newname", NAME), optional("@objtype", varchar(13))],
  function* (args, execution) {
    const type = text(args, "@objtype");
    const kind = type === undefined ? undefined : KINDS[type.toUpperCase()];
    if (type !== undefined && !kind) throw sqlError(15249, [type]);
    const [name, newName] = [text(args, "@objname"), text(args, "@newname")];
    if (name === undefined || newName === undefined)
      throw sqlError(15223, [name === undefined ? "@objname" : "@newname"]);
    if (newName === "") throw sqlError(1038);
    yield* renameObject(kind, nameOf(name), newName, execution);
    if (kind !== "DATABASE") yield* holdCatalog(execution, execution.session.database);
    return 0;
  },
);

function nvarchar1035() {
  return { name: "nvarchar" as const, length: 1035 };
}

function moduleOf(
  value: string | undefined,
  types: readonly Module["type"][] | undefined,
  execution: Execution,
): Module {
  const name = nameOf(value ?? "");
  const found = locate(name, execution);
  if (!found || !isModule(found.object) || (types && !types.includes(found.object.type)))
    throw sqlError(15165, [shown(name)]);
  return found.object;
}

function* refresh(
  value: string | undefined,
  types: readonly Module["type"][] | undefined,
  execution: Execution,
): Work<number> {
  const module = moduleOf(value, types, execution);
  execution.session.demand("ALTER", {
    kind: "object",
    objectId: module.id,
    schemaId: module.schemaId,
    name: module.name,
  });
  refreshModule(module, execution.session.database, execution);
  yield* holdCatalog(execution, execution.session.database);
  return 0;
}

defineProcedure(
  "sp_refreshsqlmodule",
  [required("@name", OBJECT_NAME), optional("@namespace", NAME)],
  (args, execution) => refresh(text(args, "@name"), undefined, execution),
);
defineProcedure("sp_refreshview", [required("@viewname", OBJECT_NAME)], (args, execution) =>
  refresh(text(args, "@viewname"), ["V "], execution),
);

/** A line of text in pieces of at most 255 characters, with its line end. */
function pieces(definition: string): string[] {
  const lines = definition.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  return lines.flatMap((line) => line.match(/[\s\S]{1,255}/g) ?? []);
}

defineProcedure("sp_helptext", [required("@objname", OBJECT_NAME)], function* (args, execution) {
  const name = nameOf(text(args, "@objname") ?? "");
  const found = locate(name, execution);
  if (!found) throw sqlError(15009, [shown(name), execution.session.database.name]);
  if (!isModule(found.object)) throw sqlError(15197, [shown(name)]);
  const { definition } = found.object;
  if (definition === null) {
    execution.output.message(sqlError(15471, [shown(name)]));
    return 0;
  }
  execution.output.columns([{ name: "Text", type: { name: "nvarchar", length: 255 }, nullable: true }]);
  const lines = pieces(definition);
  for (const line of lines) yield Promise.resolve(execution.output.row([line]));
  execution.output.done?.({ count: lines.length, command: 0xc1, inProcedure: true, hasResult: true });
  return 0;
});

defineProcedure(
  "sp_settriggerorder",
  [
    required("@triggername", OBJECT_NAME),
    required("@order", varchar(10)),
    required("@stmttype", varchar(50)),
    optional("@namespace", varchar(10)),
  ],
  function* (args, execution) {
    const module = moduleOf(text(args, "@triggername"), ["TR"], execution);
    const order = ["First", "Last", "None"].find((one) => one.toLowerCase() === text(args, "@order")?.toLowerCase()) as
      "First" | "Last" | "None" | undefined;
    const event = text(args, "@stmttype")?.toUpperCase() ?? "";
    if (!order || !module.trigger || module.trigger.insteadOf || !module.trigger.events.includes(event))
      throw sqlError(15600, ["sp_settriggerorder"]);
    execution.session.demand("ALTER", {
      kind: "object",
      objectId: module.parentId,
      schemaId: module.schemaId,
      name: module.name,
    });
    execution.session.transaction.set(module.trigger, "order", { ...module.trigger.order, [event]: order });
    yield* holdCatalog(execution, execution.session.database);
    return 0;
  },
);

for (const [procedure, action] of [
  ["sp_addrolemember", "addMember"],
  ["sp_droprolemember", "dropMember"],
] as const)
  defineProcedure(procedure, [required("@rolename", NAME), required("@membername", NAME)], function* (args, execution) {
    alterRole(
      {
        kind: "alter-principal",
        what: "role",
        name: text(args, "@rolename") ?? "",
        options: [],
        [action]: text(args, "@membername") ?? "",
        line: 1,
      },
      execution,
    );
    return 0;
  });
