/** Reads DLLs below the Pulumi program. A file that did not change is not analysed again. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { isAbsolute } from "node:path";
import { AssemblyFormatError } from "../errors";
import type { AssemblyMetadata } from "./model";
import { readAssembly } from "./read-assembly";

export interface LoadedAssembly {
  readonly file: string;
  readonly bytes: Uint8Array;
  /** SHA2-512 of the bytes, 128 hexadecimal digits in upper case: what sys.trusted_assemblies holds. */
  readonly hash: string;
  readonly metadata: AssemblyMetadata;
}

const analysed = new Map<string, LoadedAssembly>();

/** What is wrong with the path: it is stored, and must mean the same on every machine. */
export function pathProblem(file: string): string | undefined {
  if (isAbsolute(file) || /^[A-Za-z]:/.test(file) || file.startsWith("\\"))
    return `"${file}" must be relative to the directory of the Pulumi program: state is shared between machines`;
  return undefined;
}

/** The assembly, or in words why there is none. */
export function loadAssembly(file: string): LoadedAssembly | string {
  const wrong = pathProblem(file);
  if (wrong !== undefined) return wrong;
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return `${file}: no such file below the Pulumi program`;
    if (code !== undefined) return `${file}: it cannot be read (${code})`;
    throw error;
  }
  const hash = createHash("sha512").update(bytes).digest("hex").toUpperCase();
  const known = analysed.get(file);
  if (known?.hash === hash) return known;
  try {
    const loaded = { file, bytes, hash, metadata: readAssembly(bytes) };
    analysed.set(file, loaded);
    return loaded;
  } catch (error) {
    if (error instanceof AssemblyFormatError)
      return `${file}: ${error.name}: it is not an intact .NET assembly: ${error.message}`;
    throw error;
  }
}
