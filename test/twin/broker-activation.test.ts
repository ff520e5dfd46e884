/** Activation, poison messages and restarts of Service Broker on the twin. Facts: reference sheet "service broker" 16 to 18. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brokerOf } from "../../twin/src/broker/broker";
import { createEngine, setSaPassword, type SqlServerEngine } from "../../twin/src/session/engine";
import { createServer } from "../../twin/src/storage/bootstrap";
import { Persistence } from "../../twin/src/storage/persistence";
import { ASK, closeDesks, DIALOG, openDesk, SERVICES, type Desk } from "./broker-desk";
import { loginAs, must, PASSWORD, query } from "./collector";

/** Answers every question with its own text, and ends what is ended. */
const ANSWER = `CREATE PROCEDURE dbo.answer AS
BEGIN
  SET NOCOUNT ON;
  DECLARE @h uniqueidentifier, @type sysname, @body varbinary(max);
  WHILE 1 = 1
  BEGIN
    BEGIN TRANSACTION;
    SET @h = NULL;
    WAITFOR (RECEIVE TOP (1) @h = conversation_handle, @type = message_type_name, @body = message_body FROM dbo.telling), TIMEOUT 100;
    IF @h IS NULL
    BEGIN
      COMMIT;
      BREAK;
    END;
    IF @type = N'ask'
      SEND ON CONVERSATION @h MESSAGE TYPE tell (@body);
    ELSE
      END CONVERSATION @h;
    COMMIT;
  END;
END`;

const ON = (procedure: string, user = "OWNER", readers = 1): string =>
  `ALTER QUEUE dbo.telling WITH ACTIVATION (STATUS = ON, PROCEDURE_NAME = ${procedure}, MAX_QUEUE_READERS = ${readers}, EXECUTE AS ${user})`;

describe("service broker activation", () => {
  let desk: Desk;
  beforeEach(async () => (desk = await openDesk(SERVICES)));
  afterEach(closeDesks);

  /** Waits for work that nobody tells of; the test's own time limit ends it. */
  async function until(sql: string, expected: unknown): Promise<void> {
    for (;;) {
      const rows = await desk.rows(sql);
      try {
        return assert.deepEqual(rows, expected);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
  }
  const reader = (body: string, name = "work"): Promise<unknown> => desk.run(`CREATE PROCEDURE dbo.${name} AS ${body}`);

  it("a procedure of the target answers the initiator: ping-pong to the end of the conversation", async () => {
    await desk.run(ANSWER);
    await desk.run(ON("dbo.answer"));
    await desk.run(`CREATE TABLE dbo.seen (n int)`);
    for (let n = 0; n < 3; n++) await desk.run(ASK);
    for (let n = 0; n < 3; n++) {
      const { rows } = await desk.run(`DECLARE @h uniqueidentifier, @b nvarchar(20);
        WAITFOR (RECEIVE TOP (1) @h = conversation_handle, @b = CAST(message_body AS nvarchar(20)) FROM dbo.asking), TIMEOUT 20000;
        END CONVERSATION @h; SELECT @b`);
      assert.deepEqual(rows, [["<q/>"]]);
    }
    await until("SELECT COUNT(*) FROM sys.conversation_endpoints WHERE state <> 'CD'", [[0]]);
    assert.deepEqual(desk.log(), []);
  });

  it("nothing starts before the commit", async () => {
    await reader("INSERT dbo.ran DEFAULT VALUES; RECEIVE * FROM dbo.telling");
    await desk.run("CREATE TABLE dbo.ran (id int IDENTITY)");
    await desk.run(ON("dbo.work"));
    await desk.run(`BEGIN TRAN; ${ASK}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM dbo.ran"), [[0]]);
    await desk.run("COMMIT");
    await until("SELECT COUNT(*) FROM dbo.ran", [[1]]);
  });

  it("messages that wait already are taken when activation is switched on", async () => {
    await reader(
      "DECLARE @h uniqueidentifier; RECEIVE TOP (1) @h = conversation_handle FROM dbo.telling; END CONVERSATION @h",
    );
    await desk.run(ASK);
    await desk.run(ON("dbo.work"));
    await until("SELECT state FROM sys.conversation_endpoints WHERE is_initiator = 1", [["DI"]]);
  });

  it("a procedure that leaves early is started again while messages wait", async () => {
    await reader(
      "DECLARE @h uniqueidentifier; RECEIVE TOP (1) @h = conversation_handle FROM dbo.telling; END CONVERSATION @h",
    );
    await desk.run(ON("dbo.work"));
    for (let n = 0; n < 4; n++) await desk.run(ASK);
    await until("SELECT COUNT(*) FROM sys.conversation_endpoints WHERE state = 'DI'", [[4]]);
  });

  it("it runs as the queue's user, in a session of its own", async () => {
    await desk.run(
      "CREATE USER worker WITHOUT LOGIN; CREATE TABLE dbo.who (name sysname, spid int, trancount int); GRANT INSERT ON dbo.who TO worker",
    );
    await reader(
      "DECLARE @h uniqueidentifier; RECEIVE TOP (1) @h = conversation_handle FROM dbo.telling; INSERT dbo.who VALUES (USER_NAME(), @@SPID, @@TRANCOUNT)",
    );
    await desk.run("GRANT EXECUTE ON dbo.work TO worker; GRANT RECEIVE ON dbo.telling TO worker");
    await desk.run(ON("dbo.work", "'worker'"));
    await desk.run(ASK);
    await until("SELECT name, IIF(spid = @@SPID, 1, 0), trancount FROM dbo.who", [["worker", 0, 0]]);
  });

  it("a user without EXECUTE or RECEIVE shows in the log", async () => {
    await desk.run("CREATE USER worker WITHOUT LOGIN");
    await reader("RECEIVE * FROM dbo.telling");
    await desk.run(ON("dbo.work", "'worker'"));
    await desk.run(ASK);
    await until("SELECT state FROM sys.dm_broker_queue_monitors", [["NOTIFIED"]]);
    while (desk.log().length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(desk.log(), [9724, 28088, 28087]);
    const [first] = brokerOf(desk.engine.server).log;
    assert.match(first!.message, /EXECUTE permission was denied/);
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM dbo.telling"), [[1]]);
  });

  it("what a procedure prints goes to the log, its results nowhere", async () => {
    await reader(
      "PRINT 'hello'; SELECT 1; DECLARE @h uniqueidentifier; RECEIVE @h = conversation_handle FROM dbo.telling",
    );
    await desk.run(ON("dbo.work"));
    await desk.run(ASK);
    await until("SELECT COUNT(*) FROM dbo.telling", [[0]]);
    assert.deepEqual(
      brokerOf(desk.engine.server).log.map((entry) => entry.message),
      ["The activated proc '[dbo].[work]' running on queue 'telling' output the following: 'hello'"],
    );
  });

  it("a procedure that does not RECEIVE is not started again until the queue is altered", async () => {
    await desk.run("CREATE TABLE dbo.ran (id int IDENTITY)");
    await reader("INSERT dbo.ran DEFAULT VALUES");
    await desk.run(ON("dbo.work"));
    await desk.run(ASK);
    while (!desk.log().includes(28087)) await new Promise((resolve) => setTimeout(resolve, 5));
    await desk.run(ASK);
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM dbo.ran"), [[1]]);
    await desk.run("ALTER QUEUE dbo.telling WITH ACTIVATION (STATUS = ON)");
    await until("SELECT COUNT(*) FROM dbo.ran", [[2]]);
  });

  it("a transaction that a procedure leaves open is rolled back, and the log says so", async () => {
    await reader("DECLARE @h uniqueidentifier; BEGIN TRAN; RECEIVE TOP (1) @h = conversation_handle FROM dbo.telling");
    await desk.run(ON("dbo.work"));
    await desk.run(ASK);
    await until("SELECT is_receive_enabled FROM sys.service_queues WHERE name = 'telling'", [[0]]);
    assert.ok(desk.log().includes(8415));
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM dbo.telling"), [[1]]);
  });

  it("several readers work on several groups at once, no more than the queue allows", async () => {
    await desk.run("CREATE TABLE dbo.gate (id int)");
    await reader(`DECLARE @h uniqueidentifier; BEGIN TRAN; RECEIVE TOP (1) @h = conversation_handle FROM dbo.telling;
      WHILE NOT EXISTS (SELECT * FROM dbo.gate) WAITFOR DELAY '00:00:00.005'; COMMIT`);
    await desk.run(ON("dbo.work", "OWNER", 2));
    for (let n = 0; n < 3; n++) await desk.run(ASK);
    await until("SELECT COUNT(*) FROM sys.dm_broker_activated_tasks", [[2]]);
    assert.deepEqual(await desk.rows("SELECT DISTINCT procedure_name, execute_as FROM sys.dm_broker_activated_tasks"), [
      ["[dbo].[work]", 1],
    ]);
    await desk.run("INSERT dbo.gate VALUES (1)");
    await until("SELECT COUNT(*) FROM dbo.telling", [[0]]);
    await until("SELECT COUNT(*) FROM sys.dm_broker_activated_tasks", [[0]]);
  });

  it("a timer activates like a message", async () => {
    await reader(
      "DECLARE @h uniqueidentifier; RECEIVE TOP (1) @h = conversation_handle FROM dbo.asking; END CONVERSATION @h",
    );
    await desk.run(ON("dbo.work").replace("telling", "asking"));
    await desk.run(`${DIALOG} BEGIN CONVERSATION TIMER (@h) TIMEOUT = 0;`);
    await until("SELECT COUNT(*) FROM sys.conversation_endpoints", [[0]]);
  });

  it("activation that is switched off starts nobody", async () => {
    await reader("RECEIVE * FROM dbo.telling");
    await desk.run(ON("dbo.work").replace("STATUS = ON", "STATUS = OFF"));
    await desk.run(ASK);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM dbo.telling"), [[1]]);
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM sys.dm_broker_queue_monitors"), [[0]]);
  });

  it("a reader that waits does not keep its database from being dropped", async () => {
    await reader("WAITFOR (RECEIVE * FROM dbo.telling); WAITFOR (RECEIVE * FROM dbo.telling)");
    await desk.run(ON("dbo.work"));
    await desk.run(ASK);
    await until("SELECT COUNT(*) FROM dbo.telling", [[0]]);
    await desk.run("USE master; DROP DATABASE desk");
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM sys.dm_broker_activated_tasks"), [[0]]);
  });

  // ---- Poison messages -----------------------------------------------------------------------------------------------

  const rollBack = "BEGIN TRAN; RECEIVE TOP (1) * FROM dbo.telling; ROLLBACK";
  const enabled = "SELECT is_receive_enabled, is_enqueue_enabled FROM sys.service_queues WHERE name = 'telling'";

  it("the fifth rollback in a row switches the queue off", async () => {
    await desk.run(ASK);
    for (let n = 0; n < 4; n++) await desk.run(rollBack);
    assert.deepEqual(await desk.rows(enabled), [[1, 1]]);
    await desk.run(rollBack);
    assert.deepEqual(await desk.rows(enabled), [[0, 0]]);
    assert.deepEqual(await desk.errors("RECEIVE * FROM dbo.telling"), [9617]);
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM dbo.telling"), [[1]]);
    await desk.run("ALTER QUEUE dbo.telling WITH STATUS = ON");
    assert.equal((await desk.run("RECEIVE * FROM dbo.telling")).rows.length, 1);
  });

  it("a commit in between begins the count anew", async () => {
    await desk.run(ASK);
    await desk.run(ASK);
    for (let n = 0; n < 4; n++) await desk.run(rollBack);
    await desk.run("RECEIVE TOP (1) * FROM dbo.telling");
    await desk.run(rollBack);
    assert.deepEqual(await desk.rows(enabled), [[1, 1]]);
  });

  it("without poison message handling a queue stays on", async () => {
    await desk.run("ALTER QUEUE dbo.telling WITH POISON_MESSAGE_HANDLING (STATUS = OFF)");
    await desk.run(ASK);
    for (let n = 0; n < 6; n++) await desk.run(rollBack);
    assert.deepEqual(await desk.rows(enabled), [[1, 1]]);
  });

  it("a procedure that fails on every message ends with a queue that is off", async () => {
    await reader(
      `DECLARE @h uniqueidentifier; BEGIN TRAN; RECEIVE TOP (1) @h = conversation_handle FROM dbo.telling; ROLLBACK`,
    );
    await desk.run(ON("dbo.work"));
    await desk.run(ASK);
    await until(enabled, [[0, 0]]);
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM dbo.telling"), [[1]]);
  });
});

describe("service broker over a restart", () => {
  let directory: string;
  let engine: SqlServerEngine | undefined;
  let persistence: Persistence | undefined;
  beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), "twin-broker-"))));
  afterEach(async () => {
    await stop();
    rmSync(directory, { recursive: true, force: true });
  });

  async function stop(): Promise<void> {
    await engine?.stop();
    persistence?.close();
    engine = persistence = undefined;
  }
  async function start(): Promise<(sql: string) => Promise<unknown[][]>> {
    const collation = "SQL_Latin1_General_CP1_CI_AS";
    const server = createServer({ platform: "linux", version: "2022", edition: "Developer", collation, name: "TWIN" });
    persistence = Persistence.open(directory, server);
    setSaPassword(server, PASSWORD);
    engine = createEngine(server);
    const session = await loginAs(engine);
    await query(session, "USE desk");
    return async (sql) => (await must(session, sql)).rows;
  }

  it("definitions, conversations, messages and what is on its way are still there", async () => {
    const first = await start();
    await first("CREATE DATABASE desk");
    await first("USE desk");
    await first(SERVICES);
    await first(
      "CREATE ROUTE r WITH SERVICE_NAME = 'x', ADDRESS = 'TCP://x:1'; ALTER QUEUE dbo.asking WITH RETENTION = ON",
    );
    await first(ASK);
    await first(ASK.replace("'teller'", "'later'"));
    await first("CREATE ENDPOINT e AS TCP (LISTENER_PORT = 4022) FOR SERVICE_BROKER ()");
    const all = `SELECT conversation_handle, state, send_sequence FROM sys.conversation_endpoints ORDER BY conversation_handle`;
    const before = await first(all);
    await stop();
    const second = await start();
    assert.deepEqual(await second(all), before);
    assert.deepEqual(await second("SELECT to_service_name FROM sys.transmission_queue"), [["later"]]);
    assert.deepEqual(await second("SELECT name FROM sys.endpoints WHERE endpoint_id >= 65536"), [["e"]]);
    assert.deepEqual(await second("SELECT name FROM sys.routes ORDER BY name"), [["AutoCreatedLocal"], ["r"]]);
    const received = await second("RECEIVE message_type_name, CAST(message_body AS nvarchar(9)) FROM dbo.telling");
    assert.deepEqual(received, [["ask", "<q/>"]]);
    await second("CREATE SERVICE later ON QUEUE dbo.telling (talk)");
    assert.deepEqual(await second("SELECT service_name FROM dbo.telling"), [["later"]]);
  });

  it("what was received and committed stays received; ids go on", async () => {
    const first = await start();
    await first("CREATE DATABASE desk");
    await first("USE desk");
    await first(SERVICES);
    await first(ASK);
    await first("RECEIVE * FROM dbo.telling");
    const [[id]] = (await first("SELECT MAX(service_id) FROM sys.services")) as [[number]];
    await stop();
    const second = await start();
    assert.deepEqual(await second("SELECT COUNT(*) FROM dbo.telling"), [[0]]);
    await second("CREATE SERVICE s ON QUEUE dbo.asking");
    assert.deepEqual(await second("SELECT service_id FROM sys.services WHERE name = 's'"), [[id + 1]]);
  });

  it("waiting messages start their procedure after the restart", async () => {
    const first = await start();
    await first("CREATE DATABASE desk");
    await first("USE desk");
    await first(SERVICES);
    await first(ANSWER);
    await first(ON("dbo.answer"));
    // Nothing is delivered or started any more, as when the server stops right after the commit.
    await engine!.stop();
    await first(ASK);
    assert.deepEqual(await first("SELECT COUNT(*) FROM sys.transmission_queue"), [[1]]);
    await stop();
    const second = await start();
    const rows = await second("WAITFOR (RECEIVE message_type_name FROM dbo.asking), TIMEOUT 20000");
    assert.deepEqual(rows, [["tell"]]);
  });
});
