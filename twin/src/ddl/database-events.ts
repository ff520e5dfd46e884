/**
 * Events of database triggers and the groups that hold them, as far as the twin raises them; a name outside the list is
 * refused. https://learn.microsoft.com/sql/relational-databases/triggers/ddl-event-groups
 */
import { sqlError } from "../session/messages";
import { notImplemented } from "../session/sql-error";
import { at } from "./naming";

const verbs = (noun: string, list: readonly string[] = ["CREATE", "ALTER", "DROP"]): string[] =>
  list.map((verb) => `${verb}_${noun}`);

/** Groups by their direct events. */
const groups: Record<string, readonly string[]> = {
  DDL_TABLE_EVENTS: verbs("TABLE"),
  DDL_VIEW_EVENTS: verbs("VIEW"),
  DDL_INDEX_EVENTS: verbs("INDEX"),
  DDL_STATISTICS_EVENTS: ["CREATE_STATISTICS", "UPDATE_STATISTICS", "DROP_STATISTICS"],
  DDL_SYNONYM_EVENTS: verbs("SYNONYM", ["CREATE", "DROP"]),
  DDL_FUNCTION_EVENTS: verbs("FUNCTION"),
  DDL_PROCEDURE_EVENTS: verbs("PROCEDURE"),
  DDL_TRIGGER_EVENTS: verbs("TRIGGER"),
  DDL_SEQUENCE_EVENTS: verbs("SEQUENCE"),
  DDL_TYPE_EVENTS: verbs("TYPE", ["CREATE", "DROP"]),
  DDL_SCHEMA_EVENTS: verbs("SCHEMA"),
  DDL_USER_EVENTS: verbs("USER"),
  DDL_ROLE_EVENTS: [...verbs("ROLE"), "ADD_ROLE_MEMBER", "DROP_ROLE_MEMBER"],
  DDL_GDR_DATABASE_EVENTS: verbs("DATABASE", ["GRANT", "DENY", "REVOKE"]),
  DDL_PARTITION_FUNCTION_EVENTS: verbs("PARTITION_FUNCTION"),
  DDL_PARTITION_SCHEME_EVENTS: verbs("PARTITION_SCHEME"),
};
const parents: Record<string, readonly string[]> = {
  DDL_TABLE_VIEW_EVENTS: ["DDL_TABLE_EVENTS", "DDL_VIEW_EVENTS", "DDL_INDEX_EVENTS", "DDL_STATISTICS_EVENTS"],
  DDL_DATABASE_SECURITY_EVENTS: ["DDL_USER_EVENTS", "DDL_ROLE_EVENTS", "DDL_GDR_DATABASE_EVENTS"],
  DDL_PARTITION_EVENTS: ["DDL_PARTITION_FUNCTION_EVENTS", "DDL_PARTITION_SCHEME_EVENTS"],
  DDL_DATABASE_LEVEL_EVENTS: Object.keys(groups),
};

/** The events that a name of a trigger's list stands for; undefined when it is none that we know. */
export function eventsOf(name: string): readonly string[] | undefined {
  const own = groups[name];
  if (own) return own;
  if (parents[name]) return parents[name].flatMap((group) => groups[group]!);
  return Object.values(groups).some((list) => list.includes(name)) ? [name] : undefined;
}

const looksLikeEvent = /^(CREATE|ALTER|DROP|ADD|BIND|UNBIND|GRANT|DENY|REVOKE|UPDATE|RENAME|DDL)(_[A-Z]+)*$/;

export function requireDatabaseEvents(names: readonly string[], line: number): void {
  for (const name of names) {
    if (eventsOf(name)) continue;
    if (looksLikeEvent.test(name)) throw at(notImplemented(`database triggers for ${name}`), line);
    throw at(sqlError(1084, [name]), line);
  }
}
