/** Every kind of statement: who runs it, and what it does to the transaction, the counts and DONE. */
import type { Statement } from "../../language/ast";
import { own } from "../own";
import type { Execution, StatementResult, Work } from "../runtime";
import { declareCursor, cursorAction, fetchCursor } from "./cursors";
import { dbcc } from "./dbcc";
import { printStatement, raiserror, throwStatement } from "./messages";
import {
  changeDatabase,
  checkpoint,
  declare,
  executeAs,
  kill,
  reconfigure,
  revert,
  setVariable,
  waitFor,
} from "./procedural";
import { setOption } from "./set-option";
import { beginDialog, beginTimer, endConversation, moveConversation, send } from "./dialog";
import { getConversationGroup, receive, waitForMessage } from "./receive";
import { beginTransaction, commit, rollback, saveTransaction } from "./transactions";
import { executeProcedure, insert } from "./execute";

export interface StatementKind {
  run(statement: never, execution: Execution): Work<StatementResult | void>;
  /** Has a transaction of its own when there is none, and is undone alone when it fails. */
  readonly transactional?: boolean;
  /** Has expressions of its own. */
  readonly queries?: boolean;
  /** Refused in a doomed transaction. */
  readonly writes?: boolean;
  /** Begins a transaction under SET IMPLICIT_TRANSACTIONS ON. */
  readonly beginsImplicitly?: boolean;
  /** CurCmd of DONE; undefined: no DONE. */
  readonly command?: number;
  /** @@ROWCOUNT becomes 0. */
  readonly resetsRowCount?: boolean;
  /** @@ERROR is what the statement left. */
  readonly keepsError?: boolean;
}

type Run<K extends Statement["kind"]> = (
  statement: Extract<Statement, { kind: K }>,
  execution: Execution,
) => Work<StatementResult | void>;

const kind = <K extends Statement["kind"]>(run: Run<K>, more: Omit<StatementKind, "run"> = {}): StatementKind => ({
  run: run as StatementKind["run"],
  ...more,
});
const changes = { transactional: true, writes: true, beginsImplicitly: true } as const;
const conversations = { transactional: true, writes: true, resetsRowCount: true } as const;

/* eslint-disable require-yield -- every statement is driven as a generator */
export const statementKinds: Record<string, StatementKind | undefined> = {
  select: kind<"select">(
    function* (statement, execution) {
      const result = yield* execution.parts.query.select(statement.query, execution);
      return result;
    },
    { transactional: true, queries: true, beginsImplicitly: true, command: 0xc1 },
  ),
  insert: kind<"insert">(insert, { ...changes, queries: true, command: 0xc3 }),
  update: kind<"update">((statement, execution) => execution.parts.query.update(statement, execution), {
    ...changes,
    queries: true,
    command: 0xc5,
  }),
  delete: kind<"delete">((statement, execution) => execution.parts.query.delete(statement, execution), {
    ...changes,
    queries: true,
    command: 0xc4,
  }),
  merge: kind<"merge">((statement, execution) => execution.parts.query.merge(statement, execution), {
    ...changes,
    queries: true,
    command: 0x117,
  }),
  truncate: kind<"truncate">((statement, execution) => execution.parts.query.truncate(statement, execution), {
    ...changes,
    command: 0xe3,
    resetsRowCount: true,
  }),
  definition: kind((statement, execution) => execution.parts.definition.execute(statement as never, execution), {
    ...changes,
    command: 0xfd,
    resetsRowCount: true,
  }),
  module: kind((statement, execution) => execution.parts.definition.execute(statement as never, execution), {
    ...changes,
    command: 0xfd,
    resetsRowCount: true,
  }),
  execute: kind<"execute">(executeProcedure, { command: 0xe0, keepsError: true }),
  "insert-bulk": kind<"insert-bulk">(function* (statement, execution) {
    own(execution).pendingBulk = statement;
  }),
  declare: kind<"declare">(declare),
  "set-variable": kind<"set-variable">(setVariable, { transactional: true, queries: true }),
  "set-option": kind<"set-option">(setOption, { resetsRowCount: true, command: 0xf9 }),
  print: kind<"print">(printStatement, { transactional: true, resetsRowCount: true }),
  raiserror: kind<"raiserror">(raiserror, { resetsRowCount: true, keepsError: true }),
  throw: kind<"throw">(throwStatement),
  waitfor: kind<"waitfor">(waitFor, { resetsRowCount: true }),
  "begin-transaction": kind<"begin-transaction">(beginTransaction, {
    writes: true,
    resetsRowCount: true,
    command: 0xd4,
  }),
  commit: kind(commit as never, { resetsRowCount: true, command: 0xd5 }),
  rollback: kind(rollback as never, { resetsRowCount: true, command: 0xd2 }),
  "save-transaction": kind(saveTransaction as never, { resetsRowCount: true, command: 0xd6 }),
  use: kind<"use">(changeDatabase, { resetsRowCount: true, command: 0xfe }),
  "declare-cursor": kind<"declare-cursor">(declareCursor, { resetsRowCount: true }),
  cursor: kind<"cursor">(cursorAction, { transactional: true, resetsRowCount: true }),
  fetch: kind<"fetch">(fetchCursor, { transactional: true, command: 0xc1 }),
  "execute-as": kind<"execute-as">(executeAs, { resetsRowCount: true }),
  revert: kind<"revert">(revert, { resetsRowCount: true }),
  checkpoint: kind<"checkpoint">(checkpoint, { resetsRowCount: true }),
  kill: kind<"kill">(kill, { resetsRowCount: true }),
  dbcc: kind<"dbcc">(dbcc, { transactional: true, resetsRowCount: true, command: 0xe6 }),
  "begin-dialog": kind<"begin-dialog">(beginDialog, conversations),
  "begin-conversation-timer": kind<"begin-conversation-timer">(beginTimer, conversations),
  send: kind<"send">(send, conversations),
  receive: kind<"receive">(receive, { ...conversations, command: 0xc1 }),
  "get-conversation-group": kind<"get-conversation-group">(getConversationGroup, conversations),
  "wait-for-message": kind<"wait-for-message">(waitForMessage, { ...conversations, command: 0xc1 }),
  "move-conversation": kind<"move-conversation">(moveConversation, conversations),
  "end-conversation": kind<"end-conversation">(endConversation, conversations),
  reconfigure: kind<"reconfigure">(reconfigure, { transactional: true, resetsRowCount: true }),
};
