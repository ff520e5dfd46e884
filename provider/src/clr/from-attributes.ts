/**
 * Declarations from the attributes in the assembly, as a SQL CLR project of Visual Studio makes them.
 * https://learn.microsoft.com/sql/relational-databases/clr-integration/database-objects/clr-integration-custom-attributes-for-clr-routines
 */
import { DataTypeError, parseDataType, type DataType } from "../kinds/table/data-type";
import { isTrivia, nameOf, tokenize, type Token } from "../tsql/lexer";
import type { Binding, BindingColumn, BindingParameter, TriggerPlace } from "./binding";
import { findAttribute, type AssemblyMetadata, type AttributeInfo, type MethodInfo, type TypeInfo } from "./model";
import { dataTypeOf, withoutReference } from "./type-mapping";

const server = "Microsoft.SqlServer.Server.";

interface FromAttributes {
  readonly bindings: readonly Binding[];
  /** What the attributes leave open, with the class and method that it is about. */
  readonly problems: readonly { readonly member: string; readonly reason: string }[];
}

export function bindingsFromAttributes(
  assembly: AssemblyMetadata,
  sqlName: string,
  schema: string,
  wanted: (member: string) => boolean,
): FromAttributes {
  const bindings: Binding[] = [];
  const problems: { member: string; reason: string }[] = [];
  const typeNames = new Map<string, DataType>();
  const types = assembly.types.filter((type) => type.isPublic);
  for (const type of types) {
    const attribute = findAttribute(type.attributes, `${server}SqlUserDefinedTypeAttribute`);
    if (attribute === undefined) continue;
    const name = textOf(attribute, "Name") ?? simpleName(type.name);
    typeNames.set(type.name, { schema, name });
    add({ kind: "type", name, className: type.name, parameters: [] }, type.name);
  }
  for (const type of types) {
    const aggregate = findAttribute(type.attributes, `${server}SqlUserDefinedAggregateAttribute`);
    if (aggregate !== undefined) aggregateOf(type, aggregate);
    for (const method of type.methods)
      if (method.isPublic && method.isStatic && !method.isSpecial) methodOf(type, method);
  }
  return { bindings, problems };

  function add(
    binding: Pick<Binding, "kind" | "name" | "className" | "parameters"> & Partial<Binding>,
    member: string,
  ): void {
    if (!wanted(member)) return;
    bindings.push({
      schema,
      assembly: sqlName,
      nullOnNullInput: false,
      where: `the attribute of ${member}`,
      ...binding,
    });
  }

  function fail(member: string, reason: string): void {
    if (wanted(member)) problems.push({ member, reason });
  }

  function aggregateOf(type: TypeInfo, attribute: AttributeInfo): void {
    const method = (name: string): MethodInfo | undefined =>
      type.methods.find((each) => each.name === name && each.isPublic);
    const parameters = parametersOf(type.name, method("Accumulate"));
    const terminate = method("Terminate");
    const returns =
      terminate && dataTypeOf(terminate.returns, terminate.returnAttributes, (name) => typeNames.get(name));
    if (parameters === undefined) return;
    add(
      {
        kind: "aggregate",
        name: textOf(attribute, "Name") ?? simpleName(type.name),
        className: type.name,
        parameters,
        returns,
      },
      type.name,
    );
  }

  function methodOf(type: TypeInfo, method: MethodInfo): void {
    const member = `${type.name}.${method.name}`;
    const names = { className: type.name, method: method.name };
    const trigger = findAttribute(method.attributes, `${server}SqlTriggerAttribute`);
    if (trigger !== undefined) {
      const place = triggerPlace(textOf(trigger, "Target"), textOf(trigger, "Event"), schema);
      if (typeof place === "string") return fail(member, place);
      return add(
        {
          kind: "trigger",
          name: textOf(trigger, "Name") ?? method.name,
          ...names,
          parameters: [],
          trigger: place,
          schema: place.schema,
        },
        member,
      );
    }
    const procedure = findAttribute(method.attributes, `${server}SqlProcedureAttribute`);
    if (procedure !== undefined) {
      const parameters = parametersOf(member, method);
      if (parameters !== undefined)
        add({ kind: "procedure", name: textOf(procedure, "Name") ?? method.name, ...names, parameters }, member);
      return;
    }
    const attribute = findAttribute(method.attributes, `${server}SqlFunctionAttribute`);
    if (attribute === undefined) return;
    const parameters = parametersOf(member, method);
    if (parameters === undefined) return;
    const name = textOf(attribute, "Name") ?? method.name;
    const definition = textOf(attribute, "TableDefinition");
    if (textOf(attribute, "FillRowMethodName") !== undefined || definition !== undefined) {
      const columns =
        definition === undefined ? "the attribute SqlFunction has no TableDefinition" : tableColumns(definition);
      if (typeof columns === "string") return fail(member, columns);
      return add({ kind: "table-function", name, ...names, parameters, columns }, member);
    }
    const returns = dataTypeOf(method.returns, method.returnAttributes, (each) => typeNames.get(each));
    if (returns === undefined) return fail(member, `${method.returns} says no T-SQL type`);
    add({ kind: "function", name, ...names, parameters, returns }, member);
  }

  function parametersOf(member: string, method: MethodInfo | undefined): BindingParameter[] | undefined {
    const parameters: BindingParameter[] = [];
    for (const [position, { name, type, attributes }] of (method?.parameters ?? []).entries()) {
      const dataType = dataTypeOf(type, attributes, (each) => typeNames.get(each));
      if (dataType === undefined) {
        fail(member, `parameter ${name || position + 1}: ${withoutReference(type)} says no T-SQL type`);
        return undefined;
      }
      parameters.push({ name: `@${name || `p${position + 1}`}`, type: dataType, output: type.endsWith("&") });
    }
    return parameters;
  }
}

function textOf(attribute: AttributeInfo, name: string): string | undefined {
  const value = attribute.named[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function simpleName(type: string): string {
  return type.split(/[.+]/).at(-1)!;
}

/** `Number int, Line nvarchar(4000)`; a text = what is wrong with it. */
export function tableColumns(definition: string): BindingColumn[] | string {
  let tokens: Token[];
  try {
    tokens = tokenize(definition).filter((token) => !isTrivia(token));
  } catch {
    return `TableDefinition "${definition}" has a quotation that never ends`;
  }
  const columns: BindingColumn[] = [];
  let at = 0;
  while (at < tokens.length) {
    const name = tokens[at]!;
    if (!["word", "bracketed", "double-quoted"].includes(name.kind))
      return `TableDefinition "${definition}": a column begins with its name`;
    let depth = 0;
    let end = at + 1;
    for (; end < tokens.length; end++) {
      const text = definition.slice(tokens[end]!.start, tokens[end]!.end);
      if (text === "(") depth++;
      else if (text === ")") depth--;
      else if (text === "," && depth === 0) break;
    }
    const type =
      end > at + 1
        ? definition.slice(tokens[at + 1]!.start, tokens[end - 1]!.end).replace(/\s+(not\s+)?null$/i, "")
        : "";
    try {
      columns.push({ name: nameOf(definition, name), type: parseDataType(type) });
    } catch (error) {
      if (!(error instanceof DataTypeError)) throw error;
      return `TableDefinition "${definition}": column ${nameOf(definition, name)}: ${error.message}`;
    }
    at = end + 1;
  }
  return columns.length > 0 ? columns : "TableDefinition has no column";
}

/** Target "dbo.Orders" and Event "FOR INSERT, UPDATE"; a text = what is wrong with them. */
export function triggerPlace(
  target: string | undefined,
  event: string | undefined,
  defaultSchema: string,
): TriggerPlace | string {
  if (target === undefined || event === undefined) return "the attribute SqlTrigger needs Target and Event";
  const names = tokenize(target).filter((token) => ["word", "bracketed", "double-quoted"].includes(token.kind)).map((token) => nameOf(target, token)); // prettier-ignore
  const found = /^\s*(FOR|AFTER|INSTEAD\s+OF)\s+(.*)$/is.exec(event);
  const events = (found?.[2] ?? "").split(",").map((each) => each.trim().toUpperCase());
  const isEvent = (each: string): each is TriggerPlace["events"][number] =>
    ["INSERT", "UPDATE", "DELETE"].includes(each);
  if (found === null || !events.every(isEvent))
    return `the attribute SqlTrigger has the Event "${event}"; write "FOR INSERT, UPDATE" or "INSTEAD OF DELETE"`;
  if (names.length === 0 || names.length > 2)
    return `the attribute SqlTrigger has the Target "${target}"; write "schema.table"`;
  return {
    schema: names.length === 2 ? names[0]! : defaultSchema,
    table: names.at(-1)!,
    timing: found[1]!.toUpperCase().startsWith("INSTEAD") ? "INSTEAD OF" : "AFTER",
    events: events.filter(isEvent),
  };
}
