/** Collects everything that is wrong with one resource's inputs, so that a person sees it all at once. */
import { InvalidInputsError, type InputIssue } from "../errors";

export class InputIssues {
  private readonly found: InputIssue[] = [];

  /** `property` is the path that Pulumi shows: "files[1].path"; empty = the whole resource. */
  add(property: string, reason: string): void {
    this.found.push({ property, reason });
  }

  /** @throws InvalidInputsError when anything was added. */
  throwIfAny(): void {
    if (this.found.length > 0) throw new InvalidInputsError(this.found);
  }
}
