/** Conversations of Service Broker on the twin. Facts: reference sheet "service broker" 14, 16 and 18; sql-docs on each statement. */
import assert from "node:assert/strict";
import { ASK, closeDesks, DIALOG, openDesk, REPLY, SERVICES, type Desk } from "./broker-desk";

const BROKER = "http://schemas.microsoft.com/SQL/ServiceBroker/";

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
});

function begin(service: string, more = ""): string {
  return `DECLARE @h uniqueidentifier; BEGIN DIALOG @h FROM SERVICE [${service}] TO SERVICE 'teller' ${more}`;
}
