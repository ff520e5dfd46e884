import assert from "node:assert/strict";
import { InvalidInputsError } from "../../../provider/src/errors";
import type { Plan, PlanContext, ProbeRow } from "../../../provider/src/contract";
import type { DatabaseRow, MasterFileRow } from "../../../provider/src/engine/snapshot/server";
import { databaseKind } from "../../../provider/src/kinds/database";
import type { DatabaseInputs } from "../../../provider/src/kinds/database/inputs";
import {
  checkRow,
  columnRow,
  databaseRow,
  filegroupFileRow,
  masterFileRow,
  objectRow,
  planContext,
  queryStoreRow,
  snapshot,
  tableRow,
  type Surroundings,
} from "../../catalog-rows";
import { assertGrammar, golden, record } from "../../golden";

const common = { server: "hart-server", owner: "shop/dev/Database/sales" } as const;
const dataFile = masterFileRow();
const logFile = masterFileRow({
  fileId: 2,
  type: 1,
  dataSpaceId: 0,
  name: "sales_log",
  physicalName: "D:\\Log\\sales_log.ldf",
  maxSizePages: 268_435_456,
});

function inputs(given: Partial<DatabaseInputs> = {}): DatabaseInputs {
  return databaseKind.inputs.parse({ ...common, name: "sales", ...given });
}

/** A server on which the database is not there. */
function without(special: Surroundings = {}): PlanContext {
  return planContext(snapshot(special));
}

/** A server with the database as `row` and `files` say. */
function having(
  row: Partial<DatabaseRow> = {},
  special: Surroundings = {},
  files: readonly MasterFileRow[] = [dataFile, logFile],
): PlanContext {
  const rows = { queryStore: [queryStoreRow()] };
  return planContext(
    snapshot({ databases: [databaseRow(row)], files, ...special, rows: { ...rows, ...special.rows } }),
  );
}

function planned(given: DatabaseInputs, context: PlanContext): Plan {
  const desired = databaseKind.desired(given);
  const live = databaseKind.read(context.catalog, databaseKind.identity(desired), context.owned);
  return record("database", databaseKind.plan(desired, live, context));
}

function deleted(context: PlanContext, rows?: ProbeRow): Plan {
  const live = databaseKind.read(context.catalog, { name: "sales" }, context.owned);
  assert.ok(live);
  const answers = new Map(rows === undefined ? [] : [["rows", rows]]);
  return record("database delete", databaseKind.planDelete(live, { ...context, answers }));
}

const batches = (plan: Plan): string[] => plan.statements.map((statement) => statement.batch);
const reasons = (plan: Plan): string =>
  plan.refusals.map(({ property, reason }) => `${property}: ${reason}`).join("\n");
const hazards = (plan: Plan): string[] =>
  plan.statements.flatMap((statement) => statement.hazards.map(({ type, object }) => `${type}:${object}`));

function issuesOf(given: Partial<DatabaseInputs>): string {
  try {
    databaseKind.desired(inputs(given));
  } catch (error) {
    assert.ok(error instanceof InvalidInputsError);
    return error.message;
  }
  return "";
}

/** Everything that can be given, with the values of `databaseRow`, `queryStoreRow` and the two files. */
const everything = {
  collation: "SQL_Latin1_General_CP1_CI_AS",
  ownerLogin: "sa",
  autoClose: false,
  autoShrink: false,
  autoCreateStatistics: true,
  autoCreateStatisticsIncremental: false,
  autoUpdateStatistics: true,
  autoUpdateStatisticsAsync: false,
  compatibilityLevel: 160,
  recoveryModel: "FULL",
  pageVerify: "CHECKSUM",
  delayedDurability: "DISABLED",
  targetRecoveryTimeSeconds: 60,
  trustworthy: false,
  databaseChaining: false,
  containment: "NONE",
  readCommittedSnapshot: false,
  acceleratedDatabaseRecovery: false,
  brokerEnabled: false,
  snapshotIsolation: false,
  readOnly: false,
  queryStore: {
    mode: "READ_WRITE",
    captureMode: "AUTO",
    maxStorageSizeMb: 1000,
    flushIntervalSeconds: 900,
    intervalLengthMinutes: 60,
    staleQueryThresholdDays: 30,
    maxPlansPerQuery: 200,
    sizeBasedCleanup: "AUTO",
    waitStatisticsCapture: true,
  },
  files: [{ name: "sales", path: "C:\\Data\\sales.mdf", sizeMb: 100, growthMb: 64, maxSizeMb: "unlimited" }],
  logFiles: [{ name: "sales_log", growthMb: 64, maxSizeMb: "unlimited" }],
} satisfies Partial<DatabaseInputs>;

describe("kind Database", () => {
  describe("inputs", () => {
    it("reports all bad inputs at once, each with its path", () => {
      const message = issuesOf({
        name: "Master",
        autoCreateStatisticsIncremental: true,
        containment: "PARTIAL",
        autoClose: true,
        queryStore: { mode: "OFF", maxStorageSizeMb: 10 },
        files: [{ name: "a", growthMb: 10, growthPercent: 10 }],
        logFiles: [{ name: "a", maxSizeMb: 3_000_000 }],
      });
      for (const path of [
        "name",
        "autoCreateStatisticsIncremental",
        "autoClose",
        "queryStore",
        "files[0].growthPercent",
        "logFiles[0].maxSizeMb",
        "logFiles[0].name",
      ]) {
        assert.ok(
          message.split("\n").some((line) => line.startsWith(`${path}:`)),
          `${path} in\n${message}`,
        );
      }
    });

    it("lets nothing but a collation's letters through, because a collation cannot be quoted", () => {
      for (const collation of ["Latin1_General_CI_AS; DROP DATABASE x", "[Latin1_General_CI_AS]", ""]) {
        assert.equal(databaseKind.inputs.safeParse({ ...common, name: "sales", collation }).success, false, collation);
      }
    });

    it("wants a log file of its own for a name that leaves no room for the suffix", () => {
      assert.match(issuesOf({ name: "x".repeat(124) }), /name: has 124 characters/);
      assert.equal(issuesOf({ name: "x".repeat(128), logFiles: [{ name: "log" }] }), "");
    });
  });

  describe("plan of a new database", () => {
    it("makes it plainly where nothing is asked", () => {
      const plan = planned(inputs(), without());
      golden("database.create", { title: "A database with the defaults of the server.", new: inputs() }, plan);
      assert.deepEqual(plan.owns, [{ type: "database", name: "sales" }]);
      assert.deepEqual([plan.statements[0]?.database, plan.statements[0]?.inTransaction], ["master", false]);
    });

    it("makes it with files, options, Query Store and owner; read-only comes last", () => {
      const given = inputs({
        ...everything,
        collation: "Latin1_General_100_CI_AS_SC_UTF8",
        containment: "PARTIAL",
        trustworthy: true,
        autoCreateStatisticsIncremental: true,
        readCommittedSnapshot: true,
        acceleratedDatabaseRecovery: true,
        brokerEnabled: true,
        snapshotIsolation: true,
        readOnly: true,
        files: [{ name: "sales", sizeMb: 1024, growthMb: 256 }, { name: "sales2" }],
        logFiles: [{ name: "sales_log", sizeMb: 256, maxSizeMb: 10_000 }],
      });
      const plan = planned(given, without());
      golden("database.create-full", { title: "A database with everything said.", new: given }, plan);
      assert.deepEqual(plan.refusals, []);
      assert.deepEqual(hazards(plan), ["unsafe-code:sales"]);
      assert.equal(batches(plan).at(-1), "ALTER DATABASE [sales] SET READ_ONLY WITH NO_WAIT;");
    });

    it("does not say what every new database has", () => {
      const plan = planned(
        inputs({ trustworthy: false, databaseChaining: false, readOnly: false, ownerLogin: "deployer" }),
        without(),
      );
      assert.deepEqual(batches(plan), ["CREATE DATABASE [sales];"]);
    });

    it("uses the paths of Linux there, and keeps letters of names out of paths that no file can have", () => {
      const server = { hostPlatform: "Linux", dataPath: "/var/opt/mssql/data/", logPath: "/var/opt/mssql/log/" };
      const given = inputs({ name: "a/b:c", files: [{ name: "main" }], logFiles: [{ name: "a/b:c_log" }] });
      const [batch = ""] = batches(planned(given, without({ server, databaseName: "a/b:c" })));
      assert.match(batch, /FILENAME = N'\/var\/opt\/mssql\/data\/a_b_c_main\.mdf'/);
      assert.match(batch, /FILENAME = N'\/var\/opt\/mssql\/log\/a_b_c_log\.ldf'/);
    });

    it("refuses what the server cannot, each with what to do", () => {
      const old = { server: { majorVersion: 15, isContainedAuthenticationEnabled: false, canCreateDatabase: false } };
      const plan = planned(inputs({ compatibilityLevel: 160, containment: "PARTIAL" }), without(old));
      assert.match(reasons(plan), /^: login "deployer" may not make databases; run GRANT/m);
      assert.match(reasons(plan), /^compatibilityLevel: .*up to 150/m);
      assert.match(reasons(plan), /^containment: .*sp_configure 'contained database authentication'/m);
    });

    it("gates options by Azure flavour, and runs SET inside the database on Azure SQL Database", () => {
      const azure = { server: { engineEdition: 5, majorVersion: 12, dataPath: null, logPath: null } };
      const wrong = inputs({ ...everything, recoveryModel: "SIMPLE", trustworthy: true, queryStore: { mode: "OFF" } });
      const refused = planned(wrong, without(azure)).refusals.map(({ property }) => property);
      for (const property of [
        "recoveryModel",
        "trustworthy",
        "containment",
        "brokerEnabled",
        "acceleratedDatabaseRecovery",
        "files",
        "logFiles",
        "queryStore",
      ]) {
        assert.ok(refused.includes(property), property);
      }
      const fine = planned(
        inputs({ recoveryModel: "FULL", compatibilityLevel: 170, readCommittedSnapshot: true }),
        without(azure),
      );
      assert.deepEqual(fine.refusals, []);
      assert.deepEqual(
        fine.statements.map(({ database, batch }) => `${database}: ${batch}`),
        [
          "master: CREATE DATABASE [sales];",
          "sales: ALTER DATABASE [sales] SET COMPATIBILITY_LEVEL = 170;",
          "sales: ALTER DATABASE [sales] SET READ_COMMITTED_SNAPSHOT ON WITH NO_WAIT;",
        ],
      );
      const instance = { server: { engineEdition: 8, majorVersion: 12 } };
      assert.match(
        reasons(
          planned(inputs({ pageVerify: "NONE", containment: "PARTIAL", logFiles: [{ name: "l" }] }), without(instance)),
        ),
        /^pageVerify: [^]*^logFiles: |^logFiles: [^]*^pageVerify: /m,
      );
      assert.equal(
        batches(planned(inputs({ containment: "PARTIAL" }), without(instance)))[1],
        "ALTER DATABASE [sales] SET CONTAINMENT = PARTIAL WITH NO_WAIT;",
      );
    });
  });

  describe("plan of a database that is there", () => {
    it("plans nothing for its own read-back", () => {
      const cases: [Partial<DatabaseInputs>, PlanContext][] = [
        [{}, having()],
        [everything, having()],
        [{ renamedFrom: "shop" }, having()],
        [{ collation: "sql_latin1_general_cp1_ci_as", ownerLogin: "SA" }, having()],
        [{ snapshotIsolation: true }, having({ snapshotIsolationState: 3 })],
        [{ snapshotIsolation: false }, having({ snapshotIsolationState: 2 })],
        [{ autoCreateStatistics: true }, having({ isAutoCreateStatisticsIncremental: true })],
        [{ readOnly: true }, having({ isReadOnly: true })],
        [
          { queryStore: { mode: "OFF" } },
          having({}, { rows: { queryStore: [queryStoreRow({ desiredState: "OFF" })] } }),
        ],
        [
          { queryStore: { mode: "READ_WRITE" } },
          having({}, { rows: { queryStore: [queryStoreRow({ captureMode: "CUSTOM" })] } }),
        ],
        [{ files: [{ name: "sales", sizeMb: 10 }] }, having()],
        [{ logFiles: [{ name: "sales_log", maxSizeMb: 2_097_152 }] }, having()],
      ];
      for (const [given, context] of cases) {
        const plan = planned(inputs(given), context);
        assert.deepEqual([batches(plan), plan.refusals], [[], []], JSON.stringify(given));
      }
    });

    it("changes options in place, each with the words that bring the old value back", () => {
      const old = inputs(everything);
      const given = inputs({
        ...everything,
        ownerLogin: "shop_owner",
        autoShrink: true,
        autoUpdateStatisticsAsync: true,
        autoCreateStatisticsIncremental: true,
        compatibilityLevel: 150,
        recoveryModel: "SIMPLE",
        pageVerify: "TORN_PAGE_DETECTION",
        delayedDurability: "ALLOWED",
        targetRecoveryTimeSeconds: 30,
        databaseChaining: true,
        queryStore: {
          ...everything.queryStore,
          mode: "READ_ONLY",
          captureMode: "ALL",
          maxStorageSizeMb: 2000,
          waitStatisticsCapture: false,
        },
      });
      const plan = planned(given, having());
      golden("database.options", { title: "Options, Query Store and owner change.", old, new: given }, plan);
      assert.equal(
        plan.statements.find(({ batch }) => batch.includes("RECOVERY"))?.reverse,
        "ALTER DATABASE [sales] SET RECOVERY FULL;",
      );
      assert.ok(plan.statements.every((statement) => !statement.inTransaction && statement.database === "master"));
    });

    it("never waits for exclusive access, and sends nobody away unasked", () => {
      const old = inputs(everything);
      const exclusive = {
        brokerEnabled: true,
        readCommittedSnapshot: true,
        acceleratedDatabaseRecovery: true,
        snapshotIsolation: true,
      };
      const given = inputs({ ...everything, ...exclusive });
      const plan = planned(given, having());
      golden(
        "database.exclusive",
        { title: "Broker, row versions and ADR on; other sessions are left alone.", old, new: given },
        plan,
      );
      assert.equal(batches(plan).filter((batch) => batch.endsWith(" WITH NO_WAIT;")).length, 3);
      assert.ok(
        plan.statements
          .filter((statement) => statement.batch.includes("NO_WAIT"))
          .every((statement) => statement.timeoutSeconds <= 60),
      );
      assert.ok(!batches(plan).some((batch) => batch.includes("ROLLBACK") || batch.includes("SINGLE_USER")));
      const asked = planned(inputs({ ...everything, ...exclusive, disconnectSessionsAfterSeconds: 20 }), having());
      assert.equal(batches(asked).filter((batch) => batch.endsWith(" WITH ROLLBACK AFTER 20 SECONDS;")).length, 3);
      assert.match(asked.statements[1]?.hazards[0]?.detail ?? "", /all other sessions are disconnected/);
    });

    it("says who is in the way, outside the text that is compared", () => {
      const answers = new Map([
        ["sessions", { sessions: 1, firstSession: 61, firstLogin: "app", firstProgram: "shop" }],
      ]);
      const plan = planned(inputs({ brokerEnabled: true }), { ...having(), answers });
      assert.match(plan.observations?.[0] ?? "", /1 other session is.*61/);
      assert.match(plan.notes.join(), /dm_exec_sessions WHERE database_id = DB_ID\(N'sales'\)/);
      assert.doesNotMatch(plan.notes.join(), /61/);
    });

    it("refuses to enable the broker of a copy with the same identifier", () => {
      const twin = databaseRow({ databaseId: 6, name: "sales_copy", isBrokerEnabled: true });
      assert.match(
        reasons(planned(inputs({ brokerEnabled: true }), having({}, { databases: [databaseRow(), twin] }))),
        /brokerEnabled: database "sales_copy".*NEW_BROKER/,
      );
    });

    it("gives a copy another broker identifier where a program names the one that must go, with its conversations counted", () => {
      const copy = databaseRow({ databaseId: 6, name: "sales_copy", isBrokerEnabled: true });
      const around = having({}, { databases: [databaseRow(), copy] });
      const given = inputs({ retiredBrokerGuid: databaseRow().serviceBrokerGuid.toUpperCase(), brokerEnabled: true });
      const answers = new Map([["conversations", { conversations: 4 }]]);
      const plan = planned(given, { ...around, answers });
      assert.equal(reasons(plan), "");
      assert.deepEqual(batches(plan), [
        "ALTER DATABASE [sales] SET NEW_BROKER WITH NO_WAIT;",
        "ALTER DATABASE [sales] SET ENABLE_BROKER WITH NO_WAIT;",
      ]);
      assert.deepEqual(hazards(plan), ["long-lock:sales", "messages-lost:sales", "long-lock:sales"]);
      assert.equal(plan.statements[0]?.hazards[1]?.rows, 4);
      const none = new Map([["conversations", { conversations: 0 }]]);
      assert.deepEqual(hazards(planned(given, { ...around, answers: none })), ["long-lock:sales", "long-lock:sales"]);
      const settled = having({ serviceBrokerGuid: "22222222-2222-2222-2222-222222222222", isBrokerEnabled: true });
      assert.deepEqual(batches(planned(given, settled)), []);
      const managed = having({}, { server: { engineEdition: 8 } });
      assert.match(
        reasons(planned(inputs({ retiredBrokerGuid: given.retiredBrokerGuid! }), managed)),
        /retiredBrokerGuid: the Azure/,
      );
    });

    it("names the rows that row versioning would throw away", () => {
      const tables = [
        tableRow({ name: "Cache", isMemoryOptimized: true, durability: 1, rows: 9 }),
        tableRow({ objectId: 1002, isMemoryOptimized: true }),
      ];
      const plan = planned(inputs({ readCommittedSnapshot: true }), having({}, { rows: { tables } }));
      assert.deepEqual(hazards(plan), ["long-lock:sales", "data-loss:dbo.Cache"]);
      assert.equal(plan.statements[0]?.hazards[1]?.rows, 9);
    });

    it("makes TRUSTWORTHY ON a hazard, and OFF none", () => {
      assert.deepEqual(hazards(planned(inputs({ trustworthy: true }), having())), ["unsafe-code:sales"]);
      assert.deepEqual(hazards(planned(inputs({ trustworthy: false }), having({ isTrustworthy: true }))), []);
    });

    it("renames in place; an explicit disconnect goes through SINGLE_USER and always comes back", () => {
      const old = inputs({ name: "shop" });
      const given = inputs({ renamedFrom: "shop", disconnectSessionsAfterSeconds: 15, compatibilityLevel: 150 });
      const context = planContext(snapshot({ databases: [databaseRow({ name: "shop" })], files: [dataFile, logFile] }));
      golden("database.rename", { title: "A database gets a new name.", old, new: given }, planned(given, context));
      const polite = planned(inputs({ renamedFrom: "shop" }), context);
      assert.deepEqual(batches(polite), ["ALTER DATABASE [shop] MODIFY NAME = [sales];"]);
      assert.equal(polite.statements[0]?.reverse, "ALTER DATABASE [sales] MODIFY NAME = [shop];");
      assert.match(
        reasons(
          planned(
            inputs({ renamedFrom: "shop", readCommittedSnapshot: true, collation: "Latin1_General_BIN2" }),
            context,
          ),
        ),
        /readCommittedSnapshot: [^]*collation: /,
      );
    });

    it("makes the database new where there is nothing to rename, and says so", () => {
      const plan = planned(inputs({ renamedFrom: "shop" }), without());
      assert.deepEqual(batches(plan), ["CREATE DATABASE [sales];"]);
      assert.match(plan.notes[0] ?? "", /no database "shop" to rename/);
    });

    it("refuses a changed name without renamedFrom", () => {
      assert.match(
        reasons(planned(inputs(), { ...without(), owned: [{ type: "database", name: "shop" }] })),
        /name: .*renamedFrom renames it/,
      );
    });

    it("changes the collation while nothing depends on it, and otherwise names what does", () => {
      const old = inputs({ collation: everything.collation });
      const given = inputs({ collation: "Latin1_General_100_CS_AS" });
      golden(
        "database.collation",
        { title: "Another collation for new columns.", old, new: given },
        planned(given, having()),
      );
      const rows = {
        tables: [tableRow()],
        columns: [columnRow({ columnId: 2, name: "Label", isComputed: true, collation: "Latin1_General_CI_AS" })],
        checkConstraints: [checkRow()],
        objects: [objectRow({ name: "OpenOrders", type: "V", isSchemaBound: true })],
      };
      assert.match(
        reasons(planned(given, having({}, { rows }))),
        /schema-bound module dbo\.OpenOrders, computed column dbo\.Orders\.Label, check constraint "CK_Orders" of table dbo\.Orders must be dropped/,
      );
      assert.match(
        reasons(planned(given, having({}, { server: { engineEdition: 5 } }))),
        /collation: Azure SQL Database fixes/,
      );
    });

    it("refuses a database that is not ONLINE", () => {
      const offline = planned(inputs({ recoveryModel: "SIMPLE" }), having({ state: "OFFLINE", collation: null }));
      assert.deepEqual(
        [batches(offline), reasons(offline)],
        [[], ': database "sales" is OFFLINE; bring it ONLINE first'],
      );
    });

    it("makes a read-only database writable first, and refuses changes while it is read-only", () => {
      const writable = planned(inputs({ readOnly: false, compatibilityLevel: 150 }), having({ isReadOnly: true }));
      assert.deepEqual(batches(writable), [
        "ALTER DATABASE [sales] SET READ_WRITE WITH NO_WAIT;",
        "ALTER DATABASE [sales] SET COMPATIBILITY_LEVEL = 150;",
      ]);
      assert.match(
        reasons(planned(inputs({ compatibilityLevel: 150 }), having({ isReadOnly: true }))),
        /readOnly: .*readOnly: false/,
      );
    });

    it("grows, adds, renames and removes files of PRIMARY and the log", () => {
      const third = masterFileRow({ fileId: 3, name: "sales2", physicalName: "C:\\Data\\sales2.ndf" });
      const archive = masterFileRow({ fileId: 4, dataSpaceId: 2, name: "archive1" });
      const old = inputs({ files: [{ name: "sales" }, { name: "sales2" }], logFiles: [{ name: "sales_log" }] });
      const given = inputs({
        files: [
          { name: "main", renamedFrom: "sales", sizeMb: 200, growthPercent: 5 },
          { name: "sales3", sizeMb: 50 },
        ],
        logFiles: [{ name: "sales_log", maxSizeMb: 5000 }],
      });
      const plan = planned(given, having({}, {}, [dataFile, logFile, third, archive]));
      golden("database.files", { title: "Files of PRIMARY and the log change.", old, new: given }, plan);
      assert.deepEqual(plan.refusals, []);
      assert.deepEqual(hazards(plan), ["table-rewrite:PRIMARY.sales2"]);
      assert.equal(plan.statements.find(({ batch }) => batch.startsWith("DBCC"))?.database, "sales");
    });

    it("refuses to remove the primary file, to move a file, to shrink one and to read none", () => {
      assert.match(
        reasons(planned(inputs({ files: [{ name: "other" }] }), having())),
        /files: "sales" is the first data file/,
      );
      assert.match(
        reasons(planned(inputs({ logFiles: [{ name: "other" }] }), having())),
        /logFiles: "sales_log" is the first log file/,
      );
      assert.match(
        reasons(planned(inputs({ files: [{ name: "sales", path: "E:\\sales.mdf" }] }), having())),
        /files\[0\]\.path: .*OFFLINE/,
      );
      const fixed = having({}, {}, [masterFileRow({ growth: 0 }), logFile]);
      assert.match(reasons(planned(inputs({ files: [{ name: "sales", sizeMb: 10 }] }), fixed)), /files\[0\]\.sizeMb/);
      assert.match(
        reasons(planned(inputs({ files: [{ name: "sales" }] }), having({}, {}, []))),
        /files: .*VIEW ANY DEFINITION/,
      );
    });

    it("turns Query Store on and off, and refuses where it cannot be read", () => {
      const off = { rows: { queryStore: [queryStoreRow({ desiredState: "OFF" })] } };
      assert.deepEqual(
        batches(planned(inputs({ queryStore: { mode: "READ_WRITE", captureMode: "AUTO" } }), having({}, off))),
        ["ALTER DATABASE [sales] SET QUERY_STORE = ON (OPERATION_MODE = READ_WRITE, QUERY_CAPTURE_MODE = AUTO);"],
      );
      assert.deepEqual(batches(planned(inputs({ queryStore: { mode: "OFF" } }), having())), [
        "ALTER DATABASE [sales] SET QUERY_STORE = OFF;",
      ]);
      const blind = having({}, { rows: { queryStore: [] } });
      assert.match(
        reasons(planned(inputs({ queryStore: { mode: "OFF" } }), blind)),
        /queryStore: .*VIEW DATABASE STATE/,
      );
    });

    it("refuses AUTO_CLOSE with memory-optimized data and containment with change data capture", () => {
      const filegroups = [filegroupFileRow({ filegroupType: "FX", fileType: 2 })];
      assert.match(reasons(planned(inputs({ autoClose: true }), having({}, { rows: { filegroups } }))), /autoClose: /);
      assert.match(
        reasons(planned(inputs({ containment: "PARTIAL" }), having({ isCdcEnabled: true }))),
        /containment: .*change data capture/,
      );
    });

    it("asks for sessions only where it needs the database for itself, and before a drop for rows, conversations and trusted builds", () => {
      const { catalog } = having();
      const live = databaseKind.read(catalog, { name: "sales" }, []);
      const keys = (given?: Partial<DatabaseInputs>): string[] =>
        databaseKind
          .probes(given === undefined ? undefined : databaseKind.desired(inputs(given)), live, catalog)
          .map(({ key }) => key);
      assert.deepEqual(keys({ recoveryModel: "SIMPLE" }), []);
      assert.deepEqual(keys({ brokerEnabled: true }), ["sessions"]);
      assert.deepEqual(keys(), ["rows", "sessions", "conversations", "trust"]);
    });
  });

  describe("delete", () => {
    it("is a hazard that counts the rows", () => {
      const plan = deleted(having(), { tables: 3, rows: "1200" });
      golden("database.drop", { title: "A database with rows goes.", old: inputs() }, plan);
      assert.equal(plan.statements[0]?.hazards[0]?.rows, 1200);
    });

    it("is no hazard for an empty database, and one where nobody counted", () => {
      assert.deepEqual(hazards(deleted(having(), { tables: 3, rows: 0 })), []);
      assert.deepEqual(hazards(deleted(having())), ["data-loss:sales"]);
    });

    it("refuses while OFFLINE, because the files would stay", () => {
      assert.match(reasons(deleted(having({ state: "OFFLINE" }))), /leave its files on the disk; bring it ONLINE/);
    });
  });

  describe("names", () => {
    it("are quoted, whatever they hold", () => {
      for (const name of ["a]b'c d", "select", "🗄️ archive", "x".repeat(128)]) {
        const given = inputs({
          name,
          ownerLogin: "o]'x",
          recoveryModel: "SIMPLE",
          brokerEnabled: true,
          logFiles: [{ name: `l]'${name.slice(0, 9)}` }],
        });
        const plan = planned(given, without({ databaseName: name }));
        assert.deepEqual(plan.refusals, [], name);
        assert.ok(batches(plan).every((batch) => batch.includes(`[${name.replaceAll("]", "]]")}]`)));
        const renamed = planned(
          inputs({ name, renamedFrom: "o]'ld", disconnectSessionsAfterSeconds: 5, logFiles: [{ name: "sales_log" }] }),
          {
            ...planContext(
              snapshot({ databaseName: name, databases: [databaseRow({ name: "o]'ld" })], files: [dataFile, logFile] }),
            ),
          },
        );
        assert.equal(renamed.statements.length, 1);
        record("dropped", databaseKind.planDelete({ ...liveOf(name) }, having()));
      }
    });

    it("compare in the collation of the server", () => {
      assert.deepEqual(batches(planned(inputs({ name: "SALES" }), having({}, { databaseName: "SALES" }))), []);
      const inside = having({ collation: "Latin1_General_100_CS_AS" }, { databaseName: "SALES" });
      assert.deepEqual(batches(planned(inputs({ name: "SALES", ownerLogin: "SA" }), inside)), []);
      const sensitive = { server: { collation: "Latin1_General_100_CS_AS" }, databaseName: "SALES" };
      assert.deepEqual(batches(planned(inputs({ name: "SALES" }), having({}, sensitive))), [
        "CREATE DATABASE [SALES];",
      ]);
    });
  });

  describe("refresh", () => {
    it("shows what differs, and only of what was given", () => {
      const context = having(
        { recoveryModel: "SIMPLE", owner: "stranger", isTrustworthy: true, collation: "Latin1_General_BIN2" },
        { rows: { queryStore: [queryStoreRow({ captureMode: "NONE" })] } },
      );
      const live = databaseKind.read(context.catalog, { name: "sales" }, []);
      assert.ok(live);
      assert.deepEqual(databaseKind.inputsFromLive(live, inputs()), inputs());
      const seen = databaseKind.inputsFromLive(live, inputs(everything));
      assert.deepEqual(
        seen,
        inputs({
          ...everything,
          recoveryModel: "SIMPLE",
          ownerLogin: "stranger",
          trustworthy: true,
          collation: "Latin1_General_BIN2",
          queryStore: { ...everything.queryStore, captureMode: "NONE" },
        }),
      );
    });

    it("gives every output that it promises", () => {
      assert.deepEqual(Object.keys(databaseKind.outputs(undefined, liveOf("sales"))), databaseKind.outputNames);
    });
  });

  describe("T-SQL", () => {
    it("is what Microsoft's grammar accepts", function () {
      assertGrammar(this);
    });
  });
});

function liveOf(name: string): NonNullable<ReturnType<typeof databaseKind.read>> {
  const catalog = snapshot({
    databaseName: name,
    databases: [databaseRow({ name })],
    files: [dataFile, logFile],
    rows: {},
  });
  const live = databaseKind.read(catalog, { name }, []);
  assert.ok(live);
  return live;
}
