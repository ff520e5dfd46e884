/** Syntax of tables, their columns, constraints and indexes, and of ALTER TABLE. Joined to the statements in ast.ts. */
import type { Expression, Name, TypeReference } from "./ast";

/** name = value pairs of a WITH (...) list. Values: words upper-case, numbers, strings, or nested options. */
export interface Option {
  readonly name: string;
  readonly value?: string | number | Name | Option[];
  /** value was a string literal. */
  readonly quoted?: boolean;
  /** trailing unit or words: "10 MB", "5 SECONDS", "ON PARTITIONS (...)". */
  readonly unit?: string;
}

export interface DataSpaceReference {
  readonly name: string;
  /** Partition scheme's column. */
  readonly column?: string;
}

export interface TableDefinition {
  readonly columns: ColumnDefinition[];
  readonly constraints: TableConstraint[];
  readonly indexes: IndexDefinition[];
  readonly period?: { start: string; end: string };
}

export interface ColumnDefinition {
  readonly name: string;
  /** Undefined for a computed column (and for the legacy bare `timestamp`, which the parser fills in). */
  readonly type?: TypeReference;
  readonly computed?: { expression: Expression; text: string; persisted: boolean };
  readonly collation?: string;
  /** Undefined when neither NULL nor NOT NULL was written. */
  readonly nullable?: boolean;
  readonly identity?: { seed: string; increment: string; notForReplication: boolean };
  readonly default?: { name?: string; expression: Expression; text: string; withValues: boolean };
  /** NULL or NOT NULL, or DEFAULT, was written more than once. */
  readonly nullableTwice?: boolean;
  readonly defaultTwice?: boolean;
  readonly generated?: {
    what: "row-start" | "row-end" | "transaction-start" | "transaction-end" | "sequence-start" | "sequence-end";
    hidden: boolean;
  };
  readonly constraints: TableConstraint[];
  readonly indexes: IndexDefinition[];
  readonly rowGuidCol: boolean;
  readonly sparse: boolean;
  readonly filestream: boolean;
  readonly columnSet: boolean;
  readonly mask?: string;
  readonly encrypted?: Option[];
  readonly line: number;
}

export interface IndexColumn {
  readonly name: string;
  readonly descending: boolean;
}

export type TableConstraint =
  | {
      kind: "primary-key" | "unique";
      name?: string;
      /** Empty for the column form: the column itself. */
      columns: IndexColumn[];
      clustered?: boolean;
      hash?: boolean;
      options: Option[];
      on?: DataSpaceReference;
      line: number;
    }
  | {
      kind: "foreign-key";
      name?: string;
      columns: string[];
      references: Name;
      referencedColumns: string[];
      onDelete: ReferentialAction;
      onUpdate: ReferentialAction;
      notForReplication: boolean;
      line: number;
    }
  | { kind: "check"; name?: string; expression: Expression; text: string; notForReplication: boolean; line: number }
  /** Only from ALTER TABLE ADD CONSTRAINT n DEFAULT e FOR c. */
  | {
      kind: "default";
      name?: string;
      expression: Expression;
      text: string;
      column: string;
      withValues: boolean;
      line: number;
    }
  | { kind: "connection"; name?: string; pairs: { from: Name; to: Name }[]; onDelete: ReferentialAction; line: number };

export type ReferentialAction = "no-action" | "cascade" | "set-null" | "set-default";

export interface IndexDefinition {
  readonly name: string;
  readonly unique: boolean;
  readonly type:
    | "clustered"
    | "nonclustered"
    | "clustered-columnstore"
    | "nonclustered-columnstore"
    | "hash"
    | "xml"
    | "spatial"
    | "json"
    | "vector";
  readonly columns: IndexColumn[];
  readonly include: string[];
  readonly where?: { expression: Expression; text: string };
  readonly order?: string[];
  readonly options: Option[];
  readonly on?: DataSpaceReference;
  readonly filestreamOn?: string;
  readonly line: number;
}

export type AlterTableAction =
  | { kind: "add"; definition: TableDefinition; check: boolean | undefined }
  | {
      kind: "alter-column";
      column: string;
      type: TypeReference;
      collation?: string;
      nullable?: boolean;
      sparse?: boolean;
      options: Option[];
    }
  /** ADD/DROP { ROWGUIDCOL | PERSISTED | NOT FOR REPLICATION | SPARSE | HIDDEN | MASKED ... } */
  | { kind: "alter-column-property"; column: string; add: boolean; property: string; text?: string }
  | {
      kind: "drop";
      items: {
        kind: "column" | "constraint" | "unknown" | "period";
        name: string;
        ifExists: boolean;
        options: Option[];
      }[];
    }
  | { kind: "check-constraint"; enable: boolean; validate: boolean | undefined; names: string[] | "all" }
  | { kind: "trigger"; enable: boolean; names: string[] | "all" }
  | { kind: "switch"; sourcePartition?: Expression; target: Name; targetPartition?: Expression; options: Option[] }
  | { kind: "rebuild"; partition?: Expression | "all"; options: Option[] }
  | { kind: "set"; options: Option[] }
  | { kind: "change-tracking"; enable: boolean; options: Option[] };
