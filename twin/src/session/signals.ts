/** Ways out of running statements that are no errors: nothing catches them but the loop that they are meant for. */

/** The batch is over; what there was to say has been said. */
export class BatchAborted extends Error {
  constructor() {
    super("batch aborted");
    this.name = "BatchAborted";
  }
}

/** The module or dynamic batch is over; its caller goes on. */
export class ScopeAborted extends Error {
  constructor() {
    super("scope aborted");
    this.name = "ScopeAborted";
  }
}

/** The client sent an attention, or the session was ended. */
export class RequestCancelled extends Error {
  constructor() {
    super("request cancelled");
    this.name = "RequestCancelled";
  }
}
