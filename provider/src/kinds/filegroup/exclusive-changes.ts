/** Changes of a filegroup that need the database without other sessions. */
import type { FilegroupEntry } from "../../engine/snapshot/database";
import type { DesiredFilegroup } from "./inputs";

export interface ExclusiveChange {
  readonly clause: "READ_WRITE" | "READ_ONLY" | "AUTOGROW_ALL_FILES" | "AUTOGROW_SINGLE_FILE";
  readonly reverse: string;
}

/** READ_ONLY comes last: after it nothing else can change. */
export function exclusiveChanges(
  { readOnly, autogrowAllFiles }: DesiredFilegroup,
  live: FilegroupEntry | undefined,
): ExclusiveChange[] {
  const found: ExclusiveChange[] = [];
  if (readOnly === false && live?.isReadOnly === true) found.push({ clause: "READ_WRITE", reverse: "READ_ONLY" });
  if (autogrowAllFiles !== undefined && autogrowAllFiles !== (live?.isAutogrowAllFiles ?? false)) {
    const clauses = ["AUTOGROW_SINGLE_FILE", "AUTOGROW_ALL_FILES"] as const;
    const [clause, reverse] = autogrowAllFiles ? [clauses[1], clauses[0]] : clauses;
    found.push({ clause, reverse });
  }
  if (readOnly === true && live?.isReadOnly !== true) found.push({ clause: "READ_ONLY", reverse: "READ_WRITE" });
  return found;
}
