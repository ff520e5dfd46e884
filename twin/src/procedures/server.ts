/** Procedures about the server: sp_configure, sp_who, xp_msver, sp_spaceused, sp_reset_connection. */
/* eslint-disable require-yield -- procedures are driven as generators */
import { locate, shown } from "../ddl/naming";
import { sqlError } from "../session/messages";
import { own } from "../session/own";
import { parseName } from "../session/parse-name";
import type { ResultColumn } from "../session/port";
import type { Execution, Row, Work } from "../session/runtime";
import type { SqlType } from "../types/sql-type";
import { defineProcedure, INT, integer, NAME, OBJECT_NAME, optional, text, varchar } from "./definition";

function* sendRows(columns: readonly [string, SqlType][], rows: readonly Row[], execution: Execution): Work<void> {
  const { output } = execution;
  output.columns(columns.map(([name, type]): ResultColumn => ({ name, type, nullable: true })));
  for (const row of rows) yield Promise.resolve(output.row(row));
  output.done?.({ count: rows.length, command: 0xc1, inProcedure: true, hasResult: true });
}

const SETTING: [string, SqlType][] = [
  ["name", { name: "nvarchar", length: 35 }],
  ["minimum", INT],
  ["maximum", INT],
  ["config_value", INT],
  ["run_value", INT],
];

/** https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-configure-transact-sql */
defineProcedure(
  "sp_configure",
  [optional("@configname", varchar(35)), optional("@configvalue", INT)],
  function* (args, execution) {
    const { session } = execution;
    const { configurations } = session.server;
    const advanced = configurations.get("show advanced options")?.inUse === 1;
    const visible = [...configurations.values()].filter((setting) => advanced || !setting.advanced);
    const wanted = text(args, "@configname")?.toLowerCase();
    const exact = visible.filter(({ description }) => description.toLowerCase() === wanted);
    // A beginning that only one option has is enough.
    const found =
      wanted === undefined
        ? visible
        : exact.length > 0
          ? exact
          : visible.filter(({ description }) => description.toLowerCase().startsWith(wanted));
    if (wanted !== undefined && found.length !== 1) throw sqlError(15123, [text(args, "@configname")!]);
    const value = integer(args, "@configvalue");
    if (value === undefined) {
      const rows = [...found].sort((a, b) => (a.description.toLowerCase() < b.description.toLowerCase() ? -1 : 1));
      yield* sendRows(
        SETTING,
        rows.map((setting) => [setting.description, setting.minimum, setting.maximum, setting.value, setting.inUse]),
        execution,
      );
      return 0;
    }
    const setting = found[0]!;
    session.demand("ALTER SETTINGS", { kind: "server" });
    if (session.transactionCount > 0) throw sqlError(574, ["CONFIG"]);
    if (value < setting.minimum || value > setting.maximum) throw sqlError(15129, [value, setting.description]);
    execution.output.message(sqlError(15457, [setting.description, setting.value, value]));
    session.transaction.set(setting, "value", value);
    return 0;
  },
);

/** https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-who-transact-sql */
defineProcedure("sp_who", [optional("@loginame", NAME)], function* (args, execution) {
  const session = own(execution);
  const wanted = text(args, "@loginame");
  const rows = [...session.activity.sessions()]
    .filter(
      (one) =>
        wanted === undefined ||
        (/^\d+$/.test(wanted)
          ? one.spid === Number(wanted)
          : /^active$/i.test(wanted)
            ? one.status !== "sleeping"
            : session.server.key(one.login.name) === session.server.key(wanted)),
    )
    .map((one): Row => [
      one.spid,
      0,
      one.status,
      one.login.name,
      one.hostName,
      String(one.blockedBy),
      one.database.name,
      one.status === "sleeping" ? "AWAITING COMMAND" : "SELECT",
      0,
    ]);
  const small: SqlType = { name: "smallint" };
  const text30: SqlType = { name: "nchar", length: 30 };
  yield* sendRows([["spid", small], ["ecid", small], ["status", text30], ["loginame", NAME], ["hostname", NAME], ["blk", { name: "char", length: 5 }], ["dbname", NAME], ["cmd", text30], ["request_id", INT]], rows, execution); // prettier-ignore
  return 0;
});

/** https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/xp-msver-transact-sql */
defineProcedure("xp_msver", [optional("@optname", NAME)], function* (args, execution) {
  const { productVersion } = own(execution).engine;
  const version = `${productVersion.major}.${productVersion.minor}.${productVersion.build}.0`;
  const all: Row[] = [
    [1, "ProductName", null, "sqlserver-twin, a stand-in for Microsoft SQL Server"],
    [2, "ProductVersion", (productVersion.major << 16) | productVersion.minor, version],
    [3, "Language", 1033, "English (United States)"],
    [4, "Platform", null, "NT x64"],
  ];
  const wanted = text(args, "@optname")?.toLowerCase();
  const rows = wanted === undefined ? all : all.filter((row) => String(row[1]).toLowerCase() === wanted);
  yield* sendRows([["Index", { name: "smallint" }], ["Name", NAME], ["Internal_Value", INT], ["Character_Value", { name: "nvarchar", length: 256 }]], rows, execution); // prettier-ignore
  return 0;
});

/** Rows are counted; sizes are those of whole 8 KB pages that such rows would fill at 100 bytes each. */
defineProcedure(
  "sp_spaceused",
  [optional("@objname", OBJECT_NAME), optional("@updateusage", varchar(5))],
  function* (args, execution) {
    const wanted = text(args, "@objname");
    const size: SqlType = { name: "varchar", length: 18 };
    const { database } = execution.session;
    if (wanted === undefined) {
      const pages = [...database.files.values()].reduce((sum, file) => sum + file.sizePages, 0);
      yield* sendRows([["database_name", NAME], ["database_size", size], ["unallocated space", size]], [[database.name, `${(pages / 128).toFixed(2)} MB`, "0.00 MB"]], execution); // prettier-ignore
      yield* sendRows([["reserved", size], ["data", size], ["index_size", size], ["unused", size]], [["0 KB", "0 KB", "0 KB", "0 KB"]], execution); // prettier-ignore
      return 0;
    }
    const name = { parts: parseName(wanted), line: 1 };
    const found = locate(name, execution);
    if (found?.object.type !== "U") throw sqlError(15009, [shown(name), database.name]);
    const count = found.object.rows.size;
    const kilobytes = Math.ceil(count / 80) * 8;
    yield* sendRows([["name", NAME], ["rows", { name: "char", length: 20 }], ["reserved", size], ["data", size], ["index_size", size], ["unused", size]], [[found.object.name, String(count).padEnd(20), `${kilobytes} KB`, `${kilobytes} KB`, "0 KB", "0 KB"]], execution); // prettier-ignore
    return 0;
  },
);

defineProcedure("sp_reset_connection", [], function* (_args, execution) {
  own(execution).reset(false);
  return 0;
});
