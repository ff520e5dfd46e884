/**
 * EXTERNAL NAME of functions, procedures and triggers: the method is looked for in the assembly's metadata and its signature
 * compared with the declaration. Rules: reference sheet "CLR assemblies" 9 and 10.
 */
import type { MethodImage, TypeImage } from "../../clr/assembly-image";
import { fillRowName, attributeOf, requireMethod, requireType } from "../../clr/members";
import { findAssembly } from "../../clr/registered";
import { maps } from "../../clr/type-mapping";
import type { ExternalName, ModuleStatement, TableDefinition } from "../../language/ast";
import { holds } from "../../security/permissions";
import { sqlError } from "../../session/messages";
import "../../session/messages/clr";
import type { Execution } from "../../session/runtime";
import type { Database, Module, ModuleParameter } from "../../storage/model";
import type { Assembly } from "../../storage/model-clr";
import { isSystemName } from "../assembly/create-assembly";
import { at } from "../naming";
import { findColumn } from "../registry";
import { requireAggregate } from "./external-aggregate";
import { moduleKinds } from "./kinds";

/** Statements that may have an external name, and have it. */
export type ExternalStatement = Extract<ModuleStatement, { external?: ExternalName }>;

export function externalOf(statement: ModuleStatement): ExternalName | undefined {
  return "external" in statement ? statement.external : undefined;
}

/** An assembly of this database on which objects may be made. Throws 6528, 6267, 6582 and 6583. */
export function requireBindable(name: string, database: Database, execution: Execution): Assembly {
  if (isSystemName(database, name)) throw sqlError(6583, [name]);
  const assembly = findAssembly(database, name);
  if (!assembly) throw sqlError(6528, [name, database.name]);
  if (!holds(execution.session, "REFERENCES", { class: "ASSEMBLY", database, id: assembly.id }))
    throw sqlError(6267, [name]);
  if (!assembly.visible) throw sqlError(6582, [assembly.name]);
  return assembly;
}

/** Checks the declaration and fills in the binding and the columns of a table function. */
export function bindExternal(
  statement: ExternalStatement,
  external: ExternalName,
  module: Module,
  database: Database,
  execution: Execution,
): void {
  const word = `${statement.action === "alter" ? "ALTER" : "CREATE"} ${moduleKinds[statement.kind].word}`;
  const assembly = requireBindable(external[0]!, database, execution);
  if (statement.kind === "aggregate") {
    if (external.length > 2) throw at(sqlError(102, [external.at(-1)!]), statement.line);
    const className = external[1] ?? module.name;
    requireAggregate({ word, assembly, className, module, database });
    module.clr = { assemblyId: assembly.id, className, method: null };
    return;
  }
  if (external.length !== 3) throw at(sqlError(102, [external.at(-1)!]), statement.line);
  const [, className, methodName] = external as readonly [string, string, string];
  const type = requireType(assembly, className, () => sqlError(6505, [className, assembly.name]));
  const method = requireMethod(assembly, type, methodName, word);
  const check: Check = { word, assembly, type, method, module, database };
  module.clr = { assemblyId: assembly.id, className, method: methodName };
  if (statement.kind === "trigger") return requireTriggerMethod(check);
  requireParameters(check);
  keepDefaults(module, execution);
  if (statement.kind === "procedure") {
    if (!PROCEDURE_RESULTS.has(method.returns)) throw sqlError(6567, [word]);
  } else if (statement.kind === "scalar-function") {
    if (!maps(module.returns!, method.returns, database)) throw sqlError(6551, [word, module.name]);
  } else bindTable(check, statement.returns, statement.order, execution);
}

interface Check {
  readonly word: string;
  readonly assembly: Assembly;
  readonly type: TypeImage;
  readonly method: MethodImage;
  readonly module: Module;
  readonly database: Database;
}

const PROCEDURE_RESULTS = new Set([
  "System.Void",
  "System.Int32",
  "System.Nullable`1<System.Int32>",
  "System.Data.SqlTypes.SqlInt32",
]);
const TABLE_RESULTS = /^System\.Collections\.(Generic\.)?IEnumer(able|ator)(`1<.*>)?$/;

/** Throws 6531 and 6500. */
function requireTriggerMethod({ word, assembly, type, method }: Check): void {
  if (method.parameters.length > 0) throw sqlError(6531, [word, method.name, type.name, assembly.name]);
  if (method.returns !== "System.Void")
    throw sqlError(6500, [word, method.name, type.name, assembly.name, method.returns]);
}

/** Throws 6550, 6580 and 6552. */
function requireParameters({ word, method, module, database }: Check): void {
  if (method.parameters.length !== module.parameters.length) throw sqlError(6550, [word]);
  module.parameters.forEach((parameter, i) => {
    const given = method.parameters[i]!;
    if (given.isByReference !== parameter.output) throw sqlError(6580, [i + 1]);
    if (!maps(parameter.type, given.name, database)) throw sqlError(6552, [word, module.name, parameter.name]);
  });
}

/** sys.parameters shows them for CLR routines. */
function keepDefaults(module: Module, execution: Execution): void {
  const valued = (parameter: ModuleParameter): ModuleParameter =>
    parameter.default
      ? {
          ...parameter,
          defaultValue: execution.parts.query.typedScalar(parameter.default, execution, parameter.type).value,
        }
      : parameter;
  module.parameters = module.parameters.map(valued);
}

const NOT_STREAMED = new Set(["text", "ntext", "image", "char", "varchar", "timestamp"]);

/** Throws 6551, 10305, 10306, 10307, 6591, 6208, 6258 and 6514 to 6526. */
function bindTable(
  check: Check,
  definition: TableDefinition,
  order: readonly { name: string; descending: boolean }[] | undefined,
  execution: Execution,
): void {
  const { word, type, method, module, database } = check;
  if (!TABLE_RESULTS.test(method.returns)) throw sqlError(6551, [word, module.name]);
  requirePlainColumns(definition);
  module.columns = [...execution.parts.definition.buildTable(module.name, definition, database, execution).columns];
  for (const column of module.columns)
    if (NOT_STREAMED.has(column.type.name)) throw sqlError(6514, [column.type.name, column.name]);
  if (!attributeOf(method, "SqlFunction")) throw sqlError(10305);
  const name = fillRowName(method);
  if (name === undefined) throw sqlError(10306);
  const fillRow = type.methods.find((one) => one.name === name);
  if (!fillRow?.isStatic || fillRow.returns !== "System.Void") throw sqlError(10307);
  const [first, ...outs] = fillRow.parameters;
  if (first?.name !== "System.Object") throw sqlError(6591, [word, module.name, name]);
  if (outs.length !== module.columns.length) throw sqlError(6208, [word]);
  module.columns.forEach((column, i) => {
    if (!outs[i]!.isByReference || !maps(column.type, outs[i]!.name, database))
      throw sqlError(6258, [module.name, i + 1]);
  });
  if (!order) return;
  module.clr!.order = order.map((item) => {
    const column = findColumn(module, database, item.name);
    if (!column) throw sqlError(207, [item.name]);
    return { columnId: column.id, descending: item.descending };
  });
}

/** Names and types only. */
function requirePlainColumns(definition: TableDefinition): void {
  const words = {
    "primary-key": "PRIMARY KEY",
    unique: "UNIQUE",
    "foreign-key": "FOREIGN KEY",
    check: "CHECK",
  } as const;
  const wordOf = (kind: string): string => (words as Record<string, string>)[kind] ?? kind.toUpperCase();
  for (const constraint of definition.constraints) throw sqlError(6525, [wordOf(constraint.kind)]);
  for (const column of definition.columns) {
    if (column.computed) throw sqlError(6524, [column.name]);
    for (const constraint of column.constraints) throw sqlError(6526, [wordOf(constraint.kind), column.name]);
    if (column.default) throw sqlError(6526, ["DEFAULT", column.name]);
    if (column.identity) throw sqlError(6526, ["IDENTITY", column.name]);
    if (column.nullable === false) throw sqlError(6526, ["NOT NULL", column.name]);
    if (column.collation) throw sqlError(6526, ["COLLATE", column.name]);
  }
}
