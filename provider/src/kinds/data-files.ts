/**
 * Files of a filegroup or of the log, for the kinds Database and Filegroup: inputs, normal form, T-SQL, and inputs from live.
 * Sizes in the catalog are 8-KB pages. https://learn.microsoft.com/sql/t-sql/statements/alter-database-transact-sql-file-and-filegroup-options
 */
import { z } from "zod";
import type { Capabilities } from "../engine/capabilities";
import type { NameComparer } from "../engine/names";
import { quoteText } from "../engine/quoting";
import type { FileEntry } from "../engine/snapshot/database";
import type { ServerRow } from "../engine/snapshot/server";
import type { InputIssues } from "./input-issues";
import { nameInput } from "./name-input";

/** What a file holds decides which of its properties exist; the last two are folders. */
export type FileContent = "rows" | "log" | "filestream" | "memory-optimized";

const megabytes = z.number().int();
const largestMb = 16_777_216;

export const FileInputs = z.strictObject({
  name: nameInput("Logical name, unique in the database. A change needs renamedFrom."),
  renamedFrom: nameInput("Earlier logical name: the file is renamed, nothing is copied. Default none.").optional(),
  path: z
    .string()
    .min(1)
    .max(259)
    .regex(/^[^\0]*$/, "a path cannot hold the character U+0000")
    .optional()
    .describe(
      "Full path of the file, or of the folder of a FILESTREAM or memory-optimized container. Default: the server's own data or log folder. Cannot change.",
    ),
  sizeMb: megabytes
    .min(1)
    .max(largestMb)
    .optional()
    .describe(
      "Smallest size, MB, 1 to 16,777,216. A smaller file grows in place; a file never shrinks. Default: the server's.",
    ),
  growthMb: megabytes
    .min(0)
    .max(largestMb)
    .optional()
    .describe("Automatic growth by so many MB; 0 = none. Changes in place. Default: the server's, 64 MB."),
  growthPercent: megabytes
    .min(1)
    .max(100)
    .optional()
    .describe("Automatic growth by a percentage, 1 to 100, instead of growthMb. Changes in place."),
  maxSizeMb: z
    .union([z.literal("unlimited"), megabytes.min(1).max(largestMb)])
    .optional()
    .describe('Ceiling of automatic growth, MB, or "unlimited". Changes in place. Default: unlimited.'),
});
export type FileInputs = z.infer<typeof FileInputs>;

// ---- Normal form -----------------------------------------------------------------------------------------------------

interface Growth {
  readonly amount: number;
  readonly unit: "MB" | "%";
}

export interface DesiredFile {
  readonly name: string;
  readonly renamedFrom: string | undefined;
  readonly path: string | undefined;
  readonly sizeMb: number | undefined;
  readonly growth: Growth | undefined;
  readonly maxSizeMb: number | "unlimited" | undefined;
}

export function isContainer(content: FileContent): boolean {
  return content === "filestream" || content === "memory-optimized";
}

/** Adds an issue for each wrong property; `property` is the path of the list: "files". */
export function desiredFiles(
  files: readonly FileInputs[],
  content: FileContent,
  property: string,
  issues: InputIssues,
): DesiredFile[] {
  const seen = new Set<string>();
  const paths = new Set<string>();
  return files.map((file, index) => {
    const at = (name: string): string => `${property}[${index}].${name}`;
    if (seen.has(file.name))
      issues.add(at("name"), `file "${file.name}" is named twice; a logical name is unique in the database`);
    seen.add(file.name);
    if (file.renamedFrom === file.name) issues.add(at("renamedFrom"), "is the same as the name; leave it out");
    if (file.growthMb !== undefined && file.growthPercent !== undefined) {
      issues.add(at("growthPercent"), "give growthMb or growthPercent, not both");
    }
    if (file.sizeMb !== undefined && typeof file.maxSizeMb === "number" && file.maxSizeMb < file.sizeMb) {
      issues.add(at("maxSizeMb"), `is ${file.maxSizeMb} MB, below sizeMb (${file.sizeMb}); give at least sizeMb`);
    }
    if (file.growthMb !== undefined && typeof file.maxSizeMb === "number" && file.growthMb > file.maxSizeMb) {
      issues.add(
        at("growthMb"),
        `is ${file.growthMb} MB, above maxSizeMb (${file.maxSizeMb}); SQL Server refuses that (5169)`,
      );
    }
    if (content === "log" && typeof file.maxSizeMb === "number" && file.maxSizeMb > logCeilingMb) {
      issues.add(at("maxSizeMb"), "a log file ends at 2,097,152 MB (2 TB); give no more");
    }
    if (isContainer(content)) {
      for (const name of ["sizeMb", "growthMb", "growthPercent"] as const) {
        if (file[name] !== undefined) issues.add(at(name), `a ${content} container has no such property; leave it out`);
      }
    }
    if (content === "memory-optimized" && file.maxSizeMb !== undefined) {
      issues.add(
        at("maxSizeMb"),
        "a memory-optimized container that reaches its ceiling makes the database SUSPECT; leave it out",
      );
    }
    if (file.path !== undefined && !/^([A-Za-z]:[\\/]|[\\/])/.test(file.path)) {
      issues.add(at("path"), `"${file.path}" is not a full path; write it from the drive or from /`);
    }
    if (file.path !== undefined && paths.has(file.path))
      issues.add(at("path"), `"${file.path}" is given twice; each file has a place of its own`);
    paths.add(file.path ?? "");
    return {
      name: file.name,
      renamedFrom: file.renamedFrom,
      path: file.path,
      sizeMb: file.sizeMb,
      growth: growthOf(file),
      maxSizeMb: file.maxSizeMb,
    };
  });
}

function growthOf(file: FileInputs): Growth | undefined {
  if (file.growthPercent !== undefined) return { amount: file.growthPercent, unit: "%" };
  return file.growthMb === undefined ? undefined : { amount: file.growthMb, unit: "MB" };
}

// ---- Live ------------------------------------------------------------------------------------------------------------

/** What both catalog rows of a file have: sys.database_files and sys.master_files. */
export type LiveFile = Omit<FileEntry, "type">;

const pagesPerMb = 128;
const logCeilingMb = 2 * 1024 * 1024;

export function pages(sizeMb: number): number {
  return sizeMb * pagesPerMb;
}

/** Never less than the file has. */
export function megabytesOf(sizePages: number): number {
  return Math.ceil(sizePages / pagesPerMb);
}

export function hasGrowth(file: LiveFile, growth: Growth): boolean {
  if (growth.amount === 0) return file.growth === 0;
  return growth.unit === "%"
    ? file.isPercentGrowth && file.growth === growth.amount
    : !file.isPercentGrowth && file.growth === pages(growth.amount);
}

/** -1, and for a log also its ceiling of 2 TB, is what UNLIMITED reads back as. */
export function hasMaximum(file: LiveFile, maxSizeMb: number | "unlimited", content: FileContent): boolean {
  const unlimited = file.maxSizePages === -1 || (content === "log" && file.maxSizePages === pages(logCeilingMb));
  if (maxSizeMb === "unlimited") return unlimited;
  return file.maxSizePages === pages(maxSizeMb) || (content === "log" && maxSizeMb === logCeilingMb && unlimited);
}

/** Windows compares paths without case and takes both slashes; on Linux every letter counts. */
export function samePath(left: string, right: string, platform: Capabilities["platform"]): boolean {
  const canonical = (path: string): string => {
    const trimmed = path.replace(/[\\/]+$/, "");
    return platform === "windows" ? trimmed.replaceAll("/", "\\").toLowerCase() : trimmed;
  };
  return canonical(left) === canonical(right);
}

// ---- T-SQL -----------------------------------------------------------------------------------------------------------

export function growthText({ amount, unit }: Growth): string {
  return `FILEGROWTH = ${amount}${unit === "%" ? "%" : "MB"}`;
}

export function maximumText(maxSizeMb: number | "unlimited"): string {
  return `MAXSIZE = ${maxSizeMb === "unlimited" ? "UNLIMITED" : `${maxSizeMb}MB`}`;
}

/** `path` undefined = the server chooses the place (Managed Instance). */
export function fileSpecification(file: DesiredFile, path: string | undefined): string {
  return `(${[
    `NAME = ${quoteText(file.name)}`,
    ...(path === undefined ? [] : [`FILENAME = ${quoteText(path)}`]),
    ...(file.sizeMb === undefined ? [] : [`SIZE = ${file.sizeMb}MB`]),
    ...(file.maxSizeMb === undefined ? [] : [maximumText(file.maxSizeMb)]),
    ...(file.growth === undefined ? [] : [growthText(file.growth)]),
  ].join(", ")})`;
}

/**
 * Where a new file goes: its own path, else the server's folder with database and logical name, so that two databases with the same
 * logical names do not meet. undefined = the server knows no folder.
 */
export function placeOf(
  file: DesiredFile,
  database: string,
  content: FileContent,
  isPrimary: boolean,
  server: ServerRow,
): string | undefined {
  if (file.path !== undefined) return file.path;
  const folder = content === "log" ? server.logPath : server.dataPath;
  if (folder === null) return undefined;
  const base = file.name.startsWith(database) ? file.name : `${database}_${file.name}`;
  const extension = isContainer(content) ? "" : content === "log" ? ".ldf" : isPrimary ? ".mdf" : ".ndf";
  return `${folder}${base.replace(/[<>:"/\\|?*\p{Cc}]/gu, "_").replace(/[. ]+$/, "_")}${extension}`;
}

export const longestPath = 259;

// ---- Inputs from live ------------------------------------------------------------------------------------------------

/** Files as the server has them: only the properties that were given, and by name those that nobody declared. */
export function filesFromLive(
  live: readonly LiveFile[],
  old: readonly FileInputs[],
  content: FileContent,
  names: NameComparer,
  platform: Capabilities["platform"],
): FileInputs[] {
  const find = (name: string): LiveFile | undefined => live.find((file) => names.equals(file.name, name));
  const declared = old.flatMap((file) => {
    const found = find(file.name) ?? (file.renamedFrom === undefined ? undefined : find(file.renamedFrom));
    return found === undefined ? [] : [{ found, inputs: fileFromLive(found, file, content, names, platform) }];
  });
  const others = live.filter((file) => !declared.some(({ found }) => found.fileId === file.fileId));
  return [...declared.map(({ inputs }) => inputs), ...others.map(({ name }) => ({ name }))];
}

function fileFromLive(
  live: LiveFile,
  old: FileInputs,
  content: FileContent,
  names: NameComparer,
  platform: Capabilities["platform"],
): FileInputs {
  const inputs: FileInputs = { ...old };
  if (!names.equals(live.name, old.name)) {
    inputs.name = live.name;
    delete inputs.renamedFrom;
  }
  if (old.path !== undefined && !samePath(old.path, live.physicalName, platform)) inputs.path = live.physicalName;
  // sizeMb is a floor: a file that grew by itself is no drift.
  if (old.sizeMb !== undefined && live.sizePages < pages(old.sizeMb)) inputs.sizeMb = megabytesOf(live.sizePages);
  if (old.maxSizeMb !== undefined && !hasMaximum(live, old.maxSizeMb, content)) {
    inputs.maxSizeMb = hasMaximum(live, "unlimited", content) ? "unlimited" : megabytesOf(live.maxSizePages);
  }
  const growth = growthOf(old);
  if (growth !== undefined && !hasGrowth(live, growth)) {
    delete inputs.growthMb;
    delete inputs.growthPercent;
    if (live.isPercentGrowth && live.growth > 0) inputs.growthPercent = live.growth;
    else inputs.growthMb = megabytesOf(live.growth);
  }
  return inputs;
}
