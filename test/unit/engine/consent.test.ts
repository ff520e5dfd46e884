import assert from "node:assert/strict";
import type { Hazard, Plan } from "../../../provider/src/contract";
import { isAllowed, missingConsents } from "../../../provider/src/engine/consent";
import { statement } from "../../../provider/src/engine/statement";

const hazard: Hazard = { type: "data-loss", object: "dbo.Orders.Note", detail: "the column is dropped", rows: 3 };
const plan = (...hazards: Hazard[]): Plan => ({
  statements: [statement("d", "x", "ALTER TABLE dbo.Orders DROP COLUMN Note;", { hazards })],
  refusals: [],
  notes: [],
  owns: [],
});

describe("consent to hazards", () => {
  it("is given by type and object, whatever the case", () =>
    assert.ok(isAllowed(hazard, ["DATA-LOSS:dbo.orders.note"])));
  it("is not given by another type or object", () =>
    assert.ok(!isAllowed(hazard, ["table-rewrite:dbo.Orders.Note", "data-loss:dbo.Orders"])));
  it("may end in a star, but never begin with one", () => {
    assert.ok(isAllowed(hazard, ["data-loss:dbo.*"]));
    assert.ok(isAllowed(hazard, ["data-loss:*"]));
    assert.ok(!isAllowed(hazard, ["*"]));
    assert.ok(!isAllowed(hazard, ["data*"]));
  });
  it("is missing with the object, the row count, the option and the statement", () => {
    const [text] = missingConsents(plan(hazard), []);
    assert.match(text!, /data-loss dbo\.Orders\.Note \(3 rows\)/);
    assert.match(text!, /"data-loss:dbo\.Orders\.Note"/);
    assert.match(text!, /ALTER TABLE dbo\.Orders DROP COLUMN Note/);
  });
  it("is not needed for index builds and locks, which are only shown", () =>
    assert.deepEqual(
      missingConsents(plan({ ...hazard, type: "index-build" }, { ...hazard, type: "long-lock" }), []),
      [],
    ));
});
