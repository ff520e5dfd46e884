import assert from "node:assert/strict";
import { InvalidInputsError } from "../../../provider/src/errors";
import type { Plan, PlanContext, ProbeRow } from "../../../provider/src/contract";
import type { DatabaseRows } from "../../../provider/src/engine/catalog-snapshot";
import type { FilegroupFileRow } from "../../../provider/src/engine/snapshot/database";
import { filegroupKind } from "../../../provider/src/kinds/filegroup";
import type { FilegroupInputs } from "../../../provider/src/kinds/filegroup/inputs";
import {
  databaseRow,
  filegroupFileRow,
  indexRow,
  objectRow,
  planContext,
  snapshot,
  tableRow,
  type Surroundings,
} from "../../catalog-rows";
import { assertGrammar, golden, record } from "../../golden";
import { queueRow } from "./broker-fixture";

const common = { server: "hart-server", owner: "shop/dev/Filegroup/archive", database: "sales" } as const;
const noSchemes: ReadonlyMap<string, ProbeRow> = new Map([["partitionSchemes", { schemes: 0, firstScheme: null }]]);
const primary = filegroupFileRow({
  dataSpaceId: 1,
  filegroupName: "PRIMARY",
  isDefault: true,
  fileId: 1,
  fileName: "sales",
});
const log = filegroupFileRow({
  dataSpaceId: null,
  filegroupName: null,
  filegroupType: null,
  fileType: 1,
  fileId: 2,
  fileName: "sales_log",
});
const second = filegroupFileRow({ fileId: 4, fileName: "archive2", physicalName: "C:\\Data\\sales_archive2.ndf" });

function inputs(given: Partial<FilegroupInputs> = {}): FilegroupInputs {
  return filegroupKind.inputs.parse({ ...common, name: "archive", ...given });
}

function around(
  files: readonly FilegroupFileRow[],
  rows: Partial<DatabaseRows> = {},
  special: Surroundings = {},
): PlanContext {
  const catalog = snapshot({
    databases: [databaseRow()],
    rows: { filegroups: [primary, log, ...files], ...rows },
    ...special,
  });
  return planContext(catalog, { answers: noSchemes });
}

function planned(given: FilegroupInputs, context: PlanContext): Plan {
  const desired = filegroupKind.desired(given);
  const live = filegroupKind.read(context.catalog, filegroupKind.identity(desired), context.owned);
  return record("filegroup", filegroupKind.plan(desired, live, context));
}

function deleted(given: FilegroupInputs, context: PlanContext): Plan {
  const live = filegroupKind.read(context.catalog, filegroupKind.identity(filegroupKind.desired(given)), context.owned);
  assert.ok(live);
  return record("filegroup delete", filegroupKind.planDelete(live, context));
}

const batches = (plan: Plan): string[] => plan.statements.map((statement) => statement.batch);
const reasons = (plan: Plan): string =>
  plan.refusals.map(({ property, reason }) => `${property}: ${reason}`).join("\n");

function issuesOf(given: Partial<FilegroupInputs>): string {
  try {
    filegroupKind.desired(inputs(given));
  } catch (error) {
    assert.ok(error instanceof InvalidInputsError);
    return error.message;
  }
  return "";
}

describe("kind Filegroup", () => {
  describe("inputs", () => {
    it("reports all bad inputs at once, each with its path", () => {
      const message = issuesOf({
        name: "PRIMARY",
        files: [
          { name: "a", sizeMb: 10, maxSizeMb: 5, growthMb: 1, growthPercent: 10 },
          { name: "a", path: "data\\a.ndf" },
        ],
      });
      for (const path of ["name", "files[0].growthPercent", "files[0].maxSizeMb", "files[1].name", "files[1].path"]) {
        assert.ok(
          message.split("\n").some((line) => line.startsWith(`${path}:`)),
          `${path} in\n${message}`,
        );
      }
    });

    it("refuses properties that containers do not have", () => {
      assert.match(issuesOf({ contains: "filestream", files: [{ name: "a", sizeMb: 10 }] }), /files\[0\]\.sizeMb/);
      assert.match(issuesOf({ contains: "memory-optimized", files: [{ name: "a", maxSizeMb: 10 }] }), /SUSPECT/);
      assert.match(
        issuesOf({ contains: "memory-optimized", readOnly: true, autogrowAllFiles: true }),
        /autogrowAllFiles[^]*readOnly/,
      );
      assert.match(issuesOf({ files: [], isDefault: true }), /isDefault: needs at least one file/);
    });
  });

  describe("plan of a new filegroup", () => {
    it("adds it with its files in the server's folder, and read-only comes last", () => {
      const given = inputs({
        files: [
          { name: "archive1", sizeMb: 512, growthMb: 128, maxSizeMb: "unlimited" },
          { name: "archive2", path: "E:\\Archive\\two.ndf", growthPercent: 10 },
        ],
        autogrowAllFiles: true,
        isDefault: true,
        readOnly: true,
      });
      golden(
        "filegroup.create",
        { title: "A filegroup with two files that grow together; then it is closed.", new: given },
        planned(given, around([])),
      );
    });

    it("uses the paths of Linux there", () => {
      const server = {
        hostPlatform: "Linux",
        dataPath: "/var/opt/mssql/data/",
        logPath: "/var/opt/mssql/data/",
        filestreamLevel: 0,
      };
      const plan = planned(inputs({ files: [{ name: "archive1" }] }), around([], {}, { server }));
      assert.match(batches(plan)[1] ?? "", /FILENAME = N'\/var\/opt\/mssql\/data\/sales_archive1\.ndf'/);
    });

    it("adds a FILESTREAM container where the server can", () => {
      const given = inputs({ contains: "filestream", files: [{ name: "documents" }] });
      golden(
        "filegroup.filestream",
        { title: "A FILESTREAM filegroup with one container.", new: given },
        planned(given, around([])),
      );
    });

    it("refuses FILESTREAM on Linux and where it is off, with what to do", () => {
      const given = inputs({ contains: "filestream", files: [{ name: "documents" }] });
      assert.match(
        reasons(planned(given, around([], {}, { server: { hostPlatform: "Linux", filestreamLevel: 0 } }))),
        /contains: .*Linux has no FILESTREAM/,
      );
      assert.match(
        reasons(planned(given, around([], {}, { server: { filestreamLevel: 0 } }))),
        /sp_configure 'filestream access level'/,
      );
    });

    it("adds the memory-optimized filegroup once, and refuses a second", () => {
      const given = inputs({ contains: "memory-optimized", files: [{ name: "memory1" }] });
      golden(
        "filegroup.memory-optimized",
        { title: "The memory-optimized filegroup.", new: given },
        planned(given, around([])),
      );
      const other = filegroupFileRow({
        dataSpaceId: 9,
        filegroupName: "XTP",
        filegroupType: "FX",
        fileType: 2,
        fileId: 9,
        fileName: "x",
      });
      assert.match(reasons(planned(given, around([other]))), /has a memory-optimized filegroup, "XTP".*only one/);
    });

    it("refuses Azure SQL Database, and leaves paths to Managed Instance", () => {
      assert.match(reasons(planned(inputs(), around([], {}, { server: { engineEdition: 5 } }))), /has no filegroups/);
      const server = { engineEdition: 8 };
      const plan = planned(inputs({ files: [{ name: "archive1" }] }), around([], {}, { server }));
      assert.equal(batches(plan)[1], "ALTER DATABASE [sales] ADD FILE (NAME = N'archive1') TO FILEGROUP [archive];");
      assert.match(
        reasons(planned(inputs({ files: [{ name: "a", path: "C:\\a.ndf" }] }), around([], {}, { server }))),
        /files\[0\]\.path/,
      );
    });

    it("refuses a logical name that another filegroup or the log has", () => {
      assert.match(
        reasons(planned(inputs({ files: [{ name: "SALES_LOG" }] }), around([]))),
        /files\[0\]\.name.*never changes its filegroup/,
      );
    });

    it("refuses a path that Windows could not open", () => {
      const plan = planned(
        inputs({ files: [{ name: "x".repeat(128) }] }),
        around([], {}, { server: { dataPath: `C:\\${"d".repeat(150)}\\` } }),
      );
      assert.match(reasons(plan), /files\[0\]\.path: .*shorter path/);
    });

    it("refuses a changed name without renamedFrom", () => {
      const context = { ...around([filegroupFileRow()]), owned: [{ type: "filegroup", name: "archive" }] };
      assert.match(reasons(planned(inputs({ name: "history" }), context)), /renamedFrom renames it/);
    });
  });

  describe("plan of a filegroup that is there", () => {
    it("plans nothing for its own read-back", () => {
      const file = {
        name: "archive1",
        sizeMb: 100,
        growthMb: 64,
        maxSizeMb: "unlimited",
        path: "c:\\data\\SALES_archive1.ndf",
      } as const;
      const cases: [Partial<FilegroupInputs>, FilegroupFileRow[]][] = [
        [{}, [filegroupFileRow()]],
        [{ files: [file], isDefault: false, readOnly: false, autogrowAllFiles: false }, [filegroupFileRow()]],
        [{ files: [{ ...file, sizeMb: 50 }] }, [filegroupFileRow()]],
        [
          { files: [{ name: "archive1", growthMb: 0, maxSizeMb: 200 }] },
          [filegroupFileRow({ growth: 0, maxSizePages: 25_600 })],
        ],
        [
          { files: [{ name: "archive1", growthPercent: 10 }] },
          [filegroupFileRow({ growth: 10, isPercentGrowth: true })],
        ],
        [
          { renamedFrom: "old", readOnly: true, autogrowAllFiles: true },
          [filegroupFileRow({ isReadOnly: true, isAutogrowAllFiles: true })],
        ],
        [{ files: [{ name: "ARCHIVE1", renamedFrom: "older" }, { name: "archive2" }] }, [filegroupFileRow(), second]],
        [
          { contains: "filestream", files: [{ name: "archive1" }] },
          [filegroupFileRow({ filegroupType: "FD", fileType: 2, growth: 0, sizePages: 77 })],
        ],
        [
          { contains: "memory-optimized", files: [{ name: "archive1" }] },
          [filegroupFileRow({ filegroupType: "FX", fileType: 2, growth: 0 })],
        ],
      ];
      for (const [given, files] of cases) {
        const plan = planned(inputs(given), around(files));
        assert.deepEqual([batches(plan), plan.refusals], [[], []], JSON.stringify(given));
      }
    });

    it("renames in place: the filegroup and its file", () => {
      const old = inputs({ name: "old", files: [{ name: "old1" }] });
      const given = inputs({ renamedFrom: "old", files: [{ name: "archive1", renamedFrom: "old1" }] });
      const plan = planned(given, around([filegroupFileRow({ filegroupName: "old", fileName: "old1" })]));
      golden("filegroup.rename", { title: "A filegroup and its file get new names.", old, new: given }, plan);
    });

    it("grows a file in place, the ceiling before the size when it rises and after the growth when it falls", () => {
      const old = inputs({ files: [{ name: "archive1", sizeMb: 100, growthMb: 64, maxSizeMb: 100 }] });
      const given = inputs({ files: [{ name: "archive1", sizeMb: 400, growthPercent: 10, maxSizeMb: 800 }] });
      const rises = planned(given, around([filegroupFileRow({ maxSizePages: 12_800 })]));
      golden("filegroup.grow", { title: "A file grows and gets a higher ceiling.", old, new: given }, rises);
      const falls = batches(
        planned(inputs({ files: [{ name: "archive1", growthMb: 16, maxSizeMb: 200 }] }), around([filegroupFileRow()])),
      );
      assert.deepEqual(
        falls.map((batch) => /(FILEGROWTH|MAXSIZE)/.exec(batch)?.[1]),
        ["FILEGROWTH", "MAXSIZE"],
      );
    });

    it("never shrinks: a file that does not grow by itself is refused, one that does is left", () => {
      const given = inputs({ files: [{ name: "archive1", sizeMb: 50, growthMb: 0 }] });
      assert.match(
        reasons(planned(given, around([filegroupFileRow({ growth: 0 })]))),
        /files\[0\]\.sizeMb: .*100 MB.*not shrunk/,
      );
      assert.match(
        reasons(planned(inputs({ files: [{ name: "archive1", maxSizeMb: 50 }] }), around([filegroupFileRow()]))),
        /files\[0\]\.maxSizeMb/,
      );
    });

    it("refuses a size or growth above a ceiling that nobody declared", () => {
      const context = around([filegroupFileRow({ maxSizePages: 25_600 })]);
      assert.match(
        reasons(planned(inputs({ files: [{ name: "archive1", sizeMb: 300 }] }), context)),
        /files\[0\]\.sizeMb: .*200 MB; give maxSizeMb/,
      );
      assert.match(
        reasons(planned(inputs({ files: [{ name: "archive1", growthMb: 300 }] }), context)),
        /files\[0\]\.growthMb/,
      );
      assert.equal(
        planned(inputs({ files: [{ name: "archive1", sizeMb: 300, maxSizeMb: 400 }] }), context).statements.length,
        2,
      );
    });

    it("switches automatic growth off", () => {
      const plan = planned(inputs({ files: [{ name: "archive1", growthMb: 0 }] }), around([filegroupFileRow()]));
      assert.deepEqual(batches(plan), ["ALTER DATABASE [sales] MODIFY FILE (NAME = N'archive1', FILEGROWTH = 0MB);"]);
    });

    it("adds a file when its earlier name belongs to another declared file", () => {
      const files = [{ name: "archive1" }, { name: "archive2", renamedFrom: "archive1" }];
      assert.match(
        batches(planned(inputs({ files }), around([filegroupFileRow()]))).join(),
        /^ALTER DATABASE \[sales\] ADD FILE \(NAME = N'archive2'/,
      );
    });

    it("refuses another path and another kind of data", () => {
      assert.match(
        reasons(planned(inputs({ files: [{ name: "archive1", path: "E:\\x.ndf" }] }), around([filegroupFileRow()]))),
        /files\[0\]\.path: .*OFFLINE/,
      );
      assert.match(
        reasons(planned(inputs({ contains: "filestream" }), around([filegroupFileRow()]))),
        /contains: .*make another filegroup/,
      );
      const linux = { server: { hostPlatform: "Linux" } };
      const upper = inputs({ files: [{ name: "archive1", path: "/Data/a.ndf" }] });
      assert.match(
        reasons(planned(upper, around([filegroupFileRow({ physicalName: "/data/a.ndf" })], {}, linux))),
        /files\[0\]\.path/,
      );
    });

    it("empties and removes a file; with data in the filegroup that is a hazard with a name", () => {
      const old = inputs({ files: [{ name: "archive1" }, { name: "archive2" }] });
      const given = inputs({ files: [{ name: "archive1" }] });
      const rows = { tables: [tableRow()], indexes: [indexRow({ dataSpace: "archive" })] };
      const plan = planned(given, around([filegroupFileRow(), second], rows));
      golden(
        "filegroup.remove-file",
        { title: "The second file goes; its pages move to the first.", old, new: given },
        plan,
      );
      assert.deepEqual(
        plan.statements.flatMap((statement) => statement.hazards.map(({ type, object }) => `${type}:${object}`)),
        ["table-rewrite:archive.archive2"],
      );
      const empty = planned(given, around([filegroupFileRow(), second]));
      assert.deepEqual(
        empty.statements.flatMap((statement) => statement.hazards),
        [],
      );
    });

    it("refuses to take the last file from under data", () => {
      const rows = { tables: [tableRow({ lobDataSpace: "archive" })] };
      assert.match(
        reasons(planned(inputs({ files: [] }), around([filegroupFileRow()], rows))),
        /large values of table dbo\.Orders/,
      );
      assert.match(
        reasons(
          planned(
            inputs({ contains: "memory-optimized", files: [{ name: "b" }] }),
            around([filegroupFileRow({ filegroupType: "FX" })]),
          ),
        ),
        /life of the database/,
      );
    });

    it("changes default, growth and read-only; false gives the default back to PRIMARY", () => {
      const context = around([filegroupFileRow({ isDefault: true, isReadOnly: true, isAutogrowAllFiles: true })]);
      const old = inputs({ isDefault: true, readOnly: true, autogrowAllFiles: true });
      const given = inputs({
        isDefault: false,
        readOnly: false,
        autogrowAllFiles: false,
        disconnectSessionsAfterSeconds: 30,
      });
      const plan = planned(given, context);
      golden(
        "filegroup.options",
        { title: "Writable again, no longer the default; sessions may be sent away.", old, new: given },
        plan,
      );
      assert.match(
        batches(planned(inputs({ readOnly: true }), around([filegroupFileRow()])))[0] ?? "",
        /READ_ONLY WITH NO_WAIT/,
      );
    });

    it("refuses other changes while it is read-only", () => {
      const plan = planned(
        inputs({ readOnly: true, files: [{ name: "archive1" }, { name: "archive2" }] }),
        around([filegroupFileRow({ isReadOnly: true })]),
      );
      assert.match(reasons(plan), /readOnly: .*deploy once with readOnly: false/);
    });

    it("says who is in the way, outside the text that is compared", () => {
      const answers = new Map([
        ["sessions", { sessions: 2, firstSession: 61, firstLogin: "app", firstProgram: "shop" }],
      ]);
      const plan = planned(inputs({ readOnly: true }), { ...around([filegroupFileRow()]), answers });
      assert.match(plan.observations?.[0] ?? "", /2 other sessions.*61.*"app".*"shop"/);
      assert.doesNotMatch(plan.notes.join(), /shop/);
    });

    it("asks only what it needs", () => {
      const { catalog } = around([filegroupFileRow(), second]);
      const keys = (given: Partial<FilegroupInputs> | undefined): string[] => {
        const live = filegroupKind.read(catalog, { database: "sales", name: "archive" }, []);
        const desired = given === undefined ? undefined : filegroupKind.desired(inputs(given));
        return filegroupKind.probes(desired, live, catalog).map((probe) => probe.key);
      };
      assert.deepEqual(keys({ files: [{ name: "archive1" }, { name: "archive2" }] }), []);
      assert.deepEqual(keys({ files: [{ name: "archive1" }] }), ["partitionSchemes"]);
      assert.deepEqual(keys({ readOnly: true }), ["sessions"]);
      assert.deepEqual(keys(undefined), ["partitionSchemes"]);
    });
  });

  describe("delete", () => {
    it("takes the files and then the filegroup, after giving the default back", () => {
      const plan = deleted(inputs(), around([filegroupFileRow({ isDefault: true }), second]));
      golden(
        "filegroup.drop",
        { title: "An empty filegroup goes; PRIMARY is the default again.", old: inputs() },
        plan,
      );
    });

    it("refuses while it holds anything, and names it", () => {
      const rows = {
        tables: [tableRow({ filestreamDataSpace: "archive" })],
        objects: [objectRow()],
        indexes: [
          indexRow({ dataSpace: "archive" }),
          indexRow({ dataSpace: "archive", indexId: 2, name: "IX_Note", type: 2, rows: 7 }),
        ],
      };
      const context = around([filegroupFileRow()], rows);
      const answers = new Map([["partitionSchemes", { schemes: 2, firstScheme: "by year" }]]);
      assert.match(
        reasons(deleted(inputs(), { ...context, answers })),
        /table dbo\.Orders \(120 rows\), index "IX_Note" of dbo\.Orders \(7 rows\), FILESTREAM data of table dbo\.Orders, partition scheme "by year" and 1 more/,
      );
    });

    it("refuses while the messages of a queue lie in it", () => {
      const brokerQueues = [queueRow({ filegroup: "archive" })];
      assert.match(
        reasons(deleted(inputs(), around([filegroupFileRow()], { brokerQueues }))),
        /holds queue dbo\.Orders/,
      );
    });

    it("refuses when nobody answered whether a partition scheme uses it", () => {
      assert.match(
        reasons(deleted(inputs(), { ...around([filegroupFileRow()]), answers: new Map() })),
        /did not answer/,
      );
    });

    it("refuses to take a memory-optimized filegroup", () => {
      const plan = deleted(
        inputs({ contains: "memory-optimized" }),
        around([filegroupFileRow({ filegroupType: "FX" })]),
      );
      assert.match(reasons(plan), /stays: only dropping the database.*retainOnDelete: true/);
    });
  });

  describe("names", () => {
    it("are quoted, whatever they hold", () => {
      for (const name of ["a]b'c d", "select", "🗄️ archive", "x".repeat(128)]) {
        const files = [{ name: `f]'${name.slice(0, 100)}` }];
        const plan = planned(inputs({ name, files, isDefault: true }), around([]));
        assert.deepEqual(plan.refusals, [], name);
        assert.equal(plan.statements.length, 3);
        assert.ok(plan.statements[1]?.batch.includes(`NAME = N'f]''${name.slice(0, 100).replaceAll("'", "''")}'`));
      }
    });

    it("compare as the database compares them", () => {
      const sensitive = { databases: [databaseRow({ collation: "Latin1_General_100_CS_AS" })] };
      assert.deepEqual(batches(planned(inputs({ name: "ARCHIVE" }), around([filegroupFileRow()]))), []);
      assert.equal(
        batches(planned(inputs({ name: "ARCHIVE" }), around([filegroupFileRow()], {}, sensitive)))[0],
        "ALTER DATABASE [sales] ADD FILEGROUP [ARCHIVE];",
      );
      assert.equal(
        planned(inputs({ files: [{ name: "ARCHIVE1" }] }), around([filegroupFileRow()], {}, sensitive)).statements
          .length,
        3,
      );
    });
  });

  describe("refresh", () => {
    it("shows what differs, and only of what was given", () => {
      const { catalog } = around([filegroupFileRow({ growth: 10, isPercentGrowth: true, isReadOnly: true }), second]);
      const live = filegroupKind.read(catalog, { database: "sales", name: "archive" }, []);
      assert.ok(live);
      assert.deepEqual(filegroupKind.inputsFromLive(live, inputs()), inputs());
      const seen = filegroupKind.inputsFromLive(
        live,
        inputs({ readOnly: false, files: [{ name: "archive1", growthMb: 64, sizeMb: 50 }, { name: "gone" }] }),
      );
      assert.equal(seen.readOnly, true);
      assert.deepEqual(seen.files, [{ name: "archive1", growthPercent: 10, sizeMb: 50 }, { name: "archive2" }]);
    });

    it("gives every output that it promises", () => {
      const live = filegroupKind.read(around([filegroupFileRow()]).catalog, { database: "sales", name: "archive" }, []);
      assert.ok(live);
      assert.deepEqual(Object.keys(filegroupKind.outputs(undefined, live)), filegroupKind.outputNames);
    });
  });

  describe("T-SQL", () => {
    it("is what Microsoft's grammar accepts", function () {
      assertGrammar(this);
    });
  });
});
