/** What the law is proved on for users, roles and permissions. */
import { unique } from "../server";
import type { Case } from "./cases";

const hostile = "it's a [bad] name] select 🚀";
const orders =
  "CREATE TABLE dbo.Orders (OrderId int NOT NULL CONSTRAINT PK_Orders PRIMARY KEY, Amount decimal(9,2) NOT NULL, Note nvarchar(100) NULL);";
const people = "CREATE USER app WITHOUT LOGIN; CREATE USER clerk WITHOUT LOGIN; CREATE ROLE reader;";

/** What has to be there. */
export const logins = [unique("law_login"), unique("law_other")] as const;

export const securityCases: readonly Case[] = [
  // ---- User ----
  { kind: "User", title: "a user for a login", before: { name: "app", login: logins[0] } },
  { kind: "User", title: "a user without a login", before: { name: "owner", withoutLogin: true } },
  {
    kind: "User",
    title: "a user with a hostile name and schema",
    before: { name: hostile, withoutLogin: true, defaultSchema: hostile },
  },
  {
    kind: "User",
    title: "a user in a case-sensitive database",
    given: "CREATE USER APP WITHOUT LOGIN;",
    before: { name: "app", withoutLogin: true },
    collation: "Latin1_General_100_CS_AS",
  },
  {
    kind: "User",
    title: "a user that gets another name, schema and login",
    before: { name: "app", login: logins[0], defaultSchema: "dbo" },
    after: { name: "service", renamedFrom: "app", login: logins[1], defaultSchema: "sales" },
  },

  // ---- DatabaseRole ----
  { kind: "DatabaseRole", title: "a role", before: { name: "reader" } },
  {
    kind: "DatabaseRole",
    title: "a role with a hostile name, owner and member",
    given: `CREATE USER [${hostile.replaceAll("]", "]]")}] WITHOUT LOGIN; CREATE USER app WITHOUT LOGIN;`,
    before: { name: `${hostile}s`, authorization: "app", members: [hostile] },
  },
  {
    kind: "DatabaseRole",
    title: "a role in a case-sensitive database",
    given: "CREATE USER app WITHOUT LOGIN; CREATE USER APP WITHOUT LOGIN; CREATE ROLE Reader;",
    before: { name: "reader", members: ["app"] },
    after: { name: "reader", members: ["APP"] },
    collation: "Latin1_General_100_CS_AS",
  },
  {
    kind: "DatabaseRole",
    title: "a role that changes name, owner and members, and keeps the permissions on it",
    given: "CREATE USER app WITHOUT LOGIN; CREATE USER clerk WITHOUT LOGIN;",
    before: { name: "reader", authorization: "dbo", members: ["app"] },
    after: { name: "readers", renamedFrom: "reader", authorization: "app", members: ["clerk"] },
  },

  // ---- Grants ----
  {
    kind: "Grants",
    title: "permissions of a role on all sorts of things",
    given: `${people} ${orders} CREATE SCHEMA sales; CREATE TYPE dbo.Name FROM nvarchar(40);`,
    before: {
      principal: "reader",
      permissions: [
        { permissions: ["SELECT", "INSERT"], on: { name: "Orders" } },
        { permissions: ["UPDATE"], on: { name: "Orders" }, columns: ["Amount", "Note"] },
        { permissions: ["DELETE"], on: { name: "Orders" }, deny: true },
        { permissions: ["EXECUTE"], on: { class: "schema", name: "sales" }, grantOption: true },
        { permissions: ["REFERENCES"], on: { class: "type", name: "Name" } },
        { permissions: ["IMPERSONATE"], on: { class: "user", name: "app" } },
        { permissions: ["CREATE TABLE", "SHOWPLAN"] },
      ],
    },
  },
  {
    kind: "Grants",
    title: "permissions on one table, with hostile names",
    given: `CREATE USER [${hostile.replaceAll("]", "]]")}] WITHOUT LOGIN; CREATE TABLE dbo.[${hostile.replaceAll("]", "]]")}] ([select] int NULL);`,
    before: {
      securable: { name: hostile },
      permissions: [{ permissions: ["SELECT"], to: hostile, columns: ["select"] }],
    },
  },
  {
    kind: "Grants",
    title: "permissions in a case-sensitive database",
    given:
      "CREATE USER app WITHOUT LOGIN; CREATE USER APP WITHOUT LOGIN; CREATE TABLE dbo.Orders (id int NULL, ID int NULL);",
    before: { principal: "app", permissions: [{ permissions: ["SELECT"], on: { name: "Orders" }, columns: ["id"] }] },
    after: { principal: "app", permissions: [{ permissions: ["SELECT"], on: { name: "Orders" }, columns: ["ID"] }] },
    collation: "Latin1_General_100_CS_AS",
  },
  {
    kind: "Grants",
    title: "a grant that becomes a denial, one by column that becomes one of the table, and back",
    given: `${people} ${orders}`,
    before: {
      principal: "app",
      permissions: [
        { permissions: ["SELECT"], on: { name: "Orders" } },
        { permissions: ["UPDATE"], on: { name: "Orders" }, columns: ["Amount"] },
        { permissions: ["REFERENCES"], on: { name: "Orders" }, grantOption: true },
        { permissions: ["INSERT"], on: { name: "Orders" } },
      ],
    },
    after: {
      principal: "app",
      permissions: [
        { permissions: ["SELECT"], on: { name: "Orders" }, deny: true },
        { permissions: ["SELECT"], on: { name: "Orders" }, columns: ["OrderId", "Note"] },
        { permissions: ["UPDATE"], on: { name: "Orders" } },
        { permissions: ["REFERENCES"], on: { name: "Orders" } },
      ],
    },
  },
  {
    kind: "Grants",
    title: "a denial that goes, and a column that loses a grant beside one of the table",
    given: `${people} ${orders}`,
    before: {
      principal: "app",
      permissions: [
        { permissions: ["SELECT"], on: { name: "Orders" } },
        { permissions: ["SELECT"], on: { name: "Orders" }, columns: ["Note"], deny: true },
        { permissions: ["CONNECT"], deny: true },
      ],
    },
    after: { principal: "app", permissions: [{ permissions: ["SELECT"], on: { name: "Orders" } }] },
  },
  {
    kind: "Grants",
    title: "the exact permissions on a table, whoever granted others",
    given: `${people} ${orders}`,
    before: { securable: { name: "Orders" }, exact: true, permissions: [{ permissions: ["SELECT"], to: "reader" }] },
    rows: "GRANT SELECT ON dbo.Orders TO app WITH GRANT OPTION; DENY DELETE ON dbo.Orders TO clerk;",
    after: {
      securable: { name: "Orders" },
      exact: true,
      permissions: [{ permissions: ["UPDATE"], to: "reader", columns: ["Note"] }],
    },
  },
];
