/** Inputs of the kind Login, what a change of each means, and their normal form. */
import { z } from "zod";
import { commonChanges, commonInputs, type ChangeRule } from "../../../contract";
import { InputIssues } from "../../input-issues";
import { nameInput } from "../../name-input";
import { passwordFromInput, passwordVersionInput } from "../password";

// ---- Inputs ----------------------------------------------------------------------------------------------------------

export const LoginInputs = z.strictObject({
  ...commonInputs,
  name: nameInput(
    "Name of the login. Windows: DOMAIN\\name; Entra ID: the principal's name. A change needs renamedFrom.",
  ),
  renamedFrom: nameInput("Earlier name: the login is renamed in place and keeps its sid. Default none.").optional(),
  type: z
    .enum(["sql", "windows", "entra"])
    .optional()
    .describe('Who checks the login: SQL Server, Windows, or Entra ID. Cannot change. Default "sql".'),
  passwordFrom: passwordFromInput.optional(),
  passwordVersion: passwordVersionInput.optional(),
  sid: z
    .string()
    .regex(/^0x[0-9A-Fa-f]{32}$/, "a sid of a SQL login is 0x and 32 hexadecimal digits")
    .optional()
    .describe(
      "Security identifier, which ties the login to its users: the same on every replica. Cannot change. Default: the server makes one.",
    ),
  defaultDatabase: nameInput(
    "Database in which its sessions begin. Default: left alone; of a new login master.",
  ).optional(),
  defaultLanguage: nameInput(
    "Language of its sessions, by its name in sys.syslanguages: us_english, Deutsch. Default: left alone; of a new login the server's.",
  ).optional(),
  checkPolicy: z
    .boolean()
    .optional()
    .describe("The password policy of the machine applies. Default: left alone; of a new SQL login true."),
  checkExpiration: z
    .boolean()
    .optional()
    .describe("The password expires; needs checkPolicy. Default: left alone; of a new SQL login false."),
  disabled: z.boolean().optional().describe("The login cannot connect. Default: left alone; a new one can."),
});
export type LoginInputs = z.infer<typeof LoginInputs>;

// ---- Change rules ----------------------------------------------------------------------------------------------------

export const changes = {
  ...commonChanges,
  name: "plan",
  renamedFrom: "plan",
  type: { refuse: "a login never changes who checks it: make a second login, map the users to it, remove this one" },
  passwordFrom: "plan",
  passwordVersion: "plan",
  sid: "plan",
  defaultDatabase: "plan",
  defaultLanguage: "plan",
  checkPolicy: "plan",
  checkExpiration: "plan",
  disabled: "plan",
} as const satisfies Record<keyof LoginInputs, ChangeRule>;

// ---- Desired ---------------------------------------------------------------------------------------------------------

export interface DesiredLogin {
  readonly name: string;
  readonly renamedFrom: string | undefined;
  readonly type: "sql" | "windows" | "entra";
  readonly passwordFrom: string | undefined;
  readonly passwordVersion: string | undefined;
  /** In capitals after 0x. */
  readonly sid: string | undefined;
  readonly defaultDatabase: string | undefined;
  readonly defaultLanguage: string | undefined;
  readonly checkPolicy: boolean | undefined;
  readonly checkExpiration: boolean | undefined;
  readonly disabled: boolean | undefined;
}

export function desired(inputs: LoginInputs): DesiredLogin {
  const issues = new InputIssues();
  const type = inputs.type ?? "sql";
  for (const property of ["name", "renamedFrom"] as const) {
    const name = inputs[property];
    if (name !== undefined && isServersOwn(name))
      issues.add(property, `login "${name}" belongs to SQL Server; choose another name`);
  }
  if (inputs.renamedFrom === inputs.name) issues.add("renamedFrom", "is the same as the name; leave it out");
  if (type === "sql") {
    if (inputs.passwordFrom === undefined)
      issues.add("passwordFrom", "a SQL login needs a password: the name that it has in sqlserver:passwords");
    if (inputs.name.includes("\\"))
      issues.add("name", 'a SQL login has no backslash in its name (15006); a Windows login has type: "windows"');
    if (inputs.checkExpiration === true && inputs.checkPolicy === false)
      issues.add("checkExpiration", "needs checkPolicy (15122); leave one of both out");
  } else {
    for (const property of ["passwordFrom", "passwordVersion", "sid", "checkPolicy", "checkExpiration"] as const)
      if (inputs[property] !== undefined) issues.add(property, `is for SQL logins, and this one has type "${type}"`);
  }
  if (type === "windows" && !/^[^\\]+\\[^\\]+$/.test(inputs.name))
    issues.add(
      "name",
      "a Windows login is named DOMAIN\\name, with the domain's name from before Windows 2000 (15401)",
    );
  issues.throwIfAny();
  return {
    name: inputs.name,
    renamedFrom: inputs.renamedFrom,
    type,
    passwordFrom: inputs.passwordFrom,
    passwordVersion: inputs.passwordVersion,
    sid: inputs.sid === undefined ? undefined : `0x${inputs.sid.slice(2).toUpperCase()}`,
    defaultDatabase: inputs.defaultDatabase,
    defaultLanguage: inputs.defaultLanguage,
    checkPolicy: inputs.checkPolicy,
    checkExpiration: inputs.checkExpiration,
    disabled: inputs.disabled,
  };
}

/** sa, and the logins that the server makes for its own certificates. */
function isServersOwn(name: string): boolean {
  return name.toLowerCase() === "sa" || name.startsWith("##");
}
