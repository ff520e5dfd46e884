/** What the kinds of module have in their own way: type, words for messages, options, permissions. Source: reference sheet "modules" A1. */
import type { ModuleStatement } from "../../language/ast";
import type { Module } from "../../storage/model";

export interface ModuleKind {
  readonly type: Module["type"];
  /** With EXTERNAL NAME. */
  readonly externalType?: Module["type"];
  /** As in CREATE PROCEDURE. */
  readonly word: "PROCEDURE" | "FUNCTION" | "VIEW" | "TRIGGER" | "AGGREGATE";
  /** What WITH may hold; EXECUTE AS stands for all of its forms. */
  readonly options: readonly string[];
  readonly externalOptions?: readonly string[];
}

export function typeOfModule(statement: ModuleStatement): Module["type"] {
  const { type, externalType } = moduleKinds[statement.kind];
  return "external" in statement && statement.external !== undefined ? (externalType ?? type) : type;
}

const nullInput = ["RETURNS NULL ON NULL INPUT", "CALLED ON NULL INPUT"];

export const moduleKinds: Record<ModuleStatement["kind"], ModuleKind> = {
  procedure: {
    type: "P ",
    externalType: "PC",
    word: "PROCEDURE",
    options: ["ENCRYPTION", "RECOMPILE", "EXECUTE AS"],
    externalOptions: ["EXECUTE AS"],
  },
  "scalar-function": {
    type: "FN",
    externalType: "FS",
    word: "FUNCTION",
    options: ["ENCRYPTION", "SCHEMABINDING", "EXECUTE AS", "INLINE = ON", "INLINE = OFF", ...nullInput],
    externalOptions: ["EXECUTE AS", ...nullInput],
  },
  "inline-function": { type: "IF", word: "FUNCTION", options: ["ENCRYPTION", "SCHEMABINDING"] },
  "table-function": {
    type: "TF",
    externalType: "FT",
    word: "FUNCTION",
    options: ["ENCRYPTION", "SCHEMABINDING", "EXECUTE AS"],
    externalOptions: ["EXECUTE AS"],
  },
  view: { type: "V ", word: "VIEW", options: ["ENCRYPTION", "SCHEMABINDING", "VIEW_METADATA"] },
  trigger: {
    type: "TR",
    externalType: "TA",
    word: "TRIGGER",
    options: ["ENCRYPTION", "EXECUTE AS"],
    externalOptions: ["EXECUTE AS"],
  },
  aggregate: { type: "AF", word: "AGGREGATE", options: [] },
};
