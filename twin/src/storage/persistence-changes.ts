/** What a transaction changed, as units: each part of the model once, however often it was touched. */
import type { Database, DbObject, SqlServer, Table } from "./model";
import { encodeValue } from "./persistence-encoding";
import { isTemporary, storedFields, type Owner, type Ownership } from "./persistence-ownership";
import { holderUnits, scalars, storedTables, tableRows, type Unit } from "./persistence-units";
import type { Changes } from "./transaction";

/** Row changes are told apart from changes of the table's definition by these properties. */
const ROW_PROPERTIES: ReadonlySet<unknown> = new Set(["rows", "nextRowId"]);

const wholeTable = (database: Database, table: Table): unknown[] => [database.id, table.id, "rows"];

const isTable = (target: object): target is Table =>
  "rows" in target && target.rows instanceof Map && "nextRowId" in target;

/** Turns the changes of one transaction into units. */
export class Collector {
  private readonly units: Unit[] = [];
  private readonly done = new Set<string>();
  private readonly databases = new Set<Database>();
  private walked = false;
  private touchesServer = false;

  constructor(
    private readonly server: SqlServer,
    private readonly ownership: Ownership,
    private readonly added: (object: DbObject, database: Database) => void,
  ) {}

  collect(changes: Changes): Unit[] {
    const databases = changes.touched.get(this.server.databases);
    if (databases) this.databasesChanged();
    // Maps of the model first: new objects become known by them.
    const later: [object, Set<unknown>][] = [];
    for (const [target, keys] of changes.touched) {
      const owner = target instanceof Map ? this.ownership.of(target) : undefined;
      if (owner?.field !== undefined && owner.key === undefined) for (const key of keys) this.entry(owner, key);
      else if (target instanceof Map && this.ownership.isKnown(target) && !owner)
        this.ownership.forgetEntries(target, keys);
      else if (target !== this.server.databases) later.push([target, keys]);
    }
    for (const [target, keys] of later) this.record(target, keys);
    for (const [table, rowIds] of changes.rows) this.rows(table as Table, rowIds);
    if (this.units.length === 0) return [];
    for (const database of this.databases)
      this.units.push({ kind: "fields", database: database.id, fields: scalars(database) });
    this.units.push({ kind: "fields", database: 0, fields: scalars(this.server) });
    return this.units;
  }

  /** Created, renamed or dropped; the list says which exist, and each is small when it is new. */
  private databasesChanged(): void {
    const known = new Set([...this.server.databases.values()]);
    for (const database of known) {
      if (isTemporary(database) || this.ownership.isKnown(database)) {
        if (!isTemporary(database)) this.databases.add(database);
        continue;
      }
      this.ownership.database(database);
      for (const object of database.objects.values()) this.added(object, database);
      this.units.push(...holderUnits(database, database.id));
      this.done.add(`${database.id} all`);
    }
    this.units.push({
      kind: "entry",
      database: 0,
      field: "databases",
      key: "",
      value: [...known].map((database) => database.id),
    });
  }

  private record(target: object, keys: Set<unknown>): void {
    if (target === this.server) return this.serverFields(keys);
    if (!this.known(target)) return;
    const owner = this.ownership.of(target);
    if (!owner) return;
    if (owner.field === undefined) for (const key of keys) this.field(owner.database, String(key));
    else if (owner.key === undefined) this.field(owner.database, owner.field);
    else if (owner.field === "objects" && isTable(target)) this.table(target, owner, keys);
    else this.entry(owner, owner.key);
  }

  private serverFields(keys: Set<unknown>): void {
    for (const key of keys) this.field(undefined, String(key));
  }

  /** Finds out by one walk over the model where an unknown record belongs. */
  private known(target: object): boolean {
    if (this.ownership.isKnown(target)) return true;
    if (!this.walked) this.ownership.register();
    this.walked = true;
    if (this.ownership.isKnown(target)) return true;
    this.ownership.forget(target);
    return false;
  }

  private table(table: Table, owner: Owner, keys: Set<unknown>): void {
    if ([...keys].some((key) => !ROW_PROPERTIES.has(key)) || keys.size === 0) this.entry(owner, owner.key);
    if (keys.has("rows")) this.allRows(table, owner.database!);
  }

  private once(...parts: unknown[]): boolean {
    const text = parts.map((part) => `${typeof part} ${String(part)}`).join("\n");
    if (this.done.has(text)) return false;
    this.done.add(text);
    return true;
  }

  private covers(database: Database | undefined): boolean {
    if (!database) return false;
    this.databases.add(database);
    // A database that is gone from the list needs no more records.
    return this.done.has(`${database.id} all`) || ![...this.server.databases.values()].includes(database);
  }

  private entry(owner: Owner, key: unknown): void {
    const { database, field } = owner;
    if (this.covers(database) || !this.once(database?.id ?? 0, field, key)) return;
    const map = (database ?? this.server)[field as never] as Map<unknown, unknown>;
    const id = database?.id ?? 0;
    if (!map.has(key)) return void this.units.push({ kind: "entry", database: id, field: field!, key });
    const value = map.get(key);
    this.ownership.entry(map, owner, key);
    this.units.push({ kind: "entry", database: id, field: field!, key, value: encodeValue(value) });
    if (field !== "objects") return;
    const object = value as DbObject;
    this.added(object, database!);
    if (object.type === "U" && this.fresh(object)) this.allRows(object, database!);
  }

  /** A table that came with its rows: nothing of it was stored before. */
  private fresh(table: Table): boolean {
    if (storedTables.has(table)) return false;
    storedTables.add(table);
    return true;
  }

  private field(database: Database | undefined, field: string): void {
    if (this.covers(database) || !this.once(database?.id ?? 0, field)) return;
    const holder = database ?? this.server;
    const stored = storedFields(holder).find(([name]) => name === field);
    if (!stored) return;
    this.ownership.field(holder, database, field);
    const value = stored[1];
    const id = database?.id ?? 0;
    if (value instanceof Map)
      for (const [key, item] of value)
        this.units.push({ kind: "entry", database: id, field, key, value: encodeValue(item) });
    else this.units.push({ kind: "fields", database: id, fields: { [field]: encodeValue(value) } });
  }

  private allRows(table: Table, database: Database): void {
    if (this.once(...wholeTable(database, table)))
      this.units.push(...tableRows(table, database.id, table.rows.keys(), true));
  }

  private rows(table: Table, rowIds: Set<number>): void {
    const database = [...this.server.databases.values()].find((candidate) => candidate.objects.get(table.id) === table);
    if (!database || isTemporary(database) || this.covers(database) || !this.once(...wholeTable(database, table)))
      return;
    this.units.push(...tableRows(table, database.id, rowIds, false));
  }
}
