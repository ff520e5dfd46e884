/** Transactions, conversation groups and waiting on the twin. Facts: reference sheet "service broker" 4 and 16; sql-docs, RECEIVE and GET CONVERSATION GROUP. */
import assert from "node:assert/strict";
import { ASK, closeDesks, DIALOG, openDesk, REPLY, SERVICES, type Desk } from "./broker-desk";
import { must, query } from "./collector";

describe("service broker conversation groups", () => {
  let desk: Desk;
  beforeEach(async () => (desk = await openDesk(SERVICES)));
  afterEach(closeDesks);

  // ---- Transactions and groups ---------------------------------------------------------------------------------------

  it("a queue is read like a table, hints and joins included", async () => {
    await desk.run(ASK);
    const sql =
      "SELECT s.name, q.message_type_name FROM dbo.telling AS q WITH (NOLOCK) JOIN sys.services AS s ON s.service_id = q.service_id";
    assert.deepEqual(await desk.rows(sql), [["teller", "ask"]]);
    assert.deepEqual(await desk.rows("SELECT name FROM sys.objects WHERE object_id = OBJECT_ID('dbo.telling', 'SQ')"), [
      ["telling"],
    ]);
  });

  it("a database that is read-only receives nothing", async () => {
    await desk.run(ASK);
    await desk.run("ALTER DATABASE desk SET READ_ONLY WITH ROLLBACK IMMEDIATE");
    assert.deepEqual(await desk.errors("RECEIVE * FROM dbo.telling"), [3906]);
    assert.deepEqual(await desk.errors(DIALOG), [3906]);
  });

  it("a message leaves when its transaction is committed", async () => {
    const other = await desk.another();
    await desk.run(`BEGIN TRAN; ${ASK}`);
    assert.deepEqual((await must(other, "SELECT COUNT(*) FROM dbo.telling")).rows, [[0]]);
    await desk.run("COMMIT");
    assert.deepEqual((await must(other, "SELECT COUNT(*) FROM dbo.telling")).rows, [[1]]);
  });

  it("a rollback takes back a dialog and its messages", async () => {
    await desk.run(`BEGIN TRAN; ${ASK} ROLLBACK`);
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM sys.conversation_endpoints"), [[0]]);
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM dbo.telling"), [[0]]);
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM sys.transmission_queue"), [[0]]);
  });

  it("a rollback puts received messages back in their place", async () => {
    await desk.run(`${ASK} SEND ON CONVERSATION @h MESSAGE TYPE nothing;`);
    await desk.run("BEGIN TRAN; RECEIVE TOP (1) * FROM dbo.telling; ROLLBACK");
    const { rows } = await desk.run("RECEIVE message_type_name FROM dbo.telling");
    assert.deepEqual(rows, [["ask"], ["nothing"]]);
  });

  it("a group that another transaction holds is passed over", async () => {
    await desk.run(ASK);
    await desk.run(ASK);
    const other = await desk.another();
    const first = await desk.run("BEGIN TRAN; RECEIVE conversation_group_id FROM dbo.telling");
    const second = await must(other, "BEGIN TRAN; RECEIVE conversation_group_id FROM dbo.telling");
    assert.equal(second.rows.length, 1);
    assert.notDeepEqual(first.rows, second.rows);
    await desk.run("ROLLBACK");
    assert.deepEqual((await must(other, "RECEIVE conversation_group_id FROM dbo.telling; COMMIT")).rows, first.rows);
  });

  it("messages of a held group wait for its transaction, whoever asks", async () => {
    await desk.run(`${ASK} SEND ON CONVERSATION @h MESSAGE TYPE nothing;`);
    const other = await desk.another();
    await desk.run("BEGIN TRAN; RECEIVE TOP (1) * FROM dbo.telling");
    assert.deepEqual((await must(other, "RECEIVE * FROM dbo.telling")).rows, []);
    const waiting = must(other, "WAITFOR (RECEIVE message_type_name FROM dbo.telling), TIMEOUT 20000");
    await desk.run("COMMIT");
    assert.deepEqual((await waiting).rows, [["nothing"]]);
  });

  it("END and SEND wait for the group too", async () => {
    await desk.run(ASK);
    const other = await desk.another();
    await desk.run("BEGIN TRAN; RECEIVE * FROM dbo.telling");
    const sql =
      "SET LOCK_TIMEOUT 0; DECLARE @t uniqueidentifier = (SELECT conversation_handle FROM sys.conversation_endpoints WHERE is_initiator = 0); END CONVERSATION @t";
    assert.deepEqual((await query(other, sql)).numbers, [1222]);
    await desk.run("COMMIT");
    assert.deepEqual((await query(other, sql)).numbers, []);
  });

  it("GET CONVERSATION GROUP locks the next group and says NULL when there is none", async () => {
    await desk.run(ASK);
    const other = await desk.another();
    const get =
      "DECLARE @g uniqueidentifier = NEWID(); GET CONVERSATION GROUP @g FROM dbo.telling; SELECT CASE WHEN @g IS NULL THEN 'none' ELSE 'one' END";
    assert.deepEqual((await desk.run(`BEGIN TRAN; ${get}`)).rows, [["one"]]);
    assert.deepEqual((await must(other, get)).rows, [["none"]]);
    await desk.run("COMMIT");
    assert.deepEqual((await must(other, get)).rows, [["one"]]);
  });

  it("conversations share a group by RELATED_CONVERSATION and by MOVE", async () => {
    await desk.run(`${DIALOG} DECLARE @r uniqueidentifier, @m uniqueidentifier, @g uniqueidentifier;
      BEGIN DIALOG @r FROM SERVICE asker TO SERVICE 'teller' ON CONTRACT talk WITH RELATED_CONVERSATION = @h, LIFETIME = 60, ENCRYPTION = OFF;
      BEGIN DIALOG @m FROM SERVICE asker TO SERVICE 'teller' ON CONTRACT talk;
      SET @g = (SELECT conversation_group_id FROM sys.conversation_endpoints WHERE conversation_handle = @h);
      MOVE CONVERSATION @m TO @g;`);
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM sys.conversation_groups"), [[1]]);
    const foreign = `CREATE SERVICE other ON QUEUE dbo.telling; DECLARE @h uniqueidentifier, @g uniqueidentifier = (SELECT TOP (1) conversation_group_id FROM sys.conversation_groups);
      BEGIN DIALOG @h FROM SERVICE other TO SERVICE 'teller' WITH RELATED_CONVERSATION_GROUP = @g`;
    assert.deepEqual(await desk.errors(foreign), [9610]);
    assert.deepEqual(
      await desk.errors(`${DIALOG} DECLARE @n uniqueidentifier = NEWID(); MOVE CONVERSATION @h TO @n`),
      [8436],
    );
  });

  it("RECEIVE WHERE takes one conversation of its group, and only of the queue", async () => {
    await desk.run(`DECLARE @a uniqueidentifier, @b uniqueidentifier, @g uniqueidentifier = NEWID();
      BEGIN DIALOG @a FROM SERVICE asker TO SERVICE 'teller' ON CONTRACT talk WITH RELATED_CONVERSATION_GROUP = @g;
      BEGIN DIALOG @b FROM SERVICE asker TO SERVICE 'teller' ON CONTRACT talk WITH RELATED_CONVERSATION_GROUP = @g;
      SEND ON CONVERSATION (@a, @b) MESSAGE TYPE ask (N'<q/>');`);
    await desk.run(`${REPLY} SEND ON CONVERSATION @t MESSAGE TYPE tell (0x01)`);
    await desk.run(`${REPLY} SEND ON CONVERSATION @t MESSAGE TYPE tell (0x02)`);
    const one =
      "DECLARE @h uniqueidentifier = (SELECT MAX(conversation_handle) FROM dbo.asking); RECEIVE * FROM dbo.asking WHERE conversation_handle = @h";
    assert.equal((await desk.run(one)).rows.length, 1);
    const group =
      "DECLARE @g uniqueidentifier = (SELECT MAX(conversation_group_id) FROM dbo.asking); RECEIVE * FROM dbo.asking WHERE conversation_group_id = @g";
    assert.equal((await desk.run(group)).rows.length, 1);
    assert.deepEqual(
      await desk.errors(
        "DECLARE @n uniqueidentifier = NEWID(); RECEIVE * FROM dbo.asking WHERE conversation_handle = @n",
      ),
      [8426],
    );
    assert.deepEqual(
      await desk.errors(
        "DECLARE @n uniqueidentifier = NEWID(); RECEIVE * FROM dbo.asking WHERE conversation_group_id = @n",
      ),
      [8436],
    );
  });

  it("the more urgent conversation is received first", async () => {
    await desk.run(`CREATE CONTRACT urgent (ask SENT BY INITIATOR); ALTER SERVICE teller (ADD CONTRACT urgent);
      CREATE BROKER PRIORITY p FOR CONVERSATION SET (CONTRACT_NAME = urgent, LOCAL_SERVICE_NAME = teller, PRIORITY_LEVEL = 9)`);
    await desk.run(ASK);
    await desk.run(ASK.replace("CONTRACT talk", "CONTRACT urgent"));
    const { rows } = await desk.run("RECEIVE TOP (1) service_contract_name, priority FROM dbo.telling");
    assert.deepEqual(rows, [["urgent", 9]]);
  });

  // ---- Waiting -------------------------------------------------------------------------------------------------------

  it("WAITFOR gives an empty result when its time is over", async () => {
    const { rows, sets } = await desk.run("WAITFOR (RECEIVE conversation_handle FROM dbo.telling), TIMEOUT 10");
    assert.deepEqual([rows, sets.length], [[], 1]);
    const group = await desk.run(
      "DECLARE @g uniqueidentifier; WAITFOR (GET CONVERSATION GROUP @g FROM dbo.telling), TIMEOUT 10; SELECT @g",
    );
    assert.deepEqual(group.rows, [[null]]);
  });

  it("WAITFOR returns when a message arrives", async () => {
    const other = await desk.another();
    const waiting = must(other, "WAITFOR (RECEIVE message_type_name FROM dbo.telling)");
    await desk.run(ASK);
    assert.deepEqual((await waiting).rows, [["ask"]]);
  });

  it("WAITFOR fails when its queue is switched off or dropped", async () => {
    const other = await desk.another();
    const disabled = query(other, "WAITFOR (RECEIVE * FROM dbo.telling)");
    await new Promise((resolve) => setImmediate(resolve));
    await desk.run("ALTER QUEUE dbo.telling WITH STATUS = OFF");
    assert.deepEqual((await disabled).numbers, [9617]);
    await desk.run("CREATE QUEUE gone");
    const dropped = query(other, "WAITFOR (RECEIVE * FROM gone)");
    await new Promise((resolve) => setImmediate(resolve));
    await desk.run("DROP QUEUE gone");
    assert.deepEqual((await dropped).numbers, [208]);
  });

  it("an attention ends a WAITFOR", async () => {
    const other = await desk.another();
    const waiting = query(other, "WAITFOR (RECEIVE * FROM dbo.telling)");
    await new Promise((resolve) => setImmediate(resolve));
    other.attention();
    assert.deepEqual((await waiting).sets, []);
  });
});
