/** One SELECT ... FROM ... WHERE ... GROUP BY ... HAVING, with the ORDER BY and TOP that belong to it. */
import type { Expression, QuerySpecification, SelectItem } from "../language/ast";
import type { Row } from "../session/runtime";
import { isInteger } from "../types/format-type";
import type { SqlType } from "../types/sql-type";
import type { SqlValue } from "../types/value";
import { sqlError } from "../session/messages";
import { type Compiled, type Condition, type Context, type RelationColumn, type Run, childContext } from "./context";
import { compileAssignment } from "./assignment";
import { compileColumnSlot } from "./expressions/column";
import { compileExpression } from "./expressions/compile";
import { compileCondition } from "./expressions/condition";
import { requireComparable } from "./expressions/comparison";
import { expressionKey, some } from "./expression-key";
import { type FromPlan, planFrom } from "./from";
import { type GroupPlan, compileGrouping, isAggregateCall } from "./grouping";
import { type OrderKey, type Ordering, type Sortable, compileLimit, sortRows, takeRows } from "./ordering";
import { distinct, type QueryPlan } from "./query";
import { at, Scope } from "./scope";
import { WindowPlan } from "./windows";

/** An item of the select list, stars unfolded. */
interface Output {
  readonly name: string;
  readonly compiled: Compiled;
  /** Undefined for a column that a star gave. */
  readonly expression: Expression | undefined;
  readonly key: string;
}

export function compileSpecification(specification: QuerySpecification, parent: Scope, ordering: Ordering): QueryPlan {
  const scope = new Scope(parent.compiler, parent, parent.database);
  const { value, references } = scope.compiler.track(() => compileLevel(specification, scope, ordering));
  const limit = compileLimit(specification.top, ordering, parent);
  const cacheable = limit.cacheable && !references.volatile && !references.outer(scope) && !value.assigns;
  return {
    ...buildRows(value, specification, limit, scope),
    cacheable,
    assigns: value.assigns,
    columns: value.columns,
  };
}

interface Level {
  readonly from: FromPlan;
  readonly groups: GroupPlan | undefined;
  readonly having: Condition | undefined;
  readonly windows: WindowPlan;
  readonly outputs: readonly Output[];
  readonly columns: readonly RelationColumn[];
  readonly keys: readonly OrderKey[];
  readonly assigns: boolean;
}

function compileLevel(specification: QuerySpecification, scope: Scope, ordering: Ordering): Level {
  const from = planFrom(specification.from, specification.where, scope);
  const windows = new WindowPlan(scope, specification.windows ?? []);
  const groups = isGrouped(specification, ordering, scope) ? compileGrouping(specification, scope) : undefined;
  scope.grouping = groups;
  scope.windows = windows;
  scope.clause = "select";
  const assigns = specification.items.some((item) => item.kind === "assign");
  if (assigns && specification.items.some((item) => item.kind !== "assign"))
    throw at(sqlError(141), specification.line);
  const outputs = specification.items.flatMap((item) => compileItem(item, specification, scope));
  scope.clause = "having";
  scope.windows = undefined;
  const having = specification.having && compileCondition(specification.having, scope);
  scope.clause = "order";
  scope.windows = windows;
  const keys = ordering.items.map((item, index) => {
    const key = orderKey(item.expression, index, specification, outputs, scope);
    requireComparable(key.type, "ORDER BY", item.expression.line);
    return { ...key, descending: item.descending };
  });
  scope.clause = "other";
  if (specification.distinct)
    for (const { compiled } of outputs)
      if (compiled.type.name === "xml") throw at(sqlError(421, ["xml"]), specification.line);
  const columns = outputs.map(({ name, compiled }): RelationColumn => ({
    name,
    type: columnType(compiled.type),
    nullable: compiled.nullable,
    collation: compiled.collation === "explicit" ? "implicit" : compiled.collation,
    identity: compiled.column?.identity === true && !groups,
    untypedNull: compiled.untypedNull === true,
    json: compiled.json === true,
  }));
  return { from, groups, having, windows, outputs, columns, keys, assigns };
}

/** A literal integer knows its digits, for decimal arithmetic; a column of it is a plain integer. */
export function columnType(type: SqlType): SqlType {
  return isInteger(type) && type.precision !== undefined ? { name: type.name } : type;
}

function isGrouped(specification: QuerySpecification, ordering: Ordering, scope: Scope): boolean {
  if (specification.groupBy || specification.having) return true;
  const hasAggregate = (expression: Expression) => some(expression, (part) => isAggregateCall(part, scope));
  return (
    specification.items.some((item) => item.kind !== "star" && hasAggregate(item.expression)) ||
    ordering.items.some((item) => hasAggregate(item.expression))
  );
}

function compileItem(item: SelectItem, specification: QuerySpecification, scope: Scope): Output[] {
  if (item.kind === "star") return compileStar(item, specification, scope);
  if (item.kind === "assign") {
    const compiled = compileAssignment(item, scope);
    return [{ name: "", compiled, expression: undefined, key: "" }];
  }
  const compiled = compileExpression(item.expression, scope);
  const name = item.alias ?? compiled.column?.name ?? "";
  return [{ name, compiled, expression: item.expression, key: expressionKey(item.expression, scope) }];
}

function compileStar(
  item: Extract<SelectItem, { kind: "star" }>,
  specification: QuerySpecification,
  scope: Scope,
): Output[] {
  if (!specification.from.length) throw at(sqlError(263), item.line);
  const sources = item.qualifier ? scope.qualified(item.qualifier.parts) : scope.sources;
  if (item.qualifier && !sources.length) throw at(sqlError(107, [item.qualifier.parts.join(".")]), item.line);
  return sources.flatMap((source) =>
    source.columns.flatMap((column, index) =>
      column.hidden
        ? []
        : [
            {
              name: column.name,
              compiled: compileColumnSlot({ scope, up: 0, source, column, baseSlot: source.offset + index }, scope),
              expression: undefined,
              key: `#${scope.depth}.${source.offset + index}`,
            },
          ],
    ),
  );
}

/** Position, alias or name in the select list first; then any expression over the source. */
function orderKey(
  expression: Expression,
  index: number,
  specification: QuerySpecification,
  outputs: readonly Output[],
  scope: Scope,
): Omit<OrderKey, "descending"> {
  const byOutput = (output: number) => ({ output, type: outputs[output]!.compiled.type });
  if (expression.kind === "integer") {
    const position = Number(expression.text);
    if (position < 1 || position > outputs.length) throw at(sqlError(108, [expression.text]), expression.line);
    return byOutput(position - 1);
  }
  if (isConstant(expression)) throw at(sqlError(408, [index + 1]), expression.line);
  if (expression.kind === "column" && expression.name.parts.length === 1) {
    const named = outputs.flatMap((output, position) =>
      output.name !== "" && scope.same(output.name, expression.name.parts[0]!) ? [position] : [],
    );
    const keys = new Set(named.map((position) => outputs[position]!.key));
    if (named.length > 1 && keys.size > 1) throw at(sqlError(209, [expression.name.parts[0]!]), expression.line);
    if (named.length) return byOutput(named[0]!);
  }
  const key = expressionKey(expression, scope);
  const same = outputs.findIndex((output) => output.key === key);
  if (same >= 0) return byOutput(same);
  if (specification.distinct) throw at(sqlError(145), expression.line);
  const compiled = compileExpression(expression, scope);
  return { type: compiled.type, evaluate: compiled.evaluate };
}

function isConstant(expression: Expression): boolean {
  return ["decimal", "float", "money", "string", "binary", "null"].includes(expression.kind);
}

function buildRows(
  level: Level,
  specification: QuerySpecification,
  limit: ReturnType<typeof compileLimit>,
  scope: Scope,
): Pick<QueryPlan, "rows"> {
  const { from, groups, having, windows, outputs, columns, keys } = level;
  const readers = outputs.map((output) => output.compiled);
  const width = readers.length;
  const project = (context: Context): SqlValue[] => {
    const row = new Array<SqlValue>(width);
    for (let i = 0; i < width; i++) row[i] = readers[i]!.evaluate(context);
    return row;
  };

  function sourceRows(run: Run, around: Context | undefined): Iterable<Row> {
    const context = childContext(run, around);
    let rows = from.rows(context);
    if (groups) rows = groups.run(rows, childContext(run, around));
    if (having) rows = passing(rows, having, childContext(run, around));
    return windows.used ? windows.extend(rows, childContext(run, around)) : rows;
  }

  function* projected(run: Run, around: Context | undefined): Iterable<Row> {
    const context = childContext(run, around);
    for (const row of sourceRows(run, around)) {
      context.row = row;
      yield project(context);
    }
  }

  function* sortable(run: Run, around: Context | undefined): Iterable<Sortable> {
    if (specification.distinct) {
      for (const row of distinct(projected(run, around), columns))
        yield { row, keys: keys.map((key) => row[key.output!]!) };
      return;
    }
    const context = childContext(run, around);
    for (const source of sourceRows(run, around)) {
      context.row = source;
      const row = project(context);
      yield { row, keys: keys.map((key) => (key.output === undefined ? key.evaluate!(context) : row[key.output]!)) };
    }
  }

  function* limited(run: Run, around: Context | undefined): Iterable<Row> {
    const context = childContext(run, around);
    let rows: Iterable<Sortable> = sortable(run, around);
    if (keys.length) {
      const sorted = [...rows];
      sortRows(sorted, keys, scope);
      rows = sorted;
    }
    if (limit.none) for (const { row } of rows) yield row;
    else for (const { row } of limit.apply(rows, keys, context)) yield row;
  }

  return {
    rows: (run, around) => {
      if (keys.length) return limited(run, around);
      if (limit.none)
        return specification.distinct ? distinct(projected(run, around), columns) : projected(run, around);
      if (specification.top?.percent) return limited(run, around);
      const rows = specification.distinct ? distinct(projected(run, around), columns) : projected(run, around);
      return takeRows(rows, limit.count(childContext(run, around)));
    },
  };
}

function* passing(rows: Iterable<Row>, condition: Condition, context: Context): Iterable<Row> {
  for (const row of rows) {
    context.row = row;
    if (condition(context) === true) yield row;
  }
}
