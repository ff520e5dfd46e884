/** SET options of a new connection, as ODBC, OLE DB and TDS 7.4 drivers have them after login. */
import type { SessionOptions } from "./runtime";

export function loginOptions(language: string): SessionOptions {
  return {
    ansiNulls: true,
    quotedIdentifier: true,
    ansiPadding: true,
    ansiWarnings: true,
    arithabort: false,
    concatNullYieldsNull: true,
    numericRoundabort: false,
    ansiNullDefaultOn: true,
    xactAbort: false,
    nocount: false,
    implicitTransactions: false,
    noexec: false,
    parseonly: false,
    fmtonly: false,
    rowcount: 0,
    textsize: 2147483647,
    lockTimeoutMs: -1,
    deadlockPriority: 0,
    dateFormat: "mdy",
    dateFirst: 7,
    language,
    isolation: "READ COMMITTED",
  };
}
