import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { Connection, Request, TYPES, ISOLATION_LEVEL, type ConnectionConfiguration } from "tedious";
import { makeCertificate, type Certificate } from "../../twin/src/server/certificate";
import { Listener } from "../../twin/src/server/listener";
import { secureContext } from "../../twin/src/server/tls-tunnel";
import type { Faults } from "../../twin/src/session/port";
import { SqlError } from "../../twin/src/session/sql-error";
import { DateTime, Decimal, Variant } from "../../twin/src/types/value";
import { EchoEngine } from "./echo-engine";

interface TediousError extends Error {
  number?: number;
  class?: number;
  state?: number;
  lineNumber?: number;
  procName?: string;
  code?: string;
}

describe("TDS wire layer", () => {
  let certificate: Certificate;
  let engine: EchoEngine;
  let faults: Faults;
  let listener: Listener;
  let port: number;
  let log: string[];
  let requests = 0;
  let open: Connection[] = [];

  before(async () => {
    certificate = await makeCertificate("127.0.0.1");
  });

  beforeEach(async () => {
    engine = new EchoEngine();
    faults = { latencyMs: 0, deadlockOn: [], failOn: [], outOfMemoryReads: 0, cutOn: [] };
    log = [];
    requests = 0;
    listener = new Listener({
      engine,
      faults,
      secureContext: secureContext(certificate),
      serverName: "twin-test",
      collation: "SQL_Latin1_General_CP1_CI_AS",
      packetSize: 32767,
      maxMessageBytes: 64 << 20,
      loginTimeoutMs: 5000,
      beforeSend: () => undefined,
      requestArrived: () => void requests++,
      loggedIn: () => undefined,
      log: (line) => log.push(line),
    });
    port = await listener.listen("127.0.0.1", 0);
  });

  afterEach(async () => {
    for (const connection of open) connection.close();
    open = [];
    await listener.close();
  });

  // ---- Client ---------------------------------------------------------------------------------------------------------

  function logIn(
    options: ConnectionConfiguration["options"] = {},
    password = "Secret-1234",
    server = "localhost",
  ): Promise<Connection> {
    const connection = new Connection({
      server,
      authentication: { type: "default", options: { userName: "sa", password } },
      options: { port, encrypt: false, rowCollectionOnRequestCompletion: true, connectTimeout: 10_000, ...options },
    });
    open.push(connection);
    connection.on("error", () => undefined);
    return new Promise((resolve, reject) =>
      connection.connect((error) => (error ? reject(error) : resolve(connection))),
    );
  }

  type Rows = { value: unknown; metadata: { colName: string; type: { name: string } } }[][];

  interface Answer {
    rows: unknown[][];
    names: string[];
    count: number;
    outputs: Record<string, unknown>;
    status: number | undefined;
    infos: string[];
    errors: TediousError[];
  }

  function run(
    connection: Connection,
    make: (done: (error?: Error | null, count?: number, rows?: Rows) => void) => Request,
    send: "execSql" | "execSqlBatch" | "callProcedure" = "execSqlBatch",
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const answer: Answer = { rows: [], names: [], count: 0, outputs: {}, status: undefined, infos: [], errors: [] };
      const onInfo = (info: { message: string }): void => void answer.infos.push(info.message);
      const onError = (error: TediousError): void => void answer.errors.push(error);
      connection.on("infoMessage", onInfo).on("errorMessage", onError);
      const request = make((error, count) => {
        connection.off("infoMessage", onInfo).off("errorMessage", onError);
        if (error) return reject(Object.assign(error, { answer }));
        answer.count = count ?? 0;
        resolve(answer);
      });
      request.on("row", (row: Rows[number]) => {
        answer.names = row.map((column) => column.metadata.colName);
        answer.rows.push(row.map((column) => column.value));
      });
      request.on("returnValue", (name: string, value: unknown) => void (answer.outputs[name] = value));
      request.on("doneProc", (_count: unknown, _more: unknown, status: number) => void (answer.status = status));
      connection[send](request);
    });
  }
  const batch = (connection: Connection, sql: string): Promise<Answer> =>
    run(connection, (done) => new Request(sql, done));

  type Parameter = [name: string, type: (typeof TYPES)[keyof typeof TYPES], value: unknown, options?: object];
  const call = (
    connection: Connection,
    parameters: Parameter[],
    outputs: Parameter[] = [],
    procedure?: string,
  ): Promise<Answer> =>
    run(
      connection,
      (done) => {
        const request = new Request(procedure ?? "select", done);
        for (const [name, type, value, options] of parameters) request.addParameter(name, type, value, options);
        for (const [name, type, value, options] of outputs) request.addOutputParameter(name, type, value, options);
        return request;
      },
      procedure ? "callProcedure" : "execSql",
    );

  const failure = async (promise: Promise<unknown>): Promise<TediousError> => {
    try {
      await promise;
    } catch (error) {
      return error as TediousError;
    }
    throw new Error("it did not fail");
  };

  // ---- Login ----------------------------------------------------------------------------------------------------------

  describe("login", () => {
    it("hands user, host, application, database and intent to the engine", async () => {
      await logIn({ database: "Übung", appName: "a test", readOnlyIntent: true, workstationId: "desk" });
      const { request } = engine.sessions[0]!;
      assert.deepEqual(
        { ...request, password: "" },
        {
          user: "sa",
          password: "",
          database: "Übung",
          hostName: "desk",
          applicationName: "a test",
          language: "us_english",
          readOnlyIntent: true,
        },
      );
    });

    it("refuses a wrong password with 18456 and closes", async () => {
      const error = await failure(logIn({}, "wrong"));
      assert.equal(error.code, "ELOGIN");
      assert.match(error.message, /Login failed for user 'sa'/);
      assert.equal(engine.sessions.length, 0);
      assert.match(log.join("\n"), /login refused/);
    });

    it("encrypts with a certificate that the client verifies", async () => {
      const connection = await logIn(
        { encrypt: true, trustServerCertificate: false, cryptoCredentialsDetails: { ca: certificate.cert } },
        "Secret-1234",
        "localhost",
      );
      assert.deepEqual((await batch(connection, "select 'ü'")).rows, [["select 'ü'"]]);
    });

    it("is not trusted by a client that was not given the certificate", async () => {
      const error = await failure(logIn({ encrypt: true, trustServerCertificate: false }));
      assert.match(error.message, /self-signed certificate/);
    });

    it("refuses TDS 8.0, which begins with TLS, and says so in the log", async () => {
      await failure(logIn({ encrypt: "strict", trustServerCertificate: true }));
      assert.match(log.join("\n"), /Encrypt=Strict/);
    });

    it("refuses integrated security with 18452", async () => {
      const connection = new Connection({
        server: "localhost",
        authentication: { type: "ntlm", options: { userName: "u", password: "p", domain: "d" } },
        options: { port, encrypt: false },
      });
      open.push(connection);
      connection.on("error", () => undefined);
      const error = await failure(
        new Promise<void>((resolve, reject) => connection.connect((e) => (e ? reject(e) : resolve()))),
      );
      assert.match(error.message, /untrusted domain/);
    });

    it("refuses a federated token with 18456", async () => {
      const connection = new Connection({
        server: "localhost",
        authentication: { type: "azure-active-directory-access-token", options: { token: "x" } },
        options: { port, encrypt: true, trustServerCertificate: true },
      });
      open.push(connection);
      connection.on("error", () => undefined);
      const error = await failure(
        new Promise<void>((resolve, reject) => connection.connect((e) => (e ? reject(e) : resolve()))),
      );
      assert.match(error.message, /token-identified principal/);
    });
  });

  // ---- Values ---------------------------------------------------------------------------------------------------------

  describe("values", () => {
    const guid = "6F9619FF-8B86-D011-B42D-00C04FC964FF";
    const when = new Date(Date.UTC(2024, 1, 29, 13, 14, 15, 123));
    const cases: [string, Parameter[1], unknown, (object | undefined)?, unknown?][] = [
      ["bit", TYPES.Bit, true],
      ["tinyint", TYPES.TinyInt, 255],
      ["smallint", TYPES.SmallInt, -32768],
      ["int", TYPES.Int, -2147483648],
      ["bigint", TYPES.BigInt, "-9223372036854775808"],
      ["real", TYPES.Real, 1.5],
      ["float", TYPES.Float, 1.7976931348623157e308],
      ["decimal", TYPES.Decimal, -12345678.123, { precision: 18, scale: 3 }],
      ["numeric", TYPES.Numeric, 0.5, { precision: 38, scale: 10 }],
      ["money", TYPES.Money, -922337.1234],
      ["smallmoney", TYPES.SmallMoney, 214748.3647],
      ["char", TYPES.Char, "abc  ", { length: 5 }],
      ["varchar", TYPES.VarChar, "häuser €", { length: 20 }],
      ["varchar(max)", TYPES.VarChar, "ß".repeat(100_000), { length: Infinity }],
      ["nchar", TYPES.NChar, "日本 ", { length: 3 }],
      ["nvarchar", TYPES.NVarChar, "日本 😀", { length: 40 }],
      ["an empty nvarchar", TYPES.NVarChar, "", { length: 40 }],
      ["nvarchar(max) of 3 MB", TYPES.NVarChar, "日本語".repeat(500_000), { length: Infinity }],
      ["binary", TYPES.Binary, Buffer.from([1, 2, 0]), { length: 3 }],
      ["varbinary", TYPES.VarBinary, Buffer.from([0, 255]), { length: 10 }],
      ["varbinary(max)", TYPES.VarBinary, Buffer.alloc(200_000, 7), { length: Infinity }],
      ["text", TYPES.Text, "some text"],
      ["ntext", TYPES.NText, "日本"],
      ["image", TYPES.Image, Buffer.from([9, 8, 7])],
      ["uniqueidentifier", TYPES.UniqueIdentifier, guid],
      ["date", TYPES.Date, new Date(Date.UTC(2024, 1, 29))],
      ["time", TYPES.Time, new Date(Date.UTC(1970, 0, 1, 23, 59, 59, 999)), { scale: 7 }],
      ["datetime", TYPES.DateTime, when],
      ["smalldatetime", TYPES.SmallDateTime, new Date(Date.UTC(2024, 1, 29, 13, 14))],
      ["datetime2", TYPES.DateTime2, when, { scale: 7 }],
      ["datetime2(0)", TYPES.DateTime2, new Date(Date.UTC(2024, 1, 29, 13, 14, 15)), { scale: 0 }],
      ["datetimeoffset", TYPES.DateTimeOffset, when, { scale: 3 }],
    ];
    for (const [title, type, value, options, back] of cases)
      it(`${title} comes back as it was sent, and so does its NULL`, async () => {
        const connection = await logIn();
        const { rows } = await call(connection, [
          ["v", type, value, options],
          ["n", type, null, options],
          ["w", type, value, options],
        ]);
        assert.deepEqual(rows, [[back ?? value, null, back ?? value]]);
      });

    it("sends the types that no parameter can have", async () => {
      engine.batches.set("more", (sink) => {
        sink.columns([
          { name: "x", type: { name: "xml" }, nullable: true },
          { name: "ts", type: { name: "timestamp" }, nullable: false },
          { name: "v1", type: { name: "sql_variant" }, nullable: true },
          { name: "v2", type: { name: "sql_variant" }, nullable: true },
          { name: "v3", type: { name: "sql_variant" }, nullable: true },
          { name: "h", type: { name: "hierarchyid" }, nullable: true },
          { name: "j", type: { name: "json" }, nullable: true },
        ]);
        void sink.row([
          "<a/>",
          Uint8Array.of(0, 0, 0, 0, 0, 0, 7, 208),
          new Variant({ name: "nvarchar", length: 5 }, "été"),
          new Variant({ name: "decimal", precision: 10, scale: 2 }, new Decimal(-12345n, 2)),
          null,
          Uint8Array.of(88),
          '{"a":1}',
        ]);
        void sink.row([
          null,
          Uint8Array.of(0, 0, 0, 0, 0, 0, 7, 209),
          new Variant({ name: "datetime2", scale: 7 }, new DateTime(738_944, 36_000_000_000)),
          new Variant({ name: "bigint" }, 5n),
          new Variant({ name: "uniqueidentifier" }, guid),
          null,
          null,
        ]);
        sink.done({ count: 2, command: 0xc1, inProcedure: false, hasResult: true });
      });
      const { rows } = await batch(await logIn(), "more");
      assert.deepEqual(rows[0], [
        "<a/>",
        Buffer.from([0, 0, 0, 0, 0, 0, 7, 208]),
        "été",
        -123.45,
        null,
        Buffer.from([88]),
        '{"a":1}',
      ]);
      assert.deepEqual(rows[1], [
        null,
        Buffer.from([0, 0, 0, 0, 0, 0, 7, 209]),
        new Date(Date.UTC(2024, 1, 29, 1)),
        "5",
        guid,
        null,
        null,
      ]);
    });

    it("reads a table value row by row", async () => {
      const connection = await logIn();
      const table = {
        name: "Lines",
        schema: "sales",
        columns: [
          { name: "Id", type: TYPES.Int },
          { name: "Note", type: TYPES.NVarChar, length: 50 },
          { name: "Price", type: TYPES.Decimal, precision: 10, scale: 2 },
        ],
        rows: [
          [1, "één", 9.99],
          [2, null, null],
        ],
      };
      const { rows, names } = await call(connection, [["lines", TYPES.TVP, table]], [], "dbo.Save");
      // tedious sends no column names: the table type has them.
      assert.deepEqual(names, ["", "", ""]);
      assert.deepEqual(rows, table.rows);
      const { name, parameters } = engine.sessions[0]!.calls[0]!;
      assert.equal(name, "dbo.Save");
      assert.equal(parameters[0]!.name, "@lines");
    });

    it("returns output parameters and the return status", async () => {
      const connection = await logIn();
      const { outputs, status } = await call(
        connection,
        [["a", TYPES.Int, 1]],
        [
          ["text", TYPES.NVarChar, "out", { length: 20 }],
          ["number", TYPES.Decimal, 1.25, { precision: 9, scale: 2 }],
          ["nothing", TYPES.Int, null],
        ],
        "dbo.P",
      );
      assert.deepEqual(outputs, { text: "out", number: 1.25, nothing: null });
      assert.equal(status, 7);
    });

    it("takes bulk rows with their column types", async () => {
      const connection = await logIn();
      const rows = Array.from({ length: 3000 }, (_, i) => [i, i % 3 === 0 ? null : `row ${i}`, i % 2 === 0]);
      const count = await new Promise<number>((resolve, reject) => {
        const load = connection.newBulkLoad("dbo.T", (error, n) => (error ? reject(error) : resolve(n ?? -1)));
        load.addColumn("id", TYPES.Int, { nullable: false });
        load.addColumn("note", TYPES.NVarChar, { length: 50, nullable: true });
        load.addColumn("flag", TYPES.Bit, { nullable: true });
        connection.execBulkLoad(load, rows);
      });
      assert.equal(count, 3000);
      const got = engine.sessions[0]!.bulk[0]!;
      assert.deepEqual(
        got.columns.map((c) => [c.name, c.type.name]),
        [
          ["id", "int"],
          ["note", "nvarchar"],
          ["flag", "bit"],
        ],
      );
      assert.deepEqual(got.rows[2999], [2999, "row 2999", 0]);
      assert.deepEqual(got.rows[0], [0, null, 1]);
    });
  });

  // ---- Answers --------------------------------------------------------------------------------------------------------

  describe("answers", () => {
    it("carry an error with number, class, state, procedure and line, and the connection lives on", async () => {
      engine.batches.set("bad", (sink) => {
        const error = new SqlError(2627, 14, 3, "Violation of PRIMARY KEY");
        error.line = 12;
        error.procedure = "dbo.P";
        sink.message(error);
        sink.done({ command: 0xc3, inProcedure: false, hasResult: false });
      });
      const connection = await logIn();
      const error = await failure(batch(connection, "bad"));
      assert.deepEqual(
        [error.number, error.class, error.state, error.lineNumber, error.procName],
        [2627, 14, 3, 12, "dbo.P"],
      );
      assert.equal((await batch(connection, "again")).rows.length, 1);
    });

    it("send what the engine throws with the errors that come before it", async () => {
      engine.batches.set("two", () => {
        const last = new SqlError(4922, 16, 9, "ALTER TABLE failed");
        last.preceding.push(new SqlError(5074, 16, 1, "The object depends on column"));
        throw last;
      });
      const connection = await logIn();
      const error = (await failure(batch(connection, "two"))) as TediousError & { answer: Answer };
      assert.deepEqual(
        error.answer.errors.map((e) => e.number),
        [5074, 4922],
      );
    });

    it("tell of a defect inside the twin as 49999 and log its stack", async () => {
      engine.batches.set("defect", () => {
        throw new TypeError("x is undefined");
      });
      const connection = await logIn();
      assert.equal((await failure(batch(connection, "defect"))).number, 49999);
      assert.match(log.join("\n"), /internal error: TypeError: x is undefined/);
    });

    it("stay readable when a value does not fit its column's type", async () => {
      engine.batches.set("mixed", async (sink) => {
        sink.columns([
          { name: "a", type: { name: "int" }, nullable: true },
          { name: "b", type: { name: "nvarchar", length: 10 }, nullable: true },
        ]);
        await sink.row([1, "one"]);
        await sink.row([2, 2]);
      });
      const connection = await logIn();
      const error = (await failure(batch(connection, "mixed"))) as TediousError & { answer: Answer };
      assert.equal(error.number, 49999);
      assert.deepEqual(error.answer.rows, [[1, "one"]]);
      assert.equal((await batch(connection, "again")).rows.length, 1);
    });

    it("carry messages, several result sets and row counts in order", async () => {
      engine.batches.set("several", (sink) => {
        for (const n of [1, 2]) {
          sink.message(new SqlError(0, 0, 1, `message ${n}`));
          sink.columns([{ name: "n", type: { name: "int" }, nullable: false }]);
          void sink.row([n]);
          sink.done({ count: 1, command: 0xc1, inProcedure: false, hasResult: true });
        }
        sink.done({ count: 5, command: 0xc4, inProcedure: false, hasResult: false });
        sink.message(new SqlError(0, 0, 1, "last"));
      });
      const { rows, infos, count } = await batch(await logIn(), "several");
      assert.deepEqual(rows, [[1], [2]]);
      assert.deepEqual(infos, ["message 1", "message 2", "last"]);
      assert.equal(count, 7);
    });

    it("end the connection after an error of severity 20 and above", async () => {
      engine.batches.set("fatal", (sink) => sink.message(new SqlError(596, 21, 1, "Cannot continue")));
      const connection = await logIn();
      const ended = new Promise<void>((resolve) => connection.on("end", () => resolve()));
      assert.equal((await failure(batch(connection, "fatal"))).number, 596);
      await ended;
    });

    for (const encrypt of [false, true])
      it(`stream 50,000 rows ${encrypt ? "through TLS" : "in the clear"} whole and in order`, async () => {
        const definition = "CREATE PROCEDURE dbo.p AS SELECT 1; -- ".padEnd(400, "x");
        let largest = 0;
        engine.batches.set("many", async (sink) => {
          sink.columns([
            { name: "id", type: { name: "int" }, nullable: false },
            { name: "definition", type: { name: "nvarchar", length: -1 }, nullable: true },
          ]);
          for (let i = 0; i < 50_000; i++) {
            const wait = sink.row([i, i % 10 === 0 ? null : definition]);
            if (wait) await wait;
            largest = Math.max(largest, process.memoryUsage.rss());
          }
          sink.done({ count: 50_000, command: 0xc1, inProcedure: false, hasResult: true });
        });
        const connection = await logIn({
          encrypt,
          trustServerCertificate: true,
          rowCollectionOnRequestCompletion: false,
        });
        let next = 0;
        await run(connection, (done) => {
          const request = new Request("many", done);
          request.on("row", (row: Rows[number]) => {
            assert.equal(row[0]!.value, next);
            assert.equal(row[1]!.value, next % 10 === 0 ? null : definition);
            next++;
          });
          return request;
        });
        assert.equal(next, 50_000);
      });

    for (const packetSize of [512, 4096, 32767])
      it(`keep to a packet size of ${packetSize}`, async () => {
        const connection = await logIn({ packetSize });
        const text = "abcdefghij".repeat(5000);
        assert.deepEqual((await batch(connection, text)).rows, [[text]]);
        // A size at which the last packet is exactly full, and its neighbours.
        for (let length = 225; length < 256; length++)
          assert.deepEqual((await batch(connection, "y".repeat(length))).rows, [["y".repeat(length)]]);
      });
  });

  // ---- Requests -------------------------------------------------------------------------------------------------------

  describe("requests", () => {
    it("of a transaction reach the engine, and the client follows its descriptor", async () => {
      const connection = await logIn();
      const step = (work: (done: (error?: Error | null) => void) => void): Promise<void> =>
        new Promise((resolve, reject) => work((error) => (error ? reject(error) : resolve())));
      await step((done) => connection.beginTransaction(done, "t1", ISOLATION_LEVEL.SERIALIZABLE));
      await step((done) => connection.saveTransaction(done, "s1"));
      await batch(connection, "inside");
      await step((done) => connection.commitTransaction(done));
      await step((done) => connection.beginTransaction(done));
      await step((done) => connection.rollbackTransaction(done));
      assert.deepEqual(
        engine.sessions[0]!.transactions.map((t) => [t.kind, t.name]),
        [
          ["begin", "t1"],
          ["save", "s1"],
          ["commit", ""],
          ["begin", ""],
          ["rollback", ""],
        ],
      );
      assert.equal((engine.sessions[0]!.transactions[0] as { isolation: number }).isolation, 4);
    });

    it("can be cancelled while they wait, and the connection goes on", async () => {
      engine.batches.set("wait", (_sink, session) => new Promise((resolve) => (session.onAttention = resolve)));
      const connection = await logIn();
      const error = await failure(
        run(connection, (done) => {
          const request = new Request("wait", done);
          setTimeout(() => connection.cancel(), 30);
          return request;
        }),
      );
      assert.equal(error.code, "ECANCEL");
      assert.equal(engine.sessions[0]!.attentions, 1);
      assert.deepEqual((await batch(connection, "after")).rows, [["after"]]);
    });

    it("can be cancelled in the middle of their rows, and the connection goes on", async () => {
      let sent = 0;
      engine.batches.set("endless", async (sink, session) => {
        let stop = false;
        session.onAttention = () => (stop = true);
        sink.columns([{ name: "t", type: { name: "nvarchar", length: -1 }, nullable: false }]);
        while (!stop) {
          await sink.row(["z".repeat(1000)]);
          sent++;
        }
      });
      const connection = await logIn({ rowCollectionOnRequestCompletion: false });
      let seen = 0;
      const error = await failure(
        run(connection, (done) => {
          const request = new Request("endless", done);
          request.on("row", () => {
            if (++seen === 500) connection.cancel();
          });
          return request;
        }),
      );
      assert.equal(error.code, "ECANCEL");
      assert.ok(sent >= 500);
      assert.deepEqual((await batch(connection, "after")).rows, [["after"]]);
    });

    it("with the reset flag reset the session first", async () => {
      const connection = await logIn();
      await new Promise<void>((resolve, reject) => connection.reset((error) => (error ? reject(error) : resolve())));
      assert.deepEqual(engine.sessions[0]!.resets, [false]);
    });

    it("are counted, and logins are not", async () => {
      const connection = await logIn();
      const before = requests;
      await batch(connection, "one");
      await call(connection, [["a", TYPES.Int, 1]]);
      assert.equal(requests - before, 2);
    });

    it("are cut off after the ordered number of statements, once", async () => {
      const connection = await logIn();
      faults.dropAfterStatements = 2;
      await batch(connection, "one");
      await assert.rejects(batch(connection, "two"), /Connection lost|socket|closed/i);
      assert.equal(faults.dropAfterStatements, undefined);
      assert.deepEqual((await batch(await logIn(), "three")).rows, [["three"]]);
    });

    it("end their session when the client goes away in the middle", async () => {
      engine.batches.set("wait", (_sink, session) => new Promise((resolve) => (session.onAttention = resolve)));
      const connection = await logIn();
      connection.execSqlBatch(new Request("wait", () => undefined));
      await until(() => engine.sessions[0]!.onAttention !== undefined);
      connection.close();
      await until(() => engine.sessions[0]!.closed);
      assert.equal(engine.sessions[0]!.attentions, 1);
    });
  });

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  // ---- Bytes ----------------------------------------------------------------------------------------------------------

  describe("bytes", () => {
    const packet = (type: number, payload: Buffer, status = 1): Buffer => {
      const header = Buffer.from([type, status, 0, 0, 0, 0, 1, 0]);
      header.writeUInt16BE(payload.length + 8, 2);
      return Buffer.concat([header, payload]);
    };
    const ucs2 = (text: string): Buffer => Buffer.from(text, "utf16le");
    const headers = Buffer.from([22, 0, 0, 0, 18, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
    const prelogin = packet(0x12, Buffer.from([0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 16, 0, 0, 0, 0, 0, 2]));

    function login7(password: string): Buffer {
      const fields = ["host", "sa", password, "app", "server", "", "lib", "", ""].map(ucs2);
      fields[2] = Buffer.from(fields[2]!.map((b) => (((b << 4) | (b >> 4)) & 0xff) ^ 0xa5));
      const fixed = Buffer.alloc(94);
      let offset = 94;
      fields.forEach((field, i) => {
        fixed.writeUInt16LE(offset, 36 + i * 4);
        fixed.writeUInt16LE(field.length / 2, 38 + i * 4);
        offset += field.length;
      });
      fixed.writeUInt32LE(offset, 0);
      fixed.writeUInt32LE(0x74000004, 4);
      fixed.writeUInt32LE(4096, 8);
      return packet(0x10, Buffer.concat([fixed, ...fields]));
    }

    /** A socket whose messages can be awaited. */
    class Raw {
      private bytes = Buffer.alloc(0);
      private waiting: (() => void)[] = [];
      closed = false;
      constructor(readonly socket: Socket) {
        socket.on("data", (chunk) => {
          this.bytes = Buffer.concat([this.bytes, chunk]);
          this.wake();
        });
        socket.on("close", () => {
          this.closed = true;
          this.wake();
        });
        socket.on("error", () => undefined);
      }
      private wake(): void {
        for (const resolve of this.waiting.splice(0)) resolve();
      }
      private changed(): Promise<void> {
        return new Promise((resolve) => this.waiting.push(resolve));
      }
      /** Payload of the next message. */
      async message(): Promise<Buffer> {
        const parts: Buffer[] = [];
        for (;;) {
          while (this.bytes.length < 8 || this.bytes.length < this.bytes.readUInt16BE(2)) {
            if (this.closed) throw new Error("closed");
            await this.changed();
          }
          const length = this.bytes.readUInt16BE(2);
          const last = (this.bytes[1]! & 1) !== 0;
          parts.push(this.bytes.subarray(8, length));
          this.bytes = this.bytes.subarray(length);
          if (last) return Buffer.concat(parts);
        }
      }
      async end(): Promise<void> {
        while (!this.closed) await this.changed();
      }
    }

    const raw = (): Promise<Raw> =>
      new Promise((resolve) => {
        const socket = connect(port, "127.0.0.1", () => resolve(new Raw(socket)));
        socket.setNoDelay(true);
      });

    const whole = (socket: Socket, bytes: Buffer): Promise<void> => {
      socket.write(bytes);
      return Promise.resolve();
    };
    const inPieces =
      (size: number) =>
      async (socket: Socket, bytes: Buffer): Promise<void> => {
        for (let at = 0; at < bytes.length; at += size) {
          socket.write(bytes.subarray(at, at + size));
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
    const ways: [string, (socket: Socket, bytes: Buffer) => Promise<void>][] = [
      ["whole", whole],
      ["in pieces of 7 bytes", inPieces(7)],
      ["byte by byte", inPieces(1)],
    ];
    for (const [way, send] of ways)
      it(`may arrive ${way}`, async () => {
        const client = await raw();
        await send(client.socket, prelogin);
        assert.equal((await client.message())[0], 0);
        await send(client.socket, login7("Secret-1234"));
        assert.ok((await client.message()).includes(0xad));
        // The batch in two packets.
        const text = Buffer.concat([headers, ucs2("select 'split'")]);
        await send(client.socket, Buffer.concat([packet(1, text.subarray(0, 31), 0), packet(1, text.subarray(31))]));
        assert.ok((await client.message()).includes(ucs2("select 'split'")));
        client.socket.destroy();
      });

    async function loggedIn(): Promise<Raw> {
      const client = await raw();
      await whole(client.socket, prelogin);
      await client.message();
      await whole(client.socket, login7("Secret-1234"));
      await client.message();
      return client;
    }

    it("of two procedure calls in one request give two results", async () => {
      const client = await loggedIn();
      const one = (name: string): Buffer =>
        Buffer.concat([Buffer.from([name.length, 0]), ucs2(name), Buffer.from([0, 0, 0, 0, 0x26, 4, 4, 9, 0, 0, 0])]);
      client.socket.write(packet(3, Buffer.concat([headers, one("p1"), Buffer.from([0xff]), one("p2")])));
      const answer = await client.message();
      assert.deepEqual(
        engine.sessions[0]!.calls.map((c) => c.name),
        ["p1", "p2"],
      );
      // The last token is DONEPROC without the bit for more.
      assert.deepEqual([...answer.subarray(-13, -10)], [0xfe, 0, 0]);
    });

    it("of an attention without a request get its acknowledgement", async () => {
      const client = await loggedIn();
      client.socket.write(packet(6, Buffer.alloc(0)));
      assert.deepEqual([...(await client.message()).subarray(0, 3)], [0xfd, 0x20, 0]);
    });

    it("wait for a client that does not read, and stop when it goes away", async () => {
      let rows = 0;
      engine.batches.set("endless", async (sink, session) => {
        let stop = false;
        session.onAttention = () => (stop = true);
        sink.columns([{ name: "t", type: { name: "nvarchar", length: -1 }, nullable: false }]);
        for (; !stop; rows++) await sink.row(["z".repeat(5000)]);
      });
      const client = await loggedIn();
      client.socket.pause();
      client.socket.write(packet(1, Buffer.concat([headers, ucs2("endless")])));
      await until(() => rows > 0);
      for (let last = -1; last !== rows;) {
        last = rows;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      // The socket buffers of the system hold a few megabytes; what is beyond them must not pile up in the process.
      assert.ok(rows < 5000, `${rows} rows of 10 kB`);
      client.socket.destroy();
      await until(() => engine.sessions[0]!.closed);
    });

    it("of a request that its sender gave up are answered but not run", async () => {
      const client = await loggedIn();
      client.socket.write(packet(1, Buffer.concat([headers, ucs2("given up")]), 3));
      const answer = await client.message();
      assert.equal(answer[0], 0xfd);
      assert.equal(answer.length, 13);
    });

    const broken: [string, Buffer, RegExp][] = [
      ["an unknown packet type", Buffer.from("GET / HTTP/1.1\r\n\r\n"), /packet type 0x47/],
      ["a packet length below its header", Buffer.from([0x12, 1, 0, 3, 0, 0, 0, 0]), /packet length 3/],
      ["a batch before the login", packet(1, ucs2("select 1")), /packet type 0x1 in the state prelogin/],
      ["prelogin options outside their message", packet(0x12, Buffer.from([0, 0, 99, 0, 6, 0xff])), /prelogin option/],
      ["a LOGIN7 that lies about its length", packet(0x10, Buffer.alloc(94)), /LOGIN7/],
    ];
    for (const [what, bytes, reason] of broken)
      it(`with ${what} end the connection and are logged`, async () => {
        const client = await raw();
        client.socket.write(bytes);
        await client.end();
        assert.match(log.join("\n"), reason);
      });

    it("of a request that cannot be read are answered with 4002, and the connection ends", async () => {
      const client = await loggedIn();
      client.socket.write(
        packet(3, Buffer.concat([headers, Buffer.from([2, 0]), ucs2("p1"), Buffer.from([0, 0, 0, 0, 0xe7, 20, 0])])),
      );
      const answer = await client.message();
      assert.equal(answer[0], 0xaa);
      assert.equal(answer.readInt32LE(3), 4002);
      await client.end();
      await until(() => engine.sessions[0]!.closed);
    });

    it("of a message that never ends stop at the limit", async () => {
      const client = await loggedIn();
      const part = packet(1, Buffer.alloc(32_000), 0);
      while (!client.closed) {
        client.socket.write(part);
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.match(log.join("\n"), /message larger than/);
    });
  });
});
