/**
 * What a database principal owns, has granted or stands behind, which keeps it from being dropped: 15138, 15183, 15184, 15136, 15284.
 * https://learn.microsoft.com/sql/t-sql/statements/drop-user-transact-sql
 */
import type { CatalogSnapshot, PlanContext, Probe } from "../../contract";
import { displayName, quoteName } from "../../engine/quoting";
import type { PrincipalRow } from "../../engine/snapshot/security";

const key = "ownings";

/** Things of which the catalog rows do not tell the owner; the first one by its name. */
const asked = {
  objectName: {
    name: "SCHEMA_NAME(o.schema_id) + N'.' + o.name",
    from: "sys.objects",
    noun: "object",
    error: 15183,
    give: "OBJECT::... TO SCHEMA OWNER",
  },
  typeName: {
    name: "SCHEMA_NAME(o.schema_id) + N'.' + o.name",
    from: "sys.types",
    noun: "type",
    error: 15184,
    give: "TYPE::... TO SCHEMA OWNER",
  },
  collectionName: {
    name: "SCHEMA_NAME(o.schema_id) + N'.' + o.name",
    from: "sys.xml_schema_collections",
    noun: "XML schema collection",
    error: 15138,
    give: "XML SCHEMA COLLECTION::... TO SCHEMA OWNER",
  },
  certificateName: {
    name: "o.name",
    from: "sys.certificates",
    noun: "certificate",
    error: 15138,
    give: "CERTIFICATE::... TO [dbo]",
  },
  keyName: {
    name: "o.name",
    from: "sys.symmetric_keys",
    noun: "symmetric key",
    error: 15138,
    give: "SYMMETRIC KEY::... TO [dbo]",
  },
  fulltextName: {
    name: "o.name",
    from: "sys.fulltext_catalogs",
    noun: "full-text catalog",
    error: 15138,
    give: "FULLTEXT CATALOG::... TO [dbo]",
  },
} as const;

export function owningsProbe({ principalId }: PrincipalRow): Probe {
  const columns = Object.entries(asked).map(
    ([column, { name, from }]) =>
      `(SELECT MIN(${name}) FROM ${from} AS o WHERE o.principal_id = ${principalId}) AS ${column}`,
  );
  const module = `(SELECT MIN(OBJECT_SCHEMA_NAME(o.object_id) + N'.' + OBJECT_NAME(o.object_id)) FROM sys.sql_modules AS o WHERE o.execute_as_principal_id = ${principalId}) AS moduleName`;
  return { key, query: `SELECT\n  ${[...columns, module].join(",\n  ")};` };
}

/** One text for each kind of thing in the way, with what to do about it. */
export function owningsOf({ name }: PrincipalRow, { catalog, names, answers }: PlanContext): string[] {
  const { database } = catalog;
  const { rows, broker } = database;
  const found: string[] = [];
  const own = (owner: string | null): boolean => owner !== null && names.equals(owner, name);
  const tell = (verb: string, noun: string, things: readonly string[], remedy: string): void => {
    if (things.length > 0) found.push(`${verb} ${things.map((one) => `${noun} "${one}"`).join(", ")} ${remedy}`);
  };
  const owns = (noun: string, all: readonly { name: string; owner: string | null }[], remedy: string): void =>
    tell(
      "owns",
      noun,
      all.filter(({ owner }) => own(owner)).map((row) => row.name),
      `(15138); give them to somebody else first: ${remedy}`,
    );
  owns("schema", database.schemas, "authorization of the kind Schema");
  owns(
    "role",
    rows.principals.filter(({ type }) => type === "R"),
    "authorization of the kind DatabaseRole",
  );
  owns("assembly", rows.assemblies, "authorization of the kind ClrAssembly");
  owns("message type", broker.messageTypes, "authorization of the kind BrokerMessageType");
  owns("contract", broker.contracts, "authorization of the kind BrokerContract");
  owns("service", broker.services, "authorization of the kind BrokerService");
  owns("route", broker.routes, "authorization of the kind BrokerRoute");
  owns("remote service binding", broker.bindings, "authorization of the kind RemoteServiceBinding");
  const granted = rows.permissions.filter((row) => names.equals(row.grantor, name));
  if (granted.length > 0)
    found.push(
      `has granted or denied ${granted.length} ${granted.length === 1 ? "permission" : "permissions"}, first ${granted[0]!.permission} to "${granted[0]!.grantee}"${where(granted[0]!, catalog)} (15284); revoke them first: REVOKE ... AS ${quoteName(name)}`,
    );
  const answer = answers.get(key);
  for (const [column, { noun, error, give }] of Object.entries(asked))
    if (typeof answer?.[column] === "string")
      tell(
        "owns",
        noun,
        [answer[column]],
        `(${error}); give it to somebody else first: ALTER AUTHORIZATION ON ${give}`,
      );
  if (typeof answer?.["moduleName"] === "string")
    tell("is whom", "module", [answer["moduleName"]], "executes as (15136); change its EXECUTE AS first");
  // The messages of both would have nobody to stand behind them.
  tell(
    "is whom the activation of",
    "queue",
    broker.queues.filter(({ executeAs }) => own(executeAs)).map((row) => displayName(row.schemaName, row.name)),
    "executes as; change its activation first",
  );
  tell(
    "is who sends through",
    "remote service binding",
    broker.bindings.filter(({ user }) => own(user)).map((row) => row.name),
    "with its rights; name another user there first",
  );
  return found;
}

function where(row: { readonly class: number; readonly majorId: number }, { database }: CatalogSnapshot): string {
  const object = row.class === 1 ? (database.tableById(row.majorId) ?? database.objectById(row.majorId)) : undefined;
  return object === undefined ? "" : ` on ${displayName(object.schemaName, object.name)}`;
}
