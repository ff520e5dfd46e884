/** What a function's statements may not do: errors 443, 444 and 455. Source: sql-docs, CREATE FUNCTION, limitations. */
import type { Statement } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { SqlError } from "../../session/sql-error";
import { at } from "../naming";
import { isNode, walk, type Node } from "./tree";

const sideEffects: Record<string, string | undefined> = {
  print: "PRINT",
  raiserror: "RAISERROR",
  throw: "THROW",
  try: "BEGIN TRY",
  waitfor: "WAITFOR",
  "begin-transaction": "BEGIN TRANSACTION",
  commit: "COMMIT TRANSACTION",
  rollback: "ROLLBACK TRANSACTION",
  "save-transaction": "SAVE TRANSACTION",
  truncate: "TRUNCATE TABLE",
  use: "USE DATABASE",
  "begin-dialog": "BEGIN DIALOG",
  "begin-conversation-timer": "BEGIN CONVERSATION TIMER",
  send: "SEND",
  receive: "RECEIVE",
  "get-conversation-group": "GET CONVERSATION GROUP",
  "wait-for-message": "WAITFOR",
  "move-conversation": "MOVE CONVERSATION",
  "end-conversation": "END CONVERSATION",
};
const nondeterministic = new Set(["newid", "newsequentialid", "rand"]);

export function requireFunctionBody(body: readonly Statement[]): void {
  walk(body, (node) => {
    const refused = sideEffectOf(node);
    if (refused) throw at(refused, Number(node["line"]));
    return true;
  });
  const last = lastOf(body);
  if (last?.kind !== "return") throw at(sqlError(455, [], 2), last?.line ?? body.at(-1)?.line ?? 1);
}

function sideEffectOf(node: Node): SqlError | undefined {
  const { kind } = node;
  if (typeof kind !== "string") return undefined;
  const created = kind === "create-table" ? node["name"] : kind === "table" ? node["name"] : undefined;
  if (isNode(created) && (created["parts"] as string[]).at(-1)!.startsWith("#")) return sqlError(2772);
  const word = sideEffects[kind];
  if (word) return sqlError(443, [word], 14);
  if (kind === "insert" || kind === "update" || kind === "delete" || kind === "merge")
    return isNode(node["target"]) && node["target"].kind === "table-variable"
      ? undefined
      : sqlError(443, [kind.toUpperCase()], 15);
  if (kind === "execute")
    return isNode(node["target"]) && node["target"].kind === "string"
      ? sqlError(443, ["EXECUTE STRING"], 14)
      : undefined;
  if (kind === "select" && isNode(node["query"])) return returnsRows(node["query"]) ? sqlError(444, [], 2) : undefined;
  if (kind === "call" && isNode(node["name"])) {
    const parts = node["name"]["parts"] as string[];
    if (parts.length === 1 && nondeterministic.has(parts[0]!.toLowerCase()))
      return sqlError(443, [parts[0]!.toLowerCase()], 1);
  }
  return undefined;
}

/** SELECT @v = ... gives the client nothing. */
function returnsRows(query: Node): boolean {
  const body = query["body"] as Node;
  if (body.kind !== "select") return true;
  const items = body["items"] as Node[];
  return !items.some((item) => item.kind === "assign");
}

/** The last statement; a bare BEGIN ... END is looked into, an IF is not. */
function lastOf(body: readonly Statement[]): Statement | undefined {
  const last = body.at(-1);
  return last?.kind === "block" ? lastOf(last.statements) : last;
}
