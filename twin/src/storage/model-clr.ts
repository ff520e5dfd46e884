/** Assemblies and what is bound to them. Source: reference sheet "CLR assemblies" 1, 6 and 11. */
import type { SqlType } from "../types/sql-type";
import type { DateTime } from "../types/value";

export type PermissionSet = "SAFE" | "EXTERNAL_ACCESS" | "UNSAFE";

export interface AssemblyFile {
  /** 1 is the assembly itself. */
  readonly id: number;
  readonly name: string;
  readonly content: Uint8Array;
}

export interface Assembly {
  /** 65536 and up. */
  id: number;
  name: string;
  principalId: number;
  permissionSet: PermissionSet;
  visible: boolean;
  created: DateTime;
  modified: DateTime;
  /** Replaced as a whole, so that what is known of a content stays true. */
  files: readonly AssemblyFile[];
  /** SHA2_512 of the assembly's bytes, upper-case hex: what sys.trusted_assemblies names. */
  hash: string;
  /** Ids of registered assemblies that it refers to directly. */
  referencedIds: readonly number[];
}

export interface TrustedAssembly {
  hash: Uint8Array;
  description: string | null;
  created: DateTime;
  createdBy: string;
}

/** Where a routine's or aggregate's code is. */
export interface ClrBinding {
  assemblyId: number;
  /** Full .NET name, case-sensitive. */
  className: string;
  /** null for aggregates. */
  method: string | null;
  /** ORDER of a table function, in the order of the clause. */
  order?: readonly { columnId: number; descending: boolean }[];
}

/** A user-defined type whose values are objects of a class. */
export interface ClrTypeBinding {
  assemblyId: number;
  className: string;
  isByteOrdered: boolean;
  isFixedLength: boolean;
  format: "NATIVE" | "USER_DEFINED";
  /** What its values take: binary. */
  storage: SqlType;
}
