/** The table functions of schema sys. */
import { collation, collationNames } from "../../types/collation";
import { dependencyFunctions } from "./dependencies";
import { describeFunctions } from "./describe";
import { extendedPropertyFunctions } from "./extended-properties";
import { permissionFunctions } from "./permissions";
import { number, tableFunction, type FunctionDefinition } from "./definition";
import { textOfHandle } from "../views/sessions";
import { datetime } from "../view";

export type { FunctionDefinition } from "./definition";

function describeCollation(name: string): string {
  const one = collation(name);
  if (one.binary) return `${name}, binary sort`;
  return `${name}, ${one.caseSensitive ? "case-sensitive" : "case-insensitive"}, ${one.accentSensitive ? "accent-sensitive" : "accent-insensitive"}, kanatype-insensitive, width-insensitive`;
}

export const tableFunctions: readonly FunctionDefinition[] = [
  ...dependencyFunctions,
  ...describeFunctions,
  ...extendedPropertyFunctions,
  ...permissionFunctions,
  tableFunction(
    "fn_helpcollations/0",
    "system-functions/sys-fn-helpcollations-transact-sql",
    "name sysname, description nvarchar(1000)",
    function* () {
      for (const name of collationNames()) yield [name, describeCollation(name)];
    },
  ),
  tableFunction(
    "dm_exec_sql_text/1",
    "system-dynamic-management-views/sys-dm-exec-sql-text-transact-sql",
    "dbid smallint?, objectid int?, number smallint?, encrypted bit, text nvarchar(max)?",
    function* ([handle], { session }) {
      const sql = handle instanceof Uint8Array ? textOfHandle(handle, session) : undefined;
      if (sql !== undefined) yield [null, null, null, 0, sql];
    },
  ),
  tableFunction(
    "dm_exec_input_buffer/2",
    "system-dynamic-management-views/sys-dm-exec-input-buffer-transact-sql",
    "event_type nvarchar(256), parameters smallint, event_info nvarchar(max)?",
    function* ([spid], { session }) {
      for (const one of session.activity?.sessions() ?? [])
        if (
          one.spid === number(spid) &&
          (one.spid === session.spid || session.effectiveLogin === one.login || session.user.id === 1)
        )
          yield ["Language Event", 0, one.lastRequest.text];
    },
  ),
  tableFunction(
    "dm_db_stats_properties/2",
    "system-dynamic-management-views/sys-dm-db-stats-properties-transact-sql",
    `object_id int, stats_id int, last_updated datetime2(7)?, rows bigint?, rows_sampled bigint?, steps int?, unfiltered_rows bigint?, modification_counter bigint?,
    persisted_sample_percent float?`,
    function* ([objectId, statsId], { database, visible }) {
      const object = database.objects.get(number(objectId) ?? 0);
      const id = number(statsId);
      if (object?.type !== "U" || !visible.object(object) || id === null) return;
      const known =
        object.statistics.some((one) => one.id === id) ||
        object.indexes.some((one) => one.id === id && one.name !== null);
      if (!known) return;
      const rows = BigInt(object.rows.size);
      // Statistics of an empty table were never built.
      if (rows === 0n) yield [object.id, id, null, null, null, null, null, null, null];
      else yield [object.id, id, datetime(object.modified), rows, rows, Math.min(200, object.rows.size), rows, 0n, 0];
    },
  ),
];
