/** Syntax of control of flow, variables, transactions, cursors, sessions and EXECUTE. Joined to the statements in ast.ts. */
import type { BinaryOperator, Expression, Name, Query, Statement, TypeReference } from "./ast";
import type { TableDefinition } from "./ast-table";

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
