/**
 * The server of a suite: a twin of its own or, when SQLSERVER_URL is set, the server that it names. What is made on it has the mark
 * of this run in its name, so that two runs do not meet, and at the end nothing of it is left. A suite says what it needs; where
 * the server does not have that, it is skipped and says why.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readConfiguration, type ServerSettings } from "../provider/src/engine/configuration";
import { connect, type Connection, type ResultRow, type ResultSet } from "../provider/src/engine/connection";
import { quoteName, quoteText } from "../provider/src/engine/quoting";
import { startTwin, type StandIns, type Twin, type TwinOptions } from "../twin/src";

/** Whoever wants to clear up after a run that was killed looks for names that end so. */
const mark = `test${randomBytes(4).toString("hex")}`;

/** The name of something that is made on the server itself: a database, login or endpoint. */
export const unique = (name: string): string => `${name}_${mark}`;

/** The predicate for what this run has made on the server. */
export const isOurs = (column: string): string => `${column} LIKE N'%${mark}%'`;

/** `version` is what a twin is to be; a server of another version is taken as it is, unless `since` is more than it has. */
export interface Needs extends Partial<Pick<TwinOptions, "version" | "platform" | "collation" | "clr" | "log">> {
  readonly since?: NonNullable<TwinOptions["version"]>;
  /** Options of sp_configure; what they were comes back at the end. */
  readonly configuration?: Readonly<Record<string, number>>;
  /** What nobody can order from a server that is not a twin of this process. */
  readonly faults?: boolean;
}

/** Skips the suite or test, and says why. */
export function skip(context: Mocha.Context, reason: string): never {
  console.log(`skipped: ${reason}`);
  return context.skip();
}

export class TestServer {
  private constructor(
    /** undefined when SQLSERVER_URL names the server. */
    readonly twin: Twin | undefined,
    readonly settings: ServerSettings,
    private readonly client: Connection,
    /** Only what a suite makes on a twin of its own may have any name. */
    private readonly isExchangeable: boolean,
  ) {}

  /** Runs T-SQL as a person would, beside the provider; the rows of the last result set. */
  async sql(batch: string, database?: string): Promise<readonly ResultRow[]> {
    return (await this.results(batch, database)).at(-1)?.rows ?? [];
  }

  /** All result sets of a batch. */
  async results(batch: string, database = "master"): Promise<readonly ResultSet[]> {
    await this.client.request(`USE ${quoteName(database)};`, 60);
    try {
      return await this.client.request(batch, 60);
    } finally {
      // A session that stays in a database would stand in the way of what needs exclusive access.
      await this.client.request("USE master;", 60);
    }
  }

  /** A session of its own, as another person would have; the caller closes it. */
  session(database: string, program = "another session"): Promise<Connection> {
    return connect("test", this.settings, database, program);
  }

  /** Without a context what is missing is an error. */
  static async start(password: string, needs: Needs = {}, context?: Mocha.Context): Promise<TestServer> {
    const url = process.env.SQLSERVER_URL;
    if (!url) return TestServer.twinFor(password, needs, needs.faults !== true);
    const settings = readConfiguration({ get: () => undefined }, { SQLSERVER_TEST: url }).server("test");
    const server = new TestServer(undefined, settings, await connect("test", settings, "master", "test"), true);
    const missing = await server.missing(needs);
    if (missing === undefined) {
      if (open++ === 0) await remember(server.client);
      return server;
    }
    if (open === 0) await restoreConfiguration(server.client);
    await server.client.close();
    if (context) return skip(context, missing);
    throw new Error(missing);
  }

  /** For suites of the twin itself, which SQLSERVER_URL does not concern. */
  static startTwin(password: string, needs: Needs = {}): Promise<TestServer> {
    return TestServer.twinFor(password, needs, false);
  }

  private static async twinFor(password: string, needs: Needs, isExchangeable: boolean): Promise<TestServer> {
    const { since: _since, configuration, faults: _faults, ...options } = needs;
    const twin = await startTwin({ password, ...options });
    const settings = {
      host: "localhost",
      port: twin.port,
      user: "sa",
      password,
      certificateAuthority: twin.certificate,
    };
    const client = await connect("test", settings, "master", "test");
    const server = new TestServer(twin, settings, client, isExchangeable);
    for (const [option, value] of Object.entries(configuration ?? {})) await configure(server.client, option, value);
    return server;
  }

  /** Skips a test that needs more than its suite. */
  async need(needs: Needs, context: Mocha.Context): Promise<void> {
    const missing = this.twin ? undefined : await this.missing(needs);
    if (missing !== undefined) skip(context, missing);
  }

  /** What runs for the CLR routines: on SQL Server their own code, on a twin of this process these. */
  async runClr(routines: StandIns, context: Mocha.Context): Promise<void> {
    if (this.twin) this.twin.registerClr(routines);
    else await this.need({ clr: routines }, context);
  }

  /** Skips a test that does what only a twin of this process takes. */
  ownTwin(context: Mocha.Context, reason = onlyTwins): Twin {
    return this.twin ?? skip(context, reason);
  }

  async close(): Promise<void> {
    try {
      if (this.twin && this.isExchangeable) await assertMarked(this.client);
      else if (!this.twin && --open === 0) await clear(this.client);
    } finally {
      await this.client.close();
      await this.twin?.close();
    }
  }

  /** Drops the databases of this run, which on a server with little disk must not wait for the end. */
  async dropDatabases(): Promise<void> {
    if (!this.twin) await dropDatabases(this.client);
  }

  private async missing(needs: Needs): Promise<string | undefined> {
    const [row] = await rows(
      this.client,
      "SELECT LOWER(h.host_platform) AS platform, CONVERT(nvarchar(128), SERVERPROPERTY('Collation')) AS collation, CONVERT(int, PARSENAME(CONVERT(nvarchar(128), SERVERPROPERTY('ProductVersion')), 4)) AS major, @@VERSION AS version FROM sys.dm_os_host_info AS h;",
    );
    if (needs.faults) return onlyTwins;
    if (needs.clr && /stand-in/.test(String(row?.["version"]))) return standInsElsewhere;
    if (needs.platform && row?.["platform"] !== needs.platform)
      return `this needs SQL Server on ${needs.platform}; the server runs on ${String(row?.["platform"])}`;
    if (needs.collation && row?.["collation"] !== needs.collation)
      return `this needs a server with the collation ${needs.collation}; it has ${String(row?.["collation"])}`;
    if (needs.since && Number(row?.["major"]) < majors[needs.since])
      return `this needs SQL Server ${needs.since}; the server has version ${String(row?.["major"])}`;
    for (const [option, value] of Object.entries(needs.configuration ?? {}))
      try {
        const [before] = await rows(
          this.client,
          `SELECT CONVERT(int, value) AS value FROM sys.configurations WHERE name = ${quoteText(option)};`,
        );
        if (Number(before?.["value"]) === value) continue;
        if (!configured.has(option)) configured.set(option, Number(before?.["value"]));
        await configure(this.client, option, value);
      } catch (error) {
        return `the server refuses ${option} = ${value}: ${(error as Error).message}`;
      }
    return undefined;
  }
}

const standInsElsewhere = "what stands in for CLR code is registered with a twin of this process only";
const onlyTwins = "faults are ordered from a twin only";
const majors = { "2019": 15, "2022": 16, "2025": 17 } as const;

/** Of the server that SQLSERVER_URL names: how many suites use it, and what was there before the first. */
let open = 0;
const configured = new Map<string, number>();
let trusted = new Set<string>();

const rows = async (client: Connection, query: string): Promise<readonly ResultRow[]> =>
  (await client.request(query, 60)).at(-1)?.rows ?? [];
const names = async (client: Connection, query: string): Promise<string[]> =>
  (await rows(client, query)).map(({ name }) => String(name));
const configure = async (client: Connection, option: string, value: number): Promise<void> =>
  void (await client.request(`EXEC sys.sp_configure ${quoteText(option)}, ${value}; RECONFIGURE;`, 60));
const trustedNow = (client: Connection): Promise<string[]> =>
  names(client, "SELECT CONVERT(varchar(128), t.hash, 2) AS name FROM sys.trusted_assemblies AS t;");

async function remember(client: Connection): Promise<void> {
  trusted = new Set(await trustedNow(client));
}

async function restoreConfiguration(client: Connection): Promise<void> {
  for (const [option, value] of configured) await configure(client, option, value);
  configured.clear();
}

async function dropDatabases(client: Connection): Promise<void> {
  for (const name of await names(client, `SELECT name FROM sys.databases WHERE ${isOurs("name")};`)) {
    const database = quoteName(name);
    // Of a closed database DROP would leave the files.
    for (const batch of [
      `IF DATABASEPROPERTYEX(${quoteText(name)}, 'Status') = N'OFFLINE' ALTER DATABASE ${database} SET ONLINE;`,
      `ALTER DATABASE ${database} SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE ${database};`,
    ])
      await client.request(batch, 60);
  }
}

/** Databases first: logins own them, assemblies in them rest on trust, and contained ones on an option of the server. */
async function clear(client: Connection): Promise<void> {
  await dropDatabases(client);
  for (const name of await names(client, `SELECT name FROM sys.endpoints WHERE ${isOurs("name")};`))
    await client.request(`DROP ENDPOINT ${quoteName(name)};`, 60);
  for (const name of await names(client, `SELECT name FROM sys.server_principals WHERE ${isOurs("name")};`))
    await client.request(`DROP LOGIN ${quoteName(name)};`, 60);
  for (const hash of (await trustedNow(client)).filter((now) => !trusted.has(now)))
    await client.request(`EXEC sys.sp_drop_trusted_assembly @hash = 0x${hash};`, 60);
  await restoreConfiguration(client);
}

/** On a twin nobody else is, so that a name without the mark is found here and not where it meets another one. */
async function assertMarked(client: Connection): Promise<void> {
  const unmarked = await names(
    client,
    `SELECT name FROM sys.databases WHERE database_id > 4 AND NOT (${isOurs("name")})
     UNION ALL SELECT name FROM sys.sql_logins WHERE name <> N'sa' AND NOT (${isOurs("name")})
     UNION ALL SELECT name FROM sys.service_broker_endpoints WHERE NOT (${isOurs("name")});`,
  );
  assert.deepEqual(unmarked, [], "names on the server that another run could have; write unique(name)");
}
