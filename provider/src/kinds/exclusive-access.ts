/**
 * Options that need a database without other sessions. CREATE, ALTER and DROP DATABASE do not honour SET LOCK_TIMEOUT, and
 * without a termination clause they wait for ever, so every such statement says NO_WAIT, or ROLLBACK AFTER when a person asked.
 * https://learn.microsoft.com/sql/t-sql/statements/alter-database-transact-sql-set-options
 * https://learn.microsoft.com/sql/t-sql/statements/set-lock-timeout-transact-sql
 */
import { z } from "zod";
import type { Exclusive, Hazard, PlanContext, Probe } from "../contract";
import { quoteName, quoteText } from "../engine/quoting";

export const disconnectInput = z
  .number()
  .int()
  .min(1)
  .max(3600)
  .optional()
  .describe(
    "Lets a change that needs exclusive access roll back the open transactions of other sessions and disconnect them after so many seconds, 1 to 3600. Default: nobody is disconnected, and such a change fails at once while others use the database.",
  );

/** Seconds for a statement that may not queue behind other sessions; the client cancels it then. */
const exclusiveTimeoutSeconds = 60;

/** Ends a `SET` that needs exclusive access. */
export function termination(disconnectAfterSeconds: number | undefined): string {
  return disconnectAfterSeconds === undefined
    ? " WITH NO_WAIT"
    : ` WITH ROLLBACK AFTER ${disconnectAfterSeconds} SECONDS`;
}

export function exclusiveTimeout(disconnectAfterSeconds: number | undefined): number {
  return exclusiveTimeoutSeconds + (disconnectAfterSeconds ?? 0);
}

export function exclusiveHazard(database: string, what: string, disconnectAfterSeconds: number | undefined): Hazard {
  return {
    type: "long-lock",
    object: database,
    detail:
      disconnectAfterSeconds === undefined
        ? `${what} needs the database for itself and fails at once while other sessions use it (disconnectSessionsAfterSeconds sends them away)`
        : `${what} needs the database for itself: after ${disconnectAfterSeconds} s open transactions are rolled back and all other sessions are disconnected`,
  };
}

/**
 * For COLLATE and MODIFY NAME, which take no termination clause: inside the database, where nobody can steal the one slot.
 * XACT_ABORT OFF lets the last line run after a failure, so the database never stays in SINGLE_USER.
 */
export function withSingleUser(
  database: string,
  after: string,
  seconds: number,
  userAccess: string,
  batch: string,
): string {
  return [
    `USE ${quoteName(database)};`,
    "SET XACT_ABORT OFF;",
    `ALTER DATABASE ${quoteName(database)} SET SINGLE_USER WITH ROLLBACK AFTER ${seconds} SECONDS;`,
    batch,
    // CURRENT, because a rename may or may not have happened.
    `ALTER DATABASE CURRENT SET ${userAccess === "RESTRICTED_USER" ? "RESTRICTED_USER" : "MULTI_USER"};`,
    `USE ${quoteName(after)};`,
  ].join("\n");
}

/** Opens the database again when a batch of `withSingleUser` ended in the middle of it; a rename may or may not have happened. */
export function reopening(names: readonly string[], userAccess: string): string {
  const access = userAccess === "RESTRICTED_USER" ? "RESTRICTED_USER" : "MULTI_USER";
  const each = names.map(
    (name) =>
      `IF EXISTS (SELECT 1 FROM sys.databases WHERE name = ${quoteText(name)} AND user_access_desc = N'SINGLE_USER')\n` +
      `  ALTER DATABASE ${quoteName(name)} SET ${access};`,
  );
  return each.join("\n");
}

export function needsAlone(database: string): Exclusive {
  return {
    database,
    remedy: "Try again when they are gone, or give disconnectSessionsAfterSeconds, which sends them away",
  };
}

const sessionsKey = "sessions";

/** Counts the other user sessions in a database and names one of them. */
export function sessionsProbe(database: string): Probe {
  return {
    key: sessionsKey,
    database: "master",
    query:
      "SELECT COUNT(*) AS sessions, MIN(session_id) AS firstSession, MIN(login_name) AS firstLogin, MIN(program_name) AS firstProgram\n" +
      "FROM sys.dm_exec_sessions\n" +
      `WHERE is_user_process = 1 AND session_id <> @@SPID AND database_id = DB_ID(${quoteText(database)});`,
  };
}

/** What to tell a person about the sessions that are in the way now; nothing when there are none. */
export function sessionsObservation(context: PlanContext, database: string): string[] {
  const answer = context.answers.get(sessionsKey);
  const sessions = Number(answer?.sessions ?? 0);
  if (sessions === 0) return [];
  return [
    `${sessions} other session${sessions === 1 ? " is" : "s are"} in database "${database}" now and would block this plan: ` +
      `the first is ${String(answer?.firstSession)} (login "${String(answer?.firstLogin)}", program "${String(answer?.firstProgram)}")`,
  ];
}

/** How to see who is in the way, at any time. */
export function sessionsNote(database: string): string {
  return (
    `Needs exclusive access to the database. Who is in it: SELECT session_id, login_name, host_name, program_name ` +
    `FROM sys.dm_exec_sessions WHERE database_id = DB_ID(${quoteText(database)});`
  );
}
