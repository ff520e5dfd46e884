/**
 * The syntax tree of a batch: T-SQL's words, no semantics. The parser makes it; query/, ddl/ and session/ read it.
 * Every node that an error can point at carries `line` (1-based, in its batch).
 */
import type { BrokerDefinition, ConversationStatement } from "./ast-broker";
import type { AssemblyDefinition } from "./ast-clr";

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

// ---- Data modification ---------------------------------------------------------------------------------------------

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

// ---- Procedural ----------------------------------------------------------------------------------------------------

export interface Execute {
  kind: "execute";
  /** EXEC @status = ... */
  status?: string;
  /** A procedure name, a variable that holds one, or the string form EXEC (...). */
  target:
    | { kind: "name"; name: Name }
    | { kind: "variable"; variable: string }
    | { kind: "string"; parts: Expression[]; at?: string };
  arguments: { name?: string; value: Expression; output: boolean }[];
  /** WITH RECOMPILE, RESULT SETS ...: words. */
  options: string[];
  /** EXECUTE AS for the string form: USER = 'x'. */
  as?: { kind: "user" | "login"; name: string };
  line: number;
}

export type Procedural =
  | { kind: "block"; statements: Statement[]; line: number }
  | { kind: "if"; condition: Expression; then: Statement; else?: Statement; line: number }
  | { kind: "while"; condition: Expression; body: Statement; line: number }
  | { kind: "break" | "continue"; line: number }
  | { kind: "goto"; label: string; line: number }
  | { kind: "label"; label: string; line: number }
  | { kind: "return"; value?: Expression; line: number }
  | { kind: "try"; body: Statement[]; catch: Statement[]; line: number }
  | { kind: "throw"; arguments?: [number: Expression, message: Expression, state: Expression]; line: number }
  | {
      kind: "raiserror";
      message: Expression;
      severity: Expression;
      state: Expression;
      arguments: Expression[];
      options: string[];
      line: number;
    }
  | { kind: "print"; value: Expression; line: number }
  | { kind: "declare"; variables: VariableDeclaration[]; line: number }
  | { kind: "set-variable"; variable: string; operator: "=" | `${BinaryOperator}=`; value: Expression; line: number }
  /** SET NOCOUNT ON, SET IDENTITY_INSERT t ON, SET LOCK_TIMEOUT 5000, SET TRANSACTION ISOLATION LEVEL ...: upper-case option. */
  | { kind: "set-option"; options: string[]; value: string | Expression; table?: Name; line: number }
  | { kind: "waitfor"; what: "delay" | "time"; value: Expression; line: number }
  | { kind: "begin-transaction"; name?: string | { variable: string }; mark?: string; line: number }
  | { kind: "commit" | "rollback" | "save-transaction"; name?: string | { variable: string }; line: number }
  | { kind: "use"; database: string; line: number }
  | { kind: "declare-cursor"; name: string; words: string[]; query: Query; line: number }
  | { kind: "cursor"; action: "open" | "close" | "deallocate"; cursor: string; line: number }
  | { kind: "fetch"; direction: string; offset?: Expression; cursor: string; into: string[]; line: number }
  | {
      kind: "execute-as";
      principal: "user" | "login" | "caller" | "self" | "owner";
      name?: Expression;
      noRevert: boolean;
      line: number;
    }
  | { kind: "revert"; line: number }
  | { kind: "checkpoint"; line: number }
  | { kind: "kill"; spid: Expression; line: number }
  | { kind: "dbcc"; command: string; arguments: Expression[]; options: string[]; line: number }
  | { kind: "reconfigure"; withOverride: boolean; line: number };

export interface VariableDeclaration {
  readonly name: string;
  readonly type?: TypeReference;
  readonly table?: TableDefinition;
  readonly cursor?: boolean;
  readonly value?: Expression;
  readonly line: number;
}

// ---- Tables and indexes --------------------------------------------------------------------------------------------

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

// ---- Modules -------------------------------------------------------------------------------------------------------

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

// ---- Other DDL -----------------------------------------------------------------------------------------------------

export interface FileSpecification {
  readonly name?: string;
  readonly newName?: string;
  readonly filename?: string;
  readonly size?: Option;
  readonly maxSize?: Option;
  readonly growth?: Option;
  readonly offline?: boolean;
}
export interface FilegroupSpecification {
  /** "PRIMARY" for the primary one. */
  readonly name: string;
  readonly contains?: "filestream" | "memory-optimized";
  readonly isDefault: boolean;
  readonly files: FileSpecification[];
}

export type AlterDatabaseAction =
  | {
      kind: "set";
      options: Option[];
      termination?: { kind: "rollback-immediate" | "rollback-after" | "no-wait"; seconds?: number };
    }
  | { kind: "collate"; collation: string }
  | { kind: "modify-name"; name: string }
  | { kind: "add-file"; files: FileSpecification[]; log: boolean; filegroup?: string }
  | { kind: "remove-file"; file: string }
  | { kind: "modify-file"; file: FileSpecification }
  | { kind: "add-filegroup"; name: string; contains?: "filestream" | "memory-optimized" }
  | { kind: "remove-filegroup"; name: string }
  | {
      kind: "modify-filegroup";
      name: string;
      change: "default" | "read-only" | "read-write" | "autogrow-all" | "autogrow-single" | { newName: string };
      termination?: { kind: "rollback-immediate" | "rollback-after" | "no-wait"; seconds?: number };
    }
  | { kind: "compatibility-level"; level: number }
  /** ALTER DATABASE SCOPED CONFIGURATION ... kept as its words. */
  | { kind: "scoped-configuration"; words: string[] };

/** Securable of GRANT / DENY / REVOKE / ALTER AUTHORIZATION / extended properties: class words upper-case, "OBJECT" by default. */
export interface Securable {
  readonly class: string;
  readonly name: Name;
  readonly columns?: string[];
}

export type Definition =
  | BrokerDefinition
  | AssemblyDefinition
  | {
      kind: "create-table";
      name: Name;
      definition: TableDefinition;
      options: Option[];
      on?: DataSpaceReference;
      textImageOn?: string;
      filestreamOn?: string;
      as?: "node" | "edge" | "filetable";
      line: number;
    }
  | { kind: "alter-table"; name: Name; action: AlterTableAction; line: number }
  | { kind: "create-index"; index: IndexDefinition; on: Name; line: number }
  | {
      kind: "alter-index";
      name: string | "all";
      on: Name;
      action: "rebuild" | "disable" | "reorganize" | "set" | "resume" | "pause" | "abort";
      partition?: Expression | "all";
      options: Option[];
      line: number;
    }
  | { kind: "drop-index"; items: { name: string; on: Name }[]; ifExists: boolean; options: Option[]; line: number }
  | {
      kind: "create-statistics";
      name: string;
      on: Name;
      columns: string[];
      where?: { expression: Expression; text: string };
      options: Option[];
      line: number;
    }
  | { kind: "update-statistics"; on: Name; names: string[]; options: Option[]; line: number }
  | { kind: "drop-statistics"; names: Name[]; line: number }
  /** TABLE, VIEW, PROCEDURE, FUNCTION, TRIGGER, SYNONYM, SEQUENCE, TYPE, SCHEMA, USER, ROLE, LOGIN, DATABASE ... upper-case. */
  | {
      kind: "drop";
      what: string;
      names: Name[];
      ifExists: boolean;
      onScope?: "database" | "server";
      words: string[];
      line: number;
    }
  | { kind: "create-schema"; name: string; authorization?: string; elements: Statement[]; line: number }
  | { kind: "alter-schema"; schema: string; class: string; object: Name; line: number }
  | { kind: "alter-authorization"; securable: Securable; owner: string | "schema-owner"; line: number }
  | { kind: "create-sequence"; name: Name; type?: TypeReference; options: Option[]; line: number }
  | { kind: "alter-sequence"; name: Name; options: Option[]; line: number }
  | { kind: "create-synonym"; name: Name; target: Name; line: number }
  | {
      kind: "create-type";
      name: Name;
      from?: TypeReference;
      nullable?: boolean;
      table?: TableDefinition;
      tableOptions: Option[];
      external?: ExternalName;
      line: number;
    }
  | {
      kind: "create-database";
      name: string;
      containment?: string;
      primary: FilegroupSpecification[];
      log: FileSpecification[];
      collation?: string;
      options: Option[];
      forAttach: boolean;
      snapshotOf?: string;
      line: number;
    }
  | { kind: "alter-database"; name: string | "current"; action: AlterDatabaseAction; line: number }
  | {
      kind: "create-principal";
      what: "login" | "user" | "role" | "application-role" | "server-role";
      name: string;
      words: string[];
      options: Option[];
      authorization?: string;
      forLogin?: string;
      withoutLogin?: boolean;
      line: number;
    }
  | {
      kind: "alter-principal";
      what: "login" | "user" | "role" | "application-role" | "server-role";
      name: string;
      options: Option[];
      addMember?: string;
      dropMember?: string;
      state?: "enable" | "disable";
      line: number;
    }
  | {
      kind: "permission";
      verb: "grant" | "deny" | "revoke";
      permissions: { name: string; columns?: string[] }[];
      securable?: Securable;
      principals: string[];
      withGrantOption: boolean;
      grantOptionFor: boolean;
      cascade: boolean;
      as?: string;
      line: number;
    }
  | { kind: "enable-trigger"; enable: boolean; names: Name[] | "all"; on: Name | "database" | "server"; line: number }
  | {
      kind: "create-partition-function";
      name: string;
      type: TypeReference;
      range: "left" | "right";
      values: Expression[];
      line: number;
    }
  | { kind: "alter-partition-function"; name: string; action: "split" | "merge"; value: Expression; line: number }
  | {
      kind: "create-partition-scheme";
      name: string;
      function: string;
      all: boolean;
      filegroups: string[];
      line: number;
    }
  | { kind: "alter-partition-scheme"; name: string; nextUsed?: string; line: number };

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
