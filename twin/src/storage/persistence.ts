/**
 * Keeps a server's data in a directory. Every commit leaves the new state of what it changed (a physical record, so that replaying it does not depend on
 * clocks or random numbers); `settle` puts what is waiting on disk, and the wire layer calls it before any byte of an answer leaves. A snapshot of everything
 * replaces the log when it has grown. tempdb is not kept.
 */
import type { Certificate } from "../server/certificate";
import type { Database, DbObject, Sequence, SqlServer } from "./model";
import { Collector } from "./persistence-changes";
import { DataDirectory, DataDirectoryError } from "./persistence-directory";
import { encodeValue } from "./persistence-encoding";
import { load } from "./persistence-loading";
import { isTemporary, Ownership } from "./persistence-ownership";
import { holderUnits, type Unit } from "./persistence-units";
import { type Changes, type CommitListener, commitListeners, type Transaction } from "./transaction";

const DEFAULT_LOG_LIMIT_BYTES = 64 * 1024 * 1024;
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
