/** Errors of the lexer and the parser. Source: sql-docs, database engine events and errors 0 to 999 and 1000 to 1999. */
import { defineMessages } from "../messages";

const SYNTAX = "Incorrect syntax near '%1'.";
const KEYWORD = "Incorrect syntax near the keyword";

defineMessages({
  102: [15, SYNTAX],
  103: [15, "The identifier that starts with '%1' is too long. Maximum length is %2."],
  105: [15, "Unclosed quotation mark after the character string '%1'."],
  111: [15, "'%1' must be the first statement in a query batch."],
  113: [15, "Missing end comment mark '*/'."],
  117: [15, "The object name '%1' contains more than the maximum number of prefixes. The maximum is %2."],
  134: [
    15,
    "The variable name '%1' has already been declared. Variable names must be unique within a query batch or stored procedure.",
  ],
  135: [15, "Cannot use a BREAK statement outside the scope of a WHILE statement."],
  136: [15, "Cannot use a CONTINUE statement outside the scope of a WHILE statement."],
  155: [15, "'%1' is not a recognized %2 option."],
  156: [15, `${KEYWORD} '%1'.`],
  166: [15, "'%1' does not allow specifying the database name as a prefix to the object name."],
  178: [15, "A RETURN statement with a return value cannot be used in this context."],
  191: [
    15,
    "Some part of your SQL statement is nested too deeply. Rewrite the query or break it up into smaller queries.",
  ],
  195: [15, "'%1' is not a recognized %2."],
  319: [
    15,
    `${KEYWORD} 'with'. If this statement is a common table expression, an xmlnamespaces clause or a change tracking context clause, the previous statement must be terminated with a semicolon.`,
  ],
  321: [
    15,
    '"%1" is not a recognized table hints option. If it is intended as a parameter to a table-valued function or to the CHANGETABLE function, ensure that your database compatibility mode is set to 90.',
  ],
  1018: [
    15,
    `${SYNTAX} If this is intended as a part of a table hint, A WITH keyword and parenthesis are now required. See SQL Server Books Online for proper syntax.`,
  ],
  1038: [
    15,
    'An object or column name is missing or empty. For SELECT INTO statements, verify each column has a name. For other statements, look for empty alias names. Aliases defined as "" or [] are not allowed. Change the alias to a valid name.',
  ],
  4145: [15, "An expression of non-boolean type specified in a context where a condition is expected, near '%1'."],
  10710: [15, "An action of type '%1' is not allowed in the 'WHEN NOT MATCHED' clause of a MERGE statement."],
  10711: [15, "An action of type 'INSERT' is not allowed in the '%1' clause of a MERGE statement."],
  10713: [15, "A MERGE statement must be terminated by a semi-colon (;)."],
  10738: [
    15,
    "The number of row value expressions in the INSERT statement exceeds the maximum allowed number of %1 row values.",
  ],
});
