/** Syntax of the definitions that are neither tables nor modules, and of DROP, GRANT and ALTER DATABASE. Joined to the statements in ast.ts. */
import type { Expression, Name, Statement, TypeReference } from "./ast";
import type { BrokerDefinition } from "./ast-broker";
import type { AssemblyDefinition } from "./ast-clr";
import type { ExternalName } from "./ast-module";
import type { AlterTableAction, DataSpaceReference, IndexDefinition, Option, TableDefinition } from "./ast-table";

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
