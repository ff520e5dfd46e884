/** Functions in FROM: STRING_SPLIT, OPENJSON, GENERATE_SERIES, user-defined ones, those of the catalog. */
import type { TableSource } from "../language/ast";
import type { Database, Module } from "../storage/model";
import type { Row } from "../session/runtime";
import type { SqlValue } from "../types/value";
import { binaryOperation, binaryResultType } from "../types/arithmetic";
import { isExact, isInteger } from "../types/format-type";
import { commonType } from "../types/precedence";
import { sqlError } from "../session/messages";
import { notImplemented } from "../session/sql-error";
import { type Compiled, type Context, type Relation, type RelationColumn, type Run, childContext } from "./context";
import { moduleArguments } from "./expressions/call";
import { compileExpression } from "./expressions/compile";
import { asText, convertTo, toNumber } from "./expressions/coercion";
import { comparer } from "./expressions/comparison";
import { displayName, findObject, nameContext } from "./objects";
import { compileOpenJson } from "./open-json";
import { keptRows } from "./query";
import { at, Scope } from "./scope";
import { moduleColumns, moduleQuery, type NamedRelation } from "./sources";
import { renameColumns } from "./table-expressions";
import { relationColumn } from "./table-rows";

export type FunctionSource = Extract<TableSource, { kind: "function" }>;

const TABLE_FUNCTIONS = new Set<Module["type"]>(["IF", "TF", "FT"]);

export interface FunctionRows {
  readonly columns: readonly RelationColumn[];
  rows(values: readonly SqlValue[], run: Run): Iterable<Row>;
}

/** Arguments are compiled one level inside what is around, so that APPLY's left side is in sight. */
export function compileTableFunction(source: FunctionSource, scope: Scope, around: Scope): NamedRelation {
  const { parts } = source.name;
  const inner = new Scope(around.compiler, around, around.database);
  const named = (relation: Relation): NamedRelation => {
    const columns = source.columns
      ? renameColumns(relation.columns, source.columns, source.alias ?? parts.at(-1)!, scope, source.line)
      : relation.columns;
    return { name: source.alias ?? parts.at(-1)!, relation: { ...relation, columns } };
  };
  const builtIn = parts.length === 1 ? builtIns[parts[0]!.toUpperCase()] : undefined;
  if (builtIn) {
    const { value, references } = inner.compiler.track(() =>
      source.arguments.map((argument) => compileExpression(argument, inner)),
    );
    const made = builtIn(value, source, inner);
    return named(
      fromArguments(
        made.columns,
        made.arguments ?? value,
        (values, run) => made.rows(values, run),
        !references.outer(inner) && !references.volatile,
      ),
    );
  }
  const own = parts.length === 1 ? findObject(source.name, nameContext(around)) : undefined;
  // The server's fn_ functions need no schema: SELECT * FROM fn_my_permissions(...).
  const systemSchema = parts.length > 1 ? parts.at(-2)! : !own && /^fn_/i.test(parts[0]!) ? "sys" : undefined;
  const catalog =
    systemSchema === undefined ? undefined : around.execution.parts.catalog.tableFunction(systemSchema, parts.at(-1)!);
  if (catalog) {
    const database = parts.length === 3 ? requireDatabase(source, around) : around.database;
    const { value, references } = inner.compiler.track(() =>
      source.arguments.map((argument) =>
        argument.kind === "default" ? nullArgument : compileExpression(argument, inner),
      ),
    );
    const columns = catalog.columns.map((column): RelationColumn => ({ ...column, collation: "implicit" }));
    return named(
      fromArguments(
        columns,
        value,
        (values, run) => catalog.rows(values, run.execution.session, database),
        !references.outer(inner) && !references.volatile,
      ),
    );
  }
  const found = own ?? findObject(source.name, nameContext(around));
  if (!found) throw at(sqlError(208, [displayName(parts)]), source.line);
  if (found.kind !== "module" || !TABLE_FUNCTIONS.has(found.module.type))
    throw at(sqlError(215, [displayName(parts)]), source.line);
  const { module, database } = found;
  const { session, frame } = around.execution;
  if (!around.insideModule && !frame.module)
    session.demand("SELECT", {
      kind: "object",
      objectId: module.id,
      schemaId: module.schemaId,
      name: module.name,
      database,
    });
  const { value, references } = inner.compiler.track(() =>
    moduleArguments(module, database, source.arguments, displayName(parts), inner, source.line),
  );
  const fixed = !references.outer(inner) && !references.volatile;
  return named(
    module.type === "IF"
      ? inlineFunction(module, database, value, fixed, around)
      : statementFunction(module, database, value, fixed),
  );
}

const nullArgument: Compiled = {
  type: { name: "int" },
  nullable: true,
  collation: "default",
  untypedNull: true,
  literal: true,
  evaluate: () => null,
};

function requireDatabase(source: FunctionSource, around: Scope): Database {
  const { server } = around.execution.session;
  const found = server.databases.get(server.key(source.name.parts[0]!));
  if (!found) throw at(sqlError(208, [displayName(source.name.parts)]), source.line);
  return found;
}

function fromArguments(
  columns: readonly RelationColumn[],
  args: readonly Compiled[],
  rows: (values: readonly SqlValue[], run: Run) => Iterable<Row>,
  cacheable: boolean,
): Relation {
  return {
    columns,
    cacheable,
    rows: (run: Run, around: Context | undefined) => {
      const context = childContext(run, around);
      return rows(
        args.map((argument) => argument.evaluate(context)),
        run,
      );
    },
  };
}

/** The function's query, with the arguments' values as the row of its parameter level. */
function inlineFunction(
  module: Module,
  database: Database,
  args: readonly Compiled[],
  fixed: boolean,
  around: Scope,
): Relation {
  const { value: plan } = moduleQuery(module, database, module.parameters, around);
  const columns = moduleColumns(module, plan.columns);
  const owner = {};
  return {
    columns,
    cacheable: fixed,
    rows: (run, context) => {
      const own = childContext(run, context);
      const values = args.map((argument) => argument.evaluate(own));
      const parameters = childContext(run, undefined, values);
      return fixed ? run.once(owner, () => [...plan.rows(run, parameters)]) : keptRows(plan, owner, run, parameters);
    },
  };
}

function statementFunction(module: Module, database: Database, args: readonly Compiled[], fixed: boolean): Relation {
  const columns = module.columns.map(relationColumn);
  return fromArguments(
    columns,
    args,
    (values, run) =>
      run.execution.parts.interpreter.callTableFunction(module, database, values, run.execution).rows.values(),
    fixed,
  );
}

interface BuiltIn extends FunctionRows {
  readonly arguments?: readonly Compiled[];
}

const builtIns: Record<
  string,
  ((args: readonly Compiled[], source: FunctionSource, scope: Scope) => BuiltIn) | undefined
> = {
  STRING_SPLIT: (args, source, scope) => {
    if (args.length < 2 || args.length > 3) throw at(sqlError(189, ["string_split", 2, 3]), source.line);
    const text = asText(args[0]!, scope);
    const separator = asText(args[1]!, scope);
    if (args[2] !== undefined && scope.execution.session.server.version < "2022")
      throw at(sqlError(8144, ["STRING_SPLIT"]), source.line);
    const ordinal =
      args[2] !== undefined && !args[2].untypedNull && toNumber(args[2].evaluate(undefined as never)) === 1;
    const columns: RelationColumn[] = [{ name: "value", type: text.type, nullable: true }];
    if (ordinal) columns.push({ name: "ordinal", type: { name: "bigint" }, nullable: true });
    return {
      columns,
      arguments: [text, separator],
      rows: ([value, by]) => {
        if (typeof by !== "string" || by.length !== 1)
          throw at(sqlError(214, ["separator", "nchar(1)/nvarchar(1)"]), source.line);
        if (typeof value !== "string") return [];
        return value.split(by).map((part, index) => (ordinal ? [part, BigInt(index + 1)] : [part]));
      },
    };
  },
  GENERATE_SERIES: (args, source, scope) => {
    // Compatibility level 160 brought it: https://learn.microsoft.com/sql/t-sql/functions/generate-series-transact-sql
    if (scope.database.options.compatibilityLevel < 160) throw at(sqlError(208, ["GENERATE_SERIES"]), source.line);
    if (args.length < 2 || args.length > 3) throw at(sqlError(189, ["generate_series", 2, 3]), source.line);
    const [start, stop] = args as [Compiled, Compiled, Compiled?];
    const type = commonType(start.type, stop.type);
    if (!isInteger(type) && !isExact(type)) throw at(sqlError(5373, []), source.line);
    const one: Compiled = {
      type: { name: "int" },
      nullable: false,
      collation: "default",
      literal: true,
      evaluate: () => 1,
    };
    const step = args[2] ?? one;
    const compare = comparer(type, scope);
    const sum = binaryResultType("+", type, type);
    return {
      columns: [{ name: "value", type, nullable: true }],
      arguments: [convertTo(start, type, scope), convertTo(stop, type, scope), convertTo(step, type, scope)],
      *rows([from, to, by]) {
        if (from === null || to === null || by === null) return;
        const zero = binaryOperation("-", by!, type, by!, type, sum);
        const direction = args[2] ? Math.sign(compare(by!, zero)) : Math.sign(compare(to!, from!)) || 1;
        if (direction === 0) throw at(sqlError(4199, ["step", "generate_series"]), source.line);
        const stepOf = args[2] || direction > 0 ? by! : binaryOperation("-", zero, type, by!, type, sum);
        for (let value: SqlValue = from!; compare(value, to!) * direction <= 0;) {
          yield [value];
          if (compare(value, to!) === 0) return;
          value = binaryOperation("+", value, type, stepOf, type, sum);
        }
      },
    };
  },
  OPENJSON: (args, source, scope) => compileOpenJson(args, source, scope),
  NODES: (_args, source) => {
    throw at(notImplemented("the nodes() method of xml"), source.line);
  },
};
