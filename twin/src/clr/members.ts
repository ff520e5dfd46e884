/** Types and methods as T-SQL may bind them. Rules: reference sheet "CLR assemblies" 9, binding rules. */
import { sqlError } from "../session/messages";
import type { Assembly } from "../storage/model-clr";
import type { MethodImage, TypeImage } from "./assembly-image";
import type { Attribute, AttributeValue } from "./attribute-value";
import { imageOf } from "./registered";

const SERVER = "Microsoft.SqlServer.Server.";

/** SqlFunction, SqlUserDefinedType ... */
export function attributeOf(target: { attributes: readonly Attribute[] }, name: string): Attribute | undefined {
  return target.attributes.find((one) => one.type === `${SERVER}${name}Attribute`);
}

export function namedValue(attribute: Attribute | undefined, name: string): AttributeValue | undefined {
  return attribute?.named[name];
}

/** Throws `missing`, 6571 and 6576. */
export function requireType(assembly: Assembly, className: string, missing: () => Error): TypeImage {
  const type = imageOf(assembly).types.get(className);
  if (!type) throw missing();
  if (type.genericParameters > 0) throw sqlError(6571, [className, assembly.name]);
  if (!type.isPublic) throw sqlError(6576, [className, assembly.name]);
  return type;
}

/** The one public static method of a name. Throws 6506, 6572, 6574, 6573, 6570, 6553 and 10318. */
export function requireMethod(assembly: Assembly, type: TypeImage, name: string, word: string): MethodImage {
  const where = [name, type.name, assembly.name];
  const [method, ...others] = type.methods.filter((one) => one.name === name);
  if (!method) throw sqlError(6506, where);
  if (others.length > 0) throw sqlError(6572, where);
  if (!method.isPublic) throw sqlError(6574, where);
  if (!method.isStatic) throw sqlError(6573, where);
  if (method.genericParameters > 0) throw sqlError(6570, where);
  if (method.isVariableArgument) throw sqlError(6553, [word]);
  const list = method.parameters.findIndex((parameter) => parameter.isParamArray);
  if (list >= 0) throw sqlError(10318, [word, list + 1, name, type.name]);
  return method;
}

/** Equal texts: a caller cannot tell the two apart. */
export function signatureOf(method: MethodImage): string {
  const parameters = method.parameters.map(({ name, isByReference }) => (isByReference ? `${name}&` : name));
  return `${method.isPublic ? "public " : ""}${method.isStatic ? "static " : ""}${method.returns} ${method.name}(${parameters.join(", ")})`;
}

export function fillRowName(method: MethodImage): string | undefined {
  const name = namedValue(attributeOf(method, "SqlFunction"), "FillRowMethodName");
  return typeof name === "string" && name !== "" ? name : undefined;
}

/** What an index or a persisted column asks of a function. */
export function isIndexable(method: MethodImage): boolean {
  const attribute = attributeOf(method, "SqlFunction");
  const flag = (name: string): AttributeValue | undefined => namedValue(attribute, name);
  return flag("IsDeterministic") === true && !flag("DataAccess") && !flag("SystemDataAccess");
}
