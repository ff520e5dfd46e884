/** From what Pulumi hands over to a kind's inputs and back: the only place that knows both shapes. Pure. */
import type { z } from "zod";
import { nearestName } from "./clr/nearest-name";
import type { AnyKind, JsonValue } from "./contract";
import { InvalidInputsError, type InputIssue } from "./errors";

export type Properties = Readonly<Record<string, unknown>>;

/** What stands for a value that is not known before the apply. */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** Properties of the state that are not inputs: Pulumi's own, and where the object is found. */
export const providerProperty = "__provider";
export const identityProperty = "identity";
/** The inputs among properties that may also hold outputs. */
export function inputsAmong(kind: AnyKind, properties: Properties): Record<string, unknown> {
  const inputs: Record<string, unknown> = {};
  for (const name of Object.keys(kind.changes))
    if (properties[name] !== undefined && properties[name] !== null) inputs[name] = properties[name];
  return inputs;
}

/** Paths of values that are not known yet. */
export function unknownPaths(value: unknown, path = ""): string[] {
  if (value === unknownValue) return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => unknownPaths(item, path === "" ? name : `${path}.${name}`));
}

/** Throws InvalidInputsError: unknown names too, since every input is in `changes`. */
export function parseInputs(kind: AnyKind, properties: Properties): Record<string, unknown> {
  const given = Object.fromEntries(
    Object.entries(properties).filter(([name, value]) => name !== providerProperty && value !== null),
  );
  const result = kind.inputs.safeParse(given);
  if (result.success) return result.data;
  const issues = result.error.issues.flatMap((issue): InputIssue[] => {
    const property = issue.path
      .map((part) =>
        typeof part === "number"
          ? `[${part}]`
          : /^\w+$/.test(String(part))
            ? `.${String(part)}`
            : `[${JSON.stringify(String(part))}]`,
      )
      .join("")
      .replace(/^\./, "");
    // Which properties a part of an input has is not known here; the editor knows.
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) =>
        property === ""
          ? {
              property: key,
              reason: `no such input${likely(kind, key)}; there are ${Object.keys(kind.changes).filter(isForPrograms).join(", ")}`,
            }
          : { property: `${property}.${key}`, reason: "no such property; correct its name or leave it out" },
      );
    if (issue.code === "invalid_key") return issue.issues.map(({ message }) => ({ property, reason: message }));
    return [{ property, reason: reasonOf(issue) }];
  });
  throw new InvalidInputsError(issues);
}

/** Of a value that has several forms: what each form lacks, where zod only says that none fits. */
function reasonOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return issue.message;
  const forms = issue.errors.map((form) =>
    form
      .map((part) => (part.path.length === 0 ? reasonOf(part) : `${part.path.join(".")}: ${reasonOf(part)}`))
      .join(", "),
  );
  return `none of its forms fits: ${[...new Set(forms)].join("; or ").replaceAll("Invalid input: ", "")}`;
}

function likely(kind: AnyKind, key: string): string {
  const near = nearestName(key, Object.keys(kind.changes).filter(isForPrograms));
  return near === undefined ? "" : `, perhaps ${near}`;
}

function isForPrograms(name: string): boolean {
  return name !== "owner" && name !== "plan";
}

/** As the state stores it: Pulumi's encoding fails on `undefined` at any depth. */
export function plain(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(values)) as Record<string, unknown>;
}

/** Where a stored object is found; a state of an older version may have only its inputs. */
export function identityIn(kind: AnyKind, properties: Properties): JsonValue {
  const stored = properties[identityProperty];
  return stored === undefined
    ? kind.identity(kind.desired(parseInputs(kind, inputsAmong(kind, properties))))
    : (stored as JsonValue);
}

/** The text of the last plan says nothing about what is wanted. */
export function withoutPlan(inputs: Properties): Properties {
  const { plan: _plan, ...rest } = inputs;
  return rest;
}

/** One resource among all that a process works on. */
export function resourceKey(kind: AnyKind, inputs: Properties): string {
  return `${kind.name}\0${String(inputs["owner"])}`;
}

export function carried(olds: Properties, names: readonly string[]): Properties {
  return Object.fromEntries(
    names.flatMap((name) => (olds[name] === undefined || olds[name] === null ? [] : [[name, olds[name]]])),
  );
}
