/** Inputs of the kind Database, what a change of each means, and their normal form. */
import { z } from "zod";
import { commonChanges, commonInputs, type ChangeRule } from "../../contract";
import { desiredFiles, FileInputs, type DesiredFile } from "../data-files";
import { disconnectInput } from "../exclusive-access";
import { InputIssues } from "../input-issues";
import { collationInput, nameInput } from "../name-input";
import { optionInputs, type OptionInputs } from "./options";
import { QueryStoreInputs } from "./query-store";

// ---- Inputs ----------------------------------------------------------------------------------------------------------

export const DatabaseInputs = z.strictObject({
  ...commonInputs,
  name: nameInput("Name of the database. A change needs renamedFrom."),
  renamedFrom: nameInput(
    "Earlier name: the database is renamed in place, which needs exclusive access; its files keep their names. Default none.",
  ).optional(),
  collation: collationInput(
    "Collation of the database. Changes in place while nothing depends on it; columns keep theirs. Default: left alone.",
  ).optional(),
  ownerLogin: nameInput(
    "Login that owns the database. Changes in place. Default: left alone; at first the login that makes it.",
  ).optional(),
  ...optionInputs,
  retiredBrokerGuid: z
    .guid()
    .optional()
    .describe(
      "Broker identifier that the database must not keep, as after the restore of a copy: while it has it, it gets another, which ends all its conversations and needs exclusive access and, where there are any, the consent messages-lost. Default none.",
    ),
  queryStore: QueryStoreInputs.optional().describe("Query Store. Changes in place. Default: left alone."),
  files: z
    .array(FileInputs)
    .min(1)
    .optional()
    .describe(
      "All data files of PRIMARY, the first is the primary file; one that is taken away is emptied and removed. Default: left alone.",
    ),
  logFiles: z.array(FileInputs).min(1).optional().describe("All log files. Default: left alone."),
  disconnectSessionsAfterSeconds: disconnectInput,
});
export type DatabaseInputs = z.infer<typeof DatabaseInputs>;

// ---- Change rules ----------------------------------------------------------------------------------------------------

export const changes = {
  ...commonChanges,
  name: "plan",
  renamedFrom: "plan",
  collation: "plan",
  ownerLogin: "plan",
  autoClose: "plan",
  autoShrink: "plan",
  autoCreateStatistics: "plan",
  autoCreateStatisticsIncremental: "plan",
  autoUpdateStatistics: "plan",
  autoUpdateStatisticsAsync: "plan",
  compatibilityLevel: "plan",
  recoveryModel: "plan",
  pageVerify: "plan",
  delayedDurability: "plan",
  targetRecoveryTimeSeconds: "plan",
  trustworthy: "plan",
  databaseChaining: "plan",
  containment: "plan",
  readCommittedSnapshot: "plan",
  acceleratedDatabaseRecovery: "plan",
  brokerEnabled: "plan",
  honorBrokerPriority: "plan",
  snapshotIsolation: "plan",
  readOnly: "plan",
  retiredBrokerGuid: "plan",
  queryStore: "plan",
  files: "plan",
  logFiles: "plan",
  disconnectSessionsAfterSeconds: "provider",
} as const satisfies Record<keyof DatabaseInputs, ChangeRule>;

// ---- Desired ---------------------------------------------------------------------------------------------------------

export interface DesiredDatabase {
  readonly name: string;
  readonly renamedFrom: string | undefined;
  readonly collation: string | undefined;
  readonly ownerLogin: string | undefined;
  readonly options: OptionInputs;
  readonly retiredBrokerGuid: string | undefined;
  readonly queryStore: QueryStoreInputs | undefined;
  readonly files: readonly DesiredFile[] | undefined;
  readonly logFiles: readonly DesiredFile[] | undefined;
  readonly disconnectAfterSeconds: number | undefined;
}

export const systemDatabases = ["master", "model", "msdb", "tempdb"];
/** The server appends a suffix for the log when it names that file itself. */
const longestNameWithoutLog = 123;

export function desired(inputs: DatabaseInputs): DesiredDatabase {
  const issues = new InputIssues();
  for (const property of ["name", "renamedFrom"] as const) {
    if (systemDatabases.includes(inputs[property]?.toLowerCase() ?? "")) {
      issues.add(property, `"${inputs[property] ?? ""}" belongs to SQL Server; choose another name`);
    }
  }
  if (inputs.renamedFrom === inputs.name) issues.add("renamedFrom", "is the same as the name; leave it out");
  if (inputs.name.length > longestNameWithoutLog && inputs.logFiles === undefined) {
    issues.add(
      "name",
      `has ${inputs.name.length} characters; above ${longestNameWithoutLog} the log file needs its own name in logFiles`,
    );
  }
  if (inputs.autoCreateStatisticsIncremental !== undefined && inputs.autoCreateStatistics !== true) {
    issues.add("autoCreateStatisticsIncremental", "has a meaning only with autoCreateStatistics: true; give that too");
  }
  if (inputs.containment === "PARTIAL") {
    for (const property of ["autoClose", "autoShrink"] as const) {
      if (inputs[property] === true) issues.add(property, "a contained database cannot have it; give false");
    }
  }
  if (
    inputs.queryStore?.mode === "OFF" &&
    Object.values(inputs.queryStore).filter((value) => value !== undefined).length > 1
  ) {
    issues.add("queryStore", "other settings take effect only while it is on; leave them out or give another mode");
  }
  const files = inputs.files === undefined ? undefined : desiredFiles(inputs.files, "rows", "files", issues);
  const logFiles = inputs.logFiles === undefined ? undefined : desiredFiles(inputs.logFiles, "log", "logFiles", issues);
  logFiles?.forEach((log, index) => {
    if (files?.some((file) => file.name === log.name) !== true) return;
    issues.add(
      `logFiles[${index}].name`,
      `file "${log.name}" is named twice; a logical name is unique in the database`,
    );
  });
  issues.throwIfAny();
  return {
    name: inputs.name,
    renamedFrom: inputs.renamedFrom,
    collation: inputs.collation,
    ownerLogin: inputs.ownerLogin,
    options: optionsOf(inputs),
    retiredBrokerGuid: inputs.retiredBrokerGuid,
    queryStore: inputs.queryStore,
    files,
    logFiles,
    disconnectAfterSeconds: inputs.disconnectSessionsAfterSeconds,
  };
}

export function optionsOf(inputs: DatabaseInputs): OptionInputs {
  const given = Object.entries(inputs).filter(
    ([name, value]) => Object.hasOwn(optionInputs, name) && value !== undefined,
  );
  return Object.fromEntries(given) as OptionInputs;
}
