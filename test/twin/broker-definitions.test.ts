/** Definitions of Service Broker on the twin. Facts: reference sheet "service broker" 2 to 10, 14, 15 and 19. */
import assert from "node:assert/strict";
import { closeDesks, DIALOG, openDesk, SERVICES, type Desk } from "./broker-desk";
import { loginAs, must, query } from "./collector";

describe("service broker definitions", () => {
  let desk: Desk;
  beforeEach(async () => (desk = await openDesk(SERVICES)));
  afterEach(closeDesks);

  const refused: readonly [fact: string, sql: string, numbers: number[]][] = [
    ["a message type exists once", "CREATE MESSAGE TYPE ask", [15530]],
    ["a message type that is not there cannot be altered", "ALTER MESSAGE TYPE Ask VALIDATION = NONE", [15151]],
    ["a message type of a contract cannot be dropped", "DROP MESSAGE TYPE ask", [3716]],
    ["a built-in message type cannot be altered", "ALTER MESSAGE TYPE [DEFAULT] VALIDATION = EMPTY", [9663]],
    ["a built-in contract cannot be dropped", "DROP CONTRACT [DEFAULT]", [9663]],
    ["a name of a message type has one part", "CREATE MESSAGE TYPE dbo.x", [9609]],
    ["a contract needs a message that the initiator sends", "CREATE CONTRACT c (tell SENT BY TARGET)", [8492]],
    ["a contract has each message type once", "CREATE CONTRACT c (tell SENT BY ANY, tell SENT BY ANY)", [8403]],
    ["a contract is made of known message types", "CREATE CONTRACT c (Tell SENT BY ANY)", [8428]],
    ["a contract of a service cannot be dropped", "DROP CONTRACT talk", [3716]],
    ["a queue exists once in its schema", "CREATE QUEUE dbo.asking", [2714]],
    ["a queue of a service cannot be dropped", "DROP QUEUE dbo.asking", [3716]],
    ["a queue that is not there cannot be altered", "ALTER QUEUE dbo.none WITH STATUS = ON", [15151]],
    [
      "activation asks for a procedure",
      "CREATE QUEUE q WITH ACTIVATION (MAX_QUEUE_READERS = 1, EXECUTE AS OWNER)",
      [9614],
    ],
    [
      "activation asks for an existing procedure",
      "CREATE QUEUE q WITH ACTIVATION (PROCEDURE_NAME = none, MAX_QUEUE_READERS = 1, EXECUTE AS OWNER)",
      [9614],
    ],
    ["activation runs as somebody who exists", activation("p", "'nobody'"), [9611]],
    ["activation takes no function", activation("f", "OWNER"), [9620]],
    ["activation takes no procedure with parameters", activation("parameters", "OWNER"), [9653]],
    ["activation takes no temporary procedure", activation("#p", "OWNER"), [9742]],
    [
      "activation asks for a user",
      "CREATE QUEUE q WITH ACTIVATION (PROCEDURE_NAME = p, MAX_QUEUE_READERS = 1)",
      [9613],
    ],
    ["a service exists once", "CREATE SERVICE asker ON QUEUE dbo.asking", [15530]],
    ["a service stands on a queue", "CREATE SERVICE s ON QUEUE dbo.none", [15151]],
    ["a service has each contract once", "CREATE SERVICE s ON QUEUE dbo.asking (talk, talk)", [8404]],
    ["a service accepts known contracts", "CREATE SERVICE s ON QUEUE dbo.asking (none)", [8425]],
    ["ALTER SERVICE has to change something", "ALTER SERVICE teller ON QUEUE dbo.telling", [8493]],
    ["ALTER SERVICE adds no contract twice", "ALTER SERVICE teller (ADD CONTRACT talk)", [8404]],
    ["ALTER SERVICE drops no contract that is not there", "ALTER SERVICE asker (DROP CONTRACT talk)", [8425]],
    ["a route goes somewhere", "CREATE ROUTE r WITH ADDRESS = ''", [9659]],
    ["a route's address is an address", "CREATE ROUTE r WITH ADDRESS = 'http://x'", [9744]],
    ["a route's instance needs its service", "CREATE ROUTE r WITH BROKER_INSTANCE = 'x', ADDRESS = 'LOCAL'", [9662]],
    ["a route by transport names no service", "CREATE ROUTE r WITH SERVICE_NAME = 's', ADDRESS = 'TRANSPORT'", [9745]],
    ["a route lives for a while", "CREATE ROUTE r WITH LIFETIME = 0, ADDRESS = 'LOCAL'", [9746]],
    [
      "a mirror needs service and instance",
      "CREATE ROUTE r WITH ADDRESS = 'TCP://a:1', MIRROR_ADDRESS = 'TCP://b:1'",
      [9661],
    ],
    [
      "a mirror is elsewhere",
      "CREATE ROUTE r WITH SERVICE_NAME = 's', BROKER_INSTANCE = 'x', ADDRESS = 'TCP://a:1', MIRROR_ADDRESS = 'TCP://a:1'",
      [9747],
    ],
    [
      "a mirror of a local route makes no sense",
      "CREATE ROUTE r WITH SERVICE_NAME = 's', BROKER_INSTANCE = 'x', ADDRESS = 'LOCAL', MIRROR_ADDRESS = 'TCP://a:1'",
      [9743],
    ],
    [
      "a binding's user cannot be a role",
      "CREATE REMOTE SERVICE BINDING b TO SERVICE 'x' WITH USER = db_owner",
      [28083],
    ],
    [
      "a priority names a known contract",
      "CREATE BROKER PRIORITY p FOR CONVERSATION SET (CONTRACT_NAME = none)",
      [8425],
    ],
    ["DROP has no IF EXISTS for a service", "DROP SERVICE IF EXISTS asker", [156]],
    [
      "XML schema collections are refused by name",
      "CREATE MESSAGE TYPE x VALIDATION = VALID_XML WITH SCHEMA COLLECTION c",
      [49999],
    ],
    ["an endpoint cannot be made in a transaction", `BEGIN TRAN; ${endpoint()}; ROLLBACK`, [226]],
    ["a queue cannot be inserted into", "INSERT dbo.asking DEFAULT VALUES", [416]],
    ["a queue cannot be updated", "UPDATE dbo.asking SET status = 1", [416]],
    ["a queue cannot be deleted from", "DELETE dbo.asking", [416]],
    ["a queue cannot be truncated", "TRUNCATE TABLE dbo.asking", [4708]],
  ];
  for (const [fact, sql, numbers] of refused)
    it(fact, async () => {
      await desk.run("CREATE PROCEDURE p AS RETURN 0");
      await desk.run("CREATE PROCEDURE parameters @a int AS RETURN 0");
      await desk.run("CREATE FUNCTION f() RETURNS int AS BEGIN RETURN 1 END");
      assert.deepEqual(await desk.errors(sql), numbers);
    });

  it("names of services and message types differ by case even where nothing else does", async () => {
    await desk.run("CREATE MESSAGE TYPE ASK; CREATE SERVICE ASKER ON QUEUE dbo.asking");
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM sys.services WHERE UPPER(name) = 'ASKER'"), [[2]]);
  });

  it("what is built in has ids below 65536, and a new database one route", async () => {
    const below = "SELECT COUNT(*) FROM sys.service_message_types WHERE message_type_id < 65536";
    assert.deepEqual(await desk.rows(below), [[14]]);
    assert.deepEqual(await desk.rows("SELECT name, route_id, address FROM sys.routes"), [
      ["AutoCreatedLocal", 65536, "LOCAL"],
    ]);
    await desk.run("DROP ROUTE AutoCreatedLocal");
    assert.deepEqual(await desk.rows("SELECT name FROM sys.routes"), []);
  });

  it("the catalog shows message types and who sends them", async () => {
    assert.deepEqual(
      await desk.rows(`SELECT t.name, t.validation, u.is_sent_by_initiator, u.is_sent_by_target FROM sys.service_contract_message_usages u
        JOIN sys.service_message_types t ON t.message_type_id = u.message_type_id
        JOIN sys.service_contracts c ON c.service_contract_id = u.service_contract_id WHERE c.name = 'talk' ORDER BY t.name`),
      [
        ["ask", "X ", 1, 0],
        ["nothing", "E ", 1, 1],
        ["tell", "N ", 0, 1],
      ],
    );
  });

  it("ALTER MESSAGE TYPE changes the validation", async () => {
    await desk.run("ALTER MESSAGE TYPE tell VALIDATION = EMPTY");
    assert.deepEqual(await desk.rows("SELECT validation FROM sys.service_message_types WHERE name = 'tell'"), [["E "]]);
  });

  it("a queue has the defaults of the documentation", async () => {
    const columns =
      "is_receive_enabled, is_enqueue_enabled, is_retention_enabled, is_poison_message_handling_enabled, is_activation_enabled, activation_procedure";
    assert.deepEqual(await desk.rows(`SELECT ${columns} FROM sys.service_queues WHERE name = 'asking'`), [
      [1, 1, 0, 1, 0, null],
    ]);
    await desk.run("ALTER QUEUE dbo.asking WITH STATUS = OFF, RETENTION = ON, POISON_MESSAGE_HANDLING (STATUS = OFF)");
    assert.deepEqual(await desk.rows(`SELECT ${columns} FROM sys.service_queues WHERE name = 'asking'`), [
      [0, 0, 1, 0, 0, null],
    ]);
    assert.deepEqual(await desk.rows("SELECT name, type FROM sys.objects WHERE type = 'SQ' ORDER BY name"), [
      ["asking", "SQ"],
      ["telling", "SQ"],
    ]);
  });

  it("activation is shown with the whole name of its procedure, and changes member by member", async () => {
    await desk.run("CREATE PROCEDURE p AS RETURN 0");
    await desk.run("CREATE USER reader WITHOUT LOGIN");
    await desk.run(activation("p", "OWNER"));
    const sql =
      "SELECT max_readers, activation_procedure, execute_as_principal_id, is_activation_enabled FROM sys.service_queues WHERE name = 'q'";
    assert.deepEqual(await desk.rows(sql), [[2, "[desk].[dbo].[p]", -2, 1]]);
    await desk.run("ALTER QUEUE q WITH ACTIVATION (MAX_QUEUE_READERS = 7)");
    await desk.run("ALTER QUEUE q WITH ACTIVATION (STATUS = OFF, EXECUTE AS 'reader')");
    assert.deepEqual(await desk.rows(sql), [[7, "[desk].[dbo].[p]", 5, 0]]);
    await desk.run("ALTER QUEUE q WITH ACTIVATION (EXECUTE AS SELF)");
    assert.deepEqual(await desk.rows(sql), [[7, "[desk].[dbo].[p]", 1, 0]]);
    await desk.run("ALTER QUEUE q WITH ACTIVATION (DROP)");
    assert.deepEqual(await desk.rows(sql), [[0, null, null, 0]]);
  });

  it("a procedure added by ALTER QUEUE does not switch activation on", async () => {
    await desk.run("CREATE PROCEDURE p AS RETURN 0");
    await desk.run(
      "ALTER QUEUE dbo.asking WITH ACTIVATION (PROCEDURE_NAME = p, MAX_QUEUE_READERS = 1, EXECUTE AS OWNER)",
    );
    assert.deepEqual(await desk.rows("SELECT is_activation_enabled FROM sys.service_queues WHERE name = 'asking'"), [
      [0],
    ]);
  });

  it("an activation without readers is written to the log", async () => {
    await desk.run("CREATE PROCEDURE p AS RETURN 0");
    await desk.run("CREATE QUEUE q WITH ACTIVATION (PROCEDURE_NAME = p, MAX_QUEUE_READERS = 0, EXECUTE AS OWNER)");
    assert.deepEqual(desk.log(), [9648]);
  });

  it("a queue's maintenance is accepted and its filegroup checked", async () => {
    await desk.run(
      "ALTER QUEUE dbo.asking REBUILD WITH (MAXDOP = 1); ALTER QUEUE dbo.asking REORGANIZE; ALTER QUEUE dbo.asking MOVE TO [PRIMARY]",
    );
    assert.deepEqual(await desk.errors("ALTER QUEUE dbo.asking MOVE TO nowhere"), [1921]);
  });

  it("the messages of a queue lie in an internal table, whose indexes show the filegroup", async () => {
    await desk.run(
      "ALTER DATABASE desk ADD FILEGROUP messages; ALTER DATABASE desk ADD FILE (NAME = messages, FILENAME = '/data/messages.ndf') TO FILEGROUP messages",
    );
    const place = `SELECT i.name, d.name FROM sys.service_queues q
      JOIN sys.internal_tables t ON t.parent_id = q.object_id AND t.internal_type = 201
      JOIN sys.indexes i ON i.object_id = t.object_id JOIN sys.data_spaces d ON d.data_space_id = i.data_space_id
      WHERE q.name = 'asking' ORDER BY i.index_id`;
    const indexes = (filegroup: string) => [
      ["queue_clustered_index", filegroup],
      ["queue_secondary_index", filegroup],
    ];
    assert.deepEqual(await desk.rows(place), indexes("PRIMARY"));
    await desk.run("ALTER QUEUE dbo.asking MOVE TO messages");
    assert.deepEqual(await desk.rows(place), indexes("messages"));
    assert.deepEqual(
      await desk.errors("ALTER DATABASE desk REMOVE FILE messages"),
      [5042],
      "a file with a queue in it stays",
    );
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM sys.objects WHERE type = 'IT' AND is_ms_shipped = 1"), [
      [2],
    ]);
  });

  it("ALTER SERVICE moves to another queue and changes contracts", async () => {
    await desk.run("CREATE QUEUE other; ALTER SERVICE teller ON QUEUE other (DROP CONTRACT [DEFAULT])");
    assert.deepEqual(
      await desk.rows(`SELECT q.name, c.name FROM sys.services s JOIN sys.service_queues q ON q.object_id = s.service_queue_id
        JOIN sys.service_contract_usages u ON u.service_id = s.service_id JOIN sys.service_contracts c ON c.service_contract_id = u.service_contract_id
        WHERE s.name = 'teller'`),
      [["other", "talk"]],
    );
  });

  it("a route's life is kept as a moment, and ALTER leaves what is not written", async () => {
    await desk.run("CREATE ROUTE r WITH SERVICE_NAME = 's', LIFETIME = 600, ADDRESS = 'TCP://host:4022'");
    await desk.run("ALTER ROUTE r WITH ADDRESS = 'TCP://other:4022'");
    assert.deepEqual(
      await desk.rows(
        "SELECT remote_service_name, broker_instance, address, CASE WHEN DATEDIFF(second, GETUTCDATE(), lifetime) BETWEEN 500 AND 600 THEN 1 END FROM sys.routes WHERE name = 'r'",
      ),
      [["s", null, "TCP://other:4022", 1]],
    );
  });

  it("one binding serves one remote service", async () => {
    await desk.run("CREATE USER far WITHOUT LOGIN; CREATE REMOTE SERVICE BINDING b TO SERVICE 'x' WITH USER = far");
    assert.deepEqual(await desk.errors("CREATE REMOTE SERVICE BINDING c TO SERVICE 'x' WITH USER = far"), [9619]);
    await desk.run("ALTER REMOTE SERVICE BINDING b WITH ANONYMOUS = ON");
    assert.deepEqual(
      await desk.rows("SELECT name, remote_service_name, is_anonymous_on FROM sys.remote_service_bindings"),
      [["b", "x", 1]],
    );
    await desk.run("DROP REMOTE SERVICE BINDING b");
  });

  it("priorities know ANY as NULL, and stand in the way of what they name", async () => {
    await desk.run(
      "CREATE BROKER PRIORITY p FOR CONVERSATION SET (CONTRACT_NAME = talk, LOCAL_SERVICE_NAME = ANY, PRIORITY_LEVEL = 8)",
    );
    await desk.run("CREATE BROKER PRIORITY plain FOR CONVERSATION");
    assert.deepEqual(
      await desk.rows(
        "SELECT name, IIF(service_contract_id IS NULL, 0, 1), local_service_id, remote_service_name, priority FROM sys.conversation_priorities",
      ),
      [
        ["p", 1, null, null, 8],
        ["plain", 0, null, null, 5],
      ],
    );
    await desk.run("ALTER SERVICE teller (DROP CONTRACT talk)");
    const [error] = (await query(desk.session, "DROP CONTRACT talk")).errors;
    assert.equal(
      error?.message,
      "The contract 'talk' cannot be dropped because it is bound to one or more conversation priority.",
    );
    await desk.run(
      "ALTER BROKER PRIORITY p FOR CONVERSATION SET (CONTRACT_NAME = ANY); DROP BROKER PRIORITY p; DROP CONTRACT talk",
    );
  });

  it("a server has one endpoint for the broker, stopped unless it says otherwise", async () => {
    await desk.run(endpoint());
    assert.deepEqual(await desk.errors(endpoint("other")), [7862]);
    assert.deepEqual(
      await desk.rows(
        "SELECT name, type_desc, state_desc, connection_auth_desc, encryption_algorithm_desc, is_message_forwarding_enabled FROM sys.service_broker_endpoints",
      ),
      [["broker", "SERVICE_BROKER", "STOPPED", "NEGOTIATE", "AES", 0]],
    );
    await desk.run(
      "ALTER ENDPOINT broker STATE = STARTED AS TCP (LISTENER_PORT = 4023) FOR SERVICE_BROKER (ENCRYPTION = DISABLED)",
    );
    assert.deepEqual(
      await desk.rows("SELECT port FROM sys.tcp_endpoints WHERE name = 'broker' AND state_desc = 'STARTED'"),
      [[4023]],
    );
    await desk.run("DROP ENDPOINT broker");
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM sys.endpoints WHERE endpoint_id >= 65536"), [[0]]);
  });

  it("definitions are part of a transaction", async () => {
    await desk.run("BEGIN TRAN; CREATE SERVICE s ON QUEUE dbo.asking; DROP SERVICE teller; ROLLBACK");
    assert.deepEqual(await desk.rows("SELECT name FROM sys.services WHERE service_id > 65536 ORDER BY name"), [
      ["asker"],
      ["teller"],
    ]);
  });

  it("owners change only by ALTER AUTHORIZATION, and an owner cannot be dropped", async () => {
    await desk.run("CREATE USER other WITHOUT LOGIN; ALTER AUTHORIZATION ON SERVICE::teller TO other");
    assert.deepEqual(await desk.rows("SELECT USER_NAME(principal_id) FROM sys.services WHERE name = 'teller'"), [
      ["other"],
    ]);
    assert.deepEqual(await desk.errors("DROP USER other"), [15138]);
    assert.deepEqual(await desk.errors("ALTER AUTHORIZATION ON SERVICE::Teller TO dbo"), [15151]);
    await desk.run("CREATE MESSAGE TYPE theirs AUTHORIZATION other");
    assert.deepEqual(
      await desk.rows("SELECT USER_NAME(principal_id) FROM sys.service_message_types WHERE name = 'theirs'"),
      [["other"]],
    );
  });

  it("permissions on the classes are granted, shown and gone with their object", async () => {
    await desk.run(`CREATE USER u WITHOUT LOGIN; GRANT SEND ON SERVICE::teller TO u; GRANT REFERENCES ON CONTRACT::talk TO u; GRANT REFERENCES ON MESSAGE TYPE::ask TO u;
      DENY ALTER ON ROUTE::AutoCreatedLocal TO u; GRANT RECEIVE ON dbo.asking TO u;`);
    const sql =
      "SELECT class_desc, permission_name, type, state FROM sys.database_permissions WHERE grantee_principal_id = USER_ID('u') AND class > 0 ORDER BY class";
    assert.deepEqual(await desk.rows(sql), [
      ["OBJECT_OR_COLUMN", "RECEIVE", "RC  ", "G"],
      ["MESSAGE_TYPE", "REFERENCES", "RF  ", "G"],
      ["SERVICE_CONTRACT", "REFERENCES", "RF  ", "G"],
      ["SERVICE", "SEND", "SN  ", "G"],
      ["ROUTE", "ALTER", "AL  ", "D"],
    ]);
    await desk.run("DROP SERVICE teller; DROP ROUTE AutoCreatedLocal");
    assert.deepEqual(await desk.rows(`SELECT COUNT(*) FROM (${sql.replace(" ORDER BY class", "")}) AS p`), [[3]]);
    assert.deepEqual(await desk.errors("GRANT RECEIVE ON SERVICE::asker TO u"), [4606]);
    assert.deepEqual(await desk.errors("GRANT SEND ON SERVICE::none TO u"), [15151]);
  });

  it("definitions need permissions; a queue is dropped by those who control it", async () => {
    await desk.run(
      "CREATE USER u WITHOUT LOGIN; GRANT ALTER ON dbo.asking TO u; GRANT CREATE SERVICE, CREATE CONTRACT TO u; CREATE QUEUE free; GRANT ALTER ON free TO u",
    );
    const as = (sql: string): Promise<number[]> => desk.errors(`EXECUTE AS USER = 'u'; ${sql}; REVERT`);
    assert.deepEqual(await as("CREATE MESSAGE TYPE x"), [262]);
    assert.deepEqual(await as("ALTER QUEUE dbo.asking WITH RETENTION = ON"), []);
    assert.deepEqual(await as("DROP QUEUE free"), [15151]);
    assert.deepEqual(await as("CREATE SERVICE s ON QUEUE dbo.asking"), [15151]);
    assert.deepEqual(await as("CREATE CONTRACT c (ask SENT BY ANY)"), [15151]);
    assert.deepEqual(await as("CREATE BROKER PRIORITY p FOR CONVERSATION"), [262]);
    assert.deepEqual(await as("ALTER ROUTE AutoCreatedLocal WITH ADDRESS = 'LOCAL'"), [15151]);
    assert.deepEqual(await as("SELECT * FROM dbo.telling"), [229]);
  });

  it("NEW_BROKER gives another identity and drops every conversation", async () => {
    await desk.run(`${DIALOG} SEND ON CONVERSATION @h MESSAGE TYPE ask (N'<q/>');`);
    const guid = "SELECT service_broker_guid FROM sys.databases WHERE name = 'desk'";
    const before = await desk.rows(guid);
    await desk.run("ALTER DATABASE desk SET NEW_BROKER WITH ROLLBACK IMMEDIATE");
    assert.notDeepEqual(await desk.rows(guid), before);
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM sys.conversation_endpoints"), [[0]]);
    assert.deepEqual(await desk.rows("SELECT COUNT(*) FROM dbo.telling"), [[0]]);
  });

  it("ERROR_BROKER_CONVERSATIONS ends every conversation with an error and enables the broker", async () => {
    await desk.run(`${DIALOG} SEND ON CONVERSATION @h MESSAGE TYPE ask (N'<q/>');`);
    await desk.run("ALTER DATABASE desk SET DISABLE_BROKER; ALTER DATABASE desk SET ERROR_BROKER_CONVERSATIONS");
    assert.deepEqual(await desk.rows("SELECT is_broker_enabled FROM sys.databases WHERE name = 'desk'"), [[1]]);
    assert.deepEqual(await desk.rows("SELECT DISTINCT state FROM sys.conversation_endpoints"), [["ER"]]);
    assert.deepEqual(await desk.rows("SELECT message_type_name FROM dbo.asking"), [
      ["http://schemas.microsoft.com/SQL/ServiceBroker/Error"],
    ]);
  });

  it("another session sees only the definitions that it has permissions on", async () => {
    await desk.run(
      "CREATE LOGIN guest1 WITH PASSWORD = 'Str0ng.Passw0rd'; CREATE USER guest1; GRANT SEND ON SERVICE::teller TO guest1",
    );
    const other = await loginAs(desk.engine, { user: "guest1", database: "desk" });
    const seen = await must(other, "SELECT name FROM sys.services WHERE service_id > 65535");
    assert.deepEqual(seen.rows, [["teller"]]);
  });
});

function activation(procedure: string, user: string): string {
  return `CREATE QUEUE q WITH ACTIVATION (STATUS = ON, PROCEDURE_NAME = ${procedure}, MAX_QUEUE_READERS = 2, EXECUTE AS ${user})`;
}

function endpoint(name = "broker"): string {
  return `CREATE ENDPOINT ${name} AS TCP (LISTENER_PORT = 4022) FOR SERVICE_BROKER (AUTHENTICATION = WINDOWS)`;
}
