/**
 * sys.dm_exec_describe_first_result_set and its form for an object: the columns of the first result, found without running anything.
 * https://learn.microsoft.com/sql/relational-databases/system-dynamic-management-views/sys-dm-exec-describe-first-result-set-transact-sql
 */
import { bindingExecution } from "../../ddl/module/binding-frame";
import { isModule } from "../../ddl/registry";
import type { Query, Statement } from "../../language/ast";
import { parseBatch } from "../../language/parser";
import { findObjectByName } from "../../security/securable-names";
import type { ResultColumn } from "../../session/port";
import type { Execution, Row, Variable } from "../../session/runtime";
import { sqlError } from "../../session/messages";
import { notImplemented, SqlError } from "../../session/sql-error";
import type { Module } from "../../storage/model";
import { collation } from "../../types/collation";
import { isCharacter, typeDisplay } from "../../types/format-type";
import type { SqlValue } from "../../types/value";
import { typeFacts } from "../system-types";
import { bit, type Reader } from "../view";
import { number, tableFunction, text, type FunctionDefinition } from "./definition";

/** Deepest chain of procedures that is followed. */
const MAXIMUM_DEPTH = 32;

function withVariables(execution: Execution, variables: Map<string, Variable>): Execution {
  const frame = Object.create(execution.frame, { variables: { value: variables } }) as Execution["frame"];
  return { ...execution, frame };
}

function returnsRows(query: Query): boolean {
  const { body } = query;
  return body.kind !== "select" || (!body.into && body.items.every((item) => item.kind !== "assign"));
}

/** Where a statement stands. */
interface Place {
  readonly depth: number;
  /** The whole text, of which errors show a line. */
  readonly text: string;
  readonly module?: Module;
}

/** Errors that only say why the result cannot be told: in a batch, in a procedure. */
function undetermined(statement: Statement, { text, module }: Place, inBatch: number, inModule: number): SqlError {
  const line = (text.split("\n")[statement.line - 1] ?? "").trim();
  return module ? sqlError(inModule, [line, module.name]) : sqlError(inBatch, [line]);
}

/** Of a query over a temporary table that the text itself makes. */
function queryResult(
  statement: Extract<Statement, { kind: "select" }>,
  execution: Execution,
  place: Place,
): readonly ResultColumn[] | undefined {
  try {
    return execution.parts.query.describeQuery(statement.query, execution, true);
  } catch (error) {
    if (error instanceof SqlError && error.number === 208 && /'#/.test(error.message))
      throw undetermined(statement, place, 11525, 11526);
    throw error;
  }
}

/** undefined: the statements return nothing. */
function firstResult(
  statements: readonly Statement[],
  execution: Execution,
  place: Place,
): readonly ResultColumn[] | undefined {
  for (const statement of statements) {
    const found = resultOf(statement, execution, place);
    if (found) return found;
    if (statement.kind === "return") return undefined;
  }
  return undefined;
}

function resultOf(statement: Statement, execution: Execution, place: Place): readonly ResultColumn[] | undefined {
  switch (statement.kind) {
    case "select":
      return returnsRows(statement.query) ? queryResult(statement, execution, place) : undefined;
    case "block":
      return firstResult(statement.statements, execution, place);
    case "try":
      return firstResult(statement.body, execution, place) ?? firstResult(statement.catch, execution, place);
    case "if":
      return (
        resultOf(statement.then, execution, place) ?? (statement.else && resultOf(statement.else, execution, place))
      );
    case "while":
      return resultOf(statement.body, execution, place);
    case "declare":
      for (const variable of statement.variables)
        if (variable.type)
          execution.frame.variables.set(variable.name.toLowerCase(), {
            type: execution.parts.definition.resolveType(variable.type, execution.frame.database).type,
            value: null,
          });
      return undefined;
    case "execute": {
      if (statement.target.kind !== "name" || statement.target.name.parts.at(-1)!.toLowerCase() === "sp_executesql")
        throw undetermined(statement, place, 11513, 11514);
      const found = findObjectByName(execution.session, statement.target.name.parts);
      if (!found || !isModule(found.object))
        throw notImplemented(`describing the result of ${statement.target.name.parts.join(".")}`);
      return resultOfModule(found.object, execution, place.depth + 1);
    }
    case "insert":
    case "update":
    case "delete":
    case "merge":
      if (statement.output && !statement.output.into) throw notImplemented("describing the result of an OUTPUT clause");
      return undefined;
    default:
      return undefined;
  }
}

function resultOfModule(module: Module, execution: Execution, depth: number): readonly ResultColumn[] | undefined {
  if (depth > MAXIMUM_DEPTH || module.parsed.kind !== "procedure")
    throw notImplemented(`describing the result of ${module.name}`);
  const binding = bindingExecution(module, execution.frame.database, execution, undefined);
  return firstResult(module.parsed.body, binding, { depth, text: module.parsed.text, module });
}

function columnRow(column: ResultColumn, ordinal: number, defaultCollation: string): SqlValue[] {
  const facts = typeFacts(column.type);
  const own = isCharacter(column.type) ? (column.type.collation ?? defaultCollation) : null;
  return [
    0,
    ordinal,
    column.name === "" ? null : column.name,
    bit(column.nullable),
    facts.systemTypeId,
    typeDisplay(column.type),
    facts.maxLength,
    facts.precision,
    facts.scale,
    own,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    0,
    bit(own !== null && collation(own).caseSensitive),
    0,
    null,
    null,
    null,
    null,
    null,
    bit(column.identity ?? false),
    null,
    bit(!(column.identity ?? false)),
    0,
    0,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
  ];
}

/** The page's table of error types, by number of the error; all others are MISC. */
const errorTypes: Readonly<Record<number, readonly [type: number, description: string]>> = {
  102: [2, "SYNTAX"],
  156: [2, "SYNTAX"],
  11513: [4, "DYNAMIC_SQL"],
  11514: [4, "DYNAMIC_SQL"],
  11525: [10, "TEMPORARY_TABLE"],
  11526: [10, "TEMPORARY_TABLE"],
};

function errorRow(error: SqlError): SqlValue[] {
  const row = new Array<SqlValue>(41).fill(null);
  row[0] = 0;
  row[1] = 0;
  row[3] = 0;
  const [type, description] = errorTypes[error.number] ?? [1, "MISC"];
  row.splice(35, 6, error.number, error.severity, error.state, error.message, type, description);
  return row;
}

/** An error of the text is a row of its own; what the twin does not implement stays an error. */
function* describe(read: (execution: Execution) => readonly ResultColumn[] | undefined, reader: Reader): Iterable<Row> {
  const execution = reader.session.currentExecution?.();
  if (!execution) throw notImplemented("sys.dm_exec_describe_first_result_set outside of a session");
  let columns: readonly ResultColumn[] | undefined;
  try {
    columns = read(withVariables(execution, new Map()));
  } catch (error) {
    if (!(error instanceof SqlError) || error.number === 49999) throw error;
    yield errorRow(error);
    return;
  }
  for (const [index, column] of (columns ?? []).entries())
    yield columnRow(column, index + 1, reader.database.collation.name);
}

const COLUMNS = `is_hidden bit, column_ordinal int, name sysname?, is_nullable bit, system_type_id int?, system_type_name nvarchar(256)?, max_length smallint?, precision tinyint?,
  scale tinyint?, collation_name sysname?, user_type_id int?, user_type_database sysname?, user_type_schema sysname?, user_type_name sysname?,
  assembly_qualified_type_name nvarchar(4000)?, xml_collection_id int?, xml_collection_database sysname?, xml_collection_schema sysname?, xml_collection_name sysname?,
  is_xml_document bit?, is_case_sensitive bit?, is_fixed_length_clr_type bit?, source_server sysname?, source_database sysname?, source_schema sysname?, source_table sysname?,
  source_column sysname?, is_identity_column bit?, is_part_of_unique_key bit?, is_updateable bit?, is_computed_column bit?, is_sparse_column_set bit?,
  ordinal_in_order_by_list smallint?, order_by_list_length smallint?, order_by_is_descending smallint?, error_number int?, error_severity int?, error_state int?,
  error_message nvarchar(4096)?, error_type int?, error_type_desc nvarchar(60)?`;

export const describeFunctions: readonly FunctionDefinition[] = [
  tableFunction(
    "dm_exec_describe_first_result_set/3",
    "system-dynamic-management-views/sys-dm-exec-describe-first-result-set-transact-sql",
    COLUMNS,
    (args, reader) => {
      const sql = text(args[0]);
      const parameters = text(args[1])?.trim() ?? "";
      if (number(args[2]) === 1) throw notImplemented("sys.dm_exec_describe_first_result_set with browse information");
      if (sql === null) return [];
      return describe(
        (execution) =>
          firstResult(
            [
              ...(parameters === "" ? [] : parseBatch(`DECLARE ${parameters}`).statements),
              ...parseBatch(sql).statements,
            ],
            execution,
            { depth: 0, text: sql },
          ),
        reader,
      );
    },
  ),
  tableFunction(
    "dm_exec_describe_first_result_set_for_object/2",
    "system-dynamic-management-views/sys-dm-exec-describe-first-result-set-for-object-transact-sql",
    COLUMNS,
    (args, reader) => {
      const object = reader.database.objects.get(number(args[0]) ?? 0);
      if (!object || !isModule(object) || !reader.visible.object(object))
        throw notImplemented("sys.dm_exec_describe_first_result_set_for_object of what is no procedure");
      return describe((execution) => resultOfModule(object, execution, 0), reader);
    },
  ),
];
