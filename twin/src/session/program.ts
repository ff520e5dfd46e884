/** Statements as a flat list of instructions, so that GOTO, loops and TRY are jumps. Made once for each batch or module body. */
import type { Expression, Statement } from "../language/ast";
import { sqlError } from "./messages";
import "./messages/session";
import type { SqlError } from "./sql-error";

/** The CATCH block that an instruction stands in; ERROR_NUMBER() and friends read its error. */
export interface CatchScope {
  readonly outer: CatchScope | undefined;
}

/** A TRY block: where its CATCH begins. */
interface TryRegion {
  readonly scope: CatchScope;
  handler: number;
}

interface Place {
  readonly region: TryRegion | undefined;
  readonly scope: CatchScope | undefined;
  readonly line: number;
}

export type Instruction = Place &
  (
    | { op: "statement"; statement: Statement }
    | { op: "jump"; target: number }
    | { op: "branch"; condition: Expression; target: number }
    | { op: "return"; value: Expression | undefined }
  );

type Draft = Instruction & { target?: number };

class Assembler {
  readonly code: Draft[] = [];
  private readonly labels = new Map<string, number>();
  private readonly jumps: { at: number; label: string; line: number }[] = [];
  private readonly loops: { start: number; exits: number[] }[] = [];
  private region: TryRegion | undefined;
  private scope: CatchScope | undefined;

  private place(line: number): Place {
    return { region: this.region, scope: this.scope, line };
  }

  private jump(line: number, target = -1): number {
    return this.code.push({ op: "jump", target, ...this.place(line) }) - 1;
  }

  private land(at: number): void {
    const draft = this.code[at]!;
    if (draft.op === "jump" || draft.op === "branch") draft.target = this.code.length;
  }

  list(statements: readonly Statement[]): void {
    for (const statement of statements) this.add(statement);
  }

  add(statement: Statement): void {
    switch (statement.kind) {
      case "block":
        this.list(statement.statements);
        return;
      case "if": {
        const skip =
          this.code.push({ op: "branch", condition: statement.condition, target: -1, ...this.place(statement.line) }) -
          1;
        this.add(statement.then);
        if (!statement.else) return this.land(skip);
        const over = this.jump(statement.line);
        this.land(skip);
        this.add(statement.else);
        this.land(over);
        return;
      }
      case "while": {
        const start = this.code.length;
        const exit =
          this.code.push({ op: "branch", condition: statement.condition, target: -1, ...this.place(statement.line) }) -
          1;
        const loop = { start, exits: [exit] };
        this.loops.push(loop);
        this.add(statement.body);
        this.loops.pop();
        this.jump(statement.line, start);
        loop.exits.forEach((at) => this.land(at));
        return;
      }
      case "break":
        this.loops.at(-1)!.exits.push(this.jump(statement.line));
        return;
      case "continue":
        this.jump(statement.line, this.loops.at(-1)!.start);
        return;
      case "goto":
        this.jumps.push({ at: this.jump(statement.line), label: statement.label.toLowerCase(), line: statement.line });
        return;
      case "label":
        this.label(statement.label, statement.line);
        return;
      case "return":
        this.code.push({ op: "return", value: statement.value, ...this.place(statement.line) });
        return;
      case "try":
        this.attempt(statement);
        return;
      case "empty":
        return;
      default:
        this.code.push({ op: "statement", statement, ...this.place(statement.line) });
    }
  }

  private label(name: string, line: number): void {
    const key = name.toLowerCase();
    if (this.labels.has(key)) throw at(sqlError(132, [name]), line);
    this.labels.set(key, this.code.length);
  }

  private attempt(statement: Extract<Statement, { kind: "try" }>): void {
    const outer = this.region;
    const scope: CatchScope = { outer: this.scope };
    const region: TryRegion = { scope, handler: -1 };
    this.region = region;
    this.list(statement.body);
    this.region = outer;
    const over = this.jump(statement.line);
    region.handler = this.code.length;
    this.scope = scope;
    this.list(statement.catch);
    this.scope = scope.outer;
    this.land(over);
  }

  finish(): Instruction[] {
    for (const { at: index, label, line } of this.jumps) {
      const target = this.labels.get(label);
      if (target === undefined) throw at(sqlError(133, [label]), line);
      const draft = this.code[index]!;
      if (draft.op === "jump") draft.target = target;
    }
    return this.code;
  }
}

function at(error: SqlError, line: number): SqlError {
  error.line ??= line;
  return error;
}

const programs = new WeakMap<readonly Statement[], readonly Instruction[]>();

/** Throws 132 and 133 for labels. */
export function programOf(statements: readonly Statement[]): readonly Instruction[] {
  let program = programs.get(statements);
  if (!program) {
    const assembler = new Assembler();
    assembler.list(statements);
    programs.set(statements, (program = assembler.finish()));
  }
  return program;
}
