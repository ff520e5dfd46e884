/** What a conversion may be told. https://learn.microsoft.com/sql/t-sql/functions/cast-and-convert-transact-sql */

export interface ConvertOptions {
  /** Third argument of CONVERT. */
  readonly style?: number;
  /** CAST or CONVERT: text that does not fit is cut instead of refused. */
  readonly explicit?: boolean;
  /** SET DATEFORMAT. */
  readonly dateFormat?: string;
}
