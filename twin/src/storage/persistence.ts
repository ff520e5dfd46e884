/**
 * Keeps a server's data in a directory. Every commit leaves the new state of what it changed (a physical record, so that replaying it does not depend on
 * clocks or random numbers); `settle` puts what is waiting on disk, and the wire layer calls it before any byte of an answer leaves. A snapshot of everything
 * replaces the log when it has grown. tempdb is not kept.
 */
import type { Certificate } from "../server/certificate";
import { collation } from "../types/collation";
import type { SqlValue } from "../types/value";
import { createDatabase } from "./bootstrap";
import type { Database, DbObject, Sequence, SqlServer, Table } from "./model";
import { DataDirectory, DataDirectoryError } from "./persistence-directory";
import { decodeValue, encodeValue } from "./persistence-encoding";
import { isTemporary, Ownership, storedFields, type Owner } from "./persistence-ownership";
import { uniqueKey } from "./rows";
import { type Changes, type CommitListener, commitListeners, type Transaction } from "./transaction";

/** Database 0 is the server. */
type Unit =
  | { kind: "fields"; database: number; fields: Record<string, unknown> }
  | { kind: "entry"; database: number; field: string; key: unknown; value?: unknown }
  | {
      kind: "rows";
      database: number;
      table: number;
      rows: [number, unknown][];
      replace: boolean;
      nextRowId: number;
      identities: [columnId: number, last: bigint | null][];
    };

const DEFAULT_LOG_LIMIT_BYTES = 64 * 1024 * 1024;
const ROWS_PER_UNIT = 2000;
/** Row changes are told apart from changes of the table's definition by these properties. */
const ROW_PROPERTIES: ReadonlySet<unknown> = new Set(["rows", "nextRowId"]);
const CERTIFICATE = "certificate.json";

export class Persistence implements CommitListener {
  private waiting: Unit[] = [];
  private readonly openTransactions = new Set<Transaction>();
  /** Numbers are handed out outside of transactions: what was stored last, by sequence. */
  private readonly sequences = new Map<Sequence, { database: Database; stored: string }>();
  private readonly ownership: Ownership;
  private scheduled = false;
  private failure: unknown;
  private closed = false;

  private constructor(
    private readonly directory: DataDirectory,
    private readonly server: SqlServer,
    private readonly logLimitBytes: number,
  ) {
    load(directory, server);
    this.ownership = new Ownership(server);
    for (const database of server.databases.values())
      if (!isTemporary(database)) for (const object of database.objects.values()) this.watchSequence(object, database);
    if (directory.isNew || directory.logBytes > 0) directory.replace(this.everything());
    else directory.openLog();
    commitListeners.add(this);
  }

  /**
   * Loads what the directory holds into the server, which must be new, and keeps it from then on.
   * @param logLimitBytes A longer log gives way to a snapshot.
   * @throws DataDirectoryError it is in use, damaged, or of another collation.
   */
  static open(path: string, server: SqlServer, logLimitBytes = DEFAULT_LOG_LIMIT_BYTES): Persistence {
    const directory = DataDirectory.open(path);
    try {
      return new Persistence(directory, server, logLimitBytes);
    } catch (error) {
      directory.close();
      throw error;
    }
  }

  // ---- Certificate -----------------------------------------------------------------------------------------------------

  /** The one that clients of this directory trust already; undefined when there is none or it has expired. */
  get certificate(): Certificate | undefined {
    const text = this.directory.readText(CERTIFICATE);
    const kept = text === undefined ? undefined : (JSON.parse(text) as Certificate & { expires: number });
    return kept && kept.expires > Date.now() ? kept : undefined;
  }

  keepCertificate(certificate: Certificate): void {
    if (this.certificate) return;
    const days = 300;
    this.directory.writeText(
      CERTIFICATE,
      JSON.stringify({ key: certificate.key, cert: certificate.cert, expires: Date.now() + days * 86_400_000 }),
    );
  }

  // ---- Commits ---------------------------------------------------------------------------------------------------------

  begun(transaction: Transaction): void {
    this.openTransactions.add(transaction);
  }
  rolledBack(transaction: Transaction): void {
    this.openTransactions.delete(transaction);
  }

  committed(transaction: Transaction, changes: Changes): void {
    this.openTransactions.delete(transaction);
    const collector = new Collector(this.server, this.ownership, (object, database) =>
      this.watchSequence(object, database),
    );
    try {
      const units = collector.collect(changes);
      if (units.length === 0) return;
      this.waiting.push(...units);
    } catch (error) {
      // The commit stands in memory but cannot be stored: no answer may leave any more.
      this.failure ??= error;
    }
    if (this.scheduled) return;
    this.scheduled = true;
    // For commits that no answer follows, as at the end of a session.
    setImmediate(() => {
      this.scheduled = false;
      try {
        this.settle();
      } catch (error) {
        this.failure ??= error;
      }
    });
  }

  /** Everything committed so far is on disk when this returns; throws when that is not possible. */
  settle(): void {
    if (this.failure !== undefined)
      throw new DataDirectoryError(
        `data directory ${this.directory.path}: a commit could not be stored: ${this.failure instanceof Error ? this.failure.message : String(this.failure)}`,
        { cause: this.failure },
      );
    if (this.closed) return;
    this.collectSequences();
    if (this.waiting.length === 0) return;
    const units = this.waiting;
    this.waiting = [];
    try {
      this.directory.append(units);
      // What others have not committed must not get into a snapshot.
      if (this.directory.logBytes > this.logLimitBytes && this.openTransactions.size === 0)
        this.directory.replace(this.everything());
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  close(): void {
    if (this.closed) return;
    commitListeners.delete(this);
    try {
      if (this.failure === undefined) this.settle();
      if (this.failure === undefined && this.openTransactions.size === 0 && this.directory.logBytes > 0)
        this.directory.replace(this.everything());
    } finally {
      this.closed = true;
      this.directory.close();
    }
  }

  private watchSequence(object: DbObject, database: Database): void {
    if (object.type === "SO") this.sequences.set(object, { database, stored: position(object) });
  }

  private collectSequences(): void {
    for (const [sequence, known] of this.sequences) {
      if (known.database.objects.get(sequence.id) !== sequence) {
        this.sequences.delete(sequence);
        continue;
      }
      const now = position(sequence);
      if (now === known.stored) continue;
      known.stored = now;
      this.waiting.push({
        kind: "entry",
        database: known.database.id,
        field: "objects",
        key: sequence.id,
        value: encodeValue(sequence),
      });
    }
  }

  private *everything(): Generator<Unit> {
    yield* holderUnits(this.server, 0);
    for (const database of this.server.databases.values())
      if (!isTemporary(database)) yield* holderUnits(database, database.id);
  }
}

const position = (sequence: Sequence): string => `${sequence.current} ${sequence.lastUsed} ${sequence.exhausted}`;

/** All of the server or of one database, its fields first: they say its name and collation. */
function* holderUnits(holder: SqlServer | Database, id: number): Generator<Unit> {
  const fields = storedFields(holder);
  yield {
    kind: "fields",
    database: id,
    fields: {
      ...Object.fromEntries(
        fields.filter(([, value]) => !(value instanceof Map)).map(([field, value]) => [field, encodeValue(value)]),
      ),
      ...(id === 0 ? { collation: holder.collation } : {}),
    },
  };
  for (const [field, map] of fields)
    if (map instanceof Map)
      for (const [key, value] of map) yield { kind: "entry", database: id, field, key, value: encodeValue(value) };
  if ("objects" in holder)
    for (const object of holder.objects.values())
      if (object.type === "U") yield* tableRows(object, id, object.rows.keys(), true);
}

function* tableRows(table: Table, database: number, rowIds: Iterable<number>, replace: boolean): Generator<Unit> {
  const identities = table.columns
    .filter((c) => c.identity)
    .map((c): [number, bigint | null] => [c.id, c.identity!.last]);
  const unit = (rows: [number, unknown][], first: boolean): Unit => ({
    kind: "rows",
    database,
    table: table.id,
    rows,
    replace: replace && first,
    nextRowId: table.nextRowId,
    identities,
  });
  let rows: [number, unknown][] = [];
  let first = true;
  for (const rowId of rowIds) {
    rows.push([rowId, encodeValue(table.rows.get(rowId))]);
    if (rows.length < ROWS_PER_UNIT) continue;
    yield unit(rows, first);
    rows = [];
    first = false;
  }
  if (rows.length > 0 || first) yield unit(rows, first);
}

/** Turns the changes of one transaction into units. */
class Collector {
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

const wholeTable = (database: Database, table: Table): unknown[] => [database.id, table.id, "rows"];

/** Tables whose rows are on disk, as far as this process knows. */
const storedTables = new WeakSet<Table>();

const isTable = (target: object): target is Table =>
  "rows" in target && target.rows instanceof Map && "nextRowId" in target;

/** Counters and other plain values, which change outside of transactions too. */
function scalars(holder: SqlServer | Database): Record<string, unknown> {
  return Object.fromEntries(storedFields(holder).filter(([, value]) => typeof value !== "object"));
}

// ---- Loading -----------------------------------------------------------------------------------------------------------

function load(directory: DataDirectory, server: SqlServer): void {
  let began = false;
  const byId = new Map<number, Database>();
  for (const frame of directory.read()) {
    if (!began) clear(server);
    began = true;
    for (const unit of Array.isArray(frame) ? (frame as Unit[]) : [frame as Unit])
      apply(unit, server, byId, directory.path);
  }
  if (!began) return;
  const all = [...byId.values(), ...[...server.databases.values()].filter(isTemporary)].sort((a, b) => a.id - b.id);
  server.databases.clear();
  for (const database of all) {
    server.databases.set(server.key(database.name), database);
    if (!isTemporary(database))
      for (const object of database.objects.values()) if (object.type === "U") finishTable(object);
  }
}

/** What a new server has gives way to what was stored; tempdb is always new. */
function clear(server: SqlServer): void {
  for (const [field, value] of storedFields(server)) if (value instanceof Map && field !== "databases") value.clear();
  for (const [key, database] of server.databases) if (!isTemporary(database)) server.databases.delete(key);
}

function apply(unit: Unit, server: SqlServer, databases: Map<number, Database>, path: string): void {
  if (unit.kind === "entry" && unit.database === 0 && unit.field === "databases") {
    const left = new Set(unit.value as number[]);
    for (const id of databases.keys()) if (!left.has(id)) databases.delete(id);
    return;
  }
  if (unit.kind === "fields" && unit.database === 0) return applyServer(unit.fields, server, path);
  const holder =
    unit.database === 0
      ? server
      : (databases.get(unit.database) ?? (unit.kind === "fields" ? emptyDatabase(unit, server, databases) : undefined));
  // Records behind the drop of their database.
  if (!holder) return;
  const record = holder as unknown as Record<string, unknown>;
  if (unit.kind === "fields")
    for (const [field, value] of Object.entries(unit.fields)) record[field] = decodeValue(value);
  else if (unit.kind === "entry") applyEntry((record[unit.field] ??= new Map()) as Map<unknown, unknown>, unit);
  else applyRows(unit, holder as Database);
}

function applyServer(fields: Record<string, unknown>, server: SqlServer, path: string): void {
  const record = server as unknown as Record<string, unknown>;
  for (const [field, value] of Object.entries(fields)) {
    const old = record[field];
    if (field === "collation") {
      if (value !== server.collation)
        throw new DataDirectoryError(
          `data directory ${path} was made with the server collation ${String(value)}, not ${server.collation}; start with that one or take another directory`,
        );
    } else if (Array.isArray(old)) old.splice(0, old.length, ...(decodeValue(value) as unknown[]));
    else record[field] = decodeValue(value);
  }
}

function emptyDatabase(
  unit: Unit & { kind: "fields" },
  server: SqlServer,
  databases: Map<number, Database>,
): Database | undefined {
  const { name, collation: order, ownerSid } = decodeValue(unit.fields) as Partial<Database>;
  if (name === undefined || order === undefined || ownerSid === undefined) return undefined;
  const next = server.nextDatabaseId;
  const database = createDatabase(server, { name, collation: collation(order.name), ownerSid });
  server.nextDatabaseId = next;
  for (const value of Object.values(database)) if (value instanceof Map) value.clear();
  databases.set(unit.database, database);
  return database;
}

function applyEntry(map: Map<unknown, unknown>, unit: Unit & { kind: "entry" }): void {
  if (!("value" in unit)) return void map.delete(unit.key);
  const value = decodeValue(unit.value);
  if (unit.field === "objects" && (value as DbObject).type === "U") {
    const table = value as Table;
    table.rows = (map.get(unit.key) as Table | undefined)?.rows ?? new Map<number, readonly SqlValue[]>();
    table.dirty = new Map();
  }
  map.set(unit.key, value);
}

function applyRows(unit: Unit & { kind: "rows" }, database: Database): void {
  const table = database.objects.get(unit.table) as Table | undefined;
  if (!table) return;
  if (unit.replace) table.rows = new Map();
  for (const [rowId, row] of unit.rows) {
    if (row === undefined) table.rows.delete(rowId);
    else table.rows.set(rowId, decodeValue(row) as readonly SqlValue[]);
  }
  table.nextRowId = unit.nextRowId;
  for (const [columnId, last] of unit.identities) {
    const identity = table.columns.find((column) => column.id === columnId)?.identity;
    if (identity) identity.last = last;
  }
}

/** Unique indexes without a filter get their entries here; filtered ones on first use, because their condition needs a session. */
function finishTable(table: Table): void {
  storedTables.add(table);
  for (const index of table.indexes) {
    if (!index.unique || index.disabled || index.filter) continue;
    const { read } = uniqueKey(table, index);
    index.entries = new Map([...table.rows].map(([rowId, row]): [string, number] => [read(row), rowId]));
  }
}
