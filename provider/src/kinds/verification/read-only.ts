/**
 * Is a query one that only asks? SELECT, also WITH ... SELECT, DECLARE and SET of variables, and EXECUTE of a procedure by its
 * name pass. The transaction that is rolled back is the second line of defence; this one finds mistakes at preview.
 * https://learn.microsoft.com/sql/t-sql/statements/statements
 */
import { isTrivia, nameOf, tokenize, UnterminatedTokenError, type Token } from "../../tsql/lexer";

/** Words that begin what writes, or reaches out of the database; as names they stand in brackets. */
const forbidden = new Set(
  `INSERT UPDATE DELETE MERGE TRUNCATE INTO CREATE ALTER DROP GRANT DENY REVOKE BACKUP RESTORE BULK DBCC KILL SHUTDOWN RECONFIGURE USE GO COMMIT ROLLBACK SAVE
  WAITFOR OPENROWSET OPENQUERY OPENDATASOURCE WRITETEXT UPDATETEXT REVERT SETUSER CHECKPOINT SEND RECEIVE ENABLE DISABLE`.split(
    /\s+/,
  ),
);
/** Functions of triggers and options that share their word with a statement. */
const functions = new Set(["UPDATE"]);
/** Statements that a check may consist of. IF and the like belong into a procedure. */
const allowedStarts = new Set(["SELECT", "WITH", "DECLARE", "SET", "EXEC", "EXECUTE"]);

/** What is wrong with it, in words; undefined = it only asks. */
export function writesSomething(query: string): string | undefined {
  let tokens: Token[];
  try {
    tokens = tokenize(query).filter((token) => !isTrivia(token));
  } catch (error) {
    if (error instanceof UnterminatedTokenError) return error.message;
    throw error;
  }
  const first = tokens.find((token) => textOf(query, token) !== ";");
  if (first === undefined) return "it is empty";
  if (!allowedStarts.has(first.upper))
    return `it begins with ${textOf(query, first)}; a check begins with SELECT, WITH, DECLARE, SET or EXECUTE`;
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    const isCall = next !== undefined && textOf(query, next) === "(";
    const isMember = index > 0 && textOf(query, tokens[index - 1]!) === ".";
    if (token.upper !== "" && !isMember && forbidden.has(token.upper) && !(isCall && functions.has(token.upper)))
      return `line ${token.line}: ${token.upper} changes something or leaves the database; a check only asks (a name that is such a word stands in brackets)`;
    if (
      token.upper === "BEGIN" &&
      next !== undefined &&
      /^(TRAN|TRANSACTION|DISTRIBUTED|DIALOG|CONVERSATION)$/.test(next.upper)
    )
      return `line ${token.line}: a check runs in a transaction of its own, which is rolled back; leave BEGIN ${next.upper} out`;
    if (token.upper === "NEXT" && next?.upper === "VALUE")
      return `line ${token.line}: NEXT VALUE FOR uses up a value, which no rollback gives back`;
    if (token.upper === "SET" && next !== undefined && next.kind !== "variable")
      return `line ${token.line}: SET of options is not for checks; only variables are set`;
    if ((token.upper === "EXEC" || token.upper === "EXECUTE") && !isMember) {
      const problem = callProblem(query, tokens, index);
      if (problem !== undefined) return `line ${token.line}: ${problem}`;
    }
  }
  return undefined;
}

/** EXECUTE [@result =] [schema.]procedure ...: no dynamic T-SQL, no other server, no procedure of the product. */
function callProblem(query: string, tokens: readonly Token[], at: number): string | undefined {
  let index = at + 1;
  if (tokens[index]?.kind === "variable") {
    if (tokens[index + 1] === undefined || textOf(query, tokens[index + 1]!) !== "=")
      return "EXECUTE of a variable could run anything; name the procedure";
    index += 2;
  }
  const parts: string[] = [];
  for (;;) {
    const token = tokens[index];
    if (token === undefined || !["word", "bracketed", "double-quoted"].includes(token.kind))
      return "EXECUTE of a text could run anything; name the procedure";
    parts.push(nameOf(query, token));
    if (tokens[index + 1] === undefined || textOf(query, tokens[index + 1]!) !== ".") break;
    index += 2;
  }
  if (["AS", "LOGIN", "USER"].includes(parts[0]!.toUpperCase()) && parts.length === 1)
    return "EXECUTE AS changes who asks; grant what the check needs to the login that deploys";
  if (parts.length > 2) return `"${parts.join(".")}" is outside of the database`;
  const own = parts.at(-1)!.toLowerCase();
  if (/^(sp|xp)_/.test(own) || parts[0]!.toLowerCase() === "sys")
    return `"${parts.join(".")}" is a procedure of the product; ask the catalog views instead`;
  return undefined;
}

function textOf(query: string, token: Token): string {
  return query.slice(token.start, token.end);
}
