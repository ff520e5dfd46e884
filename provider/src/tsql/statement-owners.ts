/** Which kind of this package owns a statement that a bundle cannot hold: the advice in the refusal. */

const byObject: Readonly<Record<string, string>> = {
  TABLE: "use the kinds Table or TableSet",
  INDEX: "indexes belong to their table: use the kinds Table or TableSet",
  UNIQUE: "indexes belong to their table: use the kinds Table or TableSet",
  CLUSTERED: "indexes belong to their table: use the kinds Table or TableSet",
  NONCLUSTERED: "indexes belong to their table: use the kinds Table or TableSet",
  SCHEMA: "use the kind Schema",
  DATABASE: "use the kind Database",
  ASSEMBLY: "use the kind Assembly",
  AGGREGATE: "a CLR aggregate belongs to its assembly: use the kind Assembly",
  LOGIN: "use the security kinds of this package",
  USER: "use the security kinds of this package",
  ROLE: "use the security kinds of this package",
  SECURITY: "use the security kinds of this package",
  QUEUE: "use the Service Broker kinds of this package",
  SERVICE: "use the Service Broker kinds of this package",
  CONTRACT: "use the Service Broker kinds of this package",
  MESSAGE: "use the Service Broker kinds of this package",
  ROUTE: "use the Service Broker kinds of this package",
  PARTITION: "use the partition kinds of this package",
  RULE: "stand-alone rules are deprecated: write a CHECK constraint on the table",
  DEFAULT: "stand-alone defaults are deprecated: write DEFAULT on the table's column",
};

const byVerb: Readonly<Record<string, string>> = {
  USE: "the bundle's `database` says where it goes: delete the statement",
  GRANT: "permissions are declared with the security kinds of this package",
  DENY: "permissions are declared with the security kinds of this package",
  REVOKE: "permissions are declared with the security kinds of this package",
  INSERT: "a bundle changes no rows: put data in a migration or a job",
  UPDATE: "a bundle changes no rows: put data in a migration or a job",
  DELETE: "a bundle changes no rows: put data in a migration or a job",
  MERGE: "a bundle changes no rows: put data in a migration or a job",
  TRUNCATE: "a bundle changes no rows: put data in a migration or a job",
  PRINT: "delete the statement",
};

/** `words`: the statement's first words in upper case. */
export function adviceFor(words: readonly string[]): string {
  const [verb = "", second = ""] = words;
  const known = verb === "CREATE" || verb === "ALTER" || verb === "DROP" ? byObject[second] : byVerb[verb];
  return known ?? "a bundle holds procedures, functions, views, triggers, types, synonyms and sequences";
}
