/** Inputs of the kind PartitionScheme, what a change of each means, and their normal form. */
import { z } from "zod";
import { commonChanges, commonInputs, databaseChange, databaseInput, type ChangeRule } from "../../contract";
import { UnterminatedTokenError } from "../../tsql/lexer";
import { InputIssues } from "../input-issues";
import { nameInput } from "../name-input";
import { DataTypeError, parseDataType, typeText, type DataType } from "../table/data-type";
import { canonicalBoundary, compareBoundaries, partitionTypes, sortOf, whyNotBoundary } from "./boundary";

// ---- Inputs ----------------------------------------------------------------------------------------------------------

export const PartitionSchemeInputs = z.strictObject({
  ...commonInputs,
  database: databaseInput,
  name: nameInput("Name of the partition scheme. Cannot change."),
  functionName: nameInput("Name of its partition function. Cannot change. Default the name of the scheme.").optional(),
  type: z
    .string()
    .min(1)
    .describe('Type of the column by which rows are spread, exactly: "date", "int", "datetime2(7)". Cannot change.'),
  range: z
    .enum(["left", "right"])
    .describe(
      "Side on which a boundary's own value lies; right for dates, so that a month begins on its first. Cannot change.",
    ),
  boundaries: z
    .array(z.union([z.number(), z.string()]))
    .max(14_999)
    .describe(
      "Values between the partitions, ascending; n of them make n + 1 partitions. New ones split a partition, those taken away merge two.",
    ),
  filegroups: z
    .union([nameInput("Filegroup of all partitions."), z.array(nameInput("Filegroup of one partition.")).min(1)])
    .describe(
      "One filegroup for all partitions, or one for each, in order. A partition that exists stays in its filegroup.",
    ),
});
export type PartitionSchemeInputs = z.infer<typeof PartitionSchemeInputs>;

// ---- Change rules ----------------------------------------------------------------------------------------------------

const anew = "make a second scheme and move the tables to it";
export const changes = {
  ...commonChanges,
  database: databaseChange,
  name: { refuse: `a partition scheme has no rename: ${anew}` },
  functionName: { refuse: `a partition function has no rename: ${anew}` },
  type: { refuse: `the type of a partition function cannot change: ${anew}` },
  range: { refuse: `LEFT and RIGHT of a partition function cannot change: ${anew}` },
  boundaries: "plan",
  filegroups: "plan",
} as const satisfies Record<keyof PartitionSchemeInputs, ChangeRule>;

// ---- Desired ---------------------------------------------------------------------------------------------------------

export interface DesiredPartitionScheme {
  readonly database: string;
  readonly name: string;
  readonly functionName: string;
  readonly type: DataType;
  readonly onRight: boolean;
  /** In normal form, ascending. */
  readonly boundaries: readonly string[];
  /** Of each partition. */
  readonly filegroups: readonly string[];
  readonly allTo: boolean;
}

export function desired(inputs: PartitionSchemeInputs): DesiredPartitionScheme {
  const issues = new InputIssues();
  let type: DataType = { name: "int" };
  try {
    type = parseDataType(inputs.type);
    if (sortOf(type) === undefined)
      issues.add("type", `rows cannot be spread by ${typeText(type)} here; use one of ${partitionTypes.join(", ")}`);
  } catch (error) {
    if (!(error instanceof DataTypeError) && !(error instanceof UnterminatedTokenError)) throw error;
    issues.add("type", error.message);
  }
  const boundaries = inputs.boundaries.map((value, at) => {
    const text = String(value);
    const reason = whyNotBoundary(text, type);
    if (reason === undefined) return canonicalBoundary(text, type);
    issues.add(`boundaries[${at}]`, reason);
    return text;
  });
  boundaries.forEach((value, at) => {
    if (at > 0 && whyNotBoundary(value, type) === undefined) checkOrder(boundaries[at - 1]!, value, type, at, issues);
    if (boundaries.indexOf(value) < at) issues.add(`boundaries[${at}]`, `${value} stands there twice`);
  });
  const count = boundaries.length + 1;
  const given = inputs.filegroups;
  if (typeof given !== "string" && given.length !== count)
    issues.add(
      "filegroups",
      `${boundaries.length} boundaries make ${count} partitions; give ${count} filegroups, or one name for all`,
    );
  issues.throwIfAny();
  return {
    database: inputs.database,
    name: inputs.name,
    functionName: inputs.functionName ?? inputs.name,
    type,
    onRight: inputs.range === "right",
    boundaries,
    filegroups: typeof given === "string" ? boundaries.map(() => given).concat(given) : given,
    allTo: typeof given === "string",
  };
}

function checkOrder(before: string, value: string, type: DataType, at: number, issues: InputIssues): void {
  if (whyNotBoundary(before, type) === undefined && (compareBoundaries(before, value, type) ?? -1) > 0)
    issues.add(`boundaries[${at}]`, `${value} comes before ${before}; give the boundaries in ascending order`);
}
