/** sp_set_session_context. https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-set-session-context-transact-sql */
/* eslint-disable require-yield -- procedures are driven as generators */
import { sqlError } from "../session/messages";
import { own } from "../session/own";
import { Variant, type SqlValue } from "../types/value";
import { BIT, defineProcedure, integer, NAME, optional, required, text, VARIANT } from "./definition";

defineProcedure(
  "sp_set_session_context",
  [required("@key", NAME), required("@value", VARIANT), optional("@read_only", BIT)],
  function* (args, execution) {
    const { sessionContext } = own(execution);
    const key = text(args, "@key");
    if (key === undefined) throw sqlError(15600, ["sp_set_session_context"]);
    const known = sessionContext.get(key.toUpperCase());
    if (known?.readOnly) throw sqlError(15664, [key]);
    const argument = args.get("@value")!;
    const value = argument.value as SqlValue;
    const stored = value === null || value instanceof Variant ? value : new Variant(argument.type ?? NAME, value);
    sessionContext.set(key.toUpperCase(), { value: stored, readOnly: integer(args, "@read_only") === 1 });
    return 0;
  },
);
