/** Passwords of logins: only a salted derivation is kept. https://nodejs.org/api/crypto.html, PBKDF2 */
import { pbkdf2Sync, randomBytes, timingSafeEqual } from "node:crypto";

/** Few rounds: this guards test data, and every connection pays for it. */
const ROUNDS = 1000;
const BYTES = 32;

interface HashedPassword {
  readonly hash: Uint8Array;
  readonly salt: Uint8Array;
}

function derive(password: string, salt: Uint8Array): Buffer {
  return pbkdf2Sync(password, salt, ROUNDS, BYTES, "sha512");
}

export function hashPassword(password: string): HashedPassword {
  const salt = randomBytes(16);
  return { hash: Uint8Array.from(derive(password, salt)), salt: Uint8Array.from(salt) };
}

export function verifyPassword(
  password: string,
  stored: { passwordHash?: Uint8Array; passwordSalt?: Uint8Array },
): boolean {
  if (!stored.passwordHash || !stored.passwordSalt) return false;
  return timingSafeEqual(derive(password, stored.passwordSalt), stored.passwordHash);
}
