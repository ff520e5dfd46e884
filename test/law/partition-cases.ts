/** The law on partition schemes with their functions. */
import { makeFilegroup, type Case } from "./cases";

const hostile = "it's a [bad] name] select 🚀";
const groups = makeFilegroup("Old", "old");

export const partitionCases: readonly Case[] = [
  {
    kind: "PartitionScheme",
    title: "a scheme by months, in one filegroup, that moves on by a month",
    before: { name: "Months", type: "date", range: "right", boundaries: ["2025-01-01", "2025-02-01"], filegroups: "PRIMARY" },
    after: { name: "Months", type: "date", range: "right", boundaries: ["2025-02-01", "2025-03-01"], filegroups: "PRIMARY" },
  },
  {
    kind: "PartitionScheme",
    title: "a scheme by numbers, RANGE LEFT, each partition in its own filegroup",
    given: groups,
    before: { name: "ps", functionName: "pf", type: "bigint", range: "left", boundaries: [-5, 100], filegroups: ["Old", "PRIMARY", "PRIMARY"] },
    after: { name: "ps", functionName: "pf", type: "bigint", range: "left", boundaries: [-5, 50, 100, "9007199254740993"], filegroups: ["Old", "Old", "PRIMARY", "Old", "PRIMARY"] },
  },
  {
    kind: "PartitionScheme",
    title: "a scheme without boundaries that gets some, with moments",
    before: { name: "Moments", type: "datetime2(3)", range: "right", boundaries: [], filegroups: ["PRIMARY"] },
    after: { name: "Moments", type: "datetime2(3)", range: "right", boundaries: ["2025-01-01", "2025-01-01T08:00:00.5"], filegroups: "PRIMARY" },
  },
  {
    kind: "PartitionScheme",
    title: "a scheme with hostile names and texts, in a case-sensitive database",
    collation: "Latin1_General_100_CS_AS",
    given: "CREATE PARTITION FUNCTION PF (int) AS RANGE LEFT FOR VALUES (1);",
    before: { name: hostile, functionName: "pf", type: "nvarchar(20)", range: "left", boundaries: ["it's", "m]"], filegroups: "PRIMARY" },
    after: { name: hostile, functionName: "pf", type: "nvarchar(20)", range: "left", boundaries: ["🚀", "it's", "m]"], filegroups: "PRIMARY" },
  },
]; // prettier-ignore
