/** Errors that a person can meet. Form: kind, name, where: what; what next. Names are stable identifiers. */

/** Base: the name shows in the CLI, so that a person can search for it. */
export abstract class ProviderError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** `sqlserver:servers` is missing or wrong; the message shows the command to type. */
export class ConfigurationError extends ProviderError {}

/** A kind that this version of the package does not know; a state written by another version may hold one. */
export class UnknownKindError extends ProviderError {}

export interface InputIssue {
  readonly property: string;
  readonly reason: string;
}

/** All bad inputs at once, each with its property path. */
export class InvalidInputsError extends ProviderError {
  constructor(readonly issues: readonly InputIssue[]) {
    super(
      issues.map((issue) => (issue.property === "" ? issue.reason : `${issue.property}: ${issue.reason}`)).join("\n"),
    );
  }
}

/** The bytes are not an intact .NET assembly. */
export class AssemblyFormatError extends ProviderError {}

/** The plan has refusals; nothing was changed. */
export class UnsafeChangeError extends ProviderError {}

/** The server changed between preview and apply; nothing was changed. */
export class StalePlanError extends ProviderError {}

/** The object is there and nobody said `adopt: true`. */
export class ObjectExistsError extends ProviderError {}

/** Another stack's ownership row stands in iac.object. */
export class ObjectOwnedError extends ProviderError {}

/** Something the plan needs (schema, filegroup, type) is not there at apply; nothing was changed. */
export class MissingRequirementError extends ProviderError {}

/** sp_getapplock was not granted in time; the message names the holder. */
export class LockHeldError extends ProviderError {}

/** Cannot connect or log in: server, port, and what to check. Never carries a password. */
export class ConnectionFailedError extends ProviderError {
  constructor(
    message: string,
    readonly serverErrorNumber?: number,
  ) {
    super(message);
  }
}

/** A read of the catalog broke or came back incomplete; no plan is made from half an answer. */
export class CatalogReadError extends ProviderError {}

/** The login may not see the whole catalog, and what it does not see would look absent; the message has the T-SQL for a DBA. */
export class PartialCatalogError extends ProviderError {}

/** The apply ended but the server does not look as desired: a defect, shown with what is left to do. */
export class NotConvergedError extends ProviderError {}

/** Checks after the deploy found something else than expected; what was applied stays. The next deployment checks again. */
export class VerificationFailedError extends ProviderError {}

export interface ServerErrorDetail {
  readonly number: number;
  readonly class: number;
  readonly state: number;
  readonly procedure: string | undefined;
  readonly line: number | undefined;
  readonly text: string;
}

/** A statement failed on the server. Decisions use `number` through engine/error-numbers.ts, never the text. */
export class StatementError extends ProviderError {
  constructor(
    message: string,
    readonly detail: ServerErrorDetail | undefined,
    /** Statements that stay done (committed) although a later one failed. */
    readonly committed: number,
    options?: ErrorOptions,
    /** Nobody knows without looking whether this statement is done: the connection broke, or some of its batch is. */
    readonly isOutcomeUnknown = false,
  ) {
    super(message, options);
  }
}
