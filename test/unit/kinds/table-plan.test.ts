import assert from "node:assert/strict";
import { assertGrammar, golden } from "../../golden";
import { alter, orders, refusals } from "./table-cases";
import { columnCases } from "./table-column-cases";
import { indexCases } from "./table-index-cases";
import { batches, hazards } from "./table-rows";
import { typeCases } from "./table-type-cases";

describe("tables: changes", () => {
  for (const change of [...columnCases, ...typeCases, ...indexCases])
    it(change.what, () => {
      const plan = alter(change.to, change.given, change.from);
      if (change.golden !== undefined)
        golden(`table.${change.golden}`, { title: change.what, old: change.from ?? orders, new: change.to }, plan);
      assert.deepEqual(refusals(plan), []);
      assert.deepEqual(batches(plan), change.batches);
      if (change.hazards) assert.deepEqual(hazards(plan), change.hazards);
      assert.deepEqual(
        plan.statements.map((statement) => statement.object),
        plan.statements.map(() => ({ type: "table", name: "dbo.Orders" })),
      );
    });

  it("emits only T-SQL that Microsoft's grammar accepts", function () {
    assertGrammar(this);
  });
});
