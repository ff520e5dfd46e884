/** The T-SQL of a bundle, one batch a statement. */
import type { Hazard, Statement } from "../../contract";
import { quoteName, quoteNames, quoteText } from "../../engine/quoting";
import { dataTimeoutSeconds, statement } from "../../engine/statement";
import type { IndexEntry } from "../../engine/snapshot/tables";
import type { ModuleSource } from "../../tsql/module-source";
import { functionKindOf, moduleName, type LiveModule } from "./live-module";
import { nounOf, type NamedModule } from "./module-index";
import type { SequenceOptions } from "./shape";

/** In-memory DDL is refused in a transaction (12331). */
function mayShareTransaction(module: ModuleSource): boolean {
  return !module.native && !(module.shape?.shape === "table-type" && module.shape.memoryOptimized);
}

function definition(database: string, verb: "create" | "alter", module: ModuleSource, batch: string): Statement {
  return statement(database, `${verb} ${nounOf(module)}`, batch, {
    inTransaction: mayShareTransaction(module),
    source: { file: module.file, line: module.line },
    settings: { ansiNulls: module.ansiNulls, quotedIdentifier: module.quotedIdentifier },
    object: { type: module.kind, name: moduleName(module) },
    idempotent: verb === "alter",
  });
}

export function createModule(database: string, module: ModuleSource): Statement {
  return definition(database, "create", module, module.text);
}

/** ALTER keeps permissions and the object's id; the server stores it as CREATE, so that the text is the same either way. */
export function alterModule(database: string, module: ModuleSource): Statement {
  const after = module.verb + "CREATE".length;
  return definition(database, "alter", module, `${module.text.slice(0, module.verb)}ALTER${module.text.slice(after)}`);
}

export function dropModule(database: string, live: LiveModule, hazards: readonly Hazard[]): Statement {
  const name = live.schema === "" ? `${quoteName(live.name)} ON DATABASE` : quoteNames(live.schema, live.name);
  return statement(database, `drop ${nounOf(live)}`, `DROP ${live.kind.toUpperCase()} ${name};`, {
    hazards,
    inTransaction: !live.object?.isNativelyCompiled && !live.type?.isMemoryOptimized,
    object: { type: live.kind, name: moduleName(live) },
  });
}

/**
 * A body without references in place of a schema-bound one, for the moment in which what it is bound to changes. Unlike a
 * drop it keeps the permissions, the extended properties and the object's id.
 */
export function releaseModule(database: string, live: LiveModule): Statement {
  const name = quoteNames(live.schema, live.name);
  return statement(database, `unbind ${nounOf(live)}`, releasedBody(live, name), {
    object: { type: live.kind, name: moduleName(live) },
  });
}

function releasedBody(live: LiveModule, name: string): string {
  if (live.kind === "view") return `ALTER VIEW ${name} AS SELECT 1 AS [unbound];`;
  switch (live.object && functionKindOf(live.object)) {
    case "inline":
      return `ALTER FUNCTION ${name}() RETURNS TABLE AS RETURN SELECT 1 AS [unbound];`;
    case "table":
      return `ALTER FUNCTION ${name}() RETURNS @unbound TABLE ([unbound] int) AS BEGIN RETURN; END;`;
    default:
      return `ALTER FUNCTION ${name}() RETURNS int AS BEGIN RETURN 0; END;`;
  }
}

export function enableTrigger(database: string, module: ModuleSource): Statement {
  const batch = module.parent
    ? `ENABLE TRIGGER ${quoteNames(module.schema, module.name)} ON ${quoteNames(module.parent.schema, module.parent.name)};`
    : `ENABLE TRIGGER ${quoteName(module.name)} ON DATABASE;`;
  return statement(database, `enable ${nounOf(module)}`, batch, {
    idempotent: true,
    object: { type: "trigger", name: moduleName(module) },
  });
}

/** Binds the definition that is stored again: to new columns under SELECT *, to a new type under an old name. */
export function refreshModule(database: string, module: NamedModule): Statement {
  const name = quoteText(quoteNames(module.schema, module.name));
  return statement(database, `refresh ${nounOf(module)}`, `EXEC sys.sp_refreshsqlmodule @name = ${name};`, {
    idempotent: true,
    object: { type: module.kind, name: moduleName(module) },
  });
}

export function permissionStatement(database: string, module: ModuleSource, batch: string): Statement {
  return statement(database, `permissions of ${nounOf(module)}`, batch, { idempotent: true });
}

/** Only what differs; ALTER SEQUENCE keeps the current value unless RESTART is written, which never is. */
export function alterSequence(
  database: string,
  module: ModuleSource,
  wanted: SequenceOptions,
  live: SequenceOptions,
): Statement {
  const parts: string[] = [];
  if (wanted.increment !== live.increment) parts.push(`INCREMENT BY ${wanted.increment}`);
  if (wanted.minimum !== live.minimum) parts.push(`MINVALUE ${wanted.minimum}`);
  if (wanted.maximum !== live.maximum) parts.push(`MAXVALUE ${wanted.maximum}`);
  if (wanted.cycles !== live.cycles) parts.push(wanted.cycles ? "CYCLE" : "NO CYCLE");
  if (wanted.cache !== live.cache)
    parts.push(wanted.cache === "none" ? "NO CACHE" : wanted.cache === "default" ? "CACHE" : `CACHE ${wanted.cache}`);
  const batch = `ALTER SEQUENCE ${quoteNames(module.schema, module.name)}\n    ${parts.join("\n    ")};`;
  return statement(database, `alter ${nounOf(module)}`, batch, {
    idempotent: true,
    source: { file: module.file, line: module.line },
    object: { type: "sequence", name: moduleName(module) },
  });
}

/** A type cannot be altered: the old one steps aside under another name until all users have moved over. */
export function renameType(database: string, live: LiveModule, newName: string): Statement {
  const name = quoteText(quoteNames(live.schema, live.name));
  const batch = `EXEC sys.sp_rename @objname = ${name}, @newname = ${quoteText(newName)}, @objtype = N'USERDATATYPE';`;
  return statement(database, `set aside type ${moduleName(live)}`, batch, {
    inTransaction: !live.type?.isMemoryOptimized,
  });
}

export function dropType(database: string, live: LiveModule, name: string): Statement {
  return statement(database, `drop type ${live.schema}.${name}`, `DROP TYPE ${quoteNames(live.schema, name)};`, {
    inTransaction: !live.type?.isMemoryOptimized,
  });
}

/** ALTER VIEW drops the indexes of a view; they are made again as they were. */
export function createViewIndex(database: string, module: ModuleSource, index: IndexEntry): Statement {
  const name = index.name ?? "";
  const keys = index.columns
    .filter((column) => !column.isIncluded)
    .map((column) => `${quoteName(column.name)}${column.isDescending ? " DESC" : ""}`);
  const included = index.columns.filter((column) => column.isIncluded).map((column) => quoteName(column.name));
  const options = [
    index.isPadded ? "PAD_INDEX = ON" : "",
    index.fillFactor > 0 ? `FILLFACTOR = ${index.fillFactor}` : "",
    index.ignoreDupKey ? "IGNORE_DUP_KEY = ON" : "",
    index.allowRowLocks ? "" : "ALLOW_ROW_LOCKS = OFF",
    index.allowPageLocks ? "" : "ALLOW_PAGE_LOCKS = OFF",
    index.compressionHigh === "ROW" || index.compressionHigh === "PAGE"
      ? `DATA_COMPRESSION = ${index.compressionHigh}`
      : "",
  ].filter((option) => option !== "");
  const lines = [
    `CREATE ${index.isUnique ? "UNIQUE " : ""}${index.type === 1 ? "CLUSTERED" : "NONCLUSTERED"} INDEX ${quoteName(name)}`,
    `    ON ${quoteNames(module.schema, module.name)} (${keys.join(", ")})`,
    ...(included.length > 0 ? [`    INCLUDE (${included.join(", ")})`] : []),
    ...(options.length > 0 ? [`    WITH (${options.join(", ")})`] : []),
    ...(index.dataSpace !== null && index.dataSpaceType?.trim() === "FG"
      ? [`    ON ${quoteName(index.dataSpace)}`]
      : []),
  ];
  return statement(database, `create index ${name} of ${nounOf(module)}`, `${lines.join("\n")};`, {
    timeoutSeconds: dataTimeoutSeconds,
    hazards: [
      {
        type: "index-build",
        object: `${moduleName(module)}.${name}`,
        detail: "ALTER VIEW drops the view's indexes; this one is built again over all its rows",
        rows: index.rows,
      },
    ],
  });
}
