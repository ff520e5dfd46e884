/**
 * From the files that are desired and the files that are there to statements: renames, growth in place, additions, removals.
 * Files never shrink and never move. https://learn.microsoft.com/sql/t-sql/statements/alter-database-transact-sql-file-and-filegroup-options
 */
import type { Hazard, ObjectName, PlanContext, Refusal, Statement } from "../contract";
import { quoteName, quoteText } from "../engine/quoting";
import { dataTimeoutSeconds, statement } from "../engine/statement";
import { alterDatabase } from "./alter-database";
import {
  fileSpecification,
  growthText,
  hasGrowth,
  hasMaximum,
  isContainer,
  longestPath,
  maximumText,
  megabytesOf,
  pages,
  placeOf,
  samePath,
  type DesiredFile,
  type FileContent,
  type LiveFile,
} from "./data-files";

interface FileQuestion {
  readonly database: string;
  /** The resource that the statements belong to. */
  readonly object: ObjectName;
  readonly content: FileContent;
  /** undefined for the log. */
  readonly filegroup: string | undefined;
  /** Input path of the list: "files". */
  readonly property: string;
  readonly desired: readonly DesiredFile[];
  readonly live: readonly LiveFile[];
  /** All other files of the database: a logical name exists once. */
  readonly elsewhere: readonly LiveFile[];
  /** The first data file and the first log file of a database: 5020 when removed. */
  readonly isFixed: (file: LiveFile) => boolean;
  /** What the filegroup holds, in words; with nothing in it a file can go without consent. */
  readonly contents: readonly string[];
  readonly context: PlanContext;
}

export interface FileAnswer {
  readonly statements: readonly Statement[];
  readonly refusals: readonly Refusal[];
  readonly notes: readonly string[];
}

interface Pair {
  readonly index: number;
  readonly desired: DesiredFile;
  readonly live: LiveFile | undefined;
}

export function planFiles(question: FileQuestion): FileAnswer {
  const pairs = pairUp(question);
  const undeclared = question.live.filter((file) => !pairs.some(({ live }) => live?.fileId === file.fileId));
  const steps = [
    ...pairs.map((pair) => (pair.live === undefined ? nothing : planRename(question, pair, pair.live))),
    ...pairs.map((pair) => (pair.live === undefined ? nothing : planChange(question, pair, pair.live))),
    ...pairs.map((pair) => (pair.live === undefined ? planAddition(question, pair) : nothing)),
    ...undeclared.map((file) => planRemoval(question, file, pairs.length === 0)),
  ];
  return {
    statements: steps.flatMap((step) => step.statements),
    refusals: steps.flatMap((step) => step.refusals),
    notes: [...new Set(steps.flatMap((step) => step.notes))],
  };
}

/** The path of each new file, or why it has none: for ADD FILE and for CREATE DATABASE. */
export function placeNewFile(
  question: Pick<FileQuestion, "database" | "content" | "property" | "context">,
  file: DesiredFile,
  index: number,
  isPrimary: boolean,
): { readonly path: string | undefined; readonly refusals: readonly Refusal[] } {
  const { context } = question;
  const property = `${question.property}[${index}].path`;
  if (context.capabilities.flavor === "managed-instance") {
    const reason = "Azure SQL Managed Instance chooses the place of each file; leave path out";
    return { path: undefined, refusals: file.path === undefined ? [] : [{ property, reason }] };
  }
  const path = placeOf(file, question.database, question.content, isPrimary, context.catalog.server.properties);
  if (path === undefined)
    return { path, refusals: [{ property, reason: "the server names no default folder; give a full path" }] };
  if (path.length > longestPath) {
    const reason = `the path would have ${path.length} characters, more than ${longestPath}; give a shorter path`;
    return { path, refusals: [{ property, reason }] };
  }
  return { path, refusals: [] };
}

/** The collation decides whether two names are one (1828); a name that is the same to the letter was refused before. */
export function repeatedNames(
  lists: readonly { readonly property: string; readonly files: readonly DesiredFile[] | undefined }[],
  { names }: PlanContext,
): Refusal[] {
  const seen = new Map<string, string>();
  return lists.flatMap(({ property, files }) =>
    (files ?? []).flatMap(({ name }, index) => {
      const first = seen.get(names.key(name));
      seen.set(names.key(name), first ?? name);
      if (first === undefined) return [];
      const reason = `"${name}" and "${first}" are one name in the collation of this database; a logical name is unique there`;
      return [{ property: `${property}[${index}].name`, reason }];
    }),
  );
}

const nothing: FileAnswer = { statements: [], refusals: [], notes: [] };

function refuse(property: string, reason: string): FileAnswer {
  return { statements: [], refusals: [{ property, reason }], notes: [] };
}

/** By name first: where both names exist, the rename was done before and the old name is another file. */
function pairUp({ desired, live, context }: FileQuestion): Pair[] {
  const find = (name: string): LiveFile | undefined => live.find((file) => context.names.equals(file.name, name));
  const taken = new Set(desired.flatMap((file) => find(file.name)?.fileId ?? []));
  return desired.map((file, index) => {
    const same = find(file.name);
    if (same !== undefined) return { index, desired: file, live: same };
    const earlier = file.renamedFrom === undefined ? undefined : find(file.renamedFrom);
    return { index, desired: file, live: earlier !== undefined && !taken.has(earlier.fileId) ? earlier : undefined };
  });
}

function planRename(question: FileQuestion, { desired }: Pair, live: LiveFile): FileAnswer {
  if (question.context.names.equals(desired.name, live.name)) return nothing;
  const rename = (from: string, to: string): string =>
    `MODIFY FILE (NAME = ${quoteText(from)}, NEWNAME = ${quoteText(to)})`;
  const done = alterDatabase(question, `rename file ${live.name} to ${desired.name}`, rename(live.name, desired.name), {
    reverse: `ALTER DATABASE ${quoteName(question.database)} ${rename(desired.name, live.name)};`,
  });
  return { ...nothing, statements: [done] };
}

/** One property a statement. A ceiling rises before the size and falls after it, because SQL Server checks each step (5040, 5103, 5169). */
function planChange(question: FileQuestion, { desired, index }: Pair, live: LiveFile): FileAnswer {
  const { content, context } = question;
  const at = (name: string): string => `${question.property}[${index}].${name}`;
  const refusals: Refusal[] = [];
  if (desired.path !== undefined && !samePath(desired.path, live.physicalName, context.capabilities.platform)) {
    refusals.push({
      property: at("path"),
      reason:
        `file "${live.name}" lies at ${live.physicalName}; to move it take the database OFFLINE, move the file in the operating system, ` +
        "run ALTER DATABASE ... MODIFY FILE with the new FILENAME, bring it ONLINE, and then change path",
    });
  }
  const isTooBig = desired.sizeMb !== undefined && live.sizePages > pages(desired.sizeMb);
  // A file that grows by itself is often bigger than declared; one that does not was declared bigger before.
  if (isTooBig && live.growth === 0) {
    refusals.push({
      property: at("sizeMb"),
      reason:
        `file "${live.name}" has ${megabytesOf(live.sizePages)} MB and never grows by itself; files are not shrunk: ` +
        `give sizeMb: ${megabytesOf(live.sizePages)}, or run DBCC SHRINKFILE yourself`,
    });
  }
  const maximum =
    desired.maxSizeMb !== undefined && !hasMaximum(live, desired.maxSizeMb, content) ? desired.maxSizeMb : undefined;
  if (typeof maximum === "number" && !isContainer(content) && pages(maximum) < live.sizePages) {
    refusals.push({
      property: at("maxSizeMb"),
      reason: `file "${live.name}" has ${megabytesOf(live.sizePages)} MB already; give at least that, or run DBCC SHRINKFILE yourself`,
    });
  }
  // A ceiling that was not declared stays, and the server refuses what goes past it (5040, 5169).
  if (desired.maxSizeMb === undefined && live.maxSizePages > 0) {
    const beyond = (amountMb: number): boolean => pages(amountMb) > live.maxSizePages;
    const reason = `is above the ceiling of file "${live.name}", ${megabytesOf(live.maxSizePages)} MB; give maxSizeMb too`;
    if (desired.sizeMb !== undefined && beyond(desired.sizeMb)) refusals.push({ property: at("sizeMb"), reason });
    if (desired.growth?.unit === "MB" && beyond(desired.growth.amount))
      refusals.push({ property: at("growthMb"), reason });
  }
  if (refusals.length > 0) return { ...nothing, refusals };

  const modify = (property: string): Statement =>
    alterDatabase(
      question,
      `change file ${desired.name}`,
      `MODIFY FILE (NAME = ${quoteText(desired.name)}, ${property})`,
      {
        timeoutSeconds: dataTimeoutSeconds,
      },
    );
  const size =
    desired.sizeMb !== undefined && live.sizePages < pages(desired.sizeMb)
      ? [modify(`SIZE = ${desired.sizeMb}MB`)]
      : [];
  const growth =
    desired.growth !== undefined && !hasGrowth(live, desired.growth) ? [modify(growthText(desired.growth))] : [];
  const ceiling = maximum === undefined ? [] : [modify(maximumText(maximum))];
  const falls = typeof maximum === "number" && (live.maxSizePages === -1 || pages(maximum) < live.maxSizePages);
  const statements = falls ? [...growth, ...size, ...ceiling] : [...ceiling, ...size, ...growth];
  if (statements.length > 0 && live.state !== "ONLINE") {
    return refuse(
      at("name"),
      `file "${live.name}" is ${live.state}; only a RESTORE brings it back, and until then nothing in it can change`,
    );
  }
  return { ...nothing, statements };
}

function planAddition(question: FileQuestion, { desired, index }: Pair): FileAnswer {
  const { content, context, filegroup } = question;
  const elsewhere = question.elsewhere.find((file) => context.names.equals(file.name, desired.name));
  if (elsewhere !== undefined) {
    return refuse(
      `${question.property}[${index}].name`,
      `the database has a file "${elsewhere.name}" in another filegroup, and a file never changes its filegroup; choose another name`,
    );
  }
  if (content === "log" && context.capabilities.flavor === "managed-instance") {
    return refuse(`${question.property}[${index}]`, "Azure SQL Managed Instance has one log file; declare only that");
  }
  const { path, refusals } = placeNewFile(question, desired, index, false);
  const target = filegroup === undefined ? "" : ` TO FILEGROUP ${quoteName(filegroup)}`;
  const clause = `ADD ${content === "log" ? "LOG " : ""}FILE ${fileSpecification(desired, path)}${target}`;
  const added = alterDatabase(question, `add file ${desired.name}`, clause, {
    timeoutSeconds: dataTimeoutSeconds,
    reverse: `ALTER DATABASE ${quoteName(question.database)} REMOVE FILE ${quoteName(desired.name)};`,
  });
  return { statements: [added], refusals, notes: [] };
}

const namedContents = 10;

/** A data file is emptied first: its pages move to the other files of the filegroup. A log file must be inactive (5042). */
function planRemoval(question: FileQuestion, file: LiveFile, isLast: boolean): FileAnswer {
  const { content, contents, database, filegroup, property } = question;
  if (question.isFixed(file)) {
    return refuse(
      property,
      `"${file.name}" is the first ${content === "log" ? "log" : "data"} file of the database and can never be removed; ` +
        "declare it, or say renamedFrom on the file that takes its name",
    );
  }
  if (content === "memory-optimized") {
    return refuse(
      property,
      `"${file.name}" is a memory-optimized container, and those stay for the life of the database; declare it`,
    );
  }
  const holds = contents.slice(0, namedContents).join(", ");
  if (isLast && contents.length > 0) {
    return refuse(
      property,
      `"${file.name}" is the last file of filegroup "${filegroup ?? ""}", which holds ${holds}; move them to another filegroup first`,
    );
  }
  const remove = alterDatabase(question, `remove file ${file.name}`, `REMOVE FILE ${quoteName(file.name)}`);
  const notes = nameReserved(question, file);
  if (content === "log") return { ...nothing, statements: [remove], notes };
  const rewritten: Hazard = {
    type: "table-rewrite",
    object: `${filegroup ?? ""}.${file.name}`,
    detail: `moves every page of the file to the other files of filegroup "${filegroup ?? ""}", which holds ${holds}`,
  };
  const empty = statement(
    database,
    `empty file ${file.name}`,
    `DBCC SHRINKFILE (${quoteText(file.name)}, EMPTYFILE) WITH NO_INFOMSGS;`,
    {
      inTransaction: false,
      idempotent: true,
      timeoutSeconds: dataTimeoutSeconds,
      object: question.object,
      hazards: contents.length > 0 ? [rewritten] : [],
    },
  );
  return { ...nothing, statements: [empty, remove], notes };
}

/** 1833 otherwise surprises whoever adds the file again. */
export function nameReserved(
  { context, content }: Pick<FileQuestion, "context" | "content">,
  file: LiveFile,
): string[] {
  const notes: string[] = [];
  if (context.catalog.databaseRow !== undefined && context.catalog.databaseRow.recoveryModel !== "SIMPLE") {
    notes.push(`After its removal the names of file "${file.name}" stay reserved until the next log backup.`);
  }
  if (content === "filestream") {
    notes.push(
      `Container "${file.name}" goes only when its garbage is collected: where the removal fails, back up the log and run sp_filestream_force_garbage_collection.`,
    );
  }
  return notes;
}
