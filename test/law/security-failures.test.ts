/** Security while statements fail: what is there is the old or the new state, the state tells which, and the next deployment completes. */
import assert from "node:assert/strict";
import { StatementError } from "../../provider/src/errors";
import { dumpCatalog } from "./catalog-dump";
import { unique } from "../server";
import { Deployment, type Properties } from "./deployment";
import { injected, withFault } from "./faults";
import type { KindName } from "../../provider/src/registry";

const logins =
  "SELECT p.name, p.is_disabled, p.default_database_name FROM sys.server_principals AS p WHERE p.type <> 'R' ORDER BY p.name;";
/** Statements of the plan and of the books; faults in reads are the matter of other tests. */
const writes = /^\s*(CREATE|ALTER|DROP|GRANT|DENY|REVOKE|INSERT|UPDATE|DELETE)\b/i;

const [first, second] = [unique("first"), unique("second")];
const scenarios: readonly { kind: KindName; before: Properties; after: Properties; writes: number }[] = [
  {
    kind: "User",
    before: { name: "app", login: first },
    after: { name: "service", renamedFrom: "app", login: second, defaultSchema: "sales" },
    writes: 4,
  },
  {
    kind: "DatabaseRole",
    before: { name: "reader", members: ["one"] },
    after: { name: "readers", renamedFrom: "reader", authorization: "one", members: ["two"] },
    writes: 6,
  },
  {
    kind: "Grants",
    before: {
      principal: "one",
      permissions: [
        { permissions: ["SELECT"], on: { name: "Orders" } },
        { permissions: ["UPDATE"], on: { name: "Orders" }, columns: ["Id"] },
      ],
    },
    after: {
      principal: "one",
      permissions: [
        { permissions: ["SELECT"], on: { name: "Orders" }, deny: true },
        { permissions: ["UPDATE"], on: { name: "Orders" } },
        { permissions: ["INSERT"], on: { name: "Orders" } },
      ],
    },
    writes: 5,
  },
  {
    kind: "Login",
    before: { name: unique("app"), passwordFrom: "faulty" },
    after: {
      name: unique("service"),
      renamedFrom: unique("app"),
      passwordFrom: "faulty",
      disabled: true,
      defaultDatabase: "tempdb",
    },
    writes: 3,
  },
];

const given = [
  "CREATE USER one WITHOUT LOGIN;",
  "CREATE USER two WITHOUT LOGIN;",
  "CREATE TABLE dbo.Orders (Id int NOT NULL);",
];

describe("security under failures", () => {
  let deployment: Deployment;
  let count = 0;
  before(async function () {
    process.env.SQLSERVER_PASSWORD_FAULTY = "F4ulty-password";
    deployment = await Deployment.start({ faults: true }, this);
    for (const name of [first, second]) await deployment.sql(`CREATE LOGIN ${name} WITH PASSWORD = N'Str0ng-enough';`);
  });
  after(() => {
    delete process.env.SQLSERVER_PASSWORD_FAULTY;
    return deployment?.close();
  });

  for (const { kind, before: old, after: wanted, writes: expected } of scenarios)
    it(`${kind}: whichever statement fails, all or nothing is there, and the next deployment completes`, async () => {
      // The change without a fault tells which statements there are; then each of those that write fails once.
      const steps = [-1];
      for (const at of steps) {
        const database = unique(`faulty_${++count}`);
        await deployment.sql(`CREATE DATABASE ${database};`);
        for (const batch of given) await deployment.sql(batch, database);
        const place = kind === "Login" ? {} : { database };
        const dump = async (): Promise<unknown> => [
          await dumpCatalog(deployment, database),
          await deployment.sql(logins),
        ];
        await deployment.configure();
        const made = await deployment.create(kind, "one", { ...place, ...old });
        const reached = await dump();
        const state = structuredClone(made.state);

        await deployment.configure();
        let texts: readonly string[] = [];
        const error = await deployment.failingUpdate(made, { ...place, ...wanted }, async (apply) => {
          texts = await withFault(deployment.twin!, at, "error", apply);
        });
        if (at < 0) {
          assert.equal(error, undefined);
          texts.forEach((text, position) => void (writes.test(text) && steps.push(position)));
        } else {
          assert.ok(error instanceof StatementError, `${texts[at]!}: ${String(error)}`);
          assert.match(error.message, new RegExp(String(injected.number)));
          assert.ok(!error.message.includes("F4ulty-password"), error.message);
          assert.deepEqual(await dump(), reached, `${texts[at]!}: half of the change is there`);
          assert.deepEqual(made.state, state, "nothing happened, so the state says nothing new");
          await deployment.configure();
          assert.ok(await deployment.update(made, { ...place, ...wanted }));
        }
        await deployment.configure();
        await deployment.assertUnchanged(made, { ...place, ...wanted });
        await deployment.delete(made);
      }
      assert.ok(steps.length > expected, `only ${steps.length - 1} statements failed`);
    });
});
