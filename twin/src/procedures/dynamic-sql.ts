/**
 * sp_executesql and the prepared-statement procedures of the drivers.
 * https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-executesql-transact-sql, sp-prepare-transact-sql
 */
/* eslint-disable require-yield -- procedures are driven as generators */
import { parseModule } from "../language/parser";
import type { Parameter as ParameterSyntax } from "../language/ast";
import { sqlError } from "../session/messages";
import { convertParameter, dynamicFrame, executeText } from "../session/modules";
import { own } from "../session/own";
import type { Execution, Work } from "../session/runtime";
import { convert } from "../types/convert";
import type { SqlValue } from "../types/value";
import {
  defineProcedure,
  INT,
  integer,
  isTable,
  NTEXT,
  optional,
  output,
  required,
  text,
  type Arguments,
} from "./definition";

/** "@a int, @b nvarchar(10) = N'x' OUTPUT" in the words of a procedure header. */
function parseParameters(declaration: string): ParameterSyntax[] {
  if (declaration.trim() === "") return [];
  const module = parseModule(`CREATE PROCEDURE p ${declaration}\nAS RETURN`);
  return module.kind === "procedure" ? module.parameters : [];
}

/** Runs a text with the values that follow in the call, by position or by name. */
function* runText(sql: string, declaration: string, args: Arguments, skip: number, execution: Execution): Work<void> {
  const frame = dynamicFrame(execution);
  const { definition, query } = execution.parts;
  const parameters = parseParameters(declaration);
  const given = [...args].filter(
    ([name]) => /^\d+$/.test(name) || parameters.some((one) => one.name.toLowerCase() === name),
  );
  if (given.some(([name]) => /^\d+$/.test(name) && Number(name) - skip >= parameters.length))
    throw sqlError(8144, [""], 2);
  const unknown = [...args.keys()].find(
    (name) => !/^\d+$/.test(name) && !ownNames.has(name) && !parameters.some((one) => one.name.toLowerCase() === name),
  );
  if (unknown !== undefined) throw sqlError(8145, [unknown, ""]);
  for (const [index, parameter] of parameters.entries()) {
    const key = parameter.name.toLowerCase();
    const argument = args.get(key) ?? args.get(String(index + skip));
    if (argument && isTable(argument.value)) {
      frame.tables.set(key, argument.value);
      continue;
    }
    const { type } = definition.resolveType(parameter.type, frame.database);
    if (!argument) {
      if (!parameter.default) throw sqlError(8178, [`(${declaration})${sql}`.slice(0, 2000), parameter.name]);
      frame.variables.set(key, { type, value: query.typedScalar(parameter.default, execution, type).value });
      continue;
    }
    if (argument.set && !parameter.output) throw sqlError(8162, [parameter.name], 2);
    frame.variables.set(key, { type, value: convertParameter(argument.value as SqlValue, argument.type, type) });
  }
  yield* executeText(sql, frame, execution);
  for (const [index, parameter] of parameters.entries()) {
    const argument = args.get(parameter.name.toLowerCase()) ?? args.get(String(index + skip));
    const variable = frame.variables.get(parameter.name.toLowerCase());
    if (!argument?.set || !variable) continue;
    argument.set(
      variable.value === null || !argument.type
        ? variable.value
        : convert(variable.value, variable.type, argument.type),
    );
  }
}

/** Names of the procedures' own parameters, which the text's may not be taken for. */
const ownNames = new Set(["@stmt", "@statement", "@params", "@parameters", "@handle", "@options"]);

/** 0, or the number of the error with which the text ended. */
function status(execution: Execution): number {
  return execution.frame.lastError;
}

/** 214: a varchar is no statement. */
function requireUnicode(args: Arguments, name: string, shown: string): void {
  const argument = args.get(name);
  if (argument?.type && argument.value !== null && !["ntext", "nchar", "nvarchar"].includes(argument.type.name))
    throw sqlError(214, [shown, "ntext/nchar/nvarchar"], 2);
}

defineProcedure(
  "sp_executesql",
  [required("@stmt", NTEXT), optional("@params", NTEXT)],
  function* (args, execution) {
    requireUnicode(args, "@stmt", "@statement");
    requireUnicode(args, "@params", "@parameters");
    const sql = text(args, "@stmt");
    if (sql === undefined) return 0;
    yield* runText(sql, text(args, "@params") ?? "", args, 2, execution);
    return status(execution);
  },
  true,
);

function keep(args: Arguments, execution: Execution): { handle: number; sql: string; parameters: string } {
  const session = own(execution);
  const sql = text(args, "@stmt") ?? "";
  const parameters = text(args, "@params") ?? "";
  const handle = session.nextHandle++;
  session.prepared.set(handle, { parameters, text: sql });
  args.get("@handle")?.set?.(handle);
  return { handle, sql, parameters };
}

defineProcedure(
  "sp_prepare",
  [
    { ...output("@handle", INT), optional: true },
    optional("@params", NTEXT),
    required("@stmt", NTEXT),
    optional("@options", INT),
  ],
  function* (args, execution) {
    keep(args, execution);
    return 0;
  },
);

defineProcedure(
  "sp_prepexec",
  [{ ...output("@handle", INT), optional: true }, optional("@params", NTEXT), required("@stmt", NTEXT)],
  function* (args, execution) {
    const { sql, parameters } = keep(args, execution);
    yield* runText(sql, parameters, args, 3, execution);
    return status(execution);
  },
  true,
);

function prepared(args: Arguments, execution: Execution) {
  const handle = integer(args, "@handle") ?? 0;
  const known = own(execution).prepared.get(handle);
  if (!known) throw sqlError(8179, [handle], 2);
  return { handle, known };
}

defineProcedure(
  "sp_execute",
  [required("@handle", INT)],
  function* (args, execution) {
    const { known } = prepared(args, execution);
    yield* runText(known.text, known.parameters, args, 1, execution);
    return status(execution);
  },
  true,
);

defineProcedure("sp_unprepare", [required("@handle", INT)], function* (args, execution) {
  own(execution).prepared.delete(prepared(args, execution).handle);
  return 0;
});
