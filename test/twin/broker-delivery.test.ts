/** Delivery of messages on the twin: time, what stands in the way, other databases, permissions. Facts: reference sheet "service broker" 6, 11, 16 and 18. */
import assert from "node:assert/strict";
import { ASK, closeDesks, DIALOG, openDesk, REPLY, SERVICES, type Desk } from "./broker-desk";

const BROKER = "http://schemas.microsoft.com/SQL/ServiceBroker/";

describe("service broker delivery", () => {
  let desk: Desk;
  beforeEach(async () => (desk = await openDesk(SERVICES)));
  afterEach(closeDesks);

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
