/**
 * Golden SQL: one file per case in test/golden, as a DBA would read it and sqlcmd would run it (batches separated by GO).
 * UPDATE_GOLDEN=1 accepts what the planner says now; CI never does.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Hazard, Plan, Statement } from "../provider/src/contract";
import { quoteName } from "../provider/src/engine/quoting";
import { shownBatch } from "../provider/src/plan-text";
import { checkGrammar, shared } from "./shared";

export interface GoldenDescription {
  /** One sentence: "A data file grows and its log gets a ceiling." */
  readonly title: string;
  /** Inputs of the earlier deployment; absent = the object is made. */
  readonly old?: object | undefined;
  /** Inputs of this deployment; absent = the object is dropped. */
  readonly new?: object | undefined;
}

const directory = join(__dirname, "golden");
const recorded: { readonly from: string; readonly batch: string }[] = [];

/** Compares the plan with test/golden/<name>.sql; `name` is "<kind>.<case>". Its statements are recorded for the grammar check. */
export function golden(name: string, description: GoldenDescription, plan: Plan): void {
  record(name, plan);
  const path = join(directory, `${name}.sql`);
  const actual = goldenText(description, plan);
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path, actual);
  if (!existsSync(path)) assert.fail(`${path} is not there; UPDATE_GOLDEN=1 writes it\n${actual}`);
  assert.equal(actual, readFileSync(path, "utf8"), `${name}.sql differs; UPDATE_GOLDEN=1 accepts`);
}

/** Keeps the plan's statements for `assertGrammar`; returns the plan, so that a test can wrap every plan it makes. */
export function record(from: string, plan: Plan): Plan {
  for (const statement of plan.statements) {
    recorded.push({ from, batch: statement.batch });
    if (statement.reverse !== undefined) recorded.push({ from: `${from} (reverse)`, batch: statement.reverse });
  }
  return plan;
}

/**
 * Microsoft's grammar must accept every recorded statement: `function () { assertGrammar(this); }`. Call it in the last `describe` of a
 * file, because mocha runs the tests of a block before the blocks inside it.
 */
export function assertGrammar(context: Mocha.Context): void {
  const tool = shared(context, "tools", "tsqlcheck");
  assert.ok(recorded.length > 0, "no statement was recorded");
  const verdicts = checkGrammar(
    tool,
    recorded.map(({ batch }) => batch),
  );
  const failures = recorded.flatMap(({ from, batch }, index) => {
    const verdict = verdicts[index];
    if (verdict?.ok === true) return [];
    const reasons = verdict?.errors.map(({ line, message }) => `line ${line}: ${message}`).join("; ");
    return [`${from}: ${reasons ?? "no verdict"}\n${batch}`];
  });
  assert.deepEqual(failures, []);
  recorded.length = 0;
}

/** The text of a golden file. */
export function goldenText(description: GoldenDescription, plan: Plan): string {
  const lines = [`-- ${description.title}`];
  if (description.old !== undefined) lines.push("-- old inputs:", ...inputLines(description.old));
  if (description.new !== undefined) lines.push("-- new inputs:", ...inputLines(description.new));
  for (const note of plan.notes) lines.push(...comment(`note: ${note}`));
  for (const refusal of plan.refusals) {
    lines.push(...comment(`refused${refusal.property === "" ? "" : ` (${refusal.property})`}: ${refusal.reason}`));
  }
  for (const requirement of plan.requires ?? []) {
    lines.push(...comment(`requires ${requirement.type} ${requirement.name} for ${requirement.neededBy}`));
  }
  if (plan.statements.length === 0) lines.push("-- no statements");
  let database: string | undefined;
  for (const statement of plan.statements) {
    if (statement.database !== database) lines.push("", `USE ${quoteName(statement.database)};`, "GO");
    database = statement.database;
    lines.push("", ...statementLines(statement), "GO");
  }
  return `${lines.join("\n")}\n`;
}

function statementLines(statement: Statement): string[] {
  const outside = statement.inTransaction ? "" : " (outside a transaction)";
  const settings = statement.settings;
  const session =
    settings === undefined || (settings.ansiNulls && settings.quotedIdentifier)
      ? []
      : [
          `-- SET ANSI_NULLS ${settings.ansiNulls ? "ON" : "OFF"}; SET QUOTED_IDENTIFIER ${settings.quotedIdentifier ? "ON" : "OFF"};`,
        ];
  return [
    ...comment(`${statement.label}${outside}`),
    ...statement.hazards.flatMap((hazard) => comment(hazardText(hazard))),
    ...session,
    shownBatch(statement),
  ];
}

function hazardText(hazard: Hazard): string {
  const rows = hazard.rows === undefined ? "" : ` (${hazard.rows} rows)`;
  return `hazard ${hazard.type}:${hazard.object}${rows}: ${hazard.detail}`;
}

function inputLines(inputs: object): string[] {
  return comment(JSON.stringify(inputs, undefined, 2));
}

function comment(text: string): string[] {
  return text.split("\n").map((line) => `-- ${line}`);
}
