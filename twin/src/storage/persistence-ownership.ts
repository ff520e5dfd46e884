/**
 * Which part of the stored model a changed record belongs to. The model is walked once; a part that is stored again is
 * walked again, so that nearly every change is found without a walk.
 */
import type { Database, SqlServer } from "./model";
import { isDerived } from "./persistence-encoding";

/** A property of a database or (database undefined) of the server; an entry of it when it is a map. */
export interface Owner {
  readonly database: Database | undefined;
  /** undefined: the database itself. */
  readonly field?: string;
  readonly key?: unknown;
}

/** What the start options decide, and what lives in parts of its own. */
const SERVER_FIXED: ReadonlySet<string> = new Set([
  "name",
  "platform",
  "version",
  "edition",
  "collation",
  "started",
  "dataPath",
  "logPath",
  "databases",
]);

export const isTemporary = (database: Database): boolean => database.id === 2;

export function storedFields(holder: SqlServer | Database): [string, unknown][] {
  return Object.entries(holder).filter(
    ([field, value]) => !isDerived(field, value) && !("databases" in holder && SERVER_FIXED.has(field)),
  );
}

/** none: no part of the model; it may share records with it. temporary: of tempdb. */
type NotStored = "none" | "temporary";

export class Ownership {
  private readonly owners = new WeakMap<object, Owner | NotStored>();

  constructor(private readonly server: SqlServer) {
    this.register();
  }

  of(target: object): Owner | undefined {
    const owner = this.owners.get(target);
    return typeof owner === "string" ? undefined : owner;
  }

  isKnown(target: object): boolean {
    return this.owners.has(target);
  }

  /** Belongs to nothing that is stored: a temporary table, a variable. */
  forget(target: object): void {
    this.owners.set(target, "none");
  }

  /** New entries of tempdb's maps are not stored either. */
  forgetEntries(map: Map<unknown, unknown>, keys: Iterable<unknown>): void {
    if (this.owners.get(map) !== "temporary") return;
    for (const key of keys) {
      const value = map.get(key);
      if (typeof value === "object" && value !== null) this.walk(value, "temporary");
    }
  }

  register(): void {
    this.fields(this.server, undefined);
    for (const database of this.server.databases.values()) this.database(database);
  }

  database(database: Database): void {
    this.owners.set(database, isTemporary(database) ? "temporary" : { database });
    this.fields(database, database);
  }

  field(holder: SqlServer | Database, database: Database | undefined, field: string): void {
    const value = (holder as unknown as Record<string, unknown>)[field];
    if (typeof value !== "object" || value === null) return;
    const owner: Owner = { database, field };
    if (!(value instanceof Map)) return this.walk(value, database && isTemporary(database) ? "temporary" : owner);
    this.owners.set(value, database && isTemporary(database) ? "temporary" : owner);
    for (const key of value.keys()) this.entry(value, owner, key);
  }

  entry(map: Map<unknown, unknown>, { database, field }: Owner, key: unknown): void {
    const value = map.get(key);
    if (typeof value === "object" && value !== null)
      this.walk(value, database && isTemporary(database) ? "temporary" : { database, field: field!, key });
  }

  private fields(holder: SqlServer | Database, database: Database | undefined): void {
    for (const [field] of storedFields(holder)) this.field(holder, database, field);
  }

  private walk(value: object, owner: Owner | NotStored): void {
    if (ArrayBuffer.isView(value)) return;
    this.owners.set(value, owner);
    const items =
      value instanceof Map || value instanceof Set || Array.isArray(value) ? value.values() : children(value);
    for (const item of items) if (typeof item === "object" && item !== null) this.walk(item as object, owner);
  }
}

/** Syntax trees are replaced, never changed: there is no need to walk them. */
const IMMUTABLE: ReadonlySet<string> = new Set(["parsed", "expression", "type", "collation"]);

function* children(value: object): Generator {
  for (const [key, item] of Object.entries(value)) if (!isDerived(key, item) && !IMMUTABLE.has(key)) yield item;
}
