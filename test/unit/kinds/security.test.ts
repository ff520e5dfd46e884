import assert from "node:assert/strict";
import type { JsonValue, Kind, Plan, PlanContext, ProbeRow } from "../../../provider/src/contract";
import { catalogSnapshot, serverCatalog, type DatabaseRows } from "../../../provider/src/engine/catalog-snapshot";
import { unmetRequirements } from "../../../provider/src/engine/requirements";
import type { LoginRow, PrincipalRow } from "../../../provider/src/engine/snapshot/security";
import type { DatabaseRow, ServerRow } from "../../../provider/src/engine/snapshot/server";
import { InvalidInputsError } from "../../../provider/src/errors";
import { grantsKind } from "../../../provider/src/kinds/security/grants";
import { loginKind } from "../../../provider/src/kinds/security/login";
import { databaseRoleKind } from "../../../provider/src/kinds/security/role";
import { userKind } from "../../../provider/src/kinds/security/user";
import { planHash, planText } from "../../../provider/src/plan-text";
import { columnRow, databaseRow, permissionRow, planContext, serverRow, tableRow } from "../../catalog-rows";
import { assertGrammar, golden, record } from "../../golden";

const common = { server: "hart-server", owner: "shop/dev/Kind/one" } as const;
const at = { ...common, database: "sales" } as const;

function loginRow(special: Partial<LoginRow> = {}): LoginRow {
  return {
    principalId: 260,
    name: "app",
    type: "S",
    sid: `0x${"AB".repeat(16)}`,
    isDisabled: false,
    defaultDatabase: "master",
    defaultLanguage: "us_english",
    isPolicyChecked: true,
    isExpirationChecked: false,
    ...special,
  };
}

function principal(special: Partial<PrincipalRow> = {}): PrincipalRow {
  return {
    principalId: 5,
    name: "app",
    type: "S",
    defaultSchema: "dbo",
    owner: null,
    sid: `0x${"AB".repeat(16)}`,
    isFixedRole: false,
    authentication: "INSTANCE",
    login: "app",
    ...special,
  };
}
const role = (special: Partial<PrincipalRow> = {}): PrincipalRow =>
  principal({
    principalId: 6,
    name: "reader",
    type: "R",
    defaultSchema: null,
    owner: "dbo",
    authentication: "NONE",
    login: null,
    ...special,
  });

interface Around {
  readonly server?: Partial<ServerRow>;
  readonly database?: Partial<DatabaseRow>;
  readonly logins?: readonly LoginRow[];
  readonly rows?: Partial<DatabaseRows>;
  readonly answers?: Readonly<Record<string, ProbeRow>>;
  readonly context?: Partial<PlanContext>;
}

function around({ server, database, logins = [], rows = {}, answers = {}, context = {} }: Around = {}): PlanContext {
  const databases = [databaseRow(database)];
  const catalog = catalogSnapshot(serverCatalog(serverRow(server), databases, [], [], logins), "sales", rows);
  return planContext(catalog, { answers: new Map(Object.entries(answers)), ...context });
}

function planned<I, D, Id extends JsonValue, L>(kind: Kind<I, D, Id, L>, given: object, context: PlanContext): Plan {
  const desired = kind.desired(kind.inputs.parse(given));
  const live = kind.read(context.catalog, kind.identity(desired), context.owned);
  return record(kind.name, kind.plan(desired, live, context));
}

function deleted<I, D, Id extends JsonValue, L>(kind: Kind<I, D, Id, L>, given: object, context: PlanContext): Plan {
  const live = kind.read(context.catalog, kind.identity(kind.desired(kind.inputs.parse(given))), context.owned);
  assert.ok(live, "it is not there");
  return record(`${kind.name} delete`, kind.planDelete(live, context));
}

function refused<I, D, Id extends JsonValue, L>(kind: Kind<I, D, Id, L>, given: object): string {
  try {
    kind.desired(kind.inputs.parse(given));
  } catch (error) {
    assert.ok(error instanceof InvalidInputsError, String(error));
    return error.message;
  }
  return assert.fail("not refused");
}

const batches = (plan: Plan): string[] => plan.statements.map(({ batch }) => batch);
const reasons = (plan: Plan): string => plan.refusals.map(({ reason }) => reason).join("\n");
const hostileNames = ["a]b'c d", "select", "🗄️ archive", "x".repeat(128)];

describe("kind Login", () => {
  const given = { ...common, name: "app", passwordFrom: "app" };
  const password = "Secret-0f-app";

  it("makes a SQL login whose password is in the batch only", () => {
    const all = {
      ...given,
      sid: `0x${"ab".repeat(16)}`,
      defaultDatabase: "sales",
      defaultLanguage: "Deutsch",
      checkPolicy: true,
      checkExpiration: true,
      disabled: true,
    };
    const plan = planned(loginKind, all, around({ answers: { "login language": { name: "Deutsch" } } }));
    golden("login.create", { title: "A SQL login, made disabled.", new: all }, plan);
    assert.match(plan.statements[0]?.batch ?? "", new RegExp(`PASSWORD = N'${password}'`));
    assert.doesNotMatch(planText(plan), new RegExp(password));
    assert.deepEqual(plan.requires, [{ type: "database", name: "sales", neededBy: 'login "app"' }]);
  });

  it("hides a password with quotes in every form", () => {
    const plan = planned(loginKind, given, around({ context: { secret: () => "It's-a-Secret1" } }));
    assert.match(plan.statements[0]?.batch ?? "", /N'It''s-a-Secret1'/);
    assert.equal(planText(plan).includes("Secret1"), false);
    assert.match(planText(plan), /WITH PASSWORD = N'<secret>';/);
  });

  it("has the same plan hash whatever the password is", () => {
    const one = planned(loginKind, given, around());
    const other = planned(loginKind, given, around({ context: { secret: () => "Quite-another-1" } }));
    assert.equal(planHash(one), planHash(other));
  });

  it("makes Windows and Entra logins", () => {
    const windows = { ...common, name: "CORP\\svc]", type: "windows", defaultDatabase: "sales" };
    golden("login.windows", { title: "A Windows login.", new: windows }, planned(loginKind, windows, around()));
    assert.deepEqual(batches(planned(loginKind, { ...common, name: "a@b.example", type: "entra" }, around())), [
      "CREATE LOGIN [a@b.example] FROM EXTERNAL PROVIDER;",
    ]);
    assert.match(
      reasons(
        planned(loginKind, { ...common, name: "a@b.example", type: "entra" }, around({ server: { majorVersion: 15 } })),
      ),
      /from version 2022/,
    );
  });

  it("sets another password when the server says that it is another one, and only then", () => {
    const logins = [loginRow()];
    const answer = (same: number, visible: number): Around => ({
      logins,
      answers: { "login password": { same, visible } },
    });
    assert.deepEqual(batches(planned(loginKind, given, around(answer(1, 1)))), []);
    assert.deepEqual(batches(planned(loginKind, given, around(answer(0, 1)))), [
      `ALTER LOGIN [app] WITH PASSWORD = N'${password}';`,
    ]);
  });

  it("sets the password by its version where hashes are not to be seen, and notes it", () => {
    const blind = { logins: [loginRow()], answers: { "login password": { same: null, visible: 0 } } };
    const versioned = { ...given, passwordVersion: "2" };
    const kept = planned(
      loginKind,
      versioned,
      around({ ...blind, context: { previous: { passwordFrom: "app", passwordVersion: "2" } } }),
    );
    assert.deepEqual(batches(kept), []);
    assert.match(kept.notes.join(), /needs CONTROL SERVER; a changed passwordVersion sets it again/);
    const changed = planned(
      loginKind,
      versioned,
      around({ ...blind, context: { previous: { passwordFrom: "app", passwordVersion: "1" } } }),
    );
    assert.equal(batches(changed).length, 1);
    const another = { passwordFrom: "former", passwordVersion: "2" };
    assert.equal(
      batches(planned(loginKind, versioned, around({ ...blind, context: { previous: another } }))).length,
      1,
    );
  });

  it("changes everything in place", () => {
    const all = {
      ...given,
      name: "service",
      renamedFrom: "app",
      defaultDatabase: "sales",
      defaultLanguage: "Deutsch",
      checkPolicy: false,
      checkExpiration: false,
      disabled: true,
    };
    const plan = planned(
      loginKind,
      all,
      around({
        logins: [loginRow({ isExpirationChecked: true })],
        answers: { "login password": { same: 0, visible: 1 }, "login language": { name: "Deutsch" } },
      }),
    );
    golden(
      "login.change",
      { title: "A login gets another name, password, defaults and policy, and is disabled.", old: given, new: all },
      plan,
    );
  });

  it("refuses bad inputs", () => {
    assert.match(refused(loginKind, { ...common, name: "sa", passwordFrom: "app" }), /belongs to SQL Server/);
    assert.match(refused(loginKind, { ...common, name: "##x##", passwordFrom: "app" }), /belongs to SQL Server/);
    assert.match(refused(loginKind, { ...common, name: "app" }), /passwordFrom: a SQL login needs a password/);
    assert.match(refused(loginKind, { ...given, name: "CORP\\app" }), /type: "windows"/);
    assert.match(
      refused(loginKind, { ...given, type: "windows" }),
      /passwordFrom: is for SQL logins[\s\S]*DOMAIN\\name/,
    );
    assert.match(refused(loginKind, { ...given, checkExpiration: true, checkPolicy: false }), /15122/);
    assert.equal(loginKind.inputs.safeParse({ ...given, password: "Clear-text-1" }).success, false);
  });

  it("refuses what never changes, and to shut itself out", () => {
    const logins = [loginRow()];
    assert.match(
      reasons(planned(loginKind, { ...given, sid: `0x${"00".repeat(16)}` }, around({ logins }))),
      /which never changes/,
    );
    assert.match(
      reasons(planned(loginKind, given, around({ logins: [loginRow({ type: "C" })] }))),
      /certificate or key/,
    );
    assert.match(
      reasons(planned(loginKind, { ...given, disabled: true }, around({ logins, server: { login: "APP" } }))),
      /cannot shut itself out/,
    );
    assert.match(
      reasons(
        planned(
          loginKind,
          { ...given, checkExpiration: true },
          around({ logins: [loginRow({ isPolicyChecked: false })] }),
        ),
      ),
      /15122/,
    );
    const language = { ...given, defaultLanguage: "German" };
    assert.match(
      reasons(planned(loginKind, language, around({ answers: { "login language": { name: "Deutsch" } } }))),
      /write "Deutsch"/,
    );
    assert.match(
      reasons(planned(loginKind, language, around({ answers: { "login language": { name: null } } }))),
      /15033/,
    );
  });

  it("gives the T-SQL for a DBA when the login may not manage logins", () => {
    assert.match(
      reasons(planned(loginKind, given, around({ answers: { "login rights": { allowed: false } } }))),
      /GRANT ALTER ANY LOGIN TO \[deployer\];/,
    );
  });

  it("drops a login and notes the orphans, and refuses while it owns a database, is connected, or deploys", () => {
    const logins = [loginRow()];
    golden("login.drop", { title: "A login goes.", old: given }, deleted(loginKind, given, around({ logins })));
    assert.match(
      reasons(deleted(loginKind, given, around({ logins, database: { owner: "app" } }))),
      /15174.*ALTER AUTHORIZATION ON DATABASE::\[sales\]/,
    );
    assert.match(
      reasons(deleted(loginKind, given, around({ logins, answers: { "what holds a login": { sessions: 2 } } }))),
      /2 sessions \(15434\)/,
    );
    assert.match(
      reasons(deleted(loginKind, given, around({ logins, server: { login: "app" } }))),
      /the one that deploys/,
    );
  });

  it("quotes hostile names and compares as the server does", () => {
    for (const name of hostileNames)
      assert.ok(
        batches(planned(loginKind, { ...given, name }, around()))[0]?.startsWith(
          `CREATE LOGIN [${name.replaceAll("]", "]]")}]`,
        ),
      );
    const logins = [loginRow({ name: "APP" })];
    assert.deepEqual(
      batches(planned(loginKind, given, around({ logins, answers: { "login password": { same: 1, visible: 1 } } }))),
      ["ALTER LOGIN [APP] WITH NAME = [app];"],
    );
    assert.match(
      batches(planned(loginKind, given, around({ logins, server: { collation: "Latin1_General_100_CS_AS" } })))[0] ??
        "",
      /^CREATE LOGIN/,
    );
  });

  it("asks for the password by comparing, never for a hash", () => {
    const context = around({ logins: [loginRow()] });
    const desired = loginKind.desired(loginKind.inputs.parse(given));
    const probes = loginKind.probes(
      desired,
      loginKind.read(context.catalog, { name: "app" }, []),
      context.catalog,
      context.secret,
    );
    assert.match(probes.map(({ query }) => query).join("\n"), /PWDCOMPARE\(N'Secret-0f-app'/);
    assert.equal(
      loginKind
        .probes(undefined, loginKind.read(context.catalog, { name: "app" }, []), context.catalog)
        .some(({ query }) => /PWDCOMPARE/.test(query)),
      false,
    );
  });

  it("gives every output that it promises", () => {
    const live = loginKind.read(around({ logins: [loginRow()] }).catalog, { name: "app" }, []);
    assert.deepEqual(Object.keys(loginKind.outputs(undefined, live!)), loginKind.outputNames);
  });
});

describe("kind User", () => {
  const given = { ...at, name: "app", login: "app" };

  it("makes users of every origin", () => {
    golden(
      "user.create",
      { title: "A user for a login.", new: { ...given, defaultSchema: "sales" } },
      planned(userKind, { ...given, defaultSchema: "sales" }, around()),
    );
    assert.deepEqual(batches(planned(userKind, { ...at, name: "app", withoutLogin: true }, around())), [
      "CREATE USER [app] WITHOUT LOGIN;",
    ]);
    assert.deepEqual(batches(planned(userKind, { ...at, name: "a@b.example", external: true }, around())), [
      "CREATE USER [a@b.example] FROM EXTERNAL PROVIDER;",
    ]);
    const contained = { ...at, name: "app", passwordFrom: "app" };
    const plan = planned(userKind, contained, around({ database: { containment: "PARTIAL" } }));
    golden("user.contained", { title: "A user with a password of its own.", new: contained }, plan);
    assert.equal(planText(plan).includes("Secret-0f-app"), false);
  });

  it("needs its login, which another resource may make", () => {
    const plan = planned(userKind, given, around());
    assert.deepEqual(unmetRequirements(plan, around().catalog), ['user "app" needs login "app", which is not there']);
    assert.deepEqual(unmetRequirements(plan, around({ logins: [loginRow()] }).catalog), []);
  });

  it("maps an orphan to the login again, by sid and not by name", () => {
    const rows = { principals: [principal({ login: null, sid: "0x01" })] };
    const plan = planned(userKind, given, around({ rows, logins: [loginRow()] }));
    golden("user.orphan", { title: "A user whose login was made anew.", old: given, new: given }, plan);
    assert.deepEqual(
      batches(planned(userKind, given, around({ rows: { principals: [principal()] }, logins: [loginRow()] }))),
      [],
    );
  });

  it("changes name, login, schema and password in place", () => {
    const changed = { ...at, name: "service", renamedFrom: "app", login: "other", defaultSchema: "sales" };
    const plan = planned(
      userKind,
      changed,
      around({ rows: { principals: [principal()] }, logins: [loginRow(), loginRow({ name: "other", sid: "0x02" })] }),
    );
    golden("user.change", { title: "A user gets another name, login and schema.", old: given, new: changed }, plan);
    const contained = { ...at, name: "app", passwordFrom: "app", passwordVersion: "2" };
    const here = {
      database: { containment: "PARTIAL" },
      rows: { principals: [principal({ authentication: "DATABASE", login: null })] },
    };
    assert.deepEqual(
      batches(
        planned(
          userKind,
          contained,
          around({ ...here, context: { previous: { passwordFrom: "app", passwordVersion: "2" } } }),
        ),
      ),
      [],
    );
    assert.deepEqual(
      batches(
        planned(
          userKind,
          contained,
          around({ ...here, context: { previous: { passwordFrom: "app", passwordVersion: "1" } } }),
        ),
      ),
      ["ALTER USER [app] WITH PASSWORD = N'Secret-0f-app';"],
    );
    // A password of another name, and one of a user that is taken over, are not the one that the server has.
    for (const previous of [{ passwordFrom: "former", passwordVersion: "2" }, {}])
      assert.equal(batches(planned(userKind, contained, around({ ...here, context: { previous } }))).length, 1);
  });

  it("refuses another origin, a role's name, and a password where none is possible", () => {
    const plan = planned(
      userKind,
      { ...at, name: "app", withoutLogin: true },
      around({ rows: { principals: [principal()] } }),
    );
    assert.match(reasons(plan), /has a login and never changes that to no login \(withoutLogin\)/);
    assert.match(
      reasons(
        planned(userKind, { ...at, name: "reader", withoutLogin: true }, around({ rows: { principals: [role()] } })),
      ),
      /is a role.*15023/,
    );
    const contained = { ...at, name: "app", passwordFrom: "app" };
    assert.match(reasons(planned(userKind, contained, around())), /not contained \(33233\)/);
    assert.match(
      reasons(
        planned(
          userKind,
          contained,
          around({ database: { containment: "PARTIAL" }, server: { isContainedAuthenticationEnabled: false } }),
        ),
      ),
      /sp_configure/,
    );
  });

  it("refuses bad inputs", () => {
    for (const name of ["dbo", "guest", "sys", "INFORMATION_SCHEMA", "public"])
      assert.match(refused(userKind, { ...at, name, withoutLogin: true }), /comes with every database/);
    assert.match(
      refused(userKind, { ...at, name: "app" }),
      /exactly one of login, withoutLogin, passwordFrom and external/,
    );
    assert.match(refused(userKind, { ...given, withoutLogin: true }), /exactly one/);
    assert.match(refused(userKind, { ...at, name: "app", login: "sa" }), /15405/);
  });

  it("refuses to drop a user that owns, has granted, or is executed as, and names it all", () => {
    const rows = {
      principals: [principal(), role({ owner: "app" })],
      schemas: [{ schemaId: 5, name: "archive", owner: "APP" }],
      tables: [tableRow()],
      permissions: [permissionRow({ grantor: "app" })],
    };
    const answers = {
      ownings: { objectName: "dbo.T", typeName: null, assemblyName: null, serviceName: null, moduleName: "dbo.P" },
    };
    const text = reasons(deleted(userKind, given, around({ rows, answers })));
    for (const part of [
      /owns schema "archive" \(15138\)/,
      /owns role "reader"/,
      /granted or denied 1 permission, first SELECT to "reader" on dbo\.Orders \(15284\)/,
      /object "dbo\.T" \(15183\)/,
      /module "dbo\.P" executes as \(15136\)/,
    ])
      assert.match(text, part);
    golden(
      "user.drop",
      { title: "A user goes.", old: given },
      deleted(userKind, given, around({ rows: { principals: [principal()] } })),
    );
  });

  it("quotes hostile names and compares as the database does", () => {
    for (const name of hostileNames)
      assert.deepEqual(batches(planned(userKind, { ...at, name, withoutLogin: true }, around())), [
        `CREATE USER [${name.replaceAll("]", "]]")}] WITHOUT LOGIN;`,
      ]);
    const rows = { principals: [principal({ name: "APP" })] };
    assert.match(
      batches(
        planned(
          userKind,
          given,
          around({ rows, logins: [loginRow()], database: { collation: "Latin1_General_100_CS_AS" } }),
        ),
      )[0] ?? "",
      /^CREATE USER/,
    );
  });

  it("gives every output that it promises", () => {
    const live = userKind.read(
      around({ rows: { principals: [principal()] } }).catalog,
      { database: "sales", name: "app" },
      [],
    );
    assert.deepEqual(Object.keys(userKind.outputs(undefined, live!)), userKind.outputNames);
  });
});

describe("kind DatabaseRole", () => {
  const given = { ...at, name: "reader", members: ["app"] };
  const members = {
    principals: [principal(), principal({ principalId: 7, name: "clerk" }), role()],
    roleMembers: [{ roleId: 6, memberId: 7 }],
  };

  it("makes a role with owner and members", () => {
    golden(
      "role.create",
      { title: "A role with a member.", new: { ...given, authorization: "owner" } },
      planned(databaseRoleKind, { ...given, authorization: "owner" }, around()),
    );
  });

  it("takes out members that are not named, and of an additive role only its own", () => {
    golden(
      "role.members",
      { title: "The exact members of a role.", new: given },
      planned(databaseRoleKind, given, around({ rows: members })),
    );
    const additive = { ...given, membersMode: "additive" };
    assert.deepEqual(batches(planned(databaseRoleKind, additive, around({ rows: members }))), [
      "ALTER ROLE [reader] ADD MEMBER [app];",
    ]);
    const owned = [
      { type: "role", name: "reader" },
      { type: "role member", name: "reader: clerk" },
    ];
    assert.deepEqual(batches(planned(databaseRoleKind, additive, around({ rows: members, context: { owned } }))), [
      "ALTER ROLE [reader] DROP MEMBER [clerk];",
      "ALTER ROLE [reader] ADD MEMBER [app];",
    ]);
    assert.deepEqual(batches(planned(databaseRoleKind, { ...at, name: "reader" }, around({ rows: members }))), []);
  });

  it("keeps the permissions on the role when its owner changes", () => {
    const changed = { ...at, name: "readers", renamedFrom: "reader", authorization: "app" };
    const rows = {
      ...members,
      permissions: [
        permissionRow({ class: 4, majorId: 6, securable: "reader", permission: "ALTER", grantee: "clerk" }),
      ],
    };
    golden(
      "role.change",
      { title: "A role gets another name and owner.", old: given, new: changed },
      planned(databaseRoleKind, changed, around({ rows })),
    );
  });

  it("changes of a fixed role only the members, and leaves it standing", () => {
    const fixed = { ...at, name: "db_datareader", members: ["app"], membersMode: "additive" };
    const plan = planned(databaseRoleKind, fixed, around());
    assert.deepEqual(batches(plan), ["ALTER ROLE [db_datareader] ADD MEMBER [app];"]);
    assert.deepEqual(plan.owns, [{ type: "role member", name: "db_datareader: app" }]);
    const fixedRole = role({ principalId: 16389 + 1, name: "db_datareader", isFixedRole: true });
    const rows = { principals: [principal(), fixedRole], roleMembers: [{ roleId: 16390, memberId: 5 }] };
    const owned = [{ type: "role member", name: "db_datareader: app" }];
    assert.deepEqual(batches(deleted(databaseRoleKind, fixed, around({ rows, context: { owned } }))), [
      "ALTER ROLE [db_datareader] DROP MEMBER [app];",
    ]);
    assert.match(
      reasons(planned(databaseRoleKind, { ...at, name: "mine", renamedFrom: "db_datareader" }, around({ rows }))),
      /fixed and keeps its name/,
    );
  });

  it("refuses bad inputs, a user's name, and to drop a role that owns", () => {
    assert.match(refused(databaseRoleKind, { ...at, name: "public" }), /15081/);
    assert.match(refused(databaseRoleKind, { ...given, members: ["dbo"] }), /15405/);
    assert.match(refused(databaseRoleKind, { ...given, members: ["reader"] }), /15413/);
    assert.match(refused(databaseRoleKind, { ...given, members: ["a", "a"] }), /named twice/);
    assert.match(
      reasons(planned(databaseRoleKind, { ...at, name: "app" }, around({ rows: members }))),
      /is a user.*15023/,
    );
    const rows = { ...members, schemas: [{ schemaId: 5, name: "archive", owner: "reader" }] };
    assert.match(reasons(deleted(databaseRoleKind, given, around({ rows }))), /role "reader" owns schema "archive"/);
  });

  it("takes all members out before it drops the role", () => {
    golden(
      "role.drop",
      { title: "A role goes.", old: given },
      deleted(databaseRoleKind, given, around({ rows: members })),
    );
  });

  it("gives every output that it promises", () => {
    const live = databaseRoleKind.read(around({ rows: members }).catalog, { database: "sales", name: "reader" }, []);
    assert.deepEqual(Object.keys(databaseRoleKind.outputs(undefined, live!)), databaseRoleKind.outputNames);
  });
});

describe("kind Grants", () => {
  const orders = {
    tables: [tableRow()],
    columns: [columnRow(), columnRow({ columnId: 2, name: "Note" })],
    principals: [principal(), role()],
  };
  const given = { ...at, principal: "reader", permissions: [{ permissions: ["SELECT"], on: { name: "Orders" } }] };
  const withRows = (
    permissions: DatabaseRows["permissions"],
    context: Partial<PlanContext> = {},
    more: Partial<DatabaseRows> = {},
  ): PlanContext => around({ rows: { ...orders, ...more, permissions }, context });

  it("grants and denies on all sorts of things, the table before its columns", () => {
    const all = {
      ...at,
      principal: "reader",
      permissions: [
        { permissions: ["SELECT", "insert"], on: { name: "Orders" } },
        { permissions: ["SELECT"], on: { name: "Orders" }, columns: ["Id", "Note"], deny: true },
        { permissions: ["EXEC"], on: { class: "schema", name: "sales" }, grantOption: true },
        { permissions: ["DELETE"], on: { name: "Orders" }, deny: true },
        { permissions: ["SEND"], on: { class: "service", name: "//shop/Orders" } },
        { permissions: ["SHOWPLAN"] },
      ],
    };
    golden("grants.create", { title: "Permissions of a role.", new: all }, planned(grantsKind, all, withRows([])));
  });

  it("leaves alone what others granted, and revokes it when the set is exact", () => {
    const rows = [
      permissionRow({ permission: "UPDATE" }),
      permissionRow({ permission: "DELETE", state: "DENY" }),
      permissionRow({ permission: "ALTER", state: "GRANT_WITH_GRANT_OPTION", grantor: "app" }),
    ];
    assert.deepEqual(batches(planned(grantsKind, given, withRows(rows))), [
      "GRANT SELECT ON OBJECT::[dbo].[Orders] TO [reader];",
    ]);
    const exact = { ...given, exact: true };
    golden(
      "grants.exact",
      { title: "Exactly the permissions of a role.", new: exact },
      planned(grantsKind, exact, withRows(rows)),
    );
  });

  it("revokes what this resource granted once, and nothing else", () => {
    const owned = [{ type: "permission", name: "reader: UPDATE on object dbo.Orders" }];
    const rows = [permissionRow(), permissionRow({ permission: "UPDATE" }), permissionRow({ permission: "DELETE" })];
    assert.deepEqual(batches(planned(grantsKind, given, withRows(rows, { owned }))), [
      "REVOKE UPDATE ON OBJECT::[dbo].[Orders] FROM [reader];",
    ]);
    assert.deepEqual(batches(deleted(grantsKind, given, withRows(rows, { owned }))), [
      "REVOKE UPDATE ON OBJECT::[dbo].[Orders] FROM [reader];",
    ]);
  });

  it("leaves to other resources what they own, also when the set is exact", () => {
    const ownership = [
      {
        objectType: "permission",
        objectName: "reader: UPDATE on object dbo.Orders",
        owner: "shop/dev/Grants/other",
        definitionHash: null,
      },
    ];
    const plan = planned(
      grantsKind,
      { ...given, exact: true },
      withRows([permissionRow(), permissionRow({ permission: "UPDATE" })], {}, { ownership }),
    );
    assert.deepEqual(batches(plan), []);
    assert.match(plan.notes.join(), /reader: UPDATE on object dbo\.Orders belongs to another resource/);
  });

  it("takes the grant option back without the grant, and hands a grant that may be given on down with CASCADE", () => {
    const grantable = [permissionRow({ state: "GRANT_WITH_GRANT_OPTION" })];
    assert.deepEqual(batches(planned(grantsKind, given, withRows(grantable))), [
      "REVOKE GRANT OPTION FOR SELECT ON OBJECT::[dbo].[Orders] FROM [reader] CASCADE;",
    ]);
    const denied = {
      ...at,
      principal: "reader",
      permissions: [{ permissions: ["SELECT"], on: { name: "Orders" }, deny: true }],
    };
    assert.deepEqual(batches(planned(grantsKind, denied, withRows(grantable))), [
      "DENY SELECT ON OBJECT::[dbo].[Orders] TO [reader] CASCADE;",
    ]);
  });

  it("grants the table again where a column was left out, instead of leaving an exception behind", () => {
    const rows = [permissionRow(), permissionRow({ state: "REVOKE", minorId: 2, columnName: "Note" })];
    assert.deepEqual(batches(planned(grantsKind, { ...given, exact: true }, withRows(rows))), [
      "GRANT SELECT ON OBJECT::[dbo].[Orders] TO [reader];",
    ]);
    assert.deepEqual(
      batches(planned(grantsKind, given, withRows(rows))),
      [],
      "an exception that somebody else made stays",
    );
  });

  it("never takes the right to connect from a user, and gives it back after a denial", () => {
    const connect = (state: string): DatabaseRows["permissions"] => [
      permissionRow({ class: 0, majorId: 0, permission: "CONNECT", state, grantee: "app" }),
    ];
    const nothing = { ...at, principal: "app", permissions: [], exact: true };
    assert.deepEqual(batches(planned(grantsKind, nothing, withRows(connect("GRANT")))), []);
    assert.deepEqual(batches(planned(grantsKind, nothing, withRows(connect("DENY")))), [
      "GRANT CONNECT ON DATABASE::[sales] TO [app];",
    ]);
  });

  it("refuses bad inputs", () => {
    const one = given.permissions[0];
    assert.match(refused(grantsKind, { ...given, principal: "dbo" }), /4624/);
    assert.match(refused(grantsKind, { ...given, principal: "db_owner" }), /4617/);
    assert.match(
      refused(grantsKind, { ...given, permissions: [{ permissions: ["ALL"], on: { name: "Orders" } }] }),
      /name the permissions/,
    );
    assert.match(refused(grantsKind, { ...given, permissions: [one, one] }), /named twice/);
    assert.match(refused(grantsKind, { ...given, permissions: [] }), /names no permission/);
    assert.match(
      refused(grantsKind, { ...given, permissions: [{ ...one, permissions: ["DELETE"], columns: ["Id"] }] }),
      /not given by column/,
    );
    assert.match(
      refused(grantsKind, { ...given, permissions: [{ ...one, to: "app" }] }),
      /names its principal already/,
    );
    assert.match(refused(grantsKind, { ...given, securable: { name: "Orders" } }), /exactly one of principal/);
    assert.match(
      refused(grantsKind, { ...at, securable: { name: "Orders" }, permissions: [{ permissions: ["SELECT"] }] }),
      /who has the permissions is missing/,
    );
    assert.equal(
      grantsKind.inputs.safeParse({ ...given, permissions: [{ permissions: ["SELECT; DROP TABLE x"] }] }).success,
      false,
    );
  });

  it("refuses a grant to the owner and a column that is not there", () => {
    const schemas = [{ schemaId: 1, name: "dbo", owner: "reader" }];
    assert.match(
      reasons(planned(grantsKind, given, withRows([], {}, { schemas }))),
      /"reader" owns object dbo\.Orders.*4624/,
    );
    const column = {
      ...at,
      principal: "reader",
      permissions: [{ permissions: ["SELECT"], on: { name: "Orders" }, columns: ["Gone"] }],
    };
    assert.match(reasons(planned(grantsKind, column, withRows([]))), /no column "Gone"/);
  });

  it("names a permission in iac.object in at most 400 characters, different ones differently", () => {
    const long = (column: string): object => ({
      ...at,
      principal: "p".repeat(128),
      permissions: [
        {
          permissions: ["SELECT"],
          on: { schema: "s".repeat(128), name: "n".repeat(128) },
          columns: [column.repeat(127)],
        },
      ],
    });
    const names = ["a", "b"].map((column) => planned(grantsKind, long(column), around()).owns[0]!.name);
    assert.ok(names.every((name) => name.length === 400));
    assert.notEqual(names[0], names[1]);
  });

  it("shows drift in a refresh: what is gone, what is denied, and in an exact set what is more", () => {
    const owned = [{ type: "permission", name: "reader: SELECT on object dbo.Orders" }];
    const inputs = grantsKind.inputs.parse({ ...given, exact: true });
    const refreshed = (rows: DatabaseRows["permissions"]): unknown => {
      const { catalog } = withRows(rows);
      return grantsKind.inputsFromLive(
        grantsKind.read(catalog, { database: "sales", principal: "reader" }, owned)!,
        inputs,
      ).permissions;
    };
    assert.deepEqual(refreshed([permissionRow()]), inputs.permissions);
    assert.deepEqual(refreshed([]), []);
    assert.deepEqual(refreshed([permissionRow({ state: "DENY" }), permissionRow({ permission: "UPDATE" })]), [
      { permissions: ["SELECT"], on: { name: "Orders" }, deny: true },
      { permissions: ["UPDATE"], on: { name: "Orders" } },
    ]);
  });
});

describe("T-SQL of security", () => {
  it("is what Microsoft's grammar accepts", function () {
    assertGrammar(this);
  });
});
