/** CHECK_POLICY. https://learn.microsoft.com/sql/relational-databases/security/password-policy */
import { sqlError } from "../../session/messages";

const MINIMUM = 8;

/** 15116 shorter than 8 characters; 15118 when it holds the name or fewer than three of: upper case, lower case, digit, other. */
export function checkPasswordPolicy(password: string, name: string): void {
  if (password.length < MINIMUM) throw sqlError(15116);
  const families = [/\p{Lu}/u, /\p{Ll}/u, /\d/, /[^\p{L}\d]/u].filter((family) => family.test(password)).length;
  if (families < 3 || password.toLowerCase().includes(name.toLowerCase())) throw sqlError(15118);
}
