/** SET of UPDATE and MERGE. https://learn.microsoft.com/sql/t-sql/queries/update-transact-sql */
import type { Expression, SetItem } from "../../language/ast";
import { notImplemented } from "../../session/sql-error";
import { sqlError } from "../../session/messages";
import { isCharacter } from "../../types/format-type";
import type { SqlValue } from "../../types/value";
import { compileAssignment } from "../assignment";
import type { Compiled, Context } from "../context";
import { convertForColumn, convertTo, toNumber } from "../expressions/coercion";
import { compileExpression } from "../expressions/compile";
import { at, type Scope, type Source } from "../scope";
import { relationColumn } from "../table-rows";
import type { Target } from "./target";
import type { TableWriter } from "./writer";

export interface Assignments {
  /** Places of the columns that are set. */
  readonly places: readonly number[];
  /** Sets variables too. `values` begins as the row before. */
  apply(context: Context, values: SqlValue[], writer: TableWriter): void;
}

type Apply = (context: Context, values: SqlValue[], writer: TableWriter) => void;

interface Destination {
  readonly target: Target;
  readonly columns: readonly { readonly name: string; readonly index: number | undefined }[];
  /** The target's entry in the scope, for compound assignment. */
  readonly source: Source;
}

export function columnNames(items: readonly SetItem[]): string[] {
  return items.flatMap((item) => (item.column ? [item.column.parts.at(-1)!] : []));
}

export function compileAssignments(items: readonly SetItem[], destination: Destination, scope: Scope): Assignments {
  const before = scope.clause;
  scope.clause = "set";
  const places: number[] = [];
  const steps = items.map((item) => {
    if (!item.column) return variableStep(item, scope);
    const place = placeOf(item, destination, scope);
    if (places.includes(place)) throw at(sqlError(264, [item.column.parts.at(-1)!]), item.line);
    places.push(place);
    return columnStep(item, place, destination, scope);
  });
  scope.clause = before;
  return {
    places,
    apply: (context, values, writer) => {
      for (const step of steps) step(context, values, writer);
    },
  };
}

function variableStep(item: SetItem, scope: Scope): Apply {
  const assign = compileAssignment(
    { kind: "assign", variable: item.variable!, operator: item.operator, expression: item.expression, line: item.line },
    scope,
  );
  return (context) => void assign.evaluate(context);
}

function placeOf(item: SetItem, { target, columns }: Destination, scope: Scope): number {
  const name = item.column!.parts.at(-1)!;
  const found = columns.find((column) => scope.same(column.name, name));
  if (found?.index === undefined) throw at(sqlError(207, [name]), item.line);
  const column = target.table.columns[found.index]!;
  if (column.computed) throw at(sqlError(271, [column.name]), item.line);
  if (column.identity) throw at(sqlError(8102, [column.name]), item.line);
  if (column.generatedAlways !== 0) throw at(sqlError(13537, [target.fullName]), item.line);
  if (column.type.name === "timestamp") throw at(sqlError(272), item.line);
  return found.index;
}

function columnStep(item: SetItem, place: number, destination: Destination, scope: Scope): Apply {
  const { target, source } = destination;
  const column = target.table.columns[place]!;
  if (item.expression.kind === "default")
    return (_context, values, writer) => void (values[place] = writer.defaultValue(place));
  if (item.write) return writeStep(item, place, destination, scope);
  const own: Expression = {
    kind: "column",
    name: { parts: [source.name, item.column!.parts.at(-1)!], line: item.line },
    line: item.line,
  };
  const operator =
    item.operator === "="
      ? undefined
      : (item.operator.slice(0, -1) as Extract<Expression, { kind: "binary-operation" }>["operator"]);
  const whole: Expression = operator
    ? { kind: "binary-operation", operator, left: own, right: item.expression, line: item.line }
    : item.expression;
  const { type } = relationColumn(column);
  const value = convertForColumn(compileExpression(whole, scope), type, {
    table: target.fullName,
    column: column.name,
  });
  if (!item.variable) return (context, values) => void (values[place] = value.evaluate(context));
  const key = item.variable.toLowerCase();
  const variable = scope.execution.frame.variables.get(key);
  if (!variable) throw at(sqlError(137, [item.variable]), item.line);
  let last: SqlValue = null;
  const copy = convertTo({ type, nullable: true, collation: "implicit", evaluate: () => last }, variable.type, scope);
  return (context, values) => {
    values[place] = last = value.evaluate(context);
    context.execution.frame.variables.get(key)!.value = copy.evaluate(context);
  };
}

/** column.WRITE(value, offset, length): NULL as offset appends, NULL as length cuts to the end. */
function writeStep(item: SetItem, place: number, { target }: Destination, scope: Scope): Apply {
  const column = target.table.columns[place]!;
  const { type } = relationColumn(column);
  if (type.length !== -1) throw at(sqlError(258, [type.name]), item.line);
  const value = convertForColumn(compileExpression(item.expression, scope), type, {
    table: target.fullName,
    column: column.name,
  });
  const offset = compileExpression(item.write!.offset, scope);
  const length = compileExpression(item.write!.length, scope);
  return (context, values) => {
    const old = values[place]!;
    if (old === null) throw at(sqlError(5302, ["write", column.name]), item.line);
    values[place] = spliced(
      old,
      value.evaluate(context),
      number(offset, context),
      number(length, context),
      isCharacter(type),
    );
  };
}

function number(expression: Compiled, context: Context): number | undefined {
  const value = expression.evaluate(context);
  return value === null ? undefined : toNumber(value);
}

function spliced(
  old: SqlValue,
  value: SqlValue,
  offset: number | undefined,
  length: number | undefined,
  text: boolean,
): SqlValue {
  const size = text ? (old as string).length : (old as Uint8Array).length;
  const from = offset ?? size;
  if (from < 0 || from > size) throw notImplemented(`.WRITE at offset ${from} of a value of length ${size}`);
  if (length !== undefined && length < 0) throw notImplemented(`.WRITE of length ${length}`);
  // A NULL value cuts the text off at the offset.
  const to =
    value === null || length === undefined ? size : Math.min(size, offset === undefined ? size : from + length);
  if (text) return (old as string).slice(0, from) + ((value as string | null) ?? "") + (old as string).slice(to);
  const bytes = old as Uint8Array;
  return new Uint8Array([...bytes.subarray(0, from), ...((value as Uint8Array | null) ?? []), ...bytes.subarray(to)]);
}
