/**
 * What the server would say of an assembly's code before it runs any of it.
 * https://learn.microsoft.com/sql/relational-databases/clr-integration/assemblies-designing
 */
import type { AssemblyMetadata } from "./model";

const shown = 3;

function some(names: readonly string[]): string {
  return names.length <= shown
    ? names.join(", ")
    : `${names.slice(0, shown).join(", ")} and ${names.length - shown} more`;
}

/** Reasons why no permission set would do. */
export function unloadable(assembly: AssemblyMetadata): string[] {
  const reasons: string[] = [];
  if (!assembly.isPureIl) reasons.push("it holds native code, and SQL Server loads pure IL only (error 6544)");
  if (assembly.moduleFiles.length > 0)
    reasons.push(
      `it consists of several files (${some(assembly.moduleFiles)}), which CREATE ASSEMBLY refuses: link it into one`,
    );
  const framework = assembly.targetFramework ?? "";
  if (/^\.NET(CoreApp|Standard)\b/.test(framework))
    reasons.push(`it is built for ${framework}, and the server's host is .NET Framework: build it for net481`);
  return reasons;
}

/** Reasons why it needs PERMISSION_SET = UNSAFE, with the server's error numbers. */
export function unsafeReasons(assembly: AssemblyMetadata): string[] {
  const types = assembly.types;
  const methods = types.flatMap((type) =>
    type.methods.map((method) => ({ method, text: `${type.name}.${method.name}` })),
  );
  const having = (test: (method: (typeof methods)[number]["method"]) => boolean): string[] =>
    methods.filter(({ method }) => test(method)).map(({ text }) => text);
  // What a compiler writes for lambdas has names that no language allows, and the server lets it pass.
  const statics = types
    .filter((type) => !type.name.includes("<"))
    .flatMap((type) =>
      type.fields
        .filter((field) => field.isWritableStatic && !field.name.startsWith("<"))
        .map((field) => `${type.name}.${field.name}`),
    );
  const found: [names: string[], what: string, error: number][] = [
    [having((method) => method.isPInvoke), "calls native code", 6265],
    [statics, "is a static field that is not readonly", 6211],
    [having((method) => method.isFinalizer), "is a finalizer", 6216],
    [having((method) => method.isSynchronized), "is synchronized", 6213],
  ];
  const reasons = found
    .filter(([names]) => names.length > 0)
    .map(([names, what, error]) => `${some(names)} ${what} (error ${error})`);
  if (assembly.isUnverifiable) reasons.push("it is compiled with /unsafe (error 6205)");
  return reasons;
}
