import assert from "node:assert/strict";
import { session } from "./query-client";

describe("FORMATMESSAGE", () => {
  const { client } = session();
  const cases: [behaviour: string, call: string, expected: string | null][] = [
    [
      "prints integers with their signs",
      "'%i, %d %i, %d, %+i, %+d, %+i, %+d', 5, -5, 50, -50, -11, -11, 11, 11",
      "5, -5 50, -50, -11, -11, +11, +11",
    ],
    ["fills with leading zeros after the sign", "'%03i %06i', 5, -55", "005 -00055"],
    ["prints unsigned octal and hexadecimal numbers", "'%u %o %X', -50, 50, -11", "4294967246 62 FFFFFFF5"],
    ["prints texts to a width on either side", "'[%20s] [%-6s]', 'TEST', 'TEST'", "[                TEST] [TEST  ]"],
    ["says (null) for an argument that is NULL or not there", "'%s %d', NULL", "(null) (null)"],
    ["is NULL for a message that nobody defined", "60000", null],
    ["cuts a message of more than 2047 characters", "REPLICATE('x', 3000)", `${"x".repeat(2044)}...`],
  ];
  for (const [behaviour, call, expected] of cases) {
    it(behaviour, async () => assert.deepEqual(await client().rows(`SELECT FORMATMESSAGE(${call})`), [[expected]]));
  }

  it("does not invent the server's own messages", async () => {
    assert.match(await client().complaint("SELECT FORMATMESSAGE(20009, 'a', 'b')"), /20009/);
  });
});
