/** Rows of the database area: schemas, filegroups with files, what schema iac says about owners. */
import { z } from "zod";
import { bit, nullableText, text, repeated } from "./row";

export const SchemaRow = z.object({ schemaId: z.number(), name: text, owner: text });
export type SchemaRow = z.infer<typeof SchemaRow>;

/** One row per file, and one for each filegroup without files (file columns null). The log has no filegroup. */
export const FilegroupFileRow = z.object({
  dataSpaceId: z.number().nullable(),
  filegroupName: nullableText,
  /** FG rows, FD FILESTREAM, FX memory-optimized. */
  filegroupType: nullableText,
  isDefault: bit,
  isReadOnly: bit,
  isAutogrowAllFiles: bit,
  fileId: z.number().nullable(),
  fileName: nullableText,
  physicalName: nullableText,
  /** 0 rows, 1 log, 2 FILESTREAM or memory-optimized container. */
  fileType: z.number().nullable(),
  /** 8-KB pages. */
  sizePages: z.number().nullable(),
  /** Pages; -1 unlimited, 268435456 = the log's 2 TB. */
  maxSizePages: z.number().nullable(),
  /** Pages, or percent. */
  growth: z.number().nullable(),
  isPercentGrowth: bit,
  /** ONLINE, OFFLINE, DEFUNCT ... */
  fileState: nullableText,
});
export type FilegroupFileRow = z.infer<typeof FilegroupFileRow>;

export const OwnershipRow = z.object({
  objectType: repeated,
  objectName: text,
  owner: repeated,
  definitionHash: nullableText,
});
export type OwnershipRow = z.infer<typeof OwnershipRow>;

export interface FileEntry {
  readonly fileId: number;
  readonly name: string;
  readonly physicalName: string;
  readonly type: number;
  readonly sizePages: number;
  readonly maxSizePages: number;
  readonly growth: number;
  readonly isPercentGrowth: boolean;
  readonly state: string;
}
export interface FilegroupEntry {
  readonly dataSpaceId: number;
  readonly name: string;
  readonly type: string;
  readonly isDefault: boolean;
  readonly isReadOnly: boolean;
  readonly isAutogrowAllFiles: boolean;
  readonly files: readonly FileEntry[];
}

function fileEntry(row: FilegroupFileRow): FileEntry | undefined {
  if (row.fileId === null || row.fileName === null || row.physicalName === null) return undefined;
  return {
    fileId: row.fileId,
    name: row.fileName,
    physicalName: row.physicalName,
    type: row.fileType ?? 0,
    sizePages: row.sizePages ?? 0,
    maxSizePages: row.maxSizePages ?? 0,
    growth: row.growth ?? 0,
    isPercentGrowth: row.isPercentGrowth,
    state: row.fileState ?? "",
  };
}

export function groupFilegroups(rows: readonly FilegroupFileRow[]): {
  filegroups: FilegroupEntry[];
  logFiles: FileEntry[];
} {
  const filegroups = new Map<number, FilegroupEntry & { files: FileEntry[] }>();
  const logFiles: FileEntry[] = [];
  for (const row of rows) {
    const file = fileEntry(row);
    if (row.dataSpaceId === null || row.filegroupName === null) {
      if (file) logFiles.push(file);
      continue;
    }
    let entry = filegroups.get(row.dataSpaceId);
    if (!entry) {
      entry = {
        dataSpaceId: row.dataSpaceId,
        name: row.filegroupName,
        type: row.filegroupType ?? "FG",
        isDefault: row.isDefault,
        isReadOnly: row.isReadOnly,
        isAutogrowAllFiles: row.isAutogrowAllFiles,
        files: [],
      };
      filegroups.set(row.dataSpaceId, entry);
    }
    if (file) entry.files.push(file);
  }
  return { filegroups: [...filegroups.values()], logFiles };
}
