/** Makes planned statements with the defaults of the house, so that a planner names only what is special. Pure. */
import type { Hazard, Statement } from "../contract";

/** Metadata changes end at once unless they wait for locks; LOCK_TIMEOUT ends those waits earlier. */
export const metadataTimeoutSeconds = 300;
/** Statements that read or write every row, or create files. */
export const dataTimeoutSeconds = 4 * 60 * 60;

type Special = Partial<Omit<Statement, "database" | "label" | "batch">>;

export function statement(database: string, label: string, batch: string, special: Special = {}): Statement {
  return {
    database,
    label,
    batch,
    hazards: [],
    timeoutSeconds: metadataTimeoutSeconds,
    inTransaction: true,
    ...special,
  };
}

/** Words for a hazard with the option that consents to it. */
export function consentOf(hazard: Pick<Hazard, "type" | "object">): string {
  return `${hazard.type}:${hazard.object}`;
}
