/** Arguments that the compiler did not see: a misspelt one would be a default that nobody asked for. */
import * as pulumi from "@pulumi/pulumi";

/** Which arguments a component takes; the compiler holds it against their type. */
export type Known<Args> = Readonly<Record<keyof Args, "required" | "optional">>;

/** @throws pulumi.RunError that lists what is missing and what is not known. */
export function requireArguments<Args extends object>(where: string, args: Args, known: Known<Args>): void {
  const names = Object.keys(known) as (keyof Args & string)[];
  const problems = [
    ...names
      .filter((name) => known[name] === "required" && args[name] === undefined)
      .map((name) => `${name} is missing`),
    ...Object.keys(args)
      .filter((name) => !Object.hasOwn(known, name))
      .map((name) => `there is no argument ${name}; it takes ${names.join(", ")}`),
  ];
  if (problems.length > 0) throw new pulumi.RunError(`${where}: ${problems.join("; ")}`);
}
