/** Plans of the kind Filegroup. */
import type { OwnedObject, Plan, PlanContext, Refusal, Statement } from "../../contract";
import type { Capabilities } from "../../engine/capabilities";
import { quoteName } from "../../engine/quoting";
import type { FilegroupEntry } from "../../engine/snapshot/database";
import { alterDatabase } from "../alter-database";
import { nameReserved, planFiles, repeatedNames, type FileAnswer } from "../data-file-plan";
import type { LiveFile } from "../data-files";
import {
  exclusiveHazard,
  exclusiveTimeout,
  needsAlone,
  sessionsNote,
  sessionsObservation,
  termination,
} from "../exclusive-access";
import { lostIdentity } from "../identity-change";
import { contentsOf, partitionSchemesOf } from "./contents";
import { exclusiveChanges, type ExclusiveChange } from "./exclusive-changes";
import { reservedNames, type Contents, type DesiredFilegroup } from "./inputs";
import { contentOf, losesFiles, type LiveFilegroup } from "./live";

// ---- Plan ------------------------------------------------------------------------------------------------------------

export function owned(name: string): OwnedObject {
  return { type: "filegroup", name };
}

export function plan(desired: DesiredFilegroup, live: LiveFilegroup | undefined, context: PlanContext): Plan {
  const refusals = live === undefined ? refusalsToCreate(desired, context) : refusalsToChange(desired, live);
  // Statements beside a refusal would only repeat what was refused.
  if (refusals.length > 0) return { statements: [], refusals, notes: [], owns: [owned(desired.name)] };

  const fileAnswer = planFilesOf(desired, live, context);
  const isReadOnly = live?.filegroup.isReadOnly ?? false;
  const first: Statement[] = [];
  if (live === undefined) first.push(addStatement(desired));
  else if (!context.names.equals(live.filegroup.name, desired.name))
    first.push(renameStatement(desired, live.filegroup.name));

  const exclusive = exclusiveChanges(desired, live?.filegroup);
  const becomesWritable = exclusive.filter((change) => change.clause === "READ_WRITE");
  const others = exclusive.filter((change) => change.clause !== "READ_WRITE");
  const middle = [...fileAnswer.statements, ...defaultStatements(desired, live?.filegroup)];
  const statements = [
    ...first,
    ...becomesWritable.map((change) => exclusiveStatement(desired, change)),
    ...middle,
    ...others.map((change) => exclusiveStatement(desired, change)),
  ];
  const stuck: Refusal[] =
    isReadOnly && becomesWritable.length === 0 && middle.length > 0
      ? [
          {
            property: "readOnly",
            reason: `filegroup "${desired.name}" is read-only; deploy once with readOnly: false, then set it again`,
          },
        ]
      : [];
  return {
    statements,
    refusals: [...fileAnswer.refusals, ...stuck],
    notes: [
      ...fileAnswer.notes,
      ...(exclusive.length > 0 && live !== undefined ? [sessionsNote(desired.database)] : []),
    ],
    observations: exclusive.length > 0 ? sessionsObservation(context, desired.database) : [],
    owns: [owned(desired.name)],
  };
}

function refusalsToCreate(desired: DesiredFilegroup, context: PlanContext): Refusal[] {
  const { capabilities, catalog } = context;
  const refusals: Refusal[] = [];
  const lost = lostIdentity(context, "filegroup", desired.name, "renamedFrom renames it");
  if (lost !== undefined) refusals.push(lost);
  if (capabilities.flavor === "azure-sql-database") {
    refusals.push({
      property: "",
      reason: "Azure SQL Database has no filegroups of its own; leave the resource out there",
    });
  }
  if (desired.contains === "filestream" && !capabilities.filestream) {
    refusals.push({ property: "contains", reason: noFilestream(capabilities) });
  }
  if (desired.contains === "memory-optimized") {
    const other = catalog.database.filegroups.find((filegroup) => filegroup.type === "FX");
    if (other !== undefined) {
      const reason = `the database has a memory-optimized filegroup, "${other.name}", and can have only one; use that (adopt: true)`;
      refusals.push({ property: "contains", reason });
    } else if (capabilities.flavor === "managed-instance") {
      const reason =
        "Azure SQL Managed Instance makes its memory-optimized filegroup itself; leave the resource out there";
      refusals.push({ property: "contains", reason });
    }
  }
  return refusals;
}

function noFilestream(capabilities: Capabilities): string {
  if (capabilities.flavor !== "server")
    return "Azure SQL has no FILESTREAM; keep the data in varbinary(max) or outside";
  if (capabilities.platform === "linux") return "SQL Server on Linux has no FILESTREAM; use a server on Windows";
  return (
    "FILESTREAM is off on this server: enable it in SQL Server Configuration Manager, then run " +
    "EXEC sp_configure 'filestream access level', 2; RECONFIGURE; and restart the service if SERVERPROPERTY('FilestreamEffectiveLevel') stays 0"
  );
}

function refusalsToChange(desired: DesiredFilegroup, { filegroup }: LiveFilegroup): Refusal[] {
  const refusals: Refusal[] = [];
  const holds = contentOf(filegroup);
  if (holds !== desired.contains) {
    refusals.push({
      property: "contains",
      reason: `filegroup "${filegroup.name}" holds ${holds} and never changes that; make another filegroup for ${desired.contains}`,
    });
  }
  if (desired.isDefault === false && filegroup.isDefault && holds === "filestream") {
    const reason = "FILESTREAM data needs a default filegroup: give another one isDefault: true instead";
    refusals.push({ property: "isDefault", reason });
  }
  return refusals;
}

function planFilesOf(desired: DesiredFilegroup, live: LiveFilegroup | undefined, context: PlanContext): FileAnswer {
  if (desired.files === undefined) return { statements: [], refusals: [], notes: [] };
  const repeated = repeatedNames([{ property: "files", files: desired.files }], context);
  if (repeated.length > 0) return { statements: [], refusals: repeated, notes: [] };
  const { database } = context.catalog;
  const id = live?.filegroup.dataSpaceId;
  const elsewhere: LiveFile[] = [
    ...database.filegroups.filter((filegroup) => filegroup.dataSpaceId !== id).flatMap((filegroup) => filegroup.files),
    ...database.logFiles,
  ];
  const removes = live !== undefined && losesFiles(desired, live);
  return planFiles({
    database: desired.database,
    object: owned(desired.name),
    content: desired.contains,
    filegroup: desired.name,
    property: "files",
    desired: desired.files,
    live: live?.filegroup.files ?? [],
    elsewhere,
    isFixed: () => false,
    contents: removes ? [...contentsOf(live.filegroup, context.catalog, false), ...partitionSchemesOf(context)] : [],
    context,
  });
}

const containsClause: Readonly<Record<Contents, string>> = {
  rows: "",
  filestream: " CONTAINS FILESTREAM",
  "memory-optimized": " CONTAINS MEMORY_OPTIMIZED_DATA",
};

function addStatement({ database, name, contains }: DesiredFilegroup): Statement {
  const clause = `ADD FILEGROUP ${quoteName(name)}${containsClause[contains]}`;
  const reverse = `ALTER DATABASE ${quoteName(database)} REMOVE FILEGROUP ${quoteName(name)};`;
  return alterDatabase(
    { database, object: owned(name) },
    `add filegroup ${name}`,
    clause,
    contains === "memory-optimized" ? {} : { reverse },
  );
}

function renameStatement({ database, name }: DesiredFilegroup, from: string): Statement {
  const clause = (old: string, now: string): string => `MODIFY FILEGROUP ${quoteName(old)} NAME = ${quoteName(now)}`;
  return alterDatabase({ database, object: owned(name) }, `rename filegroup ${from} to ${name}`, clause(from, name), {
    formerObject: owned(from),
    reverse: `ALTER DATABASE ${quoteName(database)} ${clause(name, from)};`,
  });
}

/** Saying DEFAULT of the default filegroup is an error (5045). */
function defaultStatements(
  { database, name, isDefault }: DesiredFilegroup,
  live: FilegroupEntry | undefined,
): Statement[] {
  const was = live?.isDefault ?? false;
  if (isDefault === undefined || isDefault === was) return [];
  const target = isDefault ? name : "PRIMARY";
  return [
    alterDatabase(
      { database, object: owned(name) },
      `make ${target} the default filegroup`,
      `MODIFY FILEGROUP ${quoteName(target)} DEFAULT`,
    ),
  ];
}

function exclusiveStatement(desired: DesiredFilegroup, { clause, reverse }: ExclusiveChange): Statement {
  const { database, name, disconnectAfterSeconds } = desired;
  const modify = (what: string): string =>
    `MODIFY FILEGROUP ${quoteName(name)} ${what}${termination(disconnectAfterSeconds)}`;
  return alterDatabase({ database, object: owned(name) }, `set filegroup ${name} ${clause}`, modify(clause), {
    hazards: [exclusiveHazard(database, clause, disconnectAfterSeconds)],
    timeoutSeconds: exclusiveTimeout(disconnectAfterSeconds),
    exclusive: needsAlone(database),
    reverse: `ALTER DATABASE ${quoteName(database)} ${modify(reverse)};`,
  });
}

// ---- Plan of the delete ----------------------------------------------------------------------------------------------

const namedContents = 10;

export function planDelete(live: LiveFilegroup, context: PlanContext): Plan {
  const { database, filegroup } = live;
  const { name } = filegroup;
  const refuse = (reason: string): Plan => ({
    statements: [],
    refusals: [{ property: "", reason }],
    notes: [],
    owns: [],
  });
  if (reservedNames.includes(name.toLowerCase())) return refuse("PRIMARY lives as long as its database");
  const contents = [...contentsOf(filegroup, context.catalog, true), ...partitionSchemesOf(context)];
  if (filegroup.type === "FX") {
    const how =
      context.capabilities.majorVersion >= 17
        ? "SQL Server 2025 can take it out by hand once nothing memory-optimized is left (ALTER DATABASE ... REMOVE FILE, sys.dm_db_xtp_undeploy_status)"
        : "only dropping the database takes it away";
    return refuse(
      `filegroup "${name}" is memory-optimized and stays: ${how}; set retainOnDelete: true to let go of it`,
    );
  }
  if (contents.length > 0) {
    const more = contents.length > namedContents ? ` and ${contents.length - namedContents} more` : "";
    return refuse(
      `filegroup "${name}" holds ${contents.slice(0, namedContents).join(", ")}${more}; move or drop them first (CREATE INDEX ... WITH (DROP_EXISTING = ON) ON another filegroup moves an index)`,
    );
  }
  const writable: ExclusiveChange[] = filegroup.isReadOnly ? [{ clause: "READ_WRITE", reverse: "READ_ONLY" }] : [];
  const fresh: DesiredFilegroup = {
    database,
    name,
    renamedFrom: undefined,
    contains: contentOf(filegroup),
    files: undefined,
    isDefault: filegroup.isDefault && filegroup.type === "FG" ? false : undefined,
    readOnly: undefined,
    autogrowAllFiles: undefined,
    disconnectAfterSeconds: undefined,
  };
  const files = filegroup.files.map((file) => ({
    notes: nameReserved({ context, content: contentOf(filegroup) }, file),
    statement: alterDatabase(
      { database, object: owned(name) },
      `remove file ${file.name}`,
      `REMOVE FILE ${quoteName(file.name)}`,
    ),
  }));
  return {
    statements: [
      ...writable.map((change) => exclusiveStatement(fresh, change)),
      ...defaultStatements(fresh, filegroup),
      ...files.map((file) => file.statement),
      alterDatabase(
        { database, object: owned(name) },
        `remove filegroup ${name}`,
        `REMOVE FILEGROUP ${quoteName(name)}`,
      ),
    ],
    refusals: [],
    notes: files.flatMap((file) => file.notes),
    owns: [],
  };
}
