/** A plan under construction: statements land in phases, so that one plan for many tables comes out in an order that the server accepts. */
import type { Hazard, ObjectName, Plan, PlanContext, Refusal, Requirement, Statement } from "../../contract";
import { dataTimeoutSeconds, statement } from "../../engine/statement";

/** In the order of execution. */
export const phases = [
  "move",
  "rename-table",
  "versioning-off",
  "rename-part",
  "early-column",
  "backfill",
  "drop-foreign-key",
  "drop-constraint",
  "drop-index",
  "drop-clustered",
  "drop-computed",
  "rename-column",
  "late-backfill",
  "cut-values",
  "alter-column",
  "add-column",
  "drop-column",
  "add-computed",
  "period",
  "drop-table",
  "create-table",
  "table-option",
  "default",
  "clustered",
  "index",
  "history-column",
  "history-index",
  "versioning-on",
  "history-late",
  "check",
  "foreign-key",
  "permission",
] as const;
export type Phase = (typeof phases)[number];

export interface DraftStatement {
  readonly hazards?: readonly Hazard[];
  /** Reads or writes every row, so it may take long. */
  readonly sizeOfData?: boolean;
  readonly inTransaction?: boolean;
  readonly idempotent?: boolean;
  readonly reverse?: string | undefined;
  /** What it concerns where that is not the table. */
  readonly object?: ObjectName;
}

export class Draft {
  private readonly byPhase = new Map<Phase, Statement[]>();
  private readonly refused: Refusal[] = [];
  private readonly required = new Map<string, Requirement>();
  private readonly remarks = new Set<string>();

  constructor(
    private readonly database: string,
    readonly context: PlanContext,
  ) {}

  add(phase: Phase, table: string, label: string, batch: string, special: DraftStatement = {}): void {
    const { sizeOfData, reverse, object = { type: "table", name: table }, ...rest } = special;
    const made = statement(this.database, label, batch, {
      ...rest,
      ...(sizeOfData && { timeoutSeconds: dataTimeoutSeconds }),
      ...(reverse !== undefined && { reverse }),
      object,
    });
    const list = this.byPhase.get(phase);
    if (list) list.push(made);
    else this.byPhase.set(phase, [made]);
  }

  refuse(property: string, reason: string): void {
    this.refused.push({ property, reason });
  }

  note(text: string): void {
    this.remarks.add(text);
  }

  require(type: Requirement["type"], name: string, neededBy: string): void {
    const key = `${type}\0${this.context.names.key(name)}`;
    if (!this.required.has(key)) this.required.set(key, { type, name, neededBy });
  }

  plan(owns: Plan["owns"]): Plan {
    return {
      statements: phases.flatMap((phase) => this.byPhase.get(phase) ?? []),
      refusals: this.refused,
      notes: [...this.remarks],
      owns,
      requires: [...this.required.values()],
    };
  }
}
