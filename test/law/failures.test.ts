/**
 * What a deployment leaves behind when it breaks at any of its statements: an error that says where, rows as they were, nothing of
 * the transaction, no lock, an honest iac.object, and a next run that ends where an unbroken one would have ended.
 * LAW_SWEEP=all breaks every statement of every case in every way; otherwise one case of each sort, and each way takes its share.
 */
import assert from "node:assert/strict";
import { ProviderError, StatementError } from "../../provider/src/errors";
import type { KindName } from "../../provider/src/registry";
import { brokerSweep } from "./broker-cases";
import { cases } from "./cases";
import { dumpCatalog, dumpServer } from "./catalog-dump";
import { unique } from "../server";
import { Deployment, type Properties, type Resource } from "./deployment";
import { partitionCases } from "./partition-cases";
import { temporalCases } from "./temporal-cases";
import { injected, withFault, type Fault } from "./faults";

interface Scenario {
  readonly kind: KindName;
  readonly title: string;
  readonly given: string;
  /** undefined: the object is made, and that breaks. */
  readonly before: ((database: string) => Properties) | undefined;
  readonly after: (database: string) => Properties;
  readonly rows?: string | undefined;
  readonly kept?: string | undefined;
  /** All statements of the plan share one transaction. */
  readonly isAtomic: boolean;
}

const inside =
  (given: Properties, allow: readonly string[] = []) =>
  (database: string): Properties => ({ database, ...given, ...(allow.length > 0 ? { allow: [...allow] } : {}) });
const itself =
  (given: Properties) =>
  (name: string): Properties => ({ name, ...given });

const changes = [...cases, ...brokerSweep, ...temporalCases, ...partitionCases.slice(0, 1)].flatMap(
  (one): Scenario[] =>
    one.after === undefined
      ? []
      : [
          {
            kind: one.kind,
            title: one.title,
            given: one.given ?? "",
            before: inside(one.before, one.allow),
            after: inside(one.after, one.allow),
            rows: one.rows,
            kept: one.kept,
            isAtomic: one.kind !== "Filegroup",
          },
        ],
);
const atFirst = cases
  .filter(({ title }) =>
    [
      "a schema",
      "a table with keys, checks, an index and a computed column",
      "modules that need each other, in files of no order",
    ].includes(title),
  )
  .map((one): Scenario => ({
    kind: one.kind,
    title: `making ${one.title}`,
    given: one.given ?? "",
    before: undefined,
    after: inside(one.before),
    isAtomic: true,
  }));

const people =
  "CREATE TABLE dbo.People (name nvarchar(20) NOT NULL); INSERT INTO dbo.People (name) VALUES (N'a'), (N'b');";
const names = "SELECT name FROM dbo.People ORDER BY name";
const own: readonly Scenario[] = [
  {
    kind: "Filegroup",
    title: "making a filegroup with files that becomes the default one",
    given: "",
    before: undefined,
    after: inside({
      name: "Archive",
      files: [
        { name: "a1", sizeMb: 8 },
        { name: "a2", sizeMb: 8 },
      ],
      isDefault: true,
    }),
    isAtomic: false,
  },
  {
    kind: "Filegroup",
    title: "a filegroup and its file that change their names, and another file that goes",
    given: "",
    before: inside({
      name: "Archive",
      files: [
        { name: "a1", sizeMb: 8 },
        { name: "a2", sizeMb: 8 },
      ],
    }),
    after: inside({
      name: "History",
      renamedFrom: "Archive",
      files: [{ name: "h1", renamedFrom: "a1", sizeMb: 8 }],
      readOnly: true,
    }),
    isAtomic: false,
  },
  {
    kind: "Database",
    title: "making a database with options, owner and files",
    given: "",
    before: undefined,
    after: itself({
      collation: "Latin1_General_100_CI_AS",
      recoveryModel: "SIMPLE",
      readCommittedSnapshot: true,
      queryStore: { mode: "READ_WRITE", maxStorageSizeMb: 200 },
      files: [{ name: "d1", sizeMb: 8 }],
      readOnly: true,
    }),
    isAtomic: false,
  },
  {
    kind: "Database",
    title: "a database whose options, collation and files change",
    given: "",
    before: itself({ collation: "Latin1_General_100_CI_AS", files: [{ name: "d1", sizeMb: 8 }] }),
    rows: people,
    kept: names,
    after: itself({
      collation: "Latin1_General_100_CS_AS",
      disconnectSessionsAfterSeconds: 1,
      autoClose: true,
      snapshotIsolation: true,
      brokerEnabled: false,
      files: [
        { name: "d1", sizeMb: 16, growthMb: 16 },
        { name: "d2", sizeMb: 8 },
      ],
    }),
    isAtomic: false,
  },
  {
    kind: "Database",
    title: "a database that changes its name and an option",
    given: "",
    before: itself({ recoveryModel: "FULL" }),
    rows: people,
    kept: names,
    after: (name) => ({
      name: `${name} later`,
      renamedFrom: name,
      disconnectSessionsAfterSeconds: 1,
      recoveryModel: "SIMPLE",
    }),
    isAtomic: false,
  },
];

/** What they show, another case of the same kind shows too. */
const onlyInFullSweep = new Set([
  "a filegroup whose file grows and that gets a second one",
  "a filegroup that becomes the default one",
  "a system-versioned table with hostile names",
  "a system-versioned table in a case-sensitive database",
  "a system-versioned table that changes its name, a column's name and its retention",
  "the type of the key of a system-versioned table, in a window",
  "a table that gets a nonclustered columnstore index with a filter, and a wider one",
  "a table in partitions with aligned indexes",
  "a table that gets a column",
  "a table that loses a column with consent",
  "a table that changes name and schema",
  "a set that gains a table and loses one with consent",
  "making a schema",
  "a queue with other readers and another user",
  "a route that loses what ALTER ROUTE cannot take away",
]);
const sweepsAll = process.env["LAW_SWEEP"] === "all";
const faults: readonly Fault[] = ["error", "lost connection", "deadlock"];

describe("a deployment that breaks", function () {
  this.timeout(600_000);
  let deployment: Deployment;
  let count = 0;
  before(async function () {
    deployment = await Deployment.start({ faults: true }, this);
  });
  after(() => deployment?.close());

  for (const scenario of [...changes, ...atFirst, ...own]) {
    if (!sweepsAll && onlyInFullSweep.has(scenario.title)) continue;
    it(`${scenario.kind}: ${scenario.title}`, async () => {
      const { texts, dumps } = await unbroken(scenario);
      const numbers = new Set<number>();
      const problems: string[] = [];
      let tried = 0;
      for (const [at, text] of texts.entries()) {
        if (isHarmless(texts, at)) continue;
        tried++;
        const ways = sweepsAll ? faults : [faults[tried % 4 === 1 ? 1 : tried % 4 === 3 ? 2 : 0]!];
        for (const fault of ways) {
          const number = await broken(scenario, texts, at, fault, dumps).catch((error: Error) => {
            problems.push(`${fault} at statement ${at}: ${text.slice(0, 200)}\n${error.message}`);
            return undefined;
          });
          if (number !== undefined) numbers.add(number);
        }
      }
      assert.equal(problems.join("\n\n"), "");
      assert.ok(numbers.size > 0, "no statement of a plan was broken");
    });
  }

  const databaseOf = (scenario: Scenario, properties: Properties): string =>
    String(properties[scenario.kind === "Database" ? "name" : "database"]);

  async function start(
    scenario: Scenario,
  ): Promise<{ resource: Resource; database: string; after: Properties; kept: unknown }> {
    const database = unique(`fail_${++count}`);
    if (scenario.kind !== "Database") await deployment.sql(`CREATE DATABASE ${database};`);
    for (const batch of scenario.given.split(/(?<=;) (?=CREATE |ALTER )/).filter(Boolean))
      await deployment.sql(batch, database);
    await deployment.configure();
    const resource: Resource = scenario.before
      ? await deployment.create(scenario.kind, "one", scenario.before(database))
      : { kind: scenario.kind, name: "one", id: "", state: {} };
    if (scenario.rows) await deployment.sql(scenario.rows, database);
    await deployment.configure();
    return {
      resource,
      database,
      after: scenario.after(database),
      kept: scenario.kept ? await deployment.sql(scenario.kept, database) : undefined,
    };
  }

  const apply = (
    scenario: Scenario,
    resource: Resource,
    after: Properties,
    disturb: (work: () => Promise<void>) => Promise<void>,
  ): Promise<Error | undefined> =>
    resource.id === ""
      ? deployment.failingCreate(resource, after, disturb)
      : deployment.failingUpdate(resource, after, disturb);

  /** Everything that a transaction must bring about whole or not at all. */
  async function dump(scenario: Scenario, database: string): Promise<string> {
    const there = await deployment.sql(`SELECT name FROM sys.databases WHERE name = N'${database}'`);
    if (there.length === 0) return "no database";
    const catalog =
      scenario.kind === "Database" ? await dumpServer(deployment, database) : await dumpCatalog(deployment, database);
    const [{ books } = { books: null }] = await deployment.sql("SELECT OBJECT_ID(N'iac.object') AS books", database);
    const rows =
      books === null
        ? []
        : await deployment.sql(
            "SELECT object_type, object_name, owner, definition_hash FROM iac.[object] ORDER BY object_type, object_name",
            database,
          );
    const conversations = await deployment.sql(
      "SELECT COUNT(*) AS conversing FROM sys.conversation_endpoints AS e WHERE e.state = 'CO'",
      database,
    );
    return [...catalog, ...[...rows, ...conversations].map((row) => JSON.stringify(row))]
      .join("\n")
      .replaceAll(/fail_\d+_\w+/g, "<database>");
  }

  async function unbroken(
    scenario: Scenario,
  ): Promise<{ texts: readonly string[]; dumps: { before: string; after: string } }> {
    const { resource, database, after } = await start(scenario);
    const before = await dump(scenario, database);
    let texts: readonly string[] = [];
    const failure = await apply(scenario, resource, after, async (work) => {
      texts = await withFault(deployment.twin!, -1, "error", work);
    });
    assert.equal(failure, undefined);
    await deployment.configure();
    return { texts, dumps: { before, after: await dump(scenario, databaseOf(scenario, after)) } };
  }

  /** The number of the batch that the error names. */
  async function broken(
    scenario: Scenario,
    texts: readonly string[],
    at: number,
    fault: Fault,
    dumps: { before: string; after: string },
  ): Promise<number | undefined> {
    const { resource, database, after, kept } = await start(scenario);
    const failure = await apply(
      scenario,
      resource,
      after,
      async (work) => void (await withFault(deployment.twin!, at, fault, work)),
    );
    const named = assertTold(failure, fault);
    if (fault === "deadlock" && isInTransaction(texts, at))
      assert.equal(failure, undefined, "the transaction of a deadlock victim is tried again");
    const now = databaseOf(scenario, after);
    const exists = async (name: string): Promise<boolean> =>
      (await deployment.sql(`SELECT name FROM sys.databases WHERE name = N'${name}'`)).length > 0;

    // The provider's process still lives and has its lock, but nothing of what it did is open.
    assert.deepEqual(
      await deployment.sql(
        "SELECT session_id, open_transaction_count AS n FROM sys.dm_exec_sessions WHERE program_name LIKE N'pulumi-sqlserver%' AND open_transaction_count > 0",
      ),
      [],
    );
    await deployment.configure();
    await deployment.assertUnlocked(database);
    const where = (await exists(now)) ? now : database;
    if (scenario.isAtomic) {
      const left = await dump(scenario, where);
      assert.ok(left === dumps.before || left === dumps.after, `neither as before nor as asked for:\n${left}`);
      if (failure && fault === "error" && named !== undefined)
        assert.equal(left, dumps.before, "something of a failed transaction is there");
    }
    if (scenario.kept) assert.deepEqual(await deployment.sql(scenario.kept, where), kept);
    // Whoever lost the connection is told what to do.
    if (failure && fault === "lost connection" && failure.message.includes("SINGLE_USER"))
      await deployment.sql(`ALTER DATABASE [${where}] SET MULTI_USER;`);
    if (scenario.kind === "Database" && (await exists(where)))
      assert.deepEqual(
        await deployment.sql(
          `SELECT user_access_desc AS access FROM sys.databases WHERE name = N'${where}' AND user_access_desc <> N'MULTI_USER'`,
        ),
        [],
        "nobody else can use the database",
      );

    const again = await apply(scenario, resource, after, (work) => work());
    assert.equal(again, undefined, "the next run fails too");
    await deployment.configure();
    await deployment.assertUnchanged(resource, after);
    await deployment.configure();
    assert.equal(await dump(scenario, now), dumps.after);
    if (scenario.kept) assert.deepEqual(await deployment.sql(scenario.kept, now), kept);
    await deployment.sql(`DROP DATABASE [${now}];`);
    return named;
  }

  function assertTold(failure: Error | undefined, fault: Fault): number | undefined {
    if (failure === undefined) return undefined;
    assert.ok(failure instanceof ProviderError, `a raw error reached the person: ${failure.stack}`);
    assert.ok(failure.message.startsWith(`${failure.name}: `));
    if (!(failure instanceof StatementError)) return undefined;
    const [, number, all] = /batch (\d+) of (\d+): \S/.exec(failure.message) ?? [];
    // The lock and the books are no batch of the plan.
    if (number === undefined)
      assert.match(failure.message, /^StatementError: ((database|server) "|the rows of schema iac )/);
    else assert.ok(Number(number) <= Number(all), failure.message);
    if (fault === "lost connection" && number === undefined) assert.match(failure.message, /the connection broke/);
    else if (fault === "lost connection")
      assert.match(failure.message, /the connection broke; .*only the server knows/);
    else {
      const {
        number: error,
        class: severity,
        state,
      } = fault === "error"
        ? { number: injected.number, class: injected.severity, state: injected.state }
        : { number: 1205, class: 13, state: 51 };
      assert.match(failure.message, new RegExp(`\\(error ${error}, class ${severity}, state ${state}[,)]`));
      assert.equal(failure.detail?.number, error);
    }
    return number === undefined ? undefined : Number(number);
  }
});

/** In the one transaction of an atomic plan, or in that of the books, which is as small. */
function isInTransaction(texts: readonly string[], at: number): boolean {
  const before = texts.slice(0, at).map((text) => text.trim());
  return (
    before.findLastIndex((text) => text.startsWith("BEGIN TRANSACTION")) >
    before.findLastIndex((text) => text.startsWith("COMMIT TRANSACTION"))
  );
}

/** Reads of the catalog are their own test, and these cannot fail; what is left is the lock, the plan and the books. */
function isHarmless(texts: readonly string[], at: number): boolean {
  return (
    /^\s*(SET |SELECT \d+ AS \[#statement\]|IF @@|DECLARE )/.test(texts[at]!) ||
    texts[at]!.includes("[#answered]") ||
    texts[at + 1]?.includes("[#answered]") === true
  );
}
