/** What is broken at each of its statements: making, changing and deleting something of every kind. */
import type { KindName } from "../../provider/src/registry";
import { brokerCases, brokerSweep } from "./broker-cases";
import { cases, type Case } from "./cases";
import { clrCases } from "./clr-cases";
import type { Properties } from "./deployment";
import { partitionCases } from "./partition-cases";
import { logins, securityCases } from "./security-cases";
import { temporalCases } from "./temporal-cases";

export interface Scenario {
  readonly kind: KindName;
  readonly action: "create" | "update" | "delete";
  readonly title: string;
  readonly given: string;
  readonly collation?: string | undefined;
  /** undefined: the object is made, and that breaks. */
  readonly before: Inputs | undefined;
  /** undefined: the object is deleted, and that breaks. */
  readonly after: Inputs | undefined;
  readonly rows?: string | undefined;
  readonly kept?: string | undefined;
  /** In its database, and among logins, all or nothing is done. */
  readonly isAtomic: boolean;
  /** What it shows, others of the same kind show too. */
  readonly isOnlyInFullSweep: boolean;
}
type Inputs = (database: string) => Properties;

/** Statements of these kinds run outside of transactions, all or some; results of checks are written after the checks. */
const notAtomic = new Set<KindName>(["Database", "Filegroup", "BrokerEndpoint", "Verification"]);

const inside =
  (given: Properties, allow: readonly string[] = []): Inputs =>
  (database) => ({ database, ...given, ...(allow.length > 0 ? { allow: [...allow] } : {}) });
const onServer =
  (given: Properties): Inputs =>
  () =>
    given;
const itself =
  (given: Properties): Inputs =>
  (name) => ({ name, ...given });

/** Making, changing and deleting: a default sweep takes every change, and of the rest the first ones of a kind. */
function actionsOf(
  one: Case,
  { isFirst, isOnlyInFullSweep }: { isFirst: boolean; isOnlyInFullSweep: boolean },
): Scenario[] {
  const { kind, collation, rows, kept } = one;
  const common = { kind, collation, given: one.given ?? "", isAtomic: !notAtomic.has(kind) };
  const before = inside(one.before, one.allow);
  return [
    {
      ...common,
      action: "create",
      title: `making ${one.title}`,
      before: undefined,
      after: before,
      isOnlyInFullSweep: !isFirst,
    },
    ...(one.after === undefined
      ? []
      : [
          {
            ...common,
            action: "update" as const,
            title: one.title,
            before,
            after: inside(one.after, one.allow),
            rows,
            kept,
            isOnlyInFullSweep,
          },
        ]),
    {
      ...common,
      action: "delete",
      title: `deleting ${one.title}`,
      before: inside(one.before, ["data-loss:*", "messages-lost:*", ...(one.allow ?? [])]),
      after: undefined,
      rows: one.after === undefined ? undefined : rows,
      isOnlyInFullSweep: !isFirst,
    },
  ];
}

/** What they show, another case of the same kind shows too. */
const onlyInFullSweep = new Set([
  "a filegroup whose file grows and that gets a second one",
  "a system-versioned table with hostile names",
  "a system-versioned table in a case-sensitive database",
  "a table that gets a column",
  "a table that changes name and schema",
  "a set that gains a table and loses one with consent",
  "a message type with a hostile name and an owner",
  "a contract with a hostile name and an owner",
  "a service with a hostile name",
  "a binding with a hostile name for another service",
  "a scheme with hostile names and texts, in a case-sensitive database",
  "a role in a case-sensitive database",
  "permissions in a case-sensitive database",
]);
/** Whose making and deleting is swept by default; every kind has one. */
const first = new Set([
  "a schema",
  "a filegroup with a hostile name and file",
  "a table with keys, checks, an index and a computed column",
  "a system-versioned table with hidden period and columnstore history",
  "tables whose foreign keys make a circle",
  "modules of which one changes, one is new and one is gone with consent",
  "a scheme by numbers, RANGE LEFT, each partition in its own filegroup",
  "an assembly that gets a new build",
  "bindings of which some go and others come",
  "a message type with a hostile name and an owner",
  "a contract",
  "a queue that gets an activation",
  "a service that moves to another queue with its messages",
  "a route that leads elsewhere",
  "a binding for another user",
  "a priority",
  "a user for a login",
  "a role that changes name, owner and members, and keeps the permissions on it",
  "permissions of a role on all sorts of things",
]);

const ofCases = [
  ...cases,
  ...temporalCases,
  ...partitionCases,
  ...clrCases,
  ...brokerCases,
  ...brokerSweep.slice(2),
  ...securityCases,
].flatMap((one) =>
  actionsOf(one, { isFirst: first.has(one.title), isOnlyInFullSweep: onlyInFullSweep.has(one.title) }),
);

const people =
  "CREATE TABLE dbo.People (name nvarchar(20) NOT NULL); INSERT INTO dbo.People (name) VALUES (N'a'), (N'b');";
const names = "SELECT name FROM dbo.People ORDER BY name";
const twoFiles = {
  name: "Archive",
  files: [
    { name: "a1", sizeMb: 8 },
    { name: "a2", sizeMb: 8 },
  ],
};
const checks = (count: number): Properties => ({
  name: "after",
  checks: [{ name: "people", query: "SELECT COUNT(*) FROM dbo.People;", expect: { scalar: count } }],
});
const allowAll = { allow: ["data-loss:*"] };

const always = { isOnlyInFullSweep: false };
const own: readonly Omit<Scenario, "isAtomic">[] = [
  {
    kind: "Filegroup",
    action: "create",
    title: "making a filegroup with files that becomes the default one",
    given: "",
    before: undefined,
    after: inside({ ...twoFiles, isDefault: true }),
    ...always,
  },
  {
    kind: "Filegroup",
    action: "update",
    title: "a filegroup and its file that change their names, and another file that goes",
    given: "",
    before: inside(twoFiles),
    after: inside({
      name: "History",
      renamedFrom: "Archive",
      files: [{ name: "h1", renamedFrom: "a1", sizeMb: 8 }],
      readOnly: true,
    }),
    ...always,
  },
  {
    kind: "Database",
    action: "create",
    title: "making a database with options, owner and files",
    given: "",
    before: undefined,
    after: itself({
      collation: "Latin1_General_100_CI_AS",
      recoveryModel: "SIMPLE",
      readCommittedSnapshot: true,
      queryStore: { mode: "READ_WRITE", maxStorageSizeMb: 200 },
      files: [{ name: "d1", sizeMb: 8 }],
      readOnly: true,
    }),
    ...always,
  },
  {
    kind: "Database",
    action: "update",
    title: "a database whose options, collation and files change",
    given: "",
    before: itself({ collation: "Latin1_General_100_CI_AS", files: [{ name: "d1", sizeMb: 8 }] }),
    rows: people,
    kept: names,
    after: itself({
      collation: "Latin1_General_100_CS_AS",
      disconnectSessionsAfterSeconds: 1,
      autoClose: true,
      snapshotIsolation: true,
      brokerEnabled: false,
      files: [
        { name: "d1", sizeMb: 16, growthMb: 16 },
        { name: "d2", sizeMb: 8 },
      ],
    }),
    ...always,
  },
  {
    kind: "Database",
    action: "update",
    title: "a database that changes its name and an option",
    given: "",
    before: itself({ recoveryModel: "FULL" }),
    rows: people,
    kept: names,
    after: (name) => ({
      name: `${name} later`,
      renamedFrom: name,
      disconnectSessionsAfterSeconds: 1,
      recoveryModel: "SIMPLE",
    }),
    ...always,
  },
  {
    kind: "Database",
    action: "delete",
    title: "deleting a database with rows",
    given: "",
    before: itself({ recoveryModel: "FULL", ...allowAll }),
    rows: people,
    kept: names,
    after: undefined,
    ...always,
  },
  {
    kind: "BrokerEndpoint",
    action: "create",
    title: "making an endpoint",
    given: "",
    before: undefined,
    after: onServer({ name: "Broker", port: 4022, authorization: logins[0] }),
    ...always,
  },
  {
    kind: "BrokerEndpoint",
    action: "update",
    title: "an endpoint with another port, state and owner",
    given: "",
    before: onServer({ name: "Broker", port: 4022, state: "stopped" }),
    after: onServer({ name: "Broker", port: 4023, authorization: logins[0], messageForwarding: true }),
    ...always,
  },
  {
    kind: "BrokerEndpoint",
    action: "delete",
    title: "deleting an endpoint",
    given: "",
    before: onServer({ name: "Broker", port: 4022, allow: ["messages-lost:*", "data-loss:*"] }),
    after: undefined,
    ...always,
  },
  {
    kind: "Login",
    action: "create",
    title: "making a login",
    given: "",
    before: undefined,
    after: onServer({ name: "app", passwordFrom: "faulty", disabled: true, defaultDatabase: "tempdb" }),
    ...always,
  },
  {
    kind: "Login",
    action: "update",
    title: "a login that changes its name, default database and state",
    given: "",
    before: onServer({ name: "app", passwordFrom: "faulty" }),
    after: onServer({
      name: "service",
      renamedFrom: "app",
      passwordFrom: "faulty",
      disabled: true,
      defaultDatabase: "tempdb",
    }),
    ...always,
  },
  {
    kind: "Login",
    action: "delete",
    title: "deleting a login",
    given: "",
    before: onServer({ name: "app", passwordFrom: "faulty", ...allowAll }),
    after: undefined,
    ...always,
  },
  {
    kind: "Verification",
    action: "create",
    title: "making checks that pass",
    given: people,
    before: undefined,
    after: inside(checks(2)),
    ...always,
  },
  {
    kind: "Verification",
    action: "update",
    title: "checks of which one changes",
    given: people,
    before: inside(checks(2)),
    rows: "INSERT INTO dbo.People (name) VALUES (N'c');",
    after: inside(checks(3)),
    ...always,
  },
  {
    kind: "Verification",
    action: "delete",
    title: "deleting checks",
    given: people,
    before: inside(checks(2)),
    after: undefined,
    ...always,
  },
];

export const scenarios: readonly Scenario[] = [
  ...ofCases,
  ...own.map((one) => ({ ...one, isAtomic: !notAtomic.has(one.kind) })),
];
