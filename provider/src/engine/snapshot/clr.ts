/** Rows of the CLR area: assemblies, who refers to whom, and what is bound to them. */
import { z } from "zod";
import { bit, count, nullableText, text } from "./row";

export const AssemblyRow = z.object({
  assemblyId: z.number(),
  name: text,
  owner: nullableText,
  /** `sample.vectors, version=1.0.0.0, culture=neutral, publickeytoken=null, processorarchitecture=msil`. */
  clrName: nullableText,
  /** SAFE_ACCESS, EXTERNAL_ACCESS, UNSAFE_ACCESS. */
  permissionSet: nullableText,
  isVisible: bit,
  /** false = the server's own, such as Microsoft.SqlServer.Types. */
  isUserDefined: bit,
  mvid: nullableText,
  /** SHA2-512 of the DLL, 128 hexadecimal digits; null where the login may not see it. */
  contentHash: nullableText,
  contentLength: count,
  /** Files besides the DLL: sources, debug symbols. */
  extraFiles: count,
});
export type AssemblyRow = z.infer<typeof AssemblyRow>;

export const AssemblyReferenceRow = z.object({ assemblyId: z.number(), referencedId: z.number() });
export type AssemblyReferenceRow = z.infer<typeof AssemblyReferenceRow>;

export const AssemblyModuleRow = z.object({
  objectId: z.number(),
  assemblyId: z.number(),
  className: nullableText,
  /** null for aggregates. */
  method: nullableText,
  nullOnNullInput: bit,
  /** OWNER or a user; null = CALLER. */
  executeAs: nullableText,
  onInsert: bit,
  onUpdate: bit,
  onDelete: bit,
});
export type AssemblyModuleRow = z.infer<typeof AssemblyModuleRow>;

export const AssemblyTypeRow = z.object({ userTypeId: z.number(), assemblyId: z.number(), className: nullableText });
export type AssemblyTypeRow = z.infer<typeof AssemblyTypeRow>;

export const AssemblyParameterRow = z.object({
  objectId: z.number(),
  /** A result column of a table function; otherwise a parameter, of which 0 is the result. */
  isColumn: bit,
  ordinal: z.number(),
  /** With its @; empty for the result. */
  name: nullableText,
  typeSchema: text,
  typeName: text,
  isUserDefinedType: bit,
  maxLength: z.number(),
  precision: z.number(),
  scale: z.number(),
  isOutput: bit,
  hasDefault: bit,
  defaultValue: nullableText,
  /** Place in the ORDER clause of a table function. */
  orderPosition: z.number().nullable(),
  isDescending: bit,
});
export type AssemblyParameterRow = z.infer<typeof AssemblyParameterRow>;
