import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import sql from "mssql";
import { startTwin, type Twin, type TwinOptions } from "../../twin/src/index";
import { createServer } from "../../twin/src/storage/bootstrap";
import type { SqlServer } from "../../twin/src/storage/model";
import { Persistence } from "../../twin/src/storage/persistence";
import { encodeValue } from "../../twin/src/storage/persistence-encoding";
import { isTemporary, storedFields } from "../../twin/src/storage/persistence-ownership";

const PASSWORD = "Secret-1234";
const root = resolve(__dirname, "..", "..");

describe("data directory of the twin", () => {
  let directory: string;
  let twin: Twin | undefined;
  let pools: sql.ConnectionPool[] = [];
  let children: ChildProcess[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "twin-data-"));
  });
  afterEach(async () => {
    await stop();
    for (const child of children) child.kill("SIGKILL");
    children = [];
    rmSync(directory, { recursive: true, force: true });
  });

  async function stop(): Promise<void> {
    for (const pool of pools) await pool.close();
    pools = [];
    await twin?.close();
    twin = undefined;
  }
  async function start(options: Partial<TwinOptions> = {}): Promise<Twin> {
    return (twin = await startTwin({ password: PASSWORD, dataDirectory: directory, ...options }));
  }
  async function client(
    port: number,
    database = "master",
    user = "sa",
    password = PASSWORD,
  ): Promise<sql.ConnectionPool> {
    const pool = new sql.ConnectionPool({
      server: "127.0.0.1",
      port,
      user,
      password,
      database,
      options: { encrypt: false },
      pool: { max: 1 },
    });
    pool.on("error", () => undefined);
    pools.push(await pool.connect());
    return pool;
  }
  const rows = async (pool: sql.ConnectionPool, text: string): Promise<unknown[]> =>
    (await pool.query<Record<string, unknown>>(text)).recordset
      .map((row) => Object.values(row))
      .map((row) => (row.length === 1 ? row[0] : row));

  /** Everything the catalog and the tables say, to compare before and after. */
  const CATALOG = [
    "select name, object_id, type from sys.objects where is_ms_shipped = 0 order by object_id",
    "select name from sys.schemas order by schema_id",
    "select name, type from sys.database_principals where principal_id < 16384 order by principal_id",
    "select object_id, definition from sys.sql_modules order by object_id",
    "select object_id, name, definition from sys.check_constraints order by object_id",
    "select object_id, index_id, name, type_desc, is_unique from sys.indexes order by object_id, index_id",
  ];
  const catalog = async (pool: sql.ConnectionPool): Promise<unknown[][]> => {
    const all: unknown[][] = [];
    for (const query of CATALOG) all.push(await rows(pool, query));
    return all;
  };

  const SETUP = [
    "create schema sales",
    "create table sales.Orders (Id int identity(1,1) not null constraint PK_Orders primary key, Code nvarchar(20) not null constraint UQ_Code unique, Price decimal(10,2) null constraint CK_Price check (Price > 0), Made datetime2(3) null, Raw varbinary(max) null, Guid uniqueidentifier null, constraint DF_x check (Code <> N''))",
    "create unique index UX_Price on sales.Orders (Price) where Price is not null",
    "create table sales.Lines (OrderId int not null constraint FK_Lines references sales.Orders (Id), Note nvarchar(max) null)",
    "create view sales.Cheap as select Id from sales.Orders where Price < 10",
    "create procedure sales.Add1 @code nvarchar(20), @price decimal(10,2) as insert sales.Orders (Code, Price) values (@code, @price)",
    "create sequence sales.Seq as int start with 5",
    "create user reader without login",
    "grant select on schema::sales to reader",
  ];

  it("brings back databases, definitions, rows, counters and logins after an ordinary end", async () => {
    await start();
    const master = await client(twin!.port);
    await master.query("create database Shop");
    await master.query("create login anna with password = 'Secret-5678'");
    const shop = await client(twin!.port, "Shop");
    for (const statement of SETUP) await shop.batch(statement);
    await shop.query(
      "insert sales.Orders (Code, Price, Made, Raw, Guid) values (N'ä1', 9.50, '2024-02-29T12:00:00.123', 0x0001ff, '6F9619FF-8B86-D011-B42D-00C04FC964FF'), (N'b2', 20, null, null, null)",
    );
    await shop.query("insert sales.Lines values (1, N'note')");
    assert.deepEqual(await rows(shop, "select next value for sales.Seq"), [5]);
    const before = await catalog(shop);
    const data = await rows(shop, "select * from sales.Orders order by Id");
    await stop();

    await start();
    const again = await client(twin!.port, "Shop");
    assert.deepEqual(await catalog(again), before);
    assert.deepEqual(await rows(again, "select * from sales.Orders order by Id"), data);
    assert.deepEqual(await rows(again, "select * from sales.Lines"), [[1, "note"]]);
    assert.deepEqual(await rows(again, "select next value for sales.Seq"), [6]);
    assert.deepEqual(await rows(again, "select Id from sales.Cheap"), [1]);
    await again.query("exec sales.Add1 N'c3', 30");
    assert.deepEqual(await rows(again, "select Id from sales.Orders where Code = N'c3'"), [3]);
    const numberOf = async (text: string): Promise<number | undefined> =>
      again.query(text).then(
        () => 0,
        (error: sql.RequestError) => error.number,
      );
    assert.equal(await numberOf("insert sales.Orders (Code) values (N'Ä1')"), 2627);
    assert.equal(await numberOf("insert sales.Orders (Code, Price) values (N'd', 20)"), 2601);
    assert.equal(await numberOf("insert sales.Orders (Code, Price) values (N'e', -1)"), 547);
    assert.equal(await numberOf("insert sales.Lines values (99, null)"), 547);
    await (await client(twin!.port, "master", "anna", "Secret-5678")).query("select 1");
  });

  it("keeps changes and drops of what was there before", async () => {
    await start();
    const pool = await client(twin!.port);
    await pool.query("create database A");
    await pool.query("create database B");
    const a = await client(twin!.port, "A");
    await a.query("create table t (id int not null primary key, x int null)");
    await a.query("create table gone (id int)");
    await a.query("insert t values (1, 1), (2, 2), (3, 3)");
    await stop();

    await start();
    const one = await client(twin!.port, "A");
    await one.query("update t set x = 20 where id = 2");
    await one.query("delete t where id = 3");
    await one.query("alter table t add y nvarchar(10) not null default N'new'");
    await one.query("drop table gone");
    await (await client(twin!.port)).query("drop database B");
    await one.query("exec sp_rename 't', 'renamed'");
    await stop();

    await start();
    const two = await client(twin!.port, "A");
    assert.deepEqual(await rows(two, "select id, x, y from renamed order by id"), [
      [1, 1, "new"],
      [2, 20, "new"],
    ]);
    assert.deepEqual(await rows(two, "select count(*) from sys.objects where name = 'gone'"), [0]);
    assert.deepEqual(await rows(two, "select name from sys.databases where database_id > 4"), ["A"]);
  });

  // ---- Completeness ----------------------------------------------------------------------------------------------------

  /** The whole model as plain data, rows with their ids. Table variables use up object ids without a commit, so that counter is left out. */
  function model(server: SqlServer): unknown {
    const plain = (holder: Parameters<typeof storedFields>[0]): unknown =>
      Object.fromEntries(
        storedFields(holder)
          .filter(([field]) => field !== "nextObjectId")
          .map(([field, value]) => [field, encodeValue(value)]),
      );
    const databases = [...server.databases.values()].filter((database) => !isTemporary(database));
    return {
      server: plain(server),
      databases: databases.map(plain),
      rows: databases.map((database) =>
        [...database.objects.values()].flatMap((object) =>
          object.type === "U" ? [[object.name, object.nextRowId, encodeValue(object.rows)]] : [],
        ),
      ),
    };
  }

  /** What a twin would load that starts on a copy of the files as they are now, as after a crash. */
  function loaded(): SqlServer {
    const copy = mkdtempSync(join(tmpdir(), "twin-copy-"));
    cpSync(directory, copy, { recursive: true });
    rmSync(join(copy, "lock"));
    const { server } = twin!;
    const fresh = createServer({
      platform: server.platform,
      version: server.version,
      edition: server.edition,
      collation: server.collation,
      name: server.name,
    });
    try {
      Persistence.open(copy, fresh).close();
    } finally {
      rmSync(copy, { recursive: true });
    }
    return fresh;
  }

  const CHANGES = [
    ...SETUP,
    "insert sales.Orders (Code, Price) values (N'a', 1), (N'b', 2), (N'c', 3)",
    "insert sales.Lines select Id, Code from sales.Orders",
    "update sales.Orders set Price = Price + 10 where Id > 1",
    "begin transaction; delete sales.Lines where OrderId = 1; save transaction s; delete sales.Lines; rollback transaction s; commit",
    "begin transaction; create table sales.Never (a int); insert sales.Orders (Code) values (N'never'); rollback",
    "alter table sales.Orders add Extra int not null constraint DF_Extra default 5",
    "alter table sales.Orders alter column Code nvarchar(40) not null",
    "alter table sales.Lines add constraint CK_Note check (len(Note) < 100)",
    "alter table sales.Lines nocheck constraint CK_Note",
    "create index IX_Note on sales.Lines (OrderId) include (Note)",
    "alter procedure sales.Add1 @code nvarchar(20), @price decimal(10,2) as insert sales.Orders (Code, Price) values (@code, @price + 1)",
    "exec sales.Add1 N'd', 7",
    "select next value for sales.Seq",
    "alter sequence sales.Seq restart with 50",
    "create type sales.Money2 from decimal(19,4) not null",
    "create type sales.List as table (Id int not null primary key, Note nvarchar(10) null)",
    "create role writers",
    "alter role writers add member reader",
    "deny insert on sales.Lines to reader",
    "revoke select on schema::sales from reader",
    "create synonym sales.Syn for sales.Orders",
    "select Id, Code into sales.Copied from sales.Orders",
    "truncate table sales.Lines",
    "insert sales.Lines values (2, N'again')",
    "exec sp_rename 'sales.Copied', 'Copy2'",
    "exec sp_addextendedproperty N'Note', N'about', N'SCHEMA', N'sales', N'TABLE', N'Orders'",
    "alter schema dbo transfer sales.Syn",
    "drop view sales.Cheap",
    "alter database current set recovery simple",
    "create table dbo.#temporary (id int); insert #temporary values (1)",
    "declare @t table (id int); insert @t values (1)",
    "merge sales.Orders as t using (values (N'a', 100), (N'z', 200)) as s (Code, Price) on t.Code = s.Code when matched then update set Price = s.Price when not matched then insert (Code, Price) values (s.Code, s.Price);",
    "create trigger sales.OnOrder on sales.Orders after insert as insert sales.Lines select Id, N'by trigger' from inserted",
    "insert sales.Orders (Code, Price) values (N'triggered', 9)",
    "disable trigger sales.OnOrder on sales.Orders",
    "create partition function pf (int) as range right for values (10, 20)",
    "create partition scheme ps as partition pf all to ([PRIMARY])",
    "create table dbo.Parted (id int not null) on ps (id)",
    "alter partition scheme ps next used [PRIMARY]",
    "alter partition function pf () split range (15)",
    "exec sp_configure 'show advanced options', 1; reconfigure",
  ];

  it("holds after every statement exactly what is in memory", async () => {
    await start();
    await (await client(twin!.port)).query("create database Shop");
    const shop = await client(twin!.port, "Shop");
    for (const statement of CHANGES) {
      await shop.batch(statement);
      // A rollback leaves numbers used up in memory; the next statement shows that nothing else stayed.
      if (!statement.endsWith("rollback")) assert.deepEqual(model(loaded()), model(twin!.server), statement);
    }
  });

  it("holds the same whether a snapshot came in between or not", async () => {
    const server = createServer({
      platform: "linux",
      version: "2025",
      edition: "Developer",
      collation: "SQL_Latin1_General_CP1_CI_AS",
      name: "x",
    });
    Persistence.open(directory, server, 1).close();
    await start();
    await (await client(twin!.port)).query("create table dbo.t (id int identity, x nvarchar(max))");
    await (
      await client(twin!.port)
    ).query("insert dbo.t (x) values (replicate(N'x', 100)); delete dbo.t; insert dbo.t (x) values (N'y')");
    await stop();
    assert.deepEqual(readdirSync(directory).filter((name) => name.startsWith("log-")).length, 1);
    await start();
    const pool = await client(twin!.port);
    assert.deepEqual(await rows(pool, "select id, x from dbo.t"), [[2, "y"]]);
    await pool.query("insert dbo.t (x) values (N'z')");
    assert.deepEqual(await rows(pool, "select max(id) from dbo.t"), [3]);
  });

  // ---- Another process -------------------------------------------------------------------------------------------------

  interface Served {
    child: ChildProcess;
    port: number;
    output: () => string;
  }
  function cli(
    args: string[],
    environment: Record<string, string> = { TWIN_PASSWORD: PASSWORD },
  ): { child: ChildProcess; output: () => string; ended: Promise<number | null> } {
    const env: NodeJS.ProcessEnv = { ...process.env, ...environment };
    if (!("TWIN_PASSWORD" in environment)) delete env.TWIN_PASSWORD;
    const child = spawn(process.execPath, ["-r", "ts-node/register", join(root, "twin", "src", "cli.ts"), ...args], {
      cwd: root,
      env,
    });
    children.push(child);
    let text = "";
    child.stdout.on("data", (data: Buffer) => (text += data.toString()));
    child.stderr.on("data", (data: Buffer) => (text += data.toString()));
    return { child, output: () => text, ended: new Promise((done) => child.on("close", done)) };
  }
  async function serve(...args: string[]): Promise<Served> {
    const { child, output, ended } = cli(["--port", "0", "--data", directory, ...args]);
    let over = false;
    void ended.then(() => (over = true));
    for (;;) {
      const port = /twin ready on 127\.0\.0\.1:(\d+)/.exec(output())?.[1];
      if (port) return { child, output, port: Number(port) };
      if (over) throw new Error(`the twin ended: ${output()}`);
      await new Promise((done) => setTimeout(done, 20));
    }
  }
  const killed = (child: ChildProcess): Promise<void> =>
    new Promise((done) => {
      child.on("close", () => done());
      child.kill("SIGKILL");
    });

  it("has every row that was answered for after kill -9, and none of an open transaction", async () => {
    const first = await serve();
    const pool = await client(first.port);
    await pool.query("create database D");
    const d = await client(first.port, "D");
    await d.query("create table t (id int not null primary key, note nvarchar(100) null)");
    for (let i = 1; i <= 50; i++) await d.query(`insert t values (${i}, N'note ${i}')`);
    await d.query("begin transaction; insert t values (51, N'in'), (52, N'in'); commit");
    const open = await client(first.port, "D");
    await open.batch(
      "begin transaction; insert t values (100, N'open'); update t set note = N'open' where id = 1; create table halfway (id int)",
    );
    // A commit of another session while that transaction is open.
    await d.query("insert t values (53, N'after')");
    await killed(first.child);

    const second = await serve();
    const after = await client(second.port, "D");
    assert.deepEqual(
      await rows(after, "select id from t order by id"),
      Array.from({ length: 53 }, (_, i) => i + 1),
    );
    assert.deepEqual(await rows(after, "select note from t where id in (1, 51) order by id"), ["note 1", "in"]);
    assert.deepEqual(await rows(after, "select count(*) from sys.objects where name = 'halfway'"), [0]);
    await after.query("create table halfway (id int)");
  });

  it("is whole after kill -9 in the middle of many commits", async () => {
    const first = await serve();
    await (await client(first.port)).query("create database D");
    const d = await client(first.port, "D");
    await d.query("create table pair (a int not null, b int not null)");
    let answered = 0;
    const writing = (async () => {
      for (let i = 1; ; i++) {
        await d.query(`begin transaction; insert pair values (${i}, 1); insert pair values (${i}, 2); commit`);
        answered = i;
      }
    })().catch(() => undefined);
    while (answered < 30) await new Promise((done) => setImmediate(done));
    await killed(first.child);
    await writing;

    const second = await serve();
    const after = await client(second.port, "D");
    const counts = (await rows(after, "select a, count(*) from pair group by a order by a")) as [number, number][];
    assert.ok(counts.length >= answered, `${counts.length} of ${answered} answered`);
    assert.ok(counts.every(([, count]) => count === 2));
  });

  it("drops a record that a crash cut off, and goes on behind the last whole one", async () => {
    const first = await serve();
    await (await client(first.port)).query("create table dbo.t (id int)");
    await (await client(first.port)).query("insert dbo.t values (1)");
    await killed(first.child);
    const log = readdirSync(directory).find((name) => name.startsWith("log-"))!;
    const whole = readFileSync(join(directory, log));
    appendFileSync(join(directory, log), Buffer.from([200, 0, 0, 0, 1, 2, 3, 4, 9, 9]));

    await start();
    assert.deepEqual(await rows(await client(twin!.port), "select id from dbo.t"), [1]);
    await stop();
    // Cut inside the last record: the insert is gone, the table stays.
    rmSync(directory, { recursive: true });
    directory = mkdtempSync(join(tmpdir(), "twin-data-"));
    const again = await serve();
    await (await client(again.port)).query("create table dbo.t (id int)");
    await (await client(again.port)).query("insert dbo.t values (1)");
    await killed(again.child);
    const name = readdirSync(directory).find((one) => one.startsWith("log-"))!;
    const bytes = readFileSync(join(directory, name));
    assert.ok(whole.length > 0 && bytes.length > 5);
    writeFileSync(join(directory, name), bytes.subarray(0, bytes.length - 5));
    await start();
    const pool = await client(twin!.port);
    assert.deepEqual(await rows(pool, "select id from dbo.t"), []);
    await pool.query("insert dbo.t values (2)");
    await stop();
    await start();
    assert.deepEqual(await rows(await client(twin!.port), "select id from dbo.t"), [2]);
  });

  it("is refused while another twin has it, and after its process was killed it is not", async () => {
    const first = await serve();
    await assert.rejects(start(), /in use by process \d+/);
    await killed(first.child);
    await start();
    await assert.rejects(startTwin({ password: PASSWORD, dataDirectory: directory }), /in use/);
  });

  it("is refused with another server collation, and when its snapshot is damaged", async () => {
    await start();
    await stop();
    await assert.rejects(
      start({ collation: "Latin1_General_CS_AS" }),
      /was made with the server collation SQL_Latin1_General_CP1_CI_AS/,
    );
    writeFileSync(join(directory, "snapshot"), "something else");
    await assert.rejects(start(), /snapshot is damaged/);
    assert.equal(existsSync(join(directory, "lock")), false);
  });

  it("keeps its certificate", async () => {
    const { certificate } = await start();
    await stop();
    assert.equal((await start()).certificate, certificate);
  });

  // ---- The program ---------------------------------------------------------------------------------------------------------

  it("is left in order by SIGTERM, with exit code 0", async () => {
    const { child, port } = await serve();
    await (await client(port)).query("create table dbo.t (id int)");
    const code = await new Promise((done) => {
      child.on("close", done);
      child.kill("SIGTERM");
    });
    assert.equal(code, 0);
    assert.equal(existsSync(join(directory, "lock")), false);
    await start();
    assert.deepEqual(await rows(await client(twin!.port), "select id from dbo.t"), []);
  });

  const wrong: [string, string[], RegExp, Record<string, string>?][] = [
    ["no password", ["--port", "0"], /no password/, {}],
    ["a simple password", ["--port", "0"], /too simple/, { TWIN_PASSWORD: "password" }],
    ["an unknown option", ["--prot", "0"], /prot/],
    ["a port that is no number", ["--port", "x"], /--port is x/],
    ["a port that cannot be", ["--port", "70000"], /0 to 65535/],
    ["an unknown version", ["--version", "2017"], /2019, 2022, 2025/],
    ["an unknown platform", ["--platform", "solaris"], /linux, windows/],
    ["an unknown edition", ["--edition", "Datacenter"], /Developer, Enterprise/],
    ["an unknown collation", ["--collation", "Klingon_CI_AS"], /Klingon_CI_AS is not known/],
  ];
  for (const [what, args, message, environment] of wrong)
    it(`the program ends with code 2 for ${what}`, async () => {
      const { ended, output } = cli(args, environment);
      assert.equal(await ended, 2);
      assert.match(output(), message);
    });
});
