/**
 * What schema `iac` keeps of verifications: `iac.verification` has one row for each check and run, `iac.verification_check` the
 * checks themselves, so that they can be asked again without the program that made them. Pure: this file only makes T-SQL.
 */
import type { VerificationCheck } from "../contract";
import { quoteText } from "./quoting";

/** On PRIMARY, as the other tables of the schema. */
export const createVerification = `IF OBJECT_ID(N'iac.verification', N'U') IS NULL
  CREATE TABLE iac.verification (
    verification_id bigint IDENTITY(1, 1) NOT NULL,
    at datetime2(3) NOT NULL,
    owner nvarchar(400) NOT NULL,
    name nvarchar(400) NOT NULL,
    outcome varchar(20) NOT NULL,
    milliseconds int NOT NULL,
    detail nvarchar(2000) NULL,
    CONSTRAINT PK_verification PRIMARY KEY CLUSTERED (verification_id)
  ) ON [PRIMARY];
IF OBJECT_ID(N'iac.verification_check', N'U') IS NULL
  CREATE TABLE iac.verification_check (
    owner nvarchar(400) NOT NULL,
    checks nvarchar(max) NOT NULL,
    CONSTRAINT PK_verification_check PRIMARY KEY CLUSTERED (owner)
  ) ON [PRIMARY] TEXTIMAGE_ON [PRIMARY];
`;

export interface CheckResult {
  readonly name: string;
  readonly outcome: "passed" | "failed";
  /** Of the whole query, where one query answers for many objects. */
  readonly milliseconds: number;
  readonly detail: string | undefined;
}

/** One statement for at most 1,000 rows, which is what a table value constructor takes. */
const rowsOfOneStatement = 1000;

export function insertResults(owner: string, at: Date, results: readonly CheckResult[]): string {
  const time = quoteText(at.toISOString().replace("Z", ""));
  const rows = results.map(
    ({ name, outcome, milliseconds, detail }) =>
      `(${time}, ${quoteText(owner)}, ${quoteText(name.slice(0, 400))}, ${quoteText(outcome)}, ${Math.max(0, Math.round(milliseconds))}, ${detail === undefined ? "NULL" : quoteText(detail.slice(0, 2000))})`,
  );
  const parts: string[] = [];
  for (let i = 0; i < rows.length; i += rowsOfOneStatement)
    parts.push(
      `INSERT INTO iac.verification (at, owner, name, outcome, milliseconds, detail) VALUES\n${rows.slice(i, i + rowsOfOneStatement).join(",\n")};\n`,
    );
  return parts.join("");
}

export function replaceChecks(owner: string, checks: readonly VerificationCheck[]): string {
  return `${deleteChecks(owner)}INSERT INTO iac.verification_check (owner, checks) VALUES (${quoteText(owner)}, ${quoteText(JSON.stringify(checks))});\n`;
}

export function deleteChecks(owner: string): string {
  return `DELETE FROM iac.verification_check WHERE owner = ${quoteText(owner)};\n`;
}
