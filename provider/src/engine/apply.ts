/**
 * Runs planned statements. Statements that may share a transaction go together, many in one request, so that the time does
 * not grow with latency times objects; the others run alone. Before each statement the server answers with a marker row,
 * so that the statement that failed is known. https://learn.microsoft.com/sql/t-sql/statements/set-xact-abort-transact-sql
 */
import { setTimeout } from "node:timers/promises";
import type { OwnedObject, Plan, Statement } from "../contract";
import { StatementError, type ServerErrorDetail } from "../errors";
import { hideSecrets, planHash } from "../plan-text";
import {
  createBookkeeping,
  deploymentColumn,
  insertDeployment,
  type DeploymentRecord,
  type Ownership,
} from "./bookkeeping";
import { RequestError, type ResultSet } from "./connection";
import { advice, isDatabaseInUse, isDeadlockVictim, isTransient } from "./error-numbers";
import type { ManagedDatabase } from "./managed-database";
import { quoteText } from "./quoting";

/** Requests stay small enough that one failing or slow part does not hold megabytes of text. */
const maximumStatements = 500;
const maximumCharacters = 2_000_000;
/** How often a whole transaction is tried when it is chosen as deadlock victim. */
export const attempts = 3;
/** Between attempts, and twice that the second time. */
const pauseMilliseconds = 1000;

const marker = "#statement";

export interface ApplyRequest {
  readonly plan: Plan;
  readonly action: DeploymentRecord["action"];
  readonly owner: string;
  readonly gitCommit: string | undefined;
  /** The resource's database; its bookkeeping is written there. undefined = nowhere. */
  readonly database: string | undefined;
  /** False after DROP DATABASE. */
  readonly databaseRemains: boolean;
  readonly ownership: Ownership;
}

/** One transaction, or one statement that runs outside of any. */
interface Group {
  readonly database: string;
  readonly inTransaction: boolean;
  readonly statements: readonly { readonly statement: Statement; readonly index: number }[];
}

interface Chunk {
  /** Position of its first statement in the group. */
  readonly first: number;
  readonly count: number;
  readonly timeoutSeconds: number;
  readonly settings: string;
}

export function groupStatements(statements: readonly Statement[]): Group[] {
  const groups: (Group & { statements: { statement: Statement; index: number }[] })[] = [];
  statements.forEach((statement, index) => {
    const last = groups.at(-1);
    if (statement.inTransaction && last?.inTransaction && last.database === statement.database)
      last.statements.push({ statement, index });
    else
      groups.push({
        database: statement.database,
        inTransaction: statement.inTransaction,
        statements: [{ statement, index }],
      });
  });
  return groups;
}

export interface Applied {
  /** Number of the row in iac.deployment; none where no books are kept: for the server's own objects, and in read-only databases. */
  readonly deploymentId?: number;
}

/** The answer of `insertDeployment` among others. */
function deploymentIn(results: readonly ResultSet[]): Applied {
  const id = results.find(({ columns }) => columns[0] === deploymentColumn)?.rows[0]?.[deploymentColumn];
  return typeof id === "number" ? { deploymentId: id } : {};
}

/** Throws StatementError; what was committed before stays. */
export async function applyPlan(target: ManagedDatabase, request: ApplyRequest): Promise<Applied> {
  const { plan } = request;
  const startedAt = new Date();
  const groups = groupStatements(plan.statements);
  const record = (outcome: DeploymentRecord["outcome"], error?: StatementError): DeploymentRecord => ({
    startedAt,
    durationMs: Date.now() - startedAt.getTime(),
    owner: request.owner,
    action: request.action,
    outcome,
    statements: plan.statements.length,
    planHash: planHash(plan),
    gitCommit: request.gitCommit,
    errorNumber: error?.detail?.number,
    errorText: error?.message,
  });
  const standing = (await target.catalog()).databaseRow?.name;
  let committed = 0;
  let applied: Applied = {};
  let bookkeepingReady = false;
  /** T-SQL before the first row is written in this apply. */
  const prepare = (): string => {
    if (bookkeepingReady) return "";
    bookkeepingReady = true;
    return createBookkeeping;
  };
  const final = (): string => {
    const rows = request.ownership.write(plan.owns, request.ownership.surplus(plan.owns));
    const deployment = plan.statements.length > 0 ? insertDeployment(record("succeeded")) : "";
    return rows || deployment ? prepare() + rows + deployment : "";
  };
  try {
    for (const [index, group] of groups.entries()) {
      const isLast = index === groups.length - 1;
      const own = group.database === request.database;
      if (!group.inTransaction) {
        const { statement } = group.statements[0]!;
        const takeBack = await claim(target, statement, request, prepare, committed);
        try {
          await runAlone(target, group, plan.statements.length, committed);
        } catch (error) {
          if (error instanceof StatementError && !error.isOutcomeUnknown) await takeBack?.();
          throw error;
        }
        committed += 1;
        await writeOwner(target, statement, request, prepare, committed);
        continue;
      }
      const rows = own ? ownershipOf(group, request) : "";
      const tail = (rows ? prepare() + rows : "") + (own && isLast ? final() : "");
      applied = { ...applied, ...(await runTransaction(target, group, plan.statements.length, committed, tail)) };
      committed += group.statements.length;
    }
    const last = groups.at(-1);
    const written = last?.inTransaction === true && last.database === request.database;
    if (request.database !== undefined && request.databaseRemains && !written) {
      const rest = final();
      if (rest) applied = await writeBookkeeping(target, request.database, rest, committed);
    }
    return applied;
  } catch (error) {
    if (error instanceof StatementError && request.database !== undefined) {
      const row = insertDeployment(record("failed", error));
      // A database that was to be renamed may have its earlier name still.
      if (
        !(await recordFailure(target, request.database, row)) &&
        standing !== undefined &&
        standing !== request.database
      )
        await recordFailure(target, standing, row);
    }
    throw error;
  }
}

function ownedIn({ owns }: Plan, object: Statement["object"]): OwnedObject | undefined {
  return owns.find(({ type, name }) => type === object?.type && name === object.name);
}

/**
 * What is about to be made outside of a transaction has its owner before it is there, so that whoever is cut off right after it finds its
 * own object again. The function returned takes the row back.
 */
async function claim(
  target: ManagedDatabase,
  { object, formerObject }: Statement,
  { database, ownership, plan }: ApplyRequest,
  prepare: () => string,
  committed: number,
): Promise<(() => Promise<void>) | undefined> {
  const owned = ownedIn(plan, object);
  if (database === undefined || owned === undefined || formerObject !== undefined || ownership.has(owned))
    return undefined;
  if (!(await target.catalog()).databaseExists) return undefined;
  const rows = ownership.write([owned], []);
  if (!rows) return undefined;
  await writeBookkeeping(target, database, prepare() + rows, committed);
  return async () => void (await recordFailure(target, database, ownership.write([], [owned])));
}

/** What stays done although a later statement fails must have its owner from the first moment. */
async function writeOwner(
  target: ManagedDatabase,
  { object, formerObject }: Statement,
  { database, ownership, plan }: ApplyRequest,
  prepare: () => string,
  committed: number,
): Promise<void> {
  const owned = ownedIn(plan, object);
  if (database === undefined || owned === undefined) return;
  const rows = ownership.write([owned], formerObject === undefined ? [] : [formerObject]);
  if (rows) await writeBookkeeping(target, database, prepare() + rows, committed);
}

/** Rows of iac.object for what a transaction makes, changes and drops. */
function ownershipOf(group: Group, request: ApplyRequest): string {
  const wanted: OwnedObject[] = [];
  const gone: { type: string; name: string }[] = [];
  const owns = new Map(request.plan.owns.map((object) => [`${object.type}\0${object.name}`, object]));
  for (const { statement } of group.statements) {
    if (!statement.object) continue;
    const object = owns.get(`${statement.object.type}\0${statement.object.name}`);
    if (object) wanted.push(object);
    else gone.push(statement.object);
  }
  return request.ownership.write(wanted, gone);
}

/** A read-only database cannot keep books; that is no reason to fail. */
export async function writeBookkeeping(
  target: ManagedDatabase,
  database: string,
  rows: string,
  committed: number,
): Promise<Applied> {
  const batch = `IF DATABASEPROPERTYEX(DB_NAME(), N'Updateability') = N'READ_WRITE'\nBEGIN\n  SET XACT_ABORT ON;\n  BEGIN TRANSACTION;\n  EXEC (${quoteText(rows)});\n  COMMIT TRANSACTION;\nEND;`;
  for (let attempt = 1; ; attempt++) {
    try {
      return deploymentIn(await target.request(database, batch, 300));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (await mayPass(error, attempt)) continue;
      const [first] = error.errors;
      const next = advice(first);
      const text = first
        ? `${first.text} (${numbers(first)})`
        : error.connectionLost
          ? "the connection broke"
          : error.message;
      throw new StatementError(
        `the rows of schema iac could not be written: ${text}; ${outcome(committed)}${next ? `; ${next}` : ""}`,
        first,
        committed,
      );
    }
  }
}

/**
 * Whether the same again may succeed: after a deadlock, and after what Azure SQL refuses for the moment, which is waited for. With the
 * connection the lock is gone, and then nothing is tried again.
 */
async function mayPass({ connectionLost, errors }: RequestError, attempt: number): Promise<boolean> {
  if (connectionLost || attempt >= attempts) return false;
  if (errors.some(isDeadlockVictim)) return true;
  if (!errors.some(isTransient)) return false;
  await setTimeout(attempt * pauseMilliseconds);
  return true;
}

/** The failure itself is what must be reported, so a failure to record it is not; false when the database could not be asked. */
async function recordFailure(target: ManagedDatabase, database: string, rows: string): Promise<boolean> {
  try {
    await target.request(database, `IF OBJECT_ID(N'iac.deployment', N'U') IS NOT NULL EXEC (${quoteText(rows)});`, 60);
    return true;
  } catch {
    target.invalidate();
    return false;
  }
}

async function runAlone(target: ManagedDatabase, group: Group, count: number, committed: number): Promise<void> {
  const [{ statement, index }] = group.statements as [{ statement: Statement; index: number }];
  for (let attempt = 1; ; attempt++) {
    try {
      await target.request(group.database, statement.batch, statement.timeoutSeconds);
      return;
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      const closed =
        statement.exclusive?.reopen === undefined ? "" : await reopen(target, statement.exclusive.reopen, error);
      if (statement.idempotent && (await mayPass(error, attempt))) continue;
      const inTheWay = error.errors.some(isDatabaseInUse) ? await sessionsInTheWay(target, statement) : "";
      throw statementError(error, statement, index, count, committed, inTheWay + closed);
    }
  }
}

/** What a person must know when the database may have stayed in SINGLE_USER. */
async function reopen(target: ManagedDatabase, batch: string, failure: RequestError): Promise<string> {
  const remedy = `\nThe database may still be in SINGLE_USER, which only a person should end: look at user_access_desc in sys.databases, then\n${batch}`;
  if (failure.connectionLost) return remedy;
  try {
    // Where the batch ended the session may still stand in the database, where nobody else can take its place.
    await target.request("master", `${batch}\nUSE master;`, 60);
    return "";
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return remedy;
  }
}

const namedSessions = 10;

/** Who is in the database that a statement needed for itself; the failure itself is what must be reported, whatever this finds. */
async function sessionsInTheWay(target: ManagedDatabase, { exclusive }: Statement): Promise<string> {
  if (exclusive === undefined) return "";
  const query = `SELECT TOP (${namedSessions}) session_id, login_name, host_name, program_name FROM sys.dm_exec_sessions WHERE is_user_process = 1 AND session_id <> @@SPID AND database_id = DB_ID(${quoteText(exclusive.database)}) ORDER BY session_id;`;
  try {
    const rows = (await target.request("master", query, 60))[0]?.rows ?? [];
    const sessions = rows.map(
      (row) =>
        `session ${String(row["session_id"])} (login "${String(row["login_name"])}", host "${String(row["host_name"])}", program "${String(row["program_name"])}")`,
    );
    return `\nIn database "${exclusive.database}" now: ${sessions.length > 0 ? sessions.join(", ") : "nobody that this login may see"}. ${exclusive.remedy}`;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return `\n${exclusive.remedy}`;
  }
}

async function runTransaction(
  target: ManagedDatabase,
  group: Group,
  count: number,
  committed: number,
  tail: string,
): Promise<Applied> {
  const chunks = chunksOf(group);
  let active = defaultSettings;
  let applied: Applied = {};
  for (let attempt = 1; ; attempt++) {
    let current: Chunk | undefined;
    try {
      for (const chunk of chunks) {
        current = chunk;
        if (chunk.settings !== active) await target.request(group.database, chunk.settings, 60);
        active = chunk.settings;
        applied = deploymentIn(
          await target.request(group.database, chunkText(group, chunk, tail), chunk.timeoutSeconds),
        );
      }
      break;
    } catch (error) {
      if (!(error instanceof RequestError) || !current) throw error;
      if (!error.connectionLost)
        await target.request(group.database, `IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;\n${defaultSettings}`, 300);
      active = defaultSettings;
      // The whole transaction is undone, so nothing is done twice.
      if (await mayPass(error, attempt)) continue;
      const markers = error.results.filter((columns) => columns[0] === marker).length;
      const at = group.statements[current.first + Math.max(0, markers - 1)] ?? group.statements.at(-1);
      throw statementError(error, at!.statement, at!.index, count, committed);
    }
  }
  // Committed: an error from here on must not run anything again.
  if (active !== defaultSettings) await target.request(group.database, defaultSettings, 60);
  return applied;
}

/** SET options are part of what a module is created with; they are set for the session, in a request of their own. */
const defaultSettings = "SET ANSI_NULLS ON;\nSET QUOTED_IDENTIFIER ON;\n";

function settingsOf(statement: Statement): string {
  const settings = statement.settings;
  if (!settings) return defaultSettings;
  return `SET ANSI_NULLS ${settings.ansiNulls ? "ON" : "OFF"};\nSET QUOTED_IDENTIFIER ${settings.quotedIdentifier ? "ON" : "OFF"};\n`;
}

const stopOnError = "IF @@ERROR <> 0 BEGIN IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION; RETURN; END;\n";

/** Which statements go in one request; their texts are put together only when it is sent, so that they are not held twice. */
function chunksOf(group: Group): Chunk[] {
  const chunks: { -readonly [Key in keyof Chunk]: Chunk[Key] }[] = [];
  let characters = 0;
  group.statements.forEach(({ statement }, position) => {
    const settings = settingsOf(statement);
    const last = chunks.at(-1);
    characters += statement.batch.length;
    if (last && settings === last.settings && last.count < maximumStatements && characters < maximumCharacters) {
      last.count += 1;
      last.timeoutSeconds = Math.max(last.timeoutSeconds, statement.timeoutSeconds);
      return;
    }
    characters = statement.batch.length;
    chunks.push({ first: position, count: 1, timeoutSeconds: statement.timeoutSeconds, settings });
  });
  return chunks;
}

function chunkText(group: Group, { first, count }: Chunk, tail: string): string {
  // Without a transaction a later chunk must not run: the transaction was rolled back on the way.
  const head =
    first === 0 ? "BEGIN TRANSACTION;\n" : "IF @@TRANCOUNT = 0 THROW 50000, N'the transaction was rolled back', 1;\n";
  const parts = group.statements
    .slice(first, first + count)
    .map(
      ({ statement }, index) =>
        `SELECT ${first + index} AS [${marker}];\nEXEC (${quoteText(statement.batch)});\n${stopOnError}`,
    );
  const isLast = first + count === group.statements.length;
  const end = isLast ? `${tail ? `EXEC (${quoteText(tail)});\n${stopOnError}` : ""}COMMIT TRANSACTION;\n` : "";
  return `SET NOCOUNT, XACT_ABORT ON;\n${head}${parts.join("")}${end}`;
}

function statementError(
  error: RequestError,
  statement: Statement,
  index: number,
  count: number,
  committed: number,
  more = "",
): StatementError {
  const hide = (text: string): string => hideSecrets(text, statement.secrets);
  const first = error.errors[0];
  const place = `batch ${index + 1} of ${count}: ${statement.label}`;
  const source = statement.source
    ? `${statement.source.file}:${statement.source.line + Math.max(0, (first?.line ?? 1) - 1)}: `
    : "";
  if (!first) {
    // What took too long was cancelled, perhaps after a part of it, and rolled back where it was a transaction.
    if (!error.connectionLost && statement.inTransaction)
      return new StatementError(
        `${source}${place}: ${hide(error.message)}; ${outcome(committed)}${more}`,
        undefined,
        committed,
      );
    const what = error.connectionLost ? "the connection broke" : hide(error.message);
    const unknown = `whether ${statement.inTransaction ? "this transaction" : "this batch"} is done, only the server knows; run the command again, which goes on from what is there`;
    return new StatementError(
      `${source}${place}: ${what}; ${committed === 0 ? "" : `${outcome(committed)}; `}${unknown}${more}`,
      undefined,
      committed,
      undefined,
      true,
    );
  }
  const texts = error.errors.map((detail) => `${hide(detail.text)} (${numbers(detail)})`);
  const next = advice(first);
  // A batch that closes a database, works and opens it again has several statements and no transaction.
  const isPartial = statement.exclusive?.reopen !== undefined;
  const done = isPartial ? `${outcome(committed)} before this batch, of which some may be done` : outcome(committed);
  return new StatementError(
    `${source}${place}: ${texts.join("\n  ")}\n${done}${next ? `; ${next}` : ""}${more}`,
    { ...first, text: hide(first.text) },
    committed,
    undefined,
    isPartial,
  );
}

function numbers(detail: ServerErrorDetail): string {
  const place = [detail.procedure ? `procedure ${detail.procedure}` : "", detail.line ? `line ${detail.line}` : ""]
    .filter(Boolean)
    .join(", ");
  return `error ${detail.number}, class ${detail.class}, state ${detail.state}${place ? `, ${place}` : ""}`;
}

function outcome(committed: number): string {
  return committed === 0
    ? "nothing was changed"
    : `${committed} ${committed === 1 ? "batch stays" : "batches stay"} done, the rest was rolled back`;
}
