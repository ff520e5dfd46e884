/** The T-SQL of what is bound to an assembly. https://learn.microsoft.com/sql/t-sql/statements/create-function-transact-sql */
import { nounOf, type Binding, type BindingParameter } from "../../clr/binding";
import type { Hazard, ObjectName, Statement } from "../../contract";
import { quoteName, quoteNames, quoteText } from "../../engine/quoting";
import { statement } from "../../engine/statement";
import { typeText } from "../table/data-type";
import { bindingName } from "./live-binding";

export function ownedBinding(binding: Pick<Binding, "kind" | "schema" | "name">): ObjectName {
  return { type: nounOf(binding.kind), name: bindingName(binding) };
}

export function createBinding(database: string, binding: Binding): Statement {
  const { type, name } = ownedBinding(binding);
  return statement(database, `create ${type} ${name}`, bindingText("CREATE", binding), {
    object: ownedBinding(binding),
    reverse: dropText(binding),
  });
}

/** Keeps the object's id and permissions; there is no ALTER AGGREGATE and no ALTER TYPE. */
export function alterBinding(database: string, binding: Binding): Statement {
  const { type, name } = ownedBinding(binding);
  return statement(database, `alter ${type} ${name}`, bindingText("ALTER", binding), {
    object: ownedBinding(binding),
    idempotent: true,
  });
}

export function dropBinding(
  database: string,
  binding: Pick<Binding, "kind" | "schema" | "name">,
  hazards: readonly Hazard[],
): Statement {
  const { type, name } = ownedBinding(binding);
  return statement(database, `drop ${type} ${name}`, dropText(binding), { object: ownedBinding(binding), hazards });
}

function dropText(binding: Pick<Binding, "kind" | "schema" | "name">): string {
  return `DROP ${nounOf(binding.kind).toUpperCase()} ${quoteNames(binding.schema, binding.name)};`;
}

export function bindingText(verb: "CREATE" | "ALTER", binding: Binding): string {
  const name = quoteNames(binding.schema, binding.name);
  const place = quoteNames(
    binding.assembly,
    binding.className,
    ...(binding.method === undefined ? [] : [binding.method]),
  );
  const external = `EXTERNAL NAME ${place};`;
  const parameters = binding.parameters.map(parameterText);
  const list = parameters.length === 0 ? "()" : `(\n    ${parameters.join(",\n    ")}\n)`;
  switch (binding.kind) {
    case "type":
      return `${verb} TYPE ${name}\n${external}`;
    case "aggregate":
      return `${verb} AGGREGATE ${name} ${list}\nRETURNS ${typeText(binding.returns!)}\n${external}`;
    case "trigger": {
      const { schema, table, timing, events } = binding.trigger!;
      const head = `${verb} TRIGGER ${name} ON ${quoteNames(schema, table)}${withClause(binding)}`;
      return `${head}\n${timing} ${events.join(", ")}\nAS ${external}`;
    }
    case "procedure":
      return `${verb} PROCEDURE ${name}${parameters.length === 0 ? "" : `\n    ${parameters.join(",\n    ")}`}${withClause(binding)}\nAS ${external}`;
    case "function":
      return `${verb} FUNCTION ${name} ${list}\nRETURNS ${typeText(binding.returns!)}${withClause(binding)}\nAS ${external}`;
    case "table-function": {
      const columns = binding.columns!.map((column) => `${quoteName(column.name)} ${typeText(column.type)}`);
      const order = binding.order?.map(({ column, descending }) => `${quoteName(column)}${descending ? " DESC" : ""}`);
      const orderClause = order === undefined ? "" : `\nORDER (${order.join(", ")})`;
      return `${verb} FUNCTION ${name} ${list}\nRETURNS TABLE (\n    ${columns.join(",\n    ")}\n)${withClause(binding)}${orderClause}\nAS ${external}`;
    }
  }
}

function parameterText({ name, type, output, default: value }: BindingParameter): string {
  return `${name} ${typeText(type)}${value === undefined ? "" : ` = ${value}`}${output ? " OUTPUT" : ""}`;
}

/** CALLED ON NULL INPUT is written out: without it the server would take what the attribute of the method says. */
function withClause(binding: Binding): string {
  const options: string[] = [];
  if (binding.kind === "function")
    options.push(binding.nullOnNullInput ? "RETURNS NULL ON NULL INPUT" : "CALLED ON NULL INPUT");
  const { executeAs } = binding;
  if (executeAs !== undefined) {
    const word = executeAs.toUpperCase();
    options.push(`EXECUTE AS ${word === "CALLER" || word === "OWNER" ? word : quoteText(executeAs).slice(1)}`);
  }
  return options.length === 0 ? "" : `\nWITH ${options.join(", ")}`;
}
