/**
 * Variables of a batch or module: all of them exist from its beginning, whatever the path that runs; a use that stands
 * before the declaration is a compile error. https://learn.microsoft.com/sql/t-sql/language-elements/declare-local-variable-transact-sql
 */
import type { Statement, VariableDeclaration } from "../language/ast";
import { sqlError } from "./messages";
import "./messages/language";
import "./messages/query";
import "./messages/ddl";
import type { SqlError } from "./sql-error";

const MODULES = new Set(["procedure", "scalar-function", "inline-function", "table-function", "view", "trigger"]);

export interface Declarations {
  readonly variables: readonly VariableDeclaration[];
  /** Uses of names that the statements do not declare before them, for the caller to compare with its parameters. */
  readonly unknown: readonly { name: string; table: boolean; line: number }[];
}

type Node = Record<string, unknown>;

class Collector {
  readonly variables: VariableDeclaration[] = [];
  readonly unknown: { name: string; table: boolean; line: number }[] = [];
  private readonly known = new Set<string>();
  private line = 1;

  visit(value: unknown): void {
    if (Array.isArray(value)) {
      for (const item of value) this.visit(item);
      return;
    }
    if (typeof value !== "object" || value === null) return;
    const node = value as Node;
    if (typeof node.line === "number") this.line = node.line;
    if (typeof node.kind === "string" && MODULES.has(node.kind)) return;
    if (node.kind === "declare") {
      for (const variable of node.variables as VariableDeclaration[]) this.declare(variable);
      return;
    }
    if (node.kind === "variable" && typeof node.name === "string") return this.use(node.name, false);
    if (node.kind === "table-variable" && typeof node.variable === "string") return this.use(node.variable, true);
    if (typeof node.variable === "string" && node.variable.startsWith("@")) this.use(node.variable, false);
    if (node.kind === "fetch") for (const name of node.into as string[]) this.use(name, false);
    if (node.kind === "execute" && typeof node.status === "string") this.use(node.status, false);
    for (const key in node) {
      // The name of an argument is the callee's.
      if (key === "name" || key === "line") {
        if (typeof node[key] === "object" && node[key] !== null) this.visit(node[key]);
        continue;
      }
      this.visit(node[key]);
    }
  }

  private declare(variable: VariableDeclaration): void {
    this.visit(variable.value);
    const key = variable.name.toLowerCase();
    if (this.known.has(key)) throw at(sqlError(134, [variable.name]), variable.line);
    this.known.add(key);
    this.variables.push(variable);
  }

  private use(name: string, table: boolean): void {
    if (!this.known.has(name.toLowerCase())) this.unknown.push({ name, table, line: this.line });
  }
}

function at(error: SqlError, line: number): SqlError {
  error.line ??= line;
  return error;
}

const collected = new WeakMap<readonly Statement[], Declarations>();

/** Throws 134 for a second declaration of a name. */
export function declarationsOf(statements: readonly Statement[]): Declarations {
  let known = collected.get(statements);
  if (!known) {
    const collector = new Collector();
    collector.visit(statements);
    collected.set(statements, (known = collector));
  }
  return known;
}

/** Throws 137 or 1087 for a name that is neither declared before its use nor given from outside. */
export function requireDeclared(declarations: Declarations, given: (name: string) => boolean): void {
  for (const { name, table, line } of declarations.unknown)
    if (!given(name.toLowerCase())) throw at(table ? sqlError(1087, [name]) : sqlError(137, [name]), line);
}
