/**
 * The syntax tree of a batch: T-SQL's words, no semantics. The parser makes it; query/, ddl/ and session/ read it.
 * Every node that an error can point at carries `line` (1-based, in its batch). Here are names, types, expressions and queries;
 * the statements have files of their own, read through this one.
 */
import type { ConversationStatement } from "./ast-broker";
import type { Definition } from "./ast-definition";
import type { Delete, Insert, Merge, Truncate, Update } from "./ast-modification";
import type { ModuleStatement } from "./ast-module";
import type { Execute, Procedural } from "./ast-procedural";
export type * from "./ast-modification";
export type * from "./ast-procedural";
export type * from "./ast-table";
export type * from "./ast-module";
export type * from "./ast-definition";

/** One to four parts; a missing middle part (db..t) is "". The last element is the object's own name. */
export interface Name {
  readonly parts: readonly string[];
  readonly line: number;
}

// ---- Data types ----------------------------------------------------------------------------------------------------

/** A type as written: int, decimal(18,2), nvarchar(max), dbo.MyType. Resolved against the database by its reader. */
export interface TypeReference {
  readonly name: Name;
  /** As written: [18, 2], ["max"], []. */
  readonly arguments: readonly (number | "max")[];
  /** xml(DOCUMENT schemaCollection), vector base type, "varying" and such: the rest of the parenthesis as text. */
  readonly detail?: string;
  readonly line: number;
}

// ---- Expressions ---------------------------------------------------------------------------------------------------

export type BinaryOperator = "+" | "-" | "*" | "/" | "%" | "&" | "|" | "^" | "<<" | ">>" | "||";
export type ComparisonOperator = "=" | "<>" | "<" | "<=" | ">" | ">=";

export type Expression =
  | { kind: "integer"; text: string; line: number }
  | { kind: "decimal"; text: string; line: number }
  | { kind: "float"; text: string; line: number }
  | { kind: "money"; text: string; line: number }
  | { kind: "string"; value: string; national: boolean; line: number }
  | { kind: "binary"; hex: string; line: number }
  | { kind: "null"; line: number }
  /** DEFAULT as a value in VALUES, SET or EXEC. */
  | { kind: "default"; line: number }
  | { kind: "variable"; name: string; line: number }
  /** @@ROWCOUNT and friends, with both @. */
  | { kind: "global"; name: string; line: number }
  /** a, t.a, s.t.a, db.s.t.a; also $identity, $rowguid, $action, $node_id as a single part. */
  | { kind: "column"; name: Name; line: number }
  | { kind: "unary"; operator: "-" | "+" | "~"; operand: Expression; line: number }
  | { kind: "binary-operation"; operator: BinaryOperator; left: Expression; right: Expression; line: number }
  | { kind: "comparison"; operator: ComparisonOperator; left: Expression; right: Expression; line: number }
  | {
      kind: "quantified";
      operator: ComparisonOperator;
      left: Expression;
      quantifier: "all" | "any";
      query: Query;
      line: number;
    }
  | { kind: "and" | "or"; left: Expression; right: Expression; line: number }
  | { kind: "not"; operand: Expression; line: number }
  | { kind: "is-null"; operand: Expression; not: boolean; line: number }
  | { kind: "is-distinct"; left: Expression; right: Expression; not: boolean; line: number }
  | { kind: "between"; operand: Expression; low: Expression; high: Expression; not: boolean; line: number }
  | { kind: "in"; operand: Expression; values?: Expression[]; query?: Query; not: boolean; line: number }
  | { kind: "like"; operand: Expression; pattern: Expression; escape?: Expression; not: boolean; line: number }
  | { kind: "exists"; query: Query; line: number }
  | { kind: "subquery"; query: Query; line: number }
  | {
      kind: "case";
      operand?: Expression;
      branches: { when: Expression; then: Expression }[];
      else?: Expression;
      line: number;
    }
  | { kind: "cast"; operand: Expression; type: TypeReference; attempt: boolean; line: number }
  | { kind: "convert"; operand: Expression; type: TypeReference; style?: Expression; attempt: boolean; line: number }
  | { kind: "parse"; operand: Expression; type: TypeReference; culture?: Expression; attempt: boolean; line: number }
  | { kind: "collate"; operand: Expression; collation: string; line: number }
  | { kind: "at-time-zone"; operand: Expression; zone: Expression; line: number }
  | { kind: "next-value"; sequence: Name; over?: Window; line: number }
  /**
   * Any call: built-in, aggregate, scalar UDF (two or more name parts), window function, method (x.value(...)).
   * COUNT(*) has star. Date parts (DATEADD(day, ...)) stay column expressions; the binder reads them by function name.
   * Niladic words (CURRENT_TIMESTAMP, USER, SYSTEM_USER ...) are calls with no arguments and niladic true.
   * COALESCE, NULLIF, IIF, ISNULL, CHOOSE are ordinary calls. UPDATE(col) and COLUMNS_UPDATED() too.
   */
  | {
      kind: "call";
      name: Name;
      arguments: Expression[];
      star?: boolean;
      distinct?: boolean;
      niladic?: boolean;
      over?: Window;
      withinGroup?: OrderItem[];
      /** IGNORE NULLS / RESPECT NULLS. */
      nulls?: "ignore" | "respect";
      /** TRIM(LEADING x FROM y), JSON_OBJECT(k:v) and such keep their words here. */
      words?: string[];
      line: number;
    };

export interface Window {
  readonly name?: string;
  readonly partitionBy: Expression[];
  readonly orderBy: OrderItem[];
  readonly frame?: { unit: "rows" | "range"; from: FrameBound; to?: FrameBound };
}
export type FrameBound =
  | { kind: "unbounded-preceding" | "unbounded-following" | "current-row" }
  | { kind: "preceding" | "following"; count: Expression };

export interface OrderItem {
  readonly expression: Expression;
  readonly descending: boolean;
}

// ---- Queries -------------------------------------------------------------------------------------------------------

export interface CommonTableExpression {
  readonly name: string;
  readonly columns?: string[];
  readonly query: Query;
  readonly line: number;
}

/** A whole query: WITH ... (set operations of specifications) ORDER BY ... OFFSET ... FOR ... OPTION. */
export interface Query {
  readonly with: CommonTableExpression[];
  readonly body: QueryBody;
  readonly orderBy: OrderItem[];
  readonly offset?: Expression;
  readonly fetch?: Expression;
  readonly for?: ForClause;
  readonly options: string[];
  readonly line: number;
}

export type QueryBody =
  | QuerySpecification
  | {
      kind: "set";
      operator: "union" | "union-all" | "intersect" | "except";
      left: QueryBody;
      right: QueryBody;
      line: number;
    }
  | { kind: "parenthesized"; query: Query; line: number }
  | { kind: "values"; rows: Expression[][]; line: number };

export interface QuerySpecification {
  readonly kind: "select";
  readonly distinct: boolean;
  readonly top?: { count: Expression; percent: boolean; withTies: boolean };
  readonly items: SelectItem[];
  readonly into?: Name;
  readonly from: TableSource[];
  readonly where?: Expression;
  readonly groupBy?: { items: GroupItem[] };
  readonly having?: Expression;
  readonly windows?: { name: string; window: Window }[];
  readonly line: number;
}
export type GroupItem =
  | { kind: "expression"; expression: Expression }
  | { kind: "rollup" | "cube"; sets: Expression[][] }
  | { kind: "grouping-sets"; sets: Expression[][] };

export type SelectItem =
  | { kind: "expression"; expression: Expression; alias?: string; line: number }
  /** * or t.*: qualifier undefined for *. */
  | { kind: "star"; qualifier?: Name; line: number }
  /** SELECT @v = expression (or +=). */
  | { kind: "assign"; variable: string; operator: "=" | `${BinaryOperator}=`; expression: Expression; line: number };

export interface ForClause {
  readonly kind: "xml" | "json" | "browse";
  readonly mode?: string;
  readonly elementName?: string;
  readonly root?: string | true;
  readonly words: string[];
}

export type TableSource =
  | {
      kind: "table";
      name: Name;
      alias?: string;
      hints: TableHint[];
      temporal?: TemporalClause;
      sample?: string;
      line: number;
    }
  | { kind: "table-variable"; variable: string; alias?: string; line: number }
  | { kind: "derived"; query: Query; alias: string; columns?: string[]; line: number }
  /** (INSERT/UPDATE/DELETE/MERGE ... OUTPUT ...) AS x. */
  | { kind: "dml"; statement: Statement; alias: string; columns?: string[]; line: number }
  /** Table-valued function, built-in or not; OPENJSON ... WITH (...). */
  | {
      kind: "function";
      name: Name;
      arguments: Expression[];
      alias?: string;
      columns?: string[];
      with?: { name: string; type: TypeReference; path?: string; asJson?: boolean }[];
      line: number;
    }
  | {
      kind: "join";
      type: "inner" | "left" | "right" | "full" | "cross";
      left: TableSource;
      right: TableSource;
      on?: Expression;
      hint?: string;
      line: number;
    }
  | { kind: "apply"; type: "cross" | "outer"; left: TableSource; right: TableSource; line: number }
  | {
      kind: "pivot";
      source: TableSource;
      aggregate: Expression;
      column: Name;
      values: string[];
      alias: string;
      line: number;
    }
  | {
      kind: "unpivot";
      source: TableSource;
      valueColumn: string;
      nameColumn: string;
      columns: string[];
      alias: string;
      line: number;
    };

/** NOLOCK, UPDLOCK, INDEX(x): upper-case word, with its arguments as text. */
export interface TableHint {
  readonly name: string;
  readonly arguments: string[];
}
export interface TemporalClause {
  readonly kind: "as-of" | "from-to" | "between" | "contained-in" | "all";
  readonly from?: Expression;
  readonly to?: Expression;
}

// ---- Statements -----------------------------------------------------------------------------------------------------

export type Statement =
  | { kind: "select"; query: Query; line: number }
  | Insert
  | Update
  | Delete
  | Merge
  | Truncate
  | Execute
  | Procedural
  | ModuleStatement
  | Definition
  | ConversationStatement
  /** INSERT BULK from a bulk-copy client. */
  | {
      kind: "insert-bulk";
      table: Name;
      columns: { name: string; type: TypeReference; nullable: boolean }[];
      options: string[];
      line: number;
    }
  | { kind: "empty"; line: number };

/** A parsed batch. */
export interface Batch {
  readonly statements: Statement[];
}
