import assert from "node:assert/strict";
import { createBookkeeping, insertDeployment, Ownership } from "../../../provider/src/engine/bookkeeping";
import { nameComparer } from "../../../provider/src/engine/names";
import { checkGrammar, shared } from "../../shared";

const names = nameComparer("Latin1_General_CI_AS");
const make = (...rows: { type: string; name: string; definitionHash?: string }[]): Ownership =>
  new Ownership("p/s/Table/it's", names, rows);

describe("ownership rows", () => {
  it("are inserted once", () => {
    const ownership = make();
    assert.match(ownership.write([{ type: "table", name: "dbo.A" }], []), /^INSERT INTO iac/);
    assert.equal(ownership.write([{ type: "table", name: "dbo.A" }], []), "");
  });
  it("are left alone when nothing differs", () =>
    assert.equal(
      make({ type: "view", name: "dbo.V", definitionHash: "1" }).write(
        [{ type: "view", name: "dbo.V", definitionHash: "1" }],
        [],
      ),
      "",
    ));
  it("are updated when the hash or the spelling of the name differs", () => {
    assert.match(
      make({ type: "view", name: "dbo.V", definitionHash: "1" }).write(
        [{ type: "view", name: "dbo.V", definitionHash: "2" }],
        [],
      ),
      /^UPDATE iac/,
    );
    assert.match(
      make({ type: "view", name: "dbo.v" }).write([{ type: "view", name: "dbo.V" }], []),
      /object_name = N'dbo\.V'.*object_name = N'dbo\.v'/,
    );
  });
  it("are deleted only where they stand", () => {
    assert.equal(make().write([], [{ type: "view", name: "dbo.V" }]), "");
    assert.match(
      make({ type: "view", name: "dbo.V" }).write([], [{ type: "view", name: "DBO.v" }]),
      /^DELETE FROM iac/,
    );
  });
  it("that a plan no longer has are surplus", () =>
    assert.deepEqual(
      make({ type: "view", name: "a.B" }, { type: "table", name: "a.C" }).surplus([{ type: "table", name: "A.c" }]),
      [{ type: "view", name: "a.B" }],
    ));
  it("go in portions that a table value constructor takes", () => {
    const many = Array.from({ length: 2001 }, (_, i) => ({ type: "procedure", name: `dbo.p${i}` }));
    assert.equal(
      make()
        .write(many, [])
        .match(/INSERT INTO/g)?.length,
      3,
    );
  });
  it("and the row of a deployment are T-SQL by Microsoft's grammar, with hostile texts", function () {
    const tool = shared(this, "tools", "tsqlcheck");
    const ownership = make(
      { type: "view", name: "dbo.old'", definitionHash: "0" },
      { type: "view", name: "dbo.gone'" },
    );
    const rows = ownership.write(
      [
        { type: "view", name: "dbo.old'", definitionHash: "1" },
        { type: "table", name: "dbo.n'ew]" },
      ],
      [{ type: "view", name: "dbo.gone'" }],
    );
    const deployment = insertDeployment({
      startedAt: new Date(0),
      durationMs: 1.4,
      owner: "it's",
      action: "update",
      outcome: "failed",
      statements: 2,
      planHash: "ab",
      gitCommit: undefined,
      errorNumber: 547,
      errorText: "it's",
    });
    const verdicts = checkGrammar(tool, [createBookkeeping, rows, deployment]);
    assert.deepEqual(
      verdicts.map((verdict) => verdict.errors),
      [[], [], []],
    );
  });
});
