/** @@ functions. https://learn.microsoft.com/sql/t-sql/functions/configuration-functions-transact-sql */
import type { Expression } from "../../language/ast";
import { findFunction } from "../../functions/registry";
import type { Execution } from "../../session/runtime";
import type { SqlType } from "../../types/sql-type";
import type { SqlValue } from "../../types/value";
import { sqlError } from "../../session/messages";
import { notImplemented } from "../../session/sql-error";
import type { Compiled } from "../context";
import { at } from "../scope";

interface Global {
  readonly type: SqlType;
  read(execution: Execution): SqlValue;
}

const int: SqlType = { name: "int" };
const name: SqlType = { name: "nvarchar", length: 128 };

const globals: Record<string, Global | undefined> = {
  "@@ROWCOUNT": { type: int, read: ({ frame }) => Number(frame.rowCount) },
  "@@ERROR": { type: int, read: ({ frame }) => frame.lastError },
  "@@IDENTITY": { type: { name: "numeric", precision: 38, scale: 0 }, read: ({ session }) => session.lastIdentity },
  "@@TRANCOUNT": { type: int, read: ({ session }) => session.transactionCount },
  "@@SPID": { type: { name: "smallint" }, read: ({ session }) => session.spid },
  "@@VERSION": { type: { name: "nvarchar", length: 300 }, read: versionText },
  "@@SERVERNAME": { type: name, read: ({ session }) => session.server.name },
  "@@SERVICENAME": { type: name, read: () => "MSSQLSERVER" },
  "@@NESTLEVEL": { type: int, read: ({ frame }) => frame.level },
  "@@PROCID": { type: int, read: ({ frame }) => frame.module?.id ?? 0 },
  "@@LANGUAGE": { type: name, read: ({ session }) => session.options.language },
  "@@LANGID": {
    type: { name: "smallint" },
    read: ({ session }) => {
      if (session.options.language !== "us_english") throw notImplemented(`@@LANGID of ${session.options.language}`);
      return 0;
    },
  },
  "@@DATEFIRST": { type: { name: "tinyint" }, read: ({ session }) => session.options.dateFirst },
  "@@LOCK_TIMEOUT": { type: int, read: ({ session }) => session.options.lockTimeoutMs },
  "@@MAX_PRECISION": { type: { name: "tinyint" }, read: () => 38 },
  "@@TEXTSIZE": { type: int, read: ({ session }) => session.options.textsize },
  "@@OPTIONS": { type: int, read: optionBits },
  "@@DBTS": {
    type: { name: "varbinary", length: 8 },
    read: ({ session }) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64BE(session.database.rowVersion);
      return new Uint8Array(bytes);
    },
  },
  "@@MAX_CONNECTIONS": { type: int, read: () => 32767 },
  "@@MICROSOFTVERSION": { type: int, read: microsoftVersion },
  "@@FETCH_STATUS": { type: int, read: ({ session }) => session.fetchStatus ?? 0 },
  "@@CURSOR_ROWS": { type: int, read: ({ session }) => session.cursorRows ?? 0 },
};

export function compileGlobal(expression: Extract<Expression, { kind: "global" }>): Compiled {
  const found = globals[expression.name.toUpperCase()];
  if (!found) throw at(sqlError(137, [expression.name]), expression.line);
  return { type: found.type, nullable: true, collation: "default", evaluate: ({ execution }) => found.read(execution) };
}

function serverProperty(property: string, execution: Execution): string {
  const definition = findFunction("SERVERPROPERTY");
  if (!definition) throw notImplemented("SERVERPROPERTY");
  const value = definition.evaluate(
    [property],
    [{ name: "varchar", length: property.length }],
    { name: "sql_variant" },
    execution.session.functionContext,
  );
  return String(value && typeof value === "object" && "value" in value ? value.value : value);
}

/** Begins as clients expect it, and says what it is. */
function versionText(execution: Execution): string {
  const { server } = execution.session;
  const system = server.platform === "linux" ? "Linux" : "Windows Server";
  return `Microsoft SQL Server ${server.version} stand-in (sqlserver-twin) - ${serverProperty("ProductVersion", execution)} (X64)\n\t${server.edition} Edition (64-bit) on ${system}`;
}

function microsoftVersion(execution: Execution): number {
  const [major = 0, minor = 0, build = 0] = serverProperty("ProductVersion", execution).split(".").map(Number);
  return (major << 24) | (minor << 16) | build;
}

/** Bit values: sql-docs, configure the user options server configuration option. */
function optionBits({ session: { options } }: Execution): number {
  const bits: [boolean, number][] = [
    [options.implicitTransactions, 2],
    [options.ansiWarnings, 8],
    [options.ansiPadding, 16],
    [options.ansiNulls, 32],
    [options.arithabort, 64],
    [options.quotedIdentifier, 256],
    [options.nocount, 512],
    [options.ansiNullDefaultOn, 1024],
    [options.concatNullYieldsNull, 4096],
    [options.numericRoundabort, 8192],
    [options.xactAbort, 16384],
  ];
  return bits.reduce((sum, [on, bit]) => (on ? sum | bit : sum), 0);
}
