/** The only two ways in which a variable reaches T-SQL: names through quoteName, texts through quoteText. */

/** `[a]]b]`. https://learn.microsoft.com/sql/relational-databases/databases/database-identifiers */
export function quoteName(name: string): string {
  if (name === "" || name.length > 128) throw new RangeError(`a name has 1 to 128 characters, this one ${name.length}`);
  if (name.includes("\0")) throw new RangeError("a name cannot hold the character U+0000");
  return `[${name.replaceAll("]", "]]")}]`;
}

/** `[schema].[name]`, as many parts as given. */
export function quoteNames(...parts: readonly string[]): string {
  return parts.map(quoteName).join(".");
}

/** `N'it''s'`. */
export function quoteText(text: string): string {
  return `N'${text.replaceAll("'", "''")}'`;
}

/** The words of a person for an object in a schema, as consent and iac.object write it: no brackets. */
export function displayName(schema: string, name: string): string {
  return `${schema}.${name}`;
}
