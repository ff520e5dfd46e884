/** Inputs of the kind User, what a change of each means, and their normal form. */
import { z } from "zod";
import { commonChanges, commonInputs, databaseChange, databaseInput, type ChangeRule } from "../../../contract";
import { InputIssues } from "../../input-issues";
import { nameInput } from "../../name-input";
import { passwordFromInput, passwordVersionInput } from "../password";

// ---- Inputs ----------------------------------------------------------------------------------------------------------

export const UserInputs = z.strictObject({
  ...commonInputs,
  database: databaseInput,
  name: nameInput("Name of the user. A change needs renamedFrom."),
  renamedFrom: nameInput("Earlier name: the user is renamed in place. Default none.").optional(),
  login: nameInput(
    "Login that the user is for; a change maps the user to the other login. Exactly one of login, withoutLogin, passwordFrom and external is given.",
  ).optional(),
  withoutLogin: z
    .literal(true)
    .optional()
    .describe("Nobody can connect as the user; it owns things, or modules execute as it."),
  passwordFrom: passwordFromInput
    .optional()
    .describe(
      "The user has a password of its own, in a contained database or Azure SQL Database: the name of the password in the secret configuration `sqlserver:passwords`.",
    ),
  passwordVersion: passwordVersionInput
    .optional()
    .describe(
      "Any text; a change sets the password again, as another passwordFrom does. The server lets nobody compare passwords of users. Default none.",
    ),
  external: z.literal(true).optional().describe("A user, group or application of Entra ID without a login."),
  defaultSchema: nameInput(
    "Schema in which unqualified names are looked up; it may be made later. Default: left alone; of a new user dbo.",
  ).optional(),
});
export type UserInputs = z.infer<typeof UserInputs>;

// ---- Change rules ----------------------------------------------------------------------------------------------------

export const changes = {
  ...commonChanges,
  database: databaseChange,
  name: "plan",
  renamedFrom: "plan",
  login: "plan",
  withoutLogin: "plan",
  passwordFrom: "plan",
  passwordVersion: "plan",
  external: "plan",
  defaultSchema: "plan",
} as const satisfies Record<keyof UserInputs, ChangeRule>;

// ---- Desired ---------------------------------------------------------------------------------------------------------

/** Who checks the user when it connects. */
export type UserOrigin = "login" | "nobody" | "password" | "external";

export interface DesiredUser {
  readonly database: string;
  readonly name: string;
  readonly renamedFrom: string | undefined;
  readonly origin: UserOrigin;
  readonly login: string | undefined;
  readonly passwordFrom: string | undefined;
  readonly passwordVersion: string | undefined;
  readonly defaultSchema: string | undefined;
}

/** They come with every database. */
export const builtInUsers = ["dbo", "guest", "sys", "information_schema"];

export function desired(inputs: UserInputs): DesiredUser {
  const issues = new InputIssues();
  for (const property of ["name", "renamedFrom"] as const) {
    const name = inputs[property];
    if (name !== undefined && [...builtInUsers, "public"].includes(name.toLowerCase()))
      issues.add(
        property,
        `user "${name}" comes with every database and is not made, renamed or dropped; choose another name`,
      );
  }
  if (inputs.renamedFrom === inputs.name) issues.add("renamedFrom", "is the same as the name; leave it out");
  const origins = (
    [
      ["login", inputs.login],
      ["nobody", inputs.withoutLogin],
      ["password", inputs.passwordFrom],
      ["external", inputs.external],
    ] as const
  ).filter(([, given]) => given !== undefined);
  if (origins.length !== 1)
    issues.add(
      "",
      `exactly one of login, withoutLogin, passwordFrom and external says where user "${inputs.name}" comes from; ${origins.length === 0 ? "none" : String(origins.length)} of them ${origins.length === 1 ? "is" : "are"} given`,
    );
  if (inputs.login?.toLowerCase() === "sa")
    issues.add("login", "sa is dbo in every database and has no other user (15405)");
  if (inputs.passwordVersion !== undefined && inputs.passwordFrom === undefined)
    issues.add("passwordVersion", "is for users with passwordFrom");
  issues.throwIfAny();
  return {
    database: inputs.database,
    name: inputs.name,
    renamedFrom: inputs.renamedFrom,
    origin: origins[0]![0],
    login: inputs.login,
    passwordFrom: inputs.passwordFrom,
    passwordVersion: inputs.passwordVersion,
    defaultSchema: inputs.defaultSchema,
  };
}
