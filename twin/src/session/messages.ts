/** Text templates of server errors by number. One place, so that a number always has the same severity and text. */
import { SqlError } from "./sql-error";

interface Template {
  readonly severity: number;
  readonly text: string;
}

/** %1, %2 ... are replaced by the arguments. Source: the sheets' error tables and sql-docs "database engine events and errors". */
const templates = new Map<number, Template>();

/** Called once per family file (session/messages/*.ts) at load. A second definition of a number is a programming error. */
export function defineMessages(rows: Record<number, readonly [severity: number, text: string]>): void {
  for (const [key, [severity, text]] of Object.entries(rows)) {
    const number = Number(key);
    const known = templates.get(number);
    if (known && known.text !== text) throw new Error(`message ${number} defined twice`);
    templates.set(number, { severity, text });
  }
}

/** Builds the SqlError for a known number. */
export function sqlError(number: number, args: readonly (string | number)[] = [], state = 1): SqlError {
  const template = templates.get(number);
  if (!template) throw new Error(`message ${number} is not defined in session/messages`);
  const text = template.text.replace(/%(\d)/g, (_, i: string) => String(args[Number(i) - 1] ?? ""));
  return new SqlError(number, template.severity, state, text);
}

/** Every known number, for sys.messages. */
export function messages(): Iterable<[number: number, template: Template]> {
  return templates;
}
