/** The only place where the numbers of server errors mean something. https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors */
import type { ServerErrorDetail } from "../errors";

type Numbered = Pick<ServerErrorDetail, "number"> | undefined;

const among =
  (...numbers: readonly number[]) =>
  (error: Numbered): boolean =>
    error !== undefined && numbers.includes(error.number);

/** Chosen as deadlock victim: the transaction is rolled back whole and may be tried again. */
export const isDeadlockVictim = among(1205);
/** LOCK_TIMEOUT passed. */
export const isLockTimeout = among(1222);
/** The login is not known, or the password is wrong. */
export const isLoginFailed = among(18452, 18456, 18470, 18486, 18487, 18488);
/** The database does not exist, or this login may not open it. */
export const isDatabaseUnavailable = among(911, 916, 4060, 4064);
/** The login lacks a permission. */
const isPermissionDenied = among(229, 230, 262, 297, 300, 916, 15247);
/** Azure SQL: throttled, failing over, or not yet ready; the same request may succeed a moment later. */
export const isTransient = among(4221, 10928, 10929, 40197, 40501, 40613, 49918, 49919, 49920);

/** Other sessions are in a database that a statement needs for itself. */
export const isDatabaseInUse = among(3702, 5030, 5061, 5064, 5070);

/** What a person can do about an error that SQL Server itself does not explain. */
export function advice(error: Numbered): string | undefined {
  if (isLockTimeout(error))
    return "another session uses the object; try again when it is idle, or raise objectLockSeconds of the server in sqlserver:servers";
  if (isDatabaseUnavailable(error))
    return "check that the database exists and that the login of sqlserver:servers may open it";
  if (isPermissionDenied(error))
    return "the login of sqlserver:servers lacks the permission; grant it, or use a login that has it";
  return undefined;
}
