/** Files of PRIMARY and of the log: their places when a database is made, their changes afterwards. */
import type { PlanContext, Refusal } from "../../contract";
import { placeNewFile, planFiles, repeatedNames, type FileAnswer } from "../data-file-plan";
import { fileSpecification, type DesiredFile } from "../data-files";
import type { DesiredDatabase } from "./inputs";
import { dataFilesOf, logFilesOf, owned, type LiveDatabase } from "./live";

interface PlacedFiles {
  readonly data: readonly string[];
  readonly log: readonly string[];
  readonly refusals: readonly Refusal[];
}

export function placeFiles(desired: DesiredDatabase, context: PlanContext): PlacedFiles {
  const refusals = namesRefusals(desired, context);
  const place = (files: readonly DesiredFile[] | undefined, content: "rows" | "log", property: string): string[] =>
    (files ?? []).map((file, index) => {
      const placed = placeNewFile({ database: desired.name, content, property, context }, file, index, index === 0);
      refusals.push(...placed.refusals);
      return fileSpecification(file, placed.path);
    });
  return { data: place(desired.files, "rows", "files"), log: place(desired.logFiles, "log", "logFiles"), refusals };
}

function namesRefusals({ files, logFiles }: DesiredDatabase, context: PlanContext): Refusal[] {
  const lists = [
    { property: "files", files },
    { property: "logFiles", files: logFiles },
  ];
  return repeatedNames(lists, context);
}

export function azureFileRefusals(
  { files, logFiles, queryStore }: DesiredDatabase,
  { capabilities }: PlanContext,
): Refusal[] {
  if (capabilities.flavor === "server") return [];
  const isDatabase = capabilities.flavor === "azure-sql-database";
  const reason = isDatabase
    ? "Azure SQL Database keeps files to itself; leave it out there"
    : "Azure SQL Managed Instance makes the files itself; leave it out until the database is there";
  const refusals = [
    ...(files === undefined ? [] : [{ property: "files", reason }]),
    ...(logFiles === undefined ? [] : [{ property: "logFiles", reason }]),
  ];
  if (isDatabase && queryStore?.mode === "OFF") {
    refusals.push({
      property: "queryStore",
      reason: "Azure SQL Database never switches Query Store off; give READ_ONLY or leave it out",
    });
  }
  return refusals;
}

export function planAllFiles(desired: DesiredDatabase, live: LiveDatabase, context: PlanContext): FileAnswer {
  const refusals = context.capabilities.flavor === "azure-sql-database" ? azureFileRefusals(desired, context) : [];
  const isAsked = desired.files !== undefined || desired.logFiles !== undefined;
  if (isAsked && live.files.length === 0 && refusals.length === 0) {
    const reason = "the login sees no files of this database; GRANT VIEW ANY DEFINITION to it";
    refusals.push({ property: desired.files === undefined ? "logFiles" : "files", reason });
  }
  refusals.push(...namesRefusals(desired, context));
  if (!isAsked || refusals.length > 0) return { statements: [], refusals, notes: [] };

  const data = dataFilesOf(live);
  const log = logFilesOf(live);
  const first = (files: readonly { readonly fileId: number }[]): number =>
    Math.min(...files.map((file) => file.fileId));
  const shared = { database: desired.name, object: owned(desired.name), context };
  const answers: FileAnswer[] = [];
  if (desired.files !== undefined) {
    answers.push(
      planFiles({
        ...shared,
        content: "rows",
        filegroup: "PRIMARY",
        property: "files",
        desired: desired.files,
        live: data,
        elsewhere: live.files.filter((file) => !data.includes(file)),
        isFixed: (file) => file.fileId === first(data),
        // Its system tables are never empty.
        contents: ["the system tables and whatever lies in PRIMARY"],
      }),
    );
  }
  if (desired.logFiles !== undefined) {
    answers.push(
      planFiles({
        ...shared,
        content: "log",
        filegroup: undefined,
        property: "logFiles",
        desired: desired.logFiles,
        live: log,
        elsewhere: live.files.filter((file) => !log.includes(file)),
        isFixed: (file) => file.fileId === first(log),
        contents: [],
      }),
    );
  }
  return {
    statements: answers.flatMap((answer) => answer.statements),
    refusals: answers.flatMap((answer) => answer.refusals),
    notes: answers.flatMap((answer) => answer.notes),
  };
}
