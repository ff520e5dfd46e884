/** (NAME = , FILENAME = , SIZE = ...) of CREATE and ALTER DATABASE. Rules: reference sheet "databases" 1.1 and 2.3. */
import type { FileSpecification, Option } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { SqlServer, Database, DatabaseFile } from "../../storage/model";

const kilobytes: Record<string, number> = { KB: 1, MB: 1024, GB: 1024 ** 2, TB: 1024 ** 3 };
const maximumPages = 2147483647;
export const logCapPages = 268435456;

/** Pages of 8 KB, rounded up to an extent of 64 KB. */
export function sizeInPages(option: Option): number {
  const amount = Number(option.value);
  if (!Number.isInteger(amount) || amount < 0) throw sqlError(102, [String(option.value)]);
  const factor = kilobytes[option.unit ?? "MB"];
  if (factor === undefined) throw sqlError(102, [option.unit ?? ""]);
  const pages = Math.ceil((amount * factor) / 64) * 8;
  if (pages > maximumPages) throw sqlError(1842);
  return pages;
}

export function growthOf(option: Option): { growth: number; isPercentGrowth: boolean } {
  if (option.unit === "%" || option.unit === "PERCENT") return { growth: Number(option.value), isPercentGrowth: true };
  return { growth: sizeInPages(option), isPercentGrowth: false };
}

export function maxSizeInPages(option: Option, log: boolean): number {
  if (String(option.value).toUpperCase() === "UNLIMITED") return log ? logCapPages : -1;
  return sizeInPages(option);
}

/** 5105 for a path that is not a full one, 5133 for one of the other platform, 5170 for one that is in use. */
export function requirePath(path: string, server: SqlServer): void {
  const windows = /^[A-Za-z]:\\/.test(path) || path.startsWith("\\\\");
  const linux = path.startsWith("/");
  if (!windows && !linux) throw sqlError(5105, [path]);
  if (windows !== (server.platform === "windows"))
    throw sqlError(5133, [
      path,
      server.platform === "windows"
        ? "3(The system cannot find the path specified.)"
        : "2(The system cannot find the file specified.)",
    ]);
  const same = (a: string): boolean =>
    server.platform === "windows" ? a.toLowerCase() === path.toLowerCase() : a === path;
  for (const database of server.databases.values())
    for (const file of database.files.values()) if (same(file.physicalName)) throw sqlError(5170, [path]);
}

export interface FileDefaults {
  readonly type: DatabaseFile["type"];
  readonly dataSpaceId: number;
  readonly name: string;
  readonly path: string;
}

const eightMegabytes = 1024;
const sixtyFourMegabytes = 8192;

export function makeFile(
  id: number,
  specification: FileSpecification,
  defaults: FileDefaults,
  server: SqlServer,
  others: Iterable<DatabaseFile>,
): DatabaseFile {
  const name = specification.name ?? defaults.name;
  const key = server.key(name);
  for (const other of others) if (server.key(other.name) === key) throw sqlError(1828, [name]);
  if (specification.name !== undefined && specification.filename === undefined) throw sqlError(1036, ["FILENAME"]);
  const physicalName = specification.filename ?? defaults.path;
  requirePath(physicalName, server);
  if (defaults.type === "FILESTREAM") {
    if (specification.size || specification.growth) throw sqlError(5509, [name]);
    return {
      id,
      type: "FILESTREAM",
      name,
      physicalName,
      dataSpaceId: defaults.dataSpaceId,
      sizePages: 0,
      maxSizePages: specification.maxSize ? maxSizeInPages(specification.maxSize, false) : -1,
      growth: 0,
      isPercentGrowth: false,
      readOnly: false,
      state: "ONLINE",
    };
  }
  const log = defaults.type === "LOG";
  const sizePages = specification.size ? sizeInPages(specification.size) : eightMegabytes;
  if (sizePages < 64) throw sqlError(5174);
  const maxSizePages = specification.maxSize ? maxSizeInPages(specification.maxSize, log) : log ? logCapPages : -1;
  if (maxSizePages !== -1 && maxSizePages < sizePages) throw sqlError(5103, [name]);
  const growth = specification.growth
    ? growthOf(specification.growth)
    : { growth: sixtyFourMegabytes, isPercentGrowth: false };
  if (!growth.isPercentGrowth && maxSizePages !== -1 && growth.growth > maxSizePages) throw sqlError(5169, [name]);
  return {
    id,
    type: defaults.type,
    name,
    physicalName,
    dataSpaceId: defaults.dataSpaceId,
    sizePages,
    maxSizePages,
    ...growth,
    readOnly: false,
    state: "ONLINE",
  };
}

export function nextFileId(database: Pick<Database, "files">): number {
  let id = 2;
  for (const key of database.files.keys()) id = Math.max(id, key);
  return id + 1;
}

export function findFile(database: Database, name: string): DatabaseFile | undefined {
  const key = database.key(name);
  for (const file of database.files.values()) if (database.key(file.name) === key) return file;
  return undefined;
}
