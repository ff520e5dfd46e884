/** Statements about assemblies by kind. */
import type { AssemblyDefinition } from "../../language/ast-clr";
import type { Execution, Work } from "../../session/runtime";
import { alterAssembly } from "./alter-assembly";
import { createAssembly } from "./create-assembly";
import { dropAssembly } from "./drop-assembly";

type Run<S> = (statement: S, execution: Execution) => Work<void>;

function immediate<S>(run: (statement: S, execution: Execution) => void): Run<S> {
  // eslint-disable-next-line require-yield -- the table holds generators
  return function* (statement, execution) {
    run(statement, execution);
  };
}

export const assemblyDefinitions: {
  [K in AssemblyDefinition["kind"]]: Run<Extract<AssemblyDefinition, { kind: K }>>;
} = {
  "create-assembly": immediate(createAssembly),
  "alter-assembly": immediate(alterAssembly),
  "drop-assembly": immediate(dropAssembly),
};
