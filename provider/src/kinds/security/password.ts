/**
 * Passwords of logins and users: a name in the inputs, a secret in the configuration, a text in one batch and nowhere else.
 * https://learn.microsoft.com/sql/t-sql/statements/create-login-transact-sql
 */
import { z } from "zod";
import type { PlanContext } from "../../contract";
import { quoteText } from "../../engine/quoting";

export const passwordFromInput = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[A-Za-z0-9_.-]+$/, "the name of a password has letters, digits, _, . and -")
  .describe(
    'Name of the password in the secret configuration `sqlserver:passwords` (or the environment variable SQLSERVER_PASSWORD_<NAME>): "app". The password itself is in no input, state, plan, log or error.',
  );

export const passwordVersionInput = z
  .string()
  .min(1)
  .max(64)
  .describe(
    "Any text; a change sets the password again, as another passwordFrom does. It is needed only where the server does not let this login compare passwords. Default none.",
  );

/** The server tells nothing of them: see Kind.remembered. */
export const rememberedOfPassword = ["passwordFrom", "passwordVersion"] as const;

/** Another one is meant than the last deployment set; so it is too where none did. */
export function isAnotherPassword(
  desired: { readonly passwordFrom: string | undefined; readonly passwordVersion: string | undefined },
  { previous }: Pick<PlanContext, "previous">,
): boolean {
  return rememberedOfPassword.some((name) => desired[name] !== previous[name]);
}

/** `PASSWORD = N'...'` with the texts that must never be shown. */
export interface PasswordClause {
  readonly text: string;
  readonly secrets: readonly string[];
}

export function passwordClause(password: string): PasswordClause {
  const quoted = quoteText(password);
  // The longest first: the quoted form holds the others.
  return { text: `PASSWORD = ${quoted}`, secrets: [quoted, password.replaceAll("'", "''"), password] };
}
