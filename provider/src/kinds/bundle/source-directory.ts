/** Reads the .sql files of a bundle. Files that did not change since the last reading are not analysed again. */
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { InputIssue } from "../../errors";
import { readModules, type ModuleSource, type ReadModules, type SourceProblem } from "../../tsql/module-source";
import { decodeSource, SourceEncodingError } from "../../tsql/source-file";

interface SourceSelection {
  readonly directories: readonly string[];
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly defaultSchema: string;
  readonly variables: Readonly<Record<string, string>> | undefined;
}

/** Per file: a changed file replaces its entry, so that the cache is never larger than the directory. */
const analysed = new Map<string, { readonly hash: string; readonly read: ReadModules }>();

export function readDirectory(selection: SourceSelection): { modules: ModuleSource[]; issues: InputIssue[] } {
  const modules: ModuleSource[] = [];
  const issues: InputIssue[] = [];
  const issue = (reason: string): void => void issues.push({ property: "directory", reason });
  for (const directory of selection.directories) {
    if (!existsSync(directory) || !statSync(directory).isDirectory()) {
      issue(`${directory}: no such directory below the Pulumi program`);
      continue;
    }
    for (const file of filesOf(directory, selection)) {
      const read = readFile(file, selection);
      for (const problem of read.problems) issue(`${problem.file}:${problem.line}: ${problem.message}`);
      for (const module of read.modules) modules.push(module);
    }
  }
  if (issues.length === 0 && modules.length === 0)
    issue(`${selection.directories.join(", ")}: no definition in ${selection.include.join(", ")}`);
  return { modules, issues };
}

/** Paths with forward slashes on every system, sorted: plans and states must not depend on the machine. */
function filesOf(directory: string, selection: SourceSelection): string[] {
  const find = (patterns: readonly string[]): string[] =>
    globSync([...patterns], { cwd: directory }).map((path) => path.replaceAll("\\", "/"));
  const excluded = new Set(selection.exclude.length === 0 ? [] : find(selection.exclude));
  return [...new Set(find(selection.include))]
    .filter((path) => !excluded.has(path) && statSync(join(directory, path)).isFile())
    .sort()
    .map((path) => join(directory, path).replaceAll("\\", "/"));
}

function readFile(file: string, selection: SourceSelection): ReadModules {
  const bytes = readFileSync(file);
  const hash = createHash("sha256")
    .update(JSON.stringify([selection.defaultSchema, selection.variables ?? null]))
    .update(bytes)
    .digest("hex");
  const known = analysed.get(file);
  if (known?.hash === hash) return known.read;
  const read = analyse(bytes, file, selection);
  analysed.set(file, { hash, read });
  return read;
}

function analyse(bytes: Uint8Array, file: string, selection: SourceSelection): ReadModules {
  let text: string;
  try {
    text = decodeSource(bytes, file);
  } catch (error) {
    if (!(error instanceof SourceEncodingError)) throw error;
    return {
      modules: [],
      problems: [{ file, line: 1, message: "not UTF-8; save it as UTF-8, or as UTF-16 with a byte order mark" }],
    };
  }
  if (selection.variables === undefined) return readModules(text, file, selection.defaultSchema);
  const problems: SourceProblem[] = [];
  const substituted = substitute(text, file, selection.variables, problems);
  return problems.length > 0 ? { modules: [], problems } : readModules(substituted, file, selection.defaultSchema);
}

function substitute(
  text: string,
  file: string,
  variables: Readonly<Record<string, string>>,
  problems: SourceProblem[],
): string {
  return text.replace(/\$\(([A-Za-z_][A-Za-z0-9_]*)\)/g, (written, name: string, offset: number) => {
    // sqlcmd compares variable names without case.
    const found = Object.keys(variables).find((key) => key.toLowerCase() === name.toLowerCase());
    if (found !== undefined) return variables[found]!;
    const line = text.slice(0, offset).split("\n").length;
    problems.push({ file, line, message: `${written} has no text: add ${name} to \`variables\`` });
    return written;
  });
}
