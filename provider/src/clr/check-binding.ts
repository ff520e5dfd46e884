/**
 * Checks a declaration against the metadata of its assembly, as the server does at CREATE, and with what it would only find
 * at the first call. Each finding names the server's error number.
 * https://learn.microsoft.com/sql/t-sql/statements/create-function-transact-sql
 */
import { typeText, type DataType } from "../kinds/table/data-type";
import type { Binding } from "./binding";
import { findAttribute, methodText, shortType, type AssemblyMetadata, type MethodInfo, type TypeInfo } from "./model";
import { nearestName } from "./nearest-name";
import { clrTypesOf, refusesNull, withoutReference } from "./type-mapping";

/** Class of a bound type, by its T-SQL name. */
export type ClassOfType = (schema: string, name: string) => string | undefined;

const server = "Microsoft.SqlServer.Server.";
const enumerations = new Set(["System.Collections.IEnumerable", "System.Collections.IEnumerator"]);
const procedureReturns = new Set([
  "System.Void",
  "System.Int32",
  "System.Data.SqlTypes.SqlInt32",
  "System.Nullable`1<System.Int32>",
]);
const refusedColumns = new Set(["text", "ntext", "image", "char", "varchar", "rowversion"]);

/** One sentence for each thing that is wrong; empty = the server will accept it. */
export function checkBinding(binding: Binding, assembly: AssemblyMetadata, classOf: ClassOfType): string[] {
  const type = assembly.types.find((each) => each.name === binding.className && each.isPublic);
  if (type === undefined) return [missingType(binding.className, assembly)];
  if (type.isGeneric) return [`class ${type.name} is generic, and a bound class may not be (6542)`];
  if (binding.kind === "aggregate") return checkAggregate(binding, type, classOf);
  if (binding.kind === "type") return checkType(type);
  if (binding.kind === "trigger" && type.isNested)
    return [`class ${type.name} is nested, which triggers do not allow (6505)`];

  const name = binding.method ?? "";
  const methods = type.methods.filter((method) => method.name === name && !method.isSpecial);
  if (methods.length === 0) return [missingMethod(name, type, assembly)];
  if (methods.length > 1)
    return [
      `${type.name}.${name} is overloaded (${methods.map(methodText).join("; ")}), and EXTERNAL NAME cannot say which (6572): give each its own name`,
    ];
  const method = methods[0]!;
  const findings: string[] = [];
  const find = (text: string): void => void findings.push(text);
  if (!method.isPublic) find(`method ${methodText(method)} is not public (6574)`);
  if (!method.isStatic) find(`method ${methodText(method)} is not static (6573)`);
  if (method.genericParameters > 0) find(`method ${methodText(method)} is generic (6570)`);
  if (method.parameters.some(({ attributes }) => findAttribute(attributes, "System.ParamArrayAttribute") !== undefined))
    find(`method ${methodText(method)} takes a params array, which cannot be bound (10318)`);
  if (findings.length > 0) return findings;

  if (binding.kind === "trigger") {
    if (method.parameters.length > 0)
      find(`method ${methodText(method)} has parameters, and a trigger's may not (6531)`);
    if (method.returns !== "System.Void")
      find(`method ${methodText(method)} returns a value, and a trigger's may not (6500)`);
    return findings;
  }
  checkParameters(binding, method, classOf, find);
  if (binding.kind === "procedure" && !procedureReturns.has(method.returns))
    find(`method ${methodText(method)} must return void, int or SqlInt32 to be a procedure (6567)`);
  if (binding.kind === "function") {
    if (enumerations.has(method.returns))
      find(`method ${methodText(method)} gives rows: declare a table function (RETURNS TABLE)`);
    else if (binding.returns !== undefined)
      checkMapped("the result", binding.returns, method.returns, 6551, classOf, find);
  }
  if (binding.kind === "table-function") checkRows(binding, type, method, classOf, find);
  return findings;
}

function missingType(className: string, assembly: AssemblyMetadata): string {
  const hidden = assembly.types.find((each) => each.name === className);
  if (hidden !== undefined) return `class ${className} in assembly ${assembly.name} is not public (6576)`;
  const nearest = nearestName(
    className,
    assembly.types.filter(({ isPublic }) => isPublic).map(({ name }) => name),
  );
  const help = nearest === undefined ? "" : `; did you mean ${nearest}?`;
  return `assembly ${assembly.name} ${assembly.version} has no class ${className} (6505)${help} Class names are case-sensitive and include the namespace; a nested class is Outer+Inner`;
}

function missingMethod(name: string, type: TypeInfo, assembly: AssemblyMetadata): string {
  const bindable = (each: TypeInfo): string[] =>
    each.methods
      .filter((method) => method.isPublic && method.isStatic && !method.isSpecial)
      .map((method) => method.name);
  const elsewhere = assembly.types.find((each) => each.isPublic && each !== type && bindable(each).includes(name));
  const nearest = elsewhere === undefined ? nearestName(name, bindable(type)) : undefined;
  const help =
    elsewhere !== undefined
      ? `; class ${elsewhere.name} has it`
      : nearest === undefined
        ? ""
        : `; did you mean ${nearest}?`;
  return `class ${type.name} of ${assembly.name} ${assembly.version} has no method ${name} (6506)${help}`;
}

function checkParameters(
  binding: Binding,
  method: MethodInfo,
  classOf: ClassOfType,
  find: (text: string) => void,
): void {
  if (binding.parameters.length !== method.parameters.length) {
    find(
      `method ${methodText(method)} has ${counted(method.parameters.length, "parameter")}, and ${binding.parameters.length} ${binding.parameters.length === 1 ? "is" : "are"} declared (6550)`,
    );
    return;
  }
  binding.parameters.forEach((parameter, position) => {
    const { type } = method.parameters[position]!;
    const isReference = type.endsWith("&");
    if (binding.kind !== "procedure" && isReference)
      find(
        `parameter ${parameter.name}: method ${methodText(method)} takes it by reference, which functions do not allow (6580)`,
      );
    else if (parameter.output !== isReference)
      find(
        `parameter ${parameter.name}: ${parameter.output ? "OUTPUT needs ref or out" : "ref and out need OUTPUT"} in method ${methodText(method)} (6580)`,
      );
    checkMapped(`parameter ${parameter.name}`, parameter.type, withoutReference(type), 6552, classOf, find);
    if (binding.kind === "function" && !binding.nullOnNullInput && refusesNull(type))
      find(
        `parameter ${parameter.name}: ${shortType(type)} cannot hold NULL, and the call fails at run time (6569): declare RETURNS NULL ON NULL INPUT, or use the Sql type in the method`,
      );
  });
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function checkMapped(
  what: string,
  type: DataType,
  clrType: string,
  error: number,
  classOf: ClassOfType,
  find: (text: string) => void,
): void {
  const allowed = clrTypesOf(type, classOf);
  if (typeof allowed === "string") find(`${what}: ${allowed} (${error})`);
  else if (!allowed.includes(clrType))
    find(
      `${what}: ${typeText(type)} is declared and the method has ${shortType(clrType)} (${error}); ${typeText(type)} goes with ${allowed.map(shortType).join(", ")}`,
    );
}

function checkRows(
  binding: Binding,
  type: TypeInfo,
  method: MethodInfo,
  classOf: ClassOfType,
  find: (text: string) => void,
): void {
  if (!enumerations.has(method.returns))
    find(`method ${methodText(method)} must return IEnumerable or IEnumerator to be a table function`);
  const attribute = findAttribute(method.attributes, `${server}SqlFunctionAttribute`);
  if (attribute === undefined) return find(`method ${methodText(method)} needs the attribute SqlFunction (10305)`);
  const fillRow = attribute.named["FillRowMethodName"];
  if (typeof fillRow !== "string" || fillRow === "")
    return find(`the attribute SqlFunction of ${method.name} names no FillRowMethodName (10306)`);
  const filler = type.methods.find((each) => each.name === fillRow && each.isStatic);
  if (filler === undefined) {
    const nearest = nearestName(
      fillRow,
      type.methods.filter(({ isStatic }) => isStatic).map(({ name }) => name),
    );
    return find(
      `FillRowMethodName of ${method.name}: class ${type.name} has no static method ${fillRow} (10307)${nearest === undefined ? "" : `; did you mean ${nearest}?`}`,
    );
  }
  const [row, ...values] = filler.parameters;
  if (row?.type !== "System.Object") find(`the first parameter of ${methodText(filler)} must be object (6591)`);
  const columns = binding.columns ?? [];
  if (values.length !== columns.length)
    return find(
      `${methodText(filler)} fills ${counted(values.length, "column")}, and ${columns.length} ${columns.length === 1 ? "is" : "are"} declared (6208)`,
    );
  columns.forEach((column, position) => {
    const value = values[position]!.type;
    if (column.type.schema === undefined && refusedColumns.has(column.type.name))
      find(`column ${column.name}: a CLR table function cannot return ${column.type.name} (6514)`);
    else if (!value.endsWith("&"))
      find(`column ${column.name}: ${methodText(filler)} must hand it out with out (6258)`);
    else checkMapped(`column ${column.name}`, column.type, withoutReference(value), 6258, classOf, find);
  });
}

function checkAggregate(binding: Binding, type: TypeInfo, classOf: ClassOfType): string[] {
  const findings: string[] = [];
  const find = (text: string): void => void findings.push(text);
  if (findAttribute(type.attributes, `${server}SqlUserDefinedAggregateAttribute`) === undefined)
    find(`class ${type.name} lacks the attribute SqlUserDefinedAggregate (6255)`);
  const method = (name: string): MethodInfo | undefined => {
    const found = type.methods.filter((each) => each.name === name && each.isPublic && !each.isStatic);
    if (found.length === 0) find(`class ${type.name} has no public method ${name} (6558)`);
    if (found.length > 1) find(`class ${type.name} has ${found.length} methods ${name}, and may have one (6572)`);
    return found.length === 1 ? found[0] : undefined;
  };
  method("Init");
  const merge = method("Merge");
  if (merge !== undefined && (merge.parameters.length !== 1 || merge.parameters[0]!.type !== type.name))
    find(`${methodText(merge)} must take one ${shortType(type.name)} (6558)`);
  const accumulate = method("Accumulate");
  if (accumulate !== undefined) checkParameters({ ...binding, nullOnNullInput: true }, accumulate, classOf, find);
  const terminate = method("Terminate");
  if (terminate !== undefined && binding.returns !== undefined)
    checkMapped("the result", binding.returns, terminate.returns, 6551, classOf, find);
  return findings;
}

/** https://learn.microsoft.com/sql/relational-databases/clr-integration-database-objects-user-defined-types/creating-user-defined-types-requirements */
function checkType(type: TypeInfo): string[] {
  const findings: string[] = [];
  const attribute = findAttribute(type.attributes, `${server}SqlUserDefinedTypeAttribute`);
  if (attribute === undefined) findings.push(`class ${type.name} lacks the attribute SqlUserDefinedType (6255)`);
  if (!type.interfaces.includes("System.Data.SqlTypes.INullable"))
    findings.push(`class ${type.name} does not implement INullable (6557)`);
  const has = (name: string, isStatic: boolean, parameters: readonly string[]): boolean =>
    type.methods.some(
      (method) =>
        method.name === name &&
        method.isPublic &&
        method.isStatic === isStatic &&
        method.parameters.length === parameters.length &&
        method.parameters.every((parameter, at) => parameter.type === parameters[at]),
    );
  if (!has("get_Null", true, [])) findings.push(`class ${type.name} has no public static property Null (6557)`);
  if (!has("Parse", true, ["System.Data.SqlTypes.SqlString"]))
    findings.push(`class ${type.name} has no public static method Parse(SqlString) (6558)`);
  if (!has("ToString", false, [])) findings.push(`class ${type.name} does not override ToString() (6558)`);
  const [format] = attribute?.arguments ?? [];
  if (format === formats.native && attribute?.named["MaxByteSize"] !== undefined)
    findings.push(`class ${type.name} has Format.Native, which takes no MaxByteSize (6243)`);
  if (format === formats.userDefined && !type.interfaces.includes(`${server}IBinarySerialize`))
    findings.push(`class ${type.name} has Format.UserDefined and does not implement IBinarySerialize (6226)`);
  return findings;
}

/** Microsoft.SqlServer.Server.Format. */
const formats = { native: 1, userDefined: 2 } as const;
