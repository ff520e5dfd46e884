/** A T-SQL object that runs code of an assembly: what its CREATE statement says. */
import type { DataType } from "../kinds/table/data-type";

export type BindingKind = "function" | "table-function" | "procedure" | "trigger" | "aggregate" | "type";

export interface BindingParameter {
  /** With its @. */
  readonly name: string;
  readonly type: DataType;
  readonly output: boolean;
  /** T-SQL literal. */
  readonly default?: string | undefined;
}

export interface BindingColumn {
  readonly name: string;
  readonly type: DataType;
}

export interface TriggerPlace {
  readonly schema: string;
  readonly table: string;
  readonly timing: "AFTER" | "INSTEAD OF";
  readonly events: readonly ("INSERT" | "UPDATE" | "DELETE")[];
}

export interface Binding {
  readonly kind: BindingKind;
  readonly schema: string;
  readonly name: string;
  /** As sys.assemblies names it. */
  readonly assembly: string;
  /** Full .NET name; compared letter by letter. */
  readonly className: string;
  /** undefined for aggregates and types. */
  readonly method?: string | undefined;
  readonly parameters: readonly BindingParameter[];
  /** Functions and aggregates. */
  readonly returns?: DataType | undefined;
  /** Table functions. */
  readonly columns?: readonly BindingColumn[] | undefined;
  readonly order?: readonly { readonly column: string; readonly descending: boolean }[] | undefined;
  /** RETURNS NULL ON NULL INPUT. */
  readonly nullOnNullInput: boolean;
  /** CALLER, OWNER or a user; undefined = CALLER. */
  readonly executeAs?: string | undefined;
  readonly trigger?: TriggerPlace | undefined;
  /** Where the declaration stands: "functions[2]", "modules/a.sql:7". */
  readonly where: string;
}

/** The noun of iac.object. */
export function nounOf(kind: BindingKind): "function" | "procedure" | "trigger" | "aggregate" | "type" {
  return kind === "table-function" ? "function" : kind;
}
