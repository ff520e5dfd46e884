/** What sp_prepare keeps. */
export interface PreparedStatement {
  readonly parameters: string;
  readonly text: string;
}
