/** What the kinds of module have in their own way: type, words for messages, options, permissions. Source: reference sheet "modules" A1. */
import type { ModuleStatement } from "../../language/ast";
import type { Module } from "../../storage/model";

export interface ModuleKind {
  readonly type: Module["type"];
  /** As in CREATE PROCEDURE. */
  readonly word: "PROCEDURE" | "FUNCTION" | "VIEW" | "TRIGGER";
  /** What WITH may hold; EXECUTE AS stands for all of its forms. */
  readonly options: readonly string[];
}

const nullInput = ["RETURNS NULL ON NULL INPUT", "CALLED ON NULL INPUT"];

export const moduleKinds: Record<ModuleStatement["kind"], ModuleKind> = {
  procedure: { type: "P ", word: "PROCEDURE", options: ["ENCRYPTION", "RECOMPILE", "EXECUTE AS"] },
  "scalar-function": {
    type: "FN",
    word: "FUNCTION",
    options: ["ENCRYPTION", "SCHEMABINDING", "EXECUTE AS", "INLINE = ON", "INLINE = OFF", ...nullInput],
  },
  "inline-function": { type: "IF", word: "FUNCTION", options: ["ENCRYPTION", "SCHEMABINDING"] },
  "table-function": { type: "TF", word: "FUNCTION", options: ["ENCRYPTION", "SCHEMABINDING", "EXECUTE AS"] },
  view: { type: "V ", word: "VIEW", options: ["ENCRYPTION", "SCHEMABINDING", "VIEW_METADATA"] },
  trigger: { type: "TR", word: "TRIGGER", options: ["ENCRYPTION", "EXECUTE AS"] },
};
