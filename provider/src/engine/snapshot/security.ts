/** Rows of the security area: logins of the server, users and roles of a database. */
import { z } from "zod";
import { bit, nullableText, text } from "./row";

export const LoginRow = z.object({
  principalId: z.number(),
  name: text,
  /** S SQL login, U Windows user, G Windows group, E and X Entra user and group, C and K certificate and key. */
  type: text,
  /** "0x..." in capitals. */
  sid: text,
  isDisabled: bit,
  defaultDatabase: nullableText,
  defaultLanguage: nullableText,
  isPolicyChecked: bit,
  isExpirationChecked: bit,
});
export type LoginRow = z.infer<typeof LoginRow>;

export const PrincipalRow = z.object({
  principalId: z.number(),
  name: text,
  /** S, U, G, E, X, C, K users; R role; A application role. */
  type: text,
  defaultSchema: nullableText,
  /** Owner of a role. */
  owner: nullableText,
  /** "0x..." in capitals. */
  sid: nullableText,
  isFixedRole: bit,
  /** NONE, INSTANCE, DATABASE, WINDOWS, EXTERNAL. */
  authentication: text,
  /** Name of the login with this sid; null = there is none, or this connection cannot see it. */
  login: nullableText,
});
export type PrincipalRow = z.infer<typeof PrincipalRow>;

export const RoleMemberRow = z.object({ roleId: z.number(), memberId: z.number() });
export type RoleMemberRow = z.infer<typeof RoleMemberRow>;
