/** Which hazards a plan may carry. Pure. */
import type { Hazard, HazardType, Plan } from "../contract";
import { hazardText, shownBatch } from "../plan-text";
import { consentOf } from "./statement";

/** These are shown and go ahead; all others need consent. */
const warnings: readonly HazardType[] = ["index-build", "long-lock"];

/** `data-loss:dbo.Orders.Note`; a last `*` stands for any ending, so `data-loss:*` is all of a type. */
export function isAllowed(hazard: Hazard, allow: readonly string[]): boolean {
  const consent = consentOf(hazard).toLowerCase();
  return allow.some((entry) => {
    const wanted = entry.trim().toLowerCase();
    return wanted.endsWith("*")
      ? wanted.length > hazard.type.length + 1 && consent.startsWith(wanted.slice(0, -1))
      : consent === wanted;
  });
}

/** One text for each hazard without consent; the same hazard counts once. */
export function missingConsents(plan: Plan, allow: readonly string[]): string[] {
  const missing = new Map<string, string>();
  for (const statement of plan.statements)
    for (const hazard of statement.hazards) {
      if (warnings.includes(hazard.type) || isAllowed(hazard, allow)) continue;
      const consent = consentOf(hazard);
      if (missing.has(consent)) continue;
      missing.set(
        consent,
        `${hazardText(hazard)}. If that is wanted, add ${JSON.stringify(consent)} to \`allow\` of this resource or to the stack's configuration sqlserver:allow; it is for: ${firstLine(shownBatch(statement))}`,
      );
    }
  return [...missing.values()];
}

function firstLine(batch: string): string {
  const line = batch.trim().split(/\r?\n/, 1)[0] ?? "";
  return line.length > 200 ? `${line.slice(0, 200)} ...` : line;
}
