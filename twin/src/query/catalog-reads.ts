/**
 * Which reads of the catalog wait for those who change definitions: at READ COMMITTED and above, those of the database's own views. All of the
 * catalog waits, where the product waits for the rows that a plan touches.
 * https://learn.microsoft.com/sql/relational-databases/sql-server-transaction-locking-and-row-versioning-guide
 */
import type { CatalogView } from "../session/runtime";
import type { Database } from "../storage/model";
import type { Scope } from "./scope";

/** Views of the server, of sessions and of conversations: no definitions of the database's objects. */
const elsewhere =
  /^(dm_\w+|system_\w+|server_\w+|databases|master_files|configurations|credentials|endpoints|tcp_endpoints|service_broker_endpoints|sql_logins|login_token|user_token|messages|syslanguages|trusted_assemblies|database_mirroring|database_recovery_status|change_tracking_databases|conversation_endpoints|conversation_groups|transmission_queue)$/;

export function noteCatalogRead(view: CatalogView, database: Database, { compiler, execution }: Scope): void {
  const { hints } = compiler;
  const seesUncommitted =
    hints.has("NOLOCK") || hints.has("READUNCOMMITTED") || execution.session.options.isolation === "READ UNCOMMITTED";
  if (!seesUncommitted && !elsewhere.test(view.name)) compiler.catalogs.add(database);
}
