/** Addresses, instances and lifetimes of routes, in the forms that can be compared. https://learn.microsoft.com/sql/t-sql/statements/create-route-transact-sql */
import type { InputIssues } from "../input-issues";

const tcp = /^TCP:\/\/([^:/[\]]+|\[[0-9a-f:.%]+\]):(\d{1,5})$/i;

export function checkAddress(property: string, address: string, issues: InputIssues): void {
  const word = address.toUpperCase();
  if (property === "address" && (word === "LOCAL" || word === "TRANSPORT")) return;
  const port = Number(tcp.exec(address)?.[2] ?? 0);
  if (port < 1 || port > 65_535) {
    const words = property === "address" ? ", LOCAL or TRANSPORT" : "";
    issues.add(property, `"${address}" is no address (9744); give TCP://host:port${words}`);
  }
}

/** Words and hosts have no case. */
export function isSameAddress(left: string | undefined, right: string | undefined): boolean {
  return left?.toUpperCase() === right?.toUpperCase();
}

export function isLocalOrTransport(address: string): boolean {
  return ["LOCAL", "TRANSPORT"].includes(address.toUpperCase());
}

/** The server counts seconds from the statement; what comes back differs by less than this. */
const toleranceMs = 2000;

/** Milliseconds since 1970 of a catalog time (UTC without a zone) or of an input. */
export function timeOf(text: string): number {
  return Date.parse(/Z$/i.test(text) ? text : `${text}Z`);
}

export function isSameTime(left: string | undefined, right: string | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return Math.abs(timeOf(left) - timeOf(right)) <= toleranceMs;
}

/** "2027-01-01T00:00:00Z". */
export function timeText(text: string): string {
  return new Date(Math.round(timeOf(text) / 1000) * 1000).toISOString().replace(".000Z", "Z");
}
