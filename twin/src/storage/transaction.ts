/**
 * Undo log of one transaction. Every change to the model goes through `set`, `put`, `remove`, `push` or `splice`,
 * which remember how to take it back; a savepoint is a length of that log.
 */
export class Transaction {
  private readonly undo: (() => void)[] = [];
  private readonly committed: (() => void)[] = [];

  constructor(readonly id: number) {}

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

  set<T extends object, K extends keyof T>(target: T, key: K, value: T[K]): void {
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
    if (map.has(key)) {
      const before = map.get(key) as V;
      this.undo.push(() => map.set(key, before));
    } else this.undo.push(() => map.delete(key));
    map.set(key, value);
  }

  remove<K, V>(map: Map<K, V>, key: K): void {
    if (!map.has(key)) return;
    const entries = [...map];
    this.undo.push(() => {
      map.clear();
      for (const [k, v] of entries) map.set(k, v);
    });
    map.delete(key);
  }

  push<T>(list: T[], ...items: T[]): void {
    this.undo.push(() => list.splice(list.length - items.length, items.length));
    list.push(...items);
  }

  splice<T>(list: T[], start: number, count: number, ...items: T[]): T[] {
    const removed = list.splice(start, count, ...items);
    this.undo.push(() => list.splice(start, items.length, ...removed));
    return removed;
  }

  rollbackTo(mark: number): void {
    while (this.undo.length > mark) this.undo.pop()!();
  }

  commit(): void {
    this.undo.length = 0;
    for (const action of this.committed.splice(0)) action();
  }
}
