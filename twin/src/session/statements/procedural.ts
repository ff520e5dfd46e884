/** DECLARE, SET @v, USE, WAITFOR, EXECUTE AS, KILL and other single-purpose statements. */
import type { Expression, Statement } from "../../language/ast";
import { parseDateTime, TICKS_PER_SECOND, localOf, now } from "../../types/date-time";
import { convert } from "../../types/convert";
import { userOf } from "../../security/identity";
import { impersonate } from "../impersonation";
import { sqlError } from "../messages";
import { own } from "../own";
import type { Execution, StatementResult, Work } from "../runtime";
import { notImplemented } from "../sql-error";
import { inStatement, settle } from "../statement";

type Of<K extends Statement["kind"]> = Extract<Statement, { kind: K }>;

/* eslint-disable require-yield -- every statement is driven as a generator */
export function* declare(statement: Of<"declare">, execution: Execution): Work<void> {
  for (const { name, value } of statement.variables) {
    if (!value) continue;
    const variable = execution.frame.variables.get(name.toLowerCase())!;
    yield* settle(value, execution);
    variable.value = inStatement(
      execution,
      () => execution.parts.query.typedScalar(value, execution, variable.type).value,
    );
  }
}

/** SET @v += x as SET @v = @v + x; kept, so that a loop makes it once. */
const combined = new WeakMap<Statement, Expression>();

export function* setVariable(statement: Of<"set-variable">, execution: Execution): Work<StatementResult> {
  const variable = execution.frame.variables.get(statement.variable.toLowerCase());
  if (!variable) throw sqlError(137, [statement.variable]);
  let { value } = statement;
  if (statement.operator !== "=") {
    const { line } = statement;
    const operator = statement.operator.slice(0, -1) as Extract<Expression, { kind: "binary-operation" }>["operator"];
    value = combined.get(statement) ?? {
      kind: "binary-operation",
      operator,
      left: { kind: "variable", name: statement.variable, line },
      right: statement.value,
      line,
    };
    combined.set(statement, value);
  }
  yield* settle(value, execution);
  variable.value = execution.parts.query.typedScalar(value, execution, variable.type).value;
  return { rowCount: 1, hasResult: false };
}

export function* changeDatabase(statement: Of<"use">, execution: Execution): Work<void> {
  const session = own(execution);
  if (execution.frame.module) throw sqlError(154, ["a USE database statement"]);
  const { server } = session;
  const database = server.databases.get(server.key(statement.database));
  if (!database) throw sqlError(911, [statement.database]);
  if (database.options.state === "OFFLINE") throw sqlError(942, [database.name], 4);
  session.requireUser(database);
  const { userAccess } = database.options;
  if (
    userAccess === "SINGLE_USER" &&
    session.engine.openSessions().some((other) => other !== session && other.database === database)
  )
    throw sqlError(924, [database.name]);
  if (userAccess === "RESTRICTED_USER" && userOf(session.effectiveLogin, server, database)?.id !== 1)
    throw sqlError(916, [session.effectiveLogin.name, database.name]);
  yield* session.enter(database);
  session.frame.database = database;
  const message = sqlError(5701, [database.name], 2);
  message.line = statement.line;
  execution.output.message(message);
}

export function* waitFor(statement: Of<"waitfor">, execution: Execution): Work<void> {
  const session = own(execution);
  const { type, value } = execution.parts.query.typedScalar(statement.value, execution);
  const ticks = timeOf(
    typeof value === "string" ? value : (convert(value, type, { name: "nvarchar", length: 30 }) as string | null),
  );
  let milliseconds = Math.floor((ticks * 1000) / TICKS_PER_SECOND);
  if (statement.what === "time") {
    const since = Math.floor((localOf(now()).ticks * 1000) / TICKS_PER_SECOND);
    milliseconds = (milliseconds - since + 86_400_000) % 86_400_000;
  }
  if (milliseconds > 0) yield* session.interruption.sleep(milliseconds);
}

/** hh:mm[:ss[.mmm]], less than 24 hours. */
function timeOf(text: string | null): number {
  const parsed = text === null ? undefined : parseDateTime(text.trim());
  if (!text || !/^\s*\d{1,2}:\d{1,2}(:\d{1,2}([.:]\d+)?)?\s*$/.test(text) || !parsed) throw sqlError(148, [text ?? ""]);
  const [hours = 0, minutes = 0, seconds = 0] = text.trim().split(/[:]/).map(Number);
  if (hours > 23 || minutes > 59 || seconds >= 60) throw sqlError(148, [text]);
  return Math.round((hours * 3600 + minutes * 60 + seconds) * TICKS_PER_SECOND);
}

export function* executeAs(statement: Of<"execute-as">, execution: Execution): Work<void> {
  const { principal } = statement;
  if (principal === "caller") return;
  if (principal !== "user" && principal !== "login")
    throw notImplemented(`EXECUTE AS ${principal.toUpperCase()} as a statement`);
  const name = statement.name ? execution.parts.query.scalar(statement.name, execution) : "";
  impersonate(principal, String(name), statement.noRevert, execution);
}

export function* revert(_statement: Of<"revert">, execution: Execution): Work<void> {
  own(execution).identities.revert();
}

export function* checkpoint(_statement: Of<"checkpoint">, { session }: Execution): Work<void> {
  session.demand("CHECKPOINT", { kind: "database", database: session.database });
}

export function* kill(statement: Of<"kill">, execution: Execution): Work<void> {
  const session = own(execution);
  session.demand("ALTER ANY CONNECTION", { kind: "server" });
  const spid = Number(execution.parts.query.scalar(statement.spid, execution));
  if (spid === session.spid) throw sqlError(6104);
  const other = session.engine.session(spid);
  if (!other) throw sqlError(6106, [spid], 2);
  other.kill();
}

export function* reconfigure(_statement: Of<"reconfigure">, { session }: Execution): Work<void> {
  session.demand("ALTER SETTINGS", { kind: "server" });
  if (session.transactionCount > 0) throw sqlError(574, ["RECONFIGURE"]);
  for (const setting of session.server.configurations.values())
    if (setting.dynamic) session.transaction.set(setting, "inUse", setting.value);
}
