/** A T-SQL data type as the server knows it: system type plus facets. */
export type TypeName =
  | "bit"
  | "tinyint"
  | "smallint"
  | "int"
  | "bigint"
  | "decimal"
  | "numeric"
  | "money"
  | "smallmoney"
  | "real"
  | "float"
  | "char"
  | "varchar"
  | "nchar"
  | "nvarchar"
  | "text"
  | "ntext"
  | "binary"
  | "varbinary"
  | "image"
  | "timestamp"
  | "date"
  | "time"
  | "datetime"
  | "datetime2"
  | "smalldatetime"
  | "datetimeoffset"
  | "uniqueidentifier"
  | "xml"
  | "sql_variant"
  | "hierarchyid"
  | "geometry"
  | "geography"
  | "json"
  | "vector"
  | "table"
  | "cursor";

export interface SqlType {
  readonly name: TypeName;
  /** Characters for char types, bytes for binary types; -1 = MAX. Dimensions for vector. */
  readonly length?: number;
  /** decimal/numeric: 1 to 38. */
  readonly precision?: number;
  /** decimal/numeric: 0 to precision; time, datetime2 and datetimeoffset: 0 to 7. */
  readonly scale?: number;
  /** Character types: the collation; undefined = the database default decides. */
  readonly collation?: string;
  /** Alias or table type that this came from: its user_type_id. */
  readonly userTypeId?: number;
  /** A type of an assembly: its values are the bytes of its objects. */
  readonly isAssemblyType?: boolean;
}
