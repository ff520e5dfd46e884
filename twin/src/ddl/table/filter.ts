/**
 * WHERE of a filtered index or of filtered statistics: comparisons of a column with a constant, IN lists and IS [NOT] NULL, joined by
 * AND. Source: sql-docs, CREATE INDEX, filter_predicate; database engine events and errors 10609 to 10620 and 10735.
 */
import type { Expression } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Column, Database } from "../../storage/model";
import { findColumn } from "../registry";

interface Place {
  /** "index" or "statistics", as messages name it. */
  readonly what: "index" | "statistics";
  readonly name: string;
  readonly tableName: string;
  readonly columns: Column[];
  readonly database: Database;
}

/** Words at which the server's grammar stops. */
const notInGrammar: Partial<Record<Expression["kind"], string>> = {
  or: "OR",
  between: "BETWEEN",
  like: "LIKE",
  exists: "EXISTS",
  not: "NOT",
};

export function requireFilter(expression: Expression, place: Place): void {
  const word = notInGrammar[expression.kind];
  if (word) throw sqlError(156, [word]);
  if (expression.kind === "and") {
    requireFilter(expression.left, place);
    requireFilter(expression.right, place);
  } else if (expression.kind === "is-null") columnOf(expression.operand, place);
  else if (expression.kind === "comparison") {
    const flipped = expression.left.kind !== "column";
    const column = columnOf(flipped ? expression.right : expression.left, place);
    requireConstant(flipped ? expression.left : expression.right, column, place);
  } else if (expression.kind === "in" && !expression.not && expression.values) {
    const column = columnOf(expression.operand, place);
    for (const item of expression.values) requireConstant(item, column, place);
  } else throw incorrect(place);
}

function incorrect(place: Place): Error {
  return sqlError(10735, [place.what, place.name, place.tableName]);
}

function columnOf(expression: Expression, place: Place): Column {
  if (expression.kind !== "column") throw incorrect(place);
  const name = expression.name.parts.at(-1)!;
  const column = findColumn({ columns: place.columns }, place.database, name);
  if (!column) throw sqlError(207, [name]);
  if (column.computed) throw sqlError(10609, [place.what, place.name, place.tableName, column.name]);
  return column;
}

function requireConstant(expression: Expression, column: Column, place: Place): void {
  if (expression.kind === "null") throw sqlError(10620, [place.what, place.name, place.tableName]);
  if (!isConstant(expression)) throw incorrect(place);
  if (convertsColumn(expression, column)) throw sqlError(10611, [place.what, place.name, place.tableName, column.name]);
}

function isConstant(expression: Expression): boolean {
  switch (expression.kind) {
    case "integer":
    case "decimal":
    case "float":
    case "money":
    case "string":
    case "binary":
      return true;
    case "unary":
      return isConstant(expression.operand);
    case "cast":
    case "convert":
      return isConstant(expression.operand);
    default:
      return false;
  }
}

const ansiText = new Set(["char", "varchar"]);
const text = new Set(["char", "varchar", "nchar", "nvarchar", "binary", "varbinary"]);
const whole = new Set(["bit", "tinyint", "smallint", "int", "bigint"]);

/** Constants that outrank the column's type, so that the column itself would be converted. Whole numbers fit every numeric column. */
function convertsColumn(expression: Expression, column: Column): boolean {
  const { name } = column.type;
  switch (expression.kind) {
    case "unary":
      return convertsColumn(expression.operand, column);
    case "string":
      return expression.national && ansiText.has(name);
    case "integer":
      return text.has(name);
    case "decimal":
    case "float":
    case "money":
      return text.has(name) || whole.has(name);
    default:
      return false;
  }
}
