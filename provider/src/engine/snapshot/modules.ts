/** Rows of the module area: programmable objects, user types, schema-bound references, permissions. */
import { z } from "zod";
import { bit, nullableText, text, repeated } from "./row";

/** One row per object that is not a table or constraint: modules, synonyms, sequences, CLR objects, DML and DDL triggers. */
export const ObjectRow = z.object({
  objectId: z.number(),
  /** Empty for DDL triggers of the database. */
  schemaName: repeated,
  name: text,
  /** sys.objects.type without blanks: P, V, FN, IF, TF, TR, SN, SO, PC, FS, FT, AF, TA ... */
  type: repeated,
  /** Table or view of a DML trigger. */
  parentSchema: nullableText,
  parentName: nullableText,
  /** SHA-256 of the stored text (nvarchar, UTF-16 little endian), 64 hex digits; null = encrypted or not a T-SQL module. */
  definitionHash: nullableText,
  isEncrypted: bit,
  usesAnsiNulls: bit,
  usesQuotedIdentifier: bit,
  isSchemaBound: bit,
  isNativelyCompiled: bit,
  executeAs: nullableText,
  isTriggerDisabled: bit,
  isInsteadOfTrigger: bit,
  /** Synonyms. */
  baseObjectName: nullableText,
  /** Sequences; numbers as exact decimal text. */
  sequenceType: nullableText,
  sequencePrecision: z.number().nullable(),
  sequenceStart: nullableText,
  sequenceIncrement: nullableText,
  sequenceMinimum: nullableText,
  sequenceMaximum: nullableText,
  sequenceCurrent: nullableText,
  sequenceCycles: bit,
  sequenceIsCached: bit,
  sequenceCacheSize: z.number().nullable(),
});
export type ObjectRow = z.infer<typeof ObjectRow>;

export const TypeRow = z.object({
  userTypeId: z.number(),
  schemaName: repeated,
  name: text,
  isTableType: bit,
  isAssemblyType: bit,
  isMemoryOptimized: bit,
  /** Columns of a table type are `columns` rows with this object id. */
  tableObjectId: z.number().nullable(),
  baseTypeName: nullableText,
  maxLength: z.number(),
  precision: z.number(),
  scale: z.number(),
  isNullable: bit,
});
export type TypeRow = z.infer<typeof TypeRow>;

/** Schema-bound references only: they are what stops an ALTER or DROP. */
export const BoundReferenceRow = z.object({
  referencingId: z.number(),
  referencingSchema: nullableText,
  referencingName: text,
  /** sys.objects.type of the referencing object: V, FN, IF, TF, C (check), D (default), U (computed column), P ... */
  referencingType: text,
  referencingMinorId: z.number(),
  referencedClass: z.number(),
  referencedId: z.number().nullable(),
  referencedSchema: nullableText,
  referencedName: text,
  /** Column of the referenced table; 0 = the object. */
  referencedMinorId: z.number(),
});
export type BoundReferenceRow = z.infer<typeof BoundReferenceRow>;

export const PermissionRow = z.object({
  /** 0 database, 1 object or column, 3 schema, 4 principal, 5 assembly, 6 type, 10 XML schemas, 15 to 19 Service Broker. */
  class: z.number(),
  majorId: z.number(),
  /** Column id; 0 = the whole object. */
  minorId: z.number(),
  columnName: nullableText,
  /** Name of the securable of classes other than 0, 1, 3 and 6. */
  securable: nullableText,
  permission: text,
  /** GRANT, GRANT_WITH_GRANT_OPTION, DENY, REVOKE. */
  state: text,
  grantee: text,
  grantor: text,
});
export type PermissionRow = z.infer<typeof PermissionRow>;
