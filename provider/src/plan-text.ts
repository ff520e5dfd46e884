/**
 * A plan as text: what `pulumi preview` shows, what a saved plan binds, what is hashed. Statements are separated by GO, so
 * that the text runs in sqlcmd. Lines that only explain begin with a mark of their own and bind nothing.
 */
import { createHash } from "node:crypto";
import type { Hazard, Plan, Statement } from "./contract";

const explanation = "--: ";
const warning = "--! ";

function comment(mark: string, text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => `${mark}${line}`)
    .join("\n");
}

/** `data-loss dbo.Orders.Note (1204 rows): the column is dropped`. */
export function hazardText(hazard: Hazard): string {
  const rows = hazard.rows === undefined ? "" : ` (${hazard.rows} ${hazard.rows === 1 ? "row" : "rows"})`;
  return `${hazard.type} ${hazard.object}${rows}: ${hazard.detail}`;
}

/** A literal stays a literal, so that the text remains T-SQL. */
export function hideSecrets(text: string, secrets: readonly string[] | undefined): string {
  const sought = (secrets ?? []).filter((secret) => secret !== "").sort((left, right) => right.length - left.length);
  if (sought.length === 0) return text;
  const pattern = sought.map((secret) => secret.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|");
  return text.replace(new RegExp(pattern, "g"), (found) => (/^N'.*'$/s.test(found) ? "N'<secret>'" : "<secret>"));
}

/** The batch as a person may see it. */
export function shownBatch({ batch, display, secrets }: Statement): string {
  return hideSecrets(display ?? batch, secrets);
}

function statementText(statement: Statement): string {
  const place = [
    statement.label,
    ...(statement.database === "master" ? ["in master"] : []),
    ...(statement.inTransaction ? [] : ["outside a transaction"]),
  ];
  const lines = [
    comment(explanation, place.join(", ")),
    ...statement.hazards.map((hazard) => comment(warning, hazardText(hazard))),
  ];
  const settings = statement.settings;
  if (settings && !settings.ansiNulls) lines.push("SET ANSI_NULLS OFF;");
  if (settings && !settings.quotedIdentifier) lines.push("SET QUOTED_IDENTIFIER OFF;");
  if (settings && !(settings.ansiNulls && settings.quotedIdentifier)) lines.push("GO");
  lines.push(shownBatch(statement), "GO");
  return lines.join("\n");
}

/** Empty for a plan without statements. */
export function planText(plan: Plan): string {
  if (plan.statements.length === 0) return "";
  return [...plan.notes.map((note) => comment(explanation, note)), ...plan.statements.map(statementText)].join("\n");
}

/** What must not change between preview and apply: the T-SQL itself. */
export function bindingText(text: string): string {
  return text
    .split("\n")
    .filter((line) => !line.startsWith(explanation) && !line.startsWith(warning))
    .join("\n");
}

/** Statement by statement: the text of a large plan is not put together once more for its hash. */
export function planHash(plan: Plan): string {
  const hash = createHash("sha256");
  plan.statements.forEach((statement, index) => {
    const separator = index === 0 ? "" : "\n";
    hash.update(separator + bindingText(statementText(statement)));
  });
  return hash.digest("hex");
}
