/**
 * What SAFE and EXTERNAL_ACCESS forbid, as far as metadata says it: the IL itself is not verified (6212, 6218).
 * https://learn.microsoft.com/sql/relational-databases/clr-integration/assemblies-designing
 */
import { sqlError } from "../session/messages";
import type { PermissionSet } from "../storage/model-clr";
import type { AssemblyImage } from "./assembly-image";

/** Throws 6205, 6265, 6211, 6213 or 6216. */
export function requireSafe(image: AssemblyImage, set: PermissionSet, verb: "CREATE" | "ALTER"): void {
  if (set === "UNSAFE") return;
  const word = set === "SAFE" ? "safe" : "external_access";
  if (image.isUnverifiable) throw sqlError(6205, [verb, image.name]);
  for (const type of image.types.values()) {
    if (type.methods.some((method) => method.isPInvoke)) throw sqlError(6265, [verb, type.name, word, image.name]);
    const field = type.fields.find((one) => one.isWritableStatic);
    if (field) throw sqlError(6211, [verb, type.name, word, image.name, field.name]);
    const synchronized = type.methods.find((method) => method.isSynchronized);
    if (synchronized) throw sqlError(6213, [verb, synchronized.name, type.name, word, image.name]);
    if (type.methods.some((method) => method.name === "Finalize" && method.isVirtual && method.parameters.length === 0))
      throw sqlError(6216, [verb, type.name, word, image.name]);
  }
}
