/**
 * The law, for every kind: what was planned is what is there, a second plan is empty, a delete leaves the catalog as it was,
 * and a change ends where a new start would have ended, rows kept.
 */
import assert from "node:assert/strict";
import type { Case } from "./cases";
import { dumpCatalog } from "./catalog-dump";
import { Deployment, type Resource } from "./deployment";
import { unique, type Needs } from "../server";

/** Proves the law on cases, on a server with what they need; `given` is T-SQL in master before all of them. */
export function proveLaw(
  title: string,
  cases: readonly Case[],
  needs: Needs = {},
  given: readonly string[] = [],
): void {
  describe(`the law: ${title}`, () => {
    let deployment: Deployment;
    let count = 0;
    before(async function () {
      deployment = await Deployment.start(needs, this);
      for (const batch of given) await deployment.sql(batch);
    });
    afterEach(() => deployment.dropDatabases());
    after(() => deployment?.close());

    /** A new database with what the case takes for given. */
    async function database(one: Case): Promise<string> {
      const name = unique(`law_${++count}`);
      await deployment.sql(`CREATE DATABASE ${name}${one.collation ? ` COLLATE ${one.collation}` : ""};`);
      for (const batch of (one.given ?? "").split(/(?<=;) (?=CREATE |ALTER )/).filter(Boolean))
        await deployment.sql(batch, name);
      return name;
    }

    const inputs = (given: Case["before"], name: string, one: Case) => ({
      database: name,
      ...given,
      ...(one.allow ? { allow: [...one.allow] } : {}),
    });

    async function make(one: Case, given: Case["before"], name: string): Promise<Resource> {
      await deployment.configure();
      return deployment.create(one.kind, "one", inputs(given, name, one));
    }

    for (const one of cases) {
      it(`${one.kind}: ${one.title} is as asked for, stays so, and goes without a trace`, async function () {
        if (one.needs) await deployment.need(one.needs, this);
        const name = await database(one);
        const empty = await dumpCatalog(deployment, name);
        const resource = await make(one, one.before, name);
        const full = await dumpCatalog(deployment, name);
        assert.notDeepEqual(full, empty, "nothing was made");
        await deployment.configure();
        await deployment.assertUnchanged(resource, inputs(one.before, name, one));
        const { plan: _plan, owner: _owner, server: _server, ...refreshed } = (await deployment.refresh(resource))!;
        assert.deepEqual(refreshed, inputs(one.before, name, one), "a refresh shows drift where there is none");
        await deployment.delete({ ...resource, state: { ...resource.state, allow: ["data-loss:*"] } });
        assert.deepEqual(await dumpCatalog(deployment, name), empty);
        assert.deepEqual(await deployment.sql("SELECT * FROM iac.[object];", name), []);
        assert.equal(await deployment.refresh(resource), undefined);
      });

      const { after: changed } = one;
      if (!changed) continue;
      it(`${one.kind}: ${one.title}: the change ends where a new start ends`, async function () {
        if (one.needs) await deployment.need(one.needs, this);
        const name = await database(one);
        const resource = await make(one, one.before, name);
        if (one.rows) await deployment.sql(one.rows, name);
        const rows = one.kept ? await deployment.sql(one.kept, name) : [];
        assert.ok(!one.kept || rows.length > 0, "the case has no rows to keep");
        await deployment.configure();
        assert.ok(await deployment.update(resource, inputs(changed, name, one)), "the change is no change");
        if (one.kept) assert.deepEqual(await deployment.sql(one.kept, name), rows);
        await deployment.configure();
        await deployment.assertUnchanged(resource, inputs(changed, name, one));
        const reached = await dumpCatalog(deployment, name);

        const other = await database(one);
        await make(one, withoutOrigin(changed) as Case["before"], other);
        if (one.kind === "ProcedureBundle" && one.rows) await deployment.sql(one.rows, other);
        assert.deepEqual(reached, await dumpCatalog(deployment, other));
      });
    }
  });
}

/** A new start has nothing to be renamed or moved. */
export function withoutOrigin(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOrigin);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== "renamedFrom" && name !== "movedFrom")
      .map(([name, item]) => [name, withoutOrigin(item)]),
  );
}
