/** Conversations of Service Broker on the twin. Facts: reference sheet "service broker" 14, 16 and 18; sql-docs on each statement. */
import assert from "node:assert/strict";
import { ASK, closeDesks, DIALOG, openDesk, SERVICES, type Desk } from "./broker-desk";
import { must, query } from "./collector";

const BROKER = "http://schemas.microsoft.com/SQL/ServiceBroker/";
const REPLY = `DECLARE @t uniqueidentifier;
RECEIVE TOP (1) @t = conversation_handle FROM dbo.telling;`;

describe("service broker conversations", () => {
  let desk: Desk;
  beforeEach(async () => (desk = await openDesk(SERVICES)));
  afterEach(closeDesks);

  // ---- Dialogs and messages ------------------------------------------------------------------------------------------

  it("a message arrives at the target, and the reply at the initiator", async () => {
    await desk.run(ASK);
    await desk.run(`${REPLY} SEND ON CONVERSATION @t MESSAGE TYPE tell (0x0102);`);
    assert.deepEqual(
      await desk.rows(
        "SELECT service_name, service_contract_name, message_type_name, validation, status FROM dbo.asking",
      ),
      [["asker", "talk", "tell", "N ", 1]],
    );
    const { rows } = await desk.run("RECEIVE message_body, message_sequence_number FROM dbo.asking");
    assert.deepEqual(rows, [[Uint8Array.of(1, 2), 0]]);
  });

  it("RECEIVE takes what it returns, SELECT does not", async () => {
    await desk.run(ASK);
    const count = "SELECT COUNT(*) FROM dbo.telling";
    assert.deepEqual(await desk.rows(count), [[1]]);
    await desk.run("RECEIVE * FROM dbo.telling");
    assert.deepEqual(await desk.rows(count), [[0]]);
    const empty = await desk.run("RECEIVE * FROM dbo.telling; SELECT @@ROWCOUNT");
    assert.deepEqual(empty.rows, []);
    assert.deepEqual(empty.sets[1]?.rows, [[0]]);
  });

  it("messages of a conversation come in the order in which they were sent", async () => {
    await desk.run(`${DIALOG} DECLARE @i int = 0;
      WHILE @i < 5 BEGIN DECLARE @b nvarchar(20) = CONCAT(N'<q n="', @i, N'"/>'); SEND ON CONVERSATION @h MESSAGE TYPE ask (@b); SET @i += 1; END`);
    const { rows } = await desk.run(
      "RECEIVE TOP (3) message_sequence_number, CAST(message_body AS nvarchar(20)) FROM dbo.telling",
    );
    assert.deepEqual(rows, [
      [0, '<q n="0"/>'],
      [1, '<q n="1"/>'],
      [2, '<q n="2"/>'],
    ]);
    assert.deepEqual(await desk.rows("SELECT message_sequence_number FROM dbo.telling"), [[3], [4]]);
  });

  it("a RECEIVE returns messages of one conversation group only", async () => {
    await desk.run(ASK);
    await desk.run(ASK);
    assert.equal((await desk.run("RECEIVE conversation_handle FROM dbo.telling")).rows.length, 1);
    assert.equal((await desk.run("RECEIVE conversation_handle FROM dbo.telling")).rows.length, 1);
  });

  it("RECEIVE puts messages into a table variable and values into variables", async () => {
    await desk.run(ASK);
    await desk.run(ASK);
    const into = await desk.run(`DECLARE @m TABLE (h uniqueidentifier, t nvarchar(256));
      RECEIVE conversation_handle, message_type_name FROM dbo.telling INTO @m; SELECT t FROM @m`);
    assert.deepEqual(into.rows, [["ask"]]);
    const assigned = await desk.run(`DECLARE @n nvarchar(256), @b xml;
      RECEIVE TOP (1) @n = message_type_name, @b = CAST(message_body AS xml) FROM dbo.telling; SELECT @n, @b, @@ROWCOUNT`);
    assert.deepEqual(assigned.rows, [["ask", "<q/>", 1]]);
  });

  it("one SEND goes over several conversations", async () => {
    await desk.run(`DECLARE @a uniqueidentifier, @b uniqueidentifier;
      BEGIN DIALOG @a FROM SERVICE asker TO SERVICE 'teller' ON CONTRACT talk;
      BEGIN DIALOG CONVERSATION @b FROM SERVICE asker TO SERVICE 'teller', 'CURRENT DATABASE' ON CONTRACT talk;
      SEND ON CONVERSATION (@a, @b) MESSAGE TYPE ask (N'<q/>');`);
    assert.deepEqual(await desk.rows("SELECT COUNT(DISTINCT conversation_handle) FROM dbo.telling"), [[2]]);
  });

  it("the type DEFAULT is sent when none is named, on the contract DEFAULT when none is named", async () => {
    await desk.run(
      `DECLARE @h uniqueidentifier; BEGIN DIALOG @h FROM SERVICE asker TO SERVICE 'teller'; SEND ON CONVERSATION @h ('x');`,
    );
    assert.deepEqual(
      await desk.rows("SELECT message_type_name, message_type_id, service_contract_name FROM dbo.telling"),
      [["DEFAULT", 14, "DEFAULT"]],
    );
  });

  it("names come from variables too", async () => {
    await desk.run(`DECLARE @h uniqueidentifier, @from sysname = 'asker', @to sysname = 'teller', @c sysname = 'talk', @m sysname = 'nothing';
      BEGIN DIALOG @h FROM SERVICE @from TO SERVICE @to ON CONTRACT @c; SEND ON CONVERSATION @h MESSAGE TYPE @m;`);
    assert.deepEqual(await desk.rows("SELECT message_type_name, message_body FROM dbo.telling"), [["nothing", null]]);
  });

  const refused: readonly [fact: string, sql: string, numbers: number[]][] = [
    ["a dialog begins at a known service", begin("none"), [8423]],
    ["service names are compared byte by byte", begin("Asker"), [8423]],
    ["a dialog follows a known contract", begin("asker", "ON CONTRACT none"), [8425]],
    ["a lifetime is positive", begin("asker", "WITH LIFETIME = 0"), [8411]],
    ["a lifetime is not NULL", begin("asker", "WITH LIFETIME = NULL"), [8406]],
    [
      "a handle is a uniqueidentifier",
      "DECLARE @h int; BEGIN DIALOG @h FROM SERVICE asker TO SERVICE 'teller'",
      [8402],
    ],
    [
      "a related conversation exists",
      begin("asker", "WITH RELATED_CONVERSATION = '00000000-0000-0000-0000-000000000001'"),
      [8426],
    ],
    ["a message type is known", `${DIALOG} SEND ON CONVERSATION @h MESSAGE TYPE other (0x00)`, [8428]],
    [
      "a message type is part of the contract",
      `${DIALOG} SEND ON CONVERSATION @h MESSAGE TYPE [DEFAULT] (0x00)`,
      [8431],
    ],
    [
      "an initiator sends nothing that is the target's",
      `${DIALOG} SEND ON CONVERSATION @h MESSAGE TYPE tell (0x00)`,
      [8432],
    ],
    [
      "a target sends nothing that is the initiator's",
      `${ASK} ${REPLY} SEND ON CONVERSATION @t MESSAGE TYPE ask (0x00)`,
      [8434],
    ],
    ["a body is not NULL", `${DIALOG} SEND ON CONVERSATION @h MESSAGE TYPE ask (NULL)`, [8433]],
    ["a body is well-formed", `${DIALOG} SEND ON CONVERSATION @h MESSAGE TYPE ask (N'<q>')`, [8430]],
    ["an empty message has no body", `${DIALOG} SEND ON CONVERSATION @h MESSAGE TYPE nothing (0x00)`, [8430]],
    ["a handle is not NULL", "DECLARE @h uniqueidentifier; SEND ON CONVERSATION @h (0x00)", [8418]],
    ["a handle is known", "SEND ON CONVERSATION '00000000-0000-0000-0000-000000000001' (0x00)", [8426]],
    [
      "handles are known, each",
      `${DIALOG} SEND ON CONVERSATION (@h, '00000000-0000-0000-0000-000000000001') (0x00)`,
      [8435],
    ],
    ["handles are different", `${DIALOG} SEND ON CONVERSATION (@h, @h) MESSAGE TYPE ask (N'<q/>')`, [8451]],
    [
      "variables and columns do not mix",
      "DECLARE @h uniqueidentifier; RECEIVE @h = conversation_handle, status FROM dbo.asking",
      [8447],
    ],
    [
      "variables and INTO do not mix",
      "DECLARE @h uniqueidentifier; DECLARE @m TABLE (s int); RECEIVE @h = conversation_handle FROM dbo.asking INTO @m",
      [8450],
    ],
    ["a queue is known", "RECEIVE * FROM dbo.none", [208]],
    ["a column is known", "RECEIVE nonsense FROM dbo.asking", [207]],
    ["the statement before is closed", `DECLARE @i int = 1 RECEIVE * FROM dbo.asking`, [102]],
    ["only handle and group select messages", "RECEIVE * FROM dbo.asking WHERE status = 1", [102]],
    ["an error needs code and text", `${DIALOG} END CONVERSATION @h WITH ERROR = 1 DESCRIPTION = NULL`, [8419]],
    ["a conversation ends once", `${ASK} END CONVERSATION @h; END CONVERSATION @h`, [8427]],
    [
      "nothing is sent after the end",
      `${ASK} END CONVERSATION @h; SEND ON CONVERSATION @h MESSAGE TYPE ask (N'<q/>')`,
      [8429],
    ],
    [
      "a timer ends within the lifetime",
      `${begin("asker", "WITH LIFETIME = 5")}; BEGIN CONVERSATION TIMER (@h) TIMEOUT = 60`,
      [8410],
    ],
    ["no timer runs after the end", `${ASK} END CONVERSATION @h; BEGIN CONVERSATION TIMER (@h) TIMEOUT = 1`, [8458]],
    [
      "a function sends nothing",
      "EXEC('CREATE FUNCTION f(@h uniqueidentifier) RETURNS int AS BEGIN SEND ON CONVERSATION @h (0x00); RETURN 1 END')",
      [443],
    ],
  ];
  for (const [fact, sql, numbers] of refused) it(fact, async () => assert.deepEqual(await desk.errors(sql), numbers));

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

  // ---- Ends ----------------------------------------------------------------------------------------------------------

  const states = "SELECT is_initiator, state FROM sys.conversation_endpoints ORDER BY is_initiator DESC";

  it("an end is told to the other side, and both have to end", async () => {
    await desk.run(DIALOG);
    assert.deepEqual(await desk.rows(states), [[1, "SO"]]);
    await desk.run(
      "DECLARE @h uniqueidentifier = (SELECT conversation_handle FROM sys.conversation_endpoints); SEND ON CONVERSATION @h MESSAGE TYPE nothing; END CONVERSATION @h",
    );
    assert.deepEqual(await desk.rows(states), [
      [1, "DO"],
      [0, "DI"],
    ]);
    const { rows } = await desk.run("RECEIVE message_type_name, message_type_id, message_body FROM dbo.telling");
    assert.deepEqual(rows[1], [`${BROKER}EndDialog`, 4, null]);
    await desk.run(
      "DECLARE @t uniqueidentifier = (SELECT conversation_handle FROM sys.conversation_endpoints WHERE is_initiator = 0); END CONVERSATION @t",
    );
    assert.deepEqual(await desk.rows(states), [[0, "CD"]]);
  });

  it("a target may end first; the side that has ended gets nothing more", async () => {
    await desk.run(ASK);
    await desk.run(`${REPLY} END CONVERSATION @t`);
    assert.deepEqual(await desk.rows(states), [
      [1, "DI"],
      [0, "DO"],
    ]);
    assert.deepEqual(
      await desk.errors(
        "DECLARE @h uniqueidentifier = (SELECT conversation_handle FROM dbo.asking); SEND ON CONVERSATION @h MESSAGE TYPE nothing",
      ),
      [8429],
    );
    await desk.run("DECLARE @h uniqueidentifier = (SELECT conversation_handle FROM dbo.asking); END CONVERSATION @h");
    assert.deepEqual(await desk.rows(states), [[0, "CD"]]);
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM dbo.asking"), [[0]]);
  });

  it("END WITH ERROR sends code and text", async () => {
    await desk.run(ASK);
    await desk.run(`${REPLY} END CONVERSATION @t WITH ERROR = 17 DESCRIPTION = 'a < b'`);
    const { rows } = await desk.run("RECEIVE message_type_name, CAST(message_body AS xml) FROM dbo.asking");
    assert.deepEqual(rows, [
      [`${BROKER}Error`, `<Error xmlns="${BROKER}Error"><Code>17</Code><Description>a &lt; b</Description></Error>`],
    ]);
    assert.deepEqual((await desk.rows(states))[0], [1, "ER"]);
  });

  it("END WITH CLEANUP leaves no trace and tells nobody", async () => {
    await desk.run(`${ASK} END CONVERSATION @h WITH CLEANUP`);
    assert.deepEqual(await desk.rows(states), [[0, "CO"]]);
    await desk.run(`${REPLY} END CONVERSATION @t WITH CLEANUP`);
    assert.deepEqual(await desk.rows(states), []);
    await desk.run(ASK);
    await desk.run(
      "DECLARE @t uniqueidentifier = (SELECT conversation_handle FROM dbo.telling); END CONVERSATION @t WITH CLEANUP",
    );
    assert.deepEqual(await desk.rows(states), [[1, "CO"]]);
    await desk.run(
      "DECLARE @h uniqueidentifier = (SELECT conversation_handle FROM sys.conversation_endpoints); SEND ON CONVERSATION @h MESSAGE TYPE nothing",
    );
    const { rows } = await desk.run("RECEIVE CAST(CAST(message_body AS xml) AS nvarchar(max)) FROM dbo.asking");
    assert.match(String(rows[0]?.[0]), /<Code>-8462<\/Code>/);
  });

  it("CLEANUP is for owners of the database", async () => {
    await desk.run(`CREATE USER u WITHOUT LOGIN; GRANT RECEIVE ON dbo.asking TO u; GRANT VIEW DEFINITION TO u; ${ASK}`);
    const sql =
      "EXECUTE AS USER = 'u'; DECLARE @h uniqueidentifier = (SELECT conversation_handle FROM sys.conversation_endpoints WHERE is_initiator = 1); END CONVERSATION @h";
    assert.deepEqual(await desk.errors(`${sql} WITH CLEANUP`), [28006]);
    assert.deepEqual(await desk.errors("REVERT"), []);
    assert.deepEqual(await desk.errors(`${sql}; REVERT`), []);
  });

  it("a contract that the target does not accept comes back as an error", async () => {
    await desk.run("ALTER SERVICE teller (DROP CONTRACT talk)");
    await desk.run(ASK);
    const { rows } = await desk.run("RECEIVE CAST(CAST(message_body AS xml) AS nvarchar(max)) FROM dbo.asking");
    assert.match(String(rows[0]?.[0]), /<Code>-8408<\/Code>/);
    assert.deepEqual(await desk.rows(states), [[1, "ER"]]);
    await desk.run(
      "DECLARE @h uniqueidentifier = (SELECT conversation_handle FROM sys.conversation_endpoints); END CONVERSATION @h",
    );
    assert.deepEqual(await desk.rows(states), []);
  });

  it("DROP SERVICE deletes its messages and tells the far sides", async () => {
    await desk.run(ASK);
    await desk.run("DROP SERVICE teller");
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM dbo.telling"), [[0]]);
    assert.deepEqual(await desk.rows(states), [[1, "ER"]]);
    const { rows } = await desk.run("RECEIVE CAST(CAST(message_body AS xml) AS nvarchar(max)) FROM dbo.asking");
    assert.match(String(rows[0]?.[0]), /<Code>-8470<\/Code>/);
  });

  it("ALTER SERVICE takes its messages along to another queue", async () => {
    await desk.run(ASK);
    await desk.run("CREATE QUEUE dbo.other; ALTER SERVICE teller ON QUEUE dbo.other");
    assert.deepEqual((await desk.run("RECEIVE message_type_name FROM dbo.other")).rows, [["ask"]]);
  });

  it("a queue with retention keeps what was sent and received until the conversation ends", async () => {
    await desk.run("ALTER QUEUE dbo.asking WITH RETENTION = ON; ALTER QUEUE dbo.telling WITH RETENTION = ON");
    await desk.run(ASK);
    await desk.run(REPLY);
    assert.deepEqual(await desk.rows("SELECT status FROM dbo.asking UNION ALL SELECT status FROM dbo.telling"), [
      [3],
      [0],
    ]);
    assert.deepEqual((await desk.run("RECEIVE * FROM dbo.telling")).rows, []);
    await desk.run("DECLARE @h uniqueidentifier = (SELECT conversation_handle FROM dbo.asking); END CONVERSATION @h");
    assert.deepEqual(await desk.rows("SELECT status FROM dbo.asking"), []);
  });

  // ---- Time ----------------------------------------------------------------------------------------------------------

  it("a timer puts a message into the local queue", async () => {
    await desk.run(`${DIALOG} BEGIN CONVERSATION TIMER (@h) TIMEOUT = 0;`);
    const { rows } = await desk.run("WAITFOR (RECEIVE message_type_name, message_body FROM dbo.asking), TIMEOUT 20000");
    assert.deepEqual(rows, [[`${BROKER}DialogTimer`, null]]);
  });

  it("a dialog that lives too long fails on both sides", async () => {
    await desk.run(ASK.replace("OFF", "OFF, LIFETIME = 1"));
    const initiator = await desk.run(
      "WAITFOR (RECEIVE CAST(CAST(message_body AS xml) AS nvarchar(max)) FROM dbo.asking), TIMEOUT 20000",
    );
    assert.match(String(initiator.rows[0]?.[0]), /<Code>-8489<\/Code>/);
    assert.deepEqual(await desk.rows("SELECT DISTINCT state FROM sys.conversation_endpoints"), [["ER"]]);
  });

  // ---- What cannot be delivered --------------------------------------------------------------------------------------

  const status = "SELECT to_service_name, transmission_status FROM sys.transmission_queue";

  it("a message to a service that is not there waits until it is", async () => {
    await desk.run(ASK.replace("'teller'", "'later'"));
    assert.match(String((await desk.rows(status))[0]?.[1]), /target service name could not be found/);
    await desk.run("CREATE SERVICE later ON QUEUE dbo.telling (talk)");
    assert.deepEqual(await desk.rows(status), []);
    assert.deepEqual(await desk.rows("SELECT service_name FROM dbo.telling"), [["later"]]);
  });

  it("without a route nothing is delivered", async () => {
    await desk.run("DROP ROUTE AutoCreatedLocal");
    await desk.run(ASK);
    assert.match(String((await desk.rows(status))[0]?.[1]), /^No route matches/);
    await desk.run("CREATE ROUTE here WITH SERVICE_NAME = 'teller', ADDRESS = 'LOCAL'");
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM dbo.telling"), [[1]]);
  });

  it("a route to another host leads nowhere from here", async () => {
    await desk.run("CREATE ROUTE far WITH SERVICE_NAME = 'teller', ADDRESS = 'TCP://far:4022'");
    await desk.run(ASK);
    assert.deepEqual(await desk.rows(status), [["teller", "The target service broker is unreachable."]]);
  });

  it("a disabled broker keeps what is sent, and delivers when it is enabled", async () => {
    await desk.run("ALTER DATABASE desk SET DISABLE_BROKER");
    await desk.run(`${ASK} SEND ON CONVERSATION @h MESSAGE TYPE nothing`);
    assert.deepEqual(await desk.rows("SELECT message_type_name, is_end_of_dialog FROM sys.transmission_queue"), [
      ["ask", 0],
      ["nothing", 0],
    ]);
    assert.match(String((await desk.rows(status))[0]?.[1]), /broker is disabled in the sender's database/);
    await desk.run("ALTER DATABASE desk SET ENABLE_BROKER");
    assert.deepEqual(await desk.rows("SELECT message_type_name FROM dbo.telling"), [["ask"], ["nothing"]]);
  });

  it("a queue that is switched off keeps its messages out, and RECEIVE fails", async () => {
    await desk.run("ALTER QUEUE dbo.telling WITH STATUS = OFF");
    await desk.run(ASK);
    assert.match(String((await desk.rows(status))[0]?.[1]), /Error: 9617.*"telling" is currently disabled/);
    assert.deepEqual(await desk.errors("RECEIVE * FROM dbo.telling"), [9617]);
    await desk.run("ALTER QUEUE dbo.telling WITH STATUS = ON");
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM dbo.telling"), [[1]]);
  });

  it("HONOR_BROKER_PRIORITY decides the priority of what waits", async () => {
    await desk.run(
      "CREATE BROKER PRIORITY p FOR CONVERSATION SET (CONTRACT_NAME = talk, PRIORITY_LEVEL = 9); ALTER DATABASE desk SET DISABLE_BROKER",
    );
    await desk.run(ASK);
    await desk.run("ALTER DATABASE desk SET HONOR_BROKER_PRIORITY ON");
    await desk.run(ASK);
    assert.deepEqual(await desk.rows("SELECT priority FROM sys.transmission_queue"), [[5], [9]]);
  });

  // ---- Another database ----------------------------------------------------------------------------------------------

  async function openOther(target: string): Promise<void> {
    await desk.run("CREATE DATABASE other");
    await desk.run(
      `USE other; ${SERVICES.replace(/CREATE SERVICE asker.*\n/, "").replaceAll("teller", target)}; USE desk`,
    );
  }

  it("a service in another database is reached when public may send to it", async () => {
    await openOther("distant");
    await desk.run(ASK.replace("'teller'", "'distant'"));
    assert.match(
      String((await desk.rows(status))[0]?.[1]),
      /You do not have permission to access the service 'distant'/,
    );
    await desk.run(
      "USE other; GRANT SEND ON SERVICE::distant TO public; ALTER QUEUE dbo.telling WITH STATUS = ON; USE desk",
    );
    assert.deepEqual(await desk.rows(status), []);
    const answer = `USE other; ${REPLY} SEND ON CONVERSATION @t MESSAGE TYPE tell (0x07); USE desk`;
    await desk.run(answer);
    assert.deepEqual((await desk.run("RECEIVE message_body FROM dbo.asking")).rows, [[Uint8Array.of(7)]]);
  });

  it("between databases encryption needs a master key", async () => {
    await openOther("distant");
    await desk.run("USE other; GRANT SEND ON SERVICE::distant TO public; USE desk");
    await desk.run(ASK.replace("'teller'", "'distant'").replace("OFF", "ON"));
    assert.match(String((await desk.rows(status))[0]?.[1]), /database master key is required/);
  });

  it("the target's definition of a message type counts, and a bad message comes back as an error", async () => {
    await openOther("distant");
    await desk.run(
      "USE other; GRANT SEND ON SERVICE::distant TO public; USE desk; ALTER MESSAGE TYPE ask VALIDATION = NONE",
    );
    await desk.run(ASK.replace("'teller'", "'distant'").replace("<q/>", "<q>"));
    const { rows } = await desk.run("RECEIVE CAST(CAST(message_body AS xml) AS nvarchar(max)) FROM dbo.asking");
    assert.match(String(rows[0]?.[0]), /<Code>-9615<\/Code>/);
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM other.dbo.telling"), [[0]]);
  });

  it("an instance that is asked for has to be there", async () => {
    await desk.run(ASK.replace("'teller'", "'teller', 'A326E034-D4CF-4E8B-8D98-4D7E1926C904'"));
    assert.match(String((await desk.rows(status))[0]?.[1]), /Could not find the target broker/);
  });

  // ---- Permissions ---------------------------------------------------------------------------------------------------

  it("a dialog needs RECEIVE on the initiator's queue and REFERENCES on the contract", async () => {
    await desk.run("CREATE USER u WITHOUT LOGIN");
    const attempt = (): Promise<number[]> => desk.errors(`EXECUTE AS USER = 'u'; ${ASK} REVERT`);
    assert.deepEqual((await attempt())[0], 229);
    await desk.errors("REVERT");
    await desk.run("GRANT RECEIVE ON dbo.asking TO u");
    assert.deepEqual((await attempt())[0], 15151);
    await desk.errors("REVERT");
    await desk.run("GRANT REFERENCES ON CONTRACT::talk TO u");
    assert.deepEqual(await attempt(), []);
    assert.deepEqual(await desk.errors("EXECUTE AS USER = 'u'; RECEIVE * FROM dbo.telling; REVERT"), [229]);
  });

  it("the initiator's owner needs SEND on the target", async () => {
    await desk.run("CREATE USER owner1 WITHOUT LOGIN; ALTER AUTHORIZATION ON SERVICE::asker TO owner1");
    await desk.run(ASK);
    assert.match(String((await desk.rows(status))[0]?.[1]), /permission to access the service 'teller'/);
    await desk.run("GRANT SEND ON SERVICE::teller TO owner1; ALTER QUEUE dbo.telling WITH STATUS = ON");
    assert.deepEqual(await desk.rows(status), []);
  });
});

function begin(service: string, more = ""): string {
  return `DECLARE @h uniqueidentifier; BEGIN DIALOG @h FROM SERVICE [${service}] TO SERVICE 'teller' ${more}`;
}
