/** UNION, INTERSECT, EXCEPT. Rows are compared as DISTINCT does: NULL equals NULL. */
import type { QueryBody } from "../language/ast";
import type { Row } from "../session/runtime";
import { sqlError } from "../session/messages";
import { type Compiled, type Context, type RelationColumn, type Run, childContext } from "./context";
import { type UnionItems, unionType } from "./expressions/coercion";
import { rowKey } from "./ordering";
import { distinct, type QueryPlan } from "./query";
import { at, type Scope, slotReader } from "./scope";

type SetBody = Extract<QueryBody, { kind: "set" }>;

const words: Record<SetBody["operator"], string> = {
  union: "UNION",
  "union-all": "UNION ALL",
  intersect: "INTERSECT",
  except: "EXCEPT",
};

function columnReader(column: RelationColumn, index: number): Compiled {
  return {
    type: column.type,
    nullable: column.nullable,
    collation: column.collation ?? "implicit",
    untypedNull: column.untypedNull === true,
    evaluate: slotReader(index, 0),
  };
}

export function combine(body: SetBody, left: QueryPlan, right: QueryPlan, scope: Scope): QueryPlan {
  if (left.columns.length !== right.columns.length) throw at(sqlError(205), body.line);
  const merged: UnionItems[] = left.columns.map((column, index) =>
    unionType([columnReader(column, index), columnReader(right.columns[index]!, index)], scope, words[body.operator]),
  );
  const columns: RelationColumn[] = left.columns.map((column, index) => ({
    name: column.name,
    type: merged[index]!.type,
    nullable: body.operator === "union" || body.operator === "union-all" ? merged[index]!.nullable : column.nullable,
    collation: merged[index]!.collation,
    untypedNull: merged[index]!.untypedNull,
  }));
  const side = (plan: QueryPlan, which: 0 | 1) =>
    function* (run: Run, around: Context | undefined): Iterable<Row> {
      const readers = merged.map((item) => item.items[which]!);
      const context = childContext(run, around);
      for (const row of plan.rows(run, around)) {
        context.row = row;
        yield readers.map((reader) => reader.evaluate(context));
      }
    };
  const leftRows = side(left, 0);
  const rightRows = side(right, 1);
  function* all(run: Run, around: Context | undefined): Iterable<Row> {
    yield* leftRows(run, around);
    yield* rightRows(run, around);
  }
  function* selected(run: Run, around: Context | undefined): Iterable<Row> {
    const keys = new Set<string>();
    for (const row of rightRows(run, around)) keys.add(rowKey(row, columns));
    for (const row of distinct(leftRows(run, around), columns))
      if (keys.has(rowKey(row, columns)) === (body.operator === "intersect")) yield row;
  }
  return {
    columns,
    assigns: false,
    cacheable: left.cacheable && right.cacheable,
    rows: (run, around) => {
      if (body.operator === "union-all") return all(run, around);
      return body.operator === "union" ? distinct(all(run, around), columns) : selected(run, around);
    },
  };
}
