/** An error as a client sees it. Severity (class) 11 to 19 is an error, 0 to 10 a message. */
export class SqlError extends Error {
  /** Line in the batch or module, set by the interpreter when the thrower did not know it. */
  line?: number;
  procedure?: string;
  /** Errors the server raises together (for example 5074 before 4922), in the order sent; this error comes last. */
  preceding: SqlError[] = [];

  constructor(
    readonly number: number,
    readonly severity: number,
    readonly state: number,
    message: string,
  ) {
    super(message);
    this.name = "SqlError";
  }
}

/**
 * Fails closed: the twin met something it does not implement. Number 50000 is never used for it, so that a test cannot
 * mistake it for a server error: 49999 is not a number of the product.
 */
export function notImplemented(what: string): SqlError {
  return new SqlError(49999, 16, 1, `sqlserver-twin does not implement: ${what}`);
}
