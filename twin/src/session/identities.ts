/** Whom a session acts as: its login, and what EXECUTE AS and modules have put on top. */
import type { Login, Principal } from "../storage/model";

interface Identity {
  readonly login: Login;
  /** Set by EXECUTE AS USER and by modules that run as somebody. */
  readonly user: Principal | undefined;
  readonly noRevert: boolean;
}

export class Identities {
  private readonly stack: Identity[];

  constructor(readonly login: Login) {
    this.stack = [{ login, user: undefined, noRevert: true }];
  }

  get current(): Identity {
    return this.stack.at(-1)!;
  }
  get depth(): number {
    return this.stack.length;
  }
  push(login: Login, user: Principal | undefined, noRevert: boolean): void {
    this.stack.push({ login, user, noRevert });
  }
  /** REVERT; nothing happens when there is nothing to revert. */
  revert(): void {
    if (!this.current.noRevert) this.stack.pop();
  }
  /** Down to a depth, never up. */
  revertTo(depth: number): void {
    this.stack.length = Math.min(depth, this.stack.length);
  }
}
