/**
 * Undo log of one transaction. Every change to the model goes through `set`, `put`, `remove`, `push` or `splice`,
 * which remember how to take it back; a savepoint is a length of that log.
 */
import { utcNow } from "../types/date-time";
import type { DateTime } from "../types/value";

/** What a transaction changed, for those who keep it durable. */
export class Changes {
  /** Records, maps and lists, with the properties or keys that were set; none for lists. */
  readonly touched = new Map<object, Set<unknown>>();
  /** Rows by table. */
  readonly rows = new Map<object, Set<number>>();
}

/** Hears of every transaction with changes in this process, whatever server it belongs to. */
export interface CommitListener {
  /** The first change was made. */
  begun(transaction: Transaction): void;
  /** All changes are in the model; locks are still held. */
  committed(transaction: Transaction, changes: Changes): void;
  rolledBack(transaction: Transaction): void;
}

export const commitListeners = new Set<CommitListener>();

/** How to take back what has been committed since it was opened, in this process, whatever server it belongs to. */
export class Journal {
  private readonly undo: (() => void)[] = [];

  constructor() {
    journals.add(this);
  }

  /** Position to come back to. */
  get mark(): number {
    return this.undo.length;
  }

  keep(undo: readonly (() => void)[]): void {
    for (const action of undo) this.undo.push(action);
  }

  /** No transaction with changes may be open. */
  restore(mark: number): void {
    while (this.undo.length > mark) this.undo.pop()!();
  }

  close(): void {
    journals.delete(this);
  }
}

const journals = new Set<Journal>();

export class Transaction {
  private readonly undo: (() => void)[] = [];
  private readonly committed: (() => void)[] = [];
  private changes: Changes | undefined;

  constructor(readonly id: number) {}

  /** UTC time at which it began: what temporal tables record for all that it does. */
  readonly began: DateTime = utcNow();

  /** Position to roll back to. */
  get mark(): number {
    return this.undo.length;
  }

  /** True when anything was changed. */
  get dirty(): boolean {
    return this.undo.length > 0;
  }

  /** Registers how to take back a change that was made by hand. */
  onRollback(action: () => void): void {
    this.undo.push(action);
  }

  /** Runs after the commit (files removed, notifications). */
  onCommit(action: () => void): void {
    this.committed.push(action);
  }

  /** Says that a row was inserted, changed or deleted; the rows themselves change by hand (storage/rows.ts). */
  touchRow(table: object, rowId: number): void {
    const changes = this.listening();
    if (!changes) return;
    const rows = changes.rows.get(table);
    if (rows) rows.add(rowId);
    else changes.rows.set(table, new Set([rowId]));
  }

  private touch(target: object, key?: unknown): void {
    const changes = this.listening();
    if (!changes) return;
    let keys = changes.touched.get(target);
    if (!keys) changes.touched.set(target, (keys = new Set()));
    if (key !== undefined) keys.add(key);
  }

  private listening(): Changes | undefined {
    if (commitListeners.size === 0 || this.changes) return this.changes;
    this.changes = new Changes();
    for (const listener of commitListeners) listener.begun(this);
    return this.changes;
  }

  set<T extends object, K extends keyof T>(target: T, key: K, value: T[K]): void {
    this.touch(target, key);
    const had = Object.hasOwn(target, key);
    const before = target[key];
    this.undo.push(() => {
      if (had) target[key] = before;
      else delete target[key];
    });
    target[key] = value;
  }

  /** The order of a map's keys is part of what a scan returns, so a removed key goes back to its old place. */
  put<K, V>(map: Map<K, V>, key: K, value: V): void {
    this.touch(map, key);
    if (map.has(key)) {
      const before = map.get(key) as V;
      this.undo.push(() => map.set(key, before));
    } else this.undo.push(() => map.delete(key));
    map.set(key, value);
  }

  remove<K, V>(map: Map<K, V>, key: K): void {
    if (!map.has(key)) return;
    this.touch(map, key);
    const value = map.get(key) as V;
    let position = 0;
    for (const other of map.keys()) {
      if (other === key) break;
      position++;
    }
    // Undone in reverse order, the map is then as it was after the removal.
    this.undo.push(() => {
      const entries = [...map];
      entries.splice(position, 0, [key, value]);
      map.clear();
      for (const [k, v] of entries) map.set(k, v);
    });
    map.delete(key);
  }

  push<T>(list: T[], ...items: T[]): void {
    this.touch(list);
    this.undo.push(() => list.splice(list.length - items.length, items.length));
    list.push(...items);
  }

  splice<T>(list: T[], start: number, count: number, ...items: T[]): T[] {
    this.touch(list);
    const removed = list.splice(start, count, ...items);
    this.undo.push(() => list.splice(start, items.length, ...removed));
    return removed;
  }

  rollbackTo(mark: number): void {
    while (this.undo.length > mark) this.undo.pop()!();
    if (mark > 0 || !this.changes) return;
    this.changes = undefined;
    for (const listener of commitListeners) listener.rolledBack(this);
  }

  commit(): void {
    for (const journal of journals) journal.keep(this.undo);
    this.undo.length = 0;
    const { changes } = this;
    this.changes = undefined;
    if (changes) for (const listener of commitListeners) listener.committed(this, changes);
    for (const action of this.committed.splice(0)) action();
  }
}
