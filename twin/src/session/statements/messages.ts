/**
 * PRINT, RAISERROR and THROW.
 * https://learn.microsoft.com/sql/t-sql/language-elements/raiserror-transact-sql, throw-transact-sql, print-transact-sql
 */
import type { Statement } from "../../language/ast";
import { isSysadmin } from "../../security/identity";
import { convert } from "../../types/convert";
import { isCharacter, isInteger } from "../../types/format-type";
import { Decimal, type SqlValue } from "../../types/value";
import { markEffect } from "../error-effects";
import { sqlError } from "../messages";
import { frameOf, own } from "../own";
import type { Execution, Work } from "../runtime";
import { SqlError } from "../sql-error";

type Of<K extends Statement["kind"]> = Extract<Statement, { kind: K }>;

/* eslint-disable require-yield -- every statement is driven as a generator */
function inform(error: SqlError, line: number, execution: Execution): void {
  error.line ??= line;
  if (execution.frame.module) error.procedure ??= execution.frame.module.name;
  execution.output.message(error);
}

export function* printStatement(statement: Of<"print">, execution: Execution): Work<void> {
  const { type, value } = execution.parts.query.typedScalar(statement.value, execution);
  const text =
    value === null
      ? ""
      : isCharacter(type)
        ? String(value)
        : String(convert(value, type, { name: "nvarchar", length: 4000 }));
  inform(new SqlError(0, 0, 1, text.slice(0, type.name.startsWith("n") ? 4000 : 8000)), statement.line, execution);
}

const FORMAT = /%([-+0# ]*)(\*|\d+)?(?:\.(\*|\d+))?(?:h|l|I64)?([diuoxXs])|%%|%(.?)/g;

/** printf as RAISERROR has it. Throws 2787 for a bad specification, 2786 for an argument of another type. */
export function formatMessage(template: string, args: readonly { value: SqlValue; integer: boolean }[]): string {
  let next = 0;
  const take = (position: number): { value: SqlValue; integer: boolean } | undefined => {
    if (position >= args.length) return undefined;
    return args[next++];
  };
  const size = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : text === "*" ? Number(take(next)?.value ?? 0) : Number(text);
  return template.replace(
    FORMAT,
    (
      whole,
      flags: string | undefined,
      width: string | undefined,
      precision: string | undefined,
      type: string | undefined,
    ) => {
      if (whole === "%%") return "%";
      if (!type) throw sqlError(2787, [whole]);
      const wide = size(width);
      const precise = size(precision);
      const argument = take(next);
      if (!argument) return "(null)";
      if (argument.value !== null && argument.integer === (type === "s")) throw sqlError(2786, [next]);
      const text =
        argument.value === null
          ? "(null)"
          : type === "s"
            ? String(argument.value).slice(0, precise)
            : number(BigInt(argument.value as number | bigint), type, flags ?? "", precise);
      if (wide === undefined || text.length >= wide) return text;
      if (flags?.includes("-")) return text.padEnd(wide);
      if (!flags?.includes("0") || type === "s") return text.padStart(wide);
      return text.startsWith("-") ? `-${text.slice(1).padStart(wide - 1, "0")}` : text.padStart(wide, "0");
    },
  );
}

function number(value: bigint, type: string, flags: string, precision: number | undefined): string {
  const bits = value < -2147483648n || value > 4294967295n ? 64 : 32;
  const unsigned = BigInt.asUintN(bits, value);
  if (type === "d" || type === "i") {
    const sign = value < 0n ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
    return sign + (value < 0n ? -value : value).toString().padStart(precision ?? 0, "0");
  }
  if (type === "u") return unsigned.toString().padStart(precision ?? 0, "0");
  const digits = unsigned.toString(type === "o" ? 8 : 16).padStart(precision ?? 0, "0");
  const prefix = flags.includes("#") && unsigned !== 0n ? (type === "o" ? "0" : "0x") : "";
  return type === "X" ? (prefix + digits).toUpperCase() : prefix + digits;
}

export function* raiserror(statement: Of<"raiserror">, execution: Execution): Work<void> {
  const { query } = execution.parts;
  const message = query.typedScalar(statement.message, execution);
  const severity = Math.max(0, toInteger(query.scalar(statement.severity, execution)));
  const state = toInteger(query.scalar(statement.state, execution));
  if (state > 255) throw sqlError(2756, [state, 0, 255]);
  const options = statement.options.map((option) => option.toUpperCase());
  if (
    severity > 18 &&
    (!options.includes("LOG") || !isSysadmin(execution.session.server, execution.session.effectiveLogin))
  )
    throw markEffect(sqlError(2754), "raiserror");
  const error = raised(message, Math.min(severity, 25), state < 0 ? 1 : state, statement, execution);
  const frame = frameOf(execution);
  if (severity > 10) throw markEffect(error, "raiserror");
  frame.lastError = options.includes("SETERROR") ? error.number : 0;
  inform(
    severity === 10 ? new SqlError(error.number, 0, error.state, error.message) : error,
    statement.line,
    execution,
  );
}

function raised(
  message: { type: import("../../types/sql-type").SqlType; value: SqlValue },
  severity: number,
  state: number,
  statement: Of<"raiserror">,
  execution: Execution,
): SqlError {
  if (isInteger(message.type) || message.value instanceof Decimal) {
    // There is no sp_addmessage here, so no number above 50000 is in sys.messages.
    const number = toInteger(message.value);
    if (number < 13000) throw sqlError(2732, [number, 13000, 2147483647, 50000]);
    return sqlError(18054, [number, severity, state]);
  }
  const args = statement.arguments.map((argument) => {
    const { type, value } = execution.parts.query.typedScalar(argument, execution);
    return { value, integer: isInteger(type) && type.name !== "bit" };
  });
  const text = formatMessage(String(message.value ?? ""), args);
  return new SqlError(50000, severity, state, text.length > 2047 ? `${text.slice(0, 2044)}...` : text);
}

function toInteger(value: SqlValue): number {
  return value instanceof Decimal
    ? Number(value.unscaled / 10n ** BigInt(value.scale))
    : Math.trunc(Number(value ?? 0));
}

export function* throwStatement(statement: Of<"throw">, execution: Execution): Work<void> {
  if (!statement.arguments) {
    const { caught } = execution.frame;
    if (!caught) throw sqlError(10704);
    const again = new SqlError(caught.number, caught.severity, caught.state, caught.message);
    if (caught.line !== undefined) again.line = caught.line;
    if (caught.procedure !== undefined) again.procedure = caught.procedure;
    throw markEffect(again, own(execution).triggerDepth > 0 ? "transaction" : "batch");
  }
  const [number, message, state] = statement.arguments.map((argument) =>
    execution.parts.query.scalar(argument, execution),
  );
  if (toInteger(number!) < 50000) throw sqlError(35100, [toInteger(number!)], 10);
  if (toInteger(state!) < 0 || toInteger(state!) > 255) throw sqlError(2756, [toInteger(state!), 0, 255]);
  throw markEffect(
    new SqlError(toInteger(number!), 16, toInteger(state!), String(message ?? "").slice(0, 2048)),
    "batch",
  );
}
