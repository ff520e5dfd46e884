/** SET. https://learn.microsoft.com/sql/t-sql/statements/set-statements-transact-sql */
import type { Expression, Statement } from "../../language/ast";
import { findObject, schemaName } from "../../query/objects";
import { convert } from "../../types/convert";
import { isBinary } from "../../types/format-type";
import { sqlError } from "../messages";
import { own } from "../own";
import type { Execution, SessionOptions, Work } from "../runtime";
import { notImplemented } from "../sql-error";

type SetOption = Extract<Statement, { kind: "set-option" }>;
type SwitchName = { [K in keyof SessionOptions]: SessionOptions[K] extends boolean ? K : never }[keyof SessionOptions];

const SWITCHES: Record<string, SwitchName | undefined> = {
  ANSI_NULLS: "ansiNulls",
  ANSI_PADDING: "ansiPadding",
  ANSI_WARNINGS: "ansiWarnings",
  ANSI_NULL_DFLT_ON: "ansiNullDefaultOn",
  ARITHABORT: "arithabort",
  CONCAT_NULL_YIELDS_NULL: "concatNullYieldsNull",
  IMPLICIT_TRANSACTIONS: "implicitTransactions",
  NOCOUNT: "nocount",
  NOEXEC: "noexec",
  NUMERIC_ROUNDABORT: "numericRoundabort",
  QUOTED_IDENTIFIER: "quotedIdentifier",
  XACT_ABORT: "xactAbort",
};

/** Positions that would change what every expression means. */
const REFUSED: Record<string, string | undefined> = { CONCAT_NULL_YIELDS_NULL: "OFF", NUMERIC_ROUNDABORT: "ON" };

/** One word for several options. */
const ANSI_DEFAULTS: SwitchName[] = [
  "ansiNulls",
  "ansiNullDefaultOn",
  "ansiPadding",
  "ansiWarnings",
  "implicitTransactions",
  "quotedIdentifier",
];

/** Switches that change nothing here, in the position that they may have. */
const FIXED: Record<string, string | undefined> = {
  ANSI_NULL_DFLT_OFF: "OFF",
  ARITHIGNORE: "OFF",
  CURSOR_CLOSE_ON_COMMIT: "OFF",
  FMTONLY: "OFF",
  FORCEPLAN: "OFF",
  NO_BROWSETABLE: "ON",
  PARSEONLY: "OFF",
  REMOTE_PROC_TRANSACTIONS: "OFF",
};

const DATE_FORMATS = ["MDY", "DMY", "YMD", "YDM", "MYD", "DYM"];
const PRIORITIES: Record<string, number | undefined> = { LOW: -5, NORMAL: 0, HIGH: 5 };

export function* setOption(statement: SetOption, execution: Execution): Work<void> {
  yield* [];
  for (const option of statement.options) {
    const set = VALUED[option];
    if (set) set(statement, execution);
    else setSwitch(option, String(statement.value), execution);
  }
}

function setSwitch(option: string, value: string, execution: Execution): void {
  const { options } = execution.session;
  if (REFUSED[option] === value) throw notImplemented(`SET ${option} ${value}`);
  const field = SWITCHES[option];
  if (field) options[field] = value === "ON";
  else if (option === "ANSI_DEFAULTS") for (const one of ANSI_DEFAULTS) options[one] = value === "ON";
  else if (
    FIXED[option] !== value &&
    !(option.startsWith("STATISTICS ") && value === "OFF") &&
    option !== "NO_BROWSETABLE"
  )
    throw notImplemented(`SET ${option} ${value}`);
}

function valueOf(value: string | Expression, execution: Execution): unknown {
  if (typeof value === "string") return value;
  const result = execution.parts.query.scalar(value, execution);
  return typeof result === "bigint" ? Number(result) : result;
}

function numberOf(statement: SetOption, execution: Execution): number {
  const value = valueOf(statement.value, execution);
  if (typeof value !== "number" || !Number.isInteger(value)) throw sqlError(102, [String(value)]);
  return value;
}

const VALUED: Record<string, ((statement: SetOption, execution: Execution) => void) | undefined> = {
  LOCK_TIMEOUT: (statement, execution) => {
    const value = numberOf(statement, execution);
    if (value < -1) throw sqlError(102, [String(value)]);
    execution.session.options.lockTimeoutMs = value;
  },
  DEADLOCK_PRIORITY: (statement, execution) => {
    const value = valueOf(statement.value, execution);
    const priority = typeof value === "string" ? PRIORITIES[value.toUpperCase()] : Number(value);
    if (priority === undefined || !Number.isInteger(priority) || Math.abs(priority) > 10)
      throw sqlError(2755, [-10, 10]);
    execution.session.options.deadlockPriority = priority;
  },
  ROWCOUNT: (statement, execution) => {
    const count = numberOf(statement, execution);
    if (count < 0) throw sqlError(507);
    execution.session.options.rowcount = count;
  },
  TEXTSIZE: (statement, execution) => {
    const size = numberOf(statement, execution);
    execution.session.options.textsize = size <= 0 ? (size === 0 ? 4096 : 2147483647) : size;
  },
  DATEFIRST: (statement, execution) => {
    const day = numberOf(statement, execution);
    if (day < 1 || day > 7) throw sqlError(2742, [day]);
    execution.session.options.dateFirst = day;
  },
  DATEFORMAT: (statement, execution) => {
    const format = String(valueOf(statement.value, execution)).toUpperCase();
    if (!DATE_FORMATS.includes(format)) throw sqlError(2741, [format.toLowerCase()]);
    execution.session.options.dateFormat = format.toLowerCase();
  },
  LANGUAGE: (statement, execution) => {
    const language = String(valueOf(statement.value, execution)).toLowerCase();
    if (language !== "us_english" && language !== "english") throw notImplemented(`SET LANGUAGE ${language}`);
    const { options } = execution.session;
    own(execution).announce({ kind: "language", from: options.language, to: "us_english" });
    Object.assign(options, { language: "us_english", dateFirst: 7, dateFormat: "mdy" });
    const message = sqlError(5703, ["us_english"]);
    message.line = statement.line;
    execution.output.message(message);
  },
  "TRANSACTION ISOLATION LEVEL": (statement, execution) =>
    void (execution.session.options.isolation = statement.value as SessionOptions["isolation"]),
  CONTEXT_INFO: (statement, execution) => {
    if (typeof statement.value === "string") throw sqlError(102, [statement.value]);
    const { type, value } = execution.parts.query.typedScalar(statement.value, execution);
    if (value === null || !isBinary(type)) throw sqlError(206, [type.name, "varbinary"]);
    const given = convert(value, type, { name: "varbinary", length: 128 }) as Uint8Array;
    const whole = new Uint8Array(128);
    whole.set(given.subarray(0, 128));
    own(execution).contextInfo = whole;
  },
  IDENTITY_INSERT: setIdentityInsert,
};

function setIdentityInsert(statement: SetOption, execution: Execution): void {
  const session = own(execution);
  const name = statement.table!;
  const found = findObject(name, { execution, database: execution.frame.database });
  const shown = name.parts.filter(Boolean).join(".");
  if (found?.kind !== "table") throw sqlError(1088, [shown]);
  const { table, database } = found;
  if (!table.columns.some((column) => column.identity)) throw sqlError(8106, [shown]);
  if (!name.parts.at(-1)!.startsWith("#"))
    session.demand("ALTER", { kind: "object", objectId: table.id, schemaId: table.schemaId, name: table.name });
  if (statement.value === "OFF") {
    if (session.identityInsert === table) session.identityInsert = undefined;
    return;
  }
  const other = session.identityInsert;
  if (other && other !== table)
    throw sqlError(8107, [`${database.name}.${schemaName(database, other.schemaId)}.${other.name}`, shown]);
  session.identityInsert = table;
}
