/** A name that changed without `renamedFrom` would leave the old object behind and make an empty one: that is refused. */
import type { OwnedObject, PlanContext, Refusal } from "../contract";

/**
 * Call it when the desired object is absent. `type` is the server's noun in iac.object.
 * `remedy` says what to write: "renamedFrom renames it".
 */
export function lostIdentity(context: PlanContext, type: string, name: string, remedy: string): Refusal | undefined {
  const earlier = context.owned.find(
    (object: OwnedObject) => object.type === type && !context.names.equals(object.name, name),
  );
  if (earlier === undefined) return undefined;
  return {
    property: "name",
    reason: `this resource owns ${type} "${earlier.name}", and a changed name would leave it behind: ${remedy}`,
  };
}
