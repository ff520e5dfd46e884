/**
 * Schema `iac` in each managed database: `iac.object` says which resource owns what, `iac.deployment` has one row for each
 * apply. The rows are written in the transaction of the change wherever there is one. Pure: this file only makes T-SQL.
 */
import type { OwnedObject } from "../contract";
import type { NameComparer } from "./names";
import { quoteText } from "./quoting";

/** Both tables stand on PRIMARY, so that they never keep another filegroup from being dropped. */
export const createBookkeeping = `IF SCHEMA_ID(N'iac') IS NULL EXEC (N'CREATE SCHEMA iac AUTHORIZATION dbo;');
IF OBJECT_ID(N'iac.object', N'U') IS NULL
  CREATE TABLE iac.[object] (
    object_type varchar(40) NOT NULL,
    object_name nvarchar(400) NOT NULL,
    owner nvarchar(400) NOT NULL,
    definition_hash varchar(64) NULL,
    changed_at datetime2(3) NOT NULL CONSTRAINT DF_object_changed_at DEFAULT SYSUTCDATETIME(),
    CONSTRAINT PK_object PRIMARY KEY CLUSTERED (object_type, object_name)
  ) ON [PRIMARY];
IF OBJECT_ID(N'iac.deployment', N'U') IS NULL
  CREATE TABLE iac.deployment (
    deployment_id bigint IDENTITY(1, 1) NOT NULL,
    started_at datetime2(3) NOT NULL,
    duration_ms int NOT NULL,
    owner nvarchar(400) NOT NULL,
    action varchar(10) NOT NULL,
    outcome varchar(20) NOT NULL,
    statements int NOT NULL,
    plan_hash varchar(64) NOT NULL,
    git_commit varchar(64) NULL,
    login nvarchar(128) NOT NULL CONSTRAINT DF_deployment_login DEFAULT ORIGINAL_LOGIN(),
    host nvarchar(128) NULL CONSTRAINT DF_deployment_host DEFAULT HOST_NAME(),
    error_number int NULL,
    error_text nvarchar(2000) NULL,
    CONSTRAINT PK_deployment PRIMARY KEY CLUSTERED (deployment_id)
  ) ON [PRIMARY];
`;

export interface DeploymentRecord {
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly owner: string;
  readonly action: "create" | "update" | "delete" | "verify";
  readonly outcome: "succeeded" | "failed";
  readonly statements: number;
  readonly planHash: string;
  readonly gitCommit: string | undefined;
  readonly errorNumber?: number | undefined;
  readonly errorText?: string | undefined;
}

/** Column of the one row that tells the number of the deployment. */
export const deploymentColumn = "#deployment";

/** The row of one apply; answers with its number. */
export function insertDeployment(record: DeploymentRecord): string {
  const text = (value: string | undefined): string => (value === undefined ? "NULL" : quoteText(value));
  const values = [
    quoteText(record.startedAt.toISOString().replace("Z", "")),
    String(Math.max(0, Math.round(record.durationMs))),
    quoteText(record.owner),
    quoteText(record.action),
    quoteText(record.outcome),
    String(record.statements),
    quoteText(record.planHash),
    text(record.gitCommit),
    record.errorNumber === undefined ? "NULL" : String(record.errorNumber),
    text(record.errorText?.slice(0, 2000)),
  ];
  return `INSERT INTO iac.deployment (started_at, duration_ms, owner, action, outcome, statements, plan_hash, git_commit, error_number, error_text)\nVALUES (${values.join(", ")});\nSELECT CONVERT(int, SCOPE_IDENTITY()) AS [${deploymentColumn}];\n`;
}

/** The rows of iac.object that one owner has, as known while an apply runs; tells the T-SQL that brings them up to date. */
export class Ownership {
  private readonly rows = new Map<string, OwnedObject>();

  constructor(
    private readonly owner: string,
    private readonly names: NameComparer,
    rows: readonly OwnedObject[],
  ) {
    for (const row of rows) this.rows.set(this.key(row), row);
  }

  private key(object: Pick<OwnedObject, "type" | "name">): string {
    return `${object.type}\0${this.names.key(object.name)}`;
  }

  has(object: Pick<OwnedObject, "type" | "name">): boolean {
    return this.rows.has(this.key(object));
  }

  /**
   * T-SQL that makes `wanted` stand and `gone` vanish; empty when nothing differs. The rows count as written from now on:
   * call it only for text that is going to run.
   */
  write(wanted: readonly OwnedObject[], gone: readonly Pick<OwnedObject, "type" | "name">[]): string {
    const owner = quoteText(this.owner);
    const inserts: string[] = [];
    const parts: string[] = [];
    for (const object of gone) {
      if (!this.rows.delete(this.key(object))) continue;
      parts.push(
        `DELETE FROM iac.[object] WHERE object_type = ${quoteText(object.type)} AND object_name = ${quoteText(object.name)} AND owner = ${owner};\n`,
      );
    }
    for (const object of wanted) {
      const known = this.rows.get(this.key(object));
      if (known && known.name === object.name && (known.definitionHash ?? null) === (object.definitionHash ?? null))
        continue;
      const hash = object.definitionHash === undefined ? "NULL" : quoteText(object.definitionHash);
      if (known)
        parts.push(
          `UPDATE iac.[object] SET object_name = ${quoteText(object.name)}, definition_hash = ${hash}, changed_at = SYSUTCDATETIME() WHERE object_type = ${quoteText(object.type)} AND object_name = ${quoteText(known.name)} AND owner = ${owner};\n`,
        );
      else inserts.push(`(${quoteText(object.type)}, ${quoteText(object.name)}, ${owner}, ${hash})`);
      this.rows.set(this.key(object), object);
    }
    // A table value constructor takes at most 1,000 rows.
    for (let i = 0; i < inserts.length; i += 1000)
      parts.push(
        `INSERT INTO iac.[object] (object_type, object_name, owner, definition_hash) VALUES\n${inserts.slice(i, i + 1000).join(",\n")};\n`,
      );
    return parts.join("");
  }

  /** Everything this owner has that is not in `wanted`. */
  surplus(wanted: readonly OwnedObject[]): OwnedObject[] {
    const keep = new Set(wanted.map((object) => this.key(object)));
    return [...this.rows.values()].filter((row) => !keep.has(this.key(row)));
  }
}
