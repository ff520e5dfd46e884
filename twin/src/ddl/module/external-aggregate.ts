/** What a class has to be for CREATE AGGREGATE. https://learn.microsoft.com/sql/relational-databases/clr-integration-database-objects-user-defined-functions/clr-user-defined-aggregates-requirements */
import type { MethodImage } from "../../clr/assembly-image";
import { attributeOf, requireType } from "../../clr/members";
import { serializationOf } from "../../clr/serialization";
import { maps } from "../../clr/type-mapping";
import { sqlError } from "../../session/messages";
import type { Database, Module } from "../../storage/model";
import type { Assembly } from "../../storage/model-clr";

interface Check {
  readonly word: string;
  readonly assembly: Assembly;
  readonly className: string;
  readonly module: Module;
  readonly database: Database;
}

/** Throws 6556, 6255, 6558, 6550, 6552, 6551 and what serializationOf throws. */
export function requireAggregate({ word, assembly, className, module, database }: Check): void {
  const type = requireType(assembly, className, () => sqlError(6556, [word, className, assembly.name]));
  const attribute = attributeOf(type, "SqlUserDefinedAggregate");
  if (!attribute) throw sqlError(6255, [word, className, "UDAGG", "SqlUserDefinedAggregateAttribute"]);
  const method = (name: string, fits: (one: MethodImage) => boolean): MethodImage => {
    const own = type.methods.filter((one) => one.name === name);
    if (own.length !== 1 || !own[0]!.isPublic || own[0]!.isStatic || !fits(own[0]!))
      throw sqlError(6558, [word, className, "UDAGG", name]);
    return own[0]!;
  };
  const isVoid = (one: MethodImage): boolean => one.returns === "System.Void";
  method("Init", (one) => isVoid(one) && one.parameters.length === 0);
  const accumulate = method("Accumulate", isVoid);
  method("Merge", (one) => isVoid(one) && one.parameters.length === 1 && one.parameters[0]!.name === className);
  const terminate = method("Terminate", (one) => one.parameters.length === 0);
  serializationOf(type, attribute);
  if (accumulate.parameters.length !== module.parameters.length) throw sqlError(6550, [word]);
  module.parameters.forEach((parameter, i) => {
    if (!maps(parameter.type, accumulate.parameters[i]!.name, database))
      throw sqlError(6552, [word, module.name, parameter.name]);
  });
  if (!maps(module.returns!, terminate.returns, database)) throw sqlError(6551, [word, module.name]);
}
