/** Inputs of the kind DatabaseRole, what a change of each means, and their normal form. */
import { z } from "zod";
import { commonChanges, commonInputs, databaseChange, databaseInput, type ChangeRule } from "../../../contract";
import { InputIssues } from "../../input-issues";
import { nameInput } from "../../name-input";

// ---- Inputs ----------------------------------------------------------------------------------------------------------

export const DatabaseRoleInputs = z.strictObject({
  ...commonInputs,
  database: databaseInput,
  name: nameInput(
    "Name of the role. Of a fixed role, such as db_datareader, only the members change. A change needs renamedFrom.",
  ),
  renamedFrom: nameInput("Earlier name: the role is renamed in place. Default none.").optional(),
  authorization: nameInput(
    "User or role that owns the role; the permissions on it are kept. Default: left as it is; a new role belongs to the login that makes it.",
  ).optional(),
  members: z
    .array(nameInput("User or role."))
    .optional()
    .describe("Users and roles that are members. Default: members are left alone."),
  membersMode: z
    .enum(["exact", "additive"])
    .optional()
    .describe(
      'exact: members that are not named are taken out. additive: only members that this resource once named are taken out. Default "exact".',
    ),
});
export type DatabaseRoleInputs = z.infer<typeof DatabaseRoleInputs>;

// ---- Change rules ----------------------------------------------------------------------------------------------------

export const changes = {
  ...commonChanges,
  database: databaseChange,
  name: "plan",
  renamedFrom: "plan",
  authorization: "plan",
  members: "plan",
  membersMode: "plan",
} as const satisfies Record<keyof DatabaseRoleInputs, ChangeRule>;

// ---- Desired ---------------------------------------------------------------------------------------------------------

export interface DesiredRole {
  readonly database: string;
  readonly name: string;
  readonly renamedFrom: string | undefined;
  readonly authorization: string | undefined;
  /** undefined = members are left alone. */
  readonly members: readonly string[] | undefined;
  readonly isExact: boolean;
}

/** They are members of what they are by themselves (15405). */
const neverMembers = ["dbo", "guest", "sys", "information_schema", "public"];

export function desired(inputs: DatabaseRoleInputs): DesiredRole {
  const issues = new InputIssues();
  for (const property of ["name", "renamedFrom"] as const)
    if (inputs[property]?.toLowerCase() === "public")
      issues.add(
        property,
        "everybody is a member of public, and nothing of it changes (15081); permissions of public are the kind Grants",
      );
  if (inputs.renamedFrom === inputs.name) issues.add("renamedFrom", "is the same as the name; leave it out");
  inputs.members?.forEach((member, index) => {
    if (neverMembers.includes(member.toLowerCase()))
      issues.add(`members[${index}]`, `"${member}" cannot be a member of a role (15405)`);
    if (member === inputs.name) issues.add(`members[${index}]`, "a role cannot be a member of itself (15413)");
    if (inputs.members!.indexOf(member) !== index) issues.add(`members[${index}]`, `"${member}" is named twice`);
  });
  if (inputs.members === undefined && inputs.membersMode !== undefined)
    issues.add("membersMode", "says how members are meant; give members too");
  issues.throwIfAny();
  return {
    database: inputs.database,
    name: inputs.name,
    renamedFrom: inputs.renamedFrom,
    authorization: inputs.authorization,
    members: inputs.members,
    isExact: inputs.membersMode !== "additive",
  };
}
