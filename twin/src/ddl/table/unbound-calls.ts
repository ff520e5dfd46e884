/** A function without schema binding is not deterministic, whatever it does. Source: sql-docs, deterministic and nondeterministic functions. */
import { schemaByName } from "../../query/objects";
import type { Database } from "../../storage/model";
import { findIn } from "../naming";
import { isModule } from "../registry";
import { some } from "../module/tree";

export function callsUnboundFunction(expression: unknown, database: Database): boolean {
  return some(expression, (node) => {
    if (node.kind !== "call") return false;
    const { parts } = node["name"] as { parts: string[] };
    const schemaId = parts.length < 2 ? undefined : schemaByName(database, parts.at(-2)!);
    const found = schemaId === undefined ? undefined : findIn(database, schemaId, parts.at(-1)!);
    return found !== undefined && isModule(found) && !found.schemaBound;
  });
}
