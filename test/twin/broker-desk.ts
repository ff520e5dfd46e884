/** A server with a database in which two services can talk, for the tests of Service Broker. */
import { brokerOf } from "../../twin/src/broker/broker";
import type { SqlServerEngine } from "../../twin/src/session/engine";
import type { SessionPort } from "../../twin/src/session/port";
import { type Collector, loginAs, must, newEngine, query } from "./collector";

export interface Desk {
  readonly engine: SqlServerEngine;
  readonly session: SessionPort;
  /** Numbers of the broker's log. */
  log(): number[];
  run(sql: string): Promise<Collector>;
  /** Numbers of the errors of a batch. */
  errors(sql: string): Promise<number[]>;
  rows(sql: string): Promise<unknown[][]>;
  another(): Promise<SessionPort>;
}

const opened = new Set<SqlServerEngine>();

/** Ends what the tests have started. */
export async function closeDesks(): Promise<void> {
  for (const engine of opened) await engine.stop();
  opened.clear();
}

export async function openDesk(setup = ""): Promise<Desk> {
  const engine = newEngine();
  opened.add(engine);
  const session = await loginAs(engine);
  await must(session, "CREATE DATABASE desk");
  await must(session, "USE desk");
  if (setup) await must(session, setup);
  return {
    engine,
    session,
    log: () => brokerOf(engine.server).log.map((entry) => entry.number),
    run: (sql) => must(session, sql),
    errors: async (sql) => (await query(session, sql)).numbers,
    rows: async (sql) => (await must(session, sql)).rows,
    another: async () => {
      const other = await loginAs(engine);
      await must(other, "USE desk");
      return other;
    },
  };
}

/** Message types ask (XML), tell (anything) and empty; a contract; an initiator and a target. */
export const SERVICES = `
CREATE MESSAGE TYPE ask VALIDATION = WELL_FORMED_XML;
CREATE MESSAGE TYPE tell;
CREATE MESSAGE TYPE nothing VALIDATION = EMPTY;
CREATE CONTRACT talk (ask SENT BY INITIATOR, tell SENT BY TARGET, nothing SENT BY ANY);
CREATE QUEUE dbo.asking;
CREATE QUEUE dbo.telling;
CREATE SERVICE asker ON QUEUE dbo.asking;
CREATE SERVICE teller ON QUEUE dbo.telling (talk, [DEFAULT]);`;

/** Begins a dialog in @h. */
export const DIALOG = `DECLARE @h uniqueidentifier;
BEGIN DIALOG @h FROM SERVICE asker TO SERVICE 'teller' ON CONTRACT talk WITH ENCRYPTION = OFF;`;

/** The same, and asks. */
export const ASK = `${DIALOG}
SEND ON CONVERSATION @h MESSAGE TYPE ask (N'<q/>');`;

/** Takes a message at the target; its handle is in @t. */
export const REPLY = `DECLARE @t uniqueidentifier;
RECEIVE TOP (1) @t = conversation_handle FROM dbo.telling;`;
