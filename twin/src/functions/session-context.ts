/** The one place where a function's context becomes the session that it is. */
import type { Session } from "../session/runtime";
import type { FunctionContext } from "./registry";

export function sessionOf(context: FunctionContext): Session {
  return context.session as Session;
}
