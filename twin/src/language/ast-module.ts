/** Syntax of procedures, functions, views, triggers and aggregates. Joined to the statements in ast.ts. */
import type { Expression, Name, Query, Statement, TypeReference } from "./ast";
import type { IndexColumn, TableDefinition } from "./ast-table";

export interface Parameter {
  readonly name: string;
  readonly type: TypeReference;
  readonly default?: Expression;
  readonly output: boolean;
  readonly readOnly: boolean;
  readonly nullable?: boolean;
  readonly line: number;
}

interface ModuleBase {
  readonly name: Name;
  readonly action: "create" | "alter" | "create-or-alter";
  /** WITH options, upper-case words: SCHEMABINDING, ENCRYPTION, RECOMPILE, EXECUTE AS OWNER ... */
  readonly options: string[];
  /** The whole CREATE/ALTER statement as written, from its first word to its end: sys.sql_modules.definition. */
  readonly text: string;
  readonly line: number;
}
/** EXTERNAL NAME assembly.class.method, or assembly[.class] of aggregates and types. */
export type ExternalName = readonly string[];

export type ModuleStatement =
  | ({
      kind: "procedure";
      number?: number;
      parameters: Parameter[];
      body: Statement[];
      external?: ExternalName;
    } & ModuleBase)
  | ({
      kind: "scalar-function";
      parameters: Parameter[];
      returns: TypeReference;
      body: Statement[];
      external?: ExternalName;
    } & ModuleBase)
  | ({ kind: "inline-function"; parameters: Parameter[]; query: Query } & ModuleBase)
  | ({
      kind: "table-function";
      parameters: Parameter[];
      variable?: string;
      returns: TableDefinition;
      body: Statement[];
      external?: ExternalName;
      /** ORDER of a CLR function. */ order?: IndexColumn[];
    } & ModuleBase)
  | ({
      kind: "aggregate";
      parameters: Parameter[];
      returns: TypeReference;
      body: Statement[];
      external: ExternalName;
    } & ModuleBase)
  | ({ kind: "view"; columns?: string[]; query: Query; checkOption: boolean } & ModuleBase)
  | ({
      kind: "trigger";
      on: { kind: "object"; name: Name } | { kind: "database" } | { kind: "server" };
      when: "after" | "instead-of";
      events: string[];
      body: Statement[];
      external?: ExternalName;
    } & ModuleBase);
