/** The bytes are no .NET assembly, or a damaged one. The server says 6565 or 6544 for it. */
export class ImageError extends Error {
  constructor(
    message: string,
    /** Windows PE with native code: a program, but not one for the CLR host. */
    readonly isNative = false,
  ) {
    super(message);
    this.name = "ImageError";
  }
}
