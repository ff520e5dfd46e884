import assert from "node:assert/strict";
import { problemOf } from "../../../provider/src/engine/verification";
import {
  createVerification,
  deleteChecks,
  insertResults,
  replaceChecks,
} from "../../../provider/src/engine/verification-records";
import { InvalidInputsError } from "../../../provider/src/errors";
import { verificationKind, type VerificationInputs } from "../../../provider/src/kinds/verification";
import { writesSomething } from "../../../provider/src/kinds/verification/read-only";
import { planContext, snapshot } from "../../catalog-rows";
import { checkGrammar, shared } from "../../shared";

const at = { server: "hart-server", owner: "shop/dev/Verification/after", database: "sales", name: "after" } as const;
const inputs = (given: object): VerificationInputs => verificationKind.inputs.parse({ ...at, ...given });
const check = (query: string, expect: object): object => ({ checks: [{ name: "one", query, expect }] });

function refused(given: object): string {
  try {
    verificationKind.desired(inputs(given));
  } catch (error) {
    assert.ok(error instanceof InvalidInputsError, String(error));
    return error.message;
  }
  return assert.fail("not refused");
}

describe("a query that only asks", () => {
  for (const query of [
    "SELECT 1;",
    "-- how many\nSELECT COUNT(*) FROM dbo.Orders;",
    "WITH c AS (SELECT 1 AS a) SELECT a FROM c;",
    "DECLARE @n int = 1; SET @n = 2; SELECT @n;",
    "EXEC dbo.Report @day = '2025-01-31';",
    "EXECUTE [dbo].[Report];",
    "EXEC @result = dbo.Report;",
    "SELECT [update], t.[delete] FROM dbo.T AS t WHERE note = 'DROP TABLE x' /* INSERT */;",
    "SELECT t.enable FROM dbo.T AS t;",
    ";SELECT 1;",
  ])
    it(`passes: ${query}`, () => assert.equal(writesSomething(query), undefined));

  for (const [query, reason] of [
    ["", /empty/],
    ["-- nothing", /empty/],
    ["UPDATE dbo.T SET a = 1;", /begins with UPDATE/],
    ["SELECT 1; DELETE FROM dbo.T;", /DELETE changes something/],
    ["SELECT 1\nINSERT dbo.T (a) VALUES (1);", /line 2: INSERT/],
    ["SELECT a INTO dbo.Copy FROM dbo.T;", /INTO/],
    ["WITH c AS (SELECT a FROM dbo.T) DELETE FROM c;", /DELETE/],
    ["SELECT 1; DROP TABLE dbo.T;", /DROP/],
    ["SELECT 1; COMMIT TRANSACTION;", /COMMIT/],
    ["SELECT 1; BEGIN TRANSACTION;", /BEGIN TRANSACTION/],
    ["SELECT 1; BEGIN TRAN;", /BEGIN TRAN/],
    ["SELECT 1; TRUNCATE TABLE dbo.T;", /TRUNCATE/],
    ["SELECT NEXT VALUE FOR dbo.S;", /uses up a value/],
    ["SET NOCOUNT ON; SELECT 1;", /SET of options/],
    ["EXEC (N'DROP TABLE dbo.T');", /EXECUTE of a text/],
    ["EXEC @procedure;", /EXECUTE of a variable/],
    ["EXEC sp_executesql N'x';", /procedure of the product/],
    ["EXEC sys.sp_help;", /procedure of the product/],
    ["EXEC xp_cmdshell 'x';", /procedure of the product/],
    ["EXEC other.dbo.P;", /outside of the database/],
    ["EXECUTE AS USER = 'dbo'; SELECT 1;", /changes who asks/],
    ["SELECT a FROM OPENROWSET(BULK 'x', SINGLE_CLOB) AS x;", /OPENROWSET/],
    ["SELECT 1; WAITFOR DELAY '1';", /WAITFOR/],
    ["RECEIVE TOP (1) a FROM dbo.Q;", /begins with RECEIVE/],
    ["SELECT 1; USE master;", /USE/],
    ["SELECT 'open", /never closed/],
  ] as const)
    it(`does not pass: ${query}`, () => assert.match(writesSomething(query) ?? "", reason));
});

describe("kind Verification", () => {
  it("refuses bad inputs", () => {
    assert.match(refused({}), /nothing is checked/);
    assert.match(refused({ ...check("SELECT 1;", { scalar: 1, empty: true }) }), /exactly one of scalar/);
    assert.match(refused({ ...check("SELECT 1;", {}) }), /exactly one of scalar/);
    assert.match(
      refused({ ...check("SELECT 1;", { scalar: "a", tolerance: 1 }) }),
      /tolerance: is for a scalar that is a number/,
    );
    const one = { name: "one", query: "SELECT 1;", expect: { scalar: 1 } };
    assert.match(refused({ checks: [one, one] }), /name of two checks/);
    assert.match(refused({ checks: [one], schemas: ["dbo"] }), /is for generated checks/);
    assert.match(refused(check("DELETE FROM dbo.T;", { empty: true })), /checks\[0\]\.query: /);
    assert.equal(verificationKind.inputs.safeParse({ ...at, checks: [{ ...one, timeoutSeconds: 0 }] }).success, false);
  });

  it("plans no statement, and owns its name", () => {
    const desired = verificationKind.desired(inputs(check("SELECT 1;", { scalar: 1 })));
    const context = planContext(snapshot({ rows: {} }));
    assert.deepEqual(verificationKind.plan(desired, undefined, context), {
      statements: [],
      refusals: [],
      notes: [],
      owns: [{ type: "verification", name: "after" }],
    });
    assert.equal(verificationKind.verification?.(desired).length, 1);
  });

  it("generates one query for each sort, which looks only where it should", () => {
    const { checks } = verificationKind.desired(
      inputs({ generate: ["procedures", "clr", "queues", "queues"], schemas: ["it's"] }),
    );
    assert.deepEqual(
      checks.map(({ name }) => name),
      ["procedure", "CLR module", "queue"],
    );
    for (const { query, expect } of checks) {
      assert.match(query, /s\.name IN \(N'it''s'\)/);
      assert.deepEqual(expect, { each: true });
    }
  });

  it("compares what came with what was expected", () => {
    const result = (...rows: unknown[][]) => ({
      columns: rows[0]?.map((_, column) => `c${column}`) ?? ["c0"],
      rows: rows.map((row) => Object.fromEntries(row.map((value, column) => [`c${column}`, value as string]))),
    });
    assert.equal(problemOf({ scalar: 1.5, tolerance: 0.1 }, result([1.45])), undefined);
    assert.match(problemOf({ scalar: 1.5, tolerance: 0.01 }, result([1.45])) ?? "", /tolerance 0\.01/);
    assert.equal(problemOf({ scalar: 10 }, result(["10.00"])), undefined, "decimal arrives as text");
    assert.match(problemOf({ scalar: 0 }, result([""])) ?? "", /came/, "an empty text is not 0");
    assert.match(problemOf({ scalar: 0 }, result([null])) ?? "", /NULL came/);
    assert.match(problemOf({ scalar: null }, result([0])) ?? "", /NULL was expected, 0 came/);
    assert.equal(
      problemOf({ scalar: "2025-01-31T00:00:00.000Z" }, result([new Date(Date.UTC(2025, 0, 31))])),
      undefined,
    );
    assert.equal(problemOf({ scalar: "0xAB" }, result([Buffer.from([0xab])])), undefined);
    assert.match(problemOf({ scalar: 1 }, result()) ?? "", /no row came/);
    assert.match(problemOf({ rows: [[1]] }, result([1, 2])) ?? "", /row 1 is 1, 2/);
    assert.match(problemOf({ rows: [] }, result([1])) ?? "", /0 rows expected, 1 came/);
    assert.match(problemOf({ rowCount: 1 }, undefined) ?? "", /returned no result/);
  });

  it("writes what Microsoft's grammar accepts", function () {
    const tool = shared(this, "tools", "tsqlcheck");
    const { checks } = verificationKind.desired(
      inputs({ generate: ["procedures", "clr", "queues"], schemas: ["dbo"] }),
    );
    const result = { name: "it's", outcome: "failed", milliseconds: 1.4, detail: "it's" } as const;
    const batches = [
      ...checks.map(({ query }) => query),
      createVerification,
      insertResults(
        "it's",
        new Date(0),
        Array.from({ length: 1001 }, () => result),
      ),
      replaceChecks("it's", checks),
      deleteChecks("it's"),
    ];
    checkGrammar(tool, batches).forEach((verdict, index) =>
      assert.ok(verdict.ok, `${JSON.stringify(verdict.errors)}\n${batches[index]}`),
    );
  });
});
