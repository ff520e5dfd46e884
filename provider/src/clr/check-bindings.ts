/** Checks many declarations together: each against its assembly, and all against one another. */
import { nounOf, type Binding } from "./binding";
import { checkBinding, type ClassOfType } from "./check-binding";
import type { AssemblyMetadata } from "./model";

interface BindingFinding {
  readonly binding: Binding;
  readonly reason: string;
}

/** `metadataOf` gives undefined for an assembly whose DLL is not known: then nothing can be checked. */
export function checkBindings(
  bindings: readonly Binding[],
  metadataOf: (assembly: string) => AssemblyMetadata | undefined,
  classOf: ClassOfType,
  key: (name: string) => string,
): BindingFinding[] {
  const findings: BindingFinding[] = [];
  const byName = new Map<string, Binding>();
  const byMember = new Map<string, Binding>();
  for (const binding of bindings) {
    // Types have names of their own, beside those of objects.
    const name = `${binding.kind === "type" ? "type" : ""}\0${key(binding.schema)}\0${key(binding.name)}`;
    const first = byName.get(name);
    if (first !== undefined) {
      findings.push({
        binding,
        reason: `${text(binding)} is declared twice: by ${first.where} and by ${binding.where}`,
      });
      continue;
    }
    byName.set(name, binding);
    const member = `${key(binding.assembly)}\0${binding.className}\0${binding.method ?? ""}`;
    const other = byMember.get(member);
    if (other !== undefined)
      findings.push({
        binding,
        reason: `${memberText(binding)} is bound twice: as ${text(other)} (${other.where}) and as ${text(binding)} (${binding.where}); keep one`,
      });
    else byMember.set(member, binding);
    const metadata = metadataOf(binding.assembly);
    if (metadata === undefined) continue;
    for (const reason of checkBinding(binding, metadata, classOf))
      findings.push({ binding, reason: `${text(binding)}: ${reason}` });
  }
  return findings;
}

function text(binding: Binding): string {
  return `${nounOf(binding.kind)} ${binding.schema}.${binding.name}`;
}

function memberText({ className, method }: Binding): string {
  return method === undefined ? `class ${className}` : `method ${className}.${method}`;
}
