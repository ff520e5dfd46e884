/** Inputs of the kind Grants, what a change of each means, and their normal form. */
import { z } from "zod";
import { commonChanges, commonInputs, databaseChange, databaseInput, type ChangeRule } from "../../../contract";
import { InputIssues } from "../../input-issues";
import { nameInput } from "../../name-input";
import type { WantedPermission } from "./permission";
import { SecurableInputs, securableOf, type Securable } from "./securable";

// ---- Inputs ----------------------------------------------------------------------------------------------------------

const PermissionInputs = z.strictObject({
  permissions: z
    .array(
      z
        .string()
        .regex(/^[A-Za-z]+( [A-Za-z]+)*$/, "a permission is plain words: SELECT, VIEW DEFINITION")
        .max(60),
    )
    .min(1)
    .describe('Names of permissions: ["SELECT", "INSERT"]. ALL is refused: name them.'),
  on: SecurableInputs.optional().describe(
    "What they are on, where the resource names a principal. Default: the database.",
  ),
  to: nameInput("User or role that has them, where the resource names a securable.").optional(),
  columns: z
    .array(nameInput("Column of the table or view."))
    .min(1)
    .optional()
    .describe("Only these columns: for SELECT, UPDATE, REFERENCES and UNMASK on a table or view. Default: all of it."),
  deny: z.literal(true).optional().describe("They are denied, which wins over every grant but one on a column."),
  grantOption: z.literal(true).optional().describe("Who has them may give them on."),
});
export type PermissionInputs = z.infer<typeof PermissionInputs>;

export const GrantsInputs = z.strictObject({
  ...commonInputs,
  database: databaseInput,
  principal: nameInput(
    "User or role whose permissions these are. Cannot change. Exactly one of principal and securable is given.",
  ).optional(),
  securable: SecurableInputs.optional().describe("What the permissions are on, of all users and roles. Cannot change."),
  permissions: z.array(PermissionInputs).describe("What is granted and denied."),
  exact: z
    .boolean()
    .optional()
    .describe(
      "true: every other permission of the principal, or on the securable, is revoked, but for those that other resources own and the right to connect. false: others are left alone. Default false.",
    ),
});
export type GrantsInputs = z.infer<typeof GrantsInputs>;

// ---- Change rules ----------------------------------------------------------------------------------------------------

const subjectChange = {
  refuse: "these permissions stay where they are; make a second resource for the other one and remove this one",
} as const satisfies ChangeRule;

export const changes = {
  ...commonChanges,
  database: databaseChange,
  principal: subjectChange,
  securable: subjectChange,
  permissions: "plan",
  exact: "plan",
} as const satisfies Record<keyof GrantsInputs, ChangeRule>;

// ---- Desired ---------------------------------------------------------------------------------------------------------

/** Whose permissions, or on what. */
export type Subject = { readonly principal: string } | { readonly securable: Securable };

export interface DesiredGrants {
  readonly database: string;
  readonly subject: Subject;
  readonly permissions: readonly WantedPermission[];
  readonly isExact: boolean;
}

/** Principals that have everything or nothing by themselves: 4617, 4624. */
const fixedPrincipals = ["dbo", "sa", "sys", "information_schema"];
const onColumns = ["SELECT", "UPDATE", "REFERENCES", "UNMASK"];

export function desired(inputs: GrantsInputs): DesiredGrants {
  const issues = new InputIssues();
  const subject = subjectOf(inputs, issues);
  const permissions = inputs.permissions.flatMap((entry, index) =>
    wanted(entry, `permissions[${index}]`, subject, issues),
  );
  if (permissions.length === 0 && inputs.exact !== true)
    issues.add("permissions", "names no permission; give one, or exact: true for a principal or securable without any");
  const seen = new Map<string, WantedPermission>();
  for (const one of permissions) {
    const key = JSON.stringify([one.permission, one.securable, one.column, one.grantee]);
    if (seen.has(key))
      issues.add("permissions", `${one.permission} of "${one.grantee}" is named twice for the same thing`);
    seen.set(key, one);
  }
  issues.throwIfAny();
  return {
    database: inputs.database,
    subject: subject ?? { principal: "" },
    permissions,
    isExact: inputs.exact === true,
  };
}

function subjectOf({ principal, securable }: GrantsInputs, issues: InputIssues): Subject | undefined {
  if ((principal === undefined) === (securable === undefined)) {
    issues.add(
      "",
      "give exactly one of principal (all that one user or role may do) and securable (all who may do something with one thing)",
    );
    return undefined;
  }
  if (principal !== undefined) {
    checkGrantee(principal, "principal", issues);
    return { principal };
  }
  const found = securableOf(securable);
  if (typeof found === "string") issues.add("securable", found);
  return typeof found === "string" ? undefined : { securable: found };
}

function checkGrantee(name: string, property: string, issues: InputIssues): void {
  if (fixedPrincipals.includes(name.toLowerCase()))
    issues.add(property, `permissions of "${name}" cannot be granted, denied or revoked (4624); it has what it needs`);
  else if (
    /^db_(owner|accessadmin|securityadmin|ddladmin|backupoperator|datareader|datawriter|denydatareader|denydatawriter)$/i.test(
      name,
    )
  )
    issues.add(property, `"${name}" is a fixed role, whose permissions never change (4617); make a role of your own`);
}

function wanted(
  entry: PermissionInputs,
  at: string,
  subject: Subject | undefined,
  issues: InputIssues,
): WantedPermission[] {
  if (subject === undefined) return [];
  let securable: Securable | string;
  let grantee: string;
  if ("principal" in subject) {
    if (entry.to !== undefined) issues.add(`${at}.to`, "the resource names its principal already; leave it out");
    securable = securableOf(entry.on);
    grantee = subject.principal;
  } else {
    if (entry.on !== undefined) issues.add(`${at}.on`, "the resource names its securable already; leave it out");
    if (entry.to === undefined) issues.add(`${at}.to`, "who has the permissions is missing");
    else checkGrantee(entry.to, `${at}.to`, issues);
    securable = subject.securable;
    grantee = entry.to ?? "";
  }
  if (typeof securable === "string") {
    issues.add(`${at}.on`, securable);
    return [];
  }
  if (entry.deny === true && entry.grantOption === true)
    issues.add(`${at}.grantOption`, "nobody gives on what is denied; leave one of both out");
  if (entry.columns !== undefined && securable.class !== "object")
    issues.add(`${at}.columns`, `a ${securable.class} has no columns (1020)`);
  const on = securable;
  return entry.permissions.flatMap((word, index): WantedPermission[] => {
    const permission = word.toUpperCase() === "EXEC" ? "EXECUTE" : word.toUpperCase();
    if (permission === "ALL" || permission === "ALL PRIVILEGES")
      issues.add(
        `${at}.permissions[${index}]`,
        "ALL is not all but a short list that nobody remembers, and deprecated; name the permissions",
      );
    if (entry.columns !== undefined && !onColumns.includes(permission))
      issues.add(`${at}.columns`, `${permission} is not given by column (1020); only ${onColumns.join(", ")} are`);
    const state = entry.deny === true ? "DENY" : entry.grantOption === true ? "GRANT_WITH_GRANT_OPTION" : "GRANT";
    return (entry.columns ?? [undefined]).map((column) => ({ permission, securable: on, column, grantee, state }));
  });
}
