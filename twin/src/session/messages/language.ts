/** Errors of the lexer and the parser. Source: sql-docs, database engine events and errors 0 to 999 and 1000 to 1999. */
import { defineMessages } from "../messages";

defineMessages({
  102: [15, "Incorrect syntax near '%1'."],
  103: [15, "The identifier that starts with '%1' is too long. Maximum length is %2."],
  105: [15, "Unclosed quotation mark after the character string '%1'."],
  111: [15, "'%1' must be the first statement in a query batch."],
  113: [15, "Missing end comment mark '*/'."],
  134: [15, "The variable name '%1' has already been declared. Variable names must be unique within a query batch or stored procedure."],
  136: [15, "Cannot use a CONTINUE statement outside the scope of a WHILE statement."],
  135: [15, "Cannot use a BREAK statement outside the scope of a WHILE statement."],
  156: [15, "Incorrect syntax near the keyword '%1'."],
  166: [15, "'%1' does not allow specifying the database name as a prefix to the object name."],
  319: [15, "Incorrect syntax near the keyword 'with'. If this statement is a common table expression, an xmlnamespaces clause or a change tracking context clause, the previous statement must be terminated with a semicolon."],
  1018: [15, "Incorrect syntax near '%1'. If this is intended as a part of a table hint, A WITH keyword and parenthesis are now required. See SQL Server Books Online for proper syntax."],
  1038: [15, "An object or column name is missing or empty. For SELECT INTO statements, verify each column has a name. For other statements, look for empty alias names. Aliases defined as \"\" or [] are not allowed. Change the alias to a valid name."],
  117: [15, "The object name '%1' contains more than the maximum number of prefixes. The maximum is %2."],
  10713: [15, "A MERGE statement must be terminated by a semi-colon (;)."],
  178: [15, "A RETURN statement with a return value cannot be used in this context."],
});
