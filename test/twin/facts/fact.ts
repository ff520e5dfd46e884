/** The shape of the fact tables: what a sheet states, a script, and what the last batch must answer. */

/** Numbers of all errors in order, an error whose number the sheet leaves open, or the rows of the last result set. */
export type Answer = readonly number[] | "refused" | { readonly rows: readonly (readonly unknown[])[] };

/** All batches but the last must succeed; the last one gives the answer. */
export type Fact = readonly [fact: string, script: string | readonly string[], answer: Answer];

export interface Sheet {
  /** Sheet and section. */
  readonly sheet: string;
  /** Batches that every fact of the section starts from, in a database of their own. */
  readonly setup?: readonly string[];
  readonly facts: readonly Fact[];
}

export const ok: Answer = [];
export function rows(...values: readonly (readonly unknown[])[]): Answer {
  return { rows: values };
}
