/** The session with what only this folder knows of it. */
import type { ExecutionFrame } from "./frames";
import type { Execution } from "./runtime";
import type { EngineSession } from "./session";

export function own(execution: Pick<Execution, "session">): EngineSession {
  return execution.session as EngineSession;
}

export function frameOf(execution: Pick<Execution, "frame">): ExecutionFrame {
  return execution.frame as ExecutionFrame;
}
