/** Inputs of the kind ClrBindings, what a change of each means, and their normal form. */
import { z } from "zod";
import type { Binding, BindingColumn, BindingKind, BindingParameter, TriggerPlace } from "../../../clr/binding";
import { bindingsFromAttributes } from "../../../clr/from-attributes";
import { loadAssembly, type LoadedAssembly } from "../../../clr/load-assembly";
import type { MethodInfo, TypeInfo } from "../../../clr/model";
import { dataTypeOf } from "../../../clr/type-mapping";
import { commonChanges, commonInputs, databaseChange, databaseInput, type ChangeRule } from "../../../contract";
import { InputIssues } from "../../input-issues";
import { nameInput } from "../../name-input";
import { DataTypeError, parseDataType, type DataType } from "../../table/data-type";
import { dllInput } from "../assembly/inputs";

// ---- Inputs ----------------------------------------------------------------------------------------------------------

const typeInput = z.string().min(1).describe('T-SQL type: "nvarchar(4000)", "decimal(9,2)", "dbo.Point".');
const parameterName = z
  .string()
  .regex(/^@[^\0\s,()=]{1,127}$/u, "a parameter is named with its @, without blanks")
  .describe("Name with its @, up to 128 characters.");
const common = {
  name: nameInput("Name of the object."),
  schema: nameInput("Its schema. Default: the input schema.").optional(),
  class: z
    .string()
    .min(1)
    .max(128)
    .describe('Full .NET name of the class: "Company.Vectors", nested "Company.Outer+Inner".'),
};
const method = z.string().min(1).max(128).describe("Name of the public static method.");
const parameters = z
  .array(
    z.strictObject({
      name: parameterName,
      type: typeInput,
      default: z
        .string()
        .regex(
          /^(null|-?\d+(\.\d+)?([eE][-+]?\d+)?|0x[0-9A-Fa-f]*|N?'([^']|'')*')$/i,
          "a default is NULL, a number, a text in quotes, or 0x...",
        )
        .optional()
        .describe("T-SQL literal. Default none."),
      output: z.boolean().optional().describe("Procedures only. Default false."),
    }),
  )
  .optional()
  .describe("Default: as the method has them, with the lengths of its SqlFacet attributes.");
const executeAs = nameInput("CALLER, OWNER, or a database user. Default CALLER.").optional();
const columns = z.array(z.strictObject({ name: nameInput("Name of the column."), type: typeInput })).min(1);

const FunctionInput = z.strictObject({
  ...common,
  method,
  parameters,
  returns: typeInput.optional().describe("Scalar functions. Default: as the method has it."),
  columns: columns
    .optional()
    .describe("Table functions: the columns of the result. Default: TableDefinition of the attribute SqlFunction."),
  order: z
    .array(
      z.strictObject({
        column: nameInput("A column of the result."),
        descending: z.boolean().optional().describe("Default false."),
      }),
    )
    .min(1)
    .optional()
    .describe(
      "Table functions: the order in which the method gives its rows, which the server checks at each call. Default none.",
    ),
  nullOnNullInput: z
    .boolean()
    .optional()
    .describe("Scalar functions: NULL in any parameter gives NULL without a call. Default false."),
  executeAs,
});
const ProcedureInput = z.strictObject({ ...common, method, parameters, executeAs });
const AggregateInput = z.strictObject({
  ...common,
  parameters,
  returns: typeInput.optional().describe("Default: as Terminate has it."),
});
const TypeInput = z.strictObject(common);
const TriggerInput = z.strictObject({
  ...common,
  method,
  table: nameInput("Table or view that it stands on; the trigger is in the schema of the table."),
  timing: z.enum(["AFTER", "INSTEAD OF"]).optional().describe('Default "AFTER".'),
  events: z
    .array(z.enum(["INSERT", "UPDATE", "DELETE"]))
    .min(1)
    .describe("Statements that fire it."),
  executeAs,
});

export const ClrBindingsInputs = z.strictObject({
  ...commonInputs,
  database: databaseInput,
  assembly: nameInput("Name of the assembly in the database: the name of its ClrAssembly. Cannot change."),
  file: dllInput.describe("The DLL that the ClrAssembly deploys, relative to the Pulumi program: everything is checked against its metadata."),
  schema: nameInput("Schema of objects that name none. Default dbo.").optional(),
  fromAttributes: z
    .union([z.boolean(), z.array(z.string().min(1)).min(1)])
    .optional()
    .describe('Bind what has an attribute of SQL Server (SqlFunction, SqlProcedure, SqlTrigger, SqlUserDefinedAggregate, SqlUserDefinedType): all, none, or those listed as "Namespace.Class.Method" or "Namespace.Class". A declaration of the same member takes precedence. Default true.'),
  without: z.array(z.string().min(1)).optional().describe("Members with an attribute that are not bound. Default none."),
  functions: z.array(FunctionInput).optional().describe("Scalar and table functions. Default none."),
  procedures: z.array(ProcedureInput).optional().describe("Procedures. Default none."),
  aggregates: z.array(AggregateInput).optional().describe("Aggregates. Default none."),
  types: z.array(TypeInput).optional().describe("Types. Default none."),
  triggers: z.array(TriggerInput).optional().describe("Triggers on tables and views. Default none."),
}); // prettier-ignore
export type ClrBindingsInputs = z.infer<typeof ClrBindingsInputs>;

// ---- Change rules ----------------------------------------------------------------------------------------------------

export const changes = {
  ...commonChanges,
  database: databaseChange,
  assembly: {
    refuse: "bindings stay with their assembly: make a second ClrBindings for the other one, and then remove this one",
  },
  file: "plan",
  schema: "plan",
  fromAttributes: "plan",
  without: "plan",
  functions: "plan",
  procedures: "plan",
  aggregates: "plan",
  types: "plan",
  triggers: "plan",
} as const satisfies Record<keyof ClrBindingsInputs, ChangeRule>;

// ---- Desired ---------------------------------------------------------------------------------------------------------

export interface DesiredBindings {
  readonly database: string;
  /** Name of the resource in its program. */
  readonly resource: string;
  readonly assembly: string;
  readonly loaded: LoadedAssembly;
  /** Types first, triggers last. */
  readonly bindings: readonly Binding[];
}

type Declared = z.infer<typeof FunctionInput> & Partial<z.infer<typeof TriggerInput>>;

const rank: Readonly<Record<BindingKind, number>> = { type: 0, aggregate: 1, function: 2, "table-function": 3, procedure: 4, trigger: 5 }; // prettier-ignore

export function desired(inputs: ClrBindingsInputs): DesiredBindings {
  const issues = new InputIssues();
  const loaded = loadAssembly(inputs.file);
  if (typeof loaded === "string") {
    issues.add("file", loaded);
    issues.throwIfAny();
    throw new TypeError("unreachable: the issue was thrown");
  }
  const { metadata } = loaded;
  const defaultSchema = inputs.schema ?? "dbo";
  const declared = declaredBindings(inputs, loaded, defaultSchema, issues);
  const taken = new Set(declared.map(memberOf));
  const members = new Set(metadata.types.flatMap((type) => [type.name, ...type.methods.map((each) => `${type.name}.${each.name}`)]));
  const listed = Array.isArray(inputs.fromAttributes) ? inputs.fromAttributes : undefined;
  for (const [property, list] of [["fromAttributes", listed ?? []], ["without", inputs.without ?? []]] as const)
    list.forEach((member, index) => {
      if (!members.has(member)) issues.add(`${property}[${index}]`, `assembly ${metadata.name} has no ${member}; write Namespace.Class or Namespace.Class.Method`);
    });
  const isWanted = (member: string): boolean => {
    const names = [member, member.slice(0, member.lastIndexOf("."))];
    if (inputs.fromAttributes === false || taken.has(member) || names.some((each) => inputs.without?.includes(each))) return false;
    return listed === undefined || names.some((each) => listed.includes(each));
  };
  const found = bindingsFromAttributes(metadata, inputs.assembly, defaultSchema, isWanted);
  for (const { member, reason } of found.problems) issues.add("fromAttributes", `${member}: ${reason}: declare it, or name it in \`without\``);
  const bindings = [...declared, ...found.bindings].sort((left, right) => rank[left.kind] - rank[right.kind]);
  if (bindings.length === 0) issues.add("fromAttributes", `assembly ${metadata.name} has nothing with an attribute of SQL Server, and nothing is declared`);
  issues.throwIfAny();
  return { database: inputs.database, resource: inputs.owner.split("/").at(-1)!, assembly: inputs.assembly, loaded, bindings };
} // prettier-ignore

function memberOf({ className, method: name }: Binding): string {
  return name === undefined ? className : `${className}.${name}`;
}

function declaredBindings(inputs: ClrBindingsInputs, { metadata }: LoadedAssembly, defaultSchema: string, issues: InputIssues): Binding[] {
  const types = new Map((inputs.types ?? []).map((type) => [type.class, { schema: type.schema ?? defaultSchema, name: type.name }]));
  const typeOfClass = (className: string): DataType | undefined => types.get(className);

  const declare = (kind: BindingKind, property: string, given: Declared): Binding => {
    const type = metadata.types.find((each) => each.name === given.class);
    const inCode = codeOf(kind, type, given.method);
    const returns = given.returns !== undefined ? read(given.returns, `${property}.returns`) : inCode.returns && dataTypeOf(inCode.returns.returns, inCode.returns.returnAttributes, typeOfClass);
    const isTable = kind === "function" && (given.columns !== undefined || ["System.Collections.IEnumerable", "System.Collections.IEnumerator"].includes(inCode.returns?.returns ?? ""));
    if (kind === "function" && given.columns === undefined && isTable) issues.add(`${property}.columns`, "a table function needs its columns");
    // Without the method there is nothing to say; the check against the metadata names what is missing.
    if (returns === undefined && inCode.returns !== undefined && (kind === "aggregate" || (kind === "function" && !isTable))) issues.add(`${property}.returns`, `${inCode.returns.returns} says no T-SQL type; write it`);
    return {
      kind: isTable ? "table-function" : kind,
      schema: given.schema ?? defaultSchema,
      name: given.name,
      assembly: inputs.assembly,
      className: given.class,
      method: given.method,
      parameters: parametersOf(given, inCode.parameters, property),
      returns: isTable || kind === "procedure" ? undefined : (returns ?? { name: "int" }),
      columns: given.columns?.map((column, index): BindingColumn => ({ name: column.name, type: read(column.type, `${property}.columns[${index}].type`) })),
      order: given.order?.map(({ column, descending }) => ({ column, descending: descending ?? false })),
      nullOnNullInput: given.nullOnNullInput ?? false,
      executeAs: given.executeAs === undefined || given.executeAs.toUpperCase() === "CALLER" ? undefined : given.executeAs,
      trigger: given.table === undefined ? undefined : placeOf(given, defaultSchema),
      where: property,
    };
  };

  const parametersOf = (given: Declared, inCode: MethodInfo | undefined, property: string): BindingParameter[] => {
    if (given.parameters !== undefined)
      return given.parameters.map(({ name, type, output, default: value }, index) => ({ name, type: read(type, `${property}.parameters[${index}].type`), output: output ?? false, default: value }));
    return (inCode?.parameters ?? []).map(({ name, type, attributes }, index) => {
      const dataType = dataTypeOf(type, attributes, typeOfClass);
      if (dataType === undefined) issues.add(`${property}.parameters`, `parameter ${name || index + 1}: ${type} says no T-SQL type; write the parameters`);
      return { name: `@${name || `p${index + 1}`}`, type: dataType ?? { name: "int" }, output: type.endsWith("&") };
    });
  };

  const read = (text: string, property: string): DataType => {
    try {
      return parseDataType(text);
    } catch (error) {
      if (!(error instanceof DataTypeError)) throw error;
      issues.add(property, error.message);
      return { name: "int" };
    }
  };

  return [
    ...(inputs.types ?? []).map((each, index) => ({ ...declare("type", `types[${index}]`, each as Declared), parameters: [], returns: undefined })),
    ...(inputs.aggregates ?? []).map((each, index) => declare("aggregate", `aggregates[${index}]`, each as Declared)),
    ...(inputs.functions ?? []).map((each, index) => declare("function", `functions[${index}]`, each)),
    ...(inputs.procedures ?? []).map((each, index) => declare("procedure", `procedures[${index}]`, each)),
    ...(inputs.triggers ?? []).map((each, index) => ({ ...declare("trigger", `triggers[${index}]`, each as Declared), parameters: [], returns: undefined })),
  ];
} // prettier-ignore

/** The methods that say parameters and result of what is declared without them. */
function codeOf(kind: BindingKind, type: TypeInfo | undefined, name: string | undefined): { parameters: MethodInfo | undefined; returns: MethodInfo | undefined } {
  const find = (wanted: string | undefined): MethodInfo | undefined => type?.methods.find((each) => each.name === wanted && each.isPublic);
  if (kind === "aggregate") return { parameters: find("Accumulate"), returns: find("Terminate") };
  if (kind === "type") return { parameters: undefined, returns: undefined };
  return { parameters: find(name), returns: find(name) };
} // prettier-ignore

function placeOf({ schema, table, timing, events }: Declared, defaultSchema: string): TriggerPlace {
  return { schema: schema ?? defaultSchema, table: table!, timing: timing ?? "AFTER", events: events ?? [] };
}
