/** Plans of the kind Database. Everything runs in master, so that our own session does not stand in the way of exclusive access. */
import type { OwnedObject, Plan, PlanContext, Refusal, Statement } from "../../contract";
import { quoteName } from "../../engine/quoting";
import { dataTimeoutSeconds, statement } from "../../engine/statement";
import { alterDatabase } from "../alter-database";
import { amount, countedConversations, lossHazards } from "../broker/loss";
import {
  exclusiveHazard,
  exclusiveTimeout,
  needsAlone,
  reopening,
  sessionsNote,
  sessionsObservation,
  termination,
  withSingleUser,
} from "../exclusive-access";
import { dropTrust } from "../clr/trusted-list";
import { lostIdentity } from "../identity-change";
import { collationRefusal } from "./collation";
import { azureFileRefusals, placeFiles, planAllFiles } from "./files";
import { systemDatabases, type DesiredDatabase } from "./inputs";
import { countedRows, exclusiveReasons, isSameCollation, owned, trustedBuilds, type LiveDatabase } from "./live";
import { getsNewBroker, newBrokerNote, newBrokerRefusals, newBrokerStatements } from "./new-broker";
import { optionChanges, type OptionChange } from "./options";
import { queryStoreClause } from "./query-store";

export function plan(desired: DesiredDatabase, live: LiveDatabase | undefined, context: PlanContext): Plan {
  return live === undefined ? planCreate(desired, context) : planAlter(desired, live, context);
}

function refusedPlan(refusals: readonly Refusal[], owns: readonly OwnedObject[]): Plan {
  return { statements: [], refusals, notes: [], owns };
}

/** Azure SQL Database changes options and owner only from inside the database; everywhere else master is the safe place. */
function placed(statements: readonly Statement[], name: string, context: PlanContext): readonly Statement[] {
  if (context.capabilities.flavor !== "azure-sql-database") return statements;
  return statements.map((each) => ({ ...each, database: name }));
}

// ---- Create ----------------------------------------------------------------------------------------------------------

function planCreate(desired: DesiredDatabase, context: PlanContext): Plan {
  const { capabilities } = context;
  const { name } = desired;
  const refusals: Refusal[] = [];
  const lost = lostIdentity(context, "database", name, "renamedFrom renames it");
  if (lost !== undefined) refusals.push(lost);
  if (!capabilities.canCreateDatabase) {
    const reason = `login "${capabilities.login}" may not make databases; run GRANT CREATE ANY DATABASE TO ${quoteName(capabilities.login)}`;
    refusals.push({ property: "", reason });
  }
  const places = placeFiles(desired, context);
  const options = optionChanges(desired.options, undefined)
    // CREATE DATABASE has said it.
    .filter(({ option }) => option.input !== "containment" || capabilities.flavor !== "server");
  refusals.push(
    ...places.refusals,
    ...azureFileRefusals(desired, context),
    ...optionRefusals(desired, undefined, context),
  );
  const create = statement(
    "master",
    `create database ${name}`,
    createBatch(desired, places.data, places.log, context),
    {
      inTransaction: false,
      timeoutSeconds: dataTimeoutSeconds,
      object: owned(name),
      reverse: `DROP DATABASE ${quoteName(name)};`,
    },
  );
  const isCreator = desired.ownerLogin === undefined || desired.ownerLogin === capabilities.login;
  return {
    statements: [
      create,
      ...placed(
        [
          ...settable(options, context).map((change) => optionStatement(desired, change, undefined, context)),
          ...queryStoreStatements(desired, undefined),
          ...(isCreator ? [] : [ownerStatement(name, desired.ownerLogin, undefined)]),
          ...readOnlyLast(options, context).map((change) => optionStatement(desired, change, undefined, context)),
        ],
        name,
        context,
      ),
    ],
    refusals,
    notes:
      desired.renamedFrom === undefined
        ? []
        : [`There is no database "${desired.renamedFrom}" to rename: "${name}" is made new.`],
    owns: [owned(name)],
  };
}

function createBatch(
  desired: DesiredDatabase,
  data: readonly string[],
  log: readonly string[],
  context: PlanContext,
): string {
  const isContained = desired.options.containment === "PARTIAL" && context.capabilities.flavor === "server";
  return `${[
    `CREATE DATABASE ${quoteName(desired.name)}`,
    ...(isContained ? ["CONTAINMENT = PARTIAL"] : []),
    ...(data.length === 0 ? [] : [`ON PRIMARY\n  ${data.join(",\n  ")}`]),
    ...(log.length === 0 ? [] : [`LOG ON\n  ${log.join(",\n  ")}`]),
    // Not a name that can be quoted: inputs let only letters, digits and _ through.
    ...(desired.collation === undefined ? [] : [`COLLATE ${desired.collation}`]),
  ].join("\n")};`;
}

// ---- Alter -----------------------------------------------------------------------------------------------------------

function planAlter(desired: DesiredDatabase, live: LiveDatabase, context: PlanContext): Plan {
  const { row } = live;
  const owns = [owned(desired.name)];
  if (row.isSnapshot) {
    return refusedPlan(
      [{ property: "name", reason: `"${row.name}" is a database snapshot; choose another name` }],
      owns,
    );
  }
  if (row.state !== "ONLINE") {
    const reason = `database "${row.name}" is ${row.state}; bring it ONLINE first`;
    return refusedPlan([{ property: "", reason }], owns);
  }
  const isNewBroker = getsNewBroker(desired, live);
  const { brokerEnabled } = desired.options;
  // A new broker may be on or off afterwards: what is asked for is said again.
  const options = optionChanges(
    desired.options,
    isNewBroker && brokerEnabled !== undefined ? { ...row, isBrokerEnabled: !brokerEnabled } : row,
  );
  const writable = options.filter(({ clause }) => clause === "READ_WRITE");
  const changesCollation = desired.collation !== undefined && !isSameCollation(desired.collation, row.collation);
  const files = planAllFiles(desired, live, context);
  const renames = !live.serverNames.equals(desired.name, row.name);
  const owner = desired.ownerLogin;
  const changesOwner = owner !== undefined && !(row.owner !== null && live.serverNames.equals(owner, row.owner));

  const refusals: Refusal[] = [
    ...optionRefusals(desired, live, context),
    ...files.refusals,
    ...(changesCollation ? collationRefusal(live, context) : []),
    ...newBrokerRefusals(desired, live, context),
  ];
  if (
    desired.queryStore !== undefined &&
    live.queryStore === undefined &&
    context.catalog.databaseRow?.databaseId === row.databaseId
  ) {
    refusals.push({
      property: "queryStore",
      reason: "the login may not read Query Store; GRANT VIEW DATABASE STATE to it",
    });
  }
  const settings = [
    ...writable.map((change) => optionStatement(desired, change, live, context)),
    ...settable(options, context, false).map((change) => optionStatement(desired, change, live, context)),
    ...files.statements,
    ...(changesCollation ? [collationStatement(desired, live, desired.collation, context)] : []),
    ...newBrokerStatements(desired, live, context),
    ...settable(options, context, true).map((change) => optionStatement(desired, change, live, context)),
    ...queryStoreStatements(desired, live),
    ...(changesOwner ? [ownerStatement(desired.name, owner, row.owner)] : []),
    ...readOnlyLast(options, context).map((change) => optionStatement(desired, change, live, context)),
  ];
  const statements = [
    ...(renames ? [renameStatement(desired, live, context)] : []),
    ...placed(settings, desired.name, context),
  ];
  if (row.isReadOnly && writable.length === 0 && statements.length > 0) {
    const reason = `database "${row.name}" is read-only; deploy once with readOnly: false, then set it again`;
    refusals.push({ property: "readOnly", reason });
  }
  const isExclusive = exclusiveReasons(desired, live).length > 0;
  return {
    statements,
    refusals,
    notes: [
      ...files.notes,
      ...options.flatMap(({ option, value }) => option.note?.(value) ?? []),
      ...(changesCollation ? ["Existing columns keep their collation; only new columns take the database's."] : []),
      ...(isNewBroker ? [newBrokerNote] : []),
      ...(isExclusive ? [sessionsNote(row.name)] : []),
    ],
    observations: isExclusive ? sessionsObservation(context, row.name) : [],
    owns,
  };
}

/** Options in the middle of the plan: READ_WRITE came first and READ_ONLY comes last. `isExclusive` undefined = both sorts. */
function settable(options: readonly OptionChange[], context: PlanContext, isExclusive?: boolean): OptionChange[] {
  return options.filter(
    ({ option }) =>
      option.input !== "readOnly" &&
      isSettable(option, context) &&
      (isExclusive ?? option.isExclusive === true) === (option.isExclusive === true),
  );
}

function readOnlyLast(options: readonly OptionChange[], context: PlanContext): OptionChange[] {
  return options.filter(({ clause, option }) => clause === "READ_ONLY" && isSettable(option, context));
}

function isSettable(option: OptionChange["option"], { capabilities: { flavor } }: PlanContext): boolean {
  return flavor === "server" || option.fixed[flavor] === undefined;
}

function optionRefusals(desired: DesiredDatabase, live: LiveDatabase | undefined, context: PlanContext): Refusal[] {
  const { flavor } = context.capabilities;
  return optionChanges(desired.options, live?.row).flatMap(({ option, value }) => {
    const fixed = flavor === "server" ? undefined : option.fixed[flavor];
    if (fixed !== undefined) {
      if (fixed === value) return [];
      const where = flavor === "managed-instance" ? "Azure SQL Managed Instance" : "Azure SQL Database";
      const always = fixed === "absent" ? "does not have this option" : `always has ${String(fixed)}`;
      return [{ property: option.input, reason: `${where} ${always}; leave it out there` }];
    }
    // With another identifier it is no copy any more.
    const isSettled = option.input === "brokerEnabled" && live !== undefined && getsNewBroker(desired, live);
    const reason = isSettled ? undefined : option.refusal?.(value, live?.row, context);
    return reason === undefined ? [] : [{ property: option.input, reason }];
  });
}

function optionStatement(
  desired: DesiredDatabase,
  { option, value, clause, reverse }: OptionChange,
  live: LiveDatabase | undefined,
  context: PlanContext,
): Statement {
  const { name, disconnectAfterSeconds } = desired;
  const isExclusive = option.isExclusive === true;
  const end = isExclusive ? termination(disconnectAfterSeconds) : "";
  // A database that was just made holds no sessions, rows or waits.
  const locks = live !== undefined && isExclusive ? [exclusiveHazard(name, clause, disconnectAfterSeconds)] : [];
  const hazards = [...locks, ...(option.hazards?.(value, name, context) ?? [])].filter(
    (hazard) => live !== undefined || hazard.type === "unsafe-code",
  );
  return alterDatabase(
    { database: name, object: owned(name) },
    `set ${clause} on database ${name}`,
    `SET ${clause}${end}`,
    {
      hazards,
      idempotent: true,
      ...(isExclusive ? { timeoutSeconds: exclusiveTimeout(disconnectAfterSeconds), exclusive: needsAlone(name) } : {}),
      ...(reverse === undefined ? {} : { reverse: `ALTER DATABASE ${quoteName(name)} SET ${reverse}${end};` }),
    },
  );
}

function queryStoreStatements({ name, queryStore }: DesiredDatabase, live: LiveDatabase | undefined): Statement[] {
  const clause = queryStore === undefined ? undefined : queryStoreClause(queryStore, live?.queryStore);
  return clause === undefined
    ? []
    : [
        alterDatabase({ database: name, object: owned(name) }, `set Query Store of database ${name}`, `SET ${clause}`, {
          idempotent: true,
        }),
      ];
}

function ownerStatement(database: string, login: string, before: string | null | undefined): Statement {
  const batch = (to: string): string => `ALTER AUTHORIZATION ON DATABASE::${quoteName(database)} TO ${quoteName(to)};`;
  return statement("master", `give database ${database} to ${login}`, batch(login), {
    inTransaction: false,
    idempotent: true,
    object: owned(database),
    ...(before == null ? {} : { reverse: batch(before) }),
  });
}

/** MODIFY NAME and COLLATE take no termination clause: they give up by themselves when the database is busy (5030). */
function alone(
  desired: DesiredDatabase,
  live: LiveDatabase,
  what: string,
  label: string,
  clause: string,
  reverse: string | undefined,
  context: PlanContext,
): Statement {
  const { row } = live;
  // The Azure flavours have no SINGLE_USER.
  const seconds = context.capabilities.flavor === "server" ? desired.disconnectAfterSeconds : undefined;
  const isRename = what === "MODIFY NAME";
  const database = isRename ? row.name : desired.name;
  const batch = `ALTER DATABASE ${quoteName(database)} ${clause};`;
  return statement(
    "master",
    label,
    seconds === undefined ? batch : withSingleUser(database, "master", seconds, row.userAccess, batch),
    {
      inTransaction: false,
      object: owned(desired.name),
      hazards: [exclusiveHazard(row.name, what, seconds)],
      timeoutSeconds: exclusiveTimeout(seconds),
      exclusive: {
        ...needsAlone(database),
        ...(seconds === undefined ? {} : { reopen: reopening([...new Set([row.name, desired.name])], row.userAccess) }),
      },
      ...(isRename ? { formerObject: owned(row.name) } : {}),
      ...(reverse === undefined ? {} : { reverse }),
    },
  );
}

function renameStatement(desired: DesiredDatabase, live: LiveDatabase, context: PlanContext): Statement {
  const rename = (to: string): string => `MODIFY NAME = ${quoteName(to)}`;
  const { name } = live.row;
  const reverse = `ALTER DATABASE ${quoteName(desired.name)} ${rename(name)};`;
  return alone(
    desired,
    live,
    "MODIFY NAME",
    `rename database ${name} to ${desired.name}`,
    rename(desired.name),
    reverse,
    context,
  );
}

function collationStatement(
  desired: DesiredDatabase,
  live: LiveDatabase,
  collation: string,
  context: PlanContext,
): Statement {
  const before = live.row.collation;
  const reverse = before === null ? undefined : `ALTER DATABASE ${quoteName(desired.name)} COLLATE ${before};`;
  return alone(
    desired,
    live,
    "COLLATE",
    `set collation ${collation} on database ${desired.name}`,
    `COLLATE ${collation}`,
    reverse,
    context,
  );
}

// ---- Plan of the delete ----------------------------------------------------------------------------------------------

export function planDelete(live: LiveDatabase, context: PlanContext): Plan {
  const { row } = live;
  const { name } = row;
  const refuse = (reason: string): Plan => refusedPlan([{ property: "", reason }], []);
  if (systemDatabases.includes(name.toLowerCase()))
    return refuse(`"${name}" belongs to SQL Server and cannot be dropped`);
  if (row.state === "OFFLINE") {
    return refuse(
      `database "${name}" is OFFLINE, and dropping it now would leave its files on the disk; bring it ONLINE first`,
    );
  }
  const counted = countedRows(context.answers);
  const hazard = {
    type: "data-loss",
    object: name,
    // The count stands beside the words: they are part of the text that must be the same when the plan is applied.
    detail: "drops the database with everything in it",
    ...(counted === undefined ? {} : { rows: counted.rows }),
  } as const;
  const conversations = countedConversations(context) ?? 0;
  const ending = `ends its conversations without a word to the far sides and throws their messages away: ${amount(conversations, "conversation")}`;
  const drop = statement("master", `drop database ${name}`, `DROP DATABASE ${quoteName(name)};`, {
    inTransaction: false,
    object: owned(name),
    hazards: [...(counted?.rows === 0 ? [] : [hazard]), ...lossHazards(name, [conversations], ending)],
    exclusive: { database: name, remedy: "Nobody may be in a database that is dropped; try again when they are gone" },
  });
  return {
    statements: [drop, ...trustedBuilds(context.answers).map((hash) => dropTrust(hash))],
    refusals: [],
    notes: [sessionsNote(name)],
    observations: sessionsObservation(context, name),
    owns: [],
  };
}
