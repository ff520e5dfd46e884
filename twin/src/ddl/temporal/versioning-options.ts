/** SYSTEM_VERSIONING = ON (...) as read. Source: sql-docs, ALTER TABLE, SET (SYSTEM_VERSIONING ...). */
import type { Name, Option } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Versioning } from "../../storage/model";

export interface VersioningOptions {
  readonly on: boolean;
  readonly history?: { readonly schema: string; readonly name: string; readonly line: number };
  readonly checkConsistency: boolean;
  /** Undefined: nothing was said. */
  readonly retention?: NonNullable<Versioning["retention"]> | "infinite";
}

/** The option among others of a WITH or SET list; 13512 when it stands there twice. */
export function findVersioning(options: readonly Option[]): VersioningOptions | undefined {
  const found = options.filter((option) => isVersioning(option));
  if (found.length > 1) throw sqlError(13512);
  return found[0] && readVersioning(found[0]);
}

export function isVersioning(option: Option): boolean {
  return option.name.toUpperCase() === "SYSTEM_VERSIONING";
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const readers: Record<string, ((option: Option, into: Mutable<VersioningOptions>) => void) | undefined> = {
  HISTORY_TABLE: (option, into) => {
    into.history = twoPartName(option);
  },
  DATA_CONSISTENCY_CHECK: (option, into) => {
    const word = wordOf(option);
    if (word !== "ON" && word !== "OFF") throw sqlError(102, [word]);
    into.checkConsistency = word === "ON";
  },
  HISTORY_RETENTION_PERIOD: (option, into) => {
    into.retention = retentionOf(option);
  },
};

function readVersioning(option: Option): VersioningOptions {
  const { value } = option;
  if (value === "OFF") return { on: false, checkConsistency: true };
  if (value === "ON") return { on: true, checkConsistency: true };
  if (!Array.isArray(value) || value[0]?.name !== "ON") throw sqlError(102, [wordOf(option)]);
  const read: Mutable<VersioningOptions> = { on: true, checkConsistency: true };
  const seen = new Set<string>();
  for (const one of value.slice(1)) {
    const name = one.name.toUpperCase();
    const reader = readers[name];
    if (!reader || seen.has(name)) throw sqlError(102, [one.name]);
    seen.add(name);
    reader(one, read);
  }
  return read;
}

function wordOf(option: Option): string {
  return typeof option.value === "string" || typeof option.value === "number"
    ? String(option.value).toUpperCase()
    : option.name;
}

function twoPartName(option: Option): NonNullable<VersioningOptions["history"]> {
  const { value } = option;
  const name: Name | undefined = typeof value === "object" && !Array.isArray(value) ? value : undefined;
  if (!name) throw sqlError(13539, [String(value)]);
  const [schema, last] = name.parts;
  if (last?.startsWith("#")) throw sqlError(13567, [last]);
  if (name.parts.length !== 2 || !schema) throw sqlError(13539, [name.parts.join(".")]);
  return { schema, name: last!, line: name.line };
}

type Unit = NonNullable<Versioning["retention"]>["unit"];

/** How many of each make the 1,000 years that history may be kept. */
const most: Record<Unit, number> = { DAY: 365_000, WEEK: 52_000, MONTH: 12_000, YEAR: 1000 };

function retentionOf(option: Option): NonNullable<VersioningOptions["retention"]> {
  if (option.value === "INFINITE") return "infinite";
  if (typeof option.value !== "number") throw sqlError(102, [wordOf(option)]);
  if (option.value <= 0) throw sqlError(13743, [option.value]);
  if (option.unit === undefined) throw sqlError(102, [wordOf(option)]);
  const unit = option.unit.replace(/S$/, "") as Unit;
  if (!Object.hasOwn(most, unit)) throw sqlError(13744, [option.unit]);
  if (option.value > most[unit]) throw sqlError(13749, [option.value, option.unit]);
  return { length: option.value, unit };
}
