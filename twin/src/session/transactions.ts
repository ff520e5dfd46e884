/**
 * The transaction of one session: explicit, implicit, or a statement's own.
 * https://learn.microsoft.com/sql/t-sql/language-elements/transactions-transact-sql
 */
import { Transaction } from "../storage/transaction";
import { sqlError } from "./messages";
import "./messages/session";

let nextId = 1;

interface TransactionListener {
  /** Locks go, and the client learns of the end of a transaction that it began. */
  ended(transaction: Transaction, how: "commit" | "rollback", announced: boolean): void;
  begun(transaction: Transaction): void;
}

export class SessionTransactions {
  /** @@TRANCOUNT. */
  count = 0;
  /** Uncommittable: only reads and a full ROLLBACK are left. */
  doomed = false;
  private current: Transaction | undefined;
  private name: string | undefined;
  private savepoints: { name: string; mark: number }[] = [];
  private idle: Transaction | undefined;

  constructor(private readonly listener: TransactionListener) {}

  /** For reads outside of a statement there is one that never changes anything. */
  get transaction(): Transaction {
    return this.current ?? (this.idle ??= new Transaction(nextId++));
  }
  get isOpen(): boolean {
    return this.current !== undefined;
  }
  /** XACT_STATE(). */
  get state(): number {
    return this.count === 0 ? 0 : this.doomed ? -1 : 1;
  }

  begin(name?: string): void {
    if (this.doomed) throw sqlError(3930);
    if (this.count++ > 0) return;
    this.current = new Transaction(nextId++);
    this.name = name;
    this.savepoints = [];
    this.listener.begun(this.current);
  }

  /** A statement outside of any transaction gets its own; false when there is one already. */
  beginStatement(): boolean {
    if (this.current) return false;
    this.current = new Transaction(nextId++);
    return true;
  }

  endStatement(how: "commit" | "rollback"): void {
    if (this.count === 0 && this.current) this.finish(how, false);
  }

  commit(): void {
    if (this.count === 0) throw sqlError(3902);
    if (this.doomed) throw sqlError(3930);
    if (--this.count === 0) this.finish("commit", true);
  }

  /** Without a name, or with the outermost one's, everything; else back to the savepoint. */
  rollback(name?: string): void {
    if (this.count === 0) throw sqlError(3903);
    if (name !== undefined && name !== this.name) {
      const index = this.savepoints.findLastIndex((savepoint) => savepoint.name === name);
      const found = this.savepoints[index];
      if (!found) throw sqlError(6401, [name]);
      if (this.doomed) throw sqlError(3931);
      this.current!.rollbackTo(found.mark);
      this.savepoints.length = index + 1;
      return;
    }
    this.count = 0;
    this.finish("rollback", true);
  }

  save(name: string): void {
    if (this.count === 0) throw sqlError(628);
    if (this.doomed) throw sqlError(3930);
    this.savepoints.push({ name, mark: this.current!.mark });
  }

  /** The count stays until somebody rolls back. A deadlock victim's changes go at once, so that the others can go on. */
  doom(undoNow: boolean): void {
    if (this.count === 0) return;
    this.doomed = true;
    if (undoNow) this.current!.rollbackTo(0);
  }

  /** A trigger runs in a transaction that it can see, if only its statement's. */
  enterTrigger(): boolean {
    if (this.count > 0 || !this.current) return false;
    this.count = 1;
    return true;
  }
  leaveTrigger(transaction: Transaction): void {
    if (this.current === transaction) this.count = 0;
  }

  private finish(how: "commit" | "rollback", announced: boolean): void {
    const transaction = this.current!;
    if (how === "commit") transaction.commit();
    else transaction.rollbackTo(0);
    this.current = undefined;
    this.name = undefined;
    this.savepoints = [];
    this.doomed = false;
    this.listener.ended(transaction, how, announced);
  }
}
