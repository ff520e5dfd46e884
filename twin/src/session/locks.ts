/**
 * Locks between sessions: shared, update, exclusive, intent and schema modes, first come first served, with time-outs,
 * deadlock detection and cancellation. https://learn.microsoft.com/sql/relational-databases/sql-server-transaction-locking-and-row-versioning-guide
 */
import { sqlError } from "./messages";
import "./messages/session";
import type { SqlError } from "./sql-error";
import type { LockMode } from "./runtime";

/** Which modes may stand beside which. */
const COMPATIBLE: Record<LockMode, readonly LockMode[]> = {
  "Sch-S": ["Sch-S", "IS", "S", "U", "IX", "SIX", "X"],
  IS: ["Sch-S", "IS", "S", "U", "IX", "SIX"],
  S: ["Sch-S", "IS", "S", "U"],
  U: ["Sch-S", "IS", "S"],
  IX: ["Sch-S", "IS", "IX"],
  SIX: ["Sch-S", "IS"],
  X: ["Sch-S"],
  "Sch-M": [],
};

export interface LockOwner {
  readonly spid: number;
  readonly deadlockPriority: number;
}

interface Holder {
  readonly owner: LockOwner;
  /** Transaction id; undefined = held by the session until it is released or ends. */
  readonly transactionId: number | undefined;
  readonly mode: LockMode;
  count: number;
}

interface Waiter {
  readonly owner: LockOwner;
  readonly transactionId: number | undefined;
  readonly mode: LockMode;
  grant(): void;
  fail(error: SqlError): void;
}

interface Resource {
  readonly name: string;
  holders: Holder[];
  waiters: Waiter[];
}

/** One row of sys.dm_tran_locks. */
export interface LockRow {
  readonly resource: string;
  readonly mode: LockMode;
  readonly spid: number;
  readonly granted: boolean;
  readonly ownedBySession: boolean;
}

export class LockManager {
  private readonly resources = new Map<string, Resource>();

  /** Granted at once: true. Never waits. */
  tryAcquire(name: string, mode: LockMode, owner: LockOwner, transactionId: number | undefined): boolean {
    const resource = this.resource(name);
    const own = resource.holders.find(
      (h) => h.owner.spid === owner.spid && h.transactionId === transactionId && h.mode === mode,
    );
    if (own) {
      own.count++;
      return true;
    }
    const free = resource.holders.every((h) => h.owner.spid === owner.spid || COMPATIBLE[mode].includes(h.mode));
    const holds = resource.holders.some((h) => h.owner.spid === owner.spid);
    // Those who hold something already go before those who wait.
    if (!free || (!holds && resource.waiters.some((w) => !COMPATIBLE[mode].includes(w.mode)))) {
      this.forget(resource);
      return false;
    }
    resource.holders.push({ owner, transactionId, mode, count: 1 });
    return true;
  }

  /** Waits until granted; rejects with 1222 after the time-out (-1 = for ever) or 1205 when chosen as victim. */
  acquire(
    name: string,
    mode: LockMode,
    owner: LockOwner,
    transactionId: number | undefined,
    timeoutMs: number,
    cancelled?: Promise<SqlError>,
  ): Promise<void> {
    if (this.tryAcquire(name, mode, owner, transactionId)) return Promise.resolve();
    if (timeoutMs === 0) return Promise.reject(sqlError(1222, [], 51));
    const resource = this.resource(name);
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const leave = (): void => {
        clearTimeout(timer);
        resource.waiters = resource.waiters.filter((w) => w !== waiter);
        this.wake(resource);
      };
      const waiter: Waiter = {
        owner,
        transactionId,
        mode,
        grant: () => {
          clearTimeout(timer);
          resolve();
        },
        fail: (error) => {
          leave();
          reject(error);
        },
      };
      resource.waiters.push(waiter);
      if (timeoutMs > 0) timer = setTimeout(() => waiter.fail(sqlError(1222, [], 51)), timeoutMs);
      void cancelled?.then((error) => {
        if (resource.waiters.includes(waiter)) waiter.fail(error);
      });
      this.breakDeadlock(owner.spid);
    });
  }

  /** Releases one acquisition of a session-owned lock; false when it is not held. */
  release(name: string, owner: LockOwner, transactionId: number | undefined, mode?: LockMode): boolean {
    const resource = this.resources.get(name);
    const holder = resource?.holders.find(
      (h) =>
        h.owner.spid === owner.spid && h.transactionId === transactionId && (mode === undefined || h.mode === mode),
    );
    if (!resource || !holder) return false;
    if (--holder.count === 0) {
      resource.holders = resource.holders.filter((h) => h !== holder);
      this.wake(resource);
    }
    return true;
  }

  releaseTransaction(spid: number, transactionId: number): void {
    this.releaseWhere((h) => h.owner.spid === spid && h.transactionId === transactionId);
  }

  releaseSession(spid: number): void {
    this.releaseWhere((h) => h.owner.spid === spid);
  }

  /** Session-owned locks only, as sp_reset_connection drops them. */
  releaseSessionOwned(spid: number, keep: (resource: string) => boolean): void {
    for (const resource of [...this.resources.values()])
      if (!keep(resource.name)) this.drop(resource, (h) => h.owner.spid === spid && h.transactionId === undefined);
  }

  /** Sessions other than this one that hold or wait for the resource. */
  others(name: string, spid: number): number[] {
    const resource = this.resources.get(name);
    return resource ? [...new Set(resource.holders.map((h) => h.owner.spid).filter((s) => s !== spid))] : [];
  }

  held(name: string, spid: number, transactionId: number | undefined): LockMode[] {
    return (
      this.resources
        .get(name)
        ?.holders.filter((h) => h.owner.spid === spid && h.transactionId === transactionId)
        .map((h) => h.mode) ?? []
    );
  }

  *rows(): Iterable<LockRow> {
    for (const resource of this.resources.values()) {
      for (const h of resource.holders)
        yield {
          resource: resource.name,
          mode: h.mode,
          spid: h.owner.spid,
          granted: true,
          ownedBySession: h.transactionId === undefined,
        };
      for (const w of resource.waiters)
        yield {
          resource: resource.name,
          mode: w.mode,
          spid: w.owner.spid,
          granted: false,
          ownedBySession: w.transactionId === undefined,
        };
    }
  }

  private releaseWhere(match: (holder: Holder) => boolean): void {
    for (const resource of [...this.resources.values()]) this.drop(resource, match);
  }

  private drop(resource: Resource, match: (holder: Holder) => boolean): void {
    const left = resource.holders.filter((h) => !match(h));
    if (left.length === resource.holders.length) return;
    resource.holders = left;
    this.wake(resource);
  }

  private resource(name: string): Resource {
    let resource = this.resources.get(name);
    if (!resource) this.resources.set(name, (resource = { name, holders: [], waiters: [] }));
    return resource;
  }

  private forget(resource: Resource): void {
    if (resource.holders.length === 0 && resource.waiters.length === 0) this.resources.delete(resource.name);
  }

  /** Grants from the front of the queue while the modes allow it. */
  private wake(resource: Resource): void {
    for (const waiter of [...resource.waiters]) {
      const free = resource.holders.every(
        (h) => h.owner.spid === waiter.owner.spid || COMPATIBLE[waiter.mode].includes(h.mode),
      );
      if (!free) break;
      resource.waiters = resource.waiters.filter((w) => w !== waiter);
      resource.holders.push({ owner: waiter.owner, transactionId: waiter.transactionId, mode: waiter.mode, count: 1 });
      waiter.grant();
    }
    this.forget(resource);
  }

  /** Who waits for whom; a circle through the newcomer costs the one of lowest priority its statement. */
  private breakDeadlock(start: number): void {
    const waitsFor = new Map<number, Set<number>>();
    for (const resource of this.resources.values())
      for (const waiter of resource.waiters) {
        const blockers = resource.holders
          .filter((h) => h.owner.spid !== waiter.owner.spid && !COMPATIBLE[waiter.mode].includes(h.mode))
          .map((h) => h.owner.spid);
        const set = waitsFor.get(waiter.owner.spid) ?? new Set();
        for (const spid of blockers) set.add(spid);
        waitsFor.set(waiter.owner.spid, set);
      }
    const circle = findCircle(start, waitsFor);
    if (!circle) return;
    const waiters = [...this.resources.values()].flatMap((r) => r.waiters).filter((w) => circle.includes(w.owner.spid));
    const victim = waiters.sort(
      (a, b) =>
        a.owner.deadlockPriority - b.owner.deadlockPriority ||
        (a.owner.spid === start ? -1 : b.owner.spid === start ? 1 : 0),
    )[0];
    victim?.fail(sqlError(1205, [victim.owner.spid, "lock"], 51));
  }
}

function findCircle(start: number, edges: ReadonlyMap<number, ReadonlySet<number>>): number[] | undefined {
  const path: number[] = [];
  const seen = new Set<number>();
  const visit = (node: number): boolean => {
    if (node === start && path.length > 0) return true;
    if (seen.has(node)) return false;
    seen.add(node);
    path.push(node);
    for (const next of edges.get(node) ?? []) if (visit(next)) return true;
    path.pop();
    return false;
  };
  return visit(start) ? path : undefined;
}
