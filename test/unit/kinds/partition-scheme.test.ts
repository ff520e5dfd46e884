import assert from "node:assert/strict";
import { InvalidInputsError } from "../../../provider/src/errors";
import {
  boundaryLiteral,
  canonicalBoundary,
  compareBoundaries,
} from "../../../provider/src/kinds/partition-scheme/boundary";
import { desired } from "../../../provider/src/kinds/partition-scheme/inputs";

const inputs = (special: object) =>
  ({ server: "s", owner: "o", database: "d", name: "ps", type: "int", range: "right", boundaries: [1, 2], filegroups: "PRIMARY", ...special }) as Parameters<typeof desired>[0]; // prettier-ignore
const refused = (special: object): string => {
  try {
    desired(inputs(special));
  } catch (error) {
    if (error instanceof InvalidInputsError) return error.message;
    throw error;
  }
  return "";
};

describe("partition schemes: boundaries", () => {
  const same: [type: string, written: string, stored: string][] = [
    ["date", "2025-01-31", "2025-01-31"],
    ["datetime", "2025-01-31", "2025-01-31T00:00:00"],
    ["datetime2", "2025-01-31 08:00", "2025-01-31T08:00:00"],
    ["datetime2", "2025-01-31T08:00:00.5000000", "2025-01-31T08:00:00.5"],
    ["datetimeoffset", "2025-01-31T08:00:00+00:00", "2025-01-31T08:00:00Z"],
    ["decimal", "001.50", "1.5"],
    ["decimal", "-0.0", "0"],
    ["money", "100", "100.0000"],
    ["bigint", "007", "7"],
    ["varbinary", "0x0a", "0x0A"],
    ["uniqueidentifier", "6f9619ff-8b86-d011-b42d-00c04fc964ff", "6F9619FF-8B86-D011-B42D-00C04FC964FF"],
    ["nvarchar", "it's", "it's"],
  ];
  for (const [name, written, stored] of same)
    it(`takes ${written} and ${stored} of ${name} for one value`, () =>
      assert.equal(canonicalBoundary(written, { name }), canonicalBoundary(stored, { name })));

  it("keeps values apart that differ", () => {
    assert.notEqual(canonicalBoundary("10", { name: "decimal" }), canonicalBoundary("1", { name: "decimal" }));
    assert.notEqual(canonicalBoundary("-1", { name: "int" }), canonicalBoundary("1", { name: "int" }));
    assert.notEqual(canonicalBoundary("a", { name: "varchar" }), canonicalBoundary("A", { name: "varchar" }));
  });

  it("writes numbers and bytes bare, and all else as text", () => {
    assert.equal(boundaryLiteral("-5", { name: "int" }), "-5");
    assert.equal(boundaryLiteral("0x0A", { name: "binary" }), "0x0A");
    assert.equal(boundaryLiteral("it's", { name: "varchar" }), "N'it''s'");
    assert.equal(boundaryLiteral("2025-01-31", { name: "date" }), "N'2025-01-31'");
  });

  it("orders whole numbers beyond 2^53 exactly", () =>
    assert.equal(compareBoundaries("9007199254740993", "9007199254740992", { name: "bigint" }), 1));
});

describe("partition schemes: inputs", () => {
  const cases: [what: string, special: object, expected: RegExp][] = [
    ["a type that spreads nothing", { type: "float" }, /type: rows cannot be spread by float here; use one of tinyint/],
    ["text without end", { type: "nvarchar(max)" }, /rows cannot be spread by nvarchar\(max\)/],
    ["no type at all", { type: "int(" }, /type/],
    ["a value of another type", { boundaries: ["a"] }, /boundaries\[0\]: "a" is no value of int; give a whole number/],
    ["values out of order", { boundaries: [2, 10, 9] }, /boundaries\[2\]: 9 comes before 10/],
    ["a value twice", { type: "date", boundaries: ["2025-01-01", "2025-01-01"] }, /boundaries\[1\]: 2025-01-01 stands there twice/],
    ["too few filegroups", { filegroups: ["a", "b"] }, /2 boundaries make 3 partitions; give 3 filegroups/],
  ]; // prettier-ignore
  for (const [what, special, expected] of cases) it(`refuses ${what}`, () => assert.match(refused(special), expected));

  it("gives all partitions one filegroup, and the function the name of the scheme", () => {
    const { filegroups, functionName } = desired(inputs({}));
    assert.deepEqual([filegroups, functionName], [["PRIMARY", "PRIMARY", "PRIMARY"], "ps"]);
  });
});
