/** A function without schema binding is not deterministic, whatever it does. Source: sql-docs, deterministic and nondeterministic functions. */
import { schemaByName } from "../../query/objects";
import { isIndexable } from "../../clr/members";
import { imageOf } from "../../clr/registered";
import type { Database, Module } from "../../storage/model";
import { findIn } from "../naming";
import { isModule } from "../registry";
import { some } from "../module/tree";

/** A CLR function says so in its attribute. */
function isIndexableModule({ clr }: Module, database: Database): boolean {
  const assembly = database.assemblies.get(clr!.assemblyId);
  const type = assembly && imageOf(assembly).types.get(clr!.className);
  const method = type?.methods.find((one) => one.name === clr!.method);
  return method !== undefined && isIndexable(method);
}

export function callsUnboundFunction(expression: unknown, database: Database): boolean {
  return some(expression, (node) => {
    if (node.kind !== "call") return false;
    const { parts } = node["name"] as { parts: string[] };
    const schemaId = parts.length < 2 ? undefined : schemaByName(database, parts.at(-2)!);
    const found = schemaId === undefined ? undefined : findIn(database, schemaId, parts.at(-1)!);
    return (
      found !== undefined && isModule(found) && !(found.clr ? isIndexableModule(found, database) : found.schemaBound)
    );
  });
}
