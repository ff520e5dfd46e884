/** Syntax of data modification: INSERT, UPDATE, DELETE, MERGE, TRUNCATE and their parts. Joined to the statements in ast.ts. */
import type {
  BinaryOperator,
  CommonTableExpression,
  Expression,
  Name,
  Query,
  SelectItem,
  TableHint,
  TableSource,
} from "./ast";
import type { Execute } from "./ast-procedural";

export interface OutputClause {
  readonly items: SelectItem[];
  /** OUTPUT ... INTO target (columns); undefined = to the client. */
  readonly into?: { target: DmlTarget; columns?: string[] };
}
export type DmlTarget = { kind: "name"; name: Name; hints: TableHint[] } | { kind: "table-variable"; variable: string };

export interface SetItem {
  /** Column, or undefined when only a variable is set. */
  readonly column?: Name;
  readonly variable?: string;
  readonly operator: "=" | `${BinaryOperator}=`;
  readonly expression: Expression;
  /** column.WRITE(expression, offset, length). */
  readonly write?: { offset: Expression; length: Expression };
  readonly line: number;
}

export interface Insert {
  kind: "insert";
  with: CommonTableExpression[];
  top?: { count: Expression; percent: boolean };
  target: DmlTarget;
  columns?: string[];
  output?: OutputClause;
  source: { kind: "query"; query: Query } | { kind: "default-values" } | { kind: "execute"; statement: Execute };
  line: number;
}
export interface Update {
  kind: "update";
  with: CommonTableExpression[];
  top?: { count: Expression; percent: boolean };
  target: DmlTarget;
  set: SetItem[];
  output?: OutputClause;
  from: TableSource[];
  where?: Expression;
  line: number;
}
export interface Delete {
  kind: "delete";
  with: CommonTableExpression[];
  top?: { count: Expression; percent: boolean };
  target: DmlTarget;
  output?: OutputClause;
  from: TableSource[];
  where?: Expression;
  line: number;
}
export interface Merge {
  kind: "merge";
  with: CommonTableExpression[];
  target: DmlTarget;
  alias?: string;
  using: TableSource;
  on: Expression;
  clauses: {
    when: "matched" | "not-matched" | "not-matched-by-source";
    condition?: Expression;
    action:
      | { kind: "update"; set: SetItem[] }
      | { kind: "delete" }
      | { kind: "insert"; columns?: string[]; values?: Expression[] };
  }[];
  output?: OutputClause;
  line: number;
}
export interface Truncate {
  kind: "truncate";
  table: Name;
  partitions?: string;
  line: number;
}
