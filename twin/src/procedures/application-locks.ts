/**
 * sp_getapplock and its relatives. A lock's name is the database, the principal and the resource, compared by code point.
 * https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-getapplock-transact-sql; reference sheet "modules" D6
 */
/* eslint-disable require-yield -- procedures are driven as generators */
import { defineFunction } from "../functions/registry";
import { sqlError } from "../session/messages";
import { own } from "../session/own";
import type { Execution, LockMode, Work } from "../session/runtime";
import type { EngineSession } from "../session/session";
import { SqlError } from "../session/sql-error";
import type { Principal } from "../storage/model";
import { principalIds } from "../security/identity";
import { defineProcedure, INT, integer, NAME, nvarchar, optional, text, type Arguments } from "./definition";

const MODES: Record<string, LockMode | undefined> = {
  shared: "S",
  update: "U",
  intentshared: "IS",
  intentexclusive: "IX",
  exclusive: "X",
};
/** Strongest last. */
const SHOWN: [LockMode, string][] = [
  ["IS", "IntentShared"],
  ["S", "Shared"],
  ["IX", "IntentExclusive"],
  ["U", "Update"],
  ["SIX", "SharedIntentExclusive"],
  ["X", "Exclusive"],
];
const BAD_CALL = -999;

function principalOf(name: string, session: EngineSession): Principal | undefined {
  const { database } = session;
  const key = database.key(name);
  const found = [...database.principals.values()].find((principal) => database.key(principal.name) === key);
  if (!found) return undefined;
  const { user } = session;
  return user.id === 1 || found.id === 0 || principalIds(database, user).has(found.id) ? found : undefined;
}

function applicationResource(session: EngineSession, principal: string, resource: string): string | undefined {
  const found = principalOf(principal, session);
  return found && `application:${session.database.id}:${found.id}:${resource.slice(0, 255)}`;
}

/** Transaction id of the owner; null when a transaction is asked for and there is none. */
function ownerOf(owner: string, session: EngineSession): number | undefined | null {
  if (owner.toLowerCase() === "session") return undefined;
  if (owner.toLowerCase() !== "transaction" || session.transactionCount === 0) return null;
  return session.transaction.id;
}

function* getLock(args: Arguments, execution: Execution): Work<number> {
  const session = own(execution);
  const mode = MODES[(text(args, "@LockMode") ?? "").toLowerCase()];
  const owner = text(args, "@LockOwner") ?? "Transaction";
  const resource = text(args, "@Resource");
  const name =
    resource === undefined ? undefined : applicationResource(session, text(args, "@DbPrincipal") ?? "public", resource);
  const timeout = integer(args, "@LockTimeout") ?? session.options.lockTimeoutMs;
  if (!mode || !name || timeout < -1 || !/^(session|transaction)$/i.test(owner))
    throw sqlError(15600, ["sp_getapplock"]);
  const transactionId = ownerOf(owner, session);
  if (transactionId === null) {
    execution.output.message(sqlError(15626));
    return BAD_CALL;
  }
  if (session.locks.tryAcquire(name, mode, session.owner, transactionId)) return 0;
  if (timeout === 0) return -1;
  try {
    yield* session.lockFor(name, mode, transactionId, timeout);
    return 1;
  } catch (error) {
    if (!(error instanceof SqlError) || (error.number !== 1222 && error.number !== 1205)) throw error;
    return error.number === 1222 ? -1 : -3;
  }
}

function* releaseLock(args: Arguments, execution: Execution): Work<number> {
  const session = own(execution);
  const principal = text(args, "@DbPrincipal") ?? "public";
  const resource = text(args, "@Resource");
  const name = resource === undefined ? undefined : applicationResource(session, principal, resource);
  const owner = text(args, "@LockOwner") ?? "Transaction";
  if (!name || !/^(session|transaction)$/i.test(owner)) throw sqlError(15600, ["sp_releaseapplock"]);
  const transactionId = ownerOf(owner, session);
  if (transactionId === null || !session.locks.release(name, session.owner, transactionId))
    throw sqlError(1223, [principal, resource!]);
  return 0;
}

defineProcedure(
  "sp_getapplock",
  [
    optional("@Resource", nvarchar(255)),
    optional("@LockMode", nvarchar(32)),
    optional("@LockOwner", nvarchar(32)),
    optional("@LockTimeout", INT),
    optional("@DbPrincipal", NAME),
  ],
  getLock,
);
defineProcedure(
  "sp_releaseapplock",
  [optional("@Resource", nvarchar(255)), optional("@LockOwner", nvarchar(32)), optional("@DbPrincipal", NAME)],
  releaseLock,
);

const source = "https://learn.microsoft.com/sql/t-sql/functions/applock-mode-transact-sql";

function asked(
  session: EngineSession,
  values: readonly unknown[],
  owner: number,
): { name: string; transactionId: number | undefined } | undefined {
  const name = applicationResource(session, String(values[0]), String(values[1]));
  const transactionId = ownerOf(String(values[owner]), session);
  return name === undefined || transactionId === null ? undefined : { name, transactionId };
}

defineFunction({
  name: "APPLOCK_MODE",
  minimum: 3,
  maximum: 3,
  deterministic: false,
  source,
  resultType: () => ({ name: "nvarchar", length: 32 }),
  evaluate: (values, _types, _result, context) => {
    const session = context.session as EngineSession;
    const lock = asked(session, values, 2);
    if (!lock) return null;
    const held = session.locks.held(lock.name, session.spid, lock.transactionId);
    if (held.includes("S") && held.includes("IX") && !held.includes("X")) return "SharedIntentExclusive";
    if (held.includes("U") && held.includes("IX") && !held.includes("X")) return "UpdateIntentExclusive";
    return SHOWN.findLast(([mode]) => held.includes(mode))?.[1] ?? "NoLock";
  },
});

defineFunction({
  name: "APPLOCK_TEST",
  minimum: 4,
  maximum: 4,
  deterministic: false,
  source: "https://learn.microsoft.com/sql/t-sql/functions/applock-test-transact-sql",
  resultType: () => ({ name: "smallint" }),
  evaluate: (values, _types, _result, context) => {
    const session = context.session as EngineSession;
    const mode = MODES[String(values[2]).toLowerCase()];
    const lock = asked(session, values, 3);
    if (!lock || !mode) return null;
    if (!session.locks.tryAcquire(lock.name, mode, session.owner, lock.transactionId)) return 0;
    session.locks.release(lock.name, session.owner, lock.transactionId);
    return 1;
  },
});
