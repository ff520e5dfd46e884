/**
 * What a deployment leaves behind when it breaks at any of its statements: an error that says where, rows, permissions and conversations
 * as they were, nothing of the transaction, no lock, honest books and state, and a next run that ends where an unbroken one would have
 * ended. Each statement is broken once, in ways that take turns; LAW_SWEEP=all breaks every statement of every case in every way.
 */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { ProviderError, StatementError } from "../../provider/src/errors";
import { registry, type KindName } from "../../provider/src/registry";
import { Journal } from "../../twin/src/storage/transaction";
import { dumpCatalog, dumpServer } from "./catalog-dump";
import { Deployment, type Resource } from "./deployment";
import { scenarios, type Scenario } from "./failure-scenarios";
import { faults, injected, withFault, type Fault } from "./faults";
import { logins } from "./security-cases";

const sweepsAll = process.env["LAW_SWEEP"] === "all";
const database = "broken";
const password = "F4ulty-password";

/** The server's own objects that a resource may make, and the books of a database. */
const ofServer = [
  "SELECT p.name, p.type_desc, p.is_disabled, p.default_database_name FROM sys.server_principals AS p WHERE p.type <> 'R'",
  "SELECT e.name, e.state_desc, e.port, e.ip_address FROM sys.tcp_endpoints AS e",
  "SELECT e.name, e.is_message_forwarding_enabled, e.message_forwarding_size, e.connection_auth_desc, e.encryption_algorithm_desc, SUSER_NAME(e.principal_id) AS owner FROM sys.service_broker_endpoints AS e",
];
const trust = "SELECT CONVERT(varchar(128), t.hash, 2) AS hash FROM sys.trusted_assemblies AS t ORDER BY t.hash";
const books =
  "SELECT object_type, object_name, owner, definition_hash FROM iac.[object] ORDER BY object_type, object_name";
const conversing = "SELECT COUNT(*) AS conversing FROM sys.conversation_endpoints AS e WHERE e.state = 'CO'";

const withoutBooks = new Set<KindName>(["Database", "Login", "BrokerEndpoint"]);

/** What a fault must be answered with or leave behind. */
interface Reached {
  readonly texts: readonly string[];
  readonly before: string;
  readonly after: string;
  /** Trusted assemblies, which no transaction of a database covers. */
  readonly trusted: unknown;
}
/** What Pulumi knows of the resource. */
type Known = Pick<Resource, "id" | "state">;

describe("a deployment that breaks", function () {
  this.timeout(1_800_000);
  let deployment: Deployment;
  let journal: Journal;
  before(async function () {
    deployment = await Deployment.start({ faults: true }, this);
    process.env["SQLSERVER_PASSWORD_FAULTY"] = password;
    for (const name of logins) await deployment.sql(`CREATE LOGIN ${name} WITH PASSWORD = N'Str0ng-enough';`);
    await deployment.sql("EXEC sys.sp_configure N'clr enabled', 1; RECONFIGURE;");
    journal = new Journal();
  });
  after(async () => {
    delete process.env["SQLSERVER_PASSWORD_FAULTY"];
    journal?.close();
    await deployment?.close();
  });
  afterEach(async () => {
    await deployment.configure();
    journal.restore(0);
  });

  for (const kind of Object.keys(registry) as KindName[])
    it(`${kind}: has something made, changed and deleted here`, () => {
      const actions = scenarios
        .filter((one) => one.kind === kind && !one.isOnlyInFullSweep)
        .map(({ action }) => action);
      assert.deepEqual([...new Set(actions)].sort(), ["create", "delete", "update"]);
    });

  let turn = 0;
  for (const scenario of scenarios) {
    if (!sweepsAll && scenario.isOnlyInFullSweep) continue;
    it(`${scenario.kind}: ${scenario.title}`, async () => {
      const { resource, kept } = await start(scenario);
      const known: Known = structuredClone({ id: resource.id, state: resource.state });
      const mark = journal.mark;
      const again = async (): Promise<Resource> => {
        await deployment.configure();
        journal.restore(mark);
        return { ...resource, ...structuredClone(known) };
      };
      const reached = await unbroken(scenario, await again());
      await again();
      assert.equal(await dump(scenario, database), reached.before, "the twin is not as it was");

      const problems: string[] = [];
      let tried = 0;
      for (const [at, text] of reached.texts.entries()) {
        if (isHarmless(reached.texts, at)) continue;
        tried++;
        for (const fault of sweepsAll ? faults : [faults[turn++ % faults.length]!])
          await broken(scenario, await again(), at, fault, reached, kept).catch((error: Error) => {
            problems.push(`${fault} at statement ${at}: ${text.slice(0, 200)}\n${error.message}`);
          });
      }
      assert.equal(problems.join("\n\n"), "");
      assert.ok(tried > 0, "no statement of a plan was broken");
    });
  }

  /** Database that the resource lies in after the change. */
  const placeOf = (scenario: Scenario): string =>
    scenario.kind === "Database" ? String(scenario.after?.(database)["name"] ?? database) : database;
  const exists = async (name: string): Promise<boolean> =>
    (await deployment.sql(`SELECT name FROM sys.databases WHERE name = N'${name}'`)).length > 0;

  async function start(scenario: Scenario): Promise<{ resource: Resource; kept: unknown }> {
    const collation = scenario.collation ? ` COLLATE ${scenario.collation}` : "";
    if (scenario.kind !== "Database") await deployment.sql(`CREATE DATABASE ${database}${collation};`);
    for (const batch of scenario.given.split(/(?<=;) (?=CREATE |ALTER )/).filter(Boolean))
      await deployment.sql(batch, database);
    await deployment.configure();
    const resource: Resource = scenario.before
      ? await deployment.create(scenario.kind, "one", scenario.before(database))
      : { kind: scenario.kind, name: "one", id: "", state: {} };
    if (scenario.rows) await deployment.sql(scenario.rows, database);
    return { resource, kept: scenario.kept && (await deployment.sql(scenario.kept, database)) };
  }

  function apply(
    scenario: Scenario,
    resource: Resource,
    disturb: (work: () => Promise<void>) => Promise<void>,
    wanted = scenario.after?.(database),
  ): Promise<Error | undefined> {
    if (wanted === undefined) return deployment.failingDelete(resource, disturb);
    return resource.id === ""
      ? deployment.failingCreate(resource, wanted, disturb)
      : deployment.failingUpdate(resource, wanted, disturb);
  }

  /** Everything that a transaction must bring about whole or not at all. */
  async function dump(scenario: Scenario, place: string): Promise<string> {
    const server = await deployment.ask(ofServer, "master");
    const lines = server.flatMap((rows) => rows.map((row) => JSON.stringify(row))).sort();
    if (!(await exists(place))) return ["no database", ...lines].join("\n");
    if (scenario.kind === "Database") lines.push(...(await dumpServer(deployment, place)));
    else lines.push(...(await dumpCatalog(deployment, place)));
    const [queues, has] = await deployment.ask(
      [
        "SELECT SCHEMA_NAME(q.schema_id) AS [schema], q.name FROM sys.service_queues AS q WHERE q.is_ms_shipped = 0",
        "SELECT OBJECT_ID(N'iac.object') AS books, OBJECT_ID(N'iac.verification_check') AS checks",
      ],
      place,
    );
    const quoted = (name: unknown): string => `[${String(name).replaceAll("]", "]]")}]`;
    const messages = queues!.map(({ schema, name }) => `SELECT COUNT(*) AS n FROM ${quoted(schema)}.${quoted(name)}`);
    const answers = await deployment.ask(
      [
        conversing,
        messages.length === 0 ? "SELECT 0 AS waiting" : `SELECT SUM(m.n) AS waiting FROM (${messages.join(" UNION ALL ")}) AS m`, // prettier-ignore
        ...(has![0]!["books"] === null ? [] : [books]),
        ...(has![0]!["checks"] === null ? [] : ["SELECT owner, checks FROM iac.verification_check ORDER BY owner"]),
      ],
      place,
    );
    return [...lines, ...answers.flat().map((row) => JSON.stringify(row))].join("\n");
  }

  async function unbroken(scenario: Scenario, resource: Resource): Promise<Reached> {
    const before = await dump(scenario, database);
    let texts: readonly string[] = [];
    const failure = await apply(scenario, resource, async (work) => {
      texts = await withFault(deployment.twin!, -1, "error", work);
    });
    assert.equal(failure, undefined);
    await deployment.configure();
    return { texts, before, after: await dump(scenario, placeOf(scenario)), trusted: await deployment.sql(trust) };
  }

  async function broken(
    scenario: Scenario,
    resource: Resource,
    at: number,
    fault: Fault,
    reached: Reached,
    kept: unknown,
  ): Promise<void> {
    const known: Known = structuredClone({ id: resource.id, state: resource.state });
    const trusted = await deployment.sql(trust);
    let met = false;
    const failure = await apply(scenario, resource, async (work) => {
      met = (await withFault(deployment.twin!, at, fault, work)).length > at;
    });
    assert.ok(met, "the statement did not come");
    const isOfPlan = assertTold(failure, fault);
    if (fault === "deadlock" && isInTransaction(reached.texts, at))
      assert.equal(failure, undefined, "the transaction of a deadlock victim is tried again");
    const failed = failure !== undefined;

    // The provider's process still lives and has its lock, but nothing of what it did is open.
    assert.deepEqual(
      await deployment.sql(
        "SELECT session_id FROM sys.dm_exec_sessions WHERE program_name LIKE N'pulumi-sqlserver%' AND open_transaction_count > 0",
      ),
      [],
    );
    await deployment.configure();
    await deployment.assertUnlocked(database);

    const now = placeOf(scenario);
    const where = (await exists(now)) ? now : database;
    const left = await dump(scenario, where);
    const isUndone = left === reached.before;
    // The trust of an assembly is in master, and no transaction of a database covers it.
    const isUntouched = isUndone && isDeepStrictEqual(await deployment.sql(trust), trusted);
    if (scenario.isAtomic)
      assert.ok(
        isUndone || left === reached.after,
        `neither as before nor as asked for:\n${difference(left, reached)}`,
      );
    if (scenario.isAtomic && scenario.kind !== "ClrAssembly" && failed && fault === "error" && isOfPlan)
      assert.ok(isUndone, "something of a failed transaction is there");
    if (scenario.kept && (scenario.after || isUndone))
      assert.deepEqual(await deployment.sql(scenario.kept, where), kept, "rows are lost");
    if (failed && fault === "error" && isOfPlan && scenario.after) await assertRecorded(where);
    // Whoever lost the connection is told what to do.
    if (failed && failure.message.includes("SINGLE_USER") && (await exists(where)))
      await deployment.sql(`ALTER DATABASE [${where}] SET MULTI_USER;`);
    if (scenario.kind === "Database" && (await exists(where)))
      assert.deepEqual(
        await deployment.sql(
          `SELECT user_access_desc AS access FROM sys.databases WHERE name = N'${where}' AND user_access_desc <> N'MULTI_USER'`,
        ),
        [],
        "nobody else can use the database",
      );
    if (fault === "killed process") Object.assign(resource, structuredClone(known));
    else if (failed && scenario.after) await assertHonest(resource, known, fault, { isUndone, isUntouched });

    const wanted = scenario.after && {
      ...scenario.after(database),
      ...((await mustAdopt(scenario, resource, fault, isUndone)) ? { adopt: true } : {}),
    };
    const again = await apply(scenario, resource, (work) => work(), wanted);
    assert.equal(again, undefined, "the next run fails too");
    await deployment.configure();
    if (wanted) await deployment.assertUnchanged(resource, wanted);
    else if (scenario.kind !== "Verification")
      assert.equal(await deployment.refresh(resource), undefined, "it is still there");
    await deployment.configure();
    const end = await dump(scenario, now);
    assert.ok(end === reached.after, `the next run does not end where it should:\n${difference(end, reached)}`);
    assert.deepEqual(await deployment.sql(trust), reached.trusted);
    if (scenario.kept && scenario.after) assert.deepEqual(await deployment.sql(scenario.kept, now), kept);
  }

  /** What happened is known unless the connection broke: then the state says what is there, and nothing new when nothing happened. */
  async function assertHonest(
    resource: Resource,
    known: Known,
    fault: Fault,
    { isUndone, isUntouched }: { isUndone: boolean; isUntouched: boolean },
  ): Promise<void> {
    if (fault !== "error" && fault !== "deadlock") return;
    // Checks that were not asked, or not recorded, are none that passed.
    if (isUntouched && resource.state["verified"] !== false)
      assert.deepEqual({ id: resource.id, state: resource.state }, known, "the state says what did not happen");
    if (isUndone) return;
    assert.notEqual(resource.id, "", "Pulumi does not know what is there");
    assert.ok(await deployment.refresh(resource), "the state knows what is not there");
    await deployment.configure();
  }

  /**
   * No books are kept of what belongs to the server, and those of a database are in it: whoever dies right after making or renaming one is told how to
   * take it over, because nobody knows whose it is.
   */
  async function mustAdopt(scenario: Scenario, resource: Resource, fault: Fault, isUndone: boolean): Promise<boolean> {
    if (fault !== "killed process" || isUndone || !withoutBooks.has(scenario.kind)) return false;
    const { failures } = await deployment.preview(
      scenario.kind,
      resource.name,
      scenario.after!(database),
      resource.state,
    );
    if (failures.length > 0) assert.match(failures.join(), /^ObjectExistsError: .* set adopt: true to take it over/);
    return failures.length > 0;
  }

  async function assertRecorded(place: string): Promise<void> {
    if (!(await exists(place))) return;
    const [has] = await deployment.sql("SELECT OBJECT_ID(N'iac.deployment') AS books", place);
    if (has!["books"] === null) return;
    const [row] = await deployment.sql("SELECT TOP (1) outcome, error_number FROM iac.deployment ORDER BY deployment_id DESC", place); // prettier-ignore
    assert.deepEqual(row, { outcome: "failed", error_number: injected.number });
  }

  /** True when the error names a batch of the plan. */
  function assertTold(failure: Error | undefined, fault: Fault): boolean {
    if (failure === undefined) return false;
    assert.ok(failure instanceof ProviderError, `a raw error reached the person: ${failure.stack}`);
    assert.ok(failure.message.startsWith(`${failure.name}: `));
    assert.ok(!failure.message.includes(password), "a password is in the error");
    if (!(failure instanceof StatementError)) return false;
    const [, number, all] = /batch (\d+) of (\d+): \S/.exec(failure.message) ?? [];
    // The lock and the books are no batch of the plan.
    if (number === undefined)
      assert.match(failure.message, /^StatementError: ((database|server) "|the rows of schema iac )/);
    else assert.ok(Number(number) <= Number(all), failure.message);
    if (fault === "error") told(failure, injected.number, injected.severity, injected.state);
    else if (fault === "deadlock") told(failure, 1205, 13, 51);
    else if (fault === "killed session") told(failure, 596, 21, 1);
    else if (number === undefined) assert.match(failure.message, /the connection broke/);
    else assert.match(failure.message, /the connection broke; .*only the server knows/);
    return number !== undefined;
  }
  function told(failure: StatementError, number: number, severity: number, state: number): void {
    assert.match(failure.message, new RegExp(`\\(error ${number}, class ${severity}, state ${state}[,)]`));
    assert.equal(failure.detail?.number, number);
  }
});

/** Lines that are in one of both only. */
function difference(left: string, { before, after }: Reached): string {
  const lines = left.split("\n");
  const only = (these: readonly string[], others: readonly string[], mark: string): string[] =>
    these.filter((line) => !others.includes(line)).map((line) => `${mark}${line}`);
  const from = (name: string, text: string): string =>
    [`against ${name}:`, ...only(lines, text.split("\n"), "+ "), ...only(text.split("\n"), lines, "- ")].join("\n");
  return `${from("before", before)}\n${from("after", after)}`;
}

/** In the one transaction of an atomic plan, or in that of the books, which is as small. */
function isInTransaction(texts: readonly string[], at: number): boolean {
  const before = texts.slice(0, at).map((text) => text.trim());
  return (
    before.findLastIndex((text) => text.startsWith("BEGIN TRANSACTION")) >
    before.findLastIndex((text) => text.startsWith("COMMIT TRANSACTION"))
  );
}

/**
 * Reads of the catalog are their own test, these settings cannot fail, and of a text that is executed the statements come next; what is
 * left is the lock, the plan and the books.
 */
function isHarmless(texts: readonly string[], at: number): boolean {
  return (
    /^\s*(SET |SELECT \d+ AS \[#statement\]|IF @@|DECLARE |EXEC \(N')/i.test(texts[at]!) ||
    texts[at]!.includes("[#answered]") ||
    texts[at + 1]?.includes("[#answered]") === true ||
    // What the catalog's own texts execute.
    /^\s*EXEC \(N'SELECT /.test(texts[at - 1] ?? "")
  );
}
