/**
 * Statements that talk: BEGIN DIALOG, SEND, RECEIVE, GET and MOVE CONVERSATION, END CONVERSATION.
 * https://learn.microsoft.com/sql/t-sql/statements/begin-dialog-conversation-transact-sql and its neighbours
 */
import type { Expression, SelectItem } from "../ast";
import type { ConversationStatement, GetConversationGroup, Receive } from "../ast-broker";
import type { Cursor } from "./cursor";
import { parseScalar } from "./expressions";
import { parseSelectItem } from "./query";

type Of<K extends ConversationStatement["kind"]> = Extract<ConversationStatement, { kind: K }>;

/** Words that begin a conversation statement although they are not reserved. */
export function startsConversation(c: Cursor): boolean {
  return (
    c.is("RECEIVE") ||
    c.isSequence("SEND", "ON", "CONVERSATION") ||
    c.isSequence("GET", "CONVERSATION") ||
    c.isSequence("MOVE", "CONVERSATION")
  );
}

export function parseConversation(c: Cursor): ConversationStatement {
  if (c.is("SEND")) return parseSend(c);
  if (c.is("RECEIVE")) return parseReceive(c);
  return c.is("GET") ? parseGet(c) : parseMove(c);
}

/** A name, or a variable that holds one. */
function nameOrVariable(c: Cursor): string | Expression {
  return c.token.kind === "variable" ? parseScalar(c) : c.identifier();
}

/** BEGIN has been read. */
export function parseBeginDialog(c: Cursor, line: number): Of<"begin-dialog"> | Of<"begin-conversation-timer"> {
  if (c.takeSequence("CONVERSATION", "TIMER")) {
    c.expectSymbol("(");
    const handle = parseScalar(c);
    c.expectSymbol(")");
    c.expect("TIMEOUT");
    c.expectSymbol("=");
    return { kind: "begin-conversation-timer", handle, timeout: parseScalar(c), line };
  }
  c.expect("DIALOG");
  c.take("CONVERSATION");
  const variable = c.variable();
  c.expect("FROM", "SERVICE");
  const from = nameOrVariable(c);
  c.expect("TO", "SERVICE");
  const to = textOrVariable(c);
  const broker = c.takeSymbol(",") ? textOrVariable(c) : undefined;
  const contract = c.takeSequence("ON", "CONTRACT") ? nameOrVariable(c) : undefined;
  const dialog: Of<"begin-dialog"> = {
    kind: "begin-dialog",
    variable,
    from,
    to,
    ...(broker ? { broker } : {}),
    ...(contract === undefined ? {} : { contract }),
    line,
  };
  if (c.take("WITH")) dialogOptions(c, dialog);
  return dialog;
}

function textOrVariable(c: Cursor): Expression {
  if (c.token.kind !== "string" && c.token.kind !== "variable") throw c.unexpected();
  return parseScalar(c);
}

function dialogOptions(c: Cursor, dialog: Of<"begin-dialog">): void {
  let first = true;
  do {
    if (first && c.isAny("RELATED_CONVERSATION", "RELATED_CONVERSATION_GROUP")) {
      const kind = c.next().upper === "RELATED_CONVERSATION" ? "conversation" : "group";
      c.expectSymbol("=");
      dialog.related = { kind, value: parseScalar(c) };
    } else if (c.is("LIFETIME") && !dialog.lifetime) {
      c.next();
      c.expectSymbol("=");
      dialog.lifetime = parseScalar(c);
    } else if (c.is("ENCRYPTION") && dialog.encryption === undefined) {
      c.next();
      c.expectSymbol("=");
      if (!c.isAny("ON", "OFF")) throw c.unexpected();
      dialog.encryption = c.next().upper === "ON";
    } else throw c.unexpected();
    first = false;
  } while (c.takeSymbol(",") || c.isAny("LIFETIME", "ENCRYPTION"));
}

function parseSend(c: Cursor): Of<"send"> {
  const line = c.next().line;
  c.expect("ON", "CONVERSATION");
  const handles = c.isSymbol("(") ? c.parenthesized(() => parseScalar(c)) : [parseHandle(c)];
  const messageType = c.takeSequence("MESSAGE", "TYPE") ? nameOrVariable(c) : undefined;
  let body: Expression | undefined;
  if (c.takeSymbol("(")) {
    body = parseScalar(c);
    c.expectSymbol(")");
  }
  return {
    kind: "send",
    handles,
    ...(messageType === undefined ? {} : { messageType }),
    ...(body ? { body } : {}),
    line,
  };
}

/** Without parentheses a handle is a variable or a literal: what follows in parentheses is the body. */
function parseHandle(c: Cursor): Expression {
  const { line } = c.token;
  if (c.token.kind === "variable") return { kind: "variable", name: c.next().text, line };
  return textOrVariable(c);
}

function parseReceive(c: Cursor): Receive {
  const line = c.next().line;
  let top: Expression | undefined;
  if (c.take("TOP")) {
    c.expectSymbol("(");
    top = parseScalar(c);
    c.expectSymbol(")");
  }
  const items: SelectItem[] = c.list(() => parseSelectItem(c));
  c.expect("FROM");
  const queue = c.name();
  const into = c.take("INTO") ? c.variable() : undefined;
  const where = c.take("WHERE") ? receiveCondition(c) : undefined;
  return {
    kind: "receive",
    ...(top ? { top } : {}),
    items,
    queue,
    ...(into === undefined ? {} : { into }),
    ...(where ? { where } : {}),
    line,
  };
}

function receiveCondition(c: Cursor): NonNullable<Receive["where"]> {
  const column = c.identifier().toLowerCase();
  if (column !== "conversation_handle" && column !== "conversation_group_id")
    throw c.unexpected(c.tokens[c.position - 1]);
  c.expectSymbol("=");
  return { column, value: parseHandle(c) };
}

function parseGet(c: Cursor): GetConversationGroup {
  const line = c.next().line;
  c.expect("CONVERSATION");
  // GROUP is a reserved word, and one of the grammar here.
  c.expect("GROUP");
  const variable = c.variable();
  c.expect("FROM");
  return { kind: "get-conversation-group", variable, queue: c.name(), line };
}

function parseMove(c: Cursor): Of<"move-conversation"> {
  const line = c.next().line;
  c.expect("CONVERSATION");
  const handle = parseHandle(c);
  c.expect("TO");
  return { kind: "move-conversation", handle, group: parseHandle(c), line };
}

/** WAITFOR has been read. */
export function parseWaitForMessage(c: Cursor, line: number): Of<"wait-for-message"> {
  c.expectSymbol("(");
  const statement = c.is("RECEIVE") ? parseReceive(c) : c.is("GET") ? parseGet(c) : undefined;
  if (!statement) throw c.unexpected();
  c.takeSymbol(";");
  c.expectSymbol(")");
  let timeout: Expression | undefined;
  if (c.takeSymbol(",")) {
    c.expect("TIMEOUT");
    timeout = parseScalar(c);
  }
  return { kind: "wait-for-message", statement, ...(timeout ? { timeout } : {}), line };
}

export function parseEndConversation(c: Cursor): Of<"end-conversation"> {
  const line = c.next().line;
  c.expect("CONVERSATION");
  const handle = parseHandle(c);
  if (!c.take("WITH")) return { kind: "end-conversation", handle, cleanup: false, line };
  if (c.take("CLEANUP")) return { kind: "end-conversation", handle, cleanup: true, line };
  c.expect("ERROR");
  c.expectSymbol("=");
  const code = parseScalar(c);
  c.expect("DESCRIPTION");
  c.expectSymbol("=");
  return { kind: "end-conversation", handle, error: { code, description: parseScalar(c) }, cleanup: false, line };
}
