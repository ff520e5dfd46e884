/** CREATE, UPDATE and DROP STATISTICS: objects only, the twin has no optimizer. Rules: reference sheet "tables and indexes" 5.9. */
import type { Definition } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Execution, Work } from "../../session/runtime";
import type { Statistic } from "../../storage/model";
import { lockObject } from "../locking";
import { at, lastPart, locate, qualified, shown } from "../naming";
import { mayAlter } from "../permission";
import { printDefinition } from "../print-expression";
import { findColumn } from "../registry";
import { nextIndexId } from "./target";
import { requireFilter } from "./filter";

type StatementOf<K extends Definition["kind"]> = Extract<Definition, { kind: K }>;

export function* createStatistics(statement: StatementOf<"create-statistics">, execution: Execution): Work<void> {
  const found = locate(statement.on, execution);
  if (!found || found.object.type !== "U" || !mayAlter(execution, found.database, found.object))
    throw at(sqlError(1088, [shown(statement.on)]), statement.line);
  const { object: table, database } = found;
  yield* lockObject(execution, database, table.id, "Sch-M");
  const key = database.key(statement.name);
  if (
    table.indexes.some((index) => index.name !== null && database.key(index.name) === key) ||
    table.statistics.some((one) => database.key(one.name) === key)
  )
    throw at(sqlError(1927, [qualified(database, table), statement.name]), statement.line);
  const seen = new Set<number>();
  const columnIds = statement.columns.map((name) => {
    const column = findColumn(table, database, name);
    if (!column) throw at(sqlError(1911, [name]), statement.line);
    if (seen.has(column.id)) throw at(sqlError(1909, [name]), statement.line);
    seen.add(column.id);
    return column.id;
  });
  if (statement.where) {
    requireFilter(statement.where.expression, {
      what: "statistics",
      name: statement.name,
      tableName: shown(statement.on),
      columns: table.columns,
      database,
    });
    execution.parts.query.compileCondition(statement.where.expression, table, database, execution);
  }
  const statistic: Statistic = {
    id: nextIndexId(table),
    name: statement.name,
    columnIds,
    autoCreated: false,
    userCreated: true,
    noRecompute: statement.options.some((option) => option.name.toUpperCase() === "NORECOMPUTE"),
    ...(statement.where && { filter: printDefinition(statement.where.expression, "filter") }),
  };
  execution.session.transaction.push(table.statistics, statistic);
}

export function* updateStatistics(statement: StatementOf<"update-statistics">, execution: Execution): Work<void> {
  const found = locate(statement.on, execution);
  if (!found || found.object.type !== "U" || !mayAlter(execution, found.database, found.object))
    throw at(sqlError(2706, [shown(statement.on)]), statement.line);
  const { object: table, database } = found;
  yield* lockObject(execution, database, table.id, "Sch-S");
  for (const name of statement.names) {
    const key = database.key(name);
    const statistic = table.statistics.find((one) => database.key(one.name) === key);
    if (!statistic && !table.indexes.some((index) => index.name !== null && database.key(index.name) === key))
      throw at(sqlError(2767, [name]), statement.line);
  }
}

export function* dropStatistics(statement: StatementOf<"drop-statistics">, execution: Execution): Work<void> {
  for (const name of statement.names) {
    const own = lastPart(name);
    const found = locate({ parts: name.parts.slice(0, -1), line: name.line }, execution);
    if (!found || found.object.type !== "U" || !mayAlter(execution, found.database, found.object))
      throw at(sqlError(3701, ["drop", "statistics", shown(name)]), statement.line);
    const { object: table, database } = found;
    yield* lockObject(execution, database, table.id, "Sch-M");
    const key = database.key(own);
    if (table.indexes.some((index) => index.name !== null && database.key(index.name) === key))
      throw at(sqlError(3739, ["drop", shown(name)]), statement.line);
    const position = table.statistics.findIndex((one) => database.key(one.name) === key);
    if (position < 0) throw at(sqlError(3701, ["drop", "statistics", shown(name)]), statement.line);
    execution.session.transaction.splice(table.statistics, position, 1);
  }
}
