/** The server's own lists: configurations, messages, languages, time zones. Reference sheet "databases" 5.1. */
import { messages } from "../../session/messages";
import type { Row } from "../../session/runtime";
import { Variant } from "../../types/value";
import { languages } from "../languages";
import { bit, emptyView, view, type Reader, type ViewDefinition } from "../view";

const int = (value: number): Variant => new Variant({ name: "int" }, value);

function* configurationRows({ server }: Reader): Iterable<Row> {
  for (const one of server.configurations.values())
    yield [
      one.id,
      one.description,
      int(one.value),
      int(one.minimum),
      int(one.maximum),
      int(one.inUse),
      one.description,
      bit(one.dynamic),
      bit(one.advanced),
    ];
}

function* messageRows(): Iterable<Row> {
  for (const [number, { severity, text }] of messages()) yield [number, 1033, severity, 0, text];
}

function names(locale: string, field: "long" | "short"): string {
  const format = new Intl.DateTimeFormat(locale, { month: field, timeZone: "UTC" });
  return Array.from({ length: 12 }, (_, month) => format.format(new Date(Date.UTC(2024, month, 15)))).join(",");
}

function days(locale: string): string {
  const format = new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" });
  // 1 January 2024 was a Monday.
  return Array.from({ length: 7 }, (_, day) => format.format(new Date(Date.UTC(2024, 0, day + 1)))).join(",");
}

function* languageRows(): Iterable<Row> {
  for (const one of languages)
    yield [
      one.id,
      one.dateFormat,
      one.dateFirst,
      0,
      one.name,
      one.alias,
      names("en-US", "long"),
      names("en-US", "short"),
      days("en-US"),
      one.lcid,
      one.messageGroup,
    ];
}

export const serverViews: readonly ViewDefinition[] = [
  view(
    "configurations",
    "system-catalog-views/sys-configurations-transact-sql",
    `configuration_id int, name nvarchar(35), value sql_variant?, minimum sql_variant?, maximum sql_variant?, value_in_use sql_variant?, description nvarchar(255),
    is_dynamic bit, is_advanced bit`,
    configurationRows,
  ),
  view(
    "messages",
    "system-catalog-views/messages-for-errors-catalog-views-sys-messages",
    "message_id int, language_id smallint, severity tinyint?, is_event_logged bit, text nvarchar(2048)",
    messageRows,
  ),
  view(
    "syslanguages",
    "system-compatibility-views/sys-syslanguages-transact-sql",
    `langid smallint, dateformat nchar(3), datefirst tinyint, upgrade int?, name sysname, alias sysname, months nvarchar(372)?, shortmonths nvarchar(132)?,
    days nvarchar(217)?, lcid int, msglangid smallint`,
    languageRows,
  ),
  emptyView(
    "credentials",
    "system-catalog-views/sys-credentials-transact-sql",
    "credential_id int, name sysname, credential_identity nvarchar(4000)?, create_date datetime, modify_date datetime, target_type nvarchar(100)?, target_id int?",
  ),
  emptyView(
    "database_scoped_credentials",
    "system-catalog-views/sys-database-scoped-credentials-transact-sql",
    "credential_id int, name sysname, principal_id int?, credential_identity nvarchar(4000)?, create_date datetime, modify_date datetime, target_type nvarchar(100)?, target_id int?",
  ),
];
