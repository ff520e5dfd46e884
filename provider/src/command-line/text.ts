/** Records as a person reads them. */
import type { DeploymentRow, ResultOfCheck } from "./records";

/** Columns as wide as their longest value; the last one is not padded. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column]!)))
      .join("  ")
      .trimEnd();
  return [header, ...rows].map(line).join("\n");
}

export function deploymentsText(rows: readonly DeploymentRow[], onlyFailed: boolean): string {
  if (rows.length === 0) return onlyFailed ? "no failed deployments" : "no deployments";
  const lines = rows.map((row) => [
    String(row.deploymentId),
    row.startedAt.replace("T", " ").slice(0, 19),
    row.outcome,
    row.action,
    row.owner,
    String(row.statements),
    `${row.milliseconds} ms`,
    row.planHash.slice(0, 12),
    row.gitCommit?.slice(0, 10) ?? "",
    `${row.login}${row.host === null ? "" : `@${row.host}`}`,
  ]);
  const errors = rows
    .filter(({ errorText }) => errorText !== null)
    .map((row) => `\n${row.deploymentId}: ${row.errorText!}`);
  return (
    table(["id", "started (UTC)", "outcome", "action", "owner", "statements", "took", "plan", "commit", "by"], lines) +
    errors.join("")
  );
}

export function resultsText(rows: readonly ResultOfCheck[], onlyFailed: boolean): string {
  if (rows.length === 0) return onlyFailed ? "no failed checks" : "no checks";
  const failed = rows.filter(({ outcome }) => outcome === "failed").length;
  const lines = rows.map((row) => [
    row.outcome,
    row.owner,
    row.name,
    `${row.milliseconds} ms`,
    row.at.replace("T", " ").slice(0, 19),
    row.detail ?? "",
  ]);
  return `${table(["outcome", "owner", "check", "took", "at (UTC)", "detail"], lines)}\n${rows.length - failed} passed, ${failed} failed`;
}
