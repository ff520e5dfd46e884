/** The bytes that a statement brings, and what the server wants to know before it keeps them. */
import { type AssemblyImage, readAssembly } from "../../clr/assembly-image";
import { HOST_VERSION, isServersOwn, isUntestedFramework } from "../../clr/framework";
import { ImageError } from "../../clr/image-error";
import { requireSafe } from "../../clr/safety";
import { hashOf, isStrict, isTrusted } from "../../clr/trust";
import type { Expression } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Execution } from "../../session/runtime";
import { notImplemented } from "../../session/sql-error";
import type { PermissionSet } from "../../storage/model-clr";
import { at } from "../naming";

type Verb = "CREATE" | "ALTER";

export interface Source {
  readonly content: Uint8Array;
  readonly image: AssemblyImage;
  readonly hash: string;
}

const MAXIMUM_NAME = 128;

/** Bytes of an expression; undefined: it has none. Paths are refused, since the twin has no files of a server. */
export function bytesOf(expression: Expression, execution: Execution, what: string): Uint8Array | undefined {
  const { type, value } = execution.parts.query.typedScalar(expression, execution);
  if (/char|text$/.test(type.name) && value !== null)
    throw at(notImplemented(`${what} from a file of the server; give its bytes (0x...)`), expression.line);
  return value instanceof Uint8Array ? value : undefined;
}

/** Throws 6566, 6565, 6544, 6214 and 10332. */
export function readSource(
  expression: Expression,
  ordinal: number,
  verb: Verb,
  name: string,
  execution: Execution,
): Source {
  const content = bytesOf(expression, execution, `${verb} ASSEMBLY`);
  if (!content) throw at(sqlError(6566, [verb, ordinal]), expression.line);
  let image: AssemblyImage;
  try {
    image = readAssembly(content);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    throw error.isNative ? sqlError(6544, [verb, name, error.message]) : sqlError(6565, [verb, ordinal]);
  }
  if (image.hasNativeEntryPoint) throw sqlError(6214, [verb, image.name]);
  if (!image.isPureIl) throw sqlError(6544, [verb, image.name, "It holds native code."]);
  if (image.isMultiModule) throw sqlError(6544, [verb, image.name, "It consists of several modules."]);
  if (!/^v[24]\./.test(image.runtimeVersion)) throw sqlError(10332, [image.name, image.runtimeVersion, HOST_VERSION]);
  return { content, image, hash: hashOf(content) };
}

/** Rules of the platform and the server's permissions. Throws 10342 and 15247. */
export function requirePermissionSet(set: PermissionSet, name: string, execution: Execution): void {
  if (set === "SAFE") return;
  const { session } = execution;
  // SQL Server on Linux has SAFE only.
  if (session.server.platform === "linux") throw sqlError(10342, [name], 100);
  if (execution.frame.database.options.containment !== "NONE")
    throw notImplemented(`PERMISSION_SET = ${set} in a contained database`);
  session.demand(set === "UNSAFE" ? "UNSAFE ASSEMBLY" : "EXTERNAL ACCESS ASSEMBLY", { kind: "server" });
}

/** Throws 10343 and 10327, then what requireSafe throws. */
export function requireAcceptable(source: Source, set: PermissionSet, verb: Verb, execution: Execution): void {
  const { server } = execution.session;
  const { database } = execution.frame;
  const { image } = source;
  if (!isTrusted(server, database, set, source.hash))
    throw set !== "UNSAFE" && isStrict(server) ? sqlError(10343, [image.name]) : sqlError(10327, [verb, image.name]);
  requireSafe(image, set, verb);
}

/** Throws 6540 and 6575; warns with 10308 and 6266. */
export function requireName(image: AssemblyImage, execution: Execution): void {
  if (isServersOwn(image.name)) throw sqlError(6540, [image.name]);
  if (image.name.length > MAXIMUM_NAME) throw sqlError(6575, [MAXIMUM_NAME, image.name]);
  if (isUntestedFramework(image)) execution.output.message(sqlError(10308, [image.name]));
  if (image.runtimeVersion !== HOST_VERSION)
    execution.output.message(sqlError(6266, [image.name, image.runtimeVersion, HOST_VERSION]));
}
